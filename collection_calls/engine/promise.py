"""Whether a promise to pay is kept: the whole decision, apart from Odoo.

All amounts are integers in the smallest unit of the promise's currency. All days are
days of the company's calendar.
"""

from dataclasses import dataclass
from datetime import date

OPEN, KEPT, PARTIAL, BROKEN = "open", "kept", "partial", "broken"
TO_CHECK, VOID, SUPERSEDED = "to_check", "void", "superseded"
STANDING = (OPEN, TO_CHECK)
FAILED = (PARTIAL, BROKEN)
JUDGED = (KEPT, *FAILED)


@dataclass(frozen=True)
class Receipt:
    """Money that was matched with a claim, as far as it was matched.

    ``item`` tells one piece of money from another, however often it is matched.
    """

    claim: int
    item: int
    date: date
    amount: int


@dataclass(frozen=True)
class Line:
    """What was promised on a claim, and what is open on it now.

    ``later`` is what was taken off the claim too late for this promise: by credits
    dated after the deadline, and by money that a newer promise waited for.
    """

    claim: int
    amount: int
    residual: int
    later: int = 0


@dataclass(frozen=True)
class Promise:
    """What was promised, until when, and what the ledger says now.

    ``lines`` leaves out the claims that a newer promise took over. ``known`` is the
    money that had arrived before the promise was made. ``elsewhere`` is money on other
    parts of the promised invoices that nothing else claims. ``pending`` is money of the
    debtor that isn't matched with anything yet, dated up to the deadline.
    ``is_unbooked`` says that the books don't reach the deadline yet, ``is_unclear``
    that the ledger tells nothing for the moment: money may have gone back, an invoice
    is being replaced. ``stopped`` is what nobody may ask for now of what is missing:
    the debtor is on hold, an invoice is blocked, or disputed.
    """

    made: date
    deadline: date
    lines: tuple[Line, ...]
    receipts: tuple[Receipt, ...] = ()
    known: frozenset[int] = frozenset()
    elsewhere: tuple[Receipt, ...] = ()
    pending: int = 0
    is_unbooked: bool = False
    is_unclear: bool = False
    stopped: int = 0
    state: str = OPEN


@dataclass(frozen=True)
class Verdict:
    """``due`` is what is left of the promised amount after credits; ``paid`` is what
    came in of it, never more than ``due``."""

    state: str
    due: int
    paid: int


def evaluate(promise, today, scheduled=False):
    """Judge a promise by what the ledger says.

    - Receipts dated from the day of the promise to the deadline keep it, whenever they
      were matched. Their order doesn't matter.
    - Credits, and money that came earlier, leave less to be paid, and keep nothing.
      Credits dated after the deadline come too late for that: a debt that is written
      off then doesn't turn a broken promise into a kept one.
    - Only the scheduled evaluation gives up on a promise, on the first day after the
      deadline. What it gave up on is judged anew whenever money turns up.
    - Money of a day to come keeps nothing before that day.
    - A promise isn't broken while money lies around that would cover the gap, nor on
      books that end before the deadline.
    - Nothing is said for good while the ledger is unclear: somebody has to look.
    - Nor is a promise broken by what nobody may ask for: it waits until that is over.

    :param bool scheduled: whether this is the scheduled evaluation
    :rtype: Verdict
    """
    in_time, late = _split(promise, today)
    due = sum(_due(line, in_time, late) for line in promise.lines)
    last = min(promise.deadline, today)
    elsewhere = sum(r.amount for r in promise.elsewhere if r.date <= last)
    paid = min(sum(in_time.values()) + elsewhere, due)
    return Verdict(_state(promise, due, paid, today, scheduled), due, paid)


def _split(promise, today):
    """New money by claim: what came in time, and what came or comes after that."""
    last = min(promise.deadline, today)
    in_time, late = {}, {}
    for receipt in promise.receipts:
        if receipt.date >= promise.made and receipt.item not in promise.known:
            bucket = in_time if receipt.date <= last else late
            bucket[receipt.claim] = bucket.get(receipt.claim, 0) + receipt.amount
    return in_time, late


def _due(line, in_time, late):
    """What was promised, but no more than there was to be paid by the deadline."""
    new_money = in_time.get(line.claim, 0) + late.get(line.claim, 0)
    return min(line.amount, max(line.residual, 0) + new_money + line.later)


def _state(promise, due, paid, today, scheduled):
    if not promise.lines:
        return SUPERSEDED
    if promise.is_unclear:
        return TO_CHECK
    if not due:
        return VOID
    if paid >= due:
        return KEPT
    over = today > promise.deadline
    if not over or not (scheduled or promise.state in (*FAILED, TO_CHECK)):
        return OPEN
    if promise.pending >= due - paid:
        return TO_CHECK
    waits = promise.is_unbooked or 0 < due - paid <= promise.stopped
    if waits and promise.state not in FAILED:
        return OPEN
    return PARTIAL if paid else BROKEN
