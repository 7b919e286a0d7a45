# Every target sets up what it needs first. All paths are relative, so that the project may lie in a path with a space.
.DEFAULT_GOAL := help
.PHONY: both faults mutants help demo setup setup-tests test coverage check lint docs reference picture bench audit freeze wheel lock clean
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
DEMO := demo
SIZES := 20 230
SPHINX := $(BIN)/python -m sphinx --fail-on-warning --keep-going --nitpicky --quiet --jobs 1
# Rewriting and compiling all tests takes each process some seconds: the outcome is kept whatever the environment says.
PYTEST := env PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 2

# The site's tests once more, on a PostgreSQL that is started for them; what the browser sees and the engine does is the same on both.
ON_POSTGRES = if [ -n "$${MERATA_NO_POSTGRES:-}" ]; then echo "merata: the site is not tried on PostgreSQL"; else \
	$(BIN)/python tools/postgres.py $(PYTEST) tests/web --migrations -m "not browser and not engine and not apart"; fi

# Style and types are looked at beside them, and told after them.
ON_POSTGRES_AND_LINT = said=$$(mktemp) && { $(MAKE) lint > $$said 2>&1 & } && lint=$$!; \
	$(ON_POSTGRES); tests=$$?; wait $$lint; linted=$$?; cat $$said; rm -f $$said; \
	[ $$linted = 0 ] || echo "merata: style or types are not as they should be: see above"; \
	[ $$tests = 0 ] && [ $$linted = 0 ]

help: ## what can be made (this list)
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

demo: setup ## the worked example: a made-up regency, its plan, report and site, in ./demo; Ctrl-C ends the site
	@$(BIN)/merata demo $(DEMO)

setup: ## .venv, with the versions of requirements.lock
	@tools/setup.sh

setup-tests:
	@tools/setup.sh --tests

lint: setup
	@echo "merata: style, types" && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy --no-error-summary

docs: setup ## the documentation, in docs/_build/html; a broken link is an error
	@echo "merata: documentation" && $(SPHINX) docs docs/_build/html

# The site is tried on PostgreSQL first. The tests come last: their closing line, with how many passed, is the last that is printed.
# What was tried on PostgreSQL, the stricter of the two, is tried on SQLite again where it is every page as every role, a
# story, or in a browser.
test: setup-tests ## everything: style, types, documentation, all tests (some minutes)
	@$(ON_POSTGRES_AND_LINT)
	@$(PYTEST) --dist loadgroup $(if $(MERATA_NO_POSTGRES),,-m "not site")

both: setup-tests ## the same, each test of the site on both databases, and all examples of each property (some minutes more)
	@$(ON_POSTGRES_AND_LINT)
	@$(PYTEST) --dist loadgroup --hypothesis-profile whole

coverage: setup-tests ## which lines no test comes by (counting them makes the tests half as slow again)
	@$(PYTEST) --dist loadgroup --cov --cov-report=term

# A file to a process, so that what its tests share is made once; a tenth of the examples that properties are tried on.
check: setup lint ## the quick part of the tests, within a minute
	@$(PYTEST) --dist loadfile -m "not slow" --hypothesis-profile quick

reference: setup ## docs/reference and the drawing of the rooms, made again from the code
	@$(BIN)/python tools/make_reference.py
	@$(BIN)/python tools/make_architecture.py

picture: setup-tests ## the pictures of the README and of the site, made again from the worked example
	@$(BIN)/merata demo $(DEMO) --no-serve
	@$(BIN)/python tools/make_picture.py $(DEMO)/region/runs/latest/report/index.html
	@$(BIN)/python tools/make_screens.py $(DEMO)

bench: setup ## time and memory of a whole run by number of villages (SIZES="20 230 2000")
	@$(BIN)/python bench/run.py $(SIZES)

faults: setup-tests ## break things while real work goes on, and look what was lost (ROUNDS=1 takes some twenty minutes)
	@$(BIN)/python bench/faults.py --rounds $(or $(ROUNDS),1) --write docs/explanation/faults-table.txt

mutants: setup ## small faults put into one module: do its tests notice (MODULE=merata/assure/terms.py TESTS=tests/assure/test_assure_owed.py)
	@$(BIN)/python -c "import mutmut" 2>/dev/null || { echo "merata: mutmut is missing: $(BIN)/uv pip install --python $(BIN)/python mutmut==3.8.1"; exit 1; }
	@$(BIN)/python tools/mutants.py $(MODULE) $(TESTS) $(MORE)

freeze: setup ## the small region of this version that all later ones must open, made again (before a release)
	@$(BIN)/python tools/freeze.py

audit: setup ## which libraries have known holes, as the list of OSV has it; without a network it says so and passes
	@$(BIN)/python tools/audit.py

wheel: setup ## the wheel, tried in an empty environment: from nothing to a plan by the engine alone, then the site (minutes)
	@$(BIN)/python tools/try_wheel.py --extra web

lock: setup ## requirements.lock, made again from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra web --extra scale --group dev --universal --generate-hashes --no-header --quiet --output-file requirements.lock

clean: ## remove everything that was made, but not .venv
	@rm -rf docs/_build demo .coverage .coverage.* htmlcov dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find merata tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
