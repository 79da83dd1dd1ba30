"""Beside OCA's account_credit_control: our glue addon, tested together with it."""

import re

from tool import peer, settings

THEIRS = "account_credit_control"
THEIR_TESTS = 28  # of the version in dev/peer.lock
GLUE = "collection_calls_credit_control"
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
PROBLEM = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*$", re.M)


def test_both_pass_their_tests(new_database, run_odoo):
    """The glue installs itself, and nobody's tests fail for it."""
    assert GLUE in settings.GLUE_ADDONS
    log = run_odoo(
        new_database("installed"),
        f"--addons-path={peer.addons_path()}",
        f"--init={THEIRS}",
        "--without-demo",
        f"--test-tags=/{THEIRS},/{GLUE}",
    )
    assert PROBLEM.findall(log) == []
    [(failed, errors, count)] = RESULT.findall(log)
    assert (int(failed), int(errors)) == (0, 0)
    assert f"odoo.addons.{GLUE}.tests" in log
    assert int(count) > THEIR_TESTS
