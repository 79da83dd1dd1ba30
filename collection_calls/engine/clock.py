"""Whose clock counts when somebody is called: the whole decision, apart from Odoo.

What the debtor's own time zone says counts first, where it can be theirs; then the
country, where it has one clock; then the number. Whoever is asked about a debtor in a
country of many clocks, whose number says nothing, goes by the clock of the caller.

A number of another country than the debtor's rings there: that country counts, or the
number's own zones in it.

``phonenumbers`` knows the zones of numbers from lists that are older than what
countries have decided since, and that use one zone for all that had its clock when they
were made: Paris for Algiers, Noronha for Recife. So its answer is put right
(``CORRECTIONS``), and never leaves the country of the number. ``readme/CLOCKS.md`` says
how each of that was seen.

Zones are names of the IANA time zone database; their clocks are those that ``pytz``
shows, for calls and for analyses alike.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import phonenumbers
import pytz
from phonenumbers import PhoneNumberType, timezone

CONTACT, COUNTRY, NUMBER, COMPANY = "contact", "country", "number", "company"

# Names that were given up, and the ones in their place. The file ``backward`` of the
# IANA time zone database, which says so; where it names another city than the old one
# was, as its comments ("#=") do. Systems may have no files for the old names any more
# (Debian keeps them in tzdata-legacy), while CLDR and who follows it still use them.
MODERN = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Fort_Wayne": "America/Indiana/Indianapolis",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Choibalsan": "Asia/Ulaanbaatar",
    "Asia/Dacca": "Asia/Dhaka",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Macao": "Asia/Macau",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Thimbu": "Asia/Thimphu",
    "Asia/Ujung_Pandang": "Asia/Makassar",
    "Asia/Ulan_Bator": "Asia/Ulaanbaatar",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Europe/Kiev": "Europe/Kyiv",
    "Europe/Uzhgorod": "Europe/Kyiv",
    "Europe/Zaporozhye": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "US/Alaska": "America/Anchorage",
    "US/Arizona": "America/Phoenix",
    "US/Central": "America/Chicago",
    "US/Eastern": "America/New_York",
    "US/Hawaii": "Pacific/Honolulu",
    "US/Michigan": "America/Detroit",
    "US/Mountain": "America/Denver",
    "US/Pacific": "America/Los_Angeles",
}

CHIHUAHUA, MATAMOROS = "America/Chihuahua", "America/Matamoros"
MAZATLAN, MEXICO = "America/Mazatlan", "America/Mexico_City"
SANTIAGO, SYDNEY = "America/Santiago", "Australia/Sydney"
# What ``phonenumbers`` 9.0.43 has wrong, by the beginning of numbers: the zone that it
# names, and those in its place. The longest beginning counts. What it mends itself by
# and by isn't touched; the tests say what can go.
CORRECTIONS = {
    # The state of Chihuahua gave up the clock of Mazatlán in October 2022.
    **{
        f"52{area}": (MAZATLAN, (CHIHUAHUA,))
        for area in (614, 621, 625, 627, 628, 629, 635, 636, 639, 648, 649, 652, 659)
    },
    "52657": (MAZATLAN, (CHIHUAHUA, "America/Ciudad_Juarez")),
    # The border strip of Tamaulipas kept the summer time of Texas in October 2022.
    "52868": (MEXICO, (MATAMOROS,)),
    "52891": (MEXICO, (MATAMOROS, MEXICO)),
    "52897": (MEXICO, (MATAMOROS, MEXICO)),
    # Magallanes has had no winter time since 2016, Aysén none since 2025; mobiles of
    # Chile may be there.
    "5661": (SANTIAGO, ("America/Punta_Arenas",)),
    "5667": (SANTIAGO, ("America/Coyhaique",)),
    "569": (SANTIAGO, (SANTIAGO, "America/Punta_Arenas")),
    # Recife is not on its island, 500 km to the east.
    "5581": ("America/Noronha", ("America/Recife",)),
    "55813619": ("America/Noronha", ("America/Noronha",)),
    # Queensland has no summer time; on the border, numbers are of both states.
    "617": (SYDNEY, ("Australia/Brisbane",)),
    "61755": (SYDNEY, ("Australia/Brisbane", SYDNEY)),
    "61851": (SYDNEY, ("Australia/Perth",)),
    "7845": ("Europe/Moscow", ("Europe/Saratov",)),
    # Yukon, the north-east of British Columbia and a town in Ontario have kept one time
    # all year for longer than their neighbours.
    **{
        f"1867{office}": ("America/Vancouver", ("America/Whitehorse",))
        for office in (393, 456, 633, 667, 668, 993)
    },
    "1867766": ("America/Fort_Nelson", ("America/Edmonton",)),
    # Other offices that it doesn't know, as 975 of Iqaluit, may be in any of the three
    # territories.
    "1867": (
        "America/Fort_Nelson",
        (
            "America/Whitehorse",
            "America/Edmonton",
            "America/Rankin_Inlet",
            "America/Iqaluit",
        ),
    ),
    "1250428": ("America/Edmonton", ("America/Creston",)),
    "1250774": ("America/Edmonton", ("America/Fort_Nelson",)),
    "1250782": ("America/Edmonton", ("America/Dawson_Creek",)),
    "1807597": ("America/Toronto", ("America/Atikokan",)),
    "1907581": ("Pacific/Honolulu", ("America/Anchorage",)),
}
LONGEST_CORRECTION = max(map(len, CORRECTIONS))

# Numbers that ring in another country than the one that their code is of, by their
# beginning. The north of Cyprus has codes of Turkey, and since October 2017 again the
# clock of the south.
RINGS_IN = {"90392": "CY"}

# Numbers that ring wherever their owner is, in any country of their code.
PLACELESS = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.UNKNOWN,
}
HALF_A_YEAR, WEEK = timedelta(days=182), timedelta(days=7)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Clock:
    """In which time zones a phone may ring, and what says so.

    ``source`` is CONTACT, COUNTRY, NUMBER or COMPANY; with several ``zones``, a call
    has to be permitted in all of them.
    """

    zones: tuple[str, ...]
    source: str


def find_clock(moment, own=(), country=None, number=None, home=None):
    """Whose clock counts for a call.

    :param moment: aware
    :param own: pairs of the time zone that somebody to be called has on file and their
        country, whoever counts first leading; zones that can't be theirs are passed
        over, as Odoo gives every new contact that of the user who creates it
    :param str country: ISO 3166 code of the debtor's country
    :param phonenumbers.PhoneNumber number: the number to be dialled
    :param str home: the time zone of whoever calls
    :rtype: Clock | None, None if nothing is known and there is no ``home``
    """
    for name, place in own:
        zone = read_zone(name)
        if zone and _can_be_theirs(zone, place, number, moment):
            return Clock((zone,), CONTACT)
    at_home = country_zone(country, moment)
    if at_home and _may_ring_in(number, country):
        return Clock((at_home,), COUNTRY)
    zones = number_zones(number, moment)
    if zones:
        return Clock(zones, NUMBER)
    if at_home:
        return Clock((at_home,), COUNTRY)
    return Clock((home,), COMPANY) if home else None


def _can_be_theirs(zone, country, number, moment):
    """Whether somebody in a country, or where the number rings, reads that clock."""
    places = country_zones(country) or number_zones(number, moment) or (zone,)
    return zone in places or any(_is_same([zone, place], moment) for place in places)


def _may_ring_in(number, country):
    """Whether a number, if there is one, may be one of that country's."""
    if number is None:
        return True
    countries = number_countries(number)
    return not countries or country in countries


