"""What the window of an envelope shows, whatever the debtor is called."""

from hypothesis import given, settings
from hypothesis import strategies as st

from collection_calls.engine import envelope

WORDS = st.lists(st.text("abcdefghij ", min_size=1, max_size=60), max_size=6)
PLACE = ["Bauhof 3", "10115 Berlin", "Germany"]


def test_short_addresses_stay_as_they_are():
    names = ["Müller Bau GmbH", "Frau Weber"]
    assert envelope.fit(names, PLACE) == names + PLACE


def test_a_name_of_190_characters_leaves_postcode_and_city_in_the_window():
    name = "Verein der Freunde und Förderer " * 6
    lines = envelope.fit([name, "Frau Weber"], PLACE)
    assert len(lines) == envelope.LINES
    assert lines[-4:] == ["Frau Weber", *PLACE]
    assert lines[2].endswith("…")


def test_one_word_without_blanks():
    lines = envelope.fit(["x" * 190], PLACE)
    assert len(lines) <= envelope.LINES
    assert lines[-3:] == PLACE


@settings(max_examples=200)
@given(WORDS, WORDS)
def test_fits_whatever_comes(names, place):
    lines = envelope.fit(names, place)
    assert len(lines) <= envelope.LINES
    assert all(line.strip() for line in lines)
    told = [line.strip() for line in place if line.strip()]
    assert lines[-1:] == told[-1:] or not told


def test_long_places_keep_street_and_city():
    place = [f"Line {number}" for number in range(12)]
    lines = envelope.fit(["Müller"], place)
    assert lines[0] == "Müller"
    assert lines[1] == "Line 0"
    assert lines[-1] == "Line 11"
