"""The figures of all cases beside the bare SQL that sums up what is overdue.

The SQL knows no credits, promises, plans, disputes or calls, and writes nothing: what
the refreshing takes beyond it is the price of a call list.
"""

from unittest.mock import patch

from . import ledger
from .evaluate_promises import ROOT_USER
from .measure import Work, compare
from tool.console import say

OVERDUE = (ledger.SQL / "overdue_by_debtor.sql").read_text()
MOST_STATEMENTS = 60


def run(stage, rounds):
    """The first time: each debtor gets a case."""
    return _compare("refresh_cases", find_cases, refresh, stage, rounds)


def run_again(stage, rounds):
    """The night after, when nothing has changed."""
    return _compare("refresh_cases_again", refresh_before, refresh, stage, rounds)


def run_scheduled(stage, rounds):
    """The first time by the scheduled action, in its batches."""
    return _compare("refresh_cases_cron", find_cases, refresh_by_cron, stage, rounds)


def _compare(name, prepare, act, stage, rounds):
    if not stage.has_promises:
        say(f"{name}: left out, the addon has no cases yet.")
        return None
    measured = Work("the addon", stage.with_addon, prepare, act, ROOT_USER)
    baseline = measured._replace(title="bare SQL", act=sum_overdue)
    comparison = compare(name, measured, baseline, rounds)
    statements = max(sample.statements for sample in comparison.measured)
    assert statements <= MOST_STATEMENTS, f"{name}: {statements} statements"
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
    """Commits are held back, or nothing could be rolled back."""
    with patch.object(env.cr, "commit", env.cr.flush):
        cases._cron_refresh()


def sum_overdue(env, _cases):
    env.cr.execute(OVERDUE)
    assert env.cr.fetchall()
