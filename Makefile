# Every target does all its own set-up; a machine needs Python 3.11 or newer and make.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
IN := .venv/bin

.PHONY: help demo test test-unit test-tqdm test-lowest test-newest check bench page lock clean hub-environment test-environment browser

help:
	@echo "make demo       start the hub on the demo deck"
	@echo "make test       check, unit tests and browser tests: everything that must hold"
	@echo "make test-unit  the tests without a port, a process or a browser, and the limit of their CPU time"
	@echo "make test-lowest  the unit tests with the lowest versions that we allow (test-newest: with the newest)"
	@echo "make test-tqdm  tqdm's own tests, without and with reporting to a hub"
	@echo "make check      ruff, mypy, the layers, the limits, and the page's own checks"
	@echo "make bench      what we claim about speed, measured beside the peers"

demo: hub-environment
	$(IN)/quarterdeck demo

test: check test-unit test-lowest test-tqdm browser
	$(IN)/python -m pytest -q

# Rewritten assertions are kept between runs, whatever the environment says: that is a fifth of the time. Files that are
# gone with the test are kept in memory, where the machine has a place for that. What has changed is compiled by a first
# collection, so that a fresh clone has the same limit as the next run; its errors are told by the second.
UNIT := PYTHONDONTWRITEBYTECODE= PYTEST_DEBUG_TEMPROOT=$(wildcard /dev/shm) $(IN)/python -m pytest -q \
	--ignore=tests/e2e --ignore=tests/law -m "not law and not long" --hypothesis-profile=few
test-unit: test-environment
	@$(UNIT) --collect-only > /dev/null || true
	$(UNIT) --cpu-limit=10

# tqdm's own tests, in its source distribution, pass as before when its bars report.
test-tqdm: test-environment
	$(IN)/python scripts/tqdm_tests.py

# TRY=python3.13 tries another interpreter.
test-lowest test-newest: test-%: test-environment
	$(IN)/python scripts/try_versions.py $* $(TRY)

check: test-environment
	$(IN)/ruff check
	$(IN)/mypy
	$(IN)/lint-imports --no-cache
	$(IN)/python scripts/check_limits.py
	$(IN)/python scripts/build_page.py --check

bench: test-environment browser
	@$(PYTHON) scripts/prepare.py environment bench
	@$(PYTHON) scripts/prepare.py peers
	$(IN)/python -m benchmarks

page: hub-environment
	$(IN)/python scripts/build_page.py --force

hub-environment:
	@$(if $(PYTHON),$(PYTHON),$(error no Python 3.11 or newer was found: install one, or say make PYTHON=/path/to/python)) \
		scripts/prepare.py environment hub

test-environment:
	@$(if $(PYTHON),$(PYTHON),$(error no Python 3.11 or newer was found: install one, or say make PYTHON=/path/to/python)) \
		scripts/prepare.py environment test

browser:
	@$(PYTHON) scripts/prepare.py browser

# Needs uv; the files carry versions and hashes, and no addresses.
lock:
	$(PYTHON) scripts/lock.py

clean:
	rm -rf .venv src/quarterdeck/web/static ui/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
