# Two commands do everything: `make run` and `make test`.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never
# Offices often reach the world through a proxy whose certificate only the system knows.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)

.PHONY: install run test check bench lock translations clean help

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /	/' | expand -t 16

# Each stamp is newer than everything it was made from, so a second `make install` does nothing.
.venv/.created:
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Mostrador needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. Install it first: apt-get install python3-venv"; exit 1; }
	@echo "preparing .venv, which takes a minute or two …"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.created requirements.txt requirements-install.txt pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-install.txt
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.txt
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.developing: .venv/.installed requirements-dev.txt
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

install: .venv/.installed ## prepare .venv with the console command `mostrador`
	@$(BIN)/python -m mostrador.config.prepare --quiet

run: install ## set up and serve the product with a sample office (PORT, HOST)
	@exec $(BIN)/mostrador up --sample

check: install .venv/.developing ## every check and test but those that need a browser
	@$(BIN)/python -m tests.run --without-browser

test: install .venv/.developing ## set up and run every check and test
	@$(BIN)/python -m tests.run

bench: install .venv/.developing ## measure speed and memory on generated data
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.search
	@$(BIN)/python -m bench.streams
	@$(BIN)/python -m bench.mail

lock: .venv/.developing ## compile the locked requirements again from pyproject.toml
	@sh tools/lock

translations: install ## bring the catalogues up to date with the source
	@$(BIN)/python -m tools.translations

clean: ## remove what was installed; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
