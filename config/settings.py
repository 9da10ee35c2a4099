"""Every setting, read from the environment, with a default that suits one machine.

docs/settings.md says what each variable means.
"""

import secrets
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import structlog
from cryptography.fernet import Fernet
from csp.constants import NONCE, NONE, SELF

from config.logs import discreet, to_formatter
from config.mail import settings_for

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()  # NAME_FILE names a file that holds what NAME would
DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _own(name: str, make: Callable[[], str]) -> str:
    """A key of this installation's own, made once and kept, where the environment gives none."""
    path = DATA_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text().strip()


_PATIENCE = {"timeout": 5, "reconnect_timeout": 5}
"""Seconds for a PostgreSQL connection. The pool doubles its pauses until then, and begins anew for
who asks anew: the shorter, the sooner it finds a database that is back."""
_LIVELINESS = {
    "connect_timeout": 5,  # of each host
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon a server that says nothing any more is given up; seconds, and milliseconds. A machine
that goes away closes no connection."""


_SHORT = {"options": "-c jit=off"}
"""Rollcall's statements are short: where tables are new, and their size not known yet, PostgreSQL
would compile each for many times as long as it runs."""


def _database() -> dict[str, Any]:
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'rollcall.sqlite3'}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        database: dict[str, Any] = dict(env.db_url_config(url))
    # An address of no database is said by a system check, with a hint, instead of a traceback.
    database["ENGINE"] = database.get("ENGINE") or "django.db.backends.dummy"
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # Writers take the lock at BEGIN, so that a transaction never fails half-way for it.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    elif database["ENGINE"] == "django.db.backends.postgresql":
        pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL", 10), **_PATIENCE}
        # What the address asks for goes before.
        database["OPTIONS"] = {**_LIVELINESS, **_SHORT, **database.get("OPTIONS", {}), "pool": pool}
        database.setdefault("CONN_HEALTH_CHECKS", True)  # of each that the pool gives out
    return database


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="").strip() or _own(
    "secret_key", lambda: secrets.token_urlsafe(50)
)
SEALING_KEYS = [key.strip() for key in env.list("SEALING_KEYS", default=[])] or [
    _own("sealing_key", lambda: Fernet.generate_key().decode())
]
"""What seals the secrets in the database: the first seals, all open."""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATABASES = {"default": _database()}
REDIS_URL = env.str("REDIS_URL", default="")

TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", "English"), ("es", "Español"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "config.apps.Throttle",
    "ninja",
    "audit",
    "presence",
    "routing",
    "api",
    "webhooks",
    "notifications",
    "alerts",
    "dashboard",
    "operations",
]

MIDDLEWARE = [
    "api.middleware.problems",
    "django.middleware.security.SecurityMiddleware",
    "config.headers.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "audit.middleware.told",
    "config.headers.careful",
    "dashboard.middleware.local",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.headers.nonce",
                "dashboard.context.bar",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "OPTIONS": {"environment": "dashboard.quick.environment"},
    },
]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True  # served from where they lie: no step before a start
# WhiteNoise hands small files over from the thread that the warning is about.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "dashboard.sso.Backend",
]
# Who guesses at a user's password waits, at that address and for that user only: colleagues behind
# the same address get in, and so does the user from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("LOGIN_TRIES", default=10)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_WAIT_MINUTES", default=15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "presence.addresses.house_of"
AXES_LOCKOUT_CALLABLE = "dashboard.views.account.too_many"
AXES_VERBOSE = False
AXES_WHITELIST_CALLABLE = "dashboard.sso.is_its_door"

OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
"""The OpenID Connect provider that people may sign in by; empty: none."""
OIDC_NAME = env.str("OIDC_NAME", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_USER_CLAIM = env.str("OIDC_USER_CLAIM", default="email")
"""What of the provider's is the user's here: `email`, or a claim that holds their user name."""
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=False)
"""Whether supervisors and admins have to sign in with a code from their phone too."""

PASSWORD_HASHERS = [
    "config.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of before; replaced as people sign in
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
HTTPS = env.bool("HTTPS", default=False)
"""Whether browsers reach the server by HTTPS, and shall by nothing else."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=HTTPS)
if SESSION_COOKIE_SECURE:  # browsers take these from this very host by HTTPS only
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
CSRF_COOKIE_HTTPONLY = True  # scripts read the token in the page
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# Being on browsers' own list binds a whole domain for years: its owner's decision, no default.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LEASE_SECONDS = env.int("LEASE_SECONDS", default=15)
"""How long a server process that stopped renewing counts as alive."""
RECEIVE_DURING_GRACE = env.bool("RECEIVE_DURING_GRACE", default=True)
"""Whether a page that just lost its connection may still be offered calls, until grace ends."""
CHOICE_ENDS_WRAP_UP = env.bool("CHOICE_ENDS_WRAP_UP", default=False)
"""Whether choosing a mode in wrap-up ends the wrap-up; else the mode waits for its end."""
CHOICE_ENDS_OFFER = env.bool("CHOICE_ENDS_OFFER", default=False)
"""Whether choosing a mode that takes no calls, while a call rings, has it ring somebody else; else
it rings on and the mode waits."""
RUN_CLOCK = env.bool("RUN_CLOCK", default=True)
"""Whether a server does what is due by itself, or leaves that to `run_clock`."""
RUN_CONNECTORS = env.bool("RUN_CONNECTORS", default=True)
"""Whether a server follows the telephony systems itself, or leaves that to `run_connectors`."""
WEBHOOK_NETWORKS = env.list("WEBHOOK_NETWORKS", default=[])
"""Networks inside which webhooks and gateways may be all the same, such as 10.0.7.0/24."""
METRICS_TOKEN = env.str("METRICS_TOKEN", default="").strip()
"""What Prometheus asks for /metrics with; empty: there is no such page."""
METRICS_LISTEN = env.str("METRICS_LISTEN", default="")
"""Where a process without pages answers machines, such as 127.0.0.1:9101; empty: nowhere."""
OUTBOX_DAYS = env.int("OUTBOX_DAYS", default=7)
"""How long events are kept for streams that resume, once every webhook has delivered them."""


def _days(name: str) -> int | None:
    """A number of days; None where there is none, for what is kept for ever."""
    return env.int(name) if env.str(name, default="").strip() else None


HISTORY_DAYS = _days("HISTORY_DAYS")
CALL_DAYS = _days("CALL_DAYS")
AUDIT_DAYS = _days("AUDIT_DAYS")
"""How long what showed, calls and the audit log are kept before `manage.py purge` removes them."""
NOTICE_DAYS = env.int("NOTICE_DAYS", default=30)
"""How long notices of agents are kept."""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="rollcall@localhost")
globals().update(settings_for(env.str("EMAIL_URL", default="consolemail://")))

LOG_FORMAT = env.str("LOG_FORMAT", default="text")
"""`text` for people, `json` for machines."""
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "config.logs.OneLine",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "config.logs.as_json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": [discreet],
            "formatter": "json" if LOG_FORMAT == "json" else "text",
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Refusals are answers, not faults: the access log has them. A request that was sent is no news.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # Named, it writes by no handlers of its own, and like the rest.
        "uvicorn": {"level": "WARNING"},
        "uvicorn.access": {"level": LOG_LEVEL},
    },
}
structlog.configure(  # through the standard library, so to standard error
    processors=to_formatter(LOG_FORMAT),
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)
