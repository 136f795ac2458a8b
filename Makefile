# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3.14 python3,$(if $(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo yes),$(p))))
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint proof serve nlu-rasa clean

demo: $(VENV)/.runtime
	@exec $(BIN)/dalil demo

serve: $(VENV)/.runtime
	@exec $(BIN)/dalil serve

test: $(VENV)/.test
	@$(BIN)/python -m tests.run $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

proof: $(VENV)/.test
	@$(BIN)/python -m tests.faults.proof $(ARGS)

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@sh deploy/environment.sh "$(PYTHON)" $(VENV) requirements/runtime.txt
	@touch $@

$(VENV)/.test: requirements/test.txt pyproject.toml
	@sh deploy/environment.sh "$(PYTHON)" $(VENV) requirements/test.txt
	@touch $@ $(VENV)/.runtime

# The other engine, in an environment of its own (Python 3.10): deploy/rasa.sh explains what can be set.
nlu-rasa:
	@sh deploy/rasa.sh all

clean:
	rm -rf $(VENV) var test-results
