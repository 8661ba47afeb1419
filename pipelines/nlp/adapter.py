"""Any installed spaCy pipeline in our words: its trees become Universal Dependencies, its entity labels our classes.

spaCy's own English pipelines use ClearNLP labels: prepositions govern their objects, the verb "be" governs its
predicate, and every conjunct hangs on the one before it. Here those arcs are turned round. A pipeline that already
speaks UD keeps its trees.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipelines.nlp.gazetteer import corrected, is_demonym, names
from pipelines.nlp.labels import TYPES, word_set

CLEAR = word_set("dobj pobj nsubjpass auxpass prep relcl attr acomp poss prt npadvmod agent pcomp")
# Labels whose arc stays where it is.
RENAMED = {
    "ROOT": "root", "dobj": "obj", "dative": "iobj", "nsubjpass": "nsubj:pass", "csubjpass": "csubj:pass",
    "auxpass": "aux:pass", "poss": "nmod:poss", "relcl": "acl:relcl", "npadvmod": "obl:unmarked", "neg": "advmod", "prt": "compound:prt",
    "intj": "discourse", "meta": "parataxis", "quantmod": "advmod", "oprd": "xcomp", "predet": "det:predet",
    "preconj": "cc:preconj", "acomp": "xcomp", "attr": "xcomp", "pcomp": "advcl", "pobj": "obl", "prep": "case",
    "agent": "case", "nmod": "compound", "subtok": "goeswith",
}  # fmt: skip
DONE = "="  # before a label that is UD already: ClearNLP has an `nmod` of its own
NOMINAL = frozenset(["NOUN", "PROPN", "PRON", "NUM", "DET", "SYM"])


class Tree:
    """Heads and labels of a doc while its arcs are being turned."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.heads = [token.head.i for token in doc]
        self.deps = [token.dep_ for token in doc]

    def children(self, at: int, *labels: str) -> list[int]:
        """Tokens under `at`, in text order, with one of these labels (any if none is given)."""
        return [
            i for i, head in enumerate(self.heads) if head == at and i != at and (not labels or self.deps[i] in labels)
        ]

    def swap(self, old: int, new: int, label_old: str) -> None:
        """`new`, a child of `old`, takes its place; `old` hangs below with `label_old`."""
        self.heads[new] = new if self.heads[old] == old else self.heads[old]
        self.heads[old], self.deps[old] = new, label_old


def to_universal(doc: Doc) -> Doc:
    """Turn the ClearNLP trees of a doc into UD; other trees are left as they are."""
    if not CLEAR & {token.dep_ for token in doc}:
        return doc
    tree = Tree(doc)
    for step in (_flatten_conjuncts, _raise_predicates, _turn_prepositions, _mark_infinitives, _join_names, _rename):
        step(tree)
    _write(tree)
    return doc


def _flatten_conjuncts(tree: Tree) -> None:
    """All conjuncts hang on the first; the conjunction and the comma on the conjunct that follows."""
    for i in range(len(tree.doc)):
        if tree.deps[i] == "conj":
            for mark in tree.children(tree.heads[i], "cc"):
                if tree.heads[i] < mark < i and not any(
                    mark < other < i for other in tree.children(tree.heads[i], "conj")
                ):
                    tree.heads[mark] = i
    for i in range(len(tree.doc)):
        while tree.deps[i] == "conj" and tree.deps[tree.heads[i]] == "conj":
            tree.heads[i] = tree.heads[tree.heads[i]]


def _raise_predicates(tree: Tree) -> None:
    """`is ← president` becomes `president → is (cop)`; what hung on the verb now hangs on the predicate."""
    for token in tree.doc:
        found = tree.children(token.i, "attr", "acomp") if token.lemma_ == "be" else []
        if not found:
            continue
        new, label = found[-1], tree.deps[token.i]
        for child in tree.children(token.i):
            if child != new:
                tree.heads[child] = new
        tree.swap(token.i, new, "cop")
        tree.deps[new] = label


def _turn_prepositions(tree: Tree) -> None:
    """`in ← prep, Paris ← pobj` becomes `Paris: obl or nmod, in: case`; a clause there is advcl or acl."""
    for i in range(len(tree.doc)):
        if tree.deps[i] not in ("prep", "agent", "dative") or not (objects := tree.children(i, "pobj", "pcomp")):
            continue
        new, clause = objects[0], tree.deps[objects[0]] == "pcomp"
        kind, governor = tree.deps[i], tree.doc[tree.heads[i]]
        for child in tree.children(i):
            if child != new:
                tree.heads[child] = new
        tree.swap(i, new, "mark" if clause else "case")
        tree.deps[new] = DONE + _oblique(kind, governor, clause)


