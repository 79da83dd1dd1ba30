"""Who gets which case: by hand, and what holds for every team."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine.dealing import evenly, in_turn


def test_in_turn():
    assert in_turn("abcd", {"Ann": 2, "Bob": 0, "Cem": 1}) == {
        "a": "Bob",
        "b": "Bob",
        "c": "Cem",
        "d": "Ann",
    }
    assert in_turn("", {"Ann": 2}) == {}


def test_evenly_keeps_what_it_can():
    owners = {1: "Ann", 2: "Ann", 3: "Ann", 4: "Bob", 5: None, 6: "Cem"}
    assert evenly(owners, ["Ann", "Bob"]) == {
        1: "Ann",
        2: "Ann",
        3: "Ann",
        4: "Bob",
        5: "Bob",
        6: "Bob",
    }


def test_evenly_moves_the_least_urgent():
    owners = {1: "Ann", 2: "Ann", 3: "Ann", 4: "Ann"}
    assert evenly(owners, ["Ann", "Bob"]) == {1: "Ann", 2: "Ann", 3: "Bob", 4: "Bob"}


def test_what_is_left_over_stays_with_who_has_more():
    owners = {1: "Bob", 2: "Bob", 3: "Ann"}
    assert evenly(owners, ["Ann", "Bob"]) == owners


teams = st.lists(st.sampled_from("ABCDE"), min_size=1, unique=True)
owned = st.lists(st.none() | st.sampled_from("ABCDEFG"), max_size=40)


@given(owned, teams)
def test_always(owners, team):
    owners = dict(enumerate(owners))
    dealt = evenly(owners, team)
    assert dealt.keys() == owners.keys()
    counts = Counter({taker: 0 for taker in team})
    counts.update(dealt.values())
    assert counts.keys() == set(team)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert evenly(dealt, team) == dealt, "nothing is left to do"


@given(owned, teams)
def test_as_few_as_possible_change_hands(owners, team):
    owners = dict(enumerate(owners))
    dealt = evenly(owners, team)
    kept = sum(dealt[case] == owner for case, owner in owners.items())
    share, left = divmod(len(owners), len(team))
    had = sorted((list(owners.values()).count(taker) for taker in team), reverse=True)
    most = sum(min(count, share) for count in had)
    most += min(left, sum(count > share for count in had))
    assert kept == most
