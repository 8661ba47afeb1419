"""Where one word ends and the next begins: Universal Dependencies habits, and names of aircraft kept whole.

`tokenize` turns any text into words and gaps that together are the text again, character for character. UD-EWT takes
most hyphenated words apart (`U.S.-led` → `U.S.` `-` `led`). Kept together are designations (`Il-62M`, `Tu-204`,
`737-800`), registrations (`SP-RSM`), names (`Jong-un`, `Komsomolsk-on-Amur`, `al-Assad`) and ISO dates.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.nlp.labels import word_set

# Words that keep their full stop if they begin with a capital ("Sat. 5", but "he sat."). One capital and a stop
# ("J. Smith", "U.S.") is a rule, not an entry.
ABBREVIATIONS = word_set(
    """
    mr mrs ms dr prof st jr sr gen col lt maj capt cpt cmdr adm sgt cpl brig sen rep gov pres hon rev jan feb
    mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat inc corp co ltd llc bros
    dept est vs etc al ave blvd mt ft approx ph.d
    """
)
SMALL = word_set("vs etc al approx ca cf dept ave blvd jr sr sept")  # these with a small letter, too
# Stops that belong to the word only before a number: "No. 5", but "He said no."
BEFORE_NUMBER = frozenset(["no", "nos", "pp", "art", "sec", "p"])
# Syllables of Korean and of older Chinese given names: "Jong-un", "Yo-jong", "Ing-wen" are one word.
_SYLLABLES = word_set(
    """
    a ae ah an bae bin bo bok bom bong byong byung chae chan chang che cheol chi chin cho chol chon chong chu
    chul chun chung dae dal dan deok do dong du eon eun eung ga gab gae gap geol geon geum geun gi gil gon goo
    gu guk gun gwan gwang gwi gwon gyeong gyong gyu ha hae hak han hang he hee heon heung ho hon hong hoon hui
    hun hung hwa hwan hye hyeok hyeon hyo hyok hyon hyong hyuk hyun hyung i ik il in ing ja jae jang je jee jeon
    jeong jeung ji jin jo jon jong joo joon ju jun jung kang ki kil kon kong ku kuk kun kwan kwang kwi kwon kyo
    kyong kyu kyun kyung lim man mi min mo mok mu mun myeong myong myung na nam nan ok on pae pal pil po pok pom
    pong pyo pyong ra rae rak ran re ri rim ro rok ryang ryol ryon ryong ryop ryul sam san sang se sen seo seok
    seol seon seong seop seung si sik sil sin so sok sol son song soo sook soon su sub suk sul sun sung tae taek
    teok uk ui uk un ung wan wen wha won woo wook woong wu ya yang ye yeo yeol yeon yeong yo yol yon yong yoo
    yop yu yub yuk yul yun yung shek jeou hsiu ying kai hsien teng hui chiu te lai bian shui
    """
)
_SYLLABLE = "(?:" + "|".join(sorted(set(_SYLLABLES), key=lambda s: (-len(s), s))) + ")"
_KOREAN = re.compile(rf"{_SYLLABLE}-{_SYLLABLE}$", re.IGNORECASE)
_JOINED_NAME = re.compile(
    r"(?:\w+-(?:on|on-the|upon|sur|de|la|le|du|al|el|am|an|der|den|ed|ul|us|es|di|do|da|i)-\w+"
    r"|(?:[Aa]l|[Ee]l|[Aa]d|[Aa]s|[Aa]sh|[Aa]t|[Aa]z|[Aa]n|[Uu]l|[Bb]in|[Ii]bn)-[^\W\d_]\w+)$"
)
# A letter group, a hyphen and a number with at most a few letters: Il-62M, F-35A, COVID-19, Hwasong-18, MiG-29, KN-23.
_DESIGNATION = re.compile(r"(?=.*[A-Z])[A-Za-z]{1,12}\d{0,3}(?:-\d{1,5}[A-Za-z]{0,4}\d?){1,2}(?:-[A-Z0-9]{1,4})?$")
_VARIANT = re.compile(r"(?:[A-Z]{1,3}\d{1,3}[A-Z]{0,3}|7[0-9]7|An?\d{3})-[A-Z0-9]{1,6}$")
_MARK = re.compile(
    r"(?:(?!US-|UK-|EU-|UN-|TV-|PM-)(?:[A-Z][A-Z0-9]|\d[A-Z])-[A-Z]{3}|[BCDFGIPN]-[A-Z]{4}|[A-Z]{1,2}-\d{3,6}[A-Z]?)$"
)
_ISO_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?$")
_FIXED = frozenset(["e-mail", "e-mails", "x-ray", "x-rays", "t-shirt", "t-shirts", "vice-president", "uh-oh"])
# Before a small letter these stay with their word ("anti-aircraft"); before a capital they do not ("pro-Russian").
_PREFIXES = word_set(
    """
    co re pre ex e un de sub semi multi bi inter non anti mid pro cross post over mini intra micro neo
    """
)

_WORD = r"[^\W_]"
# A flag is two letters of its own alphabet; other signs may carry a tint and be joined to one (Unicode TS 51).
_SIGN = r"[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = rf"[\U0001f1e6-\U0001f1ff]{{2}}|{_SIGN}(?:\u200d{_SIGN})*"
_FORMS = "|".join(
    (
        rf"(?P<emoji>{_EMOJI})",
        r"(?P<gap>[\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+)",
        r"(?P<url>(?:https?|ftp)://[^\s<>\"”’]*[^\s<>\"”’.,;:!?)\]'}]|www\.[^\s<>\"”’]*[^\s<>\"”’.,;:!?)\]'}])",
        r"(?P<email>[\w.+%-]+@[\w-]+(?:\.[\w-]+)+)",
        r"(?P<handle>@\w+|#[^\W\d]\w*)",
        r"(?P<phone>(?:\d{1,2}-)?\d{3}-\d{3}-\d{4}(?![\w-]))",
        r"(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?!\d))",
        r"(?P<slashdate>\d{1,4}/\d{1,2}(?:/\d{1,4})?(?!\w))",
        r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])|\d+(?:\.\d+)+(?![\w-]))",
        r"(?P<initials>Ph\.D\.?|(?:[^\W\d_]\.){2,}(?:[^\W\d_](?=-))?)",
        rf"(?P<word>{_WORD}(?:[\w\u0300-\u036f\xad]|[-‐‑](?={_WORD})|(?<=\d)[.,](?=\d)|['’](?={_WORD})|(?<=[^\W\d_])\.(?=[a-z]{{2,}}\b)|[&](?=[A-Z]))*)",
        r"(?P<ellipsis>\.{2,}|…)",
        r"(?P<dashes>-{2,}|[–—]+)",
        r"(?P<clitic>['’](?:s|re|ve|ll|d|m|S|RE|VE|LL|D|M)\b)",
        r"(?P<other>[:;=]-?[()DP](?!\w)|<{2,}|>{2,}|[*_=~+]+|[!?]+|''|``|’’|‘‘|.)",
    )
)
_TOKEN = re.compile(_FORMS, re.DOTALL)
_CLITIC = re.compile(r"(?i)(.+?)(n['’]t|['’](?:s|re|ve|ll|d|m))$")
# `dont`: the apostrophe that is not there does not join what UD takes apart.
_BARE_NOT = re.compile(r"(?i)(do|does|did|is|are|was|were|have|has|had|would|could|should|wo|ca|ai)(nt)$")
_JOINT = {"cannot": 3, "gonna": 3, "wanna": 3, "gotta": 3, "dunno": 2, "lemme": 3, "gimme": 3}
_HYPHEN = re.compile(r"([-‐‑])")
_UNIT = re.compile(r"(\d[\d.,]*)(am|pm|km|kms|kg|m|ft|mph|kmh|k|mm|cm|GB|MB|KM|AM|PM)$")
_LONG_RUN = re.compile(r"\S{2000}")  # characters without a space: data, not a word


def tokenize(text: str) -> tuple[list[str], list[bool]]:
    """Words and "a space follows" flags, as `spacy.tokens.Doc` takes them; joined they are `text` again."""
    words: list[str] = []
    spaces: list[bool] = []
    for start, end in _chunks(text):
        _add_chunk(text[start:end], words, spaces)
    return words, spaces


def _chunks(text: str) -> list[tuple[int, int]]:
    """Stretches of `text` cut at white space so that no single run can stall the pattern."""
    cuts, start = [], 0
    for match in _LONG_RUN.finditer(text):
        cuts.append((start, match.end()))
        start = match.end()
    cuts.append((start, len(text)))
    return cuts


def _add_chunk(text: str, words: list[str], spaces: list[bool]) -> None:
    for match in _TOKEN.finditer(text):
        piece, form = match.group(), match.lastgroup
        if form == "gap":
            _add_gap(piece, words, spaces)
        elif form == "word":
            _add(split_word(piece), words, spaces)
        elif piece == "." and words and _keeps_stop(words[-1], text, match.start()) and not spaces[-1]:
            words[-1] += "."
        else:
            _add([piece], words, spaces)


def _add(pieces: list[str], words: list[str], spaces: list[bool]) -> None:
    words.extend(pieces)
    spaces.extend([False] * len(pieces))


def _add_gap(gap: str, words: list[str], spaces: list[bool]) -> None:
    """One space is the flag of the word before it; anything else becomes a word of white space, as spaCy has it."""
    if gap[0] == " " and words and not words[-1].isspace():
        spaces[-1], gap = True, gap[1:]
    if gap:
        _add([gap], words, spaces)


def _keeps_stop(word: str, text: str, at: int) -> bool:
    """Is the stop at `text[at]` part of `word` (`Sept.`, `J.`)?"""
    if at == 0 or text[at - 1].isspace():
        return False
    lower = word.lower()
    after = text[at + 1 : at + 12].lstrip()
    if lower in SMALL or (lower in ABBREVIATIONS and word[0].isupper()):
        return True
    if lower in BEFORE_NUMBER:
        return after[:1].isdigit()
    return len(word) == 1 and word.isupper() and word != "I" and after[:1].isupper()


@lru_cache(maxsize=65536)
def _split_word(word: str) -> tuple[str, ...]:
    lower = word.lower()
    if lower in _JOINT:
        cut = _JOINT[lower]
        return (word[:cut], word[cut:])
    if clitic := _CLITIC.match(word):
        return (*_split_word(clitic.group(1)), clitic.group(2))
    if bare := _BARE_NOT.match(word):
        return bare.groups()
    if "-" in word or "‐" in word or "‑" in word:
        return _split_hyphens(word)
    if unit := _UNIT.match(word):
        return unit.groups()
    return (word,)


def split_word(word: str) -> list[str]:
    """The parts of one run of letters, digits, hyphens and apostrophes."""
    return list(_split_word(word))


def _split_hyphens(word: str) -> tuple[str, ...]:
    if stays_whole(word):
        return (word,)
    parts = [p for p in _HYPHEN.split(word) if p]
    if len(parts) == 3 and parts[0].lower() in _PREFIXES and parts[2].islower():
        return (word,)
    # "Il-62M-led": the designation is whole, the rest is not.
    for cut in range(len(parts) - 2, 2, -2):
        head = "".join(parts[:cut])
        if stays_whole(head):
            return (head, *parts[cut:])
    return tuple(parts)


def stays_whole(word: str) -> bool:
    """Is this hyphenated word one name or designation?"""
    word = word.replace("‐", "-").replace("‑", "-")
    if word.lower() in _FIXED or _ISO_DATE.match(word):
        return True
    if any(pattern.match(word) for pattern in (_DESIGNATION, _VARIANT, _MARK)):
        return True
    parts = word.split("-")
    if word[0].isupper() and _KOREAN.match(word):
        return True
    if _JOINED_NAME.match(word) and parts[-1][:1].isupper():
        return True
    return _is_double_name(parts)


def _is_double_name(parts: list[str]) -> bool:
    """`Rolls-Royce`, `Baden-Baden`; but two peoples or countries (`Israeli-Palestinian`) are two words."""
    if not all(len(p) > 2 and p[0].isupper() and p[1:].islower() for p in parts):
        return False
    from pipelines.nlp.gazetteer import is_people_or_country, is_whole_name

    return is_whole_name("-".join(parts)) or not any(is_people_or_country(p) for p in parts)
