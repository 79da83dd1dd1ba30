"""Properties of what is offered to be paid, and of what is taken as an amount."""

from datetime import date, timedelta
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine.allocation import Part, arrears
from collection_calls.engine.online_payment import (
    ALL,
    ARREARS,
    CHANGED,
    NEXT,
    NO_NUMBER,
    OTHER,
    PROMISED,
    TOO_LITTLE,
    TOO_MUCH,
    Offer,
    Offers,
    digest,
    find_fault,
    of_plan,
    of_promise,
    to_units,
)

DAY = timedelta(days=1)
START = date(2026, 1, 1)

money = st.integers(0, 5_000)
days = st.dates(START - 10 * DAY, START + 250 * DAY)


@st.composite
def parts(draw):
    """Installments that money paid from the first on, as it does."""
    due, amounts = START, draw(st.lists(st.integers(0, 1_000), min_size=1, max_size=8))
    paid, found = draw(money), []
    for amount in amounts:
        due += draw(st.integers(1, 40)) * DAY
        found.append(Part(due, amount, min(paid, amount)))
        paid -= min(paid, amount)
    return tuple(found)


def left_of(plan):
    return sum(part.residual for part in plan)


def assert_sound(offers, residual, under_way):
    amounts = [offer.amount for offer in offers.choices]
    assert offers.most == max(residual - under_way, 0)
    assert all(0 < amount <= offers.most for amount in amounts)
    assert len(set(amounts)) == len(amounts)
    assert bool(offers.choices) == bool(offers.most)
    assert 0 <= offers.least <= offers.most
    assert bool(offers.least) == bool(offers.most)
    for offer in offers.choices:
        assert not find_fault(offer.code, offer.amount, offers)
        assert not find_fault(OTHER, offers.least, offers) or not offers.most


@given(parts(), money, money, days, st.integers(1, 100), st.booleans())
def test_nobody_is_asked_for_more_than_is_left(
    plan, residual, under_way, today, unit, at_once
):
    offers = of_plan(plan, residual, under_way, today, unit, at_once=at_once)
    assert_sound(offers, residual, under_way)
    if at_once:
        assert [offer.code for offer in offers.choices] in ([], [ALL])


@given(parts(), days)
def test_without_money_under_way_it_is_what_the_plan_says(plan, today):
    offers = of_plan(plan, left_of(plan), 0, today, 1)
    overdue = arrears(plan, today)
    assert (offers.get(ARREARS) or Offer(ARREARS, 0)).amount == overdue
    first = next((part for part in plan if part.residual), None)
    if first:
        shown = {offer.amount for offer in offers.choices}
        assert first.residual in shown
        assert left_of(plan) in shown


@given(parts(), money, money, days)
def test_paying_what_is_offered_leaves_the_rest(plan, under_way, more, today):
    """Money is offered once, whether it is on its way already or will be."""
    before = of_plan(plan, left_of(plan), under_way, today, 1)
    after = of_plan(plan, left_of(plan), under_way + more, today, 1)
    assert after.most == max(before.most - more, 0)
    overdue = before.get(ARREARS)
    if overdue and more >= overdue.amount:
        assert not after.get(ARREARS)


@given(money, money, money)
def test_of_a_promise_no_more_than_it_says(missing, residual, under_way):
    offers = of_promise(missing, START, residual, under_way, 1)
    assert_sound(offers, residual, under_way)
    promised = offers.get(PROMISED)
    assert not promised or promised.amount <= max(missing - under_way, 0)


@given(parts(), money, money, days, st.integers(-100, 10_000))
def test_an_amount_of_ones_own_is_bounded(plan, residual, under_way, today, amount):
    offers = of_plan(plan, residual, under_way, today, 100)
    fault = find_fault(OTHER, amount, offers)
    assert (not fault) == (0 < offers.least <= amount <= offers.most)


def test_one_missed_installment():
    plan = (
        Part(START, 250, 100),
        Part(START + 30 * DAY, 250, 0),
        Part(START + 60 * DAY, 250, 0),
    )
    offers = of_plan(plan, 650, 0, START + 31 * DAY, 1)
    assert offers.choices == (
        Offer(ARREARS, 400),
        Offer(NEXT, 150, START),
        Offer(ALL, 650),
    )
    # What is on its way covers the first of them, and a part of the second.
    offers = of_plan(plan, 650, 200, START + 31 * DAY, 1)
    assert offers.choices == (Offer(ARREARS, 200), Offer(ALL, 450))
    offers = of_plan(plan, 650, 500, START + 31 * DAY, 1)
    assert offers.choices == (Offer(NEXT, 150, START + 60 * DAY),)
    assert of_plan(plan, 650, 650, START, 1) == Offers((), 0, 0, 650)


def test_faults():
    offers = Offers((Offer(NEXT, 250, START), Offer(ALL, 900)), 100, 900, 0)
    for code, amount, fault in [
        (NEXT, 250, ""),
        (NEXT, 249, CHANGED),
        (ARREARS, 250, CHANGED),
        ("nonsense", 250, CHANGED),
        (OTHER, 900, ""),
        (OTHER, 100, ""),
        (OTHER, 901, TOO_MUCH),
        (OTHER, 99, TOO_LITTLE),
        (OTHER, 0, TOO_LITTLE),
        (OTHER, -250, TOO_LITTLE),
        (OTHER, None, NO_NUMBER),
        (NEXT, None, NO_NUMBER),
    ]:
        assert find_fault(code, amount, offers) == fault, (code, amount)
    # Where nothing is left, nothing can be paid.
    assert find_fault(OTHER, 0, Offers()) == TOO_LITTLE
    assert find_fault(OTHER, 1, Offers()) == TOO_MUCH


@given(st.integers(-(10**12), 10**12), st.sampled_from([1, 0.01, 0.001]))
def test_amounts_of_a_currency_are_read_as_they_were_written(units, rounding):
    value = units * rounding
    text = f"{value:.3f}"
    assert to_units(text, rounding) == units
    assert to_units(text.replace(".", ","), rounding) == units


@pytest.mark.parametrize(
    ("value", "rounding", "units"),
    [
        (250.0, 0.01, 25_000),
        (33.33, 0.01, 3_333),
        (0.1 + 0.2, 0.01, 30),
        ("250", 0.01, 25_000),
        (" 250,50 ", 0.01, 25_050),
        ("1e3", 0.01, 100_000),
        (12.35, 0.05, 247),
        (-5, 0.01, -500),
    ],
)
def test_what_is_an_amount(value, rounding, units):
    assert to_units(value, rounding) == units


@pytest.mark.parametrize(
    "value",
    [
        nan,
        inf,
        -inf,
        "NaN",
        "sNaN",
        "Infinity",
        "1e400",
        1e300,
        "9" * 39,
        "9" * 4_000,
        "",
        " ",
        "abc",
        "1.000,50",
        "12.345",
        0.001,
        None,
        True,
        [250],
        {"amount": 250},
        b"250",
    ],
)
def test_what_is_none(value):
    assert to_units(value, 0.01) is None


@given(parts(), money, money, days)
def test_the_digest_changes_with_what_is_shown(plan, under_way, more, today):
    one = of_plan(plan, left_of(plan), under_way, today, 1)
    other = of_plan(plan, left_of(plan), under_way + more, today, 1)
    assert (digest(one, "EUR") == digest(other, "EUR")) == (one == other)
    assert digest(one, "EUR") != digest(one, "USD")
