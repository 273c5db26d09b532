# Préau. `make` lists what it does.
.DEFAULT_GOAL := help
.PHONY: help run demo-data test check audit-dependencies fmt bench docs secrets clean bootstrap
# What Python compiles is kept: a run of the tests starts some hundred programs.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv/bin
TESTS ?=
PYTEST_ARGS ?=
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
WORKERS ?= $(shell expr $(CORES) + 1)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: bootstrap ## Start everything in one process, with its own PostgreSQL, on http://localhost:8000
	@$(VENV)/preau run

demo-data: bootstrap ## Fill the demonstration communes, families and activities
	@$(VENV)/preau demo-data

test: bootstrap ## Run every test on real parts (TESTS=services/billing, PYTEST_ARGS="-x -k basket")
	@$(VENV)/python -m preau.testing.infrastructure --install
	@$(VENV)/pytest -p preau.testing.scheduling -n $(WORKERS) $(PYTEST_ARGS) $(TESTS)

check: bootstrap ## Check format, lint, types and the boundaries between services
	@$(VENV)/ruff format --check --quiet . || { echo "make fmt would mend the format of:"; $(VENV)/ruff format --check . | grep reformat; exit 1; }
	@$(VENV)/ruff check --quiet .
	@$(VENV)/pyright
	@$(VENV)/lint-imports

audit-dependencies: bootstrap ## Look for known vulnerabilities of what uv.lock names; says so when it cannot
	@$(VENV)/python bin/audit-dependencies

fmt: bootstrap ## Format, and mend what the linter can
	@$(VENV)/ruff check --fix --quiet . || true
	@$(VENV)/ruff format .

bench: bootstrap ## Measure: every tests/bench/bench_*.py, one after the other
	@$(VENV)/python -m preau.testing.infrastructure --install --bench
	@set -e; for bench in tests/bench/bench_*.py; do \
		[ -e "$$bench" ] || { echo "no bench_*.py in tests/bench"; exit 1; }; \
		echo "── $$bench"; $(VENV)/python "$$bench"; \
	done

docs: bootstrap ## Write what is generated anew (docs/events.md, AsyncAPI, OpenAPI and its models)
	@$(VENV)/preau docs
	@$(VENV)/python -m tests.permissions_page
	@$(VENV)/python -m tests.api_models

secrets: ## Draw the passwords of an installation into secrets/, once; what is there stays
	@deploy/docker/draw-secrets secrets

clean: ## Remove caches and the virtual environment; data in var/ stays
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache var/tools var/ci
	@find . -path ./var -prune -o -name __pycache__ -type d -exec rm -rf {} +

bootstrap:
	@bin/bootstrap