def _oblique(kind: str, governor: Token, clause: bool) -> str:
    nominal = governor.pos_ in NOMINAL
    if clause:
        return "acl" if nominal else "advcl"
    if kind == "agent":
        return "obl:agent"
    return "nmod" if nominal else "obl"


def _mark_infinitives(tree: Tree) -> None:
    """The `to` of an infinitive and the possessive 's."""
    for token in tree.doc:
        if token.tag_ == "TO" and tree.deps[token.i] == "aux":
            tree.deps[token.i] = "mark"
        if token.tag_ == "POS":
            tree.deps[token.i] = "case"


def _join_names(tree: Tree) -> None:
    """The first word of a person's name governs the others (`flat`)."""
    for span in tree.doc.ents:
        inner = range(span.start, span.end - 1)
        if (
            span.label_ == "PERSON"
            and all(tree.heads[i] == span.end - 1 and tree.deps[i] == "compound" for i in inner)
            and len(span) > 1
        ):
            first, last, label = span.start, span.end - 1, tree.deps[span.end - 1]
            for child in tree.children(last):
                tree.heads[child] = first
            tree.swap(last, first, "flat")
            tree.deps[first] = label
            for i in range(first + 1, last):
                tree.deps[i] = "flat"


def _rename(tree: Tree) -> None:
    for i, label in enumerate(tree.deps):
        tree.deps[i] = label[1:] if label.startswith(DONE) else RENAMED.get(label, label) or "dep"
    for i, head in enumerate(tree.heads):
        if head == i:
            tree.deps[i] = "root"


def _write(tree: Tree) -> None:
    import numpy as np
    from spacy.attrs import DEP, HEAD

    add = tree.doc.vocab.strings.add
    rows = [
        (add(dep), np.int64(head - i).astype("uint64"))
        for i, (head, dep) in enumerate(zip(tree.heads, tree.deps, strict=True))
    ]
    tree.doc.from_array([DEP, HEAD], np.array(rows, dtype="uint64"))  # type: ignore[arg-type] # spaCy's own type


# --- entity labels --------------------------------------------------------------------------------------------------

AIRPORT = re.compile(r"(?i)\b(airport|airfield|air ?base|air force base|aerodrome|airstrip)\b")
DESIGNATION = re.compile(r"(?:^|\s)(?:[A-Za-z]{1,4}-?\d{1,4}[A-Za-z]{0,3}|[37][0-9]7(?:-\w+)?)(?:\s|$)")


def place(name: str) -> str:
    """Country, region or town, by the lists of names; a place no list knows is taken for a town."""
    if name in names("countries") or is_demonym(name):
        return "Country"
    return "Region" if name in names("regions") else "City"


ENTITIES: dict[str, Callable[[str], str]] = {
    "PERSON": lambda _: "Person", "PER": lambda _: "Person",
    "ORG": lambda name: corrected(name, "Organization"),
    "GPE": place,
    "LOC": lambda name: "Country" if name in names("countries") else "Region",
    "NORP": lambda name: "Country" if is_demonym(name) else "",
    "FAC": lambda name: "Airport" if AIRPORT.search(name) else "Facility",
    "PRODUCT": lambda name: "AircraftType" if DESIGNATION.search(name) else "",
    "EVENT": lambda _: "NamedEvent",
    "LAW": lambda _: "Agreement",
}  # fmt: skip


def rename_entities(doc: Doc) -> Doc:
    """Entity labels in our classes; dates, numbers, works of art and other kinds we have no class for are dropped."""
    from pipelines.nlp.component import set_mentions

    kept = []
    for ent in doc.ents:
        label = ENTITIES.get(ent.label_, lambda _, own=ent.label_: own if own in TYPES else "")(_bare(ent))
        if label:
            kept.append(Span(doc, ent.start, ent.end, label=label))
    set_mentions(doc, kept)
    return doc


def _bare(ent: Span) -> str:
    return re.sub(r"^[Tt]he |['’]s?$", "", ent.text)


def adapt(doc: Doc) -> Doc:
    """The component: trees first, since names are joined by the pipeline's own entity labels."""
    return rename_entities(to_universal(doc))


def load_adapted(name: str) -> Language:
    """An installed spaCy pipeline, or a folder of one, with the adapter at its end."""
    import spacy
    from spacy.util import get_installed_models

    from kg.errors import ModelNotFound

    try:
        nlp = spacy.load(name)
    except OSError as error:
        installed = ", ".join(sorted(get_installed_models())) or "none"
        raise ModelNotFound(
            f"No language pipeline is called {name!r}.",
            f"Installed spaCy pipelines: {installed}; built in: default, fast.",
            f"Leave out --model for the built-in one, or install the pipeline: python -m spacy download {name}",
        ) from error
    Language.component("kg_adapter", func=adapt)
    nlp.add_pipe("kg_adapter", last=True)
    return nlp
