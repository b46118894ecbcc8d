# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup demo test check fmt lock bench truth pictures validators clean
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(READY) ## make .venv from the locked, hash-checked requirements and install the project

$(READY): requirements/pip.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hoeksteen needs Python 3.11 or newer: make PYTHON=python3.12 setup"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/pip.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

demo: $(READY) ## run the whole pipeline on a synthetic log, from nothing to a report
	@$(BIN)/hoeksteen demo

# bytecode is written whatever the machine says: a hundred processes would compile us anew
test: $(READY) ## the whole test suite
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 2

check: $(READY) ## format, lint, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(READY) ## mend format and what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY) ## measure against peers, in one run
	@$(BIN)/python -m bench

truth: $(READY) ## score what is found against what was planted, into docs/truth.md
	@$(BIN)/python -m bench.truth

pictures: $(READY) ## take the pictures in docs anew (needs Chromium)
	@$(BIN)/python -m bench.pictures

validators: ## install what tests judge HTML and BPMN with (needs npm; Java to run the first)
	npm install --silent --no-audit --no-fund --prefix .tools vnu-jar@26.9.27 bpmn-moddle@10.3.1

lock: ## resolve the requirements again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml --output-file requirements/dev.txt
	echo pip | uv pip compile --quiet --generate-hashes --no-header - --output-file requirements/pip.txt

clean: ## remove what was made
	rm -rf .venv .tools out
