"""The query pack: every query runs and answers as it should; its text keeps to what all stores understand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
import yaml

from kg.assemble import Edge, Graph, Node
from kg.errors import UsageError
from kg.projections.embedded import Embedded
from kg.query_pack import Query, load_pack, load_query

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "queries.yaml").read_text(encoding="utf-8"))
PACK = load_pack()
# In both Neo4j's Cypher and the embedded store's, with the same meaning (toInteger by a macro there).
FUNCTIONS = {"coalesce", "count", "left", "right", "toInteger"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Embedded:
    embedded = Embedded(tmp_path_factory.mktemp("empty") / "graph.lbug")
    embedded.rebuild(Graph((), ()))
    return embedded


def by_name(query: Query) -> str:
    return query.name


def test_every_query_answers_as_it_should(asked):
    for case in CASES:
        query = load_query(case["query"])
        columns, rows = asked.query(query.cypher, query.bind(case.get("parameters", {})))
        assert rows == case["rows"], case
        assert columns == case.get("columns", columns), case


def test_every_query_has_a_case_in_which_it_finds_something():
    assert {q.name for q in PACK} == {c["query"] for c in CASES if c["rows"]}
    assert len(PACK) >= 14


@pytest.mark.parametrize("query", PACK, ids=by_name)
def test_every_query_runs_with_its_defaults_on_an_empty_graph(query, empty):
    assert empty.query(query.cypher, query.bind({}))[1] == []


@pytest.mark.parametrize("query", PACK, ids=by_name)
def test_every_query_says_what_it_is(query):
    assert query.title
    assert query.sentence.endswith(".")
    text = re.sub(r"'[^']*'", "''", query.cypher)
    assert set(re.findall(r"\$(\w+)", text)) == {p.name for p in query.parameters}
    assert set(re.findall(r"\b([a-zA-Z]\w*)\(", text)) <= FUNCTIONS
    for parameter in query.parameters:
        assert parameter.meaning
        assert query.bind({})[parameter.name] == parameter.value(parameter.default)


@pytest.mark.parametrize("query", PACK, ids=by_name)
def test_every_parameter_line_is_understood(query):
    from importlib.resources import files

    text = files("kg.queries").joinpath(f"{query.name}.cypher").read_text(encoding="utf-8")
    assert text.count("// @param") == len(query.parameters)


def test_a_wrong_name_a_wrong_parameter_and_a_wrong_value_are_wrong_usage():
    with pytest.raises(UsageError, match="itinerary"):
        load_query("itinerery")
    with pytest.raises(UsageError, match="aircraft"):
        load_query("itinerary").bind({"plane": "x"})
    with pytest.raises(UsageError, match="no number"):
        load_query("flights-before-a-visit").bind({"days": "seven"})
    assert load_query("flights-before-a-visit").bind({"days": "3"})["days"] == 3


def test_a_value_is_never_cypher(asked):
    query = load_query("who-met-whom")
    assert asked.query(query.cypher, query.bind({"name": "x' OR '1'='1"}))[1] == []


def test_days_before_a_visit_are_days_of_the_calendar(tmp_path):
    """Over the ends of months and years and a leap day, against Python's own calendar."""
    events = [date(2024, 3, 1), date(2024, 1, 2), date(2023, 3, 1), date(2025, 1, 1), date(2100, 3, 1)]
    gaps = [0, 1, 2, 3, 30, 31, 59, 60, 61, 365, 366]
    nodes, edges, expected = [Node("p", "Person", {"name": "Ada"})], [], {}
    for number, (day, gap) in enumerate(product(events, gaps)):
        left = day - timedelta(days=gap)
        nodes += [
            Node(f"a{number}", "Article", {"title": "x"}),
            Node(f"e{number}", "Event", {"type": "Visit", "earliest": stamp(day), "latest": stamp(day)}),
            Node(f"f{number}", "ReportedFlight", {"departure_earliest": stamp(left), "departure_latest": stamp(left)}),
        ]
        edges += [
            Edge(f"a{number}", f"e{number}", "REPORTS"),
            Edge(f"a{number}", f"f{number}", "REPORTS"),
            Edge(f"e{number}", "p", "ACTOR"),
        ]
        expected[stamp(day), stamp(left)] = gap
    embedded = Embedded(tmp_path / "graph.lbug")
    embedded.rebuild(Graph(tuple(nodes), tuple(edges)))
    query = load_query("flights-before-a-visit")
    for days in (0, 1, 30, 60, 365):
        columns, rows = embedded.query(query.cypher, query.bind({"days": str(days)}))
        found = {(r[columns.index("event_time")], r[columns.index("departure")]) for r in rows}
        assert found == {key for key, gap in expected.items() if gap <= days}


def stamp(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
