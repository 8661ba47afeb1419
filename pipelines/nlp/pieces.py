"""Words to word pieces: the encoder's vocabulary, one word at a time, remembered."""

from __future__ import annotations

from pathlib import Path

PER_WORD = 8  # pieces: the rest of a longer word says little, and a run of capitals must not fill a window
REMEMBERED = 200_000  # words


class Pieces:
    """The vocabulary in `tokenizer.json`."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.start, self.end = self._tokenizer.encode("").ids
        self.unknown: int = self._tokenizer.token_to_id("[UNK]") or 0
        self._seen: dict[str, tuple[int, ...]] = {}

    def of(self, words: list[str]) -> list[tuple[int, ...]]:
        """For each word one to `PER_WORD` rows of the vocabulary. Several threads may ask at once."""
        seen = self._seen
        new = sorted({w for w in words if w not in seen})
        for word, encoding in zip(new, self._tokenizer.encode_batch(new, add_special_tokens=False), strict=True):
            seen[word] = tuple(encoding.ids[:PER_WORD]) or (self.unknown,)
        if len(seen) > REMEMBERED:
            self._seen = {}
        return [seen[w] for w in words]
