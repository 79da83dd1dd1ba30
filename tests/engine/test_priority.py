"""The order of the call list: its curves by hand, and what holds for every debtor."""

import math
from dataclasses import asdict, astuple, fields, replace
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from collection_calls.engine.priority import (
    CODES,
    Facts,
    Priority,
    Reason,
    Weights,
    score,
)

NOTHING = Facts(days_since_contact=0, kept_rate=1.0)
EVERYTHING = Facts(
    amount=math.inf,
    days_overdue=10**9,
    broken_promises=10**9,
    has_plan_incident=True,
    is_call_back_due=True,
    days_since_contact=None,
    kept_rate=0.0,
)
NO_WEIGHTS = Weights(*[0] * len(CODES))


def only(code):
    """Nothing but one part counts, so that its share is the score."""
    return replace(NO_WEIGHTS, **{code: 1})


def share(code, **facts):
    return score(replace(NOTHING, **facts), only(code)).score


def test_codes_are_the_weights_in_their_order():
    assert tuple(field.name for field in fields(Weights)) == CODES
    assert sum(astuple(Weights())) == 100  # so that a weight reads as points


@pytest.mark.parametrize(
    ("amount", "points"), [(-5, 0), (0, 0), (500, 33), (1000, 50), (2000, 67)]
)
def test_amount(amount, points):
    for kind in (float, Decimal):
        facts = {"amount": kind(amount), "typical": kind(1000)}
        assert share("amount", **facts) == points


def test_without_a_typical_amount_every_amount_is_large():
    for typical in (0, -5):
        assert share("amount", amount=0.01, typical=typical) == 100
        assert share("amount", amount=0, typical=typical) == 0


@pytest.mark.parametrize(
    ("days", "points"), [(-3, 0), (0, 0), (20, 25), (60, 50), (120, 67)]
)
def test_age(days, points):
    assert share("age", days_overdue=days) == points


@pytest.mark.parametrize(("count", "points"), [(0, 0), (1, 50), (2, 67), (3, 75)])
def test_broken_promises(count, points):
    assert share("broken_promises", broken_promises=count) == points


def test_plan_incident_and_call_back_are_all_or_nothing():
    assert share("plan_incident") == share("call_back") == 0
    assert share("plan_incident", has_plan_incident=True) == 100
    assert share("call_back", is_call_back_due=True) == 100


@pytest.mark.parametrize(
    ("days", "points"), [(-1, 0), (0, 0), (7, 33), (14, 50), (28, 67), (None, 100)]
)
def test_silence(days, points):
    assert share("silence", days_since_contact=days) == points


@pytest.mark.parametrize(
    ("rate", "points"),
    [(1.0, 0), (0.75, 25), (None, 50), (0.0, 100), (2, 0), (-1, 100)],
)
def test_trust(rate, points):
    assert share("trust", kept_rate=rate) == points


def test_the_reasons_of_a_debtor():
    """Twice the typical amount, 60 days old, one promise broken, never spoken to."""
    facts = Facts(Decimal(2000), Decimal(1000), 60, 1, kept_rate=0.0)
    assert score(facts, Weights()) == Priority(
        48,
        (
            Reason("amount", 20),
            Reason("age", 10),
            Reason("broken_promises", 8),
            Reason("silence", 5),
            Reason("trust", 5),
        ),
    )


def test_nobody_has_less_than_nothing_or_more_than_everything():
    assert score(NOTHING, Weights()) == Priority(0, ())
    top = score(EVERYTHING, Weights())
    assert top.score == 100
    assert {r.code: r.points for r in top.reasons} == asdict(Weights())


@pytest.mark.parametrize("code", CODES)
def test_no_weight_is_below_zero(code):
    with pytest.raises(ValueError, match="below zero"):
        Weights(**{code: -1})


# For every debtor and every strategy.

