"""Remove what this checkout has made, or the whole cache."""

import shutil

from . import cache, cluster, databases, debian, settings, templates
from .console import Failure, say

# Named one by one: the cache folder may be any folder of the user's.
PARTS = (
    *("apt", "checkouts", "data", "durations", "log", "node", "odoo", "peer"),
    *("postgresql", "venv"),
)
DATABASES = {
    settings.DEMO_DATABASE: "demo",
    settings.TEST_DATABASE: "test",
    f"{templates.PREFIX}_installed_{settings.CHECKOUT}_": templates.AREA,
}
TEMPLATES = {f"{templates.PREFIX}_": templates.AREA}


def clean(everything=False):
    """Drop this checkout's databases and stop PostgreSQL; keep the downloads."""
    with cache.lock():
        if cluster.is_external() or _private_server_runs():
            _drop({**DATABASES, **TEMPLATES} if everything else DATABASES)
            _stop_postgresql(everything)
        folder = settings.cache_folder() / "checkouts" / settings.CHECKOUT
        shutil.rmtree(folder, ignore_errors=True)
        if everything:
            _remove_cache()


def _private_server_runs():
    return bool(debian.postgresql_folder()) and cluster.is_running()


def _drop(prefixes):
    for prefix, area in prefixes.items():
        for name in databases.names(prefix):
            say(f"Dropping the database {name}")
            databases.drop(name, area)


def _stop_postgresql(everything):
    if cluster.is_external():
        return
    if not databases.in_use():
        say("Stopping PostgreSQL")
        cluster.stop()
    elif everything:
        raise Failure(
            "Another checkout is using the databases in the cache.",
            "Stop its server or tests, then repeat.",
        )
    else:
        say("PostgreSQL goes on: another checkout is using it.")


def _remove_cache():
    for name in PARTS:
        say(f"Removing {settings.cache_folder() / name}")
        shutil.rmtree(settings.cache_folder() / name, ignore_errors=True)
