"""Properties of paid, owed and missed: they hold for every plan and every ledger."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from collection_calls.engine.allocation import (
    DUE,
    MISSED,
    PAID,
    PARTIAL,
    SUPERSEDED,
    UPCOMING,
    Part,
    Receipt,
    allocate,
    arrears,
    deadline,
    missed,
    missed_ever,
    status,
)
from collection_calls.engine.bank_days import next_bank_day
from collection_calls.engine.schedule import MONTHLY, Installment, build

DAY = timedelta(days=1)
START = date(2026, 1, 1)

amounts = st.integers(1, 1_000)
days = st.dates(START - 10 * DAY, START + 250 * DAY)
money = st.integers(0, 10_000)
credit_sums = st.integers(-2_000, 10_000)
respites = st.none() | days
receipts = st.lists(st.builds(Receipt, days, st.integers(1, 1_500)), max_size=10).map(
    tuple
)
graces = st.integers(0, 30)
tolerances = st.integers(0, 200)


@st.composite
def plans(draw):
    """Installments in order, of any amounts: a plan may have been made by hand."""
    due, installments = START, []
    for gap, amount in draw(
        st.lists(st.tuples(st.integers(1, 40), amounts), min_size=1, max_size=8)
    ):
        due += gap * DAY
        installments.append(Installment(due, amount))
    return tuple(installments)


def total(parts):
    return sum(part.amount for part in parts)


def sum_of(receipts):
    return sum(receipt.amount for receipt in receipts)


def residuals(parts):
    return [part.residual for part in parts]


@given(plans(), money, credit_sums)
def test_no_cent_is_made_or_lost(plan, received, credited):
    parts = allocate(plan, received, credited)
    assert [part.due for part in parts] == [i.due for i in plan]
    assert all(0 <= part.paid <= part.amount for part in parts)
    assert total(parts) == max(total(plan) - credited, 0)
    assert sum(part.paid for part in parts) == min(received, total(parts))


@given(plans(), money, credit_sums, st.integers(0, 5_000), days)
def test_more_money_leaves_less_to_pay(plan, received, credited, more, today):
    before = allocate(plan, received, credited)
    after = allocate(plan, received + more, credited)
    pairs = zip(residuals(before), residuals(after), strict=True)
    assert all(less <= more for more, less in pairs)
    assert arrears(after, today) <= arrears(before, today)


@given(plans(), money, credit_sums, st.integers(0, 5_000), days)
def test_more_credit_leaves_less_to_pay(plan, received, credited, more, today):
    before = allocate(plan, received, credited)
    after = allocate(plan, received, credited + more)
    pairs = zip(residuals(before), residuals(after), strict=True)
    assert all(less <= more for more, less in pairs)
    assert arrears(after, today) <= arrears(before, today)


@given(plans(), money, credit_sums)
def test_money_goes_to_the_earliest(plan, received, credited):
    for part, following in pairwise(allocate(plan, received, credited)):
        assert not part.residual or not following.paid


@given(plans(), money, st.integers(0, 10_000))
def test_credits_shorten_the_plan_from_its_end(plan, received, credited):
    parts = allocate(plan, received, credited)
    for number, part in enumerate(parts):
        if part.amount < plan[number].amount:
            assert not total(parts[number + 1 :])


@given(plans(), money, st.integers(1, 2_000))
def test_what_is_undone_is_owed_at_the_end(plan, received, added):
    *parts, last = allocate(plan, received, -added)
    assert [part.amount for part in parts] == [i.amount for i in plan[:-1]]
    assert last.amount == plan[-1].amount + added


@given(plans(), credit_sums)
def test_money_taken_back_counts_as_none(plan, credited):
    assert allocate(plan, -500, credited) == allocate(plan, 0, credited)


@given(plans(), money, credit_sums, days, days)
def test_arrears_are_what_lacks_of_the_sum_due(plan, received, credited, one, other):
    """The debtor's own reckoning: what I should have paid, less what I have."""
    parts = allocate(plan, received, credited)
    due = sum(part.amount for part in parts if part.due < one)
    assert arrears(parts, one) == max(due - received, 0)
    early, late = sorted((one, other))
    assert arrears(parts, early) <= arrears(parts, late)


@given(plans(), receipts, credit_sums, days, graces, tolerances, respites)
def test_missed_now_was_missed_ever(
    plan, received, credited, today, grace, tolerance, respite
):
    parts = allocate(plan, sum_of(received), credited)
    now = missed(parts, today, grace, tolerance, respite)
    ever = missed_ever(plan, received, credited, today, grace, tolerance, respite)
    assert 0 <= now <= ever <= len(plan)


