"""The night of 10,000 installment plans, of which 500 have missed one.

The decision is what all plans cost every night, whatever happens; the bare SQL finds no
more than the missed installments. What a step costs beyond it, an event, a letter, a
call to plan, is measured by the whole run. A tenth of the plans beside all of them
tells whether more plans take more than their share.
"""

from unittest.mock import patch

from odoo.fields import Domain

from . import ledger
from .evaluate_promises import ROOT_USER
from .measure import Work, compare
from tool import databases
from tool.console import say

MISSED = (ledger.SQL / "missed_installments.sql").read_text()
DECIDE_BOUND = 20
GROWTH_BOUND = 12
TENTH = 10
LATE = 20  # one of so many has missed an installment


def run_decisions(stage, rounds):
    """No step is taken: what the night takes to find out what there is to do."""
    measured = _work(stage, "the addon", find_plans, decide)
    baseline = measured._replace(title="bare SQL", act=find_missed)
    return _compare("decide_plans", measured, baseline, rounds, DECIDE_BOUND)


def run_decisions_growth(stage, rounds):
    """The same for all plans beside a tenth of them."""
    return _compare_to_tenth("decide_plans_growth", decide, stage, rounds)


def run_night_growth(stage, rounds):
    """The scheduled action, all its steps included."""
    night = _compare_to_tenth("run_plans_growth", run_by_cron, stage, rounds)
    return night and night._replace(pieces=_count_accelerations(stage))


def _count_accelerations(stage):
    """How many more plans accelerate among all of them than among a tenth."""
    count = "SELECT count(*) FROM collection_plan"
    plans = int(databases.sql(count, stage.with_plans)[0])
    return plans // LATE - plans // TENTH // LATE


def _compare_to_tenth(name, act, stage, rounds):
    measured = _work(stage, "all plans", find_plans, act)
    baseline = measured._replace(title="a tenth", prepare=find_tenth)
    return _compare(name, measured, baseline, rounds, GROWTH_BOUND)


def _work(stage, title, prepare, act):
    return Work(title, stage.with_plans, prepare, act, ROOT_USER)


def _compare(name, measured, baseline, rounds, bound):
    if not measured.database:
        say(f"{name}: left out, the addon has no plans yet.")
        return None
    return compare(name, measured, baseline, rounds, bound)


def find_plans(env):
    plans = env["collection.plan"].search([("state", "=", "active")], order="id")
    assert plans, "the ledger has no plans"
    return plans


def find_tenth(env):
    plans = find_plans(env)
    return plans[: len(plans) // TENTH]


def decide(env, plans):
    """In batches, as the scheduled action does it."""
    accelerated = 0
    for start in range(0, len(plans), _get_batch()):
        batch = plans[start : start + _get_batch()]
        decisions = batch._get_decisions(batch._get_ledgers()).values()
        accelerated += sum(decision.step == "accelerate" for decision in decisions)
        env.invalidate_all()  # as after each batch's commit
    assert accelerated == _count_late(plans)


def _get_batch():
    from odoo.addons.collection_calls.models.plan import nightly_run

    return nightly_run.BATCH


def _count_late(plans):
    return len(plans) // LATE


def run_by_cron(env, plans):
    """Commits are held back, or nothing could be rolled back."""
    everything = type(plans)._get_to_run_domain

    def only_these(model):
        return everything(model) & Domain("id", "in", plans.ids)

    with (
        patch.object(env.cr, "commit", env.cr.flush),
        patch.object(type(plans), "_get_to_run_domain", only_these),
    ):
        plans.browse()._cron_run()
    plans.invalidate_recordset(["state"])
    accelerated = plans.filtered(lambda plan: plan.state == "accelerated")
    assert len(accelerated) == _count_late(plans)


def find_missed(env, plans):
    env.cr.execute(MISSED)
    assert len(env.cr.fetchall()) == _count_late(plans)
