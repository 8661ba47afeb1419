"""The report: one self-contained page with map, legs and verdicts, timeline, graph, quotes with footnotes, and hashes."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import cos, radians
from typing import TYPE_CHECKING, Any, BinaryIO

from kg.assemble import Edge, Node
from kg.model import Article

if TYPE_CHECKING:
    from jinja2 import Template

COLOURS: Mapping[str, str] = {
    "corroborated": "#1b7f4b", "consistent": "#2b6cb0", "contradicted": "#c0392b", "not-observable": "#8a6d1f", "no-data": "#6b7280", "observed": "#7c3aed",
}  # fmt: skip
_WIDTH, _HEIGHT = 900.0, 480.0


@dataclass(frozen=True, slots=True)
class Picture:
    """An inline SVG: its elements, ready for the template, and what it shows in words."""

    width: float
    height: float
    items: tuple[Mapping[str, Any], ...]
    text: str


def write_report(
    nodes: Sequence[Node], edges: Sequence[Edge], articles: Iterable[Article], stream: BinaryIO, *, title: str
) -> None:
    """Write the page. All text comes from the graph and is escaped; equal graphs give equal bytes."""
    view = _View(nodes, edges)
    shown = {n.id for n in nodes if n.label == "Article"}
    listed = [a for a in articles if a.id in shown]
    page = _template().render(
        title=title, legs=view.legs(), events=view.events(), notes=view.notes, map=view.map(), graph=view.graph(), colours=COLOURS,
        observed=view.observed(), manifest=_manifest(listed, nodes), counts=view.counts(), articles=listed,
    )  # fmt: skip
    stream.write(page.encode("utf-8", "replace"))


@cache
def _template() -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(files("kg.exports").joinpath("templates", "report.html").read_text(encoding="utf-8"))


def _manifest(articles: Sequence[Article], nodes: Sequence[Node]) -> list[tuple[str, str, str]]:
    """What the page rests on: kind, name, SHA-256."""
    rows = [
        ("article", a.title or a.url or a.id, hashlib.sha256(a.text.encode("utf-8", "surrogatepass")).hexdigest())
        for a in articles
    ]
    tracks = {
        (str(n.properties.get("file", "")), str(n.properties.get("sha256", "")))
        for n in nodes
        if n.label == "ObservedFlight"
    }
    return rows + [("track", name, digest) for name, digest in sorted(tracks)]


class _View:
    """The graph as the page needs it."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        self.nodes = {n.id: n for n in nodes}
        self.edges = edges
        self.out: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            self.out[edge.source].append(edge)
        self.notes: list[Mapping[str, Any]] = []
        self._numbers: dict[str, int] = {}

    def counts(self) -> list[tuple[str, int]]:
        labels: defaultdict[str, int] = defaultdict(int)
        for node in self.nodes.values():
            labels[node.label] += 1
        return sorted((label, n) for label, n in labels.items() if label != "Evidence")

    def name(self, node_id: str | None) -> str:
        node = self.nodes.get(node_id or "")
        return "?" if node is None else str(node.properties.get("name") or node.properties.get("title") or node.id)

    def _targets(self, node_id: str, *types: str) -> list[str]:
        return [e.target for e in self.out[node_id] if e.type in types]

    def _footnotes(self, node_id: str) -> list[int]:
        """Numbers of the quotes that say so, new ones added to the list at the foot of the page."""
        numbers = []
        for evidence in self._targets(node_id, "EVIDENCED_BY"):
            node = self.nodes.get(evidence)
            if node is None:
                continue
            if evidence not in self._numbers:
                self._numbers[evidence] = len(self._numbers) + 1
                article = (
                    self.name(str(node.properties.get("ref")))
                    if node.properties.get("kind") == "article"
                    else str(node.properties.get("quote", ""))
                )
                self.notes.append({
                    "number": self._numbers[evidence], "quote": str(node.properties.get("quote", "")), "where": article, "kind": node.properties.get("kind"),
                    "start": node.properties.get("start"), "end": node.properties.get("end"), "ref": node.properties.get("ref"),
                })  # fmt: skip
            numbers.append(self._numbers[evidence])
        return numbers

    def legs(self) -> list[Mapping[str, Any]]:
        found = sorted(
            (n for n in self.nodes.values() if n.label == "ReportedFlight"),
            key=lambda n: (str(n.properties.get("journey")), n.properties.get("leg", 0), n.id),
        )
        rows: list[Mapping[str, Any]] = []
        for node in found:
            p = node.properties
            one = lambda *types, i=node.id: next(iter(self._targets(i, *types)), None)  # noqa: E731
            said = ", ".join(self.name(i) for i in self._targets(node.id, "ATTRIBUTED_TO"))
            aircraft = (
                self.name(one("FLOWN_WITH"))
                if one("FLOWN_WITH")
                else str(p.get("registration") or p.get("callsign") or "not named")
            )
            rows.append({
                "leg": p.get("leg"), "aircraft": aircraft, "origin": self.name(one("ORIGIN")), "destination": self.name(one("DESTINATION")),
                "departure": p.get("departure_text", ""), "departure_utc": p.get("departure_earliest", ""), "arrival": p.get("arrival_text", ""),
                "arrival_utc": p.get("arrival_earliest", ""), "status": p.get("status", ""), "verdict": p.get("verdict", "no-data"),
                "why": p.get("summary", ""), "said": said, "notes": self._footnotes(node.id),
            })  # fmt: skip
        return rows

    def observed(self) -> list[Mapping[str, Any]]:
        found = sorted(
            (n for n in self.nodes.values() if n.label == "ObservedFlight"),
            key=lambda n: (str(n.properties.get("takeoff_earliest", "~")), n.id),
        )
        return [{**n.properties, "notes": self._footnotes(n.id)} for n in found]

    def events(self) -> list[Mapping[str, Any]]:
        found = sorted(
            (n for n in self.nodes.values() if n.label == "Event"),
            key=lambda n: (str(n.properties.get("earliest", "~")), n.id),
        )
        rows: list[Mapping[str, Any]] = []
        for node in found:
            p = node.properties
            roles = [
                (e.type.lower().replace("_", " "), self.name(e.target))
                for e in self.out[node.id]
                if e.properties.get("role") and e.type != "ATTRIBUTED_TO"
            ]
            said = ", ".join(self.name(i) for i in self._targets(node.id, "ATTRIBUTED_TO"))
            rows.append(
                {
                    "type": p.get("type"),
                    "when": p.get("time_text", ""),
                    "earliest": str(p.get("earliest", ""))[:10],
                    "roles": roles,
                    "realis": p.get("realis"),
                    "said": said,
                    "notes": self._footnotes(node.id),
                }
            )
        return rows

    # Map

    def _at(self, node_id: str | None) -> tuple[float, float] | None:
        node = self.nodes.get(node_id or "")
        if node is None or "latitude" not in node.properties or "longitude" not in node.properties:
            return None
        return float(node.properties["latitude"]), float(node.properties["longitude"])

    def map(self) -> Picture | None:
        """Reported legs as arcs, observed tracks as lines, on a plain graticule; None where nothing has coordinates."""
        legs, tracks, places = [], [], {}
        for node in self.nodes.values():
            if node.label == "ReportedFlight":
                ends = [next(iter(self._targets(node.id, t)), None) for t in ("ORIGIN", "DESTINATION")]
                points = [self._at(i) for i in ends]
                for place, point in zip(ends, points, strict=True):
                    if point is not None and place is not None:
                        places[self.name(place)] = point
                if points[0] is not None and points[1] is not None:
                    legs.append(
                        (
                            points[0],
                            points[1],
                            str(node.properties.get("verdict", "no-data")),
                            str(node.properties.get("name", "")),
                        )
                    )
            elif node.label == "ObservedFlight" and "path" in node.properties:
                tracks.append(
                    (
                        [(p[1], p[2]) for p in json.loads(str(node.properties["path"]))],
                        str(node.properties.get("name", "")),
                    )
                )
        everything = [*places.values(), *(p for track, _ in tracks for p in track)]
        return _draw_map(legs, tracks, places, everything) if everything else None

    # Graph

    def graph(self) -> Picture | None:
        """Events and flights with those who take part, laid out with a fixed seed."""
        import networkx as nx

        told = {n.id for n in self.nodes.values() if n.label in ("Event", "ReportedFlight", "ObservedFlight")}
        net: nx.Graph = nx.Graph()
        for edge in sorted(self.edges, key=lambda e: (e.source, e.type, e.target)):
            if edge.source in told and edge.type not in ("EVIDENCED_BY",) and edge.target in self.nodes:
                net.add_edge(edge.source, edge.target, type=edge.type)
        if net.number_of_nodes() < 2:
            return None
        kept = sorted(net.nodes, key=lambda n: (-net.degree[n], n))[:60]
        net = net.subgraph(sorted(kept)).copy()
        return _draw_graph(net, self)


