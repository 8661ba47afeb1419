"""Embedded Cypher: a Ladybug database, bulk-loaded from Arrow tables into a new file that replaces the old one.

Never edited in place and opened read-only: what a build does not finish changes nothing, and a reader that has the old
file open goes on.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.assemble import Edge, Graph, Node
from kg.errors import NotFound, QueryError, WorkspaceError
from kg.ontology import edge_tables, ladybug_type, node_tables
from kg.projections.base import Rows

if TYPE_CHECKING:
    import ladybug

# The buffer pool that a query may use; the default is most of the machine's memory.
_BUFFER_BYTES = 512 * 1024 * 1024
# Functions of Neo4j's Cypher that the store lacks: with them one text of a query serves both.
_MACROS = ("CREATE MACRO toInteger(x) AS CAST(x AS INT64)",)
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n]*|/\*.*?\*/""", re.DOTALL)
# A read-only database would still read and write files for these.
_FILES = re.compile(
    r"(?:^|;)\s*(?:COPY|ATTACH|INSTALL|EXPORT|IMPORT)\b|\bLOAD\s+(?:FROM|WITH|EXTENSION)\b", re.IGNORECASE
)


class Embedded:
    """The graph file of a workspace."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rebuild(self, graph: Graph) -> None:
        """Load the graph into a new file and put it in the old one's place."""
        with tempfile.TemporaryDirectory(prefix=".graph-", dir=self.path.parent) as folder:
            draft = Path(folder) / "graph.lbug"
            try:
                _load(draft, graph)
            except (RuntimeError, OSError) as error:
                raise WorkspaceError(
                    "The graph could not be built; the one before stands.",
                    str(error),
                    "Check the space on the disk. The ledger is whole: any kg ingest or kg observe builds the graph again.",
                ) from error
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
        words = _QUOTED.sub("''", cypher)
        # The store would take a parameter without a value for null and find nothing.
        if missing := sorted(set(re.findall(r"\$(\w+)", words)) - set(parameters or {})):
            raise QueryError(f"Parameter ${missing[0]} has no value.", next=f"Give it one: -p {missing[0]}=VALUE")
        if _FILES.search(words):
            raise QueryError(
                "A query reads the graph and nothing else.",
                "This one would read or write files.",
                "Write the graph to a file with: kg export",
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


def _load(path: Path, graph: Graph) -> None:
    import ladybug

    _empty_database(path)
    database = ladybug.Database(str(path), buffer_pool_size=_BUFFER_BYTES)
    connection = ladybug.Connection(database)
    try:
        connection.execute("BEGIN TRANSACTION")
        _copy_nodes(connection, graph.nodes)
        _copy_edges(connection, graph)
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
        with tempfile.TemporaryDirectory(dir=template.parent) as folder:
            shutil.copyfile(path, Path(folder) / template.name).replace(template)


def _template_path() -> Path | None:
    import hashlib
    import os
    from importlib.metadata import version

    from kg.ontology import ladybug_tables

    key = hashlib.sha256("\n".join([version("ladybug"), *ladybug_tables(), *_MACROS]).encode()).hexdigest()[:16]
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
        for statement in (*ladybug_tables(), *_MACROS):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
        database.close()


def _copy_nodes(connection: ladybug.Connection, nodes: tuple[Node, ...]) -> None:
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
            _copy(connection, table.label, columns)
    if by_label:
        raise WorkspaceError("The ontology lacks a class.", ", ".join(sorted(by_label)), "Add it to ontologies/kg.ttl.")


def _copy_edges(connection: ladybug.Connection, graph: Graph) -> None:
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
        _copy(connection, type_, columns, options)


def _copy(
    connection: ladybug.Connection,
    table: str,
    columns: Mapping[str, tuple[list[Any], str]],
    options: str = "",
) -> None:
    """The rows are handed over in memory: a path in a COPY would be read as a pattern."""
    import pyarrow as pa

    types = {
        "STRING": pa.string(),
        "DOUBLE": pa.float64(),
        "INT64": pa.int64(),
        "BOOL": pa.bool_(),
        "STRING[]": pa.list_(pa.string()),
    }
    rows = pa.table({name: pa.array(values, types[kind]) for name, (values, kind) in columns.items()})
    connection.execute(f"COPY `{table}` FROM $rows {options}", {"rows": rows})
