"""Each record has its turn once a round, wherever a run was stopped."""

import random

from collection_calls.engine.rounds import Round

IDS = [2, 3, 5, 7, 11, 13]


def test_a_round():
    current = Round()
    assert current.get_queue(IDS) == IDS
    current = current.go_on([2, 3])
    assert current.get_queue(IDS) == [5, 7, 11, 13]
    assert current.go_on([5, 7, 11, 13]).get_queue(IDS) == []


def test_who_comes_and_goes_meanwhile():
    current = Round().go_on([2, 3, 5])
    assert current.get_queue([1, 3, 6, 7]) == [6, 7], "1 comes in the next round"
    assert current.get_queue([]) == []
    assert current.get_queue([4]) == []


def test_on_another_day_it_begins_where_it_stopped():
    current = Round().go_on([2, 3, 5]).renew()
    assert current.get_queue(IDS) == [7, 11, 13, 2, 3, 5]
    current = current.go_on([7, 11, 13, 2])
    assert current.get_queue(IDS) == [3, 5]
    assert current.renew().get_queue(IDS) == [3, 5, 7, 11, 13, 2]


def test_day_on_which_nobody_was_done():
    current = Round().go_on([2, 3]).renew()
    assert current.renew() == current
    assert current.get_queue(IDS)[0] == 5


def test_skipped_ones_have_another_turn_at_the_end():
    current = Round().go_on([2, 3, 5], skipped=[3])
    assert current.get_queue(IDS) == [7, 11, 13, 3]
    current = current.go_on([7, 11, 13], skipped=[13])
    assert current.get_queue(IDS) == [3, 13]
    current = current.go_on([3, 13], skipped=[13])
    assert current.get_queue(IDS) == [], "not for ever"


def test_skipped_one_that_is_gone():
    current = Round().go_on([2, 3], skipped=[3])
    assert current.get_queue([2, 5]) == [5]


def test_slow_days():
    """A third of them a day: after three days everybody was done once."""
    ids, current, done = list(range(1, 301)), Round(), []
    for _day in range(3):
        current = current.renew()
        for _slice in range(10):
            batch = current.get_queue(ids)[:10]
            current = current.go_on(batch)
            done += batch
    assert sorted(done) == ids


def test_at_random():
    luck = random.Random(16)
    for _time in range(200):
        ids = sorted(luck.sample(range(1, 1000), luck.randrange(1, 40)))
        current, turns = Round(luck.randrange(1000)), []
        while queue := current.get_queue(ids):
            batch = queue[: luck.randrange(1, 8)]
            fresh = [number for number in batch if number not in current.skipped]
            current = current.go_on(batch, luck.sample(fresh, len(fresh) // 3))
            turns += fresh
        assert sorted(turns) == ids
