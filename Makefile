# Everything that is done here by command. `make` alone lists it.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo run test sure soak bench evaluate lint types contracts openapi clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/uv: requirements-installer.lock
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-installer.lock
	@touch $@

# Compiled at once: an environment that forbids writing bytecode would compile everything at every start.
# uv is quick; where it cannot reach the packages that pip is set up for, pip does the same in half a minute.
define install
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(1) \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@$(BIN)/python -m compileall -q schemas domain services migrations
endef

.venv/installed: requirements.lock pyproject.toml $(BIN)/uv
	$(call install,requirements.lock)
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(call install,requirements-dev.lock)
	@touch $@

demo: .venv/installed  ## start everything, file three sample reports, show what comes out, stay up
	@exec $(BIN)/focalpoint up --samples

run: .venv/installed  ## the same without samples
	@exec $(BIN)/focalpoint up

test: .venv/installed-dev  ## all tests, on their own throw-away PostgreSQL and Redis
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

sure: .venv/installed-dev lint types contracts test  ## exactly what CI runs

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:
	@$(BIN)/mypy

contracts:
	@$(BIN)/lint-imports

openapi: .venv/installed  ## write schemas/openapi.json and schemas/library.json anew
	@$(BIN)/focalpoint openapi > schemas/openapi.json
	@$(BIN)/focalpoint schema library > schemas/library.json

soak: .venv/installed-dev  ## the fault tests at full size
	@FOCALPOINT_SOAK=1 $(BIN)/python -m pytest -m soak --timeout 0

bench: .venv/installed-dev  ## measure against the limits, on a quiet machine: make bench SIZE=1000 REPORTS=folder
	@$(BIN)/python -m bench.startup
	@$(BIN)/python -m bench.catalogue
	@$(BIN)/python -m bench.counterparts
	@$(BIN)/python -m bench.counterparts_http
	@$(BIN)/python -m bench.crosswalks
	@$(BIN)/python -m bench.suggestions
	@$(BIN)/python -m bench.reminders
	@$(BIN)/python -m bench.feeds
	@$(BIN)/python -m bench.observations $(OBSERVATIONS)
	@$(BIN)/python -m bench.reports $(SIZE) $(if $(REPORTS),--pdfs $(REPORTS))

evaluate: .venv/installed-dev  ## measure on labelled data how often the engine is right: make evaluate DATA=folder
	@$(BIN)/python -m bench.evaluation $(DATA)

clean:  ## remove the environment and the local data
	@rm -rf .venv var
