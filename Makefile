# hellodone: `make demo` shows a real TLS handshake, `make test` proves that it is one.
# Needs python3 (3.11 or newer) and GNU make; everything else goes into .venv.

PYTHON  ?= python3
# one more than processors: many tests wait for a peer
WORKERS ?= $(shell expr `getconf _NPROCESSORS_ONLN` + 1)

VENV    := .venv
BIN     := $(VENV)/bin
RUNTIME := $(VENV)/.made-runtime
DEV     := $(VENV)/.made-dev
BUILD   := build/conformance
FUZZER  := $(BUILD)/.made-venv
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 5
TREES   := src tests tools $(wildcard bench)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format bench docs conformance clean

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(RUNTIME)  ## run a TLS 1.2 handshake over loopback and draw it
	@$(BIN)/hellodone demo

test: $(DEV)  ## run the tests (peers that are not installed are skipped, see tests/interop)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --maxprocesses=8 $(ARGS)

lint: $(DEV)  ## ruff and mypy --strict
	@$(BIN)/ruff check --quiet $(TREES)
	@$(BIN)/ruff format --check --quiet $(TREES) || { echo "some files are not formatted: run 'make format'"; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@echo "lint: clean"

format: $(DEV)  ## put the code into its standard layout
	@$(BIN)/ruff check --quiet --fix $(TREES) || true
	@$(BIN)/ruff format $(TREES)

bench: $(DEV)  ## measure this stack beside its peers, as ratios; build/bench.json has everything
	@$(BIN)/python -m bench --json build/bench.json $(ARGS)

docs: $(RUNTIME)  ## draw the charts and refresh what README quotes
	@$(BIN)/python tools/make_docs.py

conformance: $(RUNTIME) $(FUZZER)  ## run the suite tlsfuzzer against this server: make conformance TLSFUZZER=checkout
	@test -d "$(TLSFUZZER)/scripts" || \
		{ echo "say where tlsfuzzer is: git clone https://github.com/tlsfuzzer/tlsfuzzer, then make conformance TLSFUZZER=tlsfuzzer"; exit 2; }
	@$(BIN)/python tools/conformance/certificates.py $(BUILD)/certificates
	@$(BIN)/python -m tools.conformance --tlsfuzzer "$(TLSFUZZER)" --python $(BUILD)/venv/bin/python \
		--certs $(BUILD)/certificates --hellodone $(BIN)/hellodone --out $(BUILD) $(ARGS)

clean:  ## remove the virtual environment and all caches
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Two stages: the demo needs only what the program needs; the tests need much more.
$(VENV)/.made-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "hellodone needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is incomplete here; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Making a virtual environment in $(VENV) (first time only) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): pyproject.toml | $(VENV)/.made-venv
	@echo "Installing hellodone and what it runs on ..."
	@$(PIP) -e .
	@touch $@

$(DEV): pyproject.toml | $(VENV)/.made-venv
	@echo "Installing the tools for tests and checks (about a minute) ..."
	@$(PIP) -e '.[dev,redis]'
	@touch $@ $(RUNTIME)

# What tlsfuzzer runs on; it needs its own client, a pre-release of tlslite-ng.
$(FUZZER): | $(VENV)/.made-venv
	@echo "Installing what tlsfuzzer runs on ..."
	@$(PYTHON) -m venv $(BUILD)/venv
	@$(BUILD)/venv/bin/python -m pip install --quiet --disable-pip-version-check --retries 5 \
		tlslite-ng==0.9.0b2 gmpy2 pycryptodome
	@touch $@
