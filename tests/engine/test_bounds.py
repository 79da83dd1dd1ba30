"""What can be reckoned with is let in, and nothing else."""

from datetime import date, datetime, timedelta

import pytest

from collection_calls.engine import bounds


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date.min, False),
        (date(1899, 12, 31), False),
        (date(1900, 1, 1), True),
        (date(2026, 3, 10), True),
        (date(2199, 12, 31), True),
        (date(2200, 1, 1), False),
        (date.max, False),
        (datetime(2199, 12, 31, 23, 59), True),
        (datetime.max, False),
    ],
)
def test_days(day, expected):
    assert bounds.is_day(day) is expected


def test_there_is_room_for_reckoning():
    days = timedelta(bounds.MOST_DAYS)
    assert bounds.FIRST_DAY - days > date.min
    assert bounds.LAST_DAY + days < date.max


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, True),
        (-12.5, True),
        (9_999_999_999_999.99, True),
        (10**13, False),
        (-1e308, False),
        (float("nan"), False),
        (float("inf"), False),
        (float("-inf"), False),
    ],
)
def test_amounts(number, expected):
    assert bounds.is_amount(number) is expected
    if expected:
        assert round(number, 2) == number, "to the cent"


@pytest.mark.parametrize(
    ("number", "expected", "of_days"),
    [
        (0, True, True),
        (-1, True, False),  # whether it may be negative is for others to say
        (2**31 - 1, True, False),
        (2**31, False, False),
        (36_500, True, True),
        (10**9, False, True),
    ],
)
def test_counts(number, expected, of_days):
    assert bounds.is_count(number, of_days) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", True), ("déjà", True), ("a\0b", False), (7, False), (["a"], False)],
)
def test_texts(text, expected):
    assert bounds.is_text(text) is expected


@pytest.mark.parametrize("number", [1, 2**31 - 1])
def test_numbers_of_records(number):
    assert bounds.is_id(number)


@pytest.mark.parametrize("number", [0, -1, 2**31, True, 1.0, "1", None, [1]])
def test_no_record_has_this_number(number):
    assert not bounds.is_id(number)
