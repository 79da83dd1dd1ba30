"""“Which day are you paid?” – “Friday.” – “Then you pay on Saturday.”"""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine import dialogue

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
WEEKDAYS = st.integers(0, 6)
FRIDAY = 4


def test_dialogue_of_the_article():
    tuesday = date(2026, 3, 10)
    assert dialogue.next_weekday(tuesday, FRIDAY) == date(2026, 3, 13)
    assert dialogue.payment_day(tuesday, FRIDAY) == date(2026, 3, 14)


def test_payday_is_today():
    friday = date(2026, 3, 13)
    assert dialogue.payment_day(friday, FRIDAY) == date(2026, 3, 14)


@given(DAYS, WEEKDAYS)
def test_next_weekday_is_that_weekday_within_a_week(today, weekday):
    day = dialogue.next_weekday(today, weekday)
    assert day.weekday() == weekday
    assert today <= day < today + timedelta(days=7)


@given(DAYS, WEEKDAYS)
def test_payment_is_the_day_after_the_payday(today, weekday):
    day = dialogue.payment_day(today, weekday)
    assert (day - timedelta(days=1)).weekday() == weekday
    assert today < day <= today + timedelta(days=7)


@given(DAYS, st.integers(1, 40))
def test_weekdays_are_counted_there_and_back(start, days):
    last = dialogue.count_weekdays(start, days)
    assert last.weekday() < 5
    span = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    assert sum(day.weekday() < 5 for day in span) == days
    first = dialogue.count_weekdays(last + timedelta(days=1), -days)
    assert first == dialogue.count_weekdays(start, 1)