@given(plans(), receipts, credit_sums, days, graces, tolerances, respites)
def test_missed_ever_is_what_each_deadline_found(
    plan, received, credited, today, grace, tolerance, respite
):
    found = 0
    for number, installment in enumerate(plan):
        last_day = deadline(installment.due, grace, respite)
        by_then = sum_of(r for r in received if r.date <= last_day)
        part = allocate(plan, by_then, credited)[number]
        found += last_day < today and part.residual > tolerance
    ever = missed_ever(plan, received, credited, today, grace, tolerance, respite)
    assert ever == found


@given(
    plans(),
    receipts,
    credit_sums,
    days,
    tolerances,
    st.randoms(use_true_random=False),
)
def test_order_of_receipts_does_not_matter(
    plan, received, credited, today, tolerance, random
):
    shuffled = list(received)
    random.shuffle(shuffled)
    assert missed_ever(
        plan, tuple(shuffled), credited, today, 0, tolerance
    ) == missed_ever(plan, received, credited, today, 0, tolerance)


@given(
    plans(), receipts, credit_sums, days, graces, tolerances, st.integers(0, 40), days
)
def test_patience_never_finds_more(
    plan, received, credited, today, grace, tolerance, more, respite
):
    """More grace, more tolerance and a respite never make anything missed."""
    parts = allocate(plan, sum_of(received), credited)
    strict = (today, grace, tolerance)
    for patient in (
        (today, grace + more, tolerance),
        (today, grace, tolerance + more),
        (today, grace, tolerance, respite),
    ):
        assert missed(parts, *patient) <= missed(parts, *strict)
        ever = missed_ever(plan, received, credited, *patient)
        assert ever <= missed_ever(plan, received, credited, *strict)


@given(plans(), receipts, graces, days, st.integers(0, 60))
def test_nothing_is_missed_before_the_respite_is_over(
    plan, received, grace, respite, earlier
):
    parts = allocate(plan, sum_of(received), 0)
    today = respite - earlier * DAY
    assert not missed(parts, today, grace, 0, respite)
    assert not missed_ever(plan, received, 0, today, grace, 0, respite)


@given(plans(), receipts, credit_sums, days, days, graces, tolerances)
def test_a_miss_is_not_forgotten(
    plan, received, credited, one, other, grace, tolerance
):
    """Neither as time goes by, nor when late money comes in."""
    early, late = sorted((one, other))
    before = missed_ever(plan, received, credited, early, grace, tolerance)
    after = missed_ever(plan, received, credited, late, grace, tolerance)
    assert before <= after
    paid_late = (*received, Receipt(early, 10_000))
    assert before == missed_ever(plan, paid_late, credited, early, grace, tolerance)


@given(plans(), money, credit_sums, days, graces, tolerances, respites, st.booleans())
def test_every_installment_has_one_status(
    plan, received, credited, today, grace, tolerance, respite, accelerated
):
    parts = allocate(plan, received, credited)
    patience = (today, grace, tolerance, respite)
    found = [status(part, *patience, accelerated) for part in parts]
    for part, state in zip(parts, found, strict=True):
        assert (state == PAID) == (part.amount > 0 and part.residual == 0)
        if accelerated or not part.amount:
            assert state in (PAID, SUPERSEDED)
        else:
            assert state in (UPCOMING, DUE, PARTIAL, PAID, MISSED)
            assert state != PARTIAL or 0 < part.paid < part.amount
            assert state not in (DUE, MISSED) or part.due <= today
            assert state != UPCOMING or part.due > today
    if not accelerated:
        assert found.count(MISSED) == missed(parts, *patience)


@given(plans(), money, days)
def test_without_patience_arrears_and_misses_go_together(plan, received, today):
    parts = allocate(plan, received, 0)
    assert bool(arrears(parts, today)) == bool(missed(parts, today, 0, 0))


@given(plans())
def test_the_punctual_payer_misses_nothing(plan):
    for part, installment in zip(allocate(plan, 0, 0), plan, strict=True):
        assert deadline(part.due, 0) == installment.due
    received = tuple(Receipt(i.due, i.amount) for i in plan)
    assert not missed_ever(plan, received, 0, date.max, 0, 0)


@given(plans(), st.integers(1, 30))
def test_the_late_payer_misses_all_and_owes_nothing(plan, late):
    last = plan[-1].due
    assume(last < date(2027, 1, 1))
    received = (Receipt(last + late * DAY, total(plan)),)
    assert missed_ever(plan, received, 0, date.max, 0, 0) == len(plan)
    assert not missed(allocate(plan, total(plan), 0), date.max, 0, 0)


