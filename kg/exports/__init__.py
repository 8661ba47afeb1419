"""Formats in which a graph leaves: one file each, one line here."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import BinaryIO

from kg.assemble import Graph

# Name → module and function (graph, binary stream).
FORMATS: Mapping[str, str] = {
    "json": "kg.exports.json:write",
    "graphml": "kg.exports.graphml:write",
    "turtle": "kg.exports.turtle:write",
}


def write(graph: Graph, form: str, stream: BinaryIO) -> None:
    """Write a graph in one of `FORMATS`: equal graphs give equal bytes."""
    module, function = FORMATS[form].split(":")
    getattr(import_module(module), function)(graph, stream)
