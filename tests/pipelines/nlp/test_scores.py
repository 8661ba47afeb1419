"""The shipped model keeps its promises on text it never saw; needs the corpora (KG_DATA)."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.nlp import MODELS, load_language
from pipelines.nlp.labels import BIO

DATA = Path(os.environ.get("KG_DATA") or "absent")
MODEL = MODELS / "fast"
here = pytest.mark.skipif(not (MODEL / "model.onnx").exists(), reason="the model file is not in this checkout")


@here
def test_the_labels_are_those_of_the_code() -> None:
    assert json.loads((MODEL / "labels.json").read_text(encoding="utf-8"))["names"] == list(BIO)


@here
def test_the_model_fits_common_limits() -> None:
    assert (MODEL / "model.onnx").stat().st_size < 50_000_000


def benchmark() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "language.py"
    spec = importlib.util.spec_from_file_location("language_benchmark", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@here
@pytest.mark.reference
@pytest.mark.skipif(not DATA.exists(), reason="KG_DATA does not name a folder with the corpora")
def test_scores() -> None:
    bench, nlp = benchmark(), load_language()
    sentences = list(bench.corpora.read_trees(DATA / "train/ud-ewt/en_ewt-ud-dev.conllu"))[:700]
    trees = {measure: float(value.split()[0]) for _, measure, value in bench.gold_words(nlp, "", sentences)}
    assert trees["UPOS"] >= 95
    assert trees["LAS"] >= 86
    names = {measure: value for _, measure, value in bench.uner(nlp, DATA / "dev/uner-ewt/en_ewt-ud-dev.iob2")}
    assert float(names["F1"].split()[0]) >= 80
