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
