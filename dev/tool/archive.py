"""Debian's archive read with settings of our own, beside the machine's.

The mirror is the one that the machine itself uses. The signature is checked by apt
against Debian's archive keyring. Nothing here needs root.
"""

import os
import re
import shutil
import subprocess

from . import cache
from .console import Failure, run
from .debian import KEYRING

RELEASE_FILE = re.compile(r"^'(\S+)/dists/([^/\s]+)/InRelease'")
OTHER_ODOO = "Set ODOO_HOME to the folder of an Odoo 19 that you have."
SOURCES = """Types: deb
URIs: {mirror}
Suites: {suite} sid
Components: main
Signed-By: {keyring}
"""
SETTINGS = """Dir::Etc::sourcelist "{folder}/debian.sources";
Dir::Etc::sourceparts "-";
Dir::Etc::preferencesparts "-";
Dir::State::Lists "{folder}/lists";
Dir::Cache "{folder}/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
"""


def machine_mirror(lists):
    """The (mirror, suite) of this machine's Debian, asked from apt itself."""
    if not shutil.which("apt-get"):
        raise Failure("Odoo is downloaded on Debian only.", OTHER_ODOO)
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "update", "--print-uris", "-o", f"Dir::State::Lists={lists}"]
    answer = subprocess.run(command, capture_output=True, text=True)
    return choose_mirror(answer.stdout)


def choose_mirror(uris):
    """Pick the main suite's mirror from the lines of ``--print-uris``."""
    for line in uris.splitlines():
        match = RELEASE_FILE.match(line)
        if match and "-" not in match.group(2):
            return match.groups()
    raise Failure("This machine's package sources name no Debian mirror.", OTHER_ODOO)


class Archive:
    """The machine's Debian suite and sid, with lists in a folder of ours."""

    def __init__(self, folder):
        self.folder = folder
        self.config = folder / "apt.conf"
        self.suite = None

    def update(self):
        """Write the settings and read the package lists."""
        mirror, self.suite = machine_mirror(self.folder / "probe")
        (self.folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (self.folder / "cache" / "archives").mkdir(parents=True, exist_ok=True)
        self.config.write_text(SETTINGS.format(folder=self.folder))
        (self.folder / "debian.sources").write_text(
            SOURCES.format(mirror=mirror, suite=self.suite, keyring=KEYRING)
        )
        run(
            "Reading the package lists of Debian unstable",
            ["apt-get", "-c", str(self.config), "update"],
            log=cache.log_file("odoo-lists"),
            advice=OTHER_ODOO,
        )

    def versions(self, package):
        """The versions that the archive has, newest first."""
        command = ["apt-cache", "-c", str(self.config), "madison", package]
        answer = subprocess.run(command, capture_output=True, text=True)
        return [line.split("|")[1].strip() for line in answer.stdout.splitlines()]

    def download(self, packages, folder):
        """Fetch packages; apt skips what is there whole."""
        folder.mkdir(parents=True, exist_ok=True)
        run(
            "Downloading Odoo (125 MB)",
            ["apt-get", "-c", str(self.config), "download", *packages],
            log=cache.log_file("odoo-download"),
            advice=OTHER_ODOO,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
        )
        return sorted(folder.glob("*.deb"))
