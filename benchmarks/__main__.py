"""``python -m benchmarks [part of a name]``; `make bench` prepares what it needs."""

import os
import sys

from odoo.tools import config

from . import (
    evaluate_promises,
    export_claims,
    list_cases,
    overview,
    payment_matching,
    peer,
    refresh_cases,
    report,
    run_plans,
    stage,
)
from tool.console import Failure, say, step

BENCHMARKS = {
    "payment_matching": payment_matching.run,
    "payment_matching_promised": payment_matching.run_promised,
    "evaluate_promises": evaluate_promises.run,
    "evaluate_promises_cron": evaluate_promises.run_scheduled,
    "refresh_cases": refresh_cases.run,
    "refresh_cases_again": refresh_cases.run_again,
    "refresh_cases_cron": refresh_cases.run_scheduled,
    "refresh_cases_growth": refresh_cases.run_growth,
    "refresh_cases_peer": peer.run,
    "refresh_cases_large": refresh_cases.run_large,
    "refresh_cases_growth_large": refresh_cases.run_growth_large,
    "list_cases": list_cases.run_list,
    "list_one_case": list_cases.run_form,
    "list_cases_large": list_cases.run_list_large,
    "list_one_case_large": list_cases.run_form_large,
    "overview": overview.run,
    "overview_large": overview.run_large,
    "export_claims": export_claims.run,
    "decide_plans": run_plans.run_decisions,
    "decide_plans_growth": run_plans.run_decisions_growth,
    "run_plans_growth": run_plans.run_night_growth,
}


LARGE = "large"


def choose(wanted):
    """The benchmarks with this in their name; the large ones only if asked for."""
    chosen = {
        name: run
        for name, run in BENCHMARKS.items()
        if wanted in name and (LARGE in wanted or not name.endswith(LARGE))
    }
    if not chosen:
        raise Failure(
            f"No benchmark is called {wanted}.", f"Choose: {', '.join(BENCHMARKS)}"
        )
    return chosen


def measure(chosen, rounds):
    """Run the benchmarks one after another; their comparisons."""
    options = ["--log-level=error"]
    if peer.NAME in chosen:
        options.append(f"--addons-path={peer.addons_path()}")
    config.parse_config(options, setup_logging=True)
    with stage.built() as built:
        for name, run in chosen.items():
            with step(f"Measuring {name}, {rounds} rounds"):
                comparison = run(built, rounds)
            if comparison:
                yield comparison


def main(wanted):
    rounds = int(os.environ.get("BENCH_ROUNDS") or 5)
    comparisons = []
    for comparison in measure(choose(wanted), rounds):
        comparisons.append(comparison)
        path = report.save(comparisons)  # an interrupted run keeps what it has
    if comparisons:
        print(report.table(comparisons))
        say(f"Every sample: {path}")
    strict = os.environ.get("BENCH_STRICT") == "1"
    return int(strict and not all(each.within_bound for each in comparisons))


if __name__ == "__main__":
    try:
        sys.exit(main("".join(sys.argv[1:2])))
    except Failure as failure:
        sys.exit(f"\nFailed: {failure.what}\nTo do: {failure.todo}")