def read_zone(name):
    """A time zone by the name that is in use: Asia/Kolkata for Asia/Calcutta.

    :return: None if there is no such time zone
    """
    name = MODERN.get(name, name)
    return name if name in pytz.all_timezones_set else None


# --------------------------------------------------------------------------- countries


@lru_cache
def country_zones(country):
    """Names of the time zones in a country, the main one first.

    :param str country: ISO 3166 code
    """
    return tuple(
        name
        for name in pytz.country_timezones.get(country or "", ())
        if name in pytz.all_timezones_set
    )


def country_zone(country, moment):
    """The main time zone of a country with one clock, else None.

    :param moment: aware
    """
    zones = country_zones(country)
    return zones[0] if zones and _is_same(zones, moment) else None


def _is_same(zones, moment):
    """Whether the clocks of time zones show the same, then and in half a year."""
    return _is_same_on(tuple(zones), moment.date())


@lru_cache(maxsize=4096)
def _is_same_on(zones, day):
    noon = pytz.utc.localize(datetime(day.year, day.month, day.day, 12))
    return all(
        len({_get_offset(name, when) for name in zones}) == 1
        for when in (noon, noon + HALF_A_YEAR)
    )


def _get_offset(zone, moment):
    return moment.astimezone(pytz.timezone(zone)).utcoffset()


