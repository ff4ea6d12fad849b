# Needs Python 3.11 or newer; another one is named with: make PYTHON=python3.12 setup
PYTHON ?= python3
BIN := .venv/bin

# The lock files name every package with its SHA-256, so what the index gives is what was tested.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.PHONY: setup dev run serve test types tests test-slow accuracy system bench audit docs lock release

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes --requirement requirements.lock
	$(INSTALL) --editable .
	touch $@

# What tests, benchmarks and documentation need besides.
dev: .venv/dev

.venv/dev: .venv/ready requirements-dev.lock
	$(INSTALL) --require-hashes --requirement requirements-dev.lock
	touch $@

# Recorded in Prefect: .venv/bin/findings ui shows it.
run: setup
	$(BIN)/findings run --prefect

# A file that fails is no reason not to look at the run.
serve: setup
	-$(BIN)/findings run --prefect
	$(BIN)/findings ui

test: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --jobs 2 types tests

types: dev
	$(BIN)/mypy

tests: dev
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# What is slow by nature: the review site in a browser, flows on a Prefect server, killed child processes, damaged files.
test-slow: dev
	$(BIN)/pytest -m slow --numprocesses auto --dist loadfile --no-loadscope-reorder

# The real chapters that are beside the checkout (FINDINGS_SHARED), against recorded floors.
accuracy: dev
	$(BIN)/pytest -m system --numprocesses 2 --dist loadscope tests/test_accuracy.py tests/test_cases.py

# What takes minutes: every command of docs/operations.md on real servers, a Dask cluster, killed runs, the
# accuracy over all real chapters where they are beside the checkout. Much of it waits, so there are more processes than
# cores.
system: dev
	$(BIN)/pytest -m system --numprocesses 6 --dist loadscope

# Speed, memory and sameness on a folder of chapters: make bench REPORTS=path/to/chapters (takes half an hour on 200).
bench: dev
	$(if $(REPORTS),,$(error name the folder of chapters: make bench REPORTS=path/to/chapters))
	$(BIN)/python -m benchmarks.sameness "$(REPORTS)"
	$(BIN)/python -m benchmarks.runs "$(REPORTS)"
	$(BIN)/python -m benchmarks.memory "$(REPORTS)"
	$(BIN)/python -m benchmarks.stages "$(REPORTS)"
	$(BIN)/python -m benchmarks.volume "$(REPORTS)"
	$(BIN)/python -m benchmarks.peers "$(REPORTS)"

# The documentation as a site, in build/docs.
docs: dev
	$(BIN)/python -m mkdocs build --quiet --strict

# New lock files from pyproject.toml; versions stay unless a range forbids them. Needs uv; make lock UPGRADE=--upgrade
# takes the newest versions.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header --no-emit-package pip $(UPGRADE)
lock:
	$(LOCK) --extra dask --output-file requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

# Known vulnerabilities of the locked packages; with IF_REACHABLE=1 an index that does not know them is no failure.
audit: dev
	$(BIN)/python -m tests.audit $(if $(IF_REACHABLE),--if-reachable)

# What must hold before a version gets its tag: the changelog has a date, all tests pass, and every package is audited.
release: dev
	! grep '^## Unreleased' CHANGELOG.md
	$(MAKE) test
	$(MAKE) test-slow
	$(MAKE) audit IF_REACHABLE=
