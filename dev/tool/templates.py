"""Template databases: the addon's dependencies installed once, copied often."""

import ast

from . import databases, odoo, odoo_source, settings
from .console import Failure

PREFIX = "cc_template"
AREA = "template"


def base_modules():
    """What the addon's manifest depends on."""
    path = settings.ADDON_PATH / "__manifest__.py"
    try:
        return sorted(ast.literal_eval(path.read_text())["depends"])
    except (OSError, SyntaxError, ValueError, KeyError) as error:
        raise Failure(f"{path} can't be read: {error!r}.", "Mend it.") from error


def key(kind, modules, odoo_identity):
    """Changes with everything that a template is made from."""
    lock = settings.REQUIREMENTS.read_text()
    languages = settings.DEMO_LANGUAGES if kind == "demo" else ""
    return settings.digest(kind, odoo_identity, lock, languages, *modules)


def name(kind):
    """The template's name: kind is "demo" or "plain"."""
    found = key(kind, base_modules(), odoo_source.locate().identity)
    return f"{PREFIX}_{kind}_{found}"


def ensure(kind):
    """Make the template if it isn't there; its name."""
    template = name(kind)
    if not databases.is_whole(template, AREA):
        _drop_outdated(kind)
        _make(kind, template)
    return template


def copy(kind, database, area):
    """A new database with the addon's dependencies and nothing of the addon."""
    databases.copy(ensure(kind), AREA, database, area)


def demo_options(kind):
    if kind == "demo":
        return ["--with-demo", f"--load-language={settings.DEMO_LANGUAGES}"]
    return ["--without-demo"]


def _make(kind, template):
    unfinished = f"{template}_new"
    databases.drop(unfinished, AREA)
    modules = ",".join(base_modules())
    odoo.run_to_end(
        f"Making the {kind} template database: {modules} (2 to 4 minutes)",
        unfinished,
        AREA,
        f"--init={modules}",
        *demo_options(kind),
    )
    databases.rename(unfinished, template, AREA)


def _drop_outdated(kind):
    for outdated in databases.names(f"{PREFIX}_{kind}_"):
        databases.drop(outdated, AREA)
