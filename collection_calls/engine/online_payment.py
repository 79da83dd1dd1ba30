"""What a debtor can pay online of what was agreed: apart from Odoo.

All amounts are integers in the smallest unit of the agreement's currency. All days are
days of the company's calendar.

Money that is on its way counts as paid: nobody is asked for it twice. It goes to what
is due first, as it will when it arrives.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from .allocation import allocate, arrears

ARREARS, NEXT, PROMISED, ALL = "arrears", "next", "promised", "all"
OTHER = "other"  # an amount that the debtor chooses

NO_NUMBER, CHANGED = "no_number", "changed"
TOO_LITTLE, TOO_MUCH = "too_little", "too_much"
MOST = 10**15  # beyond it, the database loses cents


@dataclass(frozen=True)
class Offer:
    """Something that can be paid with one click. ``due`` is the day by which it is
    expected; None where it is due already, or on several days."""

    code: str
    amount: int
    due: date | None = None


@dataclass(frozen=True)
class Offers:
    """All that can be paid now: certain amounts, or any from ``least`` to ``most``.

    Where nothing is left to pay, both are 0 and there is no choice.
    """

    choices: tuple = ()
    least: int = 0
    most: int = 0
    under_way: int = 0

    def get(self, code):
        """The offer with this code, or None."""
        return next((offer for offer in self.choices if offer.code == code), None)


def of_plan(parts, residual, under_way, today, unit, bank_day=None, at_once=False):
    """What can be paid of an installment plan.

    :param parts: the plan's :class:`.allocation.Part`, in the order of their days
    :param int residual: what is open on the claims, as far as the plan is about it
    :param int under_way: money for these claims that hasn't been matched with them yet
    :param int unit: the smallest amount that somebody may choose
    :param bank_day: as :func:`.allocation.deadline` takes it
    :param bool at_once: whether the whole rest is due: there are no installments then
    :rtype: Offers
    """
    wanted = []
    if not at_once:
        parts = _arrived(parts, under_way)
        first = next((part for part in parts if part.residual), None)
        wanted.append(Offer(ARREARS, arrears(parts, today, bank_day)))
        if first:
            wanted.append(Offer(NEXT, first.residual, first.due))
    return _offer(wanted, residual, under_way, unit)


def of_promise(missing, due, residual, under_way, unit):
    """What can be paid of a promise.

    :param int missing: what was promised and hasn't come in yet
    :param date due: the promised day
    :param int residual: what is open on the claims, promised or not
    :rtype: Offers
    """
    promised = Offer(PROMISED, missing - under_way, due)
    return _offer([promised], residual, under_way, unit)


def _arrived(parts, money):
    """The same parts once this money is there."""
    paid = sum(part.paid for part in parts)
    return allocate(parts, paid + money, 0)


def _offer(wanted, residual, under_way, unit):
    left = max(residual - under_way, 0)
    choices, amounts = [], set()
    for offer in (*wanted, Offer(ALL, left)):
        amount = min(offer.amount, left)
        if amount > 0 and amount not in amounts:
            amounts.add(amount)
            choices.append(Offer(offer.code, amount, offer.due))
    return Offers(tuple(choices), min(unit, left), left, under_way)


def to_units(value, rounding):
    """An amount that came from outside, in the smallest unit of its currency.

    :param value: what was posted: a number, or a text as browsers send it
    :param float rounding: the currency's smallest unit
    :return: an integer; None where it is no amount that can be paid at all: no number,
        not finite, out of all bounds, or with a fraction of the smallest unit
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip()
    if "." not in text:
        text = text.replace(",", ".")
    if len(text) > 40:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or number.adjusted() > 20:
        return None
    units = number / Decimal(str(rounding))
    whole = units.to_integral_value()
    if abs(units - whole) > Decimal("0.001") or abs(whole) > MOST:
        return None
    return int(whole)


def find_fault(code, amount, offers):
    """Why this can't be paid, as far as what is offered now tells.

    :param str code: what was chosen
    :param amount: as :func:`to_units` returns it
    :return: one of the codes above; empty if it can be paid
    """
    if amount is None:
        return NO_NUMBER
    if code != OTHER:
        offer = offers.get(code)
        return "" if offer and offer.amount == amount else CHANGED
    if amount > offers.most:
        return TOO_MUCH
    if amount <= 0 or amount < offers.least:
        return TOO_LITTLE
    return ""


def digest(offers, *facts):
    """Stands for what somebody was shown: it is another one as soon as that changes."""
    return hashlib.sha256(repr((offers, facts)).encode()).hexdigest()[:16]
