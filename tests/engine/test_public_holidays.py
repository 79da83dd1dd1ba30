"""Public holidays of countries and regions, and what is closed for how long."""

from datetime import date, datetime
from importlib.metadata import requires

import pytest

from collection_calls.engine import public_holidays
from collection_calls.engine.public_holidays import find_holidays, split_closing

needs_lists = pytest.mark.skipif(
    not public_holidays.is_available(), reason="the package holidays isn't installed"
)
CORPUS_CHRISTI, LABOUR_DAY = date(2026, 6, 4), date(2026, 5, 1)


def names(country, region=None, language=None, years=(2026,)):
    found = find_holidays(country, region and (region, ""), years, language)
    return {day: holiday.name for day, holiday in found.items()}


@needs_lists
@pytest.mark.parametrize(
    ("country", "region", "day", "is_holiday"),
    [
        ("DE", None, CORPUS_CHRISTI, False),
        ("DE", "DE-BY", CORPUS_CHRISTI, True),  # as Odoo 19 has it
        ("DE", "BY", CORPUS_CHRISTI, True),
        ("DE", "DE-BE", CORPUS_CHRISTI, False),
        ("DE", "DE-BE", date(2026, 3, 8), True),  # Women's Day
        ("AT", "9", CORPUS_CHRISTI, True),
        ("CH", "GE", date(2026, 9, 10), True),  # Jeûne genevois
        ("CH", "GE-FR", date(2026, 9, 10), True),
        ("CH", "ZH", date(2026, 9, 10), False),
        ("ES", "M", date(2026, 5, 2), True),  # the province is Madrid
        ("ES", "B", date(2026, 9, 11), True),  # Diada, of Catalonia
        ("ES", "SE", date(2026, 9, 11), False),
        ("IT", "RM", date(2026, 6, 29), True),  # the patrons of Rome
        ("US", "MA", date(2026, 4, 20), True),  # Patriots' Day
        ("US", "NY", date(2026, 4, 20), False),
        ("GB", "A1", date(2026, 5, 25), True),  # of a county we know nothing else
        ("DK", None, date(2026, 5, 1), False),
        ("SK", None, date(2026, 9, 1), False),
        ("PL", None, date(2025, 12, 24), True),  # by a law of 2024
        ("PL", None, date(2024, 12, 24), False),
    ],
)
def test_public_holidays(country, region, day, is_holiday):
    assert (day in names(country, region, years=(day.year,))) is is_holiday


@needs_lists
def test_a_region_may_be_told_by_its_name():
    """As it is where Odoo has another code for it."""
    assert CORPUS_CHRISTI in find_holidays("DE", ("9", "Bayern"), (2026,))


@needs_lists
def test_what_is_of_the_region_alone():
    found = find_holidays("DE", ("BY", "Bayern"), (2026,))
    assert found[CORPUS_CHRISTI].is_regional
    assert not found[LABOUR_DAY].is_regional


@needs_lists
@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("DE", "de_DE", "Erster Mai"),
        ("DE", "en_US", "Labor Day"),
        ("DE", "en_GB", "Labor Day"),
        ("DE", "fr_FR", "Erster Mai"),  # not offered: the country's own
        ("DE", None, "Erster Mai"),
        ("FR", "fr_FR", "Fête du Travail"),
        ("FR", "de_DE", "Fête du Travail"),
        ("IT", "it_IT", "Festa del Lavoro"),
    ],
)
def test_language(country, language, name):
    assert names(country, language=language)[LABOUR_DAY] == name


@needs_lists
@pytest.mark.parametrize("server", ["", "C.UTF-8", "uk_UA.UTF-8"])
def test_the_language_of_the_server_does_not_matter(server, monkeypatch):
    """It does to the library: ``findings/holidays_language_of_the_server.sh``."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", server)
    find_holidays.cache_clear()
    assert names("DE")[LABOUR_DAY] == "Erster Mai"
    assert names("DE", language="fr_FR")[LABOUR_DAY] == "Erster Mai"
    assert names("DE", language="en_US")[LABOUR_DAY] == "Labor Day"
    find_holidays.cache_clear()


@pytest.mark.parametrize("country", [None, "", "XX", "EU"])
def test_countries_that_nobody_knows(country):
    assert find_holidays(country, None, (2026,)) == {}


def test_without_the_package(monkeypatch):
    monkeypatch.setattr(public_holidays, "holidays", None)
    find_holidays.cache_clear()
    assert not public_holidays.is_available()
    assert find_holidays("DE", ("BY", "Bayern"), (2026,)) == {}
    find_holidays.cache_clear()


EVE = date(2026, 12, 24)


def at(day, hour, minute=0, second=0):
    return datetime(2026, 12, day, hour, minute, second)


@pytest.mark.parametrize(
    ("start", "end", "days", "hours"),
    [
        (at(24, 0), at(24, 23, 59, 59), {EVE}, []),
        (at(24, 0), at(25, 0), {EVE}, []),
        (at(24, 8), at(24, 17), {EVE}, []),  # the hours of the office
        (at(24, 9), at(24, 16), {EVE}, []),
        (at(24, 12), at(24, 23, 59, 59), set(), [(at(24, 12), at(25, 0))]),
        (at(24, 0), at(24, 12), set(), [(at(24, 0), at(24, 12))]),
        (at(24, 12), at(24, 14), set(), [(at(24, 12), at(24, 14))]),
        (
            at(24, 12),
            at(26, 12),
            {date(2026, 12, 25)},
            [(at(24, 12), at(25, 0)), (at(26, 0), at(26, 12))],
        ),
        (at(24, 0), at(25, 23, 59), {EVE, date(2026, 12, 25)}, []),
        (at(24, 12), at(24, 12), set(), []),
    ],
)
def test_closings(start, end, days, hours):
    assert split_closing(start, end) == (days, hours)


def test_the_calendar_ends():
    found = split_closing(datetime(9999, 12, 31), datetime(9999, 12, 31, 23, 0))
    assert found == ({date(9999, 12, 31)}, [])


@needs_lists
def test_what_it_asks_of_other_packages():
    """It asks for python-dateutil below 3, and works with 4: see readme/CLOCKS.md."""
    [asked] = [each for each in requires("holidays") if "dateutil" in each]
    assert "<3" in asked
