"""For how long what was said is kept, apart from Odoo.

Regulation (EU) 2016/679, article 5(1)(e): no longer than is necessary for the purposes.
Article 17(3): what the law has us keep (b) and what claims are made or defended with
(e) needn't be erased when somebody asks for it.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

SAID = "said"
REASONS = "reasons"
NUMBERS = "numbers"
LETTERS = "letters"
EVENTS = "events"
PURPOSES = (SAID, REASONS, NUMBERS, LETTERS, EVENTS)
# What commercial and tax law has us keep: emptied by its age, not at once on request.
BY_LAW = (LETTERS, EVENTS)
LOOK_AGAIN = 30  # days after which an emptied case is looked through again


class Deadline(NamedTuple):
    """Cases closed on ``closed_by`` or before are due, unless they were emptied since
    they closed and after ``emptied_by``. Days on the company's calendar."""

    closed_by: date
    emptied_by: date


def get_deadlines(ages, today):
    """Which cases are due today, purpose by purpose.

    :param dict ages: {purpose: months that it is kept; 0: for good}
    :param date today: on the company's calendar
    :return: {purpose: Deadline}, without those that are kept for good
    """
    return {
        purpose: Deadline(subtract_months(today, months), today - timedelta(LOOK_AGAIN))
        for purpose, months in ages.items()
        if months > 0
    }


def get_due(closed, emptied, deadlines):
    """What of a case is to be emptied.

    :param date closed: when it was closed, and the last thing happened in it
    :param dict emptied: {purpose: day on which it was emptied last}
    :param deadlines: see :func:`get_deadlines`
    :rtype: frozenset
    """
    return frozenset(
        purpose
        for purpose, deadline in deadlines.items()
        if closed <= deadline.closed_by
        and not _is_done(emptied.get(purpose), closed, deadline)
    )


def _is_done(day, closed, deadline):
    return day is not None and day > max(closed, deadline.emptied_by)


def get_erasable(asked, ages, closed, today, include_by_law=False):
    """What may go at once when a person asks for it.

    :param asked: the purposes that are asked for
    :param ages: see :func:`get_deadlines`
    :param date closed: when the last case was closed; None if there is none
    :param bool include_by_law: somebody decided that no law has us keep it
    :rtype: frozenset
    """
    deadlines = get_deadlines(ages, today)
    return frozenset(
        purpose
        for purpose in asked
        if purpose not in BY_LAW
        or include_by_law
        or (
            purpose in deadlines
            and closed is not None
            and closed <= deadlines[purpose].closed_by
        )
    )


def subtract_months(day, months):
    """The same day so many months ago; the last one of a shorter month.

    Never before the first day that there is.
    """
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
