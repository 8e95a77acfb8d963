# Everything a newcomer or CI does, as one command each. Needs Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The extras that a development environment has; CI adds `train` (torch, about 6 GB).
EXTRAS ?= dev

# Our folder `datasets` must never shadow a package of that name.
export PYTHONSAFEPATH := 1

.DEFAULT_GOAL := help
.PHONY: help run test check format lint types contracts audit sbom fuzz throughput soak city clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.base ## watch the demo camera: its first case stands in the desk within two minutes
	$(BIN)/streetwatch run --config datasets/demo/streetwatch.yaml

test: $(VENV)/.$(EXTRAS) ## set up and run the tests
	$(BIN)/pytest --numprocesses 2 --dist loadfile $(PYTEST_ARGS)

check: lint types contracts test ## everything CI checks

format: $(VENV)/.$(EXTRAS) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.$(EXTRAS)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.$(EXTRAS)
	$(BIN)/mypy
	$(BIN)/mypy tests

contracts: $(VENV)/.$(EXTRAS)
	$(BIN)/lint-imports

# Fails on a known vulnerability. Where no advisory service is within reach it says so, and fails only
# with STREETWATCH_REQUIRE=advisories: `make check` must work inside a closed network.
audit: $(VENV)/.audit ## ask what is known against the packages
	$(BIN)/python tests/supply_chain.py audit

# Of what a city installs, and nothing that only we need.
SBOM ?= sbom.cdx.json
sbom: $(VENV)/.audit ## list what the product is made of (CycloneDX)
	$(PYTHON) -m venv --clear $(VENV)/product
	$(VENV)/product/bin/python -m pip install --quiet '.[postgres]' -c constraints.txt
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o $(SBOM) $(VENV)/product/bin/python

# As many doors at a time as there are processors; what is found goes into .fuzz/ (docs/reference/fuzzing.md).
DOORS ?= cameras settings template looks pack manifest callback submission open311_answer platform_answer picture grids token leaving person provider_answer roads campaign address
SECONDS_EACH ?= 20
AT_ONCE ?= $(shell nproc 2>/dev/null || echo 2)
fuzz: $(VENV)/.fuzz ## send what reads strangers' bytes whatever breaks it, for some minutes
	@$(MAKE) --no-print-directory --jobs $(AT_ONCE) --output-sync=target $(DOORS:%=.fuzz-%)

.fuzz-%:
	@echo "== $*"
	@$(BIN)/python tests/fuzz/run.py $* -max_total_time=$(SECONDS_EACH) -print_final_stats=1

# Some 11 minutes on two cores; needs clips with truth, and peers installed aside.
CLIPS ?= ../shared/data/videos
PEERS ?=
STREAMS := --data $(CLIPS) --clip composite_double_parked_suv_60s.mp4 $(BENCH_ARGS)
throughput: $(VENV)/.base ## measure how many cameras this machine carries, and what peers take of it
	$(BIN)/streetwatch bench throughput $(STREAMS) --cameras 10 --cameras 50
	$(BIN)/streetwatch bench throughput $(STREAMS) --cameras 100 --runs 3
	$(BIN)/streetwatch bench throughput $(STREAMS) --cameras 50 --quiet-interval-s 2
	$(if $(PEERS),$(BIN)/streetwatch bench throughput $(STREAMS) --seconds 30 --vs opencv --vs ultralytics --vs roboflow $(PEERS:%=--vs-packages %))

# On two cores; without the rest (six cases an hour of each camera, not sixty) it would take eight.
SOAK ?= --cameras 50 --minutes 60 --rest-minutes 28
soak: $(VENV)/.base ## run the service on cameras that fail at random, and see what grows or is lost
	$(BIN)/streetwatch bench soak $(SOAK)

# Everything that may fail on four machines of a real Ray cluster: `troubles`, `cost` or `upgrade`; six minutes each.
CITY ?= troubles --cameras 8
city: $(VENV)/.$(EXTRAS) ## let machines, head and database fail under cameras, and see what is lost
	PYTHONPATH=tests $(BIN)/python -m ray_city $(CITY)

clean: ## remove what the commands above made
	rm -rf $(VENV) .fuzz data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "streetwatch needs Python >= 3.11: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# Versions come from constraints.txt: what a fresh machine installs is what was tested.
$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e . -c constraints.txt
	touch $@

$(VENV)/.audit: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[dev,audit]' -c constraints.txt
	touch $@

$(VENV)/.fuzz: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[dev,fuzz]' -c constraints.txt
	touch $@

$(VENV)/.$(EXTRAS): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[$(EXTRAS)]' -c constraints.txt
	touch $@ $(VENV)/.base
