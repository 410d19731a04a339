# make build    builds what is in input/ into output/
# make test     runs the tests, make test-all the slow ones too with coverage,
#               make test-official all that are put before the official HL7 validator
# make lint     checks style and types; make bench measures; make docs writes docs/rules
# Each sets up .venv by itself, with uv where it is there and pip where it is not.

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

ifdef UV
  VENV := $(UV) venv --quiet --python $(PYTHON) .venv
  INSTALL := $(UV) pip install --quiet --python $(BIN)/python
else
  VENV := $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
  INSTALL := $(BIN)/python -m pip install --quiet
endif

.PHONY: build test test-all test-official servers test-server lint format bench wheel golden docs clean

build: .venv/ready
	$(BIN)/codesystem build

ifdef CI
test: .venv/ready-dev
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n auto
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report
else
test: .venv/ready-dev
	POLARS_MAX_THREADS=1 $(BIN)/python -m pytest -n auto
endif

# the slow tests too, four times as many examples, and coverage: what CI runs
test-all:
	CI=true $(MAKE) test

# some 36,000 code systems before the official HL7 validator and ours; needs Java and Maven
test-official: .venv/ready-dev
	FHIR_CODESYSTEM_OFFICIAL=whole $(BIN)/python -m pytest -q tests/official

# publishing to real servers: HAPI FHIR (R4, R5; Java, Maven) and Helios (R4; cargo, minutes to build)
servers: .venv/ready-dev
	PYTHONPATH=tests $(BIN)/python -m publishing

test-server: servers
	FHIR_CODESYSTEM_SERVER=required $(BIN)/python -m pytest -q tests/publishing

lint: .venv/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/ready-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/ready-dev
	$(BIN)/python benchmarks/bench.py $(BENCH)

wheel: .venv/ready-dev
	$(BIN)/python -m build --outdir dist

golden: .venv/ready-dev
	$(BIN)/python tests/golden.py

docs: .venv/ready-dev
	$(BIN)/python tests/reference.py

clean:
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*

.venv/ready: pyproject.toml
	test -x $(BIN)/python || { rm -rf .venv; $(VENV); }
	$(INSTALL) --editable .
	touch $@

.venv/ready-dev: .venv/ready
	$(INSTALL) --editable . --group dev
	touch $@
