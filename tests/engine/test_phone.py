"""Numbers as collectors type them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine import phone


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("030 23125 042", "DE", "+493023125042"),
        ("030/23125-042", "DE", "+493023125042"),
        ("+49 (0)30 23125042", None, "+493023125042"),
        ("0033 1 99 00 12 34", "DE", "+33199001234"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("06 39 98 12 34", "FR", "+33639981234"),  # possible, not yet assigned
    ],
)
def test_possible_numbers(typed, region, expected):
    assert phone.e164(typed, region) == expected


@pytest.mark.parametrize(
    "typed", ["", None, "12", "call me", "4,93E+11", "+49", "1" * 30]
)
def test_impossible_numbers(typed):
    assert phone.e164(typed, "DE") is None
    assert phone.international(typed, "DE") is None
    assert phone.time_zones(typed, "DE") == []


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("030 23125042", "DE", None),
        ("call me", "DE", phone.NOT_A_NUMBER),
        ("", "DE", phone.NOT_A_NUMBER),
        (None, None, phone.NOT_A_NUMBER),
        ("4,93E+11", "DE", phone.NOT_A_NUMBER),
        ("030 23125042", None, phone.NO_COUNTRY),
        ("+999 30 23125042", "DE", phone.UNKNOWN_COUNTRY),
        ("12", "DE", phone.NO_AREA),
        ("+49", None, phone.NOT_A_NUMBER),
        ("0049 1", "FR", phone.TOO_SHORT),
        ("030 1", "DE", phone.TOO_SHORT),
        ("1" * 16, "DE", phone.TOO_LONG),
        ("1" * 30, "DE", phone.TOO_LONG),
        ("555 2368", "US", phone.NO_AREA),
        ("+65 123 4567 89", None, phone.WRONG_LENGTH),
    ],
)
def test_problems(typed, region, expected):
    assert phone.problem(typed, region) == expected


def test_known_numbers():
    assert phone.is_known("030 23125042", "DE")
    assert phone.is_known("+39 06 6982", None), "zeros belong to Italian numbers"
    assert not phone.is_known("+1 212 155 2368"), "no exchange begins with 1"
    assert not phone.is_known("12", "DE")
    assert not phone.is_known(None)


def test_national_number_needs_a_region():
    assert phone.e164("030 23125042") is None


@given(
    st.integers(10**6, 10**10), st.sampled_from(["DE", "FR", "AT", "CH", "GB", "US"])
)
def test_every_form_is_the_same_number(digits, region):
    code = phonenumbers.country_code_for_region(region)
    number = phone.e164(f"+{code}{digits}", region)
    if number is not None:
        assert phone.e164(number) == number
        assert phone.e164(phone.international(number)) == number
        assert phone.e164(f"00{number[1:]}", region) == number


@given(st.text(max_size=40), st.sampled_from([None, "DE", "US"]))
def test_nothing_that_is_typed_breaks_it(typed, region):
    number = phone.e164(typed, region)
    assert bool(number) != bool(phone.problem(typed, region))
    assert number is None or (number[0] == "+" and number[1:].isdigit())


def test_time_zones():
    assert phone.time_zones("030 23125042", "DE") == ["Europe/Berlin"]
    assert "America/New_York" in phone.time_zones("+1 800 555 0123", "US")


# What stands in a field besides a number.


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("0170 1234567 (mobil)", "DE", "+49 170 1234567"),
        ("089 12345 Buero", "DE", "+49 89 12345"),
        ("0171-2345678 privat", "DE", "+49 171 2345678"),
        ("030 2312542 (Buchhaltung)", "DE", "+49 30 2312542"),
        ("(030) 2312542 App. 12", "DE", "+49 30 2312542 ext. 12"),
        ("06 69812345 int. 12", "IT", "+39 06 6981 2345 ext. 12"),
        # from elsewhere
        ("+34 914 11 11 11 (casa)", None, "+34 914 11 11 11"),
        ("(212) 555-0123 x45", "US", "+1 212-555-0123 ext. 45"),
        ("020 7946 0123 ext 12", "GB", "+44 20 7946 0123 x12"),
        ("22 123 45 67 wew. 12", "PL", "+48 22 123 45 67 ext. 12"),
        ("01 99 00 12 34 poste 7", "FR", "+33 1 99 00 12 34 ext. 7"),
        ("01 512345 DW 12", "AT", "+43 1 512345 ext. 12"),
        ("+7 495 123-45-67 доб. 12", None, "+7 495 123-45-67 ext. 12"),
        ("010 123 4567 tst. 12 (receptie)", "NL", "+31 10 123 4567 ext. 12"),
        ("Tel.: 044 668 18 00 Zentrale", "CH", "+41 44 668 18 00"),
        ("+39 06 6982 12345 ufficio", None, "+39 06 6982 12345"),
        ("030 2312542 (bis 17 Uhr)", "DE", "+49 30 2312542"),
        ("0170 1234567 Hr. Meier", "DE", "+49 170 1234567"),
        ("1-800-555-0123 CALL", "US", "+1 800-555-0123"),
        ("tel:+49-30-2312542;ext=12", None, "+49 30 2312542 ext. 12"),
        ("\u202a+49 30 2312542\u202c", None, "+49 30 2312542"),
        ("+49 30 ２３１２５４２", None, "+49 30 2312542"),
        ("030\u00a02312542\u20110", "DE", "+49 30 23125420"),
        ("٠٣٠ ٢٣١٢٥٤٢", "DE", "+49 30 2312542"),
    ],
)
def test_notes_are_put_aside_and_extensions_kept(typed, region, expected):
    assert phone.international(typed, region) == expected
    assert "ext" not in phone.e164(typed, region)
    assert phone.international(expected) == expected, "it can be read again"


@pytest.mark.parametrize(
    ("typed", "region", "parts"),
    [
        ("089 12345 / 54321", "DE", ("+49 89 12345", "+49 89 54321")),
        ("01 512345/512346", "AT", ("+43 1 512345", "+43 1 512346")),
        ("030 12345-10/11", "DE", ("+49 30 1234510", "+49 30 1234511")),
        # from elsewhere
        ("01.99.00.12.34/35", "FR", ("+33 1 99 00 12 34", "+33 1 99 00 12 35")),
        (
            "01 99 00 12 34 / 06 39 98 12 34",
            "FR",
            ("+33 1 99 00 12 34", "+33 6 39 98 12 34"),
        ),
        ("212-555-0123/0199", "US", ("+1 212-555-0123", "+1 212-555-0199")),
        ("212-555-0123 or 212-555-0199", "US", ("+1 212-555-0123", "+1 212-555-0199")),
        (
            "+41 44 668 18 00 / 079 123 45 67",
            "CH",
            ("+41 44 668 18 00", "+41 79 123 45 67"),
        ),
        ("91 411 11 11 / 12", "ES", ("+34 914 11 11 11", "+34 914 11 11 12")),
        ("06 69812345; 333 1234567", "IT", ("+39 06 6981 2345", "+39 333 123 4567")),
        ("030 123456, 0170 1234567", "DE", ("+49 30 123456", "+49 170 1234567")),
        (
            "0170 1234567 (mobil) 030 2312542",
            "DE",
            ("+49 170 1234567", "+49 30 2312542"),
        ),
        (
            "+49 30 2312542 +49 170 1234567",
            None,
            ("+49 30 2312542", "+49 170 1234567"),
        ),
        ("030 2312542\n0170 1234567", "DE", ("+49 30 2312542", "+49 170 1234567")),
        ("030 2312542 und 43", "DE", ("+49 30 2312542", "+49 30 2312543")),
    ],
)
def test_two_numbers_are_offered_as_their_parts(typed, region, parts):
    assert phone.e164(typed, region) is None
    assert phone.problem(typed, region) == phone.SEVERAL
    assert phone.parts(typed, region) == parts
    for part in parts:
        assert phone.international(part) == part


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        ("030/23125-042", "DE"),
        ("02151/12 34 56", "DE"),
        ("02/123 45 67", "BE"),
        ("0471/12 34 56", "IT"),
        ("0664/1234567", "AT"),
        ("01/99/00/12/34", "FR"),
        ("212/555-0123", "US"),
    ],
)
def test_a_slash_behind_the_area_is_none_between_numbers(typed, region):
    assert phone.e164(typed, region)
    assert phone.e164(typed, region) == phone.e164(typed.replace("/", " "), region)


@pytest.mark.parametrize(
    ("typed", "region", "parts"),
    [
        ("0800 FLOWERS", "DE", ()),
        ("1-800-FLOWERS", "US", ()),
        ("06151 12 TAXI", "DE", ()),
        ("O30 2312542", "DE", ()),
        ("030 23I2542", "DE", ()),
        ("+49170 1234567mobil", None, ()),
        ("0170 1234567mobil", "DE", ()),
        ("06 39 98 12 34 bureau", "FR", ()),  # may be a number that isn't known yet
        ("030 2312542 12 Uhr", "DE", ()),
        ("030 2312542 bis 17 Uhr", "DE", ("+49 30 2312542",)),
        ("2. OG 030 2312542", "DE", ("+49 30 2312542",)),
        ("030 12345-0 Zentrale, -17 Weber", "DE", ("+49 30 123450",)),
    ],
)
def test_letters_ask_for_a_correction(typed, region, parts):
    assert phone.e164(typed, region) is None
    assert phone.problem(typed, region) == phone.LETTERS
    assert phone.parts(typed, region) == parts


def test_the_library_dials_letters():
    """Why no letter gets there: ``phonenumbers`` reads them from the keypad."""
    dialled = phonenumbers.parse("0170 1234567 (mobil)", "DE")
    assert dialled.national_number == 170123456766245
    assert phonenumbers.is_possible_number(dialled)


@given(
    st.sampled_from(["030 2312542", "0170 1234567", "+1 212 555 0123", "01 512345"]),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöü .()[]", max_size=20),
    st.sampled_from(["DE", "AT", "US"]),
)
def test_no_note_is_ever_dialled(number, note, region):
    """Whatever stands behind a number, it is that number that rings, or none."""
    dialled = phone.e164(f"{number} {note}", region)
    assert dialled in (None, phone.e164(number, region))


def test_country_of_a_number():
    assert phone.country("030 2312542", "DE") == "DE"
    assert phone.country("+1 212 555 2368") == "US"
    assert phone.country("+878 10 123456789") is None
    assert phone.country("call me", "DE") is None