def _draw_map(
    legs: list[Any], tracks: list[Any], places: Mapping[str, tuple[float, float]], points: Sequence[tuple[float, float]]
) -> Picture:
    low, high = min(p[0] for p in points) - 2, max(p[0] for p in points) + 2
    left, right = min(p[1] for p in points) - 3, max(p[1] for p in points) + 3
    squeeze = max(0.2, cos(radians((low + high) / 2)))
    scale = min(_WIDTH / ((right - left) * squeeze), _HEIGHT / (high - low))
    width, height = (right - left) * squeeze * scale, (high - low) * scale
    project = lambda p: (round((p[1] - left) * squeeze * scale, 1), round((high - p[0]) * scale, 1))  # noqa: E731
    items: list[Mapping[str, Any]] = []
    step = 10 if high - low > 25 or right - left > 40 else 5 if right - left > 12 else 2
    for degree in range(int(left // step) * step, int(right) + 1, step):
        if degree > left:
            x = project((low, degree))[0]
            items.append(
                {
                    "kind": "grid",
                    "d": f"M{x},0V{height:.1f}",
                    "x": x + 2,
                    "y": height - 4,
                    "label": f"{abs(degree)}°{'E' if degree >= 0 else 'W'}",
                }
            )
    for degree in range(int(low // step) * step, int(high) + 1, step):
        if degree > low:
            y = project((degree, left))[1]
            items.append(
                {
                    "kind": "grid",
                    "d": f"M0,{y}H{width:.1f}",
                    "x": 3,
                    "y": y - 3,
                    "label": f"{abs(degree)}°{'N' if degree >= 0 else 'S'}",
                }
            )
    for track, name in tracks:
        items.append(
            {
                "kind": "track",
                "d": "M" + "L".join(f"{x},{y}" for x, y in map(project, track)),
                "colour": COLOURS["observed"],
                "label": f"observed: {name}",
            }
        )
    for a, b, verdict, name in legs:
        (x1, y1), (x2, y2) = project(a), project(b)
        bend = 0.12
        mx, my = (x1 + x2) / 2 + (y2 - y1) * bend, (y1 + y2) / 2 - (x2 - x1) * bend
        items.append(
            {
                "kind": "leg",
                "d": f"M{x1},{y1}Q{mx:.1f},{my:.1f} {x2},{y2}",
                "colour": COLOURS.get(verdict, "#6b7280"),
                "label": f"reported: {name}, {verdict}",
            }
        )
    for name, point in sorted(places.items()):
        x, y = project(point)
        anchor = "end" if x > width * 0.85 else "start"
        items.append(
            {
                "kind": "place",
                "x": x,
                "y": y,
                "tx": x - 7 if anchor == "end" else x + 7,
                "anchor": anchor,
                "label": name,
            }
        )
    words = "; ".join([f"{name}: {verdict}" for _, _, verdict, name in legs] + [f"track {name}" for _, name in tracks])
    return Picture(round(width, 1), round(height, 1), tuple(items), words)


def _draw_graph(net: Any, view: _View) -> Picture:
    import networkx as nx

    size = 900.0
    layout = nx.spring_layout(net, seed=7, k=1.6 / max(1, len(net)) ** 0.5, iterations=120)
    xs, ys = [p[0] for p in layout.values()], [p[1] for p in layout.values()]
    span = lambda values: (max(values) - min(values)) or 1.0  # noqa: E731
    place = {
        n: (round(60 + (p[0] - min(xs)) / span(xs) * (size - 180), 1), round(25 + (p[1] - min(ys)) / span(ys) * 510, 1))
        for n, p in sorted(layout.items())
    }
    items: list[Mapping[str, Any]] = []
    for a, b, data in sorted(net.edges(data=True), key=lambda e: (e[0], e[1])):
        (x1, y1), (x2, y2) = place[a], place[b]
        items.append({"kind": "edge", "d": f"M{x1},{y1}L{x2},{y2}", "label": data["type"].lower().replace("_", " ")})
    for node in sorted(net.nodes):
        label = view.nodes[node].label
        caption = view.name(node)
        x, y = place[node]
        items.append(
            {
                "kind": "node",
                "x": x,
                "y": y,
                "class": label,
                "label": caption if len(caption) < 34 else caption[:32] + "…",
                "title": f"{label}: {caption}",
            }
        )
    return Picture(
        size,
        560.0,
        tuple(items),
        f"{net.number_of_nodes()} nodes and {net.number_of_edges()} edges; the tables above hold the same.",
    )
