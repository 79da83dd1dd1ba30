"""One sum for all that is said, mailed and printed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from collection_calls.engine import asked

AMOUNTS = st.integers(0, 1_000)
CLAIMS = st.lists(
    st.builds(asked.Claim, st.sampled_from("abc"), AMOUNTS, AMOUNTS), max_size=6
)


@settings(max_examples=200)
@given(CLAIMS, st.dictionaries(st.sampled_from("abc"), AMOUNTS), AMOUNTS)
def test_rows_add_up(claims, undisputed, credit):
    rows = asked.settle(claims, undisputed, credit)
    assert len(rows) == len(claims)
    for row, claim in zip(rows, claims, strict=True):
        assert row.open == claim.open
        assert row.open == row.disputed + row.credited + row.left
        assert min(row.disputed, row.credited, row.left, row.asked) >= 0
        assert row.promised <= min(claim.promised, row.open - row.disputed)
    assert sum(row.credited for row in rows) <= credit
    for invoice, calm in undisputed.items():
        pairs = zip(rows, claims, strict=True)
        mine = [row for row, claim in pairs if claim.invoice == invoice]
        assert sum(row.credited + row.left for row in mine) <= calm
    is_promised = any(claim.promised for claim in claims)
    asked_for = sum(row.asked for row in rows)
    name = "promised" if is_promised else "left"
    assert asked_for == sum(getattr(row, name) for row in rows)


def test_the_issues_example():
    """770 disputed, 75 credited: what is said isn't the gross sum."""
    claims = [asked.Claim("a", 2_000), asked.Claim("b", 1_000)]
    rows = asked.settle(claims, {"b": 230}, 75)
    assert [row.left for row in rows] == [1_925, 230]
    assert [row.disputed for row in rows] == [0, 770]


def test_nobody_pays_more_than_is_left():
    [row] = asked.settle([asked.Claim("a", 300, 1_000)])
    assert (row.promised, row.asked) == (300, 300)


def test_who_promised_something_is_asked_for_that():
    rows = asked.settle([asked.Claim("a", 300, 100), asked.Claim("b", 50)])
    assert [row.asked for row in rows] == [100, 0]


def test_the_last_part_is_disputed_first():
    claims = [asked.Claim("a", 100), asked.Claim("a", 100)]
    rows = asked.settle(claims, {"a": 150})
    assert [row.left for row in rows] == [100, 50]
