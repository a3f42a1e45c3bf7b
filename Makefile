# What each target does for you stands in README.md; all of them set up what they need.
# `make PYTHON=python3.12` chooses the interpreter. Works with make 3.81 (macOS) and later.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
FRESH ?=
PROCESSES ?= 2
STARTED := $(shell date +%s)
PYTHON = $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PY := .venv/bin/python
APPS := neighbourhoods teams priorities feedback reports
CODE = manage.py $(shell find config $(APPS) tests $(wildcard bench) -name '*.py')
TEMPLATES = $(shell find templates -name '*.html')
CATALOGUE := locale/cy/LC_MESSAGES/django.po

PDF_LIBRARIES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core

# No command that only prepares or checks touches a database of yours.
export UV_PYTHON_DOWNLOADS := never
WITHOUT_DATABASE := DATABASE_URL=sqlite://:memory:
MANAGE := $(WITHOUT_DATABASE) $(PY) manage.py
BESIDE_SERVERS := $(PY) tests/services.py
# The modules whose every branch is tested: they write, they let in, they count.
WHOLE := */services.py,*/services/*,*/access.py,*/importers/*,*/clock.py,*/ledger.py,*/tally.py,*/statistics.py

.PHONY: help setup demo test check acceptance bench faults format translations lock
.PHONY: check-format check-lint check-imports check-templates check-idioms
.PHONY: check-migrations check-translations check-deploy

help:
	@echo "make demo [PORT=8000] [FRESH=1]   try the portal with invented forces"
	@echo "make test [PROCESSES=2]           every test; 0: in one process"
	@echo "make check                        format, lint and other quick checks"
	@echo "make acceptance DATA=folder       compare with one real force's expected results"
	@echo "make bench | faults               benchmarks | the whole fault-injection suite"
	@echo "make setup | format | translations | lock"

# Set-up: each step leaves a file that is newer than what the step depends on.

INSTALLED := .venv/.installed
PACKAGES := node_modules/.installed
ASSETS := static/build/.built
COLLECTED := var/static/staticfiles.json
# Both catalogues come from the one source; this is written last.
COMPILED := locale/en_GB/LC_MESSAGES/django.mo
PDF := .venv/.pdf

setup: $(INSTALLED) $(ASSETS) $(COMPILED) $(PDF)

