"""Odoo's command line: environment, configuration file, runs to the end."""

import os

from . import cache, cluster, odoo_source, settings, venv
from .console import Failure, run

OPTIONS = """[options]
addons_path = {addons}
data_dir = {data}
dbfilter = {filter}
http_interface = 127.0.0.1
http_port = {port}
max_cron_threads = {cron}
"""


def command(*arguments):
    return [str(venv.python()), "-m", "odoo", *map(str, arguments)]


def environment(area="demo", database=None):
    """What Odoo needs from its surroundings: Python path, server, settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PGDATABASE", "PYTHONPATH")
        and (name == "ODOO_HOME" or not name.startswith("ODOO_"))
    }
    return {
        **kept,
        **cluster.environment(),
        "ODOO_RC": str(write_configuration(area, database)),
        "PYTHONPATH": str(odoo_source.locate().folder),
    }


def environment_with_tool(area, database):
    """The same for Python programs that import the package ``tool``, too."""
    found = environment(area, database)
    tool = str(settings.ROOT / "dev")
    return {**found, "PYTHONPATH": os.pathsep.join([found["PYTHONPATH"], tool])}


def write_configuration(area, database=None):
    """The settings file of this checkout for an area; its path."""
    if "," in str(settings.ROOT):
        raise Failure(
            "Odoo takes no addons from a folder with a comma in its name.",
            f"Move {settings.ROOT}, then repeat.",
        )
    addons = [settings.ROOT, *odoo_source.locate().addons]
    shown = f"^{database}$" if database else "^(?!cc_template_|cc_test_)"
    text = OPTIONS.format(
        addons=",".join(map(str, addons)),
        data=settings.data_folder(area),
        filter=shown,
        port=settings.DEFAULT_PORT,
        cron=1 if area == "demo" else 0,
    )
    path = _configuration_file(database or area)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path


def _configuration_file(name):
    folder = settings.cache_folder() / "checkouts" / settings.CHECKOUT
    return folder / f"{name}.conf"


def run_to_end(title, database, area, *arguments):
    """Run Odoo without its web server until its work is done."""
    log = cache.log_file(f"{settings.CHECKOUT}-{database}")
    line = command("-d", database, "--no-http", "--stop-after-init", *arguments)
    run(title, line, log=log, env=environment(area, database), cwd=settings.ROOT)
    return log
