"""Odoo's own code: the user's, or Debian's package unpacked into the cache."""

import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from . import cache, settings
from .archive import OTHER_ODOO, Archive
from .console import Failure, run, warn

PACKAGES_FOLDER = Path("usr/lib/python3/dist-packages")
# Files of Odoo that Debian replaces by links into these packages.
LINKED_PACKAGES = (
    "fonts-font-awesome",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
# Debian leaves this file out; its absence is an error in every browser session.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class Source(NamedTuple):
    folder: Path  # holds the package ``odoo``
    identity: str  # part of the templates' key

    @property
    def addons(self):
        """Odoo's addons folders that its own start doesn't find."""
        return [path for path in (self.folder / "addons",) if path.is_dir()]


def locate():
    """The Odoo to use, or None if it isn't here yet."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _of_the_user(Path(home).expanduser().absolute())
    made = sorted(_downloads().glob("*/complete"))
    exact = _downloads() / settings.ODOO_VERSION / "complete"
    chosen = exact if exact in made else (made[-1] if made else None)
    return chosen and Source(chosen.parent / PACKAGES_FOLDER, chosen.parent.name)


def ensure():
    """The Odoo to use, downloaded if need be."""
    source = locate()
    if not source:
        cache.need_space(settings.GIGABYTES_NEEDED)
        _fetch()
        source = locate()
    return source


def _downloads():
    return settings.cache_folder() / "odoo"


def _of_the_user(home):
    for folder in (home, home / PACKAGES_FOLDER):
        release = folder / "odoo" / "release.py"
        if release.exists():
            _check_series(release)
            return Source(folder, f"{settings.ODOO_SERIES}@{folder}")
    raise Failure(
        f"ODOO_HOME={home} holds no package odoo with a release.py.",
        "Set it to a checkout of Odoo 19, or unset it to have Odoo downloaded.",
    )


def _check_series(release):
    match = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.M)
    series = ".".join(match.groups()) if match else "unknown"
    if series != settings.ODOO_SERIES:
        raise Failure(
            f"ODOO_HOME holds Odoo {series}, needed is {settings.ODOO_SERIES}.",
            "Set it to a checkout of Odoo 19, or unset it to have Odoo downloaded.",
        )


def _fetch():
    work = settings.cache_folder() / "apt"
    archive = Archive(work)
    archive.update()
    version = choose_version(archive.versions(settings.ODOO_PACKAGE))
    names = [f"{name}/{archive.suite}" for name in LINKED_PACKAGES]
    odoo = f"{settings.ODOO_PACKAGE}={version}"
    packages = archive.download([odoo, *names], work / "packages" / version)
    with cache.building(_downloads() / version) as folder:
        _unpack(packages, folder)
    shutil.rmtree(work)


def choose_version(versions):
    """The pinned version, or the newest of its series with a word about it."""
    if settings.ODOO_VERSION in versions:
        return settings.ODOO_VERSION
    for version in versions:
        if version.startswith(settings.ODOO_SERIES + "."):
            warn(f"Debian has {version} instead of {settings.ODOO_VERSION}: taking it.")
            return version
    raise Failure("Debian's archive has no Odoo 19.", OTHER_ODOO)


def _unpack(packages, folder):
    script = 'for package; do dpkg-deb -x "$package" "$folder" || exit 1; done'
    run(
        "Unpacking Odoo (1.2 GB)",
        ["sh", "-c", script, "sh", *map(str, packages)],
        log=cache.log_file("odoo-unpack"),
        env={**os.environ, "folder": str(folder)},
    )
    left_out = folder / PACKAGES_FOLDER / LEFT_OUT
    left_out.parent.mkdir(parents=True, exist_ok=True)
    left_out.touch()
    (folder / "complete").touch()
