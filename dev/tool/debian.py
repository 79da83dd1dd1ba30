"""Debian packages: which are missing, and how they get here."""

import os
import shutil
from pathlib import Path

from . import cache, settings
from .console import Failure, run

# What we need, how we see that it is there, and the packages that bring it.
PACKAGES = {
    "postgresql": ("postgresql",),
    "psql": ("postgresql-client",),
    "chromium": ("chromium",),
    "wkhtmltopdf": ("wkhtmltopdf",),
    "npm": ("nodejs", "npm"),
    "dpkg-deb": ("dpkg",),
    "keyring": ("debian-archive-keyring",),
}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def postgresql_folder():
    """The newest of Debian's PostgreSQL server folders, or None."""
    found = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    versions = {int(path.parts[-3]): path.parent for path in found}
    newest = max(versions, default=0)
    return versions[newest] if newest >= settings.OLDEST_POSTGRESQL else None


def browser():
    """The browser that Odoo's tests and our screenshots drive, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def is_here(need):
    """Whether the machine has one of the things in PACKAGES."""
    special = {
        "postgresql": postgresql_folder,
        "chromium": browser,
        "keyring": KEYRING.exists,
    }
    return bool(special[need]() if need in special else shutil.which(need))


def missing_packages(needs):
    """The packages that bring what is missing, in order and without repeats."""
    names = [name for need in needs if not is_here(need) for name in PACKAGES[need]]
    return list(dict.fromkeys(names))


def require(*needs):
    """Install what is missing as root, or say exactly what to type."""
    packages = missing_packages(needs)
    if not packages:
        return
    if not shutil.which("apt-get"):
        raise Failure(
            f"Missing on this machine: {', '.join(packages)}.",
            "Install them with your system's package manager, then repeat.",
        )
    if not settings.is_root():
        raise Failure(
            f"Missing Debian packages: {', '.join(packages)}.", install_advice(packages)
        )
    _install(packages)


def install_advice(packages):
    return f"Type: sudo apt-get install {' '.join(packages)}"


def _install(packages):
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(
        "Reading the Debian package lists",
        ["apt-get", "update"],
        log=cache.log_file("apt-update"),
        env=environment,
    )
    run(
        f"Installing {', '.join(packages)}",
        ["apt-get", "install", "-y", "--no-install-recommends", *packages],
        log=cache.log_file("apt-install"),
        env=environment,
    )
