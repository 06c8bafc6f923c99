# Two commands matter: `make run` starts the site, `make test` tests it. Both install what they need into .venv first.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
stamp = $(VENV)/installed-$(shell cksum < $(1) | cut -d ' ' -f 1)
# uv installs the same locked wheels in a fraction of pip's time; where it cannot (an index that only pip is told of), pip does.
PIP := $(PY) -m pip install --quiet --quiet --only-binary :all: --disable-pip-version-check --require-hashes --no-deps --no-compile
UV := $(VENV)/bin/uv pip install --quiet --python $(PY) --only-binary :all: --require-hashes --no-deps
install = $(PIP) -r requirements-uv.lock && { $(UV) -r $(1) 2>/dev/null || $(PIP) -r $(1); }
# Tests run on as many cores as there are; `make test ARGS="-k dedupe -n 0"` runs some of them.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
ARGS ?=

# The site and its tests start many processes; without kept bytecode each compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-sqlite test-postgresql lint format lock clean

run: $(call stamp,requirements.lock)
	@exec $(PY) manage.py up

# Both databases are tested even if the first one fails; what asks none, or only draws pages, runs once.
test: $(call stamp,requirements-test.lock)
	@sqlite=0; postgresql=0; \
	TEST_DATABASE=sqlite $(PY) -m pytest -q -n $(CORES) --dist worksteal $(ARGS) || sqlite=$$?; \
	TEST_DATABASE=postgresql $(PY) -m pytest -q -n $(CORES) --dist worksteal -m 'not slow and not once' $(ARGS) || postgresql=$$?; \
	test $$sqlite -eq 0 && test $$postgresql -eq 0

test-sqlite test-postgresql: test-%: $(call stamp,requirements-test.lock)
	@TEST_DATABASE=$* $(PY) -m pytest -q -n $(CORES) --dist worksteal $(ARGS)

lint: $(call stamp,requirements-test.lock)
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	git ls-files -z '*.html' | xargs -0 -r $(VENV)/bin/djade --check --target-version 5.2
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	REVIEWAPP_DATA=$$(mktemp -d) $(PY) manage.py makemigrations --check --dry-run

format: $(call stamp,requirements-test.lock)
	$(PY) -m ruff check --fix
	$(PY) -m ruff format
	git ls-files -z '*.html' | xargs -0 -r $(VENV)/bin/djade --target-version 5.2

# Exact versions with hashes and without addresses, for every platform and Python from 3.11 on.
COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml
lock: $(call stamp,requirements-test.lock)
	$(COMPILE) --extra test --output-file requirements-test.lock $(ARGS)
	$(COMPILE) --constraints requirements-test.lock --output-file requirements.lock
	echo uv | $(subst pyproject.toml,-,$(COMPILE)) --constraints requirements-test.lock --output-file requirements-uv.lock

clean:
	rm -rf $(VENV) var staticfiles test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Missing, or left behind by a Python that is gone: made anew.
ifneq ($(shell test -x $(PY) && echo sound),sound)
.PHONY: $(VENV)/pyvenv.cfg
endif
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Python 3.11 or newer is needed; $(PYTHON) is older or missing. Name another one: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	{ echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

# The stamp carries the lock's checksum: a changed lock is installed, an unchanged one costs nothing.
$(call stamp,requirements.lock): $(VENV)/pyvenv.cfg
	@echo "Installing what the site needs into $(VENV); the first time this takes a minute at most."
	@$(call install,requirements.lock)
	@touch $@

$(call stamp,requirements-test.lock): $(VENV)/pyvenv.cfg
	@echo "Installing what the site and its tests need into $(VENV); the first time this takes a minute at most."
	@$(call install,requirements-test.lock)
	@touch $@ $(call stamp,requirements.lock)
