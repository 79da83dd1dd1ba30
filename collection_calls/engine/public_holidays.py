"""On which days nobody works where a debtor is: apart from Odoo.

The days are those of the Python package ``holidays``. It is optional: without it, only
what a company has entered by itself is known. Its days are those that the law of a
country or region makes public holidays, on the day on which they are observed; what is
closed for half a day by custom (Christmas Eve) isn't among them, as the hour differs.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

try:
    import holidays
except ImportError:  # nobody has to install it
    holidays = None

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
# Who closes before, or opens after, has worked on that day.
WORKING_HOURS = (time(9), time(16))
# Odoo knows the provinces of Spain, the holidays are those of the communities.
REGIONS = {
    "ES": {
        province: community
        for community, provinces in {
            "AN": "AL CA CO GR H J MA SE",
            "AR": "HU TE Z",
            "AS": "O",
            "CB": "S",
            "CE": "CE",
            "CL": "AV BU LE P SA SG SO VA ZA",
            "CM": "AB CR CU GU TO",
            "CN": "GC TF",
            "CT": "B GI L T",
            "EX": "BA CC",
            "GA": "C LU OR PO",
            "IB": "PM",
            "MC": "MU",
            "MD": "M",
            "ML": "ME",
            "NC": "NA",
            "PV": "BI SS VI",
            "RI": "LO",
            "VC": "A CS V",
        }.items()
        for province in provinces.split()
    }
}


class Holiday(NamedTuple):
    """What a day is called, and whether it is one of the region alone."""

    name: str
    is_regional: bool


def is_available():
    """Whether the public holidays of countries are known at all."""
    return holidays is not None


@lru_cache(maxsize=1024)
def find_holidays(country, region, years, language=None):
    """The public holidays of a country and, where it is known, of a region in it.

    :param str country: ISO 3166 code
    :param tuple region: code of the region, as in ISO 3166-2 without the country or
        with it, and its name; None where nobody knows it
    :param tuple years: in which the holidays are
    :param str language: such as ``de_DE``; the country's own where there are no names
        in it
    :return: {day: :class:`Holiday`}, empty where nothing is known of the country
    """
    if not is_available() or not country:
        return {}
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return {}
    options = {"years": years, "language": _find_language(known, language)}
    everywhere = holidays.country_holidays(country, **options)
    code = region and _find_region(known, country, *region)
    there = (
        holidays.country_holidays(country, subdiv=code, **options)
        if code
        else everywhere
    )
    return {day: Holiday(name, day not in everywhere) for day, name in there.items()}


def _find_language(known, language):
    """The language of the names: never one that isn't there.

    ``holidays`` answers in that of the server then, whatever it is.
    """
    offered = known.supported_languages or ()
    own = known.default_language
    if not language:
        return own
    if language in offered:
        return language
    kin = [name for name in offered if name[:2] == language[:2]]
    return kin[0] if kin else own


def _find_region(known, country, code, name):
    """Under which code a region has holidays of its own, None if it has none.

    Cantons of Switzerland have a code for each language: ZH, ZH-FR, ZH-IT.
    """
    if country in REGIONS:
        return REGIONS[country].get(code)
    short = code.removeprefix(f"{country}-")
    aliases = known.subdivisions_aliases
    for spelling in (short, short.partition("-")[0]):
        if spelling in known.subdivisions:
            return spelling
    return aliases.get(name) or aliases.get(code)


def split_closing(start, end):
    """The whole days and the hours in which nobody works, of a time off.

    A day counts as a whole if nobody works from nine to four.

    :param datetime start: on the clock there, naive; ``end`` as well
    :return: a set of days, and a list of pairs of naive moments for the rest
    """
    days, hours = set(), []
    if end.time().replace(microsecond=0) in (time(23, 59), time(23, 59, 59)):
        end = datetime.combine(end.date() + DAY, time())  # as Odoo ends a day
    day = start.date()
    while day <= end.date():
        midnight = datetime.combine(day, time())
        opens, closes = (datetime.combine(day, hour) for hour in WORKING_HOURS)
        if start <= opens and closes <= end:
            days.add(day)
        elif max(start, midnight) < min(end, midnight + DAY):
            hours.append((max(start, midnight), min(end, midnight + DAY)))
        if day == date.max:
            break
        day += DAY
    return days, hours
