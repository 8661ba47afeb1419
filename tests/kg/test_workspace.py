"""A workspace: one writer at a time, readers always, errors that say what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kg import workspace as module
from kg.errors import NotFound, WorkspaceBusy, WorkspaceError
from kg.workspace import GRAPH, LEDGER, Workspace


def test_reading_where_there_is_none_says_what_to_do_and_makes_nothing(tmp_path):
    with pytest.raises(NotFound, match="kg ingest"):
        Workspace.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_writing_makes_one_and_the_graph_answers(tmp_path, story):
    with Workspace.open(tmp_path / "a" / "b", write=True) as ws:
        story.tell(ws.ledger)
        built = ws.rebuild_graph()
    with Workspace.open(tmp_path / "a" / "b") as ws:
        assert ws.graph() == built
        assert ws.query("MATCH (n) RETURN count(n)")[1] == [[len(built.nodes)]]
        assert ws.query("MATCH (n:Person {name: $name}) RETURN n.id", {"name": "Ada Voss"})[1] == [["wikidata:Q1"]]


HOLDER = """
import sys, time
from pathlib import Path
from kg.workspace import Workspace
with Workspace.open(Path(sys.argv[1]), write=True):
    print("there", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_to_wait_and_a_killed_one_leaves_no_lock(tmp_path, monkeypatch, story):
    monkeypatch.setattr(module, "_PATIENCE_S", 0.1)
    with Workspace.open(tmp_path, write=True) as ws:
        story.tell(ws.ledger)
    child = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "there\n"
    with pytest.raises(WorkspaceBusy) as caught:
        Workspace.open(tmp_path, write=True)
    assert caught.value.next
    with Workspace.open(tmp_path) as reader:
        assert not reader.ledger.is_empty()
    child.kill()
    child.wait()
    child.stdout.close()
    with Workspace.open(tmp_path, write=True) as ws:
        assert not ws.ledger.is_empty()


def test_the_graph_can_be_thrown_away_and_built_again(tmp_path, story):
    with Workspace.open(tmp_path, write=True) as ws:
        story.tell(ws.ledger)
        first = ws.rebuild_graph()
        (tmp_path / GRAPH).unlink()
        with pytest.raises(NotFound):
            ws.query("RETURN 1")
        assert ws.rebuild_graph() == first
        assert ws.query("RETURN 1")[1] == [[1]]


def test_what_a_killed_build_left_is_cleared_by_the_next(tmp_path, story):
    with Workspace.open(tmp_path, write=True) as ws:
        story.tell(ws.ledger)
        left = tmp_path / ".graph-killed"
        left.mkdir()
        (left / GRAPH).write_bytes(b"half")
        ws.rebuild_graph()
    assert not left.exists()


def test_a_ledger_that_is_none_is_refused_and_frees_the_lock(tmp_path):
    (tmp_path / LEDGER).write_bytes(b"no ledger" * 1000)
    for _ in range(2):
        with pytest.raises(WorkspaceError, match="damaged"):
            Workspace.open(tmp_path, write=True)
