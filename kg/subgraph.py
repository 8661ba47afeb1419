"""Parts of a graph: around a name, between dates, from one name to another; a card and a timeline."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg.assemble import Edge, Graph, Node
from kg.errors import NotFound
from kg.ids import fold

# Looked through when a name is sought, besides the id.
_NAMES = ("name", "registration", "icao", "iata", "iso2", "wikidata", "icao24", "callsign", "title")
# Edges that connect everything with everything: no way from one name to another leads through them.
_HUBS = frozenset({"MENTIONS", "IN_ARTICLE", "EVIDENCED_BY", "PUBLISHED_BY", "REPORTS"})
_DATED = {
    "Event": ("earliest", "latest"),
    "ReportedFlight": ("departure_earliest", "arrival_latest"),
    "ObservedFlight": ("takeoff_earliest", "landing_latest"),
}


def find(graph: Graph, name: str) -> list[Node]:
    """The nodes that answer to a name, an identifier or an id. Raises `NotFound`, naming close ones."""
    wanted = fold(name) or name.strip()
    if not wanted:
        raise NotFound("An empty name answers to nothing.", next="Name a person, a place, an aircraft or an id.")
    exact = [
        n for n in graph.nodes if n.id == name or any(fold(str(n.properties.get(k, ""))) == wanted for k in _NAMES)
    ]
    found = exact or [
        n for n in graph.nodes if wanted in (fold(p) for p in str(n.properties.get("also_named", "")).split(";"))
    ]
    if found:
        return found
    near = sorted(
        {str(n.properties["name"]) for n in graph.nodes if wanted and wanted in fold(str(n.properties.get("name", "")))}
    )[:5]
    hint = f"Did you mean: {', '.join(near)}?" if near else 'List names with: kg query "MATCH (n:Person) RETURN n.name"'
    raise NotFound(f"Nothing in the graph is called '{name}'.", next=hint)


def select(
    graph: Graph,
    *,
    around: Sequence[str] = (),
    hops: int = 2,
    start: str | None = None,
    end: str | None = None,
    sure: float = 0.0,
) -> Graph:
    """The part within `hops` edges of the names (all of it without one), with what is dated inside the period.

    Events and flights of articles with a confidence below `sure` are left out.
    """
    kept = {n.id for n in graph.nodes}
    if around:
        kept = _within(graph, [n.id for name in around for n in find(graph, name)], hops)
        kept |= _supporting(graph, kept)
    outside = {n.id for n in graph.nodes if _outside(n, start, end) or float(n.properties.get("confidence", 1)) < sure}
    kept -= outside | _evidence_of(graph, outside) - _evidence_of(graph, kept - outside)
    return Graph(
        tuple(n for n in graph.nodes if n.id in kept),
        tuple(e for e in graph.edges if e.source in kept and e.target in kept),
    )


def _within(graph: Graph, seeds: Iterable[str], hops: int) -> set[str]:
    """Breadth first; articles and countries are reached but not passed through, else everything is near everything."""
    labels = {n.id: n.label for n in graph.nodes}
    near: Mapping[str, list[str]] = _neighbours(graph)
    reached = dict.fromkeys(seeds, 0)
    queue = deque(reached)
    while queue:
        current = queue.popleft()
        depth = reached[current]
        if depth >= hops or (depth and labels[current] in ("Article", "Country")):
            continue
        for other in near[current]:
            if other not in reached:
                reached[other] = depth + 1
                queue.append(other)
    return set(reached)


def _neighbours(graph: Graph) -> Mapping[str, list[str]]:
    near: defaultdict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        near[edge.source].append(edge.target)
        near[edge.target].append(edge.source)
    return near


def _supporting(graph: Graph, kept: set[str]) -> set[str]:
    """The evidence of what is kept and its articles, and the places and people of kept events: no half-told event."""
    told = {n.id for n in graph.nodes if n.id in kept and n.label in _DATED}
    evidence = {e.target for e in graph.edges if e.source in told and e.type != "LINKED_TO"}
    return (
        evidence
        | {e.target for e in graph.edges if e.source in evidence and e.type == "IN_ARTICLE"}
        | {e.source for e in graph.edges if e.type == "REPORTS" and e.target in told}
    )


def _evidence_of(graph: Graph, told: set[str]) -> set[str]:
    return {e.target for e in graph.edges if e.type == "EVIDENCED_BY" and e.source in told}


def _outside(node: Node, start: str | None, end: str | None) -> bool:
    if node.label not in _DATED or (start is None and end is None):
        return False
    first, last = _bounds(node)
    if first is None and last is None:
        return True  # a period was asked for; what has no date is not known to lie in it
    return bool((start and (last or first or "") < start) or (end and (first or last or "") > f"{end}~"))


def _bounds(node: Node) -> tuple[str | None, str | None]:
    first, last = _DATED[node.label]
    values = [
        str(node.properties[k])
        for k in (first, last, "departure_latest", "arrival_earliest", "takeoff_latest")
        if k in node.properties
    ]
    return (min(values), max(values)) if values else (None, None)


# Cards ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """A node with what is connected to it and the words that say so."""

    node: Node
    connections: tuple[tuple[str, str, str], ...]  # edge, the other's name, quote

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.node.id, "label": self.node.label, "properties": dict(self.node.properties),
            "connections": [{"edge": e, "name": n, "quote": q} for e, n, q in self.connections],
        }  # fmt: skip

    def as_text(self) -> str:
        lines = [f"{_caption(self.node)}  ({self.node.label}, {self.node.id})"]
        lines += [f"  {k}: {v}" for k, v in sorted(self.node.properties.items()) if k not in ("name", "path", "gaps")]
        for edge, name, quote in self.connections:
            lines.append(f"  {edge} {name}")
            lines += [f"      “{quote}”"] if quote else []
        return "\n".join(lines)


def card(graph: Graph, name: str) -> list[Card]:
    """A card for each node of that name."""
    nodes = {n.id: n for n in graph.nodes}
    quotes = _quotes(graph, nodes)
    return [Card(node, tuple(sorted(set(_connections(graph, node, nodes, quotes))))) for node in find(graph, name)]


def _connections(
    graph: Graph, node: Node, nodes: Mapping[str, Node], quotes: Mapping[str, str]
) -> Iterable[tuple[str, str, str]]:
    for edge in graph.edges:
        if edge.type in ("IN_ARTICLE",):
            continue
        if edge.source == node.id:
            yield (
                f"→ {edge.type}",
                _caption(nodes[edge.target]),
                quotes.get(edge.source, "") if node.label in _DATED else "",
            )
        elif edge.target == node.id:
            yield f"← {edge.type}", _caption(nodes[edge.source]), quotes.get(edge.source, "")


def _quotes(graph: Graph, nodes: Mapping[str, Node]) -> dict[str, str]:
    quotes: dict[str, str] = {}
    for edge in graph.edges:
        if edge.type == "EVIDENCED_BY":
            quotes.setdefault(edge.source, str(nodes[edge.target].properties.get("quote", "")))
    return quotes


def _caption(node: Node) -> str:
    return str(node.properties.get("name") or node.properties.get("title") or node.properties.get("quote") or node.id)


# Paths and timelines -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One edge of a connection, as it is told."""

    source: str
    edge: str
    target: str

    def as_json(self) -> dict[str, str]:
        return {"from": self.source, "edge": self.edge, "to": self.target}

    def as_text(self) -> str:
        return f"{self.source}  —{self.edge}→  {self.target}"


