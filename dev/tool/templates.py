"""Template databases: made once, copied often.

``plain`` and ``demo`` hold the addon's dependencies, what tests and demo use besides,
and nothing of the addon, without and with demo data. ``installed`` is ``plain`` with
the addon, its languages, and the asset bundles that a browser asks for.
"""

import ast
import hashlib
import os
import time

from . import cache, databases, odoo, odoo_source, settings, venv
from .console import Failure, run

PREFIX = "cc_template"
AREA = "template"
WEEK = 7 * 24 * 3600
IGNORED = {"tests", "readme", "__pycache__"}


def base_modules():
    """What the addon's manifest depends on."""
    path = settings.ADDON_PATH / "__manifest__.py"
    try:
        return sorted(ast.literal_eval(path.read_text())["depends"])
    except (OSError, SyntaxError, ValueError, KeyError) as error:
        raise Failure(f"{path} can't be read: {error!r}.", "Mend it.") from error


def template_modules():
    """What is in a template: dependencies, and what tests and the demo use besides."""
    return sorted({*base_modules(), *settings.BESIDES})


def key(kind, modules, odoo_identity):
    """Changes with everything that a template is made from."""
    lock = settings.REQUIREMENTS.read_text()
    languages = settings.LANGUAGES if kind == "demo" else ""
    return settings.digest(kind, odoo_identity, lock, languages, *modules)


def fingerprint(folder):
    """A hash of the files of an addon that a database is made from."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not IGNORED & set(parts):
            found.update("/".join(parts).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def name(kind):
    """The template's name. With the addon in it, it is this checkout's alone."""
    if kind == "installed":
        made_from = name("plain"), settings.LANGUAGES, _addon_fingerprint()
        return f"{_prefix(kind)}{settings.digest(*made_from)}"
    found = key(kind, template_modules(), odoo_source.locate().identity)
    return f"{_prefix(kind)}{found}"


def _prefix(kind):
    own = f"{settings.CHECKOUT}_" if kind == "installed" else ""
    return f"{PREFIX}_{kind}_{own}"


def _addon_fingerprint():
    """Of all that installs itself: the addon, and what it is glued to."""
    folders = [settings.ROOT / name for name in settings.GLUE_ADDONS]
    return "".join(map(fingerprint, [settings.ADDON_PATH, *folders]))


def ensure(kind):
    """Make the template if it isn't there; its name."""
    template = name(kind)
    if not databases.is_whole(template, AREA):
        _drop_outdated(kind)
        _make(kind, template)
    if kind == "installed":
        _ensure_assets(template)
    return template


def copy(kind, database, area):
    """A new database like the template."""
    template = ensure(kind)
    os.utime(databases.filestore(template, AREA))  # it is in use
    databases.copy(template, AREA, database, area)


def demo_options(kind):
    if kind == "demo":
        return ["--with-demo", f"--load-language={settings.LANGUAGES}"]
    return ["--without-demo"]


def _make(kind, template):
    unfinished = f"{template}_new"
    databases.drop(unfinished, AREA)
    if kind == "installed":
        _install(unfinished)
    else:
        _install_dependencies(kind, unfinished)
    databases.rename(unfinished, template, AREA)


def _install_dependencies(kind, database):
    modules = ",".join(template_modules())
    odoo.run_to_end(
        f"Making the {kind} template database: {modules} (2 to 4 minutes)",
        database,
        AREA,
        f"--init={modules}",
        *demo_options(kind),
    )


def _install(database):
    copy("plain", database, AREA)
    odoo.run_to_end(
        f"Making the template database with {settings.ADDON}",
        database,
        AREA,
        f"--init={settings.ADDON}",
        f"--load-language={settings.LANGUAGES}",
        "--without-demo",
    )


def _ensure_assets(template):
    """Compile the asset bundles, again if a file of theirs has another time.

    Odoo looks at that time and not at what is in the file: after a fresh checkout it
    would compile them in every test that opens a browser.
    """
    stamp = _stamp(template)
    current = _times_of(settings.ADDON_PATH / "static")
    if not stamp.exists() or stamp.read_text() != current:
        run(
            "Compiling the asset bundles",
            [str(venv.python()), "-m", "tool.assets", template],
            log=cache.log_file(f"{settings.CHECKOUT}-assets"),
            env=odoo.environment_with_tool(AREA, template),
            cwd=settings.ROOT,
        )
        stamp.write_text(current)


def _times_of(folder):
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return settings.digest(*((path, path.stat().st_mtime_ns) for path in paths))


def _drop_outdated(kind):
    """What has another key and isn't copied any more; another checkout may do that."""
    for outdated in databases.names(_prefix(kind)):
        if kind == "installed" or _idle_seconds(outdated) > WEEK:
            databases.drop(outdated, AREA)
            _stamp(outdated).unlink(missing_ok=True)


def _idle_seconds(template):
    folder = databases.filestore(template, AREA)
    return time.time() - folder.stat().st_mtime if folder.exists() else float("inf")


def _stamp(template):
    return databases.filestore(template, AREA).with_suffix(".assets")
