# Everything here needs Python 3.11 or newer and nothing else. All of it lands in .venv/ and data/.
.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test lint format bench torture lock clean
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
TOOLS := _pytest execnet ministack playwright  # what several processes of a test run would each compile at once
CODE := app.py settings.py gunicorn.conf.py api collectors dashboard forecast health store tests

help:  ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-8s %s\n' "$$name" "$$what"; done

run: setup  ## set-up, then the web page and the three-hourly collectors (PORT moves the page)
	@port="$$($(BIN)/python settings.py --port)" || exit 2; \
	$(BIN)/python settings.py --address; \
	PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONUNBUFFERED=1 $(BIN)/honcho start -p "$$port" web clock || \
	{ code=$$?; [ $$code -eq 130 ] || exit $$code; }  # 130: Ctrl-C, the way it is meant to end

setup: .venv/installed  ## what the product needs, into .venv

setup-dev:  # one core installs the tools while the other compiles what the product needs
	@$(MAKE) --no-print-directory -j 2 .venv/installed .venv/installed-dev

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Fitboard needs Python 3.11 or newer: $(PYTHON) is' "$$($(PYTHON) --version 2>&1)." 'Try: make $(MAKECMDGOALS) PYTHON=python3.11'; exit 2; }
	@$(PYTHON) -m venv .venv && touch $@

.venv/packages: .venv/python requirements.txt
	@echo 'Installing what Fitboard needs (once, about 130 MB)' >&2
	@$(PIP) install --quiet --no-compile --require-hashes --only-binary :all: -r requirements.txt
	@find .venv/lib -name '*.py' ! -path '*/test/*' ! -path '*/tests/*' ! -path '*/pip/*' > $@

.venv/installed: .venv/packages
	@$(BIN)/python -m compileall -q -j 0 -i .venv/packages  # on all cores, and without the packages' own tests
	@$(BIN)/python -m dashboard.statics
	@touch $@

.venv/installed-dev: .venv/packages requirements-dev.txt
	@echo 'Installing the test and lint tools (once)' >&2
	@$(PIP) install --quiet --no-compile --require-hashes --only-binary :all: -r requirements-dev.txt
	@cd .venv/lib/python3*/site-packages && ../../../bin/python -m compileall -q -j 0 $(TOOLS)
	@touch $@

test: setup-dev  ## set-up and every test
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		echo 'No Chromium here: the browser tests will say "skipped: no browser". On Debian: apt-get install chromium' >&2
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 3 --dist worksteal  # compiled by one, read by all

lint: setup-dev  ## ruff, mypy and the import rules
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: setup-dev  ## put the code in its form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: setup-dev  ## measure; one JSON object a line; fails where a limit is missed
	@$(BIN)/python -m tests.bench

torture: setup-dev  ## the long kills, faults and floods; one JSON object a line; fails where a number is missed
	@$(BIN)/python -m tests.torture

lock: setup-dev  ## lock the requirements again; the tested versions are the shipped ones
	@$(LOCK) --extra dev -o requirements-dev.txt pyproject.toml
	@$(LOCK) -c requirements-dev.txt -o requirements.txt pyproject.toml

clean:  ## remove what set-up made (never data/)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