def connection(graph: Graph, left: str, right: str) -> list[Step]:
    """A shortest way between two names: through what they did, else through an article that names both.

    A country lies between everything: it is an end of a way, and passed through only where there is no other.
    """
    import networkx as nx

    nodes = {n.id: n for n in graph.nodes}
    sources, targets = [n.id for n in find(graph, left)], {n.id for n in find(graph, right)}
    between = {n.id for n in graph.nodes if n.label in ("Country", "Publisher")} - targets - set(sources)
    nothing = frozenset[str]()
    for skip, barred in ((_HUBS, between), (nothing, between), (nothing, nothing)):
        net: nx.Graph = nx.Graph()
        for edge in graph.edges:
            if edge.type in skip or edge.source in barred or edge.target in barred:
                continue
            if not net.has_edge(edge.source, edge.target):
                net.add_edge(edge.source, edge.target, edge=edge)
        for source in sources:
            for target in sorted(targets):
                if source in net and target in net and nx.has_path(net, source, target):
                    way = nx.shortest_path(net, source, target)
                    return [_step(net[a][b]["edge"], nodes) for a, b in pairwise(way)]
    raise NotFound(
        f"Nothing connects '{left}' and '{right}'.", next="Add articles that name both, or look at each with: kg show"
    )


def _step(edge: Edge, nodes: Mapping[str, Node]) -> Step:
    return Step(_caption(nodes[edge.source]), edge.type, _caption(nodes[edge.target]))


def timeline(
    graph: Graph, *, around: str | None = None, start: str | None = None, end: str | None = None
) -> list[tuple[str, ...]]:
    """Rows (earliest, latest, what, who and where, status, source) of everything dated, in order of time."""
    nodes = {n.id: n for n in graph.nodes}
    involved: defaultdict[str, list[str]] = defaultdict(list)
    articles: dict[str, str] = {}
    for edge in graph.edges:
        if edge.type == "REPORTS":
            articles[edge.target] = _caption(nodes[edge.source])
        elif (
            edge.source in nodes
            and nodes[edge.source].label in _DATED
            and edge.type not in ("EVIDENCED_BY", "NEXT_LEG", "LINKED_TO")
        ):
            involved[edge.source].append(edge.target)
    wanted = {n.id for n in find(graph, around)} if around else None
    rows = []
    for node in graph.nodes:
        if (
            node.label not in _DATED
            or _outside(node, start, end)
            or (wanted is not None and not (wanted & {node.id, *involved[node.id]}))
        ):
            continue
        first, last = _bounds(node)
        if first is None:
            continue
        names = ", ".join(dict.fromkeys(_caption(nodes[i]) for i in involved[node.id]))
        status = str(
            node.properties.get("realis") or node.properties.get("verdict") or node.properties.get("status") or ""
        )
        what = str(node.properties.get("type") or node.properties.get("name"))
        rows.append(
            (first, last or "", what, names, status, articles.get(node.id, str(node.properties.get("file", ""))))
        )
    return sorted(rows)
