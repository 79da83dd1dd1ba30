"""What is due when, on both sides of every limit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine import retention
from collection_calls.engine.retention import EVENTS, LETTERS, REASONS, SAID

TODAY = date(2026, 3, 10)
AGES = {SAID: 6, REASONS: 12, LETTERS: 72, EVENTS: 0}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 3, 10), 120, date(2016, 3, 10)),
        (date(2026, 3, 10), 30000, date.min),
        (date(2026, 3, 10), 0, date(2026, 3, 10)),
    ],
)
def test_months_ago(day, months, expected):
    assert retention.subtract_months(day, months) == expected


def test_nothing_is_due_by_default():
    ages = dict.fromkeys(retention.PURPOSES, 0)
    assert retention.get_deadlines(ages, TODAY) == {}
    assert not retention.get_due(date(1990, 1, 1), {}, {})


@pytest.mark.parametrize(
    ("closed", "due"),
    [
        (date(2025, 9, 11), set()),
        (date(2025, 9, 10), {SAID}),
        (date(2025, 3, 11), {SAID}),
        (date(2025, 3, 10), {SAID, REASONS}),
        (date(2020, 3, 11), {SAID, REASONS}),
        (date(2020, 3, 10), {SAID, REASONS, LETTERS}),
        (date(1990, 1, 1), {SAID, REASONS, LETTERS}),
    ],
)
def test_due_by_age(closed, due):
    deadlines = retention.get_deadlines(AGES, TODAY)
    assert retention.get_due(closed, {}, deadlines) == due


def test_what_was_emptied_is_due_again_when_the_case_was_reopened_or_a_month_is_over():
    deadlines = retention.get_deadlines({SAID: 6}, TODAY)
    closed = date(2025, 6, 1)
    yesterday, long_ago = TODAY - timedelta(1), TODAY - timedelta(30)
    assert not retention.get_due(closed, {SAID: yesterday}, deadlines)
    assert retention.get_due(closed, {SAID: long_ago}, deadlines)
    assert not retention.get_due(closed, {SAID: long_ago + timedelta(1)}, deadlines)
    assert retention.get_due(closed, {REASONS: yesterday}, deadlines)
    assert retention.get_due(closed, {SAID: date(2025, 5, 1)}, deadlines)


def test_what_the_law_has_us_keep_does_not_go_on_request():
    asked = retention.PURPOSES
    given = lambda **more: retention.get_erasable(  # noqa: E731
        asked, AGES, closed=date(2025, 1, 1), today=TODAY, **more
    )
    assert given() == set(retention.PURPOSES) - {LETTERS, EVENTS}
    assert given(include_by_law=True) == set(retention.PURPOSES)
    old = retention.get_erasable(asked, AGES, date(2019, 1, 1), TODAY)
    assert LETTERS in old and EVENTS not in old
    assert LETTERS not in retention.get_erasable(asked, AGES, None, TODAY)


@given(st.dates(), st.integers(0, 40000))
def test_months_ago_is_never_later(day, months):
    assert retention.subtract_months(day, months) <= day
