"""Which language a text is in. Only English is read; a text in another language is named, not guessed at."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

ENGLISH = "en"  # the language that is read
UNKNOWN = "und"  # ISO 639: some language, but which one cannot be told
SURE = 0.9  # of 6,000 English sentences from the news, however short, none is another language by so much
LOOKED_AT = 8_000  # characters: enough to tell, and a long text costs no more than a short one


def language_of(text: str, stated: str | None = None) -> str:
    """ISO 639-1 code of the language of most of the text; what is `stated` about it (else English) where that is open.

    A text written mostly in another script is not English even where its language stays unknown.
    """
    sample = text[:LOOKED_AT]
    code, probability = _identifier().classify(sample)
    if probability >= SURE or (probability > 0.5 and not mostly_latin(sample)):
        return str(code)
    return stated or (ENGLISH if mostly_latin(sample) else UNKNOWN)


def mostly_latin(text: str) -> bool:
    """Is at least half of the letters Latin? A text without letters counts as such."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(unicodedata.name(c, "").startswith(("LATIN", "FULLWIDTH LATIN")) for c in letters) >= len(letters)


def language_name(code: str) -> str:
    """`German` for `de`."""
    import pycountry

    found = pycountry.languages.get(alpha_2=code) or pycountry.languages.get(alpha_3=code)
    return str(found.name) if found and code != UNKNOWN else "a language other than English"


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in identifier.labels if len(code) == 2])
    return identifier
