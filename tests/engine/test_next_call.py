"""When to call next: each rule by hand, and what holds for every debtor."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine.next_call import Facts, NextCall, Terms, next_call

TODAY = date(2026, 3, 10)
TERMS = Terms(
    amount_min=50,
    days_overdue_min=5,
    first_call_days=3,
    retry_days=2,
    follow_up_days=7,
)
OWES = Facts(
    today=TODAY, is_to_call=True, amount=100, overdue_since=TODAY - timedelta(30)
)


def day(ago):
    return TODAY - timedelta(ago)


def call(terms=TERMS, **facts):
    return next_call(replace(OWES, **facts), terms)


def test_planned_call_wins_with_its_date():
    assert call(planned=day(-4)) == NextCall("planned", day(-4))
    assert call(planned=day(4), last_attempt=day(1)) == NextCall("planned", day(4))
    assert call(planned=day(2), promise_broken=day(0)).code == "planned"


def test_planned_call_needs_neither_debt_nor_strategy():
    found = call(terms=None, is_to_call=False, overdue_since=None, planned=day(-4))
    assert found == NextCall("planned", day(-4))


def test_nobody_calls_while_on_hold():
    assert call(is_on_hold=True, planned=day(0), promise_broken=day(0)) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"is_to_call": False},
        {"overdue_since": None},
        {"amount": 49.99},
        {"overdue_since": day(4)},
    ],
)
def test_who_is_not_on_the_list(facts):
    assert call(**facts) is None


def test_no_strategy_proposes_nothing():
    assert call(terms=None) is None


@pytest.mark.parametrize(
    ("days_min", "first", "expected"),
    [(5, 3, 25), (5, 8, 22), (0, 0, 30), (5, 40, -10)],
)
def test_first_call_never_before_it_qualifies(days_min, first, expected):
    terms = replace(TERMS, days_overdue_min=days_min, first_call_days=first)
    assert call(terms) == NextCall("first", day(expected))


def test_retry_after_an_attempt():
    assert call(last_attempt=day(3)) == NextCall("retry", day(3), working_days=2)
    assert call(last_attempt=day(3), last_contact=day(9)).code == "retry"


def test_follow_up_after_a_conversation():
    assert call(last_contact=day(3)) == NextCall("follow_up", day(-4))
    both = call(last_contact=day(3), last_attempt=day(3))
    assert both.code == "retry", "later on the same day"


def test_calls_about_an_older_debt_do_not_count():
    assert call(last_attempt=day(31), last_contact=day(90)).code == "first"
    assert call(last_attempt=day(30)).code == "retry", "on the due date"


def test_incident_puts_the_case_on_the_list_at_once():
    assert call(promise_broken=day(1)) == NextCall("promise_broken", day(1))
    assert call(plan_incident=day(1)) == NextCall("plan_incident", day(1))
    assert call(amount=1, promise_broken=day(1)), "whatever the minimum is"
    assert call(terms=None, plan_incident=day(1)), "whatever the strategy is"


def test_incident_that_was_talked_about():
    assert call(promise_broken=day(3), last_contact=day(3)).code == "follow_up"
    assert call(plan_incident=day(3), last_attempt=day(3)).code == "retry"
    assert call(promise_broken=day(3), last_attempt=day(4)).code == "promise_broken"


def test_broken_promise_of_another_debt():
    assert call(promise_broken=day(40)).code == "first"


def test_what_fell_due_at_once_before_its_invoice():
    """The invoice is due in 20 days, but the plan was accelerated 6 days ago."""
    due_later = {"overdue_since": day(-20), "plan_incident": day(6)}
    assert call(**due_later) == NextCall("plan_incident", day(6))
    assert call(**due_later, last_attempt=day(2)) == NextCall("retry", day(2), 2)


days = st.none() | st.integers(0, 60).map(day)
facts = st.builds(
    Facts,
    today=st.just(TODAY),
    is_on_hold=st.booleans(),
    is_to_call=st.booleans(),
    planned=st.none() | st.integers(-60, 60).map(day),
    amount=st.integers(0, 200),
    overdue_since=days,
    last_attempt=days,
    last_contact=days,
    promise_broken=days,
    plan_incident=days,
)
terms = st.none() | st.builds(Terms, *[st.integers(0, 100)] + [st.integers(0, 40)] * 4)


@given(facts, terms)
def test_always(facts, terms):
    found = next_call(facts, terms)
    if facts.is_on_hold or not (facts.planned or facts.is_to_call):
        assert found is None
    elif facts.planned:
        assert found == NextCall("planned", facts.planned)
    if found and found.code == "first":
        assert found.day >= facts.overdue_since or facts.plan_incident
    if found and found.working_days:
        assert found.code == "retry"


@given(facts, terms, st.integers(1, 30))
def test_what_is_proposed_stays_as_days_pass(facts, terms, later):
    found = next_call(facts, terms)
    if found:
        tomorrow = replace(facts, today=TODAY + timedelta(later))
        assert next_call(tomorrow, terms) == found


def test_nobody_is_called_on_the_day_of_their_promise():
    tomorrow = TODAY + timedelta(1)
    assert call(promised=TODAY) == NextCall("first", tomorrow)
    assert call(promised=TODAY, promise_broken=TODAY).day == tomorrow
    assert call(promised=TODAY, plan_incident=TODAY).day == tomorrow
    assert call(promised=TODAY, last_attempt=day(5)) == NextCall("retry", tomorrow, 1)
    assert call(promised=TODAY, last_contact=day(9)) == NextCall("follow_up", tomorrow)


def test_a_promise_of_another_day_puts_nothing_off():
    for ago in (1, 5):
        assert call(promised=day(ago)) == call()


def test_what_was_planned_or_is_later_stays_on_the_day_of_a_promise():
    assert call(promised=TODAY, planned=TODAY) == NextCall("planned", TODAY)
    later = call(last_contact=TODAY)
    assert call(promised=TODAY, last_contact=TODAY) == later
