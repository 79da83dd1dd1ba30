"""All tests: the addon's on a database of their own, the repository's beside them."""

import os

from . import cache, cluster, databases, odoo, settings, setup, templates, venv
from .console import attend, beside, say

AREA = "test"
DATABASE = settings.TEST_DATABASE
NO_TESTS = 5  # pytest's exit code


def run_tests(expression="", *, keep=False, stop_postgresql=False):
    """Set up, install the addon on a fresh database, run pytest; its exit code."""
    started = setup.ensure(browser=True)
    try:
        _make_database()
        return _pytest(expression)
    finally:
        if not keep:
            databases.drop(DATABASE, AREA)
        if stop_postgresql and started:
            cluster.stop()


def _make_database():
    with cache.lock():
        templates.ensure("demo")  # the lifecycle tests copy it
        templates.copy("plain", DATABASE, AREA)
    odoo.run_to_end(
        f"Installing {settings.ADDON} on the test database",
        DATABASE,
        AREA,
        f"--init={settings.ADDON}",
        "--without-demo",
    )


def _pytest(expression):
    """The addon's tests and, at the same time, the repository's; the worst exit code.

    Both take their time waiting for Odoo, PostgreSQL or a browser.
    """
    say("Running the tests …")
    options = {"env": _environment(), "cwd": settings.ROOT}
    with beside(_repository_command(expression), **options) as finish:
        codes = [attend(_addon_command(expression), **options)]
        codes.append(finish())
    return _worst(codes)


def _worst(codes):
    """Of a part of the tests, one of the two may have none."""
    return max((code for code in codes if code != NO_TESTS), default=NO_TESTS)


def _addon_command(expression):
    return [
        *_command(expression),
        *("-p", "pytest_odoo"),
        *(f"--odoo-database={DATABASE}", "--odoo-log-level=error", "--odoo-http"),
        settings.ADDON,
    ]


def _repository_command(expression):
    return [*_command(expression), "tests"]


def _command(expression):
    command = [str(venv.python()), "-m", "pytest", "-p", "tool.log_check"]
    return [*command, "-k", expression] if expression else command


def _environment():
    environment = odoo.environment(AREA, DATABASE)
    tool = str(settings.ROOT / "dev")
    environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], tool])
    return environment
