"""What an uncased encoder cannot see: the written form of a word. The same in training and in use."""

from __future__ import annotations

from functools import lru_cache

SHAPE = 24  # numbers per word


@lru_cache(maxsize=65536)
def shape_of(word: str, first: bool = False) -> tuple[float, ...]:
    """24 yes/no answers about case, digits, marks, length and ending; `first` = the first word of the window."""
    w = word
    return tuple(
        map(
            float,
            (
                w.islower(), w.istitle(), w.isupper() and len(w) > 1, w[:1].isupper(),
                any(c.isdigit() for c in w), w.isdigit(), "-" in w, "." in w, "'" in w or "’" in w,
                not any(c.isalnum() for c in w), any(c.isupper() for c in w[1:]), any(c.islower() for c in w),
                first, len(w) == 1, len(w) == 2, len(w) > 7,
                w[-1:] == "s", w.endswith("ing"), w.endswith("ed"), w.endswith("ly"),
                any(ord(c) > 127 for c in w), "/" in w or "@" in w, sum(c.isupper() for c in w) > 1, w[:1].isdigit(),
            ),
        )
    )  # fmt: skip
