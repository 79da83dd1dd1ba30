"""The measurements of ``benchmarks/``, in a process that has Odoo's packages."""

import os

from . import odoo, settings, setup, venv
from .console import attend

AREA = "test"


def run(expression=""):
    """Run the benchmarks with ``expression`` in their name; the exit code."""
    setup.ensure()
    command = [str(venv.python()), "-m", "benchmarks", expression]
    return attend(command, env=_environment(), cwd=settings.ROOT)


def _environment():
    environment = odoo.environment(AREA, f"{settings.TEST_DATABASE}_bench")
    tool = str(settings.ROOT / "dev")
    environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], tool])
    return environment
