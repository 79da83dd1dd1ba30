"""The start page, beside the same on a smaller ledger."""

from . import stage as stages
from .evaluate_promises import ROOT_USER
from .ledger import SQL
from .list_cases import as_collector
from .measure import Work, compare
from .refresh_cases import has_cases

BOUND = 10.0  # what is summed up is ten times as much; nothing may cost more than that
BOUND_LARGE = 20.0
CALLS = SQL / "calls.sql"


def run(stage, rounds):
    return _compare("overview", stage, rounds, BOUND)


def run_large(stage, rounds):
    """The same with twenty times the ledger."""
    return _compare("overview_large", stage, rounds, BOUND_LARGE, is_large=True)


def _compare(name, stage, rounds, bound, is_large=False):
    if not has_cases(name, stage):
        return None
    large, small = map(stages.refreshed, stages.large_and_small(stage, is_large))
    measured = Work("large", large, prepare, read_figures, ROOT_USER)
    baseline = measured._replace(title="small", database=small)
    comparison = compare(name, measured, baseline, rounds, bound)
    counts = {sample.statements for sample in comparison.measured + comparison.baseline}
    assert len(counts) == 1, f"{name}: {counts} statements"
    return comparison


def prepare(env):
    """A call with each debtor, in the last four weeks."""
    collector = as_collector(env).env.user
    env.flush_all()
    env.cr.execute(CALLS.read_text(), {"user": collector.id})
    return env["collection.overview"].with_user(collector)


def read_figures(env, overview):
    env.invalidate_all()
    figures = overview.get_figures(everybody=True)
    assert figures["aging"]["count"] and figures["received"]["calls"]
