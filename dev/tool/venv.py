"""The virtual environment with the exact packages of the lock file."""

import os
import sys

from . import cache, settings
from .console import run


def key():
    """Changes with the lock file and the Python that runs it."""
    version = "{}.{}.{}".format(*sys.version_info[:3])
    return settings.digest(settings.REQUIREMENTS.read_text(), version, sys.base_prefix)


def python():
    return settings.cache_folder() / "venv" / key() / "bin" / "python"


def program(name):
    """The path of a command that a package of the lock file brings."""
    return str(python().with_name(name))


def ensure():
    """Make the environment if it isn't there."""
    if not _mark().exists():
        cache.need_space(1)
        _make(python().parents[1])
        _mark().touch()


def _mark():
    # A virtual environment can't be renamed: a file says that it is complete.
    return python().parents[1] / "complete"


def _make(folder):
    run(
        "Making a virtual environment",
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        log=cache.log_file("venv"),
        advice="Type: sudo apt-get install python3-venv",
    )
    run(
        "Installing the Python packages",
        [str(python()), "-m", "pip", "install", *_pip_options()],
        log=cache.log_file("pip"),
        advice="Check that pip reaches its package index, then repeat the command.",
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )


def _pip_options():
    return ["--no-deps", "--require-hashes", "-r", str(settings.REQUIREMENTS)]
