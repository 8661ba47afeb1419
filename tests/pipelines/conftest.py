"""What several tests of the steps need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from spacy.tokens import Doc

from pipelines.eventing import READERS


@pytest.fixture
def event_head() -> Iterator[None]:
    """Docs that can hold what a language model's head proposes; afterwards both readers of events are on again."""
    if not Doc.has_extension("events"):
        Doc.set_extension("events", default=None)
    yield
    READERS.set(frozenset({"rules", "model"}))
