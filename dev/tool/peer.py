"""OCA's add-on for dunning, in a folder of its own.

Ours is measured against it, and has a glue addon for those who use both.
"""

import os

from . import cache, odoo_source, settings, venv
from .console import run


def folder():
    """Holds the package ``odoo.addons`` with nothing but the peer in it."""
    key = settings.digest(settings.PEER_REQUIREMENTS.read_text())
    return settings.cache_folder() / "peer" / key


def addons():
    return folder() / "odoo" / "addons"


def addons_path():
    """Where Odoo finds it besides ours and its own."""
    ours = settings.ROOT, *odoo_source.locate().addons
    return ",".join(map(str, [*ours, addons()]))


def ensure():
    """Fetch the exact version of the lock file if it isn't there."""
    if folder().exists():
        return
    with cache.lock(), cache.building(folder()) as unfinished:
        run(
            "Fetching OCA's account_credit_control",
            [
                *(str(venv.python()), "-m", "pip", "install", "--require-hashes"),
                *("--no-deps", "--target", str(unfinished)),
                *("-r", str(settings.PEER_REQUIREMENTS)),
            ],
            log=cache.log_file("peer"),
            advice="Check that pip reaches its package index, then repeat the command.",
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
