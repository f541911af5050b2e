# Shortcuts for `python3 manage.py ...` and the development tools.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo reset test lint format types contract migrations messages check bench lock clean

demo:
	$(PYTHON) manage.py demo

reset:
	$(PYTHON) manage.py demo --reset

test:
	$(PYTHON) manage.py test

bench:
	$(PYTHON) manage.py bench

# The checks that CI runs before the tests.
check: lint types contract migrations

lint: $(BIN)/ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --quiet templates
	$(BIN)/djlint --lint --quiet templates

format: $(BIN)/ruff
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

types: $(BIN)/ruff
	$(BIN)/mypy

contract: $(BIN)/ruff
	PYTHONPATH=site:. $(BIN)/lint-imports

migrations:
	$(PYTHON) manage.py makemigrations --check --dry-run

# Update the catalogues in site/lyceum/locale from templates and code, and compile them. Needs gettext.
# Translate the empty entries, then run it again: a test checks that nothing is missing.
messages: $(BIN)/ruff
	NO_BOOTSTRAP=1 $(BIN)/python manage.py makemessages --all --extension html,txt,py --no-obsolete --no-wrap --no-location \
		--ignore ".*" --ignore "tests/*" --ignore "site/lyceum_dev/*"
	NO_BOOTSTRAP=1 $(BIN)/python manage.py compilemessages --ignore ".*"

# Pin and hash for every platform; add UPGRADE=--upgrade for newer versions.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--custom-compile-command "make lock" $(UPGRADE)
lock: $(BIN)/ruff
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

# The development tools: `test` installs them.
$(BIN)/ruff:
	$(PYTHON) manage.py test --version

clean:
	rm -rf .test .bench .pytest_cache .mypy_cache .ruff_cache .import_linter_cache htmlcov artefacts
