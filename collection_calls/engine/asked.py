"""What a debtor is asked to pay: one sum, on paper and on the telephone.

What is open is lowered by what the debtor objects to and by credits that nobody has
matched yet. What is promised is never more than what is left of its claim.

All amounts are in the smallest unit of one currency, and the claims are in order of
time: money goes to the oldest first, so objections hold back the last parts of an
invoice, and credits lower the first claims.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """What is open of one claim, and what is promised of it.

    ``invoice`` is whatever tells invoices apart.
    """

    invoice: object
    open: int
    promised: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """``open`` = ``disputed`` + ``credited`` + ``left``; ``promised`` is at most what
    isn't disputed; ``asked`` is what the debtor is asked to pay now."""

    open: int
    disputed: int
    credited: int
    left: int
    promised: int
    asked: int


def settle(claims, undisputed=None, credit=0):
    """The rows of these claims, in their order.

    :param dict undisputed: what may be asked for of invoices with an open dispute, by
        invoice: of all of their parts, those that aren't spoken about too
    :param int credit: what was credited and isn't matched yet
    :rtype: list[Row]
    """
    free, rows = dict(undisputed or {}), []
    is_promised = any(claim.promised > 0 for claim in claims)
    for claim in claims:
        whole = max(claim.open, 0)
        calm = min(whole, max(free.get(claim.invoice, whole), 0))
        if claim.invoice in free:
            free[claim.invoice] -= calm
        credited = min(calm, max(credit, 0))
        credit -= credited
        promised = min(max(claim.promised, 0), calm)
        left = calm - credited
        asked = promised if is_promised else left
        rows.append(Row(whole, whole - calm, credited, left, promised, asked))
    return rows
