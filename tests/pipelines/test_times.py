"""Time expressions and publication dates: cases are data, tokens come from a blank pipeline, no model is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Article, Published
from pipelines.times import date_article, extract_times

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "times.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def language():
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp


def article_of(text, published=None):
    if published is None:
        return Article("art-test", "", text)
    first = datetime(published.year, published.month, published.day, tzinfo=UTC)
    return Article("art-test", "", text, published=Published(first, first + timedelta(days=1, seconds=-1), "stated"))


def read(language, text, published=None):
    doc = language(text)
    return extract_times(doc, date_article(article_of(text, published), doc))  # as the pipeline has it


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_times_are_read_as_the_case_says(case, language):
    found = read(language, case["text"], case.get("published"))
    by_text = {time.text: time for time in found}
    for wanted in case["times"]:
        assert wanted["text"] in by_text, [t.text for t in found]
        time = by_text[wanted["text"]]
        assert time.value == str(wanted["value"])
        if "from" in wanted:
            assert f"{time.period.earliest:%Y-%m-%dT%H:%M}" == wanted["from"]
            assert f"{time.period.latest:%Y-%m-%dT%H:%M}" == wanted["to"]
            assert time.period.zone == wanted.get("zone")
    if not case["times"]:
        assert found == ()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_offsets_are_the_characters_and_nothing_overlaps(case, language):
    found = read(language, case["text"], case.get("published"))
    assert all(case["text"][t.start : t.end] == t.text for t in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_an_unknown_publication_date_never_becomes_today(language):
    found = read(language, "They met today, yesterday, on Monday, last week, in June and over the weekend.")
    assert found
    assert [t.period for t in found] == [None] * len(found)


# When an article appeared ------------------------------------------------------------------------------------------------


def dated(language, text):
    return date_article(article_of(text), language(text)).published


def test_a_line_that_is_only_a_date_states_the_publication(language):
    published = dated(language, "Wednesday, March 4, 2020\n\nThe ship left port on Monday.")
    assert (published.basis, f"{published.earliest:%Y-%m-%d}") == ("stated", "2020-03-04")


def test_the_year_follows_from_a_dated_caption_and_last_year(language):
    text = (
        "The minister tours a shipyard on May 9, 2021.\n\n"
        "A freighter crossed the strait twice over the weekend, a tracking firm reported on Monday.\n"
        "It left on May 13 and came back on May 15.\n"
        "The two sides had agreed on it in May last year."
    )
    published = dated(language, text)
    assert published.basis == "inferred"
    assert f"{published.earliest:%Y-%m-%d}" == "2022-05-16"
    assert published.latest - published.earliest <= timedelta(days=4)
    assert "2021" in published.reason


def test_too_little_leaves_the_date_unknown(language):
    text = "A freighter left on May 13, a tracking firm reported on Monday."
    assert dated(language, text) == Published()


def test_a_known_date_is_not_touched(language):
    text = "Wednesday, March 4, 2020\n\nThe ship left port."
    article = article_of(text, datetime(2021, 1, 1, tzinfo=UTC))
    assert date_article(article, language(text)) is article


# Properties --------------------------------------------------------------------------------------------------------------

PUBLISHED = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2040, 12, 31))  # noqa: DTZ001
WEEKDAY = st.sampled_from(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])


@given(PUBLISHED, WEEKDAY)
def test_a_past_weekday_lies_within_the_week_before_publication(language, published, weekday):
    (time,) = read(language, f"The ship left port on {weekday}.", published)
    day = datetime.fromisoformat(time.value)
    assert f"{day:%A}" == weekday
    assert 0 <= (published.date() - day.date()).days < 7


@given(PUBLISHED, st.integers(1, 12), st.integers(1, 28))
def test_a_past_day_never_lies_after_publication_by_more_than_a_day(language, published, month, day):
    name = datetime(2000, month, 1, tzinfo=UTC).strftime("%B")
    (time,) = read(language, f"The ship left port on {name} {day}.", published)
    assert -1 <= (published.date() - datetime.fromisoformat(time.value).date()).days <= 366


@given(st.text(max_size=300))
def test_any_text_can_be_read(language, text):
    for time in read(language, text, datetime(2024, 2, 29, tzinfo=UTC)):
        assert text[time.start : time.end] == time.text
        period = time.period
        assert period is None or period.earliest is None or period.latest is None or period.earliest <= period.latest


@given(st.lists(st.sampled_from([case["text"] for case in CASES if "text" in case]), min_size=1, max_size=6))
def test_no_mixture_of_expressions_breaks_the_dating_of_an_undated_text(language, texts):
    article = article_of("\n\n".join(texts))
    doc = language(article.text)
    for time in extract_times(doc, date_article(article, doc)):
        assert article.text[time.start : time.end] == time.text


def test_a_day_in_words_dates_a_text_as_one_in_digits_does(language):
    dated = []
    for day in ("the third of May 2019", "3 May 2019"):
        article = article_of(f"The log was found on {day}. On Monday the clerk read it; he died on 6 May.")
        dated.append(date_article(article, language(article.text)).published)
    assert dated[0].earliest == dated[1].earliest
