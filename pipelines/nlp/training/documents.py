"""Corpora that mark whole documents: who is spoken of again (coreference), what happens (events) and to whom (roles).

A mention is known by its head word, as in word-level coreference (Dobrovolskii 2021). GUM gives heads; elsewhere the
head is the last word before the first preposition or comma, which is right for names and short noun phrases.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pipelines.nlp.training.data import Sentence

NO_EVENT = "O"
HEAD_ENDS = frozenset(
    ["of", "in", "on", "at", "for", "from", "to", "with", "by", "who", "which", "that", ",", "(", "--"]
)
WINDOW = 96  # words read together, as when the model is used
MOST = 900  # words of a document in one step
FURTHEST = 60  # words between a trigger and the argument it may take


@dataclass
class Document:
    """Words and, by position of head words, what the corpus knows; None or empty = not marked."""

    name: str
    words: list[str]
    starts: list[int]  # where each sentence begins
    clusters: list[list[int]] = field(default_factory=list)  # a lone mention is a cluster of one
    every_mention: bool = False  # are all mentions marked, also those spoken of once?
    events: list[str] | None = None  # per word: type of the event it names, O, or "" where unknown
    actions: list[str] | None = None  # per word: ECB+ class of the action
    roles: list[tuple[int, int, str]] = field(default_factory=list)  # trigger, argument, role
    sentences: list[Sentence] | None = None  # the same words with what their corpus says of each sentence


def head_of(words: Sequence[str], start: int, end: int) -> int:
    """Position of the head word of a phrase without a tree."""
    for i in range(start + 1, end):
        if words[i].lower() in HEAD_ENDS:
            return i - 1
    return end - 1


@cache
def roles() -> dict[str, str]:
    """KAIROS role → one of ours (`roles.yaml`); what is not listed there is lost."""
    table = yaml.safe_load((Path(__file__).parent / "roles.yaml").read_text(encoding="utf-8"))
    return {foreign: ours for ours, names in table.items() for foreign in names}


# --- pieces of a document -------------------------------------------------------------------------------------------


def windows(document: Document, most: int = WINDOW) -> Iterator[tuple[int, int]]:
    """Runs of whole sentences of at most `most` words; a longer sentence is cut."""
    ends = [*document.starts[1:], len(document.words)]
    begin = at = 0
    for end in ends:
        if end - begin > most and at > begin:
            yield begin, at
            begin = at
        while end - begin > most:
            yield begin, begin + most
            begin += most
        at = end
    if at > begin:
        yield begin, at


def part(document: Document, rng: random.Random) -> tuple[int, int]:
    """A stretch of a long document that begins with a sentence."""
    if len(document.words) <= MOST:
        return 0, len(document.words)
    begin = rng.choice([s for s in document.starts if len(document.words) - s > MOST // 2] or [0])
    ends = [s for s in document.starts if begin < s <= begin + MOST]
    return begin, ends[-1] if ends else begin + MOST


def cut(document: Document, begin: int, end: int) -> Document:
    """The document between two positions."""
    inside = lambda i: begin <= i < end  # noqa: E731
    groups = [[i - begin for i in group if inside(i)] for group in document.clusters]
    return Document(
        document.name,
        document.words[begin:end],
        [s - begin for s in document.starts if inside(s)] or [0],
        [group for group in groups if group],
        document.every_mention,
        document.events and document.events[begin:end],
        document.actions and document.actions[begin:end],
        [(t - begin, a - begin, r) for t, a, r in document.roles if inside(t) and inside(a)],
        document.sentences and [s for at, s in zip(document.starts, document.sentences, strict=True) if inside(at)],
    )


# --- GUM ------------------------------------------------------------------------------------------------------------

ENTITY = re.compile(r"(\()?([^()]+)(\))?")
Row = list[str]  # the columns of a word


@dataclass(frozen=True)
class Phrase:
    """A mention in GUM, in words of its sentence (end exclusive); `group` ties those of one entity together."""

    start: int
    end: int
    group: str
    kind: str  # person, place, organization, object, event, time, abstract, …
    head: int


def read_conllu(path: Path) -> Iterator[list[Row]]:
    """The rows of each sentence, without multi-word tokens and empty nodes."""
    rows: list[Row] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.split("\t")[0].isdigit():
            rows.append(line.split("\t"))
        elif not line and rows:
            yield rows
            rows = []


def phrases(rows: list[Row]) -> Iterator[Phrase]:
    """Mentions of a sentence by its `Entity=` brackets (CorefUD); those in several pieces are left out."""
    opened: list[tuple[str, str, int]] = []
    for i, row in enumerate(rows):
        value = next((v[7:] for v in row[9].split("|") if v.startswith("Entity=")), "")
        for opens, body, closes in ENTITY.findall(value):
            group, kind = ([*body.split("-"), ""])[:2]
            if "[" in group:
                continue
            if opens:
                opened.append((group, kind, i))
            if closes:
                at = next((k for k in range(len(opened) - 1, -1, -1) if opened[k][0] == group), None)
                if at is not None:
                    _, kind, start = opened.pop(at)
                    yield Phrase(start, i + 1, group, kind, tree_head(rows, start, i + 1))


def tree_head(rows: list[Row], start: int, end: int) -> int:
    """The word of a phrase that hangs outside it; of a name in several words the last, as `name_head` has it."""
    out = [i for i in range(start, end) if not start < int(rows[i][6]) <= end and rows[i][7] != "punct"]
    head = out[0] if out else end - 1
    return max([i for i in range(start, end) if rows[i][7] == "flat" and int(rows[i][6]) == head + 1], default=head)


def read_gum(folder: Path) -> Iterator[Document]:
    """GUM: every mention of an entity, once or often spoken of."""
    for path in sorted(folder.glob("*.conllu")):
        words: list[str] = []
        starts: list[int] = []
        groups: dict[str, set[int]] = defaultdict(set)
        for rows in read_conllu(path):
            for phrase in phrases(rows):
                groups[phrase.group].add(len(words) + phrase.head)
            starts.append(len(words))
            words += [row[1] for row in rows]
        taken: set[int] = set()  # two mentions with one head, as in coordinations: the first keeps it
        clusters = []
        for group in groups.values():
            clusters.append(sorted(group - taken))
            taken |= group
        yield Document(path.stem, words, starts, [c for c in clusters if c], every_mention=True)


# --- one corpus each ------------------------------------------------------------------------------------------------


def read_wikievents(path: Path) -> Iterator[Document]:
    """KAIROS events; an argument is given by its words only and is looked for near the trigger."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        words, events, found = row["tokens"], [NO_EVENT] * len(row["tokens"]), []
        for event in row["event_mentions"]:
            trigger = head_of(words, event["trigger"]["start_idx"], event["trigger"]["end_idx"])
            events[trigger] = event["event_type"]
            for argument in event["arguments"]:
                at = nearest(words, argument["text"].split(), trigger)
                if at is not None and argument["role"] in roles():
                    found.append((trigger, at, roles()[argument["role"]]))
        lengths = [len(s.split()) for s in row["sentences"]]
        starts = [sum(lengths[:i]) for i, n in enumerate(lengths) if n] if sum(lengths) == len(words) else [0]
        yield Document(row["docid"], words, starts, events=events, roles=found)


