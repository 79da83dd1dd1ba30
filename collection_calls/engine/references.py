"""Which of our numbers a payer has written on a bank transfer: apart from Odoo.

Banks and payers drop, add and change the signs between letters and digits, so only
those count: ``INV/2026/00059`` is also ``inv 2026-00059`` and ``INV202600059``. What is
part of a longer number, ``INV/2026/000591``, is another number.
"""

import re
from collections import defaultdict

# A shorter number is found in anything.
LEAST_SIGNS = 4
LEAST_DIGITS = 5  # of a number without letters

_SIGN = re.compile(r"[^\W_]")


def normalize(reference):
    """The letters and digits of a reference, in upper case."""
    return "".join(_SIGN.findall(reference or "")).upper()


class References:
    """Many numbers, each with what it stands for, to be found in many texts."""

    def __init__(self, pairs):
        """
        :param pairs: an iterable of (number as we write it, what it stands for)
        """
        self._owners = defaultdict(set)
        for reference, owner in pairs:
            signs = normalize(reference)
            if _is_telling(signs):
                self._owners[signs].add(owner)
        self._lengths = sorted({len(signs) for signs in self._owners})

    def find(self, text):
        """What the numbers in a text stand for.

        :rtype: set
        """
        places = [match.start() for match in _SIGN.finditer(text or "")]
        signs = "".join(text[place] for place in places).upper()
        if len(signs) != len(places):  # a letter whose upper case is two
            signs = "".join(text[place].upper()[:1] for place in places)
        found = set()
        for start in range(len(signs)):
            for length in self._lengths:
                end = start + length
                if end > len(signs):
                    break
                owners = self._owners.get(signs[start:end])
                if owners and _stands_alone(text, places[start], places[end - 1]):
                    found |= owners
        return found


def _is_telling(signs):
    return len(signs) >= (LEAST_DIGITS if signs.isdigit() else LEAST_SIGNS)


def _stands_alone(text, first, last):
    """Whether the number isn't part of a longer one, or of a word."""
    before, after = text[first - 1 : first], text[last + 1 : last + 2]
    if after.isdigit() and text[last].isdigit():
        return False
    if text[first].isdigit():
        return not before.isdigit()
    # A new word begins with a capital letter, as in "ratePLAN2026".
    return not before.isalpha() or (before.islower() and text[first].isupper())