# ----------------------------------------------------------------------------- numbers


def number_countries(number):
    """ISO 3166 codes of the countries in which a number may ring; none if unknown.

    Free numbers of a code that countries share are of all of them.
    """
    if number is None:
        return ()
    national = phonenumbers.national_significant_number(number)
    digits = f"{number.country_code}{national}"
    if abroad := [code for start, code in RINGS_IN.items() if digits.startswith(start)]:
        return tuple(abroad)
    if phonenumbers.number_type(number) in PLACELESS:
        found = phonenumbers.region_codes_for_country_code(number.country_code)
    else:
        found = (phonenumbers.region_code_for_number(number),)
    return tuple(code for code in found if code and code != "001")


def number_zones(number, moment):
    """Time zones in which a number may ring, in the number's own country.

    :param moment: aware
    :return: names; the main one alone where the country has one clock, none if the
        number is None or says nothing about its place
    """
    if number is None:
        return ()
    return _get_number_zones(
        number.country_code,
        phonenumbers.national_significant_number(number),
        moment.date(),
    )


@lru_cache(maxsize=8192)
def _get_number_zones(country_code, digits, day):
    number = phonenumbers.parse(f"+{country_code}{digits}")
    named = timezone.time_zones_for_number(number)
    if phonenumbers.number_type(number) == PhoneNumberType.UNKNOWN:
        # Given out since: it begins as others at that place do.
        named = timezone.time_zones_for_geographical_number(number)
    named = [zone for name in named if (zone := read_zone(name))]
    named = _correct(f"{country_code}{digits}", named)
    countries = number_countries(number)
    noon = pytz.utc.localize(datetime(day.year, day.month, day.day, 12))
    if len(countries) == 1 and (only := country_zone(countries[0], noon)):
        return (only,)
    places = [zone for code in countries for zone in country_zones(code)]
    if not places:
        return tuple(named)
    kept = [zone for name in named for zone in _bring_home(name, places, noon)]
    return tuple(dict.fromkeys(kept)) or tuple(places)


def _correct(digits, zones):
    for length in range(min(len(digits), LONGEST_CORRECTION), 0, -1):
        if digits[:length] in CORRECTIONS:
            wrong, right = CORRECTIONS[digits[:length]]
            return [
                zone for name in zones for zone in (right if name == wrong else (name,))
            ]
    return zones


def _bring_home(name, places, moment):
    """The zones of a number's own countries that a zone of another one stands for.

    Those whose clock is the same all year, else those with the same standard time.
    """
    if name in places:
        return [name]
    same = [place for place in places if _is_same([name, place], moment)]
    if same:
        return same[:1]
    standard = _get_standard_offset(name, moment)
    return [
        place for place in places if _get_standard_offset(place, moment) == standard
    ]


def _get_standard_offset(zone, moment):
    clock = moment.astimezone(pytz.timezone(zone))
    return clock.utcoffset() - clock.dst()


# ------------------------------------------------------------------------------- years


@lru_cache(maxsize=1024)
def get_offsets(zone, first_year, last_year):
    """What a clock is ahead of UTC over some years, for whoever reckons without Python.

    Databases have time zones of their own, of another year than those of ``pytz``:
    from tzdata 2026 on, Vancouver, Edmonton, Winnipeg and Casablanca have another hour
    in winter.

    :return: pairs of the naive moment in UTC from which on an offset holds, and that
        offset as a :class:`~datetime.timedelta`; the first moment is ``datetime.min``
    """
    start = pytz.utc.localize(datetime(first_year, 1, 1))
    end = pytz.utc.localize(datetime(last_year + 1, 1, 1))
    offset = _get_offset(zone, start)
    offsets = [(datetime.min, offset)]
    while start < end:
        later = start + WEEK  # no clock is changed twice within one
        if _get_offset(zone, later) != offset:
            changed = _find_change(zone, start, later, offset)
            offset = _get_offset(zone, changed)
            offsets.append((changed.replace(tzinfo=None), offset))
            later = changed
        start = later
    return tuple(offsets)


def _find_change(zone, start, end, offset):
    """The second in which a clock stops to be ``offset`` ahead of UTC."""
    seconds = range((end - start) // SECOND + 1)
    changed = bisect_left(
        seconds,
        True,
        key=lambda count: _get_offset(zone, start + count * SECOND) != offset,
    )
    return start + changed * SECOND
