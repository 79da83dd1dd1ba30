"""Which of our numbers a payer has written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine.references import References, normalize

INVOICE, OTHER, PLAN, NUMBER = (
    "INV/2026/00059",
    "INV/2026/00590",
    "PLAN/2026/0007",
    "47112",
)
KNOWN = References(
    [(INVOICE, "a"), (OTHER, "b"), (PLAN, "c"), (NUMBER, "d"), ("RF24 RE00 0179", "e")]
)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("INV/2026/00059", {"a"}),
        ("Rechnung inv 2026-00059 vom 3.3.", {"a"}),
        ("INV202600059", {"a"}),
        ("INV/2026/00059 und INV/2026/00590", {"a", "b"}),
        ("INV/2026/000591", set()),  # a longer number
        ("XINV/2026/00059", set()),  # part of a word
        ("ratePLAN20260007", {"c"}),  # a word of its own
        ("SVWZ+INV/2026/00059EREF+NOTPROVIDED", {"a"}),
        ("INV/2026/00059\n9,99 EUR", {"a"}),
        ("plan 2026 0007", {"c"}),
        ("47112", {"d"}),
        ("147112", set()),
        ("471123", set()),
        ("Kd. 47112/Mai", {"d"}),
        ("RF24RE000179", {"e"}),
        ("", set()),
        (None, set()),
        ("Danke für alles", set()),
        ("STRAßE INV/2026/00059", {"a"}),  # its capital letters are one more
    ],
)
def test_what_is_found(text, owners):
    assert KNOWN.find(text) == owners


def test_a_short_number_is_found_in_anything_and_so_in_nothing():
    assert (
        References([("12", "x"), ("A1", "y"), ("4711", "z")]).find("12 A1 4711")
        == set()
    )


def test_two_may_have_the_same_number():
    assert References([("AB 123", 1), ("ab/123", 2)]).find("AB123") == {1, 2}


@given(st.lists(st.sampled_from(" -/.:_"), min_size=3, max_size=3), st.booleans())
def test_signs_between_make_no_difference(signs, is_lower):
    text = f"INV{signs[0]}2026{signs[1]}00059{signs[2]}"
    assert KNOWN.find(text.lower() if is_lower else text) == {"a"}


@given(st.text())
def test_anything_can_be_looked_at(text):
    assert KNOWN.find(text) <= {"a", "b", "c", "d", "e"}
    assert not set(normalize(text)) & set(" -/._")
