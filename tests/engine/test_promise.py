"""Properties of the judgement on promises: they hold for every ledger."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from collection_calls.engine.promise import (
    BROKEN,
    KEPT,
    OPEN,
    PARTIAL,
    SUPERSEDED,
    TO_CHECK,
    VOID,
    Line,
    Promise,
    Receipt,
    Verdict,
    evaluate,
)

MADE = date(2026, 3, 10)
DEADLINE = date(2026, 3, 20)
AFTER = date(2026, 3, 21)
CLAIMS = (1, 2, 3)

amounts = st.integers(min_value=1, max_value=10_000)
days = st.dates(MADE - timedelta(days=20), DEADLINE + timedelta(days=20))
receipts = st.lists(
    st.builds(Receipt, st.sampled_from(CLAIMS), st.integers(100, 130), days, amounts),
    max_size=8,
).map(tuple)


@st.composite
def promises(draw):
    """A promise on some claims, with residuals that no receipt contradicts."""
    claims = draw(st.lists(st.sampled_from(CLAIMS), min_size=1, unique=True))
    lines = tuple(
        Line(claim, draw(amounts), draw(st.integers(0, 50_000))) for claim in claims
    )
    return Promise(
        made=MADE,
        deadline=DEADLINE,
        lines=lines,
        receipts=tuple(r for r in draw(receipts) if r.claim in claims),
        known=draw(st.frozensets(st.integers(100, 130), max_size=3)),
        pending=draw(st.integers(0, 20_000)),
        state=draw(st.sampled_from([OPEN, KEPT, PARTIAL, BROKEN, TO_CHECK, VOID])),
    )


def receive(promise, receipt):
    """The same promise after a receipt was matched: its claim is open for less."""
    lines = tuple(
        replace(line, residual=line.residual - receipt.amount)
        if line.claim == receipt.claim
        else line
        for line in promise.lines
    )
    return replace(promise, lines=lines, receipts=(*promise.receipts, receipt))


def credit(promise, claim, amount):
    lines = tuple(
        replace(line, residual=line.residual - amount) if line.claim == claim else line
        for line in promise.lines
    )
    return replace(promise, lines=lines)


def open_on(promise, claim):
    return next(line.residual for line in promise.lines if line.claim == claim)


@given(promises(), days, st.booleans())
def test_every_ledger_has_one_verdict(promise, today, scheduled):
    verdict = evaluate(promise, today, scheduled)
    assert verdict.state in (OPEN, KEPT, PARTIAL, BROKEN, TO_CHECK, VOID)
    assert 0 <= verdict.paid <= verdict.due <= sum(i.amount for i in promise.lines)
    again = evaluate(replace(promise, state=verdict.state), today, scheduled)
    assert again == verdict


@given(promises(), days, st.booleans(), st.randoms(use_true_random=False))
def test_order_of_receipts_does_not_matter(promise, today, scheduled, random):
    shuffled = list(promise.receipts)
    random.shuffle(shuffled)
    other = replace(promise, receipts=tuple(shuffled))
    assert evaluate(other, today, scheduled) == evaluate(promise, today, scheduled)


@given(promises(), st.dates(MADE, DEADLINE + timedelta(days=20)), amounts, days)
def test_kept_is_never_taken_back_by_a_later_receipt(promise, today, amount, day):
    claim = promise.lines[0].claim
    promised = sum(line.amount for line in promise.lines)
    kept = receive(promise, Receipt(claim, 998, MADE, promised))
    assert evaluate(kept, today).state == KEPT
    # Whatever comes in later, the claim is open for that much.
    kept = credit(kept, claim, min(open_on(kept, claim) - amount, 0))
    later = receive(kept, Receipt(claim, 999, day, amount))
    assert evaluate(replace(later, state=KEPT), today).state == KEPT


@given(promises(), days, st.integers(0, 20_000), st.booleans())
def test_credits_never_bring_money(promise, today, amount, scheduled):
    claim = promise.lines[0].claim
    assume(open_on(promise, claim) >= amount)
    before = evaluate(promise, today, scheduled)
    after = evaluate(credit(promise, claim, amount), today, scheduled)
    assert after.paid <= before.paid
    assert after.due <= before.due
    if not before.paid:
        assert after.state != KEPT


@given(promises(), days)
def test_money_outside_the_days_keeps_nothing(promise, today):
    outside = tuple(r for r in promise.receipts if not MADE <= r.date <= DEADLINE)
    assert evaluate(replace(promise, receipts=outside), today).paid == 0


@given(promises(), days)
def test_money_that_was_there_before_keeps_nothing(promise, today):
    known = frozenset(receipt.item for receipt in promise.receipts)
    assert evaluate(replace(promise, known=known), today).paid == 0


@given(amounts, amounts, st.lists(st.tuples(days, amounts), max_size=6))
def test_money_never_counts_twice(first, second, paid):
    """A second promise on the same claim, made once the first was kept."""
    total = first + second + sum(amount for _day, amount in paid)
    received = tuple(
        Receipt(1, number, day, amount) for number, (day, amount) in enumerate(paid)
    )
    known = frozenset(r.item for r in received if r.date <= DEADLINE)
    residual = total - sum(r.amount for r in received)
    old = Promise(MADE, DEADLINE, (Line(1, first, residual),), received)
    new = Promise(
        DEADLINE,
        DEADLINE + timedelta(days=30),
        (Line(1, second, residual),),
        received,
        known,
    )
    money = sum(r.amount for r in received if r.date >= MADE)
    today = DEADLINE + timedelta(days=40)
    assert evaluate(old, today).paid + evaluate(new, today).paid <= money


@given(promises(), days)
def test_only_the_schedule_gives_up(promise, today):
    fresh = replace(promise, state=OPEN)
    assert evaluate(fresh, today).state in (OPEN, KEPT, VOID)
    on_the_last_day = evaluate(fresh, DEADLINE, scheduled=True)
    assert on_the_last_day.state in (OPEN, KEPT, VOID)
    assert evaluate(fresh, AFTER, scheduled=True).state != OPEN


@given(promises())
def test_not_broken_while_money_lies_around(promise):
    verdict = evaluate(replace(promise, pending=10**9), AFTER, scheduled=True)
    assert verdict.state in (KEPT, VOID, TO_CHECK)
    without = evaluate(replace(promise, pending=0), AFTER, scheduled=True)
    assert without.state in (KEPT, VOID, PARTIAL, BROKEN)


@given(promises(), days, st.booleans())
def test_a_promise_without_claims_is_superseded(promise, today, scheduled):
    gone = replace(promise, lines=())
    assert evaluate(gone, today, scheduled).state == SUPERSEDED


@given(promises(), amounts)
def test_what_is_undone_opens_the_promise_again(promise, amount):
    claim = promise.lines[0].claim
    bare = replace(
        promise,
        lines=(Line(claim, amount, amount),),
        receipts=(),
        known=frozenset(),
        state=OPEN,
    )
    kept = receive(bare, Receipt(claim, 1, MADE, amount))
    assert evaluate(kept, AFTER).state == KEPT
    assert evaluate(replace(bare, state=KEPT), AFTER).state == OPEN


def test_a_vanished_claim_voids_the_promise():
    gone = Promise(MADE, DEADLINE, (Line(1, 500, 0),))
    assert evaluate(gone, MADE).state == VOID


@given(promises(), days, st.integers(0, 20_000), st.booleans())
def test_what_comes_too_late_changes_nothing(promise, today, amount, scheduled):
    """A credit after the deadline, or money that a newer promise waited for."""
    claim = promise.lines[0].claim
    assume(open_on(promise, claim) >= amount)
    lines = tuple(
        replace(line, later=amount) if line.claim == claim else line
        for line in credit(promise, claim, amount).lines
    )
    after = evaluate(replace(promise, lines=lines), today, scheduled)
    assert after == evaluate(promise, today, scheduled)


def test_a_discount_lowers_the_promise():
    discounted = Promise(MADE, DEADLINE, (Line(1, 100, 0),), (Receipt(1, 7, MADE, 98),))
    verdict = evaluate(discounted, MADE)
    assert (verdict.state, verdict.due, verdict.paid) == (KEPT, 98, 98)


def test_more_on_one_claim_is_money_all_the_same():
    """500 promised on each of two claims; the debtor pays 1000, matched with one."""
    promise = Promise(
        MADE,
        DEADLINE,
        (Line(1, 500, 0), Line(2, 500, 500)),
        (Receipt(1, 7, MADE, 1000),),
    )
    assert evaluate(promise, MADE).state == KEPT


def test_money_of_a_day_to_come_keeps_nothing_before_that_day():
    """A payment dated in September pays nothing in March, though it is matched."""
    promise = Promise(
        made=MADE,
        deadline=MADE + timedelta(days=5),
        lines=(Line(1, 1000, 0),),
        receipts=(Receipt(1, 7, MADE + timedelta(days=3), 1000),),
    )
    assert evaluate(promise, MADE).state == OPEN
    assert evaluate(promise, MADE + timedelta(days=3)).state == KEPT
    late = replace(promise, receipts=(Receipt(1, 7, MADE + timedelta(days=180), 1000),))
    assert evaluate(late, MADE + timedelta(days=6), scheduled=True).state == BROKEN


def test_money_on_another_part_of_the_invoice_counts():
    promise = Promise(
        made=MADE,
        deadline=MADE + timedelta(days=5),
        lines=(Line(1, 500, 500),),
        elsewhere=(Receipt(1, 7, MADE, 500),),
    )
    assert evaluate(promise, MADE) == Verdict(KEPT, 500, 500)


@given(promises(), days, st.booleans())
def test_nothing_is_broken_on_books_that_end_before_the_deadline(
    promise, today, scheduled
):
    unbooked = replace(promise, is_unbooked=True, state=OPEN)
    assert evaluate(unbooked, today, scheduled).state not in (BROKEN, PARTIAL)


@given(promises(), days, st.booleans())
def test_nothing_is_said_for_good_while_the_ledger_is_unclear(
    promise, today, scheduled
):
    unclear = replace(promise, is_unclear=True)
    assert evaluate(unclear, today, scheduled).state in (TO_CHECK, SUPERSEDED)
