"""The same content gives the same id whatever the order, the Unicode form or the machine."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ids import fold, make_id, normalize_text

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.text(), st.text())
def test_unicode_form_does_not_matter(left, right):
    forms = {make_id("x", *(unicodedata.normalize(form, part) for part in (left, right))) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@given(st.dictionaries(st.text(max_size=5), values, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(mapping, random):
    keys = list(mapping)
    random.shuffle(keys)
    assert make_id("x", mapping) == make_id("x", {key: mapping[key] for key in keys})


@given(st.frozensets(st.text(max_size=5), max_size=6), st.randoms())
def test_the_order_of_a_set_does_not_matter(parts, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert make_id("x", parts) == make_id("x", set(shuffled))


@given(st.lists(st.text("abc", max_size=5), min_size=2, max_size=5, unique=True))
def test_the_order_of_a_list_does_matter(parts):
    assert make_id("x", parts) != make_id("x", list(reversed(parts)))


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_one_moment_on_two_clocks_is_one_moment(moment, hours):
    utc = moment.replace(tzinfo=UTC)
    assert make_id("x", utc) == make_id("x", utc.astimezone(timezone(timedelta(hours=hours))))


def test_another_process_gives_the_same_id():
    code = "from kg.ids import make_id; print(make_id('art', 'Überflug', {'b', 'a'}, {'z': 1, 'y': [2.0]}))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {make_id("art", "Überflug", {"b", "a"}, {"z": 1, "y": [2.0]}) + "\n"}


def test_an_id_is_its_prefix_and_sixteen_characters():
    assert len(make_id("evt", "anything")) == len("evt-") + 16


@pytest.mark.parametrize(
    ("left", "right"),
    [("Kim Jong-un", "KIM JONG UN"), ("Erdoğan", "Erdogan"), ("São Tomé", "Sao Tome"), ("Il-62M", "il 62m")],
)
def test_folding_makes_spellings_of_one_name_equal(left, right):
    assert fold(left) == fold(right)


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalize_text(normalize_text(text)) == normalize_text(text)
