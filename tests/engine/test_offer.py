"""What holds for whatever a debtor proposes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine import offer
from collection_calls.engine.schedule import FREQUENCIES, MONTHLY

TODAY = date(2026, 3, 10)
FREE = offer.Limits(most=12)

totals = st.integers(-5, 10**9)
counts = st.integers(-3, 60)
firsts = st.dates(date(1900, 1, 1), date(2199, 12, 31))
frequencies = st.sampled_from(FREQUENCIES)
limits = st.builds(
    offer.Limits,
    most=st.integers(0, 24),
    first_days=st.integers(0, 90),
    least=st.integers(0, 10**6),
    most_days=st.integers(0, 1000),
)


def judge(total=1000, first=TODAY, frequency=MONTHLY, count=3, limits=FREE):
    return offer.judge(total, TODAY, first, frequency, count, limits)


@given(totals, firsts, frequencies, counts, limits)
def test_what_is_taken_keeps_to_every_limit(total, first, frequency, count, limits):
    judged = judge(total, first, frequency, count, limits)
    assert set(judged.codes) <= set(offer.CODES)
    if judged.codes:
        return
    parts = judged.installments
    assert sum(part.amount for part in parts) == total
    assert len(parts) == count <= limits.most
    assert min(part.amount for part in parts) >= max(limits.least, 1)
    assert parts[0].due >= TODAY
    if limits.first_days:
        assert first <= TODAY + timedelta(limits.first_days)
    if limits.most_days:
        assert parts[-1].due <= TODAY + timedelta(limits.most_days)


@given(totals, firsts, frequencies, counts, limits)
def test_looser_limits_refuse_nothing_more(total, first, frequency, count, limits):
    looser = offer.Limits(most=limits.most + 1, least=limits.least // 2)
    judged = judge(total, first, frequency, count, limits)
    if not judged.codes:
        assert judge(total, first, frequency, count, looser) == judged


@given(st.integers(1, 10**9), limits)
def test_as_many_as_are_offered_can_be_proposed(total, limits):
    """The page offers a choice, and each of it is taken."""
    most = offer.most_installments(total, limits)
    loose = offer.Limits(most=limits.most, least=limits.least)
    for count in range(1, most + 1):
        assert not judge(total, count=count, limits=loose).codes
    if 0 < limits.most:
        assert judge(total, count=most + 1, limits=loose).codes


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), max_size=20))
def test_an_amount_is_spread_oldest_first(amount, residuals):
    parts = offer.spread(amount, residuals)
    assert len(parts) == len(residuals)
    assert sum(parts) == min(amount, sum(residuals))
    assert all(0 <= part <= open_ for part, open_ in zip(parts, residuals, strict=True))
    for number, part in enumerate(parts):
        if part < residuals[number]:
            assert not any(parts[number + 1 :])


@pytest.mark.parametrize(
    ("case", "codes"),
    [
        ({"limits": offer.Limits(most=0)}, (offer.NONE,)),
        ({"total": 0}, (offer.NOTHING,)),
        ({"count": 0}, (offer.COUNT,)),
        ({"count": 13}, (offer.COUNT,)),
        ({"first": TODAY - timedelta(1)}, (offer.PAST,)),
        ({"count": 13, "first": TODAY - timedelta(1)}, (offer.COUNT, offer.PAST)),
        ({"first": date(1, 1, 1)}, (offer.PAST,)),
        ({"first": date.max, "count": 2}, (offer.IMPOSSIBLE,)),
        ({"total": 2, "count": 3}, (offer.IMPOSSIBLE,)),
        ({"limits": offer.Limits(most=12, first_days=30)}, ()),
        (
            {
                "first": TODAY + timedelta(31),
                "limits": offer.Limits(most=12, first_days=30),
            },
            (offer.LATE,),
        ),
        ({"limits": offer.Limits(most=12, least=333)}, ()),
        ({"limits": offer.Limits(most=12, least=334)}, (offer.SMALL,)),
        ({"limits": offer.Limits(most=12, most_days=61)}, ()),
        ({"limits": offer.Limits(most=12, most_days=60)}, (offer.LONG,)),
        (
            {"limits": offer.Limits(most=12, least=334, most_days=60)},
            (offer.SMALL, offer.LONG),
        ),
    ],
)
def test_right_values(case, codes):
    assert judge(**case).codes == codes


@pytest.mark.parametrize(
    ("total", "limits", "most"),
    [
        (100_000, offer.Limits(most=6, least=5000), 6),
        (12_000, offer.Limits(most=6, least=5000), 2),
        (4999, offer.Limits(most=6, least=5000), 0),
        (3, offer.Limits(most=6), 3),
        (100_000, offer.Limits(most=0), 0),
    ],
)
def test_how_many_at_most(total, limits, most):
    assert offer.most_installments(total, limits) == most
