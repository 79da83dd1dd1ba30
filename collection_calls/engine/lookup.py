"""What people type to find somebody: a number, a document, a name.

A number stands in a thousand notations on file, and comes in another one from the
telephone: with or without the code of the country, the 0 before the area, blanks,
brackets, an extension. What all of them share are the digits of the national number,
one behind the other; they are looked for among the digits of what stands in the field.
"""

import re

from . import phone

LEAST_DIGITS = 5  # fewer are in too many numbers
LEAST_LETTERS = 2
# Digits as telephones and people write them, without words.
NUMBER = re.compile(r"[\d\s+()./,\-–—]*\d[\d\s+()./,\-–—#*]*$")


def number_digits(text, region=None):
    """Digits that each notation of a number contains, whether it is complete or not.

    :param str region: ISO 3166 code of the country from which it would be dialled
    :return: tuple of strings of digits, of which one is enough; empty if this is no
        number
    """
    readings = [phone.parse(spelling, region) for spelling in _spellings(text)]
    found = [phone.national_digits(number) for number in readings if number]
    if NUMBER.match(text.strip()):  # perhaps not all of it
        found.append(re.sub(r"\D", "", text).lstrip("0"))
    return tuple(dict.fromkeys(d for d in found if len(d) >= LEAST_DIGITS))


def number_forms(text, region=None):
    """The numbers that may be meant, as ``+49302312542``."""
    found = (phone.e164(spelling, region) for spelling in _spellings(text))
    return tuple(dict.fromkeys(number for number in found if number))


def words(text):
    """The words of a name, if this can be one."""
    if len(re.findall(phone.LETTER, text)) < LEAST_LETTERS:
        return ()
    return tuple(text.replace(",", " ").split())


def is_document(text):
    """Whether this can be the number of an invoice, or an order's: it has a digit."""
    return len(text.strip()) > 1 and bool(re.search(r"\d", text))


def _spellings(text):
    """As it was typed and, where an address has lost the plus, with it."""
    text = text.strip()
    yield text
    if re.match(r"[1-9]\d{7,}$", text):
        yield f"+{text}"
