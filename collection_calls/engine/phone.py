"""Telephone numbers as collectors type them."""

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult, timezone


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
        if reason == ValidationResult.IS_POSSIBLE:
            return parsed
    return None


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
