# Parley needs make and Python 3.11 or newer; everything else comes from the locked requirements.
#
#   make run     start Parley on this machine (HOST, PORT, DATA_DIR and the rest come from the environment)
#   make test    tests on a real Postgres and a real Valkey: rules, processes, page scripts (20 minutes on two slow cores)
#   make test-all     those, the browser's (make test-browser) and one outage after another (make test-faults)
#   make check   style, types, import order, templates, scripts, deployment settings
#   make bench   measure what a streamed token costs, what pages and replies take to draw, and the pages of models and
#                money over a year (a quarter of an hour)
#   make lighthouse  the last part of it alone: what Lighthouse says of the chat page, installed apart from all else
#   make soak    long outages, idle sockets, 500 reloads in a browser, ten minutes of faults at random (half an hour)
#   make interop ask a server that is not ours: the LiteLLM proxy, installed apart from everything else
#   make screenshots  look at every page: pictures of them, light, dark and on a phone, in docs/screenshots/
#   make messages  collect the sentences for translators and compile their catalogues (LANGUAGE=de begins one)
#   make setup   install and build only; make clean takes that away again, never DATA_DIR
#   make lock    resolve the requirements anew

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run setup test test-browser test-faults test-all check bench bench-pages bench-search lighthouse interop screenshots messages lock clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^#   //p' Makefile

run: setup
	@exec $(BIN)/python manage.py run

setup: $(VENV)/.for-running
	@$(BIN)/python -m chatapp.embedded.page_scripts build

test: setup $(VENV)/.for-developing
	@$(BIN)/python -m tests.everything

test-browser: setup $(VENV)/.for-developing
	@$(BIN)/python -m tests.everything browser

test-faults: setup $(VENV)/.for-developing
	@$(BIN)/python -m tests.everything faults

test-all: setup $(VENV)/.for-developing
	@$(BIN)/python -m tests.everything rules house browser faults scripts

check: setup $(VENV)/.for-developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m chatapp.embedded.page_scripts check
	DATA_DIR=.data/check PUBLIC_ORIGINS=https://chat.example.org \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: setup $(VENV)/.for-developing
	@$(BIN)/python -m bench.streams
	@$(BIN)/python -m bench.first_token
	@$(BIN)/python -m bench.render
	@$(BIN)/python -m bench.transcript
	@$(BIN)/python -m bench.search
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench.audit

bench-search: setup $(VENV)/.for-developing
	@$(BIN)/python -m bench.search

bench-pages: setup $(VENV)/.for-developing
	@$(BIN)/python -m bench.pages

lighthouse: setup $(VENV)/.for-developing
	@$(BIN)/python -m bench.audit

soak: setup $(VENV)/.for-developing
	@$(BIN)/python -m tests.soak

interop: setup $(VENV)/.for-developing
	@$(BIN)/python -m tests.interop

screenshots: setup $(VENV)/.for-developing
	@$(BIN)/python -m pytest -q tests/browser/screenshots.py

messages: $(VENV)/.for-running $(VENV)/.for-developing
	@$(BIN)/python -m chatapp.languages.catalogues $(LANGUAGE)

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Parley needs Python 3.11 or newer and $(PYTHON) is older or missing:" \
	    "name another, as in: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.for-running: requirements.txt requirements-embedded.txt | $(VENV)/.made
	@echo "Installing the locked requirements."
	@$(PIP) -r requirements.txt -r requirements-embedded.txt
	@touch $@

$(VENV)/.for-developing: requirements-dev.txt | $(VENV)/.made
	@echo "Installing what tests and checks need."
	@$(PIP) -r requirements-dev.txt
	@$(BIN)/python -c 'import os, pathlib, sysconfig; \
	  pathlib.Path(sysconfig.get_path("purelib"), "parley.pth").write_text(os.getcwd())'
	@touch $@

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	for name in requirements requirements-embedded requirements-dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --upgrade $$name.in -o $$name.txt || exit 1; done

clean:
	rm -rf $(VENV) node_modules bench/lighthouse/node_modules static/dist
