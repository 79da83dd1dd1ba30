"""How much less than agreed is as good as all of it, in another currency.

A tolerance is a round number that somebody chose: 5 of ours. Converted, it is one that
nobody would choose: 4.61 of theirs. So it is taken to the nearest of 1, 2 and 5, times
a power of ten.
"""

from decimal import Decimal
from math import log10

STEPS = (1, 2, 5, 10)


def round_amount(amount):
    """The round amount that is nearest to an amount, by their ratio.

    :param amount: converted already, in the other currency; not below zero
    :rtype: Decimal, zero for zero
    """
    if amount <= 0:
        return Decimal(0)
    power = Decimal(10) ** Decimal(str(amount)).adjusted()
    mantissa = float(Decimal(str(amount)) / power)
    nearest = min(STEPS, key=lambda step: abs(log10(step / mantissa)))
    return nearest * power
