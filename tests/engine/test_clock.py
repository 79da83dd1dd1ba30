"""Whose clock counts, and what is put right in what the library says of numbers.

``readme/CLOCKS.md`` says the same in words. Where a test of the library itself fails
after an update, look there: something that we mend may have been mended.
"""

from datetime import datetime, timedelta, timezone

import phonenumbers
import pytest
import pytz
from phonenumbers.tzdata import TIMEZONE_DATA

from collection_calls.engine import clock, phone

SUMMER = datetime(2025, 7, 8, 12, tzinfo=timezone.utc)
WINTER = datetime(2025, 1, 14, 12, tzinfo=timezone.utc)


def zones(number, moment=SUMMER):
    return clock.number_zones(phone.parse(number), moment)


def find(moment=SUMMER, number=None, **known):
    return clock.find_clock(moment, number=phone.parse(number), **known)


# What ``phonenumbers`` 9.0.43 says, and what we make of it.
WRONG = [
    ("+213 21 65 43 21", ["Europe/Paris"], "Africa/Algiers"),
    ("+218 21 345 6789", ["Europe/Bucharest"], "Africa/Tripoli"),
    ("+505 2250 1234", ["America/Chicago"], "America/Managua"),
    ("+211 977 123 456", ["Africa/Nairobi"], "Africa/Juba"),
    ("+212 522 43 21 00", ["Atlantic/Canary"], "Africa/Casablanca"),
    ("+7 4012 123456", ["Europe/Bucharest"], "Europe/Kaliningrad"),
    ("+7 8452 123456", ["Europe/Moscow"], "Europe/Saratov"),
    ("+52 614 410 1234", ["America/Mazatlan"], "America/Chihuahua"),
    ("+52 625 581 2345", ["America/Mazatlan"], "America/Chihuahua"),
    ("+52 627 521 2345", ["America/Mazatlan"], "America/Chihuahua"),
    ("+52 868 812 1234", ["America/Mexico_City"], "America/Matamoros"),
    ("+90 392 228 1234", ["Europe/Istanbul"], "Asia/Nicosia"),
    ("+56 61 222 1234", ["America/Santiago"], "America/Punta_Arenas"),
    ("+56 67 221 2345", ["America/Santiago"], "America/Coyhaique"),
    ("+55 81 2101 1234", ["America/Noronha"], "America/Recife"),
    ("+61 7 3000 1234", ["Australia/Sydney"], "Australia/Brisbane"),
    ("+61 8 5120 5123", ["Australia/Sydney"], "Australia/Perth"),
    ("+1 867 667 1234", ["America/Vancouver"], "America/Whitehorse"),
    ("+1 250 782 1234", ["America/Edmonton"], "America/Dawson_Creek"),
    ("+1 250 774 1234", ["America/Edmonton"], "America/Fort_Nelson"),
    ("+1 250 428 1234", ["America/Edmonton"], "America/Creston"),
    ("+1 807 597 1234", ["America/Toronto"], "America/Atikokan"),
    ("+1 867 766 1234", ["America/Fort_Nelson"], "America/Edmonton"),  # Yellowknife
    ("+1 907 581 1234", ["Pacific/Honolulu"], "America/Anchorage"),
]


@pytest.mark.parametrize(("number", "said", "right"), WRONG)
def test_what_the_library_has_wrong(number, said, right):
    assert phone.time_zones(number) == said
    assert zones(number) == zones(number, WINTER) == (right,)


def test_the_north_of_cyprus():
    """Turkish by its code, and an hour behind Turkey in winter."""
    number = "+90 392 228 1234"
    eight = datetime(2025, 1, 14, 5, tzinfo=timezone.utc)  # in Istanbul
    for country, source in ("CY", clock.COUNTRY), ("TR", clock.NUMBER):
        found = find(eight, number, country=country, home="Europe/Berlin")
        assert (found.zones, found.source) == (("Asia/Nicosia",), source)
        assert eight.astimezone(pytz.timezone(found.zones[0])).hour == 7
    assert zones("+90 212 123 4567") == ("Europe/Istanbul",)


def test_the_border_strip_of_tamaulipas():
    """Half past eight in Matamoros is half past seven in Mexico City."""
    assert zones("+52 899 922 1234") == ("America/Matamoros",)  # as the library says
    for area in 891, 897:
        both = zones(f"+52 {area} 974 1234")
        assert set(both) == {"America/Matamoros", "America/Mexico_City"}
    assert zones("+52 55 1234 5678") == ("America/Mexico_City",)


