"""Transactions are short, whatever a record costs, and everybody gets on."""

import pytest

from collection_calls.engine.pace import FEWEST, FIRST, SECONDS, Pace


class Clock:
    def __init__(self):
        self.now = 100.0

    def read(self):
        return self.now


class Record:
    def __init__(self, number):
        self.id = number


@pytest.fixture
def clock():
    return Clock()


def run(clock, pace, cost, count):
    """Do so many records, which take so many seconds each; the times between commits"""
    records, times = [Record(number + 1) for number in range(count)], []
    while records:
        batch, before = records[: pace.size], clock.now
        pace.begin()
        done = 0
        for _record in pace.walk(batch):
            clock.now += cost
            done += 1
        pace.adapt(done)
        records = records[done:]
        times.append(clock.now - before)
    return times


@pytest.mark.parametrize("cost", [0, 0.0001, 0.01, 0.1, 0.39, 2])
def test_short_whatever_it_costs(clock, cost):
    times = run(clock, Pace(500, read=clock.read), cost, 2000 if cost < 0.1 else 60)
    assert max(times) <= SECONDS + cost + 1e-6
    assert min(times[1:-1] or [1]) >= min(cost, SECONDS / 2) or not cost


def test_fast_ones_are_done_in_few_transactions(clock):
    pace = Pace(500, read=clock.read)
    assert pace.size == FIRST
    assert len(run(clock, pace, 0, 10_000)) < 30
    assert pace.size == 500


def test_slow_ones_after_fast_ones(clock):
    """Nobody knew: the transaction ends all the same."""
    pace = Pace(500, read=clock.read)
    run(clock, pace, 0, 5000)
    assert max(run(clock, pace, 0.1, 500)) <= SECONDS + 0.1 + 1e-6
    assert pace.size == FEWEST


def test_never_more_than_the_most(clock):
    pace = Pace(3, read=clock.read)
    assert pace.size == 3
    run(clock, pace, 0, 100)
    assert pace.size == 3
    assert len(run(clock, pace, 10, 5)) == 5


def test_stops_at_a_record(clock):
    pace = Pace(10, read=clock.read)
    for _record in pace.walk([Record(7), Record(8), Record(9)]):
        clock.now += SECONDS
    assert clock.now == 100 + SECONDS, "one of them"
    assert pace.stopped_at == 8
    pace.begin()
    assert pace.stopped_at is None


def test_shrinks_to_one(clock):
    pace = Pace(500, first=500, read=clock.read)
    sizes = []
    while pace.shrink():
        sizes.append(pace.size)
    assert sizes == [125, 31, 7, 1]
    pace.adapt(1)
    assert pace.size == FEWEST


def test_unhurried():
    pace = Pace.unhurried()
    assert len(list(pace.walk([Record(n) for n in range(1000)]))) == 1000
    assert pace.stopped_at is None
