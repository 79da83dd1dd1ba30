"""Whom to call first, and why: the whole decision, apart from Odoo.

Every part of the priority is a share between nothing and all, weighs what the strategy
says, and gives that many of the 100 points:

- ``amount``: half at the typical amount, two thirds at twice as much;
- ``age``: half at 60 days overdue, two thirds at 120;
- ``broken_promises``: half for one, two thirds for two, three quarters for three;
- ``plan_incident``: all or nothing, while a plan is in arrears or fell due at once;
- ``call_back``: all or nothing, from the day on for which a call was agreed;
- ``silence``: half at 14 days since the last contact, all if there never was one;
- ``trust``: the share of promises that were not kept, half if none was made.

The parts that grow never reach all: more is always more, but less and less so.
"""

from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter, itemgetter

CODES = (
    "amount",
    "age",
    "broken_promises",
    "plan_incident",
    "call_back",
    "silence",
    "trust",
)
HALF_AGE = 60
HALF_BROKEN = 1
HALF_SILENCE = 14


_weights = attrgetter(*CODES)


@dataclass(frozen=True)
class Weights:
    """What the parts weigh, compared to each other: 2 and 1 are the same as 20 and 10.

    :raise ValueError: if one of them is below zero
    """

    amount: int = 30
    age: int = 20
    broken_promises: int = 15
    plan_incident: int = 10
    call_back: int = 15
    silence: int = 5
    trust: int = 5

    def __post_init__(self):
        if min(_weights(self)) < 0:
            raise ValueError(f"A weight is below zero: {self}")


@dataclass(frozen=True)
class Facts:
    """What is known of a debtor. Amounts are in the currency of the company.

    ``amount`` is what may be collected by calling. At the ``typical`` amount, that part
    is half of what it can be. ``days_since_contact`` is None if the right person was
    never spoken to, ``kept_rate`` (from 0 to 1) if there is no promise to judge by.
    """

    amount: Decimal | float = 0
    typical: Decimal | float = 1_000
    days_overdue: int = 0
    broken_promises: int = 0
    has_plan_incident: bool = False
    is_call_back_due: bool = False
    days_since_contact: int | None = None
    kept_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """The points that one part gives; ``code`` is its name in ``Weights``."""

    code: str
    points: int


@dataclass(frozen=True, slots=True)
class Priority:
    """From 0 to 100, and the parts that make it up, the most important one first."""

    score: int
    reasons: tuple[Reason, ...]


def score(facts, weights):
    """Say how urgent a call is.

    - More money, older debt, more broken promises and a longer silence never lower the
      score. More trust never raises it.
    - The points of the reasons add up to the score. Parts without points are left out.
    - Without any weight, there are no points.

    :rtype: Priority
    """
    weighing = _weights(weights)
    total = sum(weighing)
    if not total:
        return Priority(0, ())
    exact = (
        weight / total * share * 100
        for weight, share in zip(weighing, _shares(facts), strict=True)
    )
    points = _whole(exact)
    given = [(code, count) for code, count in zip(CODES, points, strict=True) if count]
    given.sort(key=itemgetter(1), reverse=True)
    return Priority(sum(points), tuple(Reason(*reason) for reason in given))


def _shares(facts):
    """In the order of the weights."""
    never = facts.days_since_contact is None
    distrust = 0.5 if facts.kept_rate is None else 1 - facts.kept_rate
    return (
        _half_at(float(facts.typical), float(facts.amount)),
        _half_at(HALF_AGE, facts.days_overdue),
        _half_at(HALF_BROKEN, facts.broken_promises),
        1 if facts.has_plan_incident else 0,
        1 if facts.is_call_back_due else 0,
        1 if never else _half_at(HALF_SILENCE, facts.days_since_contact),
        min(max(distrust, 0), 1),
    )


def _half_at(half, value):
    """Nothing at zero, half at ``half``, all at infinity.

    That is value / (value + half), written so that no rounding lets it fall.
    """
    if value <= 0:
        return 0
    return 1 - max(half, 0) / (value + max(half, 0))


def _whole(exact):
    """Whole points that add up to the rounded sum, each less than one off.

    What counts is how far each value moves the rounded sum, so nothing stays nothing.
    """
    points, reached, before = [], 0, 0
    for value in exact:
        reached += value
        points.append(int(reached + 0.5) - before)
        before += points[-1]
    return points
