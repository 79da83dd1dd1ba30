"""The night's evaluation of 20,000 open promises beside the bare SQL for it.

The SQL finds what decides about a promise, its receipts in time, and writes nothing:
what the evaluation takes beyond it is the price of deciding, writing and telling.
"""

from unittest.mock import patch

from . import ledger
from .measure import Work, compare
from tool.console import say

RECEIPTS = (ledger.SQL / "receipts_of_promises.sql").read_text()
ROOT_USER = "base.user_root"  # scheduled actions run as this user


def run(stage, rounds):
    return _compare("evaluate_promises", evaluate, stage, rounds)


def run_scheduled(stage, rounds):
    """The same by the scheduled action: with its search and its batches."""
    return _compare("evaluate_promises_cron", evaluate_by_cron, stage, rounds)


def _compare(name, act, stage, rounds):
    if not stage.has_promises:
        say(f"{name}: left out, the addon has no promises yet.")
        return None
    measured = Work("the addon", stage.with_addon, find_promises, act, ROOT_USER)
    baseline = measured._replace(title="bare SQL", act=sum_receipts)
    return compare(name, measured, baseline, rounds)


def find_promises(env):
    promises = env["collection.promise"].search([("state", "=", "open")])
    assert promises, "the ledger has no open promises"
    return promises


def evaluate(_env, promises):
    promises._evaluate(scheduled=True)


def evaluate_by_cron(env, promises):
    """Commits are held back, or nothing could be rolled back."""
    with patch.object(env.cr, "commit", env.cr.flush):
        promises.browse()._cron_evaluate()


def sum_receipts(env, _promises):
    env.cr.execute(RECEIPTS)
    assert env.cr.fetchall()
