"""The labels of named mentions are our ontology's classes."""

from __future__ import annotations

TYPES = (
    "Person", "Organization", "Publisher", "Country", "Region", "City", "Airport", "Facility",
    "Aircraft", "AircraftType", "Weapon", "Agreement", "NamedEvent",
)  # fmt: skip

# Row 0 is O; type number n begins at row 1 + 2n and goes on at row 2 + 2n.
BIO = ("O", *(f"{part}-{name}" for name in TYPES for part in "BI"))


def begin(name: str) -> int:
    """Row of the first word of a mention of this type."""
    return 1 + 2 * TYPES.index(name)


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(text.split())
