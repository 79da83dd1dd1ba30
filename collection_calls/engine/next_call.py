"""When to call a debtor next, and why: the whole decision, apart from Odoo.

A planned call counts as it is. Else the strategy proposes a day, where there is
something to call about and the debtor is let on the list:

- a promise broken or a plan in trouble since the last call: the day it happened;
- nobody tried since the debt is overdue: some days after that;
- the last attempt reached nobody: some working days after it;
- the last thing was a conversation: some days after it.

What is proposed isn't proposed for the day on which the debtor promised something.
A day that has passed stays: who waits longest comes first, and nothing has to be
written each night. All days are days of the company's calendar.
"""

from dataclasses import dataclass
from datetime import date, timedelta

PLANNED = "planned"
PROMISE_BROKEN = "promise_broken"
PLAN_INCIDENT = "plan_incident"
FIRST = "first"
RETRY = "retry"
FOLLOW_UP = "follow_up"
PROPOSED = (FIRST, RETRY, FOLLOW_UP)


@dataclass(frozen=True)
class Terms:
    """Whom a strategy lets on the list, and when they are called."""

    amount_min: float = 0
    days_overdue_min: int = 0
    first_call_days: int = 0
    retry_days: int = 1
    follow_up_days: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known of a debtor; days are None where nothing happened.

    ``is_to_call`` says that something may be collected by calling: ``amount``, in the
    currency of the company. ``last_attempt`` is later than ``last_contact``, or None.
    ``promise_broken`` is the first day after the latest promise that wasn't kept;
    ``plan_incident`` the last day on which something happened to a plan that is still
    in trouble. ``promised`` is the last day on which the debtor promised something that
    is still to come.
    """

    today: date
    is_on_hold: bool = False
    is_to_call: bool = False
    planned: date | None = None
    amount: float = 0
    overdue_since: date | None = None
    last_attempt: date | None = None
    last_contact: date | None = None
    promise_broken: date | None = None
    plan_incident: date | None = None
    promised: date | None = None


@dataclass(frozen=True)
class NextCall:
    """A day, or the day ``working_days`` working days after it."""

    code: str
    day: date
    working_days: int = 0

    @property
    def start(self):
        """From where on a calling day is looked for, if it is proposed."""
        return self.day, self.working_days


def next_call(facts, terms):
    """The next call with a debtor.

    :param Terms terms: of the strategy; None if there is none
    :return: a :class:`NextCall`, or None if nobody calls
    """
    if facts.is_on_hold:
        return None
    if facts.planned:
        return NextCall(PLANNED, facts.planned)
    if not facts.is_to_call or not facts.overdue_since:
        return None
    call = _incident(facts) or (_proposal(facts, terms) if terms else None)
    return _not_on_the_same_day(call, facts) if call else None


def _not_on_the_same_day(call, facts):
    """Nobody is called on the day on which they promised something."""
    if facts.promised != facts.today or call.day > facts.today:
        return call
    tomorrow = facts.today + timedelta(1)
    return NextCall(call.code, tomorrow, max(call.working_days - 1, 0))


def day_after(day):
    """The first day on which a promise due on ``day`` is broken."""
    return day + timedelta(1)


def _incident(facts):
    """What happened since the debtor was last called; it is about this debt."""
    spoken = max(_days(facts.last_attempt, facts.last_contact), default=date.min)
    broken, incident = facts.promise_broken, facts.plan_incident
    if incident and incident > spoken:
        return NextCall(PLAN_INCIDENT, incident)
    if broken and broken > max(spoken, facts.overdue_since):
        return NextCall(PROMISE_BROKEN, broken)
    return None


def _proposal(facts, terms):
    # What fell due at once may be due before its invoice.
    since = min(_days(facts.overdue_since, facts.plan_incident))
    let_on = since + timedelta(terms.days_overdue_min)
    if facts.today < let_on or facts.amount < terms.amount_min:
        return None
    contact = facts.last_contact if _is_since(since, facts.last_contact) else None
    attempt = facts.last_attempt if _is_since(since, facts.last_attempt) else None
    if attempt:
        return NextCall(RETRY, attempt, terms.retry_days)
    if contact:
        return NextCall(FOLLOW_UP, contact + timedelta(terms.follow_up_days))
    return NextCall(FIRST, max(let_on, since + timedelta(terms.first_call_days)))


def _is_since(since, day):
    return day is not None and day >= since


def _days(*days):
    return [day for day in days if day]
