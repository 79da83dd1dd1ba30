"""Postcode or customer number, as people write them."""

import pytest

from collection_calls.engine import proof
from collection_calls.engine.proof import CUSTOMER_NUMBER, POSTCODE, Known


def postcode(value, country=""):
    return Known(POSTCODE, value, country)


def number(value):
    return Known(CUSTOMER_NUMBER, value)


@pytest.mark.parametrize(
    "given, known",
    [
        ("10115", postcode("10115", "DE")),
        (" 10 115 ", postcode("10115", "DE")),
        ("D-10115", postcode("10115", "DE")),
        ("DE 10115", postcode("10115", "DE")),
        ("10115", postcode("D-10115", "DE")),
        ("1067", postcode("01067", "DE")),
        ("01067", postcode("1067", "DE")),
        ("CH-8000", postcode("8000", "CH")),
        ("L-1234", postcode("1234", "LU")),
        ("sw1a1aa", postcode("SW1A 1AA", "GB")),
        ("1234ab", postcode("1234 AB", "NL")),
        ("90210", postcode("90210-1234", "US")),
        ("90210-1234", postcode("90210", "US")),
        ("110 01", postcode("11001", "CZ")),
        ("１０１１５", postcode("10115", "DE")),
        ("١٠١١٥", postcode("10115", "DE")),
        ("10115", postcode("10115")),
        ("k00123", number("K-00123")),
        ("K 00 123", number("K-00123")),
        ("4711", number("0004711")),
        ("müller-7", number("MÜLLER 7")),
        ("strasse1", number("Straße 1")),
    ],
)
def test_what_is_on_file_is_known_however_it_is_written(given, known):
    assert proof.proves(given, [known])


@pytest.mark.parametrize(
    "given, known",
    [
        ("", postcode("10115", "DE")),
        (None, postcode("10115", "DE")),
        ("10116", postcode("10115", "DE")),
        ("101151", postcode("10115", "DE")),
        ("1011", postcode("10115", "DE")),
        ("AT 10115", postcode("10115", "DE")),
        ("902101235", postcode("90210", "DE")),
        ("123", number("K-00123")),
        ("%", number("K-00123")),
        ("10115" + " " * 70 + "x", postcode("10116", "DE")),
        ("D", postcode("D", "DE")),
    ],
)
def test_what_is_not_on_file_proves_nothing(given, known):
    assert not proof.proves(given, [known])


@pytest.mark.parametrize("value", ["", "-", "1", "n/a", "00000", "XXX", "- - -", None])
def test_what_stands_there_for_want_of_a_better_one_proves_nothing(value):
    assert not proof.is_usable(postcode(value, "DE"))
    assert not proof.proves(value, [postcode(value, "DE")])
    assert not proof.proves("", [postcode(value, "DE")])


def test_one_of_several_is_enough():
    known = [postcode("00000", "DE"), postcode("10115", "DE"), number("C4711")]
    assert proof.proves("c4711", known)
    assert proof.proves("10115", known)
    assert not proof.proves("00000", known)
