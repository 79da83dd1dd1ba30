"""Prompts: what is filled in, and what nobody unverified may hear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine import prompt

NAMES = st.sampled_from(sorted(prompt.PUBLIC | prompt.CONFIDENTIAL))
PLAIN = st.text(st.characters(blacklist_characters="{}"), max_size=30)


def test_placeholders_in_order():
    assert prompt.placeholders("{b} and {a}, {b}") == ["b", "a", "b"]
    assert prompt.placeholders("") == prompt.placeholders(None) == []


@pytest.mark.parametrize(
    "text", ["{", "}", "{}", "{a", "{a.b}", "{a[0]}", "{a!r}", "{a:3}"]
)
def test_broken_placeholders(text):
    with pytest.raises(ValueError):
        prompt.placeholders(text)


def test_unknown_placeholders():
    assert prompt.unknown("{debtor} {nobody} {amount}") == ["nobody"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please call {collector} at {company_phone}.", []),
        ("You owe {amount}", ["{amount}", "owe"]),
        ("Your OVERDUE invoice", ["OVERDUE", "invoice"]),
        ("Ihre Rechnung ist überfällig", ["Rechnung", "überfällig"]),
        ("votre facture impayée", ["facture", "impay"]),
        ("The powerful tower", []),
        ("Paypal", []),
    ],
)
def test_revealing(text, found):
    assert prompt.revealing(text) == found


@given(st.lists(st.tuples(PLAIN, NAMES), max_size=5))
def test_render_fills_in_everything(parts):
    text = "".join(f"{plain}{{{name}}}" for plain, name in parts)
    values = {name: f"<{name}>" for _plain, name in parts}
    expected = "".join(f"{plain}<{name}>" for plain, name in parts)
    assert prompt.render(text, values) == expected
    gaps = "".join(f"{plain}…" for plain, _name in parts)
    assert prompt.render(text, {}) == gaps


@given(PLAIN, st.sampled_from(sorted(prompt.CONFIDENTIAL)), PLAIN)
def test_a_confidential_placeholder_is_always_found(before, name, after):
    assert f"{{{name}}}" in prompt.revealing(f"{before}{{{name}}}{after}")
