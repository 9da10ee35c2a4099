"""This machine: its settings, its files, its disk."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import checks

from operations.doctor.findings import Finding, error, warning

TIGHT, FULL = 1_000_000_000, 200_000_000
"""Bytes left on a disk below which it is told, and below which it is an error."""
_OWN_KEYS = ("secret_key", "sealing_key")
_SECRETS = (
    "SECRET_KEY",
    "SEALING_KEYS",
    "DATABASE_URL",
    "EMAIL_URL",
    "OIDC_CLIENT_SECRET",
    "METRICS_TOKEN",
)
_ELSEWHERE = {"rollcall.E005"}
"""Sealed secrets have a check of their own, which names them."""
_PLAIN_HTTP = {"security.W004", "security.W008", "security.W012", "security.W016"}
"""What Django says one by one where there is no HTTPS."""


def settings_are_right() -> Iterator[Finding]:
    """The settings can work, and are fit for others to reach the server."""
    told = _ELSEWHERE
    if not settings.HTTPS:
        told = told | _PLAIN_HTTP
        yield warning(
            "Browsers reach this server without HTTPS: others can read along.",
            "Have a proxy end TLS, and set HTTPS=true; docs/security.md says how.",
        )
    for found in checks.run_checks(include_deployment_checks=True):
        if found.id in told or found.is_silenced():
            continue
        judge = error if found.level >= checks.ERROR else warning
        yield judge(_line(f"{found.id}: {found.msg}"), _line(found.hint or "See docs/settings.md."))


def keys_are_kept() -> Iterator[Finding]:
    """Keys and passwords that are in files can be read by their owner only."""
    for path in _files_of_secrets():
        if (mode := path.stat().st_mode & 0o777) & 0o077:
            yield error(f"{path} can be read by others (mode {mode:o}).", f"chmod 600 {path}")
    kept = database_file()
    if kept and kept.exists() and kept.stat().st_mode & 0o007:
        yield warning(f"Everybody on this machine can read {kept}.", f"chmod 640 {kept}")


def _files_of_secrets() -> Iterator[Path]:
    named = (os.environ.get(f"{name}_FILE", "") for name in _SECRETS)
    for path in (
        *(settings.DATA_DIR / name for name in _OWN_KEYS),
        *map(Path, filter(None, named)),
    ):
        if path.is_file():
            yield path


def disk_has_room() -> Iterator[Finding]:
    """The disks that Rollcall writes to have room."""
    folders = {settings.DATA_DIR}
    if path := database_file():
        folders.add(path.parent)
    for folder in sorted(folders):
        if not folder.is_dir():
            yield error(f"There is no folder {folder}.", "Make it, or name another one.")
            continue
        free = shutil.disk_usage(folder).free
        if free < TIGHT:
            judge = error if free < FULL else warning
            says = f"The disk of {folder} has {free // 1_000_000} MB left."
            yield judge(says, "Make room: on a full disk every change is refused.")


def mail_goes_out() -> Iterator[Finding]:
    """Mail goes to a mail server."""
    mailers = getattr(settings, "MAILERS", None) or {"default": {"BACKEND": settings.EMAIL_BACKEND}}
    if not mailers["default"]["BACKEND"].endswith("smtp.EmailBackend"):
        yield warning(
            "Mail is not sent: it goes where the log goes.",
            "Set EMAIL_URL to smtp+tls://USER:PASSWORD@HOST:587.",
        )


def database_file() -> Path | None:
    """Where a SQLite database is; None for another one."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return None
    return Path(str(database["NAME"])).resolve()


def _line(text: str) -> str:
    return " ".join(str(text).split())


CHECKS = (settings_are_right, keys_are_kept, disk_has_room, mail_goes_out)
