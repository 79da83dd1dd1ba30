"""The chain over evidence: whole, changed, shortened, mixed up and emptied."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from collection_calls.engine import chain

FACTS = {"amount": chain.digest_fact(100.0), "said": chain.digest_fact("No", "ab12")}


def _links(count=5):
    blank = chain.Link(
        0, 1, "call", 0, "closed", datetime(2026, 3, 10, 9, 0, 0, 7), FACTS, ""
    )
    bare = [blank._replace(record_id=number) for number in range(count)]
    return chain.forge(bare, 0, chain.START)


def test_one_text_for_one_value():
    assert chain.canonical(1) == chain.canonical(1.0000000001) == '"1.000000"'
    assert chain.canonical(-0.0) == chain.canonical(0)
    assert chain.canonical("") == chain.canonical(None) == "null"
    assert chain.canonical(True) != chain.canonical(1)
    assert chain.canonical(False) != chain.canonical(0) != chain.canonical(None)
    assert chain.canonical(date(2026, 3, 10)) == '"2026-03-10"'
    assert chain.canonical(datetime(2026, 3, 10, 9, 0, 0, 5)) == '"2026-03-10T09:00:00"'
    assert chain.canonical({"b": [1], "a": "ü"}) == '{"a":"ü","b":["1.000000"]}'
    assert chain.canonical(["1", "2"]) != chain.canonical(["12"])


def test_a_whole_chain_has_no_flaws():
    links = _links()
    assert [link.sequence for link in links] == [1, 2, 3, 4, 5]
    assert not list(chain.examine(links))
    # It is gone on with, and looked at from any link on.
    more = chain.forge([links[0]], 5, links[-1].digest)
    assert not list(chain.examine(links + more))
    assert not list(chain.examine(more, 5, links[-1].digest))


def test_what_was_done_to_a_chain_is_told():
    links = _links()
    kinds = lambda links: [tuple(flaw) for flaw in chain.examine(links)]  # noqa: E731
    assert kinds(links[:2] + links[3:]) == [(chain.MISSING, 3, 3)]
    assert kinds(links[1:]) == [(chain.MISSING, 1, 1)]
    changed = links[2]._replace(facts={**FACTS, "amount": chain.digest_fact(1)})
    assert kinds([*links[:2], changed, *links[3:]]) == [(chain.ALTERED, 3, 3)]
    # Who makes the digest fit breaks the next link.
    changed = changed._replace(digest=chain.digest_link(changed))
    assert kinds([*links[:2], changed, *links[3:]]) == [(chain.DISORDERED, 4, 4)]
    swapped = [
        links[0],
        links[2]._replace(sequence=2),
        links[1]._replace(sequence=3),
        *links[3:],
    ]
    assert {kind for kind, *_ in kinds(swapped)} == {chain.ALTERED, chain.DISORDERED}


@given(st.integers(0, 4), st.sampled_from(chain.Link._fields[1:7]))
def test_no_part_of_a_link_can_be_changed(place, name):
    links = _links()
    links[place] = links[place]._replace(**{name: "other"})
    assert chain.Flaw(chain.ALTERED, place + 1, place + 1) in chain.examine(links)


def test_facts_are_compared_by_name():
    salts = {"said": "ab12"}
    assert chain.compare({"amount": 100, "said": "No"}, FACTS, salts) == []
    assert chain.compare({"amount": 100, "said": "Yes"}, FACTS, salts) == ["said"]
    assert chain.compare({"amount": 99, "said": "No"}, FACTS, salts) == ["amount"]
    assert chain.compare({"amount": 100}, FACTS, salts) == ["said"]
    new = {"amount": 100, "said": "No", "more": 1}
    assert chain.compare(new, FACTS, salts) == ["more"]


@given(st.text(min_size=1), st.binary(min_size=16, max_size=16))
def test_without_its_salt_a_text_cannot_be_tried(text, salt):
    digest = chain.digest_fact(text, salt.hex())
    assert digest == chain.digest_fact(text, salt.hex())
    assert digest != chain.digest_fact(text)
    assert digest != chain.digest_fact(text, bytes(17).hex() + "01")
