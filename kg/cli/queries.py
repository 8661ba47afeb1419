"""List the query pack: each query's name, what it answers, and its parameters.

Example: kg queries
"""

from __future__ import annotations

from kg.cli.common import JsonOption, print_rows


def command(as_json: JsonOption = False) -> None:
    from kg.query_pack import load_pack

    rows = ((q.name, q.title, ", ".join(f"{p.name}={p.default}" for p in q.parameters)) for q in load_pack())
    print_rows(("name", "title", "parameters"), rows, as_json)
