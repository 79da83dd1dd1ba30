"""Telephone numbers as collectors type them."""

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    ValidationResult,
    timezone,
)

NOT_A_NUMBER, NO_COUNTRY, UNKNOWN_COUNTRY = "no_number", "no_country", "unknown_country"
TOO_SHORT, TOO_LONG = "too_short", "too_long"
NO_AREA, WRONG_LENGTH = "no_area", "wrong_length"

PARSE_PROBLEMS = {
    NumberParseException.TOO_SHORT_AFTER_IDD: TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: TOO_SHORT,
    NumberParseException.TOO_LONG: TOO_LONG,
}
LENGTH_PROBLEMS = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NO_AREA,
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.INVALID_LENGTH: WRONG_LENGTH,
    ValidationResult.INVALID_COUNTRY_CODE: UNKNOWN_COUNTRY,
}


def parse(number, region=None):
    """Read a number the way it is dialled from ``region``.

    Numbers that are possible but not (yet) assigned pass: numbering plans
    change faster than the library that knows them.

    :param str number: as typed; ``00`` and ``+`` prefixes are understood
    :param str region: ISO 3166 code of the debtor's country, for national numbers
    :rtype: phonenumbers.PhoneNumber | None, None if nobody can dial that number
    """
    for text in _spellings(number or ""):
        try:
            parsed = phonenumbers.parse(text, region or None)
        except phonenumbers.NumberParseException:
            continue
        reason = phonenumbers.is_possible_number_with_reason(parsed)
        if reason == ValidationResult.IS_POSSIBLE and not _is_stump(parsed):
            return parsed
    return None


def _is_stump(parsed):
    """Whether the 0 before an area code was left on, as nothing rings without it.

    Germany has numbers so short that “030 1” would pass for one.
    """
    return parsed.italian_leading_zero and not phonenumbers.is_valid_number(parsed)


def problem(number, region=None):
    """Why nobody can dial a number, as a code; None if it can be dialled.

    For the arguments see :func:`parse`.
    """
    if parse(number, region):
        return None
    *_others, text = _spellings(number or "")
    try:
        parsed = phonenumbers.parse(text, region or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return UNKNOWN_COUNTRY if is_international(text) else NO_COUNTRY
        return PARSE_PROBLEMS.get(error.error_type, NOT_A_NUMBER)
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason == ValidationResult.IS_POSSIBLE:
        return TOO_SHORT  # a stump
    return LENGTH_PROBLEMS.get(reason, NOT_A_NUMBER)


def is_known(number, region=None):
    """Whether a number belongs to those that its country has given out so far."""
    parsed = parse(number, region)
    return bool(parsed) and phonenumbers.is_valid_number(parsed)


def is_international(number):
    """Whether a number, as typed, begins with the code of a country."""
    return (number or "").strip().startswith(("+", "00"))


def e164(number, region=None):
    """:return: the number as ``+49302312542``, or None if it is impossible."""
    return _format(number, region, PhoneNumberFormat.E164)


def international(number, region=None):
    """:return: the number as ``+49 30 2312542``, or None if it is impossible."""
    return _format(number, region, PhoneNumberFormat.INTERNATIONAL)


def _format(number, region, number_format):
    parsed = parse(number, region)
    return parsed and phonenumbers.format_number(parsed, number_format)


def _spellings(number):
    """The number as it stands and, for people who dial 00, with a plus."""
    number = number.strip()
    yield number
    if number.startswith("00"):
        yield f"+{number[2:]}"


def time_zones(number, region=None):
    """Time zones in which a number may ring.

    :return: names such as ``Europe/Berlin``, none if the number is impossible or says
        nothing about its place
    """
    parsed = parse(number, region)
    zones = timezone.time_zones_for_number(parsed) if parsed else ()
    return [zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE]
