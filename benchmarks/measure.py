"""Work measured beside other work, in turns and in one process.

Machines are noisy, and fast or slow by turns: seconds of one run are compared with
seconds of the same run, never with those of another day or machine.
"""

import gc
import time
from collections.abc import Callable
from contextlib import closing
from statistics import median
from typing import NamedTuple

from odoo.api import Environment
from odoo.modules.registry import Registry

from . import memory

ADMIN = "base.user_admin"


class Work(NamedTuple):
    """One side of a comparison.

    ``prepare(env)`` is not measured; ``act(env, prepared)`` is, everything that a
    commit would still write included. Both are rolled back.
    """

    title: str
    database: str
    prepare: Callable
    act: Callable
    user: str = ADMIN


class Sample(NamedTuple):
    seconds: float
    statements: int
    megabytes: float  # what the process grew by at most


class Comparison(NamedTuple):
    """``measured`` beside ``baseline``: samples, one of each for every round.

    ``pieces`` is how many more pieces of work there are in what is measured than in the
    baseline, where that is to be told of each; ``most_megabytes`` how much the process
    may grow by, where that is asked. It grows most in the first round, which tells
    nothing else.
    """

    name: str
    measured: list
    baseline: list
    bound: float | None = None
    pieces: int | None = None
    most_megabytes: int | None = None
    warm_up: tuple = ()

    @property
    def ratio(self):
        """Of the least seconds: noise only ever adds."""
        return least(self.measured) / least(self.baseline)

    @property
    def median_ratio(self):
        return middle(self.measured) / middle(self.baseline)

    @property
    def megabytes(self):
        """What the process grew by at most, of what is measured and of the baseline."""
        rounds = self.warm_up, *zip(self.measured, self.baseline, strict=True)
        return tuple(
            max(sample.megabytes for sample in samples)
            for samples in zip(*rounds, strict=True)
        )

    @property
    def within_bound(self):
        return (self.bound is None or self.ratio <= self.bound) and (
            self.most_megabytes is None or self.megabytes[0] <= self.most_megabytes
        )


def least(samples):
    return min(sample.seconds for sample in samples)


def middle(samples):
    return median(sample.seconds for sample in samples)


def compare(name, measured, baseline, rounds, bound=None):
    """Do both once to warm up, then in turns: A B, B A, A B, …"""
    works = {True: measured, False: baseline}
    samples = {True: [], False: []}
    for number in range(rounds + 1):
        for side in (False, True) if number % 2 else (True, False):
            samples[side].append(take(works[side]))
    [first, *others], [first_beside, *others_beside] = samples.values()
    warm_up = first, first_beside
    return Comparison(name, others, others_beside, bound, warm_up=warm_up)


def take(work):
    """Do the work once; as if it had never happened when it is done."""
    with closing(Registry(work.database).cursor()) as cursor:
        env = Environment(cursor, 1, {})
        env = env(user=env.ref(work.user))
        prepared = work.prepare(env)
        cursor.flush()
        env.invalidate_all()
        gc.collect()
        sample = _clock(cursor, lambda: work.act(env, prepared))
        cursor.rollback()
    return sample


def _clock(cursor, act):
    before = memory.forget_peak()
    statements, started = cursor.sql_log_count, time.perf_counter()
    act()
    cursor.flush()
    seconds = time.perf_counter() - started
    return Sample(seconds, cursor.sql_log_count - statements, memory.peak() - before)
