"""A day by which money has to come, moved to one on which banks work."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine.bank_days import next_bank_day

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(days, st.frozensets(st.integers(0, 20), max_size=12))
def test_it_is_the_first_day_on_which_banks_work(day, offsets):
    holidays = frozenset(day + timedelta(days=number) for number in offsets)
    found = next_bank_day(day, holidays)
    assert found >= day
    assert found.weekday() < 5 and found not in holidays
    between = (day + timedelta(days=n) for n in range((found - day).days))
    assert all(each.weekday() >= 5 or each in holidays for each in between)


@given(days)
def test_a_bank_day_stays(day):
    once = next_bank_day(day)
    assert next_bank_day(once) == once


def test_easter_2026():
    """Good Friday is 3 April, Easter Monday the 6th."""
    holidays = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    assert next_bank_day(date(2026, 4, 2), holidays) == date(2026, 4, 2)
    assert next_bank_day(date(2026, 4, 3), holidays) == date(2026, 4, 7)
    assert next_bank_day(date(2026, 4, 5), holidays) == date(2026, 4, 7)


def test_the_calendar_ends():
    saturday_or_not = date.max
    assert next_bank_day(saturday_or_not, frozenset({date.max})) == date.max
