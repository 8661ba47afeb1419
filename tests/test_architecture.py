"""Who may import whom: the layers of the design, checked on the source itself."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for top in ("kg", "pipelines", "ontologies") for p in (ROOT / top).rglob("*.py"))

# Top-level steps: none of them imports another.
STEPS = ("layout", "times", "mentions", "resolve", "places", "realis", "attribution", "events")
PURE = {"kg.model", "kg.ids", "kg.errors"}
DRIVERS = {"ladybug": {"kg.projections.embedded"}, "neo4j": {"kg.projections.neo4j"}}
# Nothing of these is needed to print the help.
HEAVY = {
    "spacy",
    "polars",
    "networkx",
    "rdflib",
    "sqlalchemy",
    "ladybug",
    "trafilatura",
    "pyarrow",
    "onnxruntime",
    "pyshacl",
}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported_at_top(tree: ast.Module) -> set[str]:
    return imported(ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], []))


def below(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {module_name(p): ast.parse(p.read_text(encoding="utf-8")) for p in SOURCES}


def test_the_sources_are_found(trees):
    assert {"kg.model", "kg.ledger", "pipelines.build", "kg.cli.ingest"} <= set(trees)


@pytest.mark.parametrize("name", sorted(PURE))
def test_types_ids_and_errors_need_the_standard_library_only(name, trees):
    outside = {i.split(".")[0] for i in imported(trees[name])} - set(sys.stdlib_module_names)
    assert outside <= {"kg"}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_never_imports_another_step(step, trees):
    others = {f"pipelines.{s}" for s in (*STEPS, "flights", "build") if s != step}
    mine = {n: t for n, t in trees.items() if below(n, f"pipelines.{step}")}
    assert mine
    for name, tree in mine.items():
        assert not [i for i in imported(tree) if any(below(i, o) for o in others)], name


def test_a_step_knows_no_store_and_no_command_line(trees):
    forbidden = ("kg.projections", "kg.cli", "kg.ledger", "kg.assemble", "kg.exports")
    for name, tree in trees.items():
        if below(name, "pipelines"):
            assert not [i for i in imported(tree) if any(below(i, f) for f in forbidden)], name


def test_the_graph_does_not_know_how_articles_are_read(trees):
    for name, tree in trees.items():
        if below(name, "kg") and not below(name, "kg.cli"):
            assert not [i for i in imported(tree) if below(i, "pipelines")], name


@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_each_driver_stays_in_its_own_file(driver, trees):
    users = {name for name, tree in trees.items() if any(below(i, driver) for i in imported(tree))}
    assert users <= DRIVERS[driver]


def test_commands_import_nothing_heavy_when_loaded(trees):
    for name, tree in trees.items():
        if below(name, "kg.cli") or name in PURE:
            assert not {i.split(".")[0] for i in imported_at_top(tree)} & HEAVY, name


def test_only_training_imports_torch(trees):
    users = {name for name, tree in trees.items() if any(below(i, "torch") for i in imported(tree))}
    assert all(below(name, "pipelines.nlp.training") for name in users)
