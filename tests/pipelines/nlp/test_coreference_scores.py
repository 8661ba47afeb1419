"""The measures of coreference, against values worked out in the literature."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "coreference.py"
    spec = importlib.util.spec_from_file_location("coreference_benchmark", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def groups(*names: str) -> list[frozenset[tuple[int, int]]]:
    """Each letter a mention."""
    return [frozenset((ord(c), ord(c) + 1) for c in name) for name in names]


GOLD, FOUND = groups("abc", "defg"), groups("ab", "cd", "fghi")


@pytest.mark.parametrize(
    ("measure", "recall", "precision"), [("MUC", 0.40, 0.40), ("B3", 0.42, 0.50), ("CEAF-e", 0.65, 0.43)]
)
def test_the_example_of_pradhan_2014(bench: ModuleType, measure: str, recall: float, precision: float) -> None:
    count = bench.MEASURES[measure](GOLD, FOUND)
    assert count.recall == pytest.approx(recall, abs=0.006)
    assert count.precision == pytest.approx(precision, abs=0.006)


@pytest.mark.parametrize("measure", ["MUC", "B3", "CEAF-e", "mentions"])
def test_bounds(bench: ModuleType, measure: str) -> None:
    assert bench.MEASURES[measure](GOLD, GOLD).f1 == pytest.approx(1)
    assert bench.MEASURES[measure](GOLD, []).f1 == 0


def test_documents_are_added_not_averaged(bench: ModuleType) -> None:
    counts = bench.scores([(GOLD, GOLD), (groups("xy"), groups("x", "y"))])
    assert counts["MUC"].recall == pytest.approx(5 / 6)
    assert counts["MUC"].precision == 1


def test_lone_mentions_can_be_left_out(bench: ModuleType) -> None:
    assert bench.repeated(groups("ab", "c")) == groups("ab")
