"""What people type to find somebody."""

import pytest

from collection_calls.engine import lookup

ON_FILE = [
    "03023125042",
    "493023125042",
    "00493023125042",
    "4903023125042",  # +49 (0)30
    "0302312504212",  # with an extension
]


@pytest.mark.parametrize("on_file", ON_FILE)
@pytest.mark.parametrize(
    "text",
    [
        "030 23125042",
        "+49 30 23125042",
        "0049 30 23125042",
        "493023125042",
        "(030) 231-250-42",
        "+49 (0)30 23125042",
        "23125042",
        "tel:+493023125042",
    ],
)
def test_each_notation_is_in_each_other(text, on_file):
    assert any(digits in on_file for digits in lookup.number_digits(text, "DE"))


@pytest.mark.parametrize("text", ["", "12", "+49", "Weber", "anonymous", "RE-1"])
def test_no_number(text):
    assert lookup.number_digits(text, "DE") == ()


def test_forms_are_those_that_may_be_meant():
    assert lookup.number_forms("030 23125042", "DE") == ("+493023125042",)
    assert lookup.number_forms("493023125042", "DE") == ("+493023125042",)
    assert lookup.number_forms("030 23125042", None) == ()


def test_italian_numbers_keep_their_zero():
    assert "0612345678" in lookup.number_digits("+39 06 12345678", "DE")


def test_names_have_letters_and_documents_have_digits():
    assert lookup.words("Müller, Frau Weber") == ("Müller", "Frau", "Weber")
    assert lookup.words("2026/00012") == ()
    assert lookup.is_document("INV/2026/00012") and not lookup.is_document("Weber")
