"""Which installments a plan has, and when each is due: apart from Odoo.

All amounts are integers in the smallest unit of the plan's currency. All days are days
of the company's calendar.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

WEEKLY, BIWEEKLY, MONTHLY, MONTH_END = "weekly", "biweekly", "monthly", "month_end"
FREQUENCIES = (WEEKLY, BIWEEKLY, MONTHLY, MONTH_END)
STEP = {WEEKLY: timedelta(days=7), BIWEEKLY: timedelta(days=14)}
MOST = 1200  # a hundred years of months: beyond it somebody mistyped
CODES = (
    "nothing",
    "frequency",
    "down_payment",
    "down_payment_day",
    "count",
    "amount",
    "too_many",
)


class ScheduleError(ValueError):
    """No plan can be made of this; ``code``, one of ``CODES``, says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Installment:
    due: date
    amount: int


def build(
    total,
    first,
    frequency,
    count=None,
    amount=None,
    down_payment=0,
    down_payment_day=None,
    working_day=None,
):
    """Split a debt into installments that sum up to it exactly.

    - ``count`` installments of the same amount, rounded down, or as many of ``amount``
      as it takes. The last one takes the rounding, or what is left. If both are
      given, ``count`` wins.
    - A day that a month doesn't have falls on the last day of that month. The next
      month has the day of ``first`` again.
    - At the end of the month, ``first`` only says in which month to start.
    - The down payment comes before the others and isn't counted with them.

    :param int total: what is to be paid, down payment included
    :param date first: when the first installment is due, down payment apart
    :param working_day: a function from a day to that day or the next working day; the
        installments are due on working days then, never two on one day or, unless
        they were planned so, on days that follow each other
    :raise ScheduleError: if there is no such plan
    :rtype: tuple[Installment, ...]
    """
    _check(total, first, frequency, down_payment, down_payment_day)
    amounts = _amounts(total - down_payment, count, amount)
    try:
        days = [_day(first, frequency, number) for number in range(len(amounts))]
        if down_payment:
            amounts, days = [down_payment, *amounts], [down_payment_day, *days]
        if working_day:
            days = _on_working_days(days, working_day)
    except OverflowError:  # beyond the last year of the calendar
        raise ScheduleError("too_many") from None
    return tuple(map(Installment, days, amounts))


def _check(total, first, frequency, down_payment, down_payment_day):
    if total <= 0:
        raise ScheduleError("nothing")
    if frequency not in FREQUENCIES:
        raise ScheduleError("frequency")
    if not 0 <= down_payment < total:
        raise ScheduleError("down_payment")
    if down_payment and not (down_payment_day and down_payment_day < first):
        raise ScheduleError("down_payment_day")


def _amounts(rest, count, amount):
    """Amounts that are never zero and sum up to ``rest``."""
    if count is None:
        if amount is None or amount < 1:
            raise ScheduleError("amount")
        count = -(-rest // amount)
    elif count < 1:
        raise ScheduleError("count")
    else:
        amount = rest // count
    if count > min(rest, MOST):
        raise ScheduleError("too_many")
    return [amount] * (count - 1) + [rest - amount * (count - 1)]


def _day(first, frequency, number):
    """Counted from ``first``: a short month shortens no month after it."""
    if frequency in STEP:
        return first + STEP[frequency] * number
    years, month = divmod(first.month - 1 + number, 12)
    year = first.year + years
    if year > MAXYEAR:
        raise OverflowError
    last = monthrange(year, month + 1)[1]
    day = last if frequency == MONTH_END else min(first.day, last)
    return date(year, month + 1, day)


def _on_working_days(days, working_day):
    """Move days to working days, none of them twice.

    A long closure would put several on the day it ends. They follow one by one then,
    and where they were further apart, with at least one working day in between.
    """
    moved = []
    for number, planned in enumerate(days):
        day = working_day(planned)
        if moved and (day <= moved[-1] or day != planned):
            earliest = working_day(moved[-1] + timedelta(days=1))
            if planned - days[number - 1] > timedelta(days=1):
                earliest = working_day(earliest + timedelta(days=1))
            day = max(day, earliest)
        moved.append(day)
    return moved
