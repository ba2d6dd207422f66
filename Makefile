# The two commands: `make demo` runs the site with a demo clinic, `make test` proves it.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE = 1
DEVELOP := DEBUG=1

.PHONY: help demo run test lint bench audit screens seed stop lock messages clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

$(VENV)/.site: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.dev: $(VENV)/.site requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: $(VENV)/.site ## set everything up and run the site with the demo clinic (PORT=8000)
	@$(DEVELOP) $(BIN)/python manage.py demo --port $(PORT)

run: $(VENV)/.site ## development server with autoreload, and the worker's mail on the console
	$(DEVELOP) $(BIN)/python manage.py migrate --verbosity 0
	$(DEVELOP) $(BIN)/python manage.py seed
	$(DEVELOP) $(BIN)/python manage.py runserver $(PORT)

seed: $(VENV)/.site ## load the demo clinic (SIZE=large for the benchmark clinic)
	$(DEVELOP) $(BIN)/python manage.py migrate --verbosity 0
	$(DEVELOP) $(BIN)/python manage.py seed $(if $(SIZE),--size=$(SIZE))

lint: $(VENV)/.dev ## ruff, djlint, mypy, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet
	$(DEVELOP) $(BIN)/python manage.py makemigrations --check --dry-run --verbosity 0
	$(DEVELOP) $(BIN)/mypy

test: $(VENV)/.dev lint ## set everything up and prove it, browser tests included
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(ARGS)

bench: $(VENV)/.dev ## print speed figures beside their references
	$(BIN)/python -m benchmarks $(ARGS)

audit: $(VENV)/.dev ## axe, Lighthouse and the Nu checker on every kind of page (needs npm and java; KINDS="home guide")
	@$(DEVELOP) $(BIN)/python -m tests.audit $(KINDS)

screens: $(VENV)/.dev ## pictures of every kind of page into .screens/ (KINDS="home guide")
	@$(DEVELOP) $(BIN)/python -m tests.audit.screens $(KINDS)

messages: $(VENV)/.site ## collect the sentences to translate
	$(DEVELOP) $(BIN)/python manage.py makemessages --all --ignore=.venv

lock: $(VENV)/.dev ## renew the hash-pinned requirements from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra dev --constraints requirements.txt --generate-hashes --no-emit-index-url --no-header --output-file requirements-dev.txt

stop: ## stop the embedded database of this checkout
	@$(DEVELOP) $(BIN)/python -m clinic.database stop

clean: stop ## stop it and remove everything that the commands made
	rm -rf $(VENV) .postgres .demo .bench .audit .screens staticfiles
