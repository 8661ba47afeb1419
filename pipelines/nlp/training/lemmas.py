"""Compile `lemmas.json` from the treebanks: UPOS → form → lemma, most frequent lemma of each form.

    python -m pipelines.nlp.training.lemmas --data DIR

Kept are forms that differ from their lemma, and all verbs (a known base tells how to spell an unknown form). From UD-EWT
and GUM, CC BY-SA 4.0; irregular verbs from `irregular.yaml`, by hand.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import yaml

HERE = Path(__file__).parent
WORDS = ("VERB", "AUX", "NOUN", "ADJ", "ADV", "PRON", "DET", "PART", "NUM")


def count(data: Path) -> dict[tuple[str, str], Counter[str]]:
    """Lemmas of each (UPOS, form) in the training parts."""
    held = set((data / "train/gum/dev-documents.txt").read_text().split())
    paths = [data / "train/ud-ewt/en_ewt-ud-train.conllu", *sorted((data / "train/gum/dep").glob("*.conllu"))]
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path in paths:
        if path.stem in held:
            continue
        for line in path.open(encoding="utf-8"):
            columns = line.split("\t")
            if columns[0].isdigit() and columns[3] in WORDS and "Typo=Yes" not in columns[5] + columns[9]:
                found[columns[3], columns[1].lower()][columns[2].lower()] += 1
    return found


def irregular() -> dict[str, str]:
    """Irregular verbs by hand: `base past participle`, one verb after another."""
    table = yaml.safe_load((HERE / "irregular.yaml").read_text(encoding="utf-8"))
    return {form: forms[0] for line in table["verbs"] for forms in [line.split()] for form in forms}


def compile_lemmas(data: Path) -> dict[str, dict[str, str]]:
    """The table, sorted."""
    table: dict[str, dict[str, str]] = {upos: {} for upos in WORDS}
    table["VERB"] |= irregular()
    for (upos, form), lemmas in sorted(count(data).items()):
        lemma = min(lemmas, key=lambda x: (-lemmas[x], x))
        kept = upos == "VERB" or lemma != form
        if kept and (sum(lemmas.values()) > 1 or upos == "VERB") and form.isalpha() | ("'" in form) | ("’" in form):
            table[upos].setdefault(form, lemma)
    return {upos: dict(sorted(forms.items())) for upos, forms in table.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    text = json.dumps(compile_lemmas(parser.parse_args().data), ensure_ascii=False, indent=0)
    (HERE.parent / "lemmas.json").write_text(text + "\n", encoding="utf-8")
