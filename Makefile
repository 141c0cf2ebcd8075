.DEFAULT_GOAL := help
.PHONY: help setup browser demo up test test-long check bench gallery lock

bin := .venv/bin

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## environment, locked dependencies, system libraries; quick when all is there
	@scripts/setup

demo: setup  ## worked example 1 on the real stack, told as it happens (ONCE=1: then end)
	@$(bin)/partnerflow demo $(if $(ONCE),--once)

up: setup  ## the whole stack until Ctrl-C, data in ./var (ARGS='--port 8080 ...')
	@$(bin)/partnerflow up $(ARGS)

test: setup  ## every test, on real PostgreSQL and Temporal (ARGS='tests/domain -k money')
	$(bin)/pytest $(ARGS)

test-long: setup  ## what the suite has no time for, and the state machines for many more and longer stories (half an hour)
	$(bin)/pytest -m long
	PARTNERFLOW_TEST_LONG=1 $(bin)/pytest tests/domain/test_cases_machine_stateful.py tests/store/test_desk_stateful.py $(ARGS)

check: setup  ## format, lint, types, walls between the rooms
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports

bench: setup  ## what a decision, a read, a document and an import cost, beside yardsticks
	$(bin)/python -m bench $(ARGS)

browser: setup  ## Debian's Chromium, for the gallery and the walks
	@scripts/setup browser

gallery: browser  ## pictures of every page by role, in light and dark, wide and narrow, with axe (ARGS='reseller')
	@$(bin)/python -m gallery $(ARGS)

lock: setup  ## choose versions anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra embedded --group dev \
	  --generate-hashes --no-header --no-annotate --upgrade --quiet --output-file requirements.lock
