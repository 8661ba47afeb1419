"""Ids from content: the same content gives the same id on every machine, in every order, in every Unicode form."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from base64 import b32encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

# Crockford's base 32: nothing that a reader confuses. 80 bits: at a billion items the chance of one collision is below
# one in a million.
_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")


def normalize_text(text: str) -> str:
    """NFC, one kind of line end, no space at line ends: what two copies of one text have in common."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def fold(name: str) -> str:
    """A name for comparison: case, accents, hyphens and punctuation folded away ("Kim Jong-un" = "KIM JONG UN")."""
    decomposed = unicodedata.normalize("NFKD", name)
    kept = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(kept.casefold().split())


def canonical(value: object) -> object:
    """The JSON-ready form that is hashed: text in NFC, moments in UTC, sets and mappings in sorted order."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Mapping():
            return {str(canonical(k)): canonical(v) for k, v in value.items()}
        case set() | frozenset():
            return sorted((canonical(v) for v in value), key=_dump)
        case Iterable():
            return [canonical(v) for v in value]
        case float() if value.is_integer():
            return int(value)  # 1.0 and 1 are one number
        case _:
            return value


def make_id(prefix: str, *parts: object) -> str:
    """`prefix-` and 16 characters that depend on the content of `parts` alone (SHA-256, Crockford base 32)."""
    plain = [part if type(part) is str and part.isascii() else canonical(part) for part in parts]
    digest = hashlib.sha256(_dump(plain).encode("utf-8", "surrogatepass")).digest()
    return f"{prefix}-{b32encode(digest[:10]).translate(_CROCKFORD).decode()}"


_dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