$(INSTALLED): pyproject.toml uv.lock requirements-bootstrap.txt
	@if [ ! -x $(PY) ] && [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer with venv is needed: apt-get install python3-venv," \
			"or brew install python; or make PYTHON=/path/to/python3" >&2; exit 1; fi
	[ -x $(PY) ] || $(PYTHON) -m venv .venv
	[ -x .venv/bin/pip ] || $(PY) -m ensurepip
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.txt
	.venv/bin/uv sync --locked --quiet
	@touch $@

# What WeasyPrint draws with. Without it the portal works and says that bulletins have no PDF.
$(PDF): $(INSTALLED)
	@$(PY) -c 'import weasyprint' 2>/dev/null || \
	if ! command -v apt-get >/dev/null; then echo "PDF needs Pango: brew install pango" >&2; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq $(PDF_LIBRARIES); \
	elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq $(PDF_LIBRARIES); \
	else echo "PDF needs: apt-get install $(PDF_LIBRARIES)" >&2; fi
	@touch $@

$(PACKAGES): package.json package-lock.json
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null || { \
		echo "Node 20 or newer with npm is needed: https://nodejs.org, or brew install node" >&2; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): $(PACKAGES) $(shell find static/src -type f)
	npm run --silent build
	@touch $@

$(COMPILED): $(CATALOGUE) $(INSTALLED)
	$(MANAGE) translations --compile
	@touch $@

$(COLLECTED): $(INSTALLED) $(ASSETS) config/settings.py
	$(MANAGE) collectstatic --noinput --verbosity 0
	@touch $@

# The portal

demo: setup $(COLLECTED)
	@DATABASE_URL=sqlite:///$(CURDIR)/var/portal.sqlite3 REDIS_URL= DEMO=1 SITE_URL=http://127.0.0.1:$(PORT) \
		$(PY) manage.py demo --port $(PORT) $(if $(FRESH),--fresh) --started $(STARTED)

acceptance: setup
	@[ -d "$(DATA)" ] || { echo "make acceptance DATA=folder: there is no folder '$(DATA)'" >&2; exit 1; }
	$(BESIDE_SERVERS) --no-browser $(PY) -m tests.acceptance "$(DATA)"

bench: setup $(COLLECTED)
	$(BESIDE_SERVERS) --no-browser $(PY) -m bench

# Tests

test: setup check $(COLLECTED)
	@rm -f var/coverage var/coverage.*
	TEST_PROCESSES=$(PROCESSES) $(BESIDE_SERVERS) $(PY) -m coverage run --parallel-mode -m pytest -n $(PROCESSES) --dist worksteal
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report --include='$(WHOLE)' --fail-under=100

faults: setup $(COLLECTED)
	$(BESIDE_SERVERS) $(PY) -m pytest -m 'fault_smoke or fault_full' tests/faults tests/simulation

check: check-format check-lint check-imports check-templates check-idioms
check: check-migrations check-translations check-deploy

check-format: $(INSTALLED)
	.venv/bin/ruff format --check --quiet .

check-lint: $(INSTALLED)
	.venv/bin/ruff check --quiet .

check-imports: $(INSTALLED)
	.venv/bin/lint-imports --no-logo

check-templates: $(INSTALLED)
	@echo "djade --check"; [ -z "$(TEMPLATES)" ] || .venv/bin/djade --check --target-version 5.2 $(TEMPLATES)

check-idioms: $(INSTALLED)
	@echo "django-upgrade --check"; .venv/bin/django-upgrade --check --target-version 5.2 $(CODE)

check-migrations: $(INSTALLED) $(ASSETS)
	$(MANAGE) makemigrations --check --dry-run

check-translations: $(INSTALLED) $(COMPILED)
	$(MANAGE) translations --check

# As a force would run it, with values made up here: no setting may be weak by default.
check-deploy: $(INSTALLED) $(ASSETS)
	@echo "manage.py check --deploy"; env -i PATH="$$PATH" HOME="$$HOME" DEBUG=0 \
		SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		SECRETS_KEY="$$($(PY) -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')" \
		ALLOWED_HOSTS=portal.example.org SITE_URL=https://portal.example.org \
		DATABASE_URL=postgres://check:check@127.0.0.1:1/check REDIS_URL=redis://127.0.0.1:1/0 \
		EMAIL_URL=smtp://mail.example.org:587 DEFAULT_FROM_EMAIL=portal@example.org \
		LEDGER_DIR=var/ledger ROUND_KEY_DIR=var/round_keys MEDIA_ROOT=var/media \
		$(PY) manage.py check --deploy --fail-level WARNING

# Upkeep

format: $(INSTALLED)
	.venv/bin/ruff check --quiet --fix-only .
	.venv/bin/ruff format --quiet .
	[ -z "$(TEMPLATES)" ] || .venv/bin/djade --target-version 5.2 $(TEMPLATES)
	.venv/bin/django-upgrade --exit-zero-even-if-changed --target-version 5.2 $(CODE)

translations: $(INSTALLED)
	$(MANAGE) translations

# After a change of pyproject.toml or package.json; UPGRADE=1 takes the newest allowed.
lock: $(INSTALLED)
	.venv/bin/uv lock $(if $(UPGRADE),--upgrade)
	.venv/bin/uv export --quiet --only-group bootstrap --format requirements-txt > requirements-bootstrap.txt
	npm install --package-lock-only --no-audit --no-fund
	$(if $(UPGRADE),npm update --package-lock-only --no-audit --no-fund)
