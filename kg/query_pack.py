"""The query pack: `kg/queries/*.cypher`, each with a title, what it answers, and parameters with defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from kg.errors import UsageError

_PARAMETER = re.compile(r"^// @param (?P<name>\w+) (?P<type>text|number) = ?(?P<default>.*?) ?— (?P<meaning>.+)$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, `text` or `number`, the value that it has where none is given, and what it means."""

    name: str
    type: str
    default: str
    meaning: str

    def value(self, text: str) -> str | float:
        if self.type == "text":
            return text
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            raise UsageError(
                f"'{text}' is no number.",
                f"Parameter {self.name}: {self.meaning}",
                f"For example: -p {self.name}={self.default}",
            ) from None


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the pack."""

    name: str
    title: str
    sentence: str
    parameters: tuple[Parameter, ...]
    cypher: str

    def bind(self, values: Mapping[str, str]) -> dict[str, Any]:
        """All parameters, typed: the given values over the defaults. Raises `UsageError` for one that is not known."""
        known = {p.name for p in self.parameters}
        for name in values:
            if name not in known:
                raise UsageError(
                    f"@{self.name} has no parameter '{name}'.", next=f"It has: {', '.join(sorted(known)) or 'none'}."
                )
        return {p.name: p.value(values.get(p.name, p.default)) for p in self.parameters}


def load_pack() -> list[Query]:
    """Every query, by name."""
    folder = files("kg.queries")
    return [
        _parse(p.name.removesuffix(".cypher"), p.read_text(encoding="utf-8"))
        for p in sorted(folder.iterdir(), key=lambda p: p.name)
        if p.name.endswith(".cypher")
    ]


def load_query(name: str) -> Query:
    """One query by name. Raises `UsageError` naming those that there are."""
    pack = {query.name: query for query in load_pack()}
    if name not in pack:
        raise UsageError(f"There is no query '@{name}'.", next=f"There are: {', '.join(pack)}.")
    return pack[name]


def _parse(name: str, text: str) -> Query:
    """The first comment line is the title, the second the sentence; parameters follow."""
    lines = text.splitlines()
    comments = [line for line in lines if line.startswith("//")]
    parameters = tuple(Parameter(**m.groupdict()) for line in comments if (m := _PARAMETER.match(line)))
    cypher = "\n".join(line for line in lines if not line.startswith("//")).strip()
    return Query(name, comments[0][2:].strip(), comments[1][2:].strip(), parameters, cypher)
