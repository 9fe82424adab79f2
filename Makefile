# Every recipe works on a bare machine with Python 3.11 or newer and make; nothing is installed outside .venv.

PYTHON ?= python3
BIN := .venv/bin
UV := VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv
READY := .venv/.ready
PACKAGES := handrail web workers domain matching
# Kinds that ruff finds as well; each place carries its reason beside it.
JUDGED := B104,B108,B608,B704
CHECKS := format lint types floors migrations docs test
# Compiles the matcher, once after each change of it, or every worker that a test starts would.
WARM = $(BIN)/python -c 'from workers.warming import warm; warm()'
# Thousands of databases are made, and none outlives its test: in memory, where there are 4 GB to spare.
IN_MEMORY := $(if $(TMPDIR),,$(shell test "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}')" -gt 4000000 2>/dev/null && echo TMPDIR=/dev/shm))
# Three at a time, file by file, as many of them wait for programs they start. What failed so is tried once more with
# nothing beside it, and stands in the output both times. Then, one by one, those that measure how long something takes.
TESTS = { $(IN_MEMORY) $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m 'not alone' || { \
		printf '\n== what failed, once more with nothing beside it\n'; \
		$(IN_MEMORY) $(BIN)/pytest --last-failed --last-failed-no-failures none -m 'not alone'; }; }; beside=$$?; \
	$(IN_MEMORY) $(BIN)/pytest -m alone && test $$beside -eq 0

.DEFAULT_GOAL := help
.PHONY: help setup run test check fix seed reset doctor lock requirements security sbom chaos journeys docs clean \
	$(CHECKS:%=check-%)

help: ## list these recipes
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with everything at its locked version

run: $(READY) ## start Handrail on this computer, with a fictional town to try it in
	@exec $(BIN)/handrail up

test: $(READY) ## run the tests
	@$(WARM)
	@$(TESTS)

check: $(READY) ## run every check and the tests, then count what failed
	@$(WARM) & failed=; for each in $(CHECKS); do \
		printf '\n== %s\n' $$each; test $$each = test && wait; \
		$(MAKE) --no-print-directory check-$$each || failed="$$failed $$each"; \
	done; \
	set -- $$failed; printf '\n%s\n' "$$# of $(words $(CHECKS)) checks failed$${1:+: $$*}"; test $$# -eq 0

fix: $(READY) ## format the code and mend what the linter can
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

seed: $(READY) ## fill an empty home with the fictional town
	@$(BIN)/handrail seed

reset: $(READY) ## start over: empty the home, keep its secrets
	@$(BIN)/handrail reset

doctor: $(READY) ## say what is wrong with this installation, and what mends it
	@$(BIN)/handrail doctor

lock: $(READY) ## write the locks anew; with LATEST=--upgrade, at the newest versions
	@$(UV) pip compile $(LOCK) pyproject.toml --group build -o requirements/base.txt
	@$(UV) pip compile $(LOCK) pyproject.toml --group dev -o requirements/dev.txt

requirements: $(READY) ## print each requirement and check with the tests that prove it
	@$(BIN)/pytest --collect-only -qqq -p tests.requirements_table

security: $(READY) ## look for weaknesses, ask every page as everybody, and print the numbers
	@$(BIN)/bandit -q -ll --skip $(JUDGED) -r $(PACKAGES)
	@$(BIN)/ruff check --select S $(PACKAGES)
	@HANDRAIL_FUZZ=$(or $(HANDRAIL_FUZZ),10000) HANDRAIL_RACES=$(or $(HANDRAIL_RACES),100) $(BIN)/pytest -q tests/security tests/architecture/test_dangers.py

sbom: $(READY) ## list everything inside, as CycloneDX, in build/handrail.cdx.json
	@mkdir -p build
	@$(BIN)/python .ci/sbom build/handrail.cdx.json

chaos: $(READY) ## kill processes at random and see that no work is lost
	@$(BIN)/pytest -m chaos

journeys: $(READY) ## run the whole stories: real server, worker and browser
	@$(BIN)/pytest -m 'journey or browser'

docs: $(READY) ## write the pages in docs/reference that are made from the code
	@$(BIN)/python -m handrail.reference

clean: ## remove the environment and caches, never the home
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

check-format:
	@$(BIN)/ruff format --check .
check-lint:
	@$(BIN)/ruff check .
check-types:
	@$(BIN)/mypy $(PACKAGES:%=-p %) -p tests
check-floors:
	@$(BIN)/lint-imports
check-migrations:
	@$(BIN)/handrail migrate --check
check-docs:
	@$(BIN)/python -m handrail.reference --check
check-test:
	@$(TESTS)

# What `make run` leaves behind stays in the checkout, unless another home is named.
run seed reset doctor: export HANDRAIL_HOME := $(or $(HANDRAIL_HOME),$(CURDIR)/.home)

# One resolution for every platform and Python; names, versions and hashes, but no address.
LOCK = $(LATEST) --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# uv is faster; where only pip is set up to reach packages, pip installs the same files by the same hashes.
$(READY): $(BIN)/uv requirements/dev.txt pyproject.toml
	@echo "Installing what Handrail needs (a minute or two, the first time)"
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode requirements/dev.txt \
		|| $(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --offline -e .
	@touch $@

$(BIN)/uv: requirements/uv.txt | $(BIN)/python
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Handrail needs Python 3.11 or newer, and '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)."; \
		echo "If another is installed, name it: make PYTHON=python3.12 setup"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
