"""Our refreshing beside what OCA's account_credit_control does each night.

Both find out what is overdue, and keep it: ours in a case for each debtor, the other
one in a line for each claim. Both are there in one database.
"""

from datetime import date

from . import stage as stages
from .evaluate_promises import ROOT_USER
from .measure import Work, compare
from .refresh_cases import MOST_STATEMENTS, find_cases, has_cases
from tool import peer

NAME = "refresh_cases_peer"
ADDON = "account_credit_control"
BOUND = 1 / 50
MOST_ROUNDS = 2  # it takes minutes


def run(stage, rounds):
    if not has_cases(NAME, stage):
        return None
    peer.ensure()
    database = stages.joined(ADDON, peer.addons_path())
    measured = Work("the addon", database, find_cases, refresh, ROOT_USER)
    baseline = measured._replace(title=ADDON, prepare=prepare_run, act=generate)
    comparison = compare(NAME, measured, baseline, min(rounds, MOST_ROUNDS), BOUND)
    assert comparison.measured[-1].statements <= MOST_STATEMENTS
    return comparison


def refresh(env, cases):
    changed = cases._refresh()
    assert sum(changed.mapped("overdue_count")) == count_claims(env)


def prepare_run(env):
    """The policy that the other addon brings, from the first day on, for everybody."""
    policy = env.ref(f"{ADDON}.credit_control_3_time")
    policy.level_ids.sorted("level")[0].delay_days = 0
    policy.account_ids = env["account.account"].search(
        [("account_type", "=", "asset_receivable")]
    )
    env.company.credit_policy_id = policy
    return env["credit.control.run"].create(
        {"date": date.today(), "policy_ids": policy.ids}
    )


def generate(env, run):
    run.generate_credit_lines()
    assert len(run.line_ids) == count_claims(env)


def count_claims(env):
    """What both have to find."""
    items = env["account.move.line"]
    return items.search_count(items._get_collection_overdue_domain(env.company))
