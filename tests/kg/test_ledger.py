"""The ledger: one transaction per source, nothing half-written, errors in words."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from kg import ledger as module
from kg.errors import SchemaTooNew, WorkspaceBusy, WorkspaceError, WorkspaceReadOnly
from kg.ledger import Change, Ledger
from kg.model import Evidence, Judgement, Source, Statement
from kg.statements import statements_of_findings


def said(subject: str, value: str, ref: str = "art-1", kind="article", **more) -> Statement:
    return Statement(subject, "name", value, "text", Source(kind, ref, 0, len(value), value, "test", "1"), **more)


def test_the_same_again_changes_nothing(open_ledger, story):
    ledger, findings = open_ledger(), story.findings[0]
    first = ledger.put("a", "article", statements_of_findings(findings), findings.article)
    assert first.added > 100
    assert first.removed == 0
    before = list(ledger.statements())
    assert ledger.put("a", "article", statements_of_findings(findings), findings.article) == Change(0, 0)
    assert list(ledger.statements()) == before


def test_a_source_replaces_what_it_said_and_nothing_else(open_ledger):
    ledger = open_ledger()
    shared = said("iso:XN", "Norland", ref="built-in", kind="knowledge")
    ledger.put("1", "article", [said("ent-a", "Ann"), said("ent-b", "Ben"), shared])
    ledger.put("2", "article", [said("ent-b", "Ben", "art-2"), shared])
    assert ledger.put("1", "article", [said("ent-a", "Anna")]) == Change(1, 3)
    assert [(s.subject, s.value, s.source.ref) for s in ledger.statements()] == [
        ("ent-a", "Anna", "art-1"),
        ("ent-b", "Ben", "art-2"),
        ("iso:XN", "Norland", "built-in"),
    ]


def test_a_fact_that_two_origins_need_comes_once(open_ledger):
    ledger = open_ledger()
    fact = said("iso:XN", "Norland", ref="built-in", kind="knowledge")
    for ref in ("1", "2"):
        assert ledger.put(ref, "article", [fact]).added == 1
    assert list(ledger.statements()) == [fact]


def test_statements_come_back_as_they_were(open_ledger):
    statement = Statement(
        "s", "p", "v", "number", Source("track", "f" * 64, 3, 9, "rows", "step", "2"), "as written", 0.25
    )
    ledger = open_ledger()
    ledger.put("x", "track", [statement])
    assert list(ledger.statements()) == [statement]


def test_articles_come_back_as_they_were_and_keep_their_first_fetch(open_ledger, story):
    ledger = open_ledger()
    for findings in story.findings:
        ledger.put(findings.article.id, "article", [], findings.article)
    assert list(ledger.articles()) == sorted((f.article for f in story.findings), key=lambda a: a.id)
    again = replace(story.findings[0].article, byline="Someone Else", fetched=datetime(2031, 1, 1, tzinfo=UTC))
    ledger.put(again.id, "article", [], again)
    kept = next(a for a in ledger.articles() if a.id == again.id)
    assert (kept.byline, kept.fetched) == ("Someone Else", story.findings[0].article.fetched)


@pytest.mark.parametrize("bad", ["half \ud83d of a pair", "a \0 in it"])
def test_characters_that_no_store_can_hold_are_replaced_one_for_one(bad, open_ledger, story):
    ledger, article = open_ledger(), replace(story.findings[0].article, title=bad)
    ledger.put("x", "article", [said("ent-a", bad)], article)
    (statement,) = ledger.statements()
    assert statement.value == statement.source.quote == bad.replace("\ud83d", "\ufffd").replace("\0", "\ufffd")
    assert next(ledger.articles()).title == statement.value
    assert ledger.put("x", "article", [said("ent-a", bad)], article) == Change(0, 0)


def test_a_failing_reader_of_sources_leaves_what_was_there(open_ledger):
    ledger = open_ledger()
    ledger.put("1", "article", [said("ent-a", "Ann")])

    def broken():
        yield said("ent-b", "Ben")
        raise RuntimeError("the step failed")

    with pytest.raises(RuntimeError):
        ledger.put("1", "article", broken())
    assert [s.value for s in ledger.statements()] == ["Ann"]


CHILD = """
import sys, time
from pathlib import Path
import sqlalchemy as sa
from kg.ledger import Ledger
from kg.model import Source, Statement
ledger = Ledger.open(Path(sys.argv[1]), write=True)
@sa.event.listens_for(ledger._engine, "after_cursor_execute")
def pause(connection, cursor, text, *rest):
    if text.startswith(sys.argv[2]):
        print("there", flush=True)
        time.sleep(60)
