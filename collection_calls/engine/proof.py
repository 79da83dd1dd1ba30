"""Whether somebody who was sent a link proves to be the right party.

They give the postcode or the customer number that we have on file, in whatever way
people write it: ``D-10115``, ``sw1a1aa``, ``k 00 123``, Arabic or full-width digits.
What is compared is what is left without case, blanks and punctuation.

A value of less than :data:`SHORTEST` characters, or of one repeated character
(``00000``, ``XXX``), proves nothing: it is on file for want of a better one.
"""

import hmac
import unicodedata
from typing import NamedTuple

POSTCODE, CUSTOMER_NUMBER = "postcode", "customer_number"
SHORTEST = 3
MOST_TRIES = 3
LONGEST = 64  # what is longer is no postcode and no customer number


class Known(NamedTuple):
    """What is on file. ``country`` is its ISO code, of postcodes."""

    kind: str
    value: str
    country: str = ""


def normalise(text):
    """Letters and digits alone, in upper case; digits of all scripts as 0 to 9.

    >>> normalise("D-10 115")
    'D10115'
    """
    plain = unicodedata.normalize("NFKC", (text or "")[:LONGEST])
    return "".join(_plain(each) for each in plain.casefold().upper() if each.isalnum())


def is_usable(known):
    """Whether something on file tells who knows it from who doesn't.

    :type known: Known
    """
    plain = normalise(known.value)
    return len(plain) >= SHORTEST and len(set(plain)) > 1


def proves(given, known):
    """Whether what was given is on file.

    Each value is compared in a time that doesn't tell how much of it is right.

    :param str given: as it was typed
    :param known: iterable of :class:`Known`
    """
    found = False
    for each in filter(is_usable, known):
        typed, stored = normalise(given), normalise(each.value)
        if each.kind == POSTCODE:
            typed, stored = (
                _strip_country(text, each.country.upper()) for text in (typed, stored)
            )
        typed, stored = _strip_zeros(typed), _strip_zeros(stored)
        found |= hmac.compare_digest(typed.encode(), stored.encode())
    return found


def _plain(character):
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _strip_country(code, country):
    """A postcode without what is written in front of it or, in the USA, behind it.

    ``D-10115`` and ``DE 10115`` are what German and Swiss letters have; codes that
    begin with a letter by themselves, as the British ones, stay as they are.
    """
    for prefix in (country, country[:1]):
        rest = code.removeprefix(prefix)
        if prefix and rest.isdigit():
            code = rest
            break
    if country == "US" and len(code) == 9:  # ZIP+4: the last four tell the block
        return code[:5]
    return code


def _strip_zeros(text):
    """Spreadsheets drop the zeros in front: 01067 (Dresden) is 1067 in their files."""
    return text.lstrip("0") if text.isdigit() else text