def test_offices_of_the_territories_that_the_library_does_not_know():
    """Half past seven in the evening in Fort Nelson is half past ten in Iqaluit."""
    number = "+1 867 975 1234"  # the government of Nunavut, in Iqaluit
    assert phone.time_zones(number) == ["America/Fort_Nelson"]
    found = zones(number)
    assert {"America/Iqaluit", "America/Whitehorse"} < set(found)
    moment = datetime(2025, 7, 9, 2, 30, tzinfo=timezone.utc)
    hours = [moment.astimezone(pytz.timezone(zone)).hour for zone in found]
    assert (min(hours), max(hours)) == (19, 22)
    assert zones("+1 867 979 1234") == ("America/Toronto",)  # Iqaluit, too


# Names that were given up, as ``phonenumbers`` 9.0.43 has them.
OLD_NAMES = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Choibalsan": "Asia/Ulaanbaatar",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}


def test_names_that_the_library_uses():
    """All that aren't in use any more, and no others."""
    used = {zone for names in TIMEZONE_DATA.values() for zone in names}
    in_use = {zone for names in pytz.country_timezones.values() for zone in names}
    assert {zone for zone in used if zone not in in_use} == set(OLD_NAMES)
    assert {name: clock.MODERN[name] for name in OLD_NAMES} == OLD_NAMES


def test_old_names_show_the_clock_of_the_new_ones():
    for old, new in clock.MODERN.items():
        assert new in pytz.all_timezones_set, new
        assert new not in clock.MODERN, new
        if old in pytz.all_timezones_set:
            for moment in (SUMMER, WINTER):
                shown = [moment.astimezone(pytz.timezone(n)) for n in (old, new)]
                assert shown[0].utcoffset() == shown[1].utcoffset(), old


def test_system_without_old_names(monkeypatch):
    """Debian 13 has no file for them without tzdata-legacy."""
    left = pytz.all_timezones_set - set(clock.MODERN)
    monkeypatch.setattr(pytz, "all_timezones_set", left)
    clock._get_number_zones.cache_clear()
    assert zones("+91 22 2345 6789") == ("Asia/Kolkata",)
    assert zones("+54 11 4123 4567") == ("America/Argentina/Buenos_Aires",)
    assert clock.read_zone("US/Pacific") == "America/Los_Angeles"
    assert find(own=[("Asia/Calcutta", "IN")]).zones == ("Asia/Kolkata",)


@pytest.mark.parametrize("name", [None, False, "", "Nowhere", "Europe/Bonn"])
def test_no_time_zone(name):
    assert clock.read_zone(name) is None
    assert find(own=[(name, "DE")]) is None


# Which says so.


def test_the_contact_counts_first():
    known = {"country": "US", "number": "+1 212 555 2368", "home": "Europe/Berlin"}
    found = find(own=[("America/Denver", "US")], **known)
    assert found == clock.Clock(("America/Denver",), clock.CONTACT)
    found = find(own=[("", "US"), ("America/Chicago", "US")], **known)
    assert found == clock.Clock(("America/Chicago",), clock.CONTACT)


def test_a_zone_that_cannot_be_theirs_is_passed_over():
    """Odoo gives new contacts the time zone of whoever creates them."""
    found = find(own=[("Europe/Berlin", "US")], country="US", number="+1 212 555 2368")
    assert found == clock.Clock(("America/New_York",), clock.NUMBER)
    for moment in (SUMMER, WINTER):  # in winter, Algiers has the same hour
        found = find(moment, own=[("Europe/Berlin", "DZ")], country="DZ")
        assert found == clock.Clock(("Africa/Algiers",), clock.COUNTRY)
    found = find(own=[("Europe/Berlin", "AT")], country="AT")
    assert found.source == clock.CONTACT, "Vienna has the same clock all year"


def test_a_country_of_one_clock():
    found = find(country="DE", number="+49 30 2312542")
    assert found == clock.Clock(("Europe/Berlin",), clock.COUNTRY)
    assert find(country="DE") == found
    assert find(country="KZ").zones == ("Asia/Almaty",), "one clock since 2024"


def test_a_number_of_another_country():
    found = find(country="DE", number="+213 21 65 43 21")
    assert found == clock.Clock(("Africa/Algiers",), clock.NUMBER)