source = Source("article", "art-1", 5, 6, "new", "test", "1")
ledger.put("1", "article", [Statement("ent-n", "name", str(n), "text", source) for n in range(2000)])
"""


@pytest.mark.parametrize("moment", ["INSERT INTO sources", "DELETE FROM statements", "INSERT INTO statements"])
def test_killed_in_the_middle_of_a_write_it_holds_what_was_there(moment, tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path, write=True) as ledger:
        ledger.put("1", "article", [said("ent-a", "Ann"), said("ent-b", "Ben")])
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path), moment], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "there\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with Ledger.open(path) as ledger:
        assert [s.value for s in ledger.statements()] == ["Ann", "Ben"]
    with Ledger.open(path, write=True) as ledger:
        assert ledger.put("1", "article", [said("ent-c", "Cy")]) == Change(1, 2)


def test_a_full_disk_leaves_what_was_there(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path, write=True) as ledger:
        ledger.put("1", "article", [said("ent-a", "Ann")])
        pages = sqlite3.connect(path).execute("PRAGMA page_count").fetchone()[0]
        with ledger._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(WorkspaceError, match="full"):
            ledger.put("1", "article", [said(f"ent-{n}", "x" * 500) for n in range(1000)])
        assert [s.value for s in ledger.statements()] == ["Ann"]


def test_a_second_writer_is_told_to_wait(open_ledger, tmp_path, monkeypatch):
    ledger = open_ledger()
    monkeypatch.setattr(module, "_PATIENCE_S", 0.1)
    with Ledger.open(tmp_path / "ledger.sqlite", write=True) as second:
        other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorkspaceBusy) as caught:
            second.put("1", "article", [said("ent-a", "Ann")])
        assert caught.value.why
        assert caught.value.next
        other.execute("ROLLBACK")
        other.close()
    assert ledger.is_empty()


def test_reading_goes_on_while_another_writes(open_ledger, tmp_path):
    ledger = open_ledger()
    ledger.put("1", "article", [said("ent-a", "Ann"), said("ent-b", "Ben")])
    with Ledger.open(tmp_path / "ledger.sqlite") as reader:
        stream = reader.statements()
        first = next(stream)
        ledger.put("1", "article", [said("ent-c", "Cy")])
        assert [first.value, *(s.value for s in stream)] == ["Ann", "Ben"]
        assert [s.value for s in reader.statements()] == ["Cy"]


def test_a_ledger_of_a_later_version_is_refused(open_ledger, tmp_path):
    open_ledger()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.close()
    for write in (False, True):
        with pytest.raises(SchemaTooNew, match="99"):
            Ledger.open(tmp_path / "ledger.sqlite", write=write)


def test_a_migration_that_fails_leaves_the_version_before(tmp_path, monkeypatch, open_ledger):
    open_ledger().put("1", "article", [said("ent-a", "Ann")])

    def half(connection):
        connection.execute(sa.text("CREATE TABLE more (id TEXT)"))
        connection.execute(sa.text("INSERT INTO nowhere VALUES (1)"))

    monkeypatch.setattr(module, "MIGRATIONS", (*module.MIGRATIONS, half))
    monkeypatch.setattr(module, "VERSION", module.VERSION + 1)
    with pytest.raises(WorkspaceError):
        Ledger.open(tmp_path / "ledger.sqlite", write=True)
    with pytest.raises(WorkspaceError, match="earlier version"):
        Ledger.open(tmp_path / "ledger.sqlite")
    monkeypatch.undo()
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        assert [s.value for s in ledger.statements()] == ["Ann"]
        assert not sa.inspect(ledger._engine).has_table("more")


def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at " * 100)
    before = path.read_bytes()
    with pytest.raises(WorkspaceError):
        Ledger.open(path, write=True)
    assert path.read_bytes() == before


def test_judgements_come_back_once_per_pair_until_taken_back(open_ledger):
    ledger = open_ledger()
    at = datetime(2024, 5, 1, tzinfo=UTC)
    ledger.judge(Judgement("b", "a", "unsure", "a rule", at))
    final = Judgement("a", "b", "same", "an analyst", at, (Evidence("name", 1.0, "both are called so"),))
    ledger.judge(final)
    assert list(ledger.judgements()) == [final]
    ledger.withdraw("b", "a")
    assert list(ledger.judgements()) == []


def as_unprivileged(what) -> str:
    """What a function returns when run by a user to whom permissions apply: root may write everywhere."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            answer = what()
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writing, str(answer).encode()[:4000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    return answer


def count_statements(path: Path) -> int:
    with Ledger.open(path) as ledger:
        return len(list(ledger.statements()))


def write_nothing(path: Path) -> None:
    with Ledger.open(path, write=True) as ledger:
        ledger.put("1", "article", [said("ent-a", "Ann")])


@pytest.fixture
def frozen(tmp_path_factory, story) -> Path:
    """A ledger in a folder that nobody may write to, reachable by every user."""
    folder = tmp_path_factory.mktemp("frozen")
    with Ledger.open(folder / "ledger.sqlite", write=True) as ledger:
        story.tell(ledger)
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(0o755)
    (folder / "ledger.sqlite").chmod(0o444)
    folder.chmod(0o555)
    yield folder / "ledger.sqlite"
    folder.chmod(0o755)


def test_a_read_only_folder_can_be_read_and_says_so_when_written(frozen):
    before = frozen.read_bytes()
    assert int(as_unprivileged(lambda: count_statements(frozen))) == count_statements(frozen)
    assert as_unprivileged(lambda: write_nothing(frozen)).startswith(WorkspaceReadOnly.__name__)
    assert frozen.read_bytes() == before
