"""All tests in one pytest run, on a database of their own."""

import os

from . import cache, cluster, databases, odoo, settings, setup, templates, venv
from .console import attend, say

AREA = "test"
DATABASE = settings.TEST_DATABASE


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
    say("Running the tests …")
    command = pytest_command(expression)
    return attend(command, env=_environment(), cwd=settings.ROOT)


def pytest_command(expression):
    """One pytest for the addon's own tests and the repository's."""
    command = [
        *(str(venv.python()), "-m", "pytest", "-p", "pytest_odoo"),
        *("-p", "tool.log_check"),
        f"--odoo-database={DATABASE}",
        "--odoo-log-level=error",
        "--odoo-http",
        *_folders(),
    ]
    return [*command, "-k", expression] if expression else command


def _folders():
    wanted = (settings.ADDON, "tests")
    return [name for name in wanted if (settings.ROOT / name).is_dir()]


def _environment():
    environment = odoo.environment(AREA, DATABASE)
    tool = str(settings.ROOT / "dev")
    environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], tool])
    return environment
