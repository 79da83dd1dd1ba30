"""Which installments are paid, and which were missed: apart from Odoo.

All amounts are integers in the smallest unit of the plan's currency. All days are days
of the company's calendar.

What a plan says of its installments is never stored against the ledger: it follows
from the money that was matched with its claims, and from the credits on them.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

UPCOMING, DUE, PARTIAL, PAID = "upcoming", "due", "partial", "paid"
MISSED, SUPERSEDED = "missed", "superseded"


@dataclass(frozen=True)
class Receipt:
    """Money that was matched with the plan's claims. ``date`` is the accounting date:
    it says whether the money came in time, whenever it was matched. Money of a day to
    come is no receipt yet."""

    date: date
    amount: int


@dataclass(frozen=True)
class Part:
    """An installment: what is owed after credits, and what is paid of that."""

    due: date
    amount: int
    paid: int

    @property
    def residual(self):
        return self.amount - self.paid


def allocate(installments, received, credited):
    """Spread money and credits over the installments, given in the order of their days.

    - Money goes to the earliest installment that isn't paid. So early payment covers
      what comes next. Money beyond the plan stays unallocated.
    - Credits shorten the plan from its end. If they are negative, because an older
      match was undone and the claims are open for more than was planned, the last
      installment takes what was added.

    :param int received: all the money that was matched with the claims
    :rtype: tuple[Part, ...]
    """
    parts, left = [], max(received, 0)
    owed = _owed(installments, credited)
    for installment, amount in zip(installments, owed, strict=True):
        paid = min(amount, left)
        left -= paid
        parts.append(Part(installment.due, amount, paid))
    return tuple(parts)


def _owed(installments, credited):
    """What is owed of each installment after credits."""
    owed = [installment.amount for installment in installments]
    for number in reversed(range(len(owed))):
        lowered = min(owed[number], credited)
        owed[number] -= lowered
        credited -= lowered
    return owed


def deadline(due, grace_days, respite=None, bank_day=None):
    """The last day on which an installment can be paid without being missed.

    :param int grace_days: days after the due day that don't count
    :param respite: no deadline ends before this day
    :param bank_day: a function from a day to that day or, if no bank works then, the
        next one on which they do; None where that makes no difference
    """
    grace = min(grace_days, (date.max - due).days)  # the calendar ends
    day = due + timedelta(days=grace)
    if respite:
        day = max(day, respite)
    return bank_day(day) if bank_day else day


def arrears(parts, today, bank_day=None):
    """What should have been paid before ``today``, without any days of grace.

    What is due today isn't in arrears: the money may come in the course of the day.
    Nor is what was due on a day on which no bank works, until the next one is over.
    """
    return sum(
        part.residual for part in parts if deadline(part.due, 0, None, bank_day) < today
    )


def missed(parts, today, grace_days, tolerance, respite=None, bank_day=None):
    """How many installments are missed now: over their deadline, and more than the
    tolerance is still to be paid of them.

    As money goes to the earliest first, what lacks of one installment shows up as a
    gap in the next. So small gaps aren't tolerated one by one: they add up. For the
    same reason the missed ones follow one upon another.
    """
    return sum(
        _is_missed(part, today, grace_days, tolerance, respite, bank_day)
        for part in parts
    )


def missed_ever(
    installments,
    receipts,
    credited,
    today,
    grace_days,
    tolerance,
    respite=None,
    bank_day=None,
):
    """How many installments weren't paid by their deadline, those paid late included.

    What came by then is judged by the accounting dates of the receipts. Installments
    that a credit covers by now were never missed.
    """
    receipts = sorted(receipts, key=lambda receipt: receipt.date)
    days = [receipt.date for receipt in receipts]
    sums = list(accumulate((receipt.amount for receipt in receipts), initial=0))
    planned, count = 0, 0
    owed = _owed(installments, credited)
    for installment, amount in zip(installments, owed, strict=True):
        planned += amount
        last_day = deadline(installment.due, grace_days, respite, bank_day)
        gap = planned - sums[bisect_right(days, last_day)]
        count += today > last_day and min(gap, amount) > tolerance
    return count


def status(
    part,
    today,
    grace_days,
    tolerance=0,
    respite=None,
    accelerated=False,
    bank_day=None,
):
    """The state of one installment.

    Past its deadline with a gap that is tolerated, it is partly paid, or still due.

    :param bool accelerated: whether all that remains of the plan is due at once; what
        wasn't paid by then is no installment any more
    """
    if not part.amount:
        return SUPERSEDED
    if not part.residual:
        return PAID
    if accelerated:
        return SUPERSEDED
    if _is_missed(part, today, grace_days, tolerance, respite, bank_day):
        return MISSED
    if part.paid:
        return PARTIAL
    return DUE if part.due <= today else UPCOMING


def _is_missed(part, today, grace_days, tolerance, respite, bank_day):
    over = today > deadline(part.due, grace_days, respite, bank_day)
    return over and part.residual > tolerance