amounts = st.one_of(
    st.floats(-1e3, 1e15),
    st.decimals(-1000, 10**12, places=2),
    st.floats(999, 1001),
)
counts = st.one_of(st.integers(-2, 10), st.integers(0, 10**6))
all_facts = st.builds(
    Facts,
    amount=amounts,
    typical=st.one_of(st.floats(0, 1e6), st.decimals(0, 10**6, places=2)),
    days_overdue=counts,
    broken_promises=counts,
    has_plan_incident=st.booleans(),
    is_call_back_due=st.booleans(),
    days_since_contact=st.none() | counts,
    kept_rate=st.none() | st.floats(0, 1),
)
ints = st.one_of(st.integers(0, 3), st.integers(0, 100), st.integers(0, 10**20))
all_weights = st.tuples(*[ints] * len(CODES)).map(lambda values: Weights(*values))


@given(all_facts, all_weights)
@example(EVERYTHING, Weights(1, 1, 1, 1, 1, 1, 1))
@example(EVERYTHING, Weights(*[10**400] * 7))
def test_points_add_up_to_a_score_within_bounds(facts, weights):
    result = score(facts, weights)
    points = [reason.points for reason in result.reasons]
    assert 0 <= result.score <= 100
    assert sum(points) == result.score
    assert points == sorted(points, reverse=True)
    assert all(type(count) is int and count > 0 for count in points)
    codes = [reason.code for reason in result.reasons]
    assert len(set(codes)) == len(codes) and set(codes) <= set(CODES)


@given(all_facts, all_weights)
def test_the_points_of_a_part_are_its_share_of_the_weights(facts, weights):
    """Less than one point off, and none for what doesn't count or isn't there."""
    total = sum(astuple(weights))
    assume(total)
    points = {r.code: r.points for r in score(facts, weights).reasons}
    for code in CODES:
        alone = score(facts, only(code)).score  # rounded by up to half a point
        exact = getattr(weights, code) / total * alone
        assert abs(points.get(code, 0) - exact) < 1.5 + 1e-9
        assert alone or points.get(code, 0) <= 1
        assert getattr(weights, code) or code not in points


@given(all_facts, all_weights)
def test_what_is_nothing_gives_no_point(facts, weights):
    bare = replace(facts, amount=0, broken_promises=0, has_plan_incident=False)
    codes = {reason.code for reason in score(bare, weights).reasons}
    assert not codes & {"amount", "broken_promises", "plan_incident"}


@given(all_facts, all_weights, amounts, counts, counts, counts)
def test_more_never_lowers_the_score(facts, weights, amount, days, broken, silence):
    before = score(facts, weights).score
    quiet = facts.days_since_contact
    for more in (
        {"amount": max(facts.amount, amount)},
        {"amount": math.nextafter(facts.amount, math.inf)},
        {"days_overdue": max(facts.days_overdue, days)},
        {"broken_promises": max(facts.broken_promises, broken)},
        {"has_plan_incident": True},
        {"is_call_back_due": True},
        {"days_since_contact": None if quiet is None else max(quiet, silence)},
        {"days_since_contact": None},
    ):
        assert score(replace(facts, **more), weights).score >= before


@given(all_facts, all_weights, st.floats(0, 1), st.floats(0, 1))
def test_trust_never_raises_the_score(facts, weights, one, other):
    low, high = sorted((one, other))
    trusted = score(replace(facts, kept_rate=high), weights).score
    assert trusted <= score(replace(facts, kept_rate=low), weights).score


@given(all_facts, all_weights, st.integers(1, 10**6))
def test_only_the_proportions_of_the_weights_count(facts, weights, factor):
    scaled = Weights(*(weight * factor for weight in astuple(weights)))
    assert score(facts, scaled) == score(facts, weights)


@given(all_facts)
def test_without_weights_there_is_no_score(facts):
    assert score(facts, NO_WEIGHTS) == Priority(0, ())


@given(all_facts, all_weights)
def test_same_answer_when_asked_twice(facts, weights):
    assert score(replace(facts), replace(weights)) == score(facts, weights)


@given(all_facts, all_weights)
def test_equal_points_stay_in_the_order_of_the_weights(facts, weights):
    reasons = score(facts, weights).reasons
    ranks = [(-reason.points, CODES.index(reason.code)) for reason in reasons]
    assert ranks == sorted(ranks)
