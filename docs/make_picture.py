"""Draw docs/graph.svg from the samples: python docs/make_picture.py"""

from __future__ import annotations

import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from kg.cli import ingest, observe
from kg.cli.demo import ARTICLE, TRACKS
from kg.exports.html import Picture, _View
from kg.workspace import Workspace

COLOURS = {
    "Event": "#b45309", "ReportedFlight": "#2b6cb0", "ObservedFlight": "#7c3aed", "Person": "#0f766e", "Country": "#4d7c0f", "City": "#4d7c0f",
    "Region": "#4d7c0f", "Airport": "#4d7c0f", "Facility": "#4d7c0f",
}  # fmt: skip


def svg(picture: Picture) -> str:
    """The picture as a file of its own, readable on light and dark pages."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.width} {picture.height}" role="img" aria-label={quoteattr(picture.text)}>',
        f'<rect width="{picture.width}" height="{picture.height}" rx="8" fill="#f8fafc"/>',
    ]
    lines += [f'<path d="{item["d"]}" stroke="#94a3b8"/>' for item in picture.items if item["kind"] == "edge"]
    for item in picture.items:
        if item["kind"] == "node":
            lines.append(
                f'<circle cx="{item["x"]}" cy="{item["y"]}" r="6" fill="{COLOURS.get(item["class"], "#6b7280")}"/>'
            )
            lines.append(
                f'<text x="{item["x"] + 9}" y="{item["y"] + 4}" font-family="sans-serif" font-size="12" fill="#1c2430">{escape(item["label"])}</text>'
            )
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, as_file(files("kg.samples")) as samples:
        workspace = Path(folder) / "workspace"
        ingest.command([str(samples / ARTICLE)], workspace)
        observe.command([samples / name for name in TRACKS], workspace)
        with Workspace.open(workspace) as ws:
            graph = ws.graph()
    picture = _View(graph.nodes, graph.edges).graph()
    assert picture is not None
    Path(__file__).with_name("graph.svg").write_text(svg(picture), encoding="utf-8")


if __name__ == "__main__":
    main()
