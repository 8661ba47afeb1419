"""A workspace: a folder with the ledger and the graph that is made from it; one writer at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from kg.assemble import Graph, assemble
from kg.errors import NotFound, WorkspaceBusy, WorkspaceReadOnly
from kg.ledger import Ledger
from kg.projections.base import Rows

LEDGER = "ledger.sqlite"
GRAPH = "graph.lbug"
LOCK = ".lock"
_PATIENCE_S = 3.0


class Workspace:
    """An open workspace. Use it as a context manager; readers need no lock."""

    def __init__(self, path: Path, ledger: Ledger, lock: IO[str] | None) -> None:
        self.path, self.ledger, self._lock = path, ledger, lock

    @classmethod
    def open(cls, path: Path, *, write: bool = False) -> Workspace:
        """Open for reading, or for writing: then make the folder and wait a moment for another writer to end."""
        if not write:
            if not (path / LEDGER).exists():
                raise NotFound(
                    f"There is no workspace at {path}.",
                    "It holds no ledger.",
                    "Make one: kg ingest ADDRESS, or name another with --workspace.",
                )
            return cls(path, Ledger.open(path / LEDGER), None)
        lock = _lock(path)
        try:
            return cls(path, Ledger.open(path / LEDGER, write=True), lock)
        except BaseException:
            lock.close()
            raise

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ledger.close()
        if self._lock is not None:
            self._lock.close()

    def graph(self) -> Graph:
        """Nodes and edges, from the ledger."""
        return assemble(self.ledger)

    def rebuild_graph(self) -> Graph:
        """Make the embedded graph anew from the ledger."""
        from kg.projections.embedded import Embedded

        for left in self.path.glob(".graph-*"):  # of a build that was killed: only one runs at a time
            shutil.rmtree(left, ignore_errors=True)
        graph = self.graph()
        Embedded(self.path / GRAPH).rebuild(graph)
        return graph

    def query(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Ask the embedded graph in Cypher."""
        from kg.projections.embedded import Embedded

        return Embedded(self.path / GRAPH).query(cypher, parameters)


def _lock(path: Path) -> IO[str]:
    """The writer's lock: taken by the operating system, so that a killed process leaves none behind."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        handle = (path / LOCK).open("a")
    except OSError as error:
        raise WorkspaceReadOnly(
            f"The workspace {path} cannot be written.",
            error.strerror or str(error),
            "Make the folder writable or choose another with --workspace.",
        ) from error
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            if time.monotonic() > deadline:
                handle.close()
                raise WorkspaceBusy(
                    f"Another process is writing to {path}.",
                    "One writer at a time keeps the ledger whole.",
                    "Wait for it to end, then run the same command again.",
                ) from None
            time.sleep(0.1)
    if not os.access(path, os.W_OK):
        handle.close()
        raise WorkspaceReadOnly(
            f"The workspace {path} cannot be written.",
            "The folder is read-only.",
            "Make it writable or choose another with --workspace.",
        )
    return handle
