# Everything a newcomer needs; `make help` lists it. Needs Python 3.11 and make, nothing else.

PYTHON ?= python3
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
WEB := $(shell find web hatch_build.py -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(shell find src/gongzhi -name '*.po' 2>/dev/null)

export UV_NO_PROGRESS := 1
# Trust what the system trusts: many offices reach packages through a mirror with a certificate of its own.
export UV_SYSTEM_CERTS := 1
export NODE_USE_SYSTEM_CA := 1

.DEFAULT_GOAL := help
.PHONY: help demo install dev oracles test check bench lock translations postgres postgres-stop clean

help:  ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: $(VENV)/core  ## serve the demonstration region on PORT (8000)
	@exec $(BIN)/gongzhi demo --port $(PORT)

install: $(VENV)/core  ## install the platform alone

dev: $(VENV)/dev  ## install the platform and what its development needs

oracles: $(VENV)/oracles  ## install what only tests compare with (GPL; never part of the platform)

test: $(VENV)/dev  ## run the tests: SQLite, and PostgreSQL and Chromium where they are found
	@$(BIN)/python tools/test.py $(ARGS)

check: $(VENV)/dev  ## lint, types, floors, house rules, migrations, translations
	@$(BIN)/python tools/check.py $(ARGS)

bench: $(VENV)/dev  ## run the benchmarks
	@for each in bench/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

translations: $(VENV)/dev  ## bring the catalogues up to date with the sources
	@$(BIN)/python tools/translations.py update

reference: $(VENV)/dev  ## write the generated pages of docs/reference
	@$(BIN)/python tools/reference.py write

lock: $(VENV)/uv.lock  ## pin every dependency anew
	@tools/lock $(UV)

postgres:  ## start a throw-away PostgreSQL (of BUFFERS, 128MB) and tell its address
	@$(PYTHON) tools/postgres.py start $(BUFFERS)

postgres-stop:  ## stop it and delete it
	@$(PYTHON) tools/postgres.py stop

clean:  ## delete what was installed and built
	rm -rf $(VENV) build dist web/node_modules src/gongzhi/service/design/static/design/built
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Each stamp says: done since these files last changed.
$(VENV)/uv.lock: requirements/uv.lock
	@echo "Preparing $(VENV)" && tools/bootstrap $(PYTHON) $(VENV) && cp $< $@

$(VENV)/core: $(VENV)/uv.lock requirements/core.lock requirements/build.lock pyproject.toml $(WEB) $(CATALOGUES)
	@echo "Installing Gongzhi and building its pages"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/core.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements/build.lock -e .
	@touch $@

$(VENV)/dev: $(VENV)/core requirements/dev.lock
	@echo "Installing what the tests and checks need"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/oracles: $(VENV)/dev requirements/oracles.lock
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/oracles.lock
	@touch $@
