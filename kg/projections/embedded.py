"""Embedded Cypher: a Ladybug database, bulk-loaded from Parquet into a new file that replaces the old one.

Never edited in place and opened read-only: what a build does not finish changes nothing, and a reader that has the old
file open goes on.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.assemble import Edge, Graph, Node
from kg.errors import NotFound, QueryError
from kg.ontology import edge_tables, ladybug_type, node_tables
from kg.projections.base import Rows

if TYPE_CHECKING:
    import ladybug

# The buffer pool that a query may use; the default is most of the machine's memory.
_BUFFER_BYTES = 512 * 1024 * 1024


class Embedded:
    """The graph file of a workspace."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rebuild(self, graph: Graph) -> None:
        """Load the graph into a new file and put it in the old one's place."""
        with tempfile.TemporaryDirectory(prefix=".graph-", dir=self.path.parent) as folder:
            draft = Path(folder) / "graph.lbug"
            _load(draft, graph, Path(folder))
            draft.replace(self.path)

    def query(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Column names and rows, read-only. A query that writes, or that the store does not accept, is a QueryError."""
        import ladybug

        if not self.path.exists():
            raise NotFound(
                "There is no graph yet.",
                f"{self.path.name} does not exist.",
                "Read an article first: kg ingest ADDRESS",
            )
        database = ladybug.Database(str(self.path), read_only=True, buffer_pool_size=_BUFFER_BYTES)
        try:
            connection = ladybug.Connection(database)
            try:
                result = connection.execute(cypher, dict(parameters or {}))
                if isinstance(result, list):
                    result = result[-1]
                columns = result.get_column_names()
                rows = [[_plain(cell) for cell in row] for row in result]
                result.close()
            finally:
                connection.close()
        except RuntimeError as error:
            raise _in_words(error) from error
        finally:
            database.close()
        return columns, rows


def _in_words(error: RuntimeError) -> QueryError:
    reason = str(error).removeprefix("Runtime exception: ").strip()
    if "read-only" in reason.lower() or "read only" in reason.lower():
        return QueryError(
            "The graph is read-only.",
            "It is made from the ledger and replaced as a whole.",
            "Add articles or tracks instead: kg ingest, kg observe.",
        )
    return QueryError(
        "The store did not accept the query.", reason, "See the node labels and edge types in docs/data-model.md."
    )


def _plain(cell: Any) -> Any:
    """A cell without the store's internal ids; nodes and edges without empty properties."""
    if isinstance(cell, dict):
        inner = {k: _plain(v) for k, v in cell.items() if k not in ("_ID", "_SRC", "_DST")}
        return {k: v for k, v in inner.items() if v is not None} if "_LABEL" in cell else inner
    return [_plain(item) for item in cell] if isinstance(cell, list) else cell


# Loading -------------------------------------------------------------------------------------------------------------


def _load(path: Path, graph: Graph, folder: Path) -> None:
    import ladybug

    _empty_database(path)
    database = ladybug.Database(str(path), buffer_pool_size=_BUFFER_BYTES)
    connection = ladybug.Connection(database)
    try:
        connection.execute("BEGIN TRANSACTION")
        _copy_nodes(connection, graph.nodes, folder)
        _copy_edges(connection, graph, folder)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
        database.close()


def _empty_database(path: Path) -> None:
    """All tables, no rows. Making a hundred tables takes longer than filling them: an empty file is kept and copied."""
    template = _template_path()
    if template is not None and template.exists():
        shutil.copyfile(template, path)
        return
    _create_tables(path)
    if template is not None:
        draft = template.with_suffix(".part")
        shutil.copyfile(path, draft)
        draft.replace(template)


def _template_path() -> Path | None:
    import hashlib
    import os
    from importlib.metadata import version

    from kg.ontology import ladybug_tables

    key = hashlib.sha256("\n".join([version("ladybug"), *ladybug_tables()]).encode()).hexdigest()[:16]
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsflight-kg"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return root / f"empty-{key}.lbug" if os.access(root, os.W_OK) else None


def _create_tables(path: Path) -> None:
    import ladybug

    from kg.ontology import ladybug_tables

    database = ladybug.Database(str(path), buffer_pool_size=_BUFFER_BYTES)
    connection = ladybug.Connection(database)
    try:
        connection.execute("BEGIN TRANSACTION")
        for statement in ladybug_tables():
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
        database.close()


def _copy_nodes(connection: ladybug.Connection, nodes: tuple[Node, ...], folder: Path) -> None:
    by_label: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        by_label[node.label].append(node)
    for table in node_tables():
        found = by_label.pop(table.label, [])
        if found:
            columns = {"id": ([n.id for n in found], "STRING")} | {
                p.name: ([n.properties.get(p.name) for n in found], ladybug_type(p))
                for p in table.properties
                if p.name != "id"
            }
            _copy(connection, table.label, columns, folder / f"{table.label}.parquet")
    if by_label:
        raise QueryError("The ontology lacks a class.", ", ".join(sorted(by_label)), "Add it to ontologies/kg.ttl.")


def _copy_edges(connection: ladybug.Connection, graph: Graph, folder: Path) -> None:
    labels = {n.id: n.label for n in graph.nodes}
    tables = {t.type: t for t in edge_tables()}
    found: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        found[(edge.type, labels[edge.source], labels[edge.target])].append(edge)
    for (type_, source, target), edges in sorted(found.items()):
        table = tables.get(type_)
        if table is None or (source, target) not in table.pairs:
            continue  # `kg validate` reports it: an edge that the ontology does not allow
        columns: dict[str, tuple[list[Any], str]] = {
            "from": ([e.source for e in edges], "STRING"),
            "to": ([e.target for e in edges], "STRING"),
        }
        for p in table.properties:
            columns[p.name] = ([e.properties.get(p.name) for e in edges], ladybug_type(p))
        options = f"(from='{source}', to='{target}')" if len(table.pairs) > 1 else ""
        _copy(connection, type_, columns, folder / f"{type_}-{source}-{target}.parquet", options)


def _copy(
    connection: ladybug.Connection,
    table: str,
    columns: Mapping[str, tuple[list[Any], str]],
    path: Path,
    options: str = "",
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "STRING": pa.string(),
        "DOUBLE": pa.float64(),
        "INT64": pa.int64(),
        "BOOL": pa.bool_(),
        "STRING[]": pa.list_(pa.string()),
    }
    arrays = {name: pa.array(values, types[kind]) for name, (values, kind) in columns.items()}
    pq.write_table(pa.table(arrays), path)
    connection.execute(f"COPY `{table}` FROM '{path}' {options}")
