"""Databases with the same ledger: one without the addon, the others with it.

All are copies, so that none has the advantage of being the original. What few need is
made when it is first asked for: a ledger of another size, the cases that a night made.
"""

import os
from contextlib import closing, contextmanager
from functools import cache as once
from typing import NamedTuple

from odoo import sql_db
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry

from . import ledger
from tool import cache, databases, odoo, settings, templates
from tool.console import step

AREA = "test"
LEDGER = f"{settings.TEST_DATABASE}_bench_ledger"
WITHOUT = f"{settings.TEST_DATABASE}_bench"
WITH = f"{settings.TEST_DATABASE}_bench_addon"
PLANNED = f"{settings.TEST_DATABASE}_bench_plans"
TENTH, LARGE = 10, 20  # the usual ledger divided by, and times
SCALED = "{}_x{}"
REFRESHED = "{}_refreshed"
PROMISES = ledger.SQL / "promises.sql"
PLANS = ledger.SQL / "plans.sql"


class Stage(NamedTuple):
    without_addon: str
    with_addon: str
    has_promises: bool
    with_plans: str | None


@contextmanager
def built(size=None):
    """A stage that is taken down in the end, unless KEEP=1."""
    try:
        _write_ledger(LEDGER, size or ledger.Size())
        databases.copy(LEDGER, AREA, WITHOUT, AREA)
        databases.copy(LEDGER, AREA, WITH, AREA)
        _install_addon(WITH)
        with_plans = _plan()
        has_promises = _promise(WITH)
        for name in (WITHOUT, WITH, with_plans):
            if name:
                ledger.settle(name)
        yield Stage(WITHOUT, WITH, has_promises, with_plans)
    finally:
        if not os.environ.get("KEEP"):
            for name in databases.names(WITHOUT):
                databases.drop(name, AREA)


def large_and_small(stage, is_large):
    """Databases with the addon: twenty times the usual ledger and that, or that and a
    tenth of it."""
    if is_large:
        return scaled(LARGE), stage.with_addon
    return stage.with_addon, scaled(1 / TENTH)


@once
def scaled(factor):
    """A database with the addon and a ledger of ``factor`` times the usual size."""
    usual = ledger.Size()
    size = ledger.Size(int(usual.invoices * factor), int(usual.customers * factor))
    name = SCALED.format(WITH, size.invoices)
    _write_ledger(name, size)
    _install_addon(name)
    _promise(name)
    ledger.settle(name)
    return name


@once
def refreshed(database):
    """A copy of a database with the addon after a night that brought its cases."""
    name = REFRESHED.format(database)
    sql_db.close_db(database)  # who is connected to it stands in the way
    databases.copy(database, AREA, name, AREA)
    with closing(Registry(name).cursor()) as cursor:
        Environment(cursor, SUPERUSER_ID, {})["collection.case"]._cron_refresh()
    ledger.settle(name)
    return name


@once
def joined(addon, path):
    """The database with our addon and another one."""
    name = f"{WITH}_{addon}"
    sql_db.close_db(WITH)
    databases.copy(WITH, AREA, name, AREA)
    # Alone: beside our glue addon, it would leave out what is promised.
    _install(addon, name, f"--addons-path={path}", "--skip-auto-install")
    ledger.settle(name)
    return name


def _write_ledger(name, size):
    with cache.lock():
        templates.copy("plain", name, AREA)
    with step(f"Writing a ledger of {size.invoices} invoices"):
        ledger.fill(name, size)


def _install_addon(name):
    _install(settings.ADDON, name)


def _install(addon, name, *options):
    line = f"--init={addon}", "--without-demo", *options
    odoo.run_to_end(f"Installing {addon} beside it", name, AREA, *line)


def _promise(name):
    """Promise every overdue claim, if the addon knows promises; whether it does."""
    known = _knows("collection_promise")
    if known:
        with step("Writing a promise on each overdue claim"):
            ledger.run_files(name, [PROMISES])
    return known


def _plan():
    """Have the overdue claims paid by installments, in a database of its own.

    :return: its name; None if the addon doesn't know plans
    """
    if not _knows("collection_plan"):
        return None
    with step("Writing an installment plan on each two overdue claims"):
        databases.copy(WITH, AREA, PLANNED, AREA)
        ledger.run_files(PLANNED, [PLANS])
    return PLANNED


def _knows(table):
    query = f"SELECT to_regclass('{table}') IS NOT NULL"
    return databases.sql(query, WITH) == ["t"]
