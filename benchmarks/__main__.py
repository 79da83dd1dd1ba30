"""``python -m benchmarks [part of a name]``; `make bench` prepares what it needs."""

import os
import sys

from odoo.tools import config

from . import (
    evaluate_promises,
    payment_matching,
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
    "decide_plans": run_plans.run_decisions,
    "decide_plans_growth": run_plans.run_decisions_growth,
    "run_plans_growth": run_plans.run_night_growth,
}


def choose(wanted):
    """The benchmarks with this in their name."""
    chosen = {name: run for name, run in BENCHMARKS.items() if wanted in name}
    if not chosen:
        raise Failure(
            f"No benchmark is called {wanted}.", f"Choose: {', '.join(BENCHMARKS)}"
        )
    return chosen


def measure(chosen, rounds):
    """Run the benchmarks one after another; their comparisons."""
    config.parse_config(["--log-level=error"], setup_logging=True)
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