# 300.00 in three: 100.00 on the last day of January, February and March
PLAN = build(30_000, date(2026, 1, 31), MONTHLY, count=3)


def test_early_payment_covers_what_comes_next():
    """150.00 before anything is due: January is paid, and half of February."""
    parts = allocate(PLAN, 15_000, 0)
    assert [part.paid for part in parts] == [10_000, 5_000, 0]
    assert arrears(parts, date(2026, 2, 28)) == 0
    assert arrears(parts, date(2026, 3, 1)) == 5_000
    states = [status(part, date(2026, 2, 28), 3) for part in parts]
    assert states == [PAID, PARTIAL, UPCOMING]


def test_a_credit_of_120_takes_march_and_a_fifth_of_february():
    parts = allocate(PLAN, 8_000, 12_000)
    assert [part.amount for part in parts] == [10_000, 8_000, 0]
    assert residuals(parts) == [2_000, 8_000, 0]
    states = [status(part, date(2026, 2, 28), 3) for part in parts]
    assert states == [MISSED, DUE, SUPERSEDED]


def test_a_credit_beyond_the_plan_leaves_nothing():
    parts = allocate(PLAN, 5_000, 40_000)
    assert [(part.amount, part.paid) for part in parts] == [(0, 0)] * 3


def test_an_undone_match_lengthens_the_plan_at_its_end():
    parts = allocate(PLAN, 10_000, -2_500)
    assert [part.amount for part in parts] == [10_000, 10_000, 12_500]
    assert residuals(parts) == [0, 10_000, 12_500]


def test_the_day_itself_and_the_days_of_grace():
    """Due on 31 January with 3 days of grace: missed from 4 February on."""
    parts = allocate(PLAN, 0, 0)
    assert arrears(parts, date(2026, 1, 31)) == 0
    assert arrears(parts, date(2026, 2, 1)) == 10_000
    assert missed(parts, date(2026, 2, 3), 3, 0) == 0
    assert missed(parts, date(2026, 2, 4), 3, 0) == 1
    assert missed(parts, date(2026, 2, 4), 3, 0, respite=date(2026, 2, 4)) == 0
    assert missed(parts, date(2026, 2, 5), 3, 0, respite=date(2026, 2, 4)) == 1


def test_on_the_last_day_of_grace_is_in_time():
    on_it, after_it = date(2026, 2, 3), date(2026, 2, 4)
    today = date(2026, 2, 20)
    assert missed_ever(PLAN, (Receipt(on_it, 10_000),), 0, today, 3, 0) == 0
    assert missed_ever(PLAN, (Receipt(after_it, 10_000),), 0, today, 3, 0) == 1


def test_small_gaps_add_up():
    """98.00 a month with 5.00 tolerated: 2.00, 4.00, then 6.00 lack."""
    today = date(2026, 4, 30)
    received = tuple(Receipt(i.due, 9_800) for i in PLAN)
    parts = allocate(PLAN, 29_400, 0)
    assert residuals(parts) == [0, 0, 600]
    assert missed(parts, today, 0, 500) == 1
    assert missed_ever(PLAN, received, 0, today, 0, 500) == 1
    assert missed(parts, today, 0, 600) == 0
    assert status(parts[2], today, 0, 500) == MISSED
    assert status(parts[2], today, 0, 600) == PARTIAL


def test_once_accelerated_only_what_is_paid_stays():
    parts = allocate(PLAN, 15_000, 0)
    states = [status(part, date(2026, 4, 30), 3, accelerated=True) for part in parts]
    assert states == [PAID, SUPERSEDED, SUPERSEDED]


def test_the_calendar_ends():
    assert deadline(date.max, 5) == date.max
    part = Part(date.max, 100, 0)
    assert missed((part,), date.max, 5, 0) == 0
    assert status(part, date.max, 5) == DUE


def test_a_plan_without_installments():
    assert allocate((), 100, -100) == ()
    assert arrears((), START) == missed((), START, 0, 0) == 0
    assert missed_ever((), (), 0, START, 0, 0) == 0


def test_what_falls_due_on_a_saturday_is_in_arrears_on_tuesday():
    saturday = date(2026, 3, 7)
    parts = (Part(saturday, 100, 0),)
    late = {"grace_days": 0, "tolerance": 0, "bank_day": next_bank_day}
    for day, is_late in ((8, False), (9, False), (10, True)):
        today = date(2026, 3, day)
        assert arrears(parts, today, next_bank_day) == (100 if is_late else 0)
        assert missed(parts, today, **late) == is_late
        state = status(parts[0], today, **late)
        assert state == (MISSED if is_late else DUE)
    assert arrears(parts, date(2026, 3, 8)) == 100  # where bank days don't matter
