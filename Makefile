# Everything one does with a checkout of AssignHub. `make` alone lists it.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
WORKERS ?= auto
ARGS ?=

PY := $(VENV)/bin/python
APPS := $(patsubst %/__init__.py,%,$(wildcard */__init__.py))
TEMPLATES := $(wildcard templates */templates)

# Stamps: pip runs again only after the list has changed.
INSTALLED := $(VENV)/.requirements
DEV_INSTALLED := $(VENV)/.requirements-dev
STATIC := staticfiles/staticfiles.json

# What each kind of run sees. An empty value also keeps a developer's .env out of it.
ON_SQLITE := ASSIGNHUB_ENV=local DATABASE_URL= REDIS_URL= EXPECT_DATABASE=sqlite
ON_POSTGRESQL := ASSIGNHUB_ENV=local REDIS_URL="$$REDIS_URL" EXPECT_DATABASE=postgresql
ON_NOTHING := ASSIGNHUB_ENV=local DATABASE_URL=sqlite://:memory: REDIS_URL=
TESTED := $(VENV)/.databases-tested
PYTEST = $(PY) -m pytest -n $(WORKERS) $(ARGS)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help install run test test-sqlite test-postgresql test-browser screenshots coverage bench lint format lock clean port-is-free

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: PYTHON=$(PYTHON) VENV=$(VENV) PORT=$(PORT) WORKERS=$(WORKERS) ARGS=\"more arguments for pytest or uv\""
	@echo "  On another Python: make test PYTHON=python3.13 VENV=.venv-3.13"

# --- Run --------------------------------------------------------------------------------------------------------------

run: port-is-free $(INSTALLED) $(STATIC) ## Set up, fill with demo data and serve on http://127.0.0.1:8000/
	$(PY) manage.py migrate --verbosity 0
	$(PY) manage.py demo
	@echo "Serving on http://127.0.0.1:$(PORT)/ until Ctrl-C."
	@$(PY) manage.py db_worker & worker=$$!; $(SERVE) & server=$$!; \
	trap 'code=0; kill $$worker $$server 2>/dev/null' INT TERM HUP; \
	wait $$server || code=$${code:-$$?}; kill $$worker 2>/dev/null; wait; exit $${code:-0}

# Ctrl-C reaches granian's workers twice, from the terminal and from their parent, and then not all of them end by
# themselves: hence the time-out.
SERVE = $(PY) -m granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers 2 --blocking-threads 4 \
	--no-ws --log-level error --workers-kill-timeout 1 assignhub.wsgi:application

$(STATIC): $(INSTALLED) $(shell find */static -type f)
	$(PY) manage.py collectstatic --noinput --verbosity 0
	@touch $@

port-is-free:
	@$(PYTHON) -c 'import socket, sys; sys.exit(socket.socket().connect_ex(("127.0.0.1", $(PORT))) == 0 and \
		"Port $(PORT) is taken. Stop what listens there, or choose another: make run PORT=8001")'

install: $(INSTALLED) ## Make the virtual env and install requirements.txt

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "AssignHub needs Python 3.11 or newer; \
	$(PYTHON) is %s. Name another: make PYTHON=python3.13 ..." % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): requirements.txt | $(VENV)/bin/pip
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_INSTALLED): requirements-dev.txt $(INSTALLED)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# --- Test -------------------------------------------------------------------------------------------------------------

# The second run happens even if the first has failed; a run that passes leaves a line in TESTED.
test: $(DEV_INSTALLED) ## Run the whole suite, on SQLite and then on PostgreSQL
	@rm -f $(TESTED)
	@$(MAKE) --no-print-directory --keep-going test-sqlite test-postgresql || \
		{ echo "make test FAILED. Databases it passed on: $$(cat $(TESTED) 2>/dev/null || echo none)"; exit 1; }
	@echo "databases tested: $$(paste -s -d , $(TESTED) | sed 's/,/, /')"

test-sqlite: $(DEV_INSTALLED) ## Run the whole suite on SQLite only
	$(ON_SQLITE) $(PYTEST)
	@$(PY) -c 'import sqlite3; print("SQLite", sqlite3.sqlite_version)' >> $(TESTED)

test-postgresql: $(DEV_INSTALLED) ## Run it on PostgreSQL only: DATABASE_URL's, or a throw-away server
	$(ON_POSTGRESQL) $(PY) .ci/with_postgres.py --report $(TESTED) $(PYTEST)

# One process: a browser per worker would want more memory than it saves time.
test-browser: $(DEV_INSTALLED) ## Drive the admin in headless Chromium (CHROMIUM names another program)
	$(ON_SQLITE) $(PY) -m pytest assignhub/tests/browser $(ARGS)

screenshots: $(DEV_INSTALLED) ## Take the pictures of docs/admin.md anew, of demo data
	$(PY) docs/screenshots.py $(ARGS)

coverage: $(DEV_INSTALLED) ## Run the suite on SQLite and report which lines it reaches (htmlcov/)
	$(ON_SQLITE) $(PYTEST) --cov --cov-report=term:skip-covered --cov-report=html

# --- Measure ----------------------------------------------------------------------------------------------------------

# Its requirements are the peers', so they have a virtual env of their own.
BENCH_VENV := .venv-bench

bench: $(INSTALLED) $(BENCH_VENV)/.requirements ## Load the product and its peers in turn (ARGS="run --rounds 3"; needs wrk)
	$(BENCH_VENV)/bin/python benchmarks/bench/bench.py $(ARGS)

$(BENCH_VENV)/.requirements: benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# --- Look after the code ----------------------------------------------------------------------------------------------

lint: $(DEV_INSTALLED) ## Check style, types, templates, migrations and settings
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	ASSIGNHUB_ENV=local $(PY) -m mypy $(APPS)
	$(PY) -m djlint --check --lint $(TEMPLATES)
	$(ON_NOTHING) $(PY) manage.py makemigrations --check --dry-run
	$(ON_NOTHING) $(PY) manage.py check
	@echo "manage.py check --deploy, as in production"
	@ASSIGNHUB_ENV=production DATABASE_URL=sqlite://:memory: REDIS_URL= ALLOWED_HOSTS=assignhub.example \
		SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
		ENCRYPTION_KEYS=$$($(PY) -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())') \
		$(PY) manage.py check --deploy --fail-level WARNING

format: $(DEV_INSTALLED) ## Rewrite code and templates in the one style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m djlint --reformat --quiet $(TEMPLATES)

LOCK = $(PY) -m uv pip compile --quiet --python $(PY) --no-python-downloads --universal --python-version 3.11 \
	--no-annotate --custom-compile-command "make lock" $(ARGS)

lock: $(DEV_INSTALLED) ## Pin what the .in files ask for (ARGS=--upgrade takes the newest)
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove the virtual env and what was generated; var/ with your data and keys stays
	@test ! -f $(VENV)/pyvenv.cfg || rm -rf $(VENV)
	rm -rf staticfiles htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
