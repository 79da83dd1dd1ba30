"""All tests in one queue, for workers that each have a copy of the same database."""

from . import cache, cluster, databases, odoo, peer, settings, setup, templates, venv
from .console import attend, say

AREA = "test"
DATABASE = settings.TEST_DATABASE
WORKERS = ("gw0", "gw1")  # as pytest-xdist calls them


def run_tests(expression="", *, keep=False, stop_postgresql=False):
    """Set up, copy the template with the addon, run pytest; its exit code."""
    started = setup.ensure(browser=True)
    try:
        peer.ensure()  # the tests of the glue addon install it
        _make_databases()
        say("Running the tests …")
        options = {
            "env": odoo.environment_with_tool(AREA, DATABASE),
            "cwd": settings.ROOT,
        }
        return attend(_command(expression), **options)
    finally:
        for database in () if keep else map(worker_database, WORKERS):
            databases.drop(database, AREA)
        if stop_postgresql and started:
            cluster.stop()


def worker_database(worker):
    return f"{DATABASE}_{worker}"


def _make_databases():
    with cache.lock():
        templates.ensure("demo")  # the lifecycle tests copy it
        for worker in WORKERS:
            templates.copy("installed", worker_database(worker), AREA)


def _command(expression):
    command = [
        *(str(venv.python()), "-m", "pytest"),
        *("-p", "pytest_odoo", "-p", "tool.log_check", "-p", "tool.test_queue"),
        *(f"--odoo-database={DATABASE}", "--odoo-log-level=error", "--odoo-http"),
        # A class or module at a time, in the order of tool.test_queue.
        *(f"--numprocesses={len(WORKERS)}", "--dist=loadscope"),
        *("--no-loadscope-reorder", "--max-worker-restart=0"),
    ]
    if expression:
        command += ["-k", expression]
    return [*command, settings.ADDON, "tests"]
