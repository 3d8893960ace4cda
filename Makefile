# Two commands on a fresh machine: `make demo` shows citylora at work, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := ingest gateways decoders dashboards tests
COMPILE := uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links --python-version 3.11

.PHONY: install demo test check format generate decoder bench soak fuzz lock wheelhouse sbom audit clean

install: .venv/installed

# The lock with hashes first, then the project itself: nothing is resolved here, nothing unpinned is fetched.
.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: install
	$(BIN)/citylora demo

# Compiled beforehand: the tests start some thousand processes, and where PYTHONDONTWRITEBYTECODE is set, each would.
test: install
	$(BIN)/python -m tests.servers
	$(BIN)/python -m compileall -q $(PACKAGES)
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

# The files that repeat what the code says: the example of a configuration, the pages of the commands and the decoders.
generate: install
	$(BIN)/python -m tests.fresh --write

# make decoder VENDOR="Acme" MODEL="TH-1": a decoder and its vectors to be written; red until they are.
decoder: install
	$(BIN)/python -m tests.scaffold "$(VENDOR)" "$(MODEL)"

bench: install
	$(BIN)/python -m tests.servers
	$(BIN)/python -m compileall -q $(PACKAGES)
	$(BIN)/python -m tests.bench

# Half an hour of a city's traffic with a fault every minute; MINUTES=3 for a look.
soak: install
	$(BIN)/python -m tests.servers
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),30)

# Payloads that reach new lines of the decoders are kept in tests/fuzz/corpus; MINUTES=60 for a night.
fuzz: install
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),5)

# Anew when a dependency in pyproject.toml changes; needs uv, which only this target needs. The second one is what runs,
# without what the checks and the tests need.
lock:
	$(COMPILE) --group dev -o requirements.lock
	$(COMPILE) --constraint requirements.lock -o requirements-run.lock

# What a machine of the same kind needs that has no network; docs/operations.md says how to install from it. Everything
# is a wheel there, since nothing can be built without a network: what comes as source alone is built here.
wheelhouse: install
	rm -rf dist/wheelhouse
	$(BIN)/pip wheel --quiet --disable-pip-version-check --require-hashes -r requirements-run.lock -w dist/wheelhouse
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w dist/wheelhouse .
	cd dist/wheelhouse && sha256sum *.whl > SHA256SUMS

# What citylora is made of (CycloneDX), for whoever has to know what a vulnerability reaches.
sbom: install
	mkdir -p dist
	$(BIN)/python -m tests.sbom > dist/citylora.cdx.json

# Asks PyPI whether a vulnerability is known of any package that runs. What it cannot say anything of is a failure, too:
# without --strict an answer that never came would look like a good one.
audit:
	$(PYTHON) -m venv .audit
	.audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	.audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements-run.lock

clean:
	rm -rf .venv .audit .servers .bench dist
