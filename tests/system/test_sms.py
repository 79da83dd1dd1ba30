"""Beside Odoo's SMS: our glue addon installs itself, and passes its own tests."""

import re
import subprocess

from tool import odoo, settings

GLUE = "collection_calls_sms"
RUN = re.compile(r"odoo\.addons\.(\w+)\.tests\.\w+: Starting (\w+\.test_\w+) ")
PROBLEM = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*$", re.M)
INSTALLED = f"""
print(env["ir.module.module"].search([("name", "=", "{GLUE}")]).state)
"""


def test_it_installs_itself_and_passes_its_tests(new_database, run_script):
    database = new_database("installed")
    assert run_script(database, INSTALLED).split() == ["installed"]
    line = ["-d", database, "--no-http", "--stop-after-init", f"--update={GLUE}"]
    done = subprocess.run(
        odoo.command(*line, f"--test-tags=/{GLUE}"),
        env=odoo.environment("test", database),
        cwd=settings.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert PROBLEM.findall(done.stdout) == []
    assert done.returncode == 0, done.stdout
    assert len([test for addon, test in RUN.findall(done.stdout) if addon == GLUE]) > 5
