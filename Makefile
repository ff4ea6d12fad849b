# Needs Python 3.11 or newer; another one is named with: make PYTHON=python3.12 setup
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup run test types tests system bench audit

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

# Recorded in Prefect: .venv/bin/findings ui shows it.
run: setup
	$(BIN)/findings run --prefect

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --jobs 2 --output-sync types tests

types: setup
	$(BIN)/mypy

tests: setup
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# What takes minutes: every command of docs/operations.md on real servers, a Dask cluster, a hundred killed runs, the
# accuracy over all real chapters where they are beside the checkout. Much of it waits, so there are more processes than
# cores.
system: setup
	$(BIN)/pytest -m system --numprocesses 6 --dist loadscope

# Speed, memory and sameness on a folder of chapters: make bench REPORTS=path/to/chapters (takes half an hour on 200).
bench: setup
	$(if $(REPORTS),,$(error name the folder of chapters: make bench REPORTS=path/to/chapters))
	$(BIN)/python -m benchmarks.sameness "$(REPORTS)"
	$(BIN)/python -m benchmarks.runs "$(REPORTS)"
	$(BIN)/python -m benchmarks.memory "$(REPORTS)"
	$(BIN)/python -m benchmarks.stages "$(REPORTS)"
	$(BIN)/python -m benchmarks.volume "$(REPORTS)"
	$(BIN)/python -m benchmarks.peers "$(REPORTS)"

# Known vulnerabilities of the locked packages; with IF_REACHABLE=1 an index that does not know them is no failure.
audit: setup
	$(BIN)/python -m tests.audit $(if $(IF_REACHABLE),--if-reachable)
