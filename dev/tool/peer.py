"""The add-on that ours is measured against, in a folder of its own."""

import os

from . import cache, settings, venv
from .console import run


def folder():
    """Holds the package ``odoo.addons`` with nothing but the peer in it."""
    key = settings.digest(settings.PEER_REQUIREMENTS.read_text())
    return settings.cache_folder() / "peer" / key


def addons():
    return folder() / "odoo" / "addons"


def ensure():
    """Fetch the exact version of the lock file if it isn't there."""
    if folder().exists():
        return
    with cache.lock(), cache.building(folder()) as unfinished:
        run(
            "Fetching the add-on to compare with",
            [
                *(str(venv.python()), "-m", "pip", "install", "--require-hashes"),
                *("--no-deps", "--target", str(unfinished)),
                *("-r", str(settings.PEER_REQUIREMENTS)),
            ],
            log=cache.log_file("peer"),
            advice="Check that pip reaches its package index, then repeat the command.",
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
