"""How events are read: frames (data) → triggers in a sentence → participants by role → one record per real event."""

from __future__ import annotations

from contextvars import ContextVar

# Who reads events: "rules" (the frames' triggers), "model" (the language model's head), or both. Benchmarks change it.
READERS: ContextVar[frozenset[str]] = ContextVar("READERS", default=frozenset({"rules", "model"}))
