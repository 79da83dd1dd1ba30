"""What debtors may propose by themselves: apart from Odoo.

All amounts are integers in the smallest unit of the agreement's currency. All days are
days of the company's calendar.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from . import schedule

NONE, COUNT, PAST, LATE = "none", "count", "past", "late"
SMALL, LONG, NOTHING, IMPOSSIBLE = "small", "long", "nothing", "impossible"
CODES = (NONE, COUNT, PAST, LATE, SMALL, LONG, NOTHING, IMPOSSIBLE)


@dataclass(frozen=True)
class Limits:
    """What a company lets debtors propose.

    ``most`` installments, none at all if zero; the first one at most ``first_days``
    ahead; none below ``least``; the last one at most ``most_days`` ahead. Zero is no
    limit for each of the last three.
    """

    most: int
    first_days: int = 0
    least: int = 0
    most_days: int = 0


@dataclass(frozen=True)
class Judgement:
    """The schedule that was proposed, if there is one, and why it isn't taken.

    ``codes`` are those of :data:`CODES`, empty if it keeps to all limits.
    """

    installments: tuple
    codes: tuple


def judge(total, today, first, frequency, count, limits):
    """Hold a schedule that a debtor proposes against the limits of the company.

    Everything that is wrong with it is said at once.

    :param int total: what is to be paid
    :param date first: when the first installment is paid
    :param int count: how many there are
    :rtype: Judgement
    """
    if limits.most <= 0:
        return Judgement((), (NONE,))
    if total <= 0:
        return Judgement((), (NOTHING,))
    codes = []
    if not 1 <= count <= limits.most:
        codes.append(COUNT)
    if first < today:
        codes.append(PAST)
    elif limits.first_days and first > _ahead(today, limits.first_days):
        codes.append(LATE)
    if codes:
        return Judgement((), tuple(codes))
    try:
        installments = schedule.build(total, first, frequency, count=count)
    except schedule.ScheduleError:
        return Judgement((), (IMPOSSIBLE,))
    if min(installment.amount for installment in installments) < limits.least:
        codes.append(SMALL)
    last = installments[-1].due
    if limits.most_days and last > _ahead(today, limits.most_days):
        codes.append(LONG)
    return Judgement(installments, tuple(codes))


def most_installments(total, limits):
    """How many installments of an amount a debtor may propose; 0 for none."""
    most = min(limits.most, total)
    if limits.least > 0:
        most = min(most, total // limits.least)
    return max(most, 0)


def spread(amount, residuals):
    """Which part of an amount goes to which claim: the oldest is paid first.

    :param residuals: what is open on each claim, the oldest first
    :return: list of amounts, one for each claim; their sum is ``amount``, or all that
        is open if that is less
    """
    parts = []
    for residual in residuals:
        part = max(min(amount, residual), 0)
        parts.append(part)
        amount -= part
    return parts


def _ahead(day, days):
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max
