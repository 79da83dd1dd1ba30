"""Beside OCA's account_credit_control: our glue addon, tested together with it.

Tests of theirs name days of November 2025, and make invoices of a year ago: since 14
November 2026 they fail, whatever is installed. So the server believes it is March.
"""

import re
import subprocess

from tool import odoo, peer, settings, venv

THEIRS = "account_credit_control"
GLUE = "collection_calls_credit_control"
SERVER = """
import freezegun
freezegun.freeze_time("2026-03-10 09:00:00", tick=True).start()
import odoo.cli
odoo.cli.main()
"""
RUN = re.compile(r"odoo\.addons\.(\w+)\.tests\.\w+: Starting (\w+\.test_\w+) ")
PROBLEM = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*$", re.M)
THEIR_TESTS = 28  # of the version in dev/peer.lock


def run_odoo_in_march(database, *arguments):
    """Run Odoo until it is done; its exit code and its log."""
    line = [str(venv.python()), "-c", SERVER, "-d", database]
    done = subprocess.run(
        [*line, "--no-http", "--stop-after-init", *arguments],
        env=odoo.environment("test", database),
        cwd=settings.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    return done.returncode, done.stdout


def test_both_pass_their_tests(new_database):
    """The glue installs itself beside both, and neither's tests fail for the other."""
    code, log = run_odoo_in_march(
        new_database("installed"),
        f"--addons-path={peer.addons_path()}",
        f"--init={THEIRS}",
        "--without-demo",
        f"--test-tags=/{THEIRS},/{GLUE}",
    )
    assert PROBLEM.findall(log) == []
    assert code == 0, log
    run = RUN.findall(log)
    assert len([test for addon, test in run if addon == THEIRS]) == THEIR_TESTS
    assert [test for addon, test in run if addon == GLUE]
