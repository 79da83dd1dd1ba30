"""Prettier and ESLint, installed by npm into the cache."""

import os
import shutil

from . import cache, debian, settings
from .console import run

FILES = ("package.json", "package-lock.json", ".npmrc")


def folder():
    lock = (settings.NODE_PACKAGES / "package-lock.json").read_text()
    return settings.cache_folder() / "node" / settings.digest(lock)


def ensure():
    """Install the packages of the lock file if they aren't there."""
    debian.require("npm")
    if folder().exists():
        return
    with cache.building(folder()) as unfinished:
        for name in FILES:
            shutil.copy(settings.NODE_PACKAGES / name, unfinished)
        run(
            "Installing the JavaScript packages",
            ["npm", "ci"],
            log=cache.log_file("npm"),
            advice="Check that npm reaches its registry, then repeat the command.",
            cwd=unfinished,
        )


def command(name, *arguments):
    return [str(folder() / "node_modules" / ".bin" / name), *arguments]


def environment():
    """The configuration files at the root find their plugins by NODE_PATH."""
    return {**os.environ, "NODE_PATH": str(folder() / "node_modules")}