def nearest(words: Sequence[str], phrase: Sequence[str], at: int) -> int | None:
    """Head of the occurrence of `phrase` next to position `at`, if any is near."""
    size = len(phrase)
    low, high = max(0, at - FURTHEST), min(len(words) - size, at + FURTHEST)
    places = [i for i in range(low, high + 1) if list(words[i : i + size]) == list(phrase)]
    best = min(places, key=lambda i: abs(i - at), default=None)
    return None if best is None else head_of(words, best, best + size)


def read_ecbplus(folder: Path) -> Iterator[Document]:
    """ECB+: actions with their class and coreference of actions and participants; only its checked sentences count."""
    checked = defaultdict(set)
    with (folder / "ECBplus_coreference_sentences.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            checked[f"{row['Topic']}_{row['File']}"].add(int(row["Sentence Number"]))
    for path in sorted(folder.glob("topics/*/*.xml")):
        if path.stem in checked:
            yield _ecb_document(ET.parse(path).getroot(), path.stem, checked[path.stem])


def _ecb_document(root: ET.Element, name: str, checked: set[int]) -> Document:
    tokens = [t for t in root.iter("token") if int(t.get("sentence", "0")) in checked]
    place = {t.get("t_id"): i for i, t in enumerate(tokens)}
    words = [t.text or "" for t in tokens]
    sentence = [t.get("sentence") for t in tokens]
    starts = [i for i in range(len(words)) if i == 0 or sentence[i] != sentence[i - 1]]
    heads, actions = {}, [NO_EVENT] * len(words)
    for mark in root.find("Markables") or ():
        at = [place[a.get("t_id")] for a in mark.iter("token_anchor") if a.get("t_id") in place]
        if at and not mark.tag.startswith("TIME"):
            heads[mark.get("m_id")] = head_of(words, at[0], at[-1] + 1)
            if "ACTION" in mark.tag:
                actions[heads[mark.get("m_id")]] = mark.tag.removeprefix("NEG_").removeprefix("ACTION_").lower()
    groups = [
        [heads[s.get("m_id")] for s in r.iter("source") if s.get("m_id") in heads] for r in root.find("Relations") or ()
    ]
    return Document(name, words, starts, [sorted(set(g)) for g in groups if g], actions=actions)


def read_re_docred_documents(folder: Path) -> Iterator[Document]:
    """Re-DocRED: names of one entity; times and numbers left out."""
    for path in sorted(folder.glob("*.json.gz")):
        for row in json.loads(gzip.decompress(path.read_bytes())):
            starts = [sum(map(len, row["sents"][:i])) for i in range(len(row["sents"]))]
            words = [w for s in row["sents"] for w in s]
            groups = [
                sorted({head_of(words, starts[m["sent_id"]] + m["pos"][0], starts[m["sent_id"]] + m["pos"][1]) for m in group})
                for group in row["vertexSet"]
                if group[0]["type"] not in ("TIME", "NUM")
            ]  # fmt: skip
            yield Document(row["title"], words, starts, groups)


def load_documents(data: Path) -> dict[str, list[Document]]:
    """Training documents by corpus, and GUM's held-out ones as `gum-dev`."""
    train = data / "train"
    held = set((train / "gum/dev-documents.txt").read_text(encoding="utf-8").split())
    gum = list(read_gum(train / "gum/dep"))
    return {
        "gum-text": [d for d in gum if d.name not in held],
        "gum-dev": [d for d in gum if d.name in held],
        "re-docred": list(read_re_docred_documents(train / "re-docred")),
        "ecbplus": list(read_ecbplus(train / "ecbplus")),
        "wikievents": list(read_wikievents(train / "wikievents/train.jsonl")),
    }


def summary(documents: Iterable[Document]) -> str:
    """What a corpus brings, in one line."""
    found = list(documents)
    groups = Counter(len(c) > 1 for d in found for c in d.clusters)
    events = sum(e not in ("", NO_EVENT) for d in found for e in d.events or d.actions or ())
    words, links = sum(len(d.words) for d in found), sum(len(d.roles) for d in found)
    return f"{len(found):5} documents {words:8} words {groups[True]:6} clusters {groups[False]:6} alone {events:6} events {links:6} roles"