def test_a_country_of_many_clocks_and_no_number():
    assert find(country="US") is None
    found = find(country="US", home="Europe/Berlin")
    assert found == clock.Clock(("Europe/Berlin",), clock.COMPANY)


def test_a_number_that_says_nothing_about_its_place():
    assert phone.time_zones("+49 32 12345678") == []
    assert zones("+49 32 12345678") == ("Europe/Berlin",)
    assert zones("+878 10 123456789") == ()
    assert clock.number_zones(None, SUMMER) == ()


def test_numbers_that_were_given_out_since():
    """The library says nothing of them, their beginning does."""
    for number, zone in (
        ("+64 9 123 4567", "Pacific/Auckland"),
        ("+1 212 155 2368", "America/New_York"),
    ):
        assert not phonenumbers.is_valid_number(phone.parse(number))
        assert phone.time_zones(number) == []
        assert zones(number) == (zone,)


def test_mobiles_stay_in_their_country():
    assert len(phone.time_zones("+7 705 123 4567")) == 16
    assert zones("+7 705 123 4567") == ("Asia/Almaty",)
    assert "Indian/Cocos" in phone.time_zones("+61 412 345 678")
    assert "Indian/Cocos" not in zones("+61 412 345 678")
    russian = zones("+7 912 345 6789")
    assert "Asia/Almaty" not in russian and "Europe/Bucharest" not in russian
    assert "Europe/Kaliningrad" in russian and "Asia/Kamchatka" in russian
    assert zones("+56 9 6123 4567") == ("America/Santiago", "America/Punta_Arenas")


def test_free_numbers_ring_in_all_countries_of_their_code():
    assert zones("+1 800 555 2368") == tuple(phone.time_zones("+1 800 555 2368"))
    assert len(zones("+1 800 555 2368")) == 42
    assert set(zones("+7 800 555 3535")) >= {"Europe/Moscow"}


def test_every_zone_that_is_found_is_one_of_the_number_s_country():
    """For an example of each beginning that the library knows."""
    for beginning in TIMEZONE_DATA:
        digits = (beginning + "21234567890")[:11]
        number = phone.parse(f"+{digits}")
        countries = clock.number_countries(number) if number else ()
        if len(countries) != 1 or not clock.country_zones(countries[0]):
            continue
        for zone in clock.number_zones(number, SUMMER):
            places = clock.country_zones(countries[0])
            assert zone in places, (digits, zone, countries)


# Clocks as a database can reckon with them.


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin",
        "America/New_York",
        "America/Vancouver",
        "Africa/Casablanca",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "UTC",
    ],
)
def test_offsets_are_those_of_the_clock(zone):
    offsets = clock.get_offsets(zone, 2010, 2027)
    assert offsets[0][0] == datetime.min
    assert list(offsets) == sorted(offsets)
    moment = datetime(2010, 1, 1)
    while moment < datetime(2028, 1, 1):
        ahead = [ahead for since, ahead in offsets if since <= moment][-1]
        aware = pytz.utc.localize(moment).astimezone(pytz.timezone(zone))
        assert ahead == aware.utcoffset(), moment
        moment += timedelta(hours=5)


def test_offsets_change_in_the_second():
    offsets = dict(clock.get_offsets("Europe/Berlin", 2025, 2025))
    assert list(offsets)[1:] == [datetime(2025, 3, 30, 1), datetime(2025, 10, 26, 1)]


def test_zones_without_winter_time_from_2026_on():
    """Data of 2025 has another hour there in winter: one source for all that reckon."""
    year, _letter = pytz.OLSON_VERSION[:4], pytz.OLSON_VERSION[4:]
    if int(year) < 2026:
        pytest.skip(f"the time zones are of {pytz.OLSON_VERSION}")
    winter = datetime(2026, 12, 15, 12, tzinfo=timezone.utc)
    shown = {
        zone: winter.astimezone(pytz.timezone(zone)).utcoffset() / timedelta(hours=1)
        for zone in (
            "America/Vancouver",
            "America/Edmonton",
            "America/Winnipeg",
            "Africa/Casablanca",
        )
    }
    assert list(shown.values()) == [-7, -6, -5, 0]


def test_numbers_are_read_by_the_library_we_know():
    """The table of readme/CLOCKS.md was seen with this one: look through it again."""
    assert phonenumbers.__version__.split(".")[0] == "9"
