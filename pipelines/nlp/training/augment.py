"""Made-up names in real sentences: models and registrations of aircraft, airports."""

from __future__ import annotations

import random
import string
from functools import cache
from pathlib import Path

import yaml

from pipelines.nlp.training.data import OUTSIDE, Sentence, bits

Words, Masks = list[str], list[int]


@cache
def parts() -> dict:
    """`augment.yaml`."""
    return yaml.safe_load((Path(__file__).parent / "augment.yaml").read_text(encoding="utf-8"))


def _designation(rng: random.Random, kind: str) -> str:
    """`Il-62M` or `RC-135`: letters, a number, perhaps an ending."""
    form = parts()[kind]
    return f"{rng.choice(form['letters'])}-{rng.randint(1, form['up_to'])}{rng.choice(form['endings'])}"


def _number(rng: random.Random) -> str:
    """`737-800`, `A320neo`, `G650` or any letter and number."""
    boeing, airbus = parts()["boeing"], parts()["airbus"]
    return rng.choice(
        [
            f"{rng.choice(boeing['numbers'])}{rng.choice(boeing['endings'])}",
            f"A{rng.choice(airbus['numbers'])}{rng.choice(airbus['endings'])}",
            f"G{rng.choice(parts()['gulfstream'])}",
            f"{rng.choice(parts()['letters'])}{rng.randint(1, 999)}",
            str(rng.randint(100, 999)),
        ]
    )


def model(rng: random.Random) -> Words:
    """The words of a model's name."""
    draw, maker = rng.random(), rng.choice(parts()["makers"])
    if draw < 0.25:
        return [_designation(rng, "eastern")]
    if draw < 0.40:
        return [_designation(rng, "western")]
    if draw < 0.50:
        return [*maker.split(), _designation(rng, "eastern") if maker in parts()["eastern_makers"] else _number(rng)]
    if draw < 0.72:
        return [*maker.split(), _number(rng)]
    if draw < 0.80:
        return [_number(rng) if rng.random() < 0.5 else f"A{rng.choice(parts()['short_airbus'])}"]
    nickname = rng.choice(parts()["nicknames"]).split()
    if draw < 0.90:
        return [_designation(rng, "western"), *nickname]
    return [*maker.split(), *nickname, *rng.choice([[], [str(rng.randint(2, 9000))]])]


def registration(rng: random.Random) -> str:
    """A nationality mark and what its state puts behind it."""
    letters = lambda n: "".join(rng.choices(string.ascii_uppercase, k=n))  # noqa: E731
    forms = [
        lambda: f"RA-{rng.randint(10000, 99999)}",
        lambda: f"{rng.choice(parts()['marks']['four'])}-{letters(4)}",
        lambda: f"N{rng.randint(1, 999)}{letters(2)}",
        lambda: f"{rng.choice(parts()['marks']['three'])}-{letters(3)}",
        lambda: f"P-{rng.randint(500, 999)}",
        lambda: f"B-{rng.randint(1000, 9999)}",
    ]
    return rng.choice(forms)()


@cache
def _airports() -> list[str]:
    """Airports with a plain name (airportsdata, MIT)."""
    import airportsdata

    names = sorted(row["name"] for row in airportsdata.load().values())
    ends = ("Airport", "Airfield", "Aerodrome", "Base")
    return [
        n
        for n in names
        if n.isascii() and n.split()[-1:] and n.split()[-1] in ends and 1 < len(n.split()) < 6 and "/" not in n
    ]


def airport(rng: random.Random) -> Words:
    """The words of an airport's name."""
    return rng.choice(_airports()).replace("-", " - ").split()


def _named(words: Words, name: str) -> Masks:
    return [bits([name], "B")] + [bits([name], "I")] * (len(words) - 1)


def _replaced(sentence: Sentence, at: int, name: str) -> int:
    """End of the mention that begins at `at`."""
    end = at + 1
    while end < len(sentence.words) and sentence.mentions[end] == bits([name], "I"):
        end += 1
    return end


def _beside_plane(word: str, rng: random.Random) -> tuple[Words, Masks]:
    """A model instead of, or before, the word for an aircraft; now and then its registration behind."""
    words = model(rng)
    masks = _named(words, "AircraftType")
    if (word.lower().endswith("s") and rng.random() < 0.5) or rng.random() < 0.4:
        words, masks = [*words, word], [*masks, OUTSIDE]
    if rng.random() < 0.25:
        lead = rng.choice(parts()["leads"])
        tail = {"(": [")"], ",": [","]}.get(lead[0], [])
        words = [*words, *lead, registration(rng), *tail]
        masks = [*masks, *[OUTSIDE] * len(lead), bits(["Aircraft"], "B"), *[OUTSIDE] * len(tail)]
    return words, masks


def vary(sentence: Sentence, rng: random.Random) -> Sentence | None:
    """One copy with other names; None if nothing was changed."""
    words, masks, at, planes, changed = [], [], 0, frozenset(parts()["planes"]), False
    beginnings = {bits([name], "B"): name for name in ("AircraftType", "Airport")}
    while at < len(sentence.words):
        word, mask = sentence.words[at], sentence.mentions[at]
        name = beginnings.get(mask)
        if name and rng.random() < 0.8:
            new = model(rng) if name == "AircraftType" else airport(rng)
            new_masks, at, changed = _named(new, name), _replaced(sentence, at, name), True
        elif word.lower() in planes and mask & OUTSIDE and not changed and rng.random() < 0.8:
            new, new_masks = _beside_plane(word, rng)
            at, changed = at + 1, True
        else:
            new, new_masks, at = [word], [mask], at + 1
        words += new
        masks += new_masks
    return Sentence(words, mentions=masks, weight=sentence.weight, text=sentence.text) if changed else None


def augment(sentences: list[Sentence], rng: random.Random, copies: int = 2) -> list[Sentence]:
    """`copies` versions of every sentence that names an aircraft model or airport, or speaks of a plane."""
    planes = frozenset(parts()["planes"])
    wanted = {bits([name], "B") for name in ("AircraftType", "Airport")}
    chosen = (s for s in sentences if wanted & set(s.mentions) or planes & {w.lower() for w in s.words})
    made = (vary(s, rng) for s in chosen for _ in range(copies))
    return [s for s in made if s]
