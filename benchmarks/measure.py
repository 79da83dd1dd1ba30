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


class Comparison(NamedTuple):
    """``measured`` beside ``baseline``: samples, one of each for every round.

    ``pieces`` is how many more pieces of work there are in what is measured than in the
    baseline, where that is to be told of each.
    """

    name: str
    measured: list
    baseline: list
    bound: float | None = None
    pieces: int | None = None

    @property
    def ratio(self):
        """Of the least seconds: noise only ever adds."""
        return least(self.measured) / least(self.baseline)

    @property
    def median_ratio(self):
        return middle(self.measured) / middle(self.baseline)

    @property
    def within_bound(self):
        return self.bound is None or self.ratio <= self.bound


def least(samples):
    return min(sample.seconds for sample in samples)


def middle(samples):
    return median(sample.seconds for sample in samples)


def compare(name, measured, baseline, rounds, bound=None):
    """Do both once to warm up, then in turns: A B, B A, A B, …"""
    works = {True: measured, False: baseline}
    samples = {True: [], False: []}
    for number in range(rounds + 1):
        for side in (True, False) if number % 2 else (False, True):
            sample = take(works[side])
            if number:
                samples[side].append(sample)
    return Comparison(name, samples[True], samples[False], bound)


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
    statements, started = cursor.sql_log_count, time.perf_counter()
    act()
    cursor.flush()
    seconds = time.perf_counter() - started
    return Sample(seconds, cursor.sql_log_count - statements)
