"""The measurements of ``benchmarks/``, in a process that has Odoo's packages."""

from . import odoo, settings, setup, venv
from .console import attend

AREA = "test"


def run(expression=""):
    """Run the benchmarks with ``expression`` in their name; the exit code."""
    setup.ensure()
    command = [str(venv.python()), "-m", "benchmarks", expression]
    environment = odoo.environment_with_tool(AREA, f"{settings.TEST_DATABASE}_bench")
    return attend(command, env=environment, cwd=settings.ROOT)
