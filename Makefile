# Two commands on a fresh machine: `make demo` shows citylora at work, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test check format bench fuzz lock clean

install: .venv/installed

# The lock with hashes first, then the project itself: nothing is resolved here, nothing unpinned is fetched.
.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: install
	$(BIN)/citylora demo

test: install
	$(BIN)/python -m tests.servers
	$(BIN)/pytest -n 2 --dist worksteal

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.fresh

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install
	$(BIN)/python -m tests.servers
	$(BIN)/python -m tests.bench

# Anew when a dependency in pyproject.toml changes; needs uv, which only this target needs.
lock:
	uv pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 -o requirements.lock

clean:
	rm -rf .venv .servers .bench
