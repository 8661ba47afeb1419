"""One story told to every projection: what was assembled comes back from each, and a rebuild replaces it as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.assemble import Edge, Graph, Node, assemble
from kg.errors import NotFound, QueryError, WorkspaceError
from kg.projections.embedded import Embedded
from kg.projections.memory import Memory

EMPTY = Graph((), ())


def read_embedded(store: Embedded) -> Graph:
    """All nodes and edges, through Cypher alone."""
    _, rows = store.query("MATCH (n) RETURN n ORDER BY n.id")
    nodes = [Node(n["id"], n["_LABEL"], {k: v for k, v in n.items() if k not in ("id", "_LABEL")}) for (n,) in rows]
    _, rows = store.query("MATCH (a)-[r]->(b) RETURN a.id, b.id, r")
    edges = [Edge(a, b, r["_LABEL"], {k: v for k, v in r.items() if k != "_LABEL"}) for a, b, r in rows]
    return Graph(tuple(nodes), tuple(sorted(edges, key=lambda e: (e.source, e.type, e.target, e.key))))


STORES = {"memory": Memory.to_graph, "embedded": read_embedded}


@pytest.fixture(params=sorted(STORES))
def store(request, tmp_path) -> Iterator[tuple[Any, Any]]:
    return (Memory() if request.param == "memory" else Embedded(tmp_path / "graph.lbug")), STORES[request.param]


@pytest.fixture
def graph(told) -> Graph:
    return assemble(told)


def plain(graph: Graph) -> tuple[Any, Any]:
    nodes = [(n.id, n.label, dict(n.properties)) for n in graph.nodes]
    return nodes, [(e.source, e.type, e.target, dict(e.properties)) for e in graph.edges]


def test_the_story_comes_back_as_it_was_told(store, graph):
    projection, read = store
    projection.rebuild(graph)
    assert plain(read(projection)) == plain(graph)


def test_a_rebuild_replaces_all_that_was_there(store, graph):
    projection, read = store
    projection.rebuild(graph)
    smaller = Graph(graph.nodes[:3], ())
    for part in (smaller, EMPTY, graph):
        projection.rebuild(part)
        assert plain(read(projection)) == plain(part)


NAMES = [
    "it's",
    'say "hi"',
    "back\\slash",
    "$param",
    "new\nline",
    "`tick`",
    "'); MATCH (n) DELETE n //",
    "김정은",
    "🛩",
    " ",
    "{a: 1}",
]


def test_names_are_values_and_never_cypher(store):
    projection, read = store
    nodes = tuple(sorted((Node(f"ent-{name}", "Person", {"name": name}) for name in NAMES), key=lambda n: n.id))
    projection.rebuild(Graph(nodes, ()))
    assert plain(read(projection)) == plain(Graph(nodes, ()))


# What only the embedded store does ------------------------------------------------------------------------------------


@pytest.fixture
def embedded(tmp_path, graph) -> Embedded:
    store = Embedded(tmp_path / "graph.lbug")
    store.rebuild(graph)
    return store


def test_every_label_and_edge_can_be_asked_for_though_nothing_has_it(asked):
    assert asked.query("MATCH (w:Weapon) RETURN w.name")[1] == []
    assert asked.query("MATCH (:Event)-[r:INSTRUMENT]->(:Weapon) RETURN r.confidence")[1] == []


def test_parameters_are_values(asked):
    query = "MATCH (p:Person) WHERE p.name = $name RETURN p.id"
    assert asked.query(query, {"name": "Ada Voss"})[1] == [["wikidata:Q1"]]
    assert asked.query(query, {"name": "x' OR '1'='1"})[1] == []


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (:Person {id: 'x'})",
        "MATCH (p:Person) SET p.name = 'x'",
        "MATCH (p:Person) DETACH DELETE p",
        "MERGE (:Person {id: 'x'})",
        "CREATE NODE TABLE Extra (id STRING, PRIMARY KEY (id))",
        "DROP TABLE Person",
        "COPY (MATCH (n) RETURN n.id) TO 'out.csv'",
        "RETURN 1; COPY Person FROM 'in.csv'",
        "LOAD FROM 'in.csv' RETURN *",
        "INSTALL httpfs",
        "EXPORT DATABASE 'out'",
    ],
)
def test_a_query_that_writes_is_refused(cypher, asked, graph, tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "in.csv").write_text("x\n")
    before = asked.path.read_bytes()
    with pytest.raises(QueryError) as caught:
        asked.query(cypher)
    assert caught.value.next
    assert [p.name for p in folder.iterdir()] == ["in.csv"]
    assert [p.name for p in asked.path.parent.glob("graph*")] == ["graph.lbug"]
    assert asked.path.read_bytes() == before
    assert plain(read_embedded(asked)) == plain(graph)


def test_a_parameter_without_a_value_is_asked_for(asked):
    with pytest.raises(QueryError, match=r"-p name="):
        asked.query("MATCH (p:Person) WHERE p.name = $name RETURN p.id")
    assert asked.query("RETURN '$name' AS said")[1] == [["$name"]]


def test_words_in_quotes_are_not_commands(asked):
    assert asked.query("RETURN 'x; COPY that, LOAD FROM this' AS said")[1] == [["x; COPY that, LOAD FROM this"]]


@pytest.mark.parametrize("cypher", ["MATCH (n:Nobody) RETURN n", "MATCH (n RETURN n", "MATCH (n) RETURN n.height", ""])
def test_a_query_that_cannot_be_answered_says_what_the_store_says(cypher, asked):
    with pytest.raises(QueryError) as caught:
        asked.query(cypher)
    assert caught.value.why


def test_asking_before_there_is_a_graph_says_what_to_do(tmp_path):
    with pytest.raises(NotFound, match="ingest"):
        Embedded(tmp_path / "graph.lbug").query("RETURN 1")


def test_a_build_that_fails_leaves_the_old_graph(embedded, graph, tmp_path):
    for bad in (Graph((Node("x", "Unknown", {}),), ()), Graph((*graph.nodes, graph.nodes[0]), ())):
        with pytest.raises(WorkspaceError):
            embedded.rebuild(bad)
        assert plain(read_embedded(embedded)) == plain(graph)
        assert not list(tmp_path.glob(".graph-*"))


def test_a_reader_that_has_the_old_graph_open_goes_on(embedded, graph):
    import ladybug

    database = ladybug.Database(str(embedded.path), read_only=True)
    connection = ladybug.Connection(database)
    file = embedded.path.stat().st_ino
    embedded.rebuild(EMPTY)
    ids = [row[0] for row in connection.execute("MATCH (n) RETURN n.id ORDER BY n.id")]
    connection.close()
    database.close()
    assert ids == [n.id for n in graph.nodes]
    assert embedded.path.stat().st_ino != file
    assert embedded.query("MATCH (n) RETURN count(n)")[1] == [[0]]


@pytest.mark.parametrize("name", ["it's", "[a] *b?", "{a,b}", "back\\slash", "ünï çode"])
def test_a_folder_may_have_any_name(name, tmp_path, graph):
    folder = tmp_path / name
    folder.mkdir()
    store = Embedded(folder / "graph.lbug")
    store.rebuild(graph)
    assert plain(read_embedded(store)) == plain(graph)


def test_without_a_place_for_the_empty_tables_it_builds_all_the_same(tmp_path, graph, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    store = Embedded(tmp_path / "graph.lbug")
    store.rebuild(graph)
    assert plain(read_embedded(store)) == plain(graph)


def test_what_is_kept_between_builds_is_only_empty_tables(tmp_path, graph, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    store = Embedded(tmp_path / "graph.lbug")
    for part in (graph, EMPTY):
        store.rebuild(part)
        assert plain(read_embedded(store)) == plain(part)
    kept = [p for p in (tmp_path / "cache").rglob("*") if p.is_file()]
    assert len(kept) == 1
    assert Embedded(kept[0]).query("MATCH (n) RETURN count(n)")[1] == [[0]]
    assert os.path.getsize(kept[0]) > 0


def test_the_folder_of_the_graph_holds_nothing_else_afterwards(embedded):
    names = {p.name for p in Path(embedded.path).parent.iterdir()}
    assert names == {"graph.lbug", "ledger.sqlite", "ledger.sqlite-shm", "ledger.sqlite-wal"}
