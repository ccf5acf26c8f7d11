# The commands of this repository. From a fresh clone they need git, make and Python with pip, and of the environment only HOME
# and PATH: uv, Python 3.13 and everything else is found on the machine or brought into .local/ and .venv/.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
UV_BROUGHT := $(CURDIR)/.local/uv/bin/uv
export UV := $(or $(shell command -v uv),$(UV_BROUGHT))
# The machine's own certificates: some networks sign with theirs, and under `env -i` uv knows no other.
export UV_SYSTEM_CERTS := 1

PYTHON := .venv/bin/python
VENV := .venv/.ready
OUTSIDE := tests/e2e/outside
TOOLS := $(foreach name,ministack sam runtime,.local/tools/$(name)/.ready)
WORKERS ?= 2

.PHONY: help demo up down test torture check format sam-local docs sbom tools browser clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | column -t -s "$$(printf '\t')"

demo: tools ## the product on this machine: real template, local AWS, sandbox Slack and apps; runs until Ctrl-C
	@$(PYTHON) -m sandbox.stack demo

up: tools ## the same stack for outside programs, described in .local/stack.json
	@$(PYTHON) -m sandbox.stack up

down: $(VENV) ## end what `make up` started
	@$(PYTHON) -m sandbox.stack down

test: tools browser $(OUTSIDE)/node_modules/.package-lock.json ## every test
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

torture: tools $(OUTSIDE)/node_modules/.package-lock.json ## the long fault, race and attack runs; figures in .local/torture.json
	@$(PYTHON) -m tests.torture $(ARGS)

check: tools ## format, lint, types, import rules, catalog, template, built functions, generated docs
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	PYTHONPATH=layers/core/python .venv/bin/lint-imports
	cd layers/catalog && ../../$(PYTHON) -m catalog_build --check .
	SAM_CLI_TELEMETRY=0 .local/tools/sam/bin/sam validate --lint
	$(PYTHON) -m tools.check_build
	$(PYTHON) -m tools.generate_docs --check

format: $(VENV) ## bring the sources into their format and mend what can be mended
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs: $(VENV) ## write the lists in README and docs that are generated from the sources
	$(PYTHON) -m tools.generate_docs

sbom: $(VENV) ## what the functions are deployed with, as CycloneDX, in .local/sbom.json
	@$(UV) export --quiet --frozen --no-dev --preview-features sbom-export --format cyclonedx1.5 --output-file .local/sbom.json

sam-local: tools ## `sam local invoke` of every function with its events; needs a Docker engine
	@$(PYTHON) -m tools.sam_local

tools: $(VENV) $(TOOLS)

browser: $(VENV)
	@$(PYTHON) -m tools.browser

clean: ## remove everything that was made on this machine
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m sandbox.stack down; fi
	rm -rf .local .venv $(OUTSIDE)/node_modules .aws-sam .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV): pyproject.toml uv.lock .python-version | $(UV)
	@echo "Setting up Python 3.13 and the project's packages …"
	@$(UV) sync --quiet --frozen --python 3.13
	@touch $@

# Each tool has an environment of its own, with every package pinned by hash: their pins contradict each other and ours.
.local/tools/%/.ready: sandbox/stack/requirements/%.txt | $(UV)
	@echo "Setting up $* …"
	@$(UV) venv --quiet --clear --no-project --python 3.13 .local/tools/$*
	@$(UV) pip sync --quiet --python .local/tools/$*/bin/python --require-hashes $<
	@touch $@

# The business app of the end-to-end test that brings its own world; npm leaves this file when it is done.
$(OUTSIDE)/node_modules/.package-lock.json: $(OUTSIDE)/package.json $(OUTSIDE)/package-lock.json | $(VENV)
	@echo "Setting up the outside app's packages …"
	@NODE_OPTIONS=--use-system-ca .venv/bin/npm ci --prefix $(OUTSIDE) --cache .local/npm --loglevel error --ignore-scripts \
	  --no-audit --no-fund >/dev/null
	@touch $@

$(UV_BROUGHT):
	@echo "Setting up uv …"
	@PIP_ROOT_USER_ACTION=ignore "$$(command -v python3 || command -v python)" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
	  --upgrade --target .local/uv uv==$(UV_VERSION)
