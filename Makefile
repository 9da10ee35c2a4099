# Rollcall. `make` lists what there is; `make run` and `make test` do all set-up themselves.
.DEFAULT_GOAL := help
PYTHON ?= python3
PYTHON_NEXT ?= python3.13
PORT ?= 8000
HOST ?= 127.0.0.1
DEMO ?= 1
BIN := .venv/bin
# Tests make databases of their own, whatever this shell's environment names; and what was compiled
# is kept, for they start Rollcall a hundred times.
ALONE := env -u DATABASE_URL -u REDIS_URL -u PYTHONDONTWRITEBYTECODE

.PHONY: help run install test test-next test-deployment lint audit bench bench-cluster cluster screenshots words lock clean

help: ## List these targets
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

ifneq ($(DEMO),0)
run: export DATABASE_URL ?= sqlite:///$(CURDIR)/var/demo.sqlite3
endif
run: .venv/run ## Run Rollcall with a demo floor (PORT=8000, DEMO=0 for an empty installation)
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT) $(if $(filter-out 0,$(DEMO)),--demo)

install: .venv/run ## Set up what a server needs to run (docs/deploy/)

test: .venv/dev lint ## Run every check and test
	$(ALONE) $(BIN)/python -m pytest -q -n auto --dist worksteal
	$(ALONE) $(BIN)/python -m tests.on_postgresql -q -n auto --dist worksteal

# Browsers and other servers are the first leg's; this one is about the language and the framework.
# Threads of pools that end with a test leave SQLite connections to be closed by Python, and since
# 3.13 it says so.
test-next: .venv-next/dev ## Run the tests on Python 3.13 with the newest Django
	$(ALONE) .venv-next/bin/python -m pytest -q -n auto --dist worksteal \
		-W "ignore:unclosed database:ResourceWarning" tests/presence tests/routing tests/dashboard \
		tests/reports tests/alerts tests/notifications tests/test_admin.py

test-deployment: .venv/dev ## Follow docs/deploy/one-machine.md on a new Debian (as root, with debootstrap)
	$(BIN)/python -m tests.deployment.follow

PACKAGES := config audit presence routing api webhooks notifications alerts reports dashboard operations

lint: .venv/dev ## Check style, types, layers, security, settings and migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --recursive $(PACKAGES) --exclude '*/migrations/*' 2>/dev/null
	$(BIN)/mypy $(PACKAGES) tests bench docs
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py lint_migrations
	$(BIN)/python manage.py check

# Strict, for what could not be looked up is not known to be safe.
audit: .venv/dev ## Ask for known holes in what Rollcall runs with (needs the network)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/run.txt

bench: .venv/dev ## Run every benchmark, each under two minutes, and make docs/performance.md of it
	$(BIN)/python -m bench.all
	$(BIN)/python -m bench.report

bench-%: .venv/dev ## Run one in full (board, crowd, routing, ...), with ARGS; see bench/
	$(BIN)/python -m bench.$* $(ARGS)
	$(BIN)/python -m bench.report

bench-cluster: .venv/dev ## Measure two web processes, PostgreSQL, Redis and nginx under load
	$(BIN)/python -m bench.cluster --minutes 5
	$(BIN)/python -m bench.report

cluster: .venv/dev ## Run Rollcall as on several machines, with calls, to look at
	@exec $(BIN)/python -m bench.cluster

screenshots: .venv/dev ## Make the screenshots in docs/
	DJANGO_SETTINGS_MODULE=config.settings $(BIN)/python -m docs.screenshots

# The catalogues' languages. What is compiled is kept, so that a fresh machine needs no gettext.
LANGUAGES := es fr
SPEAKING := --no-wrap --add-location file --no-obsolete \
	--ignore '.venv*' --ignore 'tests/*' --ignore 'bench/*' --ignore 'docs/*' --ignore 'var/*'

words: .venv/dev ## Bring the catalogues in locale/ in line with the code (needs gettext)
	$(BIN)/python manage.py makemessages $(LANGUAGES:%=--locale %) $(SPEAKING)
	$(BIN)/python manage.py compilemessages $(LANGUAGES:%=--locale %) --ignore '.venv*'

lock: .venv/dev ## Make the hashed lock files from pyproject.toml anew
	sh requirements/lock.sh

clean: ## Remove the virtual environment and caches; data in var/ stays
	rm -rf .venv .venv-next .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Rollcall needs Python 3.11 or newer; say which with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev: requirements/dev.txt .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv-next/dev: requirements/next.txt
	$(PYTHON_NEXT) -m venv .venv-next
	.venv-next/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
