"""Properties of the schedule: they hold for every plan that can be made."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collection_calls.engine.schedule import (
    BIWEEKLY,
    CODES,
    FREQUENCIES,
    MONTH_END,
    MONTHLY,
    MOST,
    WEEKLY,
    Installment,
    ScheduleError,
    build,
)

DAY = timedelta(days=1)
WEEKEND = frozenset({5, 6})

# 5 yen, 12.34 euro and 12.345 dinar, and what large firms owe in them
totals = st.one_of(
    st.integers(1, 200), st.integers(1, 10**6), st.integers(10**6, 10**12)
)
firsts = st.dates(date(2020, 1, 1), date(2060, 12, 31))
frequencies = st.sampled_from(FREQUENCIES)


@st.composite
def orders(draw):
    """What one can ask for and get, split by count or by amount."""
    total = draw(totals)
    first = draw(firsts)
    down_payment = draw(st.integers(0, total - 1))
    rest = total - down_payment
    order = {
        "total": total,
        "first": first,
        "frequency": draw(frequencies),
        "down_payment": down_payment,
    }
    if down_payment:
        order["down_payment_day"] = first - draw(st.integers(1, 60)) * DAY
    if draw(st.booleans()):
        order["count"] = draw(st.integers(1, min(rest, 48)))
    else:
        order["amount"] = draw(st.integers(-(-rest // 48), rest * 2))
    return order


@st.composite
def calendars(draw):
    """Weekends of any length, and closures in the first year of a plan."""
    free = draw(st.frozensets(st.integers(0, 6), max_size=6))
    closures = draw(
        st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90)), max_size=3)
    )
    return free, closures


def is_working(day, first, free, closures):
    closed = any(
        first + start * DAY <= day < first + (start + length) * DAY
        for start, length in closures
    )
    return not closed and day.weekday() not in free


def next_working(first, free, closures=()):
    def working_day(day):
        while not is_working(day, first, free, closures):
            day += DAY
        return day

    return working_day


def due_days(installments):
    return [installment.due for installment in installments]


def regular(order):
    """The installments of a plan without its down payment."""
    installments = build(**order)
    return installments[1:] if order["down_payment"] else installments


@given(orders())
def test_the_sum_is_exact_and_nothing_is_empty(order):
    installments = build(**order)
    assert sum(installment.amount for installment in installments) == order["total"]
    assert all(installment.amount > 0 for installment in installments)


@given(orders())
def test_days_strictly_increase(order):
    assert all(a < b for a, b in pairwise(due_days(build(**order))))


@given(orders())
def test_the_down_payment_comes_first_and_apart(order):
    installments = build(**order)
    if order["down_payment"]:
        day = order["down_payment_day"]
        assert installments[0] == Installment(day, order["down_payment"])
    if order["frequency"] != MONTH_END:
        assert regular(order)[0].due == order["first"]


@given(orders())
def test_all_but_the_last_are_equal(order):
    *equal, last = (installment.amount for installment in regular(order))
    if "count" in order:
        rest = order["total"] - order["down_payment"]
        assert len(equal) + 1 == order["count"]
        assert set(equal) <= {rest // order["count"]}
        assert 0 <= last - rest // order["count"] < order["count"]
    else:
        assert set(equal) <= {order["amount"]}
        assert 0 < last <= order["amount"]


@given(firsts, st.sampled_from([(WEEKLY, 7), (BIWEEKLY, 14)]), st.integers(1, 60))
def test_weeks_have_no_gaps(first, weeks, count):
    frequency, step = weeks
    days = due_days(build(10**6, first, frequency, count=count))
    assert days == [first + step * number * DAY for number in range(count)]


@given(firsts, st.sampled_from([MONTHLY, MONTH_END]), st.integers(1, 60))
@example(date(2027, 10, 31), MONTHLY, 60)
def test_every_month_has_one_installment(first, frequency, count):
    days = due_days(build(10**6, first, frequency, count=count))
    months = [day.year * 12 + day.month for day in days]
    start = first.year * 12 + first.month
    assert months == list(range(start, start + count))
    wanted = 31 if frequency == MONTH_END else first.day
    for day in days:
        assert day.day == min(wanted, monthrange(day.year, day.month)[1])


@given(orders(), calendars())
def test_none_moves_without_need_or_closer_than_a_working_day(order, calendar):
    """So none is moved forward, none is out of order, and a moved one has room."""
    working_day = next_working(order["first"], *calendar)
    planned = due_days(build(**order))
    moved = build(**order, working_day=working_day)
    assert [i.amount for i in moved] == [i.amount for i in build(**order)]
    days = due_days(moved)
    assert days[0] == working_day(planned[0])
    for number in range(1, len(days)):
        previous, before, after = days[number - 1], planned[number], days[number]
        assert is_working(after, order["first"], *calendar)
        assert after >= before and after > previous
        between = (after - previous).days - 1
        working = sum(
            is_working(previous + DAY * n, order["first"], *calendar)
            for n in range(1, between + 1)
        )
        if after != before and before - planned[number - 1] > DAY:
            assert working >= 1
        if after > working_day(before):
            assert working <= 1


@given(
    st.integers(-5, 5_000),
    firsts,
    frequencies,
    st.none() | st.integers(-2, 2_000),
    st.none() | st.integers(-2, 2_000),
    st.integers(-5, 5_000),
    st.none() | st.integers(-60, 60),
)
def test_every_order_has_a_plan_or_a_reason(
    total, first, frequency, count, amount, down_payment, days_before
):
    day = None if days_before is None else first - days_before * DAY
    try:
        plan = build(total, first, frequency, count, amount, down_payment, day)
    except ScheduleError as error:
        assert error.code in CODES
    else:
        assert sum(installment.amount for installment in plan) == total


MARCH = date(2026, 3, 1)
FEBRUARY = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("code", "order"),
    [
        ("nothing", {"total": 0, "count": 1}),
        ("nothing", {"total": -100, "count": 1}),
        ("frequency", {"frequency": "daily", "count": 1}),
        ("down_payment", {"down_payment": -1, "count": 1}),
        ("down_payment", {"down_payment": 1000, "down_payment_day": FEBRUARY}),
        ("down_payment_day", {"down_payment": 1, "count": 1}),
        (
            "down_payment_day",
            {"down_payment": 1, "down_payment_day": MARCH, "count": 1},
        ),
        ("count", {"count": 0}),
        ("count", {"count": 0, "amount": 100}),
        ("amount", {"amount": 0}),
        ("amount", {}),
        ("too_many", {"count": 1001}),
        (
            "too_many",
            {"down_payment": 1, "down_payment_day": FEBRUARY, "count": 1000},
        ),
        ("too_many", {"total": 10**6, "count": MOST + 1}),
        ("too_many", {"total": MOST + 1, "amount": 1}),
        ("too_many", {"first": date(9999, 12, 1), "count": 2}),
        ("too_many", {"first": date(9999, 12, 28), "frequency": WEEKLY, "count": 2}),
    ],
)
def test_what_is_no_plan_says_why(code, order):
    with pytest.raises(ScheduleError) as caught:
        build(**({"total": 1000, "first": MARCH, "frequency": MONTHLY} | order))
    assert caught.value.code == code


def test_the_most_and_the_least():
    assert len(build(MOST, MARCH, MONTHLY, count=MOST)) == MOST
    assert build(1, MARCH, MONTHLY, count=1) == (Installment(MARCH, 1),)
    last_day = date(9999, 12, 31)
    assert due_days(build(1, last_day, MONTH_END, count=1)) == [last_day]


def test_a_closure_to_the_end_of_the_calendar():
    def never(day):
        while True:
            day += DAY

    with pytest.raises(ScheduleError) as caught:
        build(1, date(9999, 12, 1), MONTHLY, count=1, working_day=never)
    assert caught.value.code == "too_many"


def test_a_thousand_in_three():
    """1,000.00 in three: 333.33 twice and 333.34."""
    assert build(100_000, date(2026, 1, 31), MONTHLY, count=3) == (
        Installment(date(2026, 1, 31), 33_333),
        Installment(date(2026, 2, 28), 33_333),
        Installment(date(2026, 3, 31), 33_334),
    )


def test_three_hundred_a_month_after_a_down_payment():
    """1,000.00, 250.00 down: 300.00 twice and 150.00 remain."""
    plan = build(
        100_000,
        date(2026, 3, 15),
        MONTHLY,
        amount=30_000,
        down_payment=25_000,
        down_payment_day=date(2026, 3, 1),
    )
    assert plan == (
        Installment(date(2026, 3, 1), 25_000),
        Installment(date(2026, 3, 15), 30_000),
        Installment(date(2026, 4, 15), 30_000),
        Installment(date(2026, 5, 15), 15_000),
    )


def test_an_amount_that_goes_exactly_leaves_no_empty_rest():
    amounts = [i.amount for i in build(900, MARCH, MONTHLY, amount=300)]
    assert amounts == [300, 300, 300]


def test_count_wins_over_amount():
    amounts = [i.amount for i in build(900, MARCH, MONTHLY, count=2, amount=300)]
    assert amounts == [450, 450]


def test_leap_days():
    """29 February is the 28th in the years between, and the 29th again after four."""
    days = due_days(build(10**6, date(2028, 2, 29), MONTHLY, count=49))
    assert days[1] == date(2028, 3, 29)
    assert days[12] == date(2029, 2, 28)
    assert days[48] == date(2032, 2, 29)
    assert date(2028, 2, 29) in due_days(
        build(10**6, date(2027, 12, 31), MONTHLY, count=3)
    )


def test_end_of_month_starts_in_the_month_of_the_first_day():
    days = due_days(build(300, date(2026, 1, 5), MONTH_END, count=3))
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


def test_the_weekend_moves_what_falls_on_it_and_nothing_else():
    """31 January and 28 February 2026 are Saturdays, 31 March is a Tuesday."""
    working_day = next_working(MARCH, WEEKEND)
    days = due_days(
        build(300, date(2026, 1, 31), MONTHLY, count=3, working_day=working_day)
    )
    assert days == [date(2026, 2, 2), date(2026, 3, 2), date(2026, 3, 31)]


def test_after_a_closure_of_weeks_they_follow_with_a_working_day_in_between():
    """Closed from Monday 3 to Sunday 23 August 2026."""
    first = date(2026, 8, 3)
    working_day = next_working(first, WEEKEND, [(0, 21)])
    days = due_days(build(400, first, WEEKLY, count=4, working_day=working_day))
    assert days == [
        date(2026, 8, 24),
        date(2026, 8, 26),
        date(2026, 8, 28),
        date(2026, 9, 1),
    ]


def test_what_follows_a_closure_waits_for_what_the_closure_moved():
    """Closed from 21 December to 10 January: four of six weeks fall into it."""
    first = date(2026, 12, 24)
    working_day = next_working(date(2026, 12, 21), WEEKEND, [(0, 21)])
    days = due_days(build(600, first, WEEKLY, count=6, working_day=working_day))
    assert days == [
        date(2027, 1, 11),
        date(2027, 1, 13),
        date(2027, 1, 15),
        date(2027, 1, 19),  # the 14th is taken from it, the 18th lies in between
        date(2027, 1, 21),  # as planned
        date(2027, 1, 28),
    ]


def test_the_down_payment_moves_too():
    """Sunday the 1st and Monday the 2nd of March 2026 end up on Monday and Tuesday."""
    plan = build(
        100,
        date(2026, 3, 2),
        WEEKLY,
        count=1,
        down_payment=40,
        down_payment_day=date(2026, 3, 1),
        working_day=next_working(MARCH, WEEKEND),
    )
    assert plan == (
        Installment(date(2026, 3, 2), 40),
        Installment(date(2026, 3, 3), 60),
    )
