"""The figures of all cases beside the bare SQL that sums up what is overdue.

The SQL knows no credits, promises, plans, disputes or calls, and writes nothing: what
the refreshing takes beyond it is the price of a call list. A ledger beside a smaller
one tells whether more claims take more than their share.
"""

from contextlib import suppress
from unittest.mock import patch

from . import ledger
from . import stage as stages
from .evaluate_promises import ROOT_USER
from .measure import Work, compare
from tool.console import say

OVERDUE = (ledger.SQL / "overdue_by_debtor.sql").read_text()
MOST_STATEMENTS = 60
MOST_SCHEDULED = 300  # statements, in five batches of 500 debtors
GROWTH_BOUND = 1.1  # times what the ledger grows
LARGE_BOUND = 1.5  # the usual one fits into PostgreSQL's buffers, the large one doesn't
MOST_MEGABYTES = 100


def run(stage, rounds):
    """The first time: each debtor gets a case."""
    return _compare("refresh_cases", find_cases, refresh, stage, rounds)


def run_again(stage, rounds):
    """The night after, when nothing has changed."""
    return _compare("refresh_cases_again", refresh_before, refresh, stage, rounds)


def run_scheduled(stage, rounds):
    """The first time by the scheduled action, in its batches."""
    name = "refresh_cases_cron"
    return _compare(name, find_cases, refresh_by_cron, stage, rounds, MOST_SCHEDULED)


def run_growth(stage, rounds):
    """The first time by the scheduled action, beside ten nights of a tenth."""
    return _compare_growth("refresh_cases_growth", refresh_by_cron, stage, rounds)


def run_growth_large(stage, rounds):
    """The same with twenty times the ledger, beside twenty nights of the usual one."""
    name = "refresh_cases_growth_large"
    return _compare_growth(name, refresh_by_cron, stage, rounds, is_large=True)


def run_large(stage, rounds):
    """The same, all at once."""
    name = "refresh_cases_large"
    return _compare_growth(name, refresh, stage, rounds, is_large=True)


def _compare_growth(name, act, stage, rounds, is_large=False):
    if not has_cases(name, stage):
        return None
    large, small = stages.large_and_small(stage, is_large)
    measured = Work("the ledger", large, find_cases, act, ROOT_USER)
    nights = stages.LARGE if is_large else stages.TENTH
    baseline = Work("a part of it", small, find_cases, repeat(act, nights), ROOT_USER)
    bound = LARGE_BOUND if is_large else GROWTH_BOUND
    comparison = compare(name, measured, baseline, rounds, bound)
    return comparison._replace(most_megabytes=MOST_MEGABYTES)


def has_cases(name, stage):
    if not stage.has_promises:
        say(f"{name}: left out, the addon has no cases yet.")
    return stage.has_promises


def _compare(name, prepare, act, stage, rounds, most=MOST_STATEMENTS):
    if not has_cases(name, stage):
        return None
    measured = Work("the addon", stage.with_addon, prepare, act, ROOT_USER)
    baseline = measured._replace(title="bare SQL", act=sum_overdue)
    comparison = compare(name, measured, baseline, rounds)
    statements = max(sample.statements for sample in comparison.measured)
    assert statements <= most, f"{name}: {statements} statements"
    return comparison


def find_cases(env):
    return env["collection.case"]


def refresh_before(env):
    cases = find_cases(env)
    assert cases._refresh(), "the ledger has nothing overdue"
    return cases


def refresh(_env, cases):
    cases._refresh()


def refresh_by_cron(env, cases):
    """Commits are held back, or nothing could be rolled back.

    What they do besides is done: they write what is pending and forget what was read.
    """

    def forget():
        env.cr.flush()
        env.cr.clear()

    with patch.object(env.cr, "commit", forget):
        cases._cron_refresh()


class Undone(Exception):
    """As if it had not happened."""


def repeat(act, times):
    """Something that does this several times, each of them the first one.

    What takes as long as the other side meets as much noise.
    """

    def several(env, prepared):
        for _time in range(times):
            with suppress(Undone), env.cr.savepoint():
                act(env, prepared)
                env.cr.flush()
                raise Undone
            env.invalidate_all()

    return several


def sum_overdue(env, _cases):
    env.cr.execute(OVERDUE)
    assert env.cr.fetchall()
