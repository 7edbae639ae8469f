# What a person types. Everything else is `.venv/bin/mailexpert --help`.
PYTHON ?= python3
BIN := .venv/bin
UV := $(or $(wildcard .tools/uv/bin/uv),$(wildcard .tools/uv),uv)
POSTGRES ?=
WORKERS ?= auto
# Chromium's driver keeps a loop on its thread, where the engine's stories can't run theirs: two runs, not one.
TEST := -n $(WORKERS) $(if $(POSTGRES),--postgres=$(POSTGRES))

# Some machines forbid it; compiling every module anew makes each process start seconds later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test check lock bench bench-growth chaos docs clean

setup: ## everything but starting; repeatable
	@$(PYTHON) tools/bootstrap.py

run: setup ## from a fresh clone to the report of the sample mailing; Ctrl-C ends it
	@exec $(BIN)/mailexpert run

test: setup ## the whole suite; POSTGRES=18 picks the major version of the database, ARGS=--second-major what that could change
	$(BIN)/pytest $(TEST) -m "not chaos and not browser" $(ARGS)
	$(BIN)/pytest $(TEST) -m browser $(ARGS)

check: setup ## lint, types, contracts, budgets, messages, templates, docs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy src/mailexpert
	$(BIN)/lint-imports
	$(BIN)/python tools/budgets.py
	$(BIN)/python tools/messages.py check
	$(BIN)/python tools/templates.py
	$(BIN)/mkdocs build --quiet --strict

lock: setup ## the locks anew, after pyproject.toml changed
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml -o locks/runtime.txt
	for group in dev docs; do $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group $$group -c locks/runtime.txt -o locks/$$group.txt || exit 1; done

bench: setup ## all benchmarks: a table, and var/bench/*.json
	@$(BIN)/python bench/run.py

bench-growth: setup ## a million recipients, and a ledger of 20 million rows: an hour and 10 GB of disk
	@$(BIN)/python bench/run.py growth --sizes 10000 100000 1000000 --ledger 20000000

chaos: setup ## the long failure tests
	$(BIN)/pytest -m chaos $(if $(POSTGRES),--postgres=$(POSTGRES)) $(ARGS)

docs: setup ## the documentation, in var/docs
	$(BIN)/mkdocs build --strict

clean: ## everything that setup made; the home (var/) with its data stays
	rm -rf .venv .tools node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf src/mailexpert/web/static/vendor
	find src -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
