"""Databases with the same ledger: one without the addon, the others with it.

All are copies, so that none has the advantage of being the original.
"""

import os
from contextlib import contextmanager
from typing import NamedTuple

from . import ledger
from tool import cache, databases, odoo, settings, templates
from tool.console import step

AREA = "test"
LEDGER = f"{settings.TEST_DATABASE}_bench_ledger"
WITHOUT = f"{settings.TEST_DATABASE}_bench"
WITH = f"{settings.TEST_DATABASE}_bench_addon"
PLANNED = f"{settings.TEST_DATABASE}_bench_plans"
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
        _write_ledger(size or ledger.Size())
        databases.copy(LEDGER, AREA, WITHOUT, AREA)
        databases.copy(LEDGER, AREA, WITH, AREA)
        _install_addon()
        with_plans = _plan()
        has_promises = _promise()
        for name in (WITHOUT, WITH, with_plans):
            if name:
                ledger.settle(name)
        yield Stage(WITHOUT, WITH, has_promises, with_plans)
    finally:
        if not os.environ.get("KEEP"):
            for name in (PLANNED, WITH, WITHOUT, LEDGER):
                databases.drop(name, AREA)


def _write_ledger(size):
    with cache.lock():
        templates.copy("plain", LEDGER, AREA)
    with step(f"Writing a ledger of {size.invoices} invoices"):
        ledger.fill(LEDGER, size)


def _install_addon():
    odoo.run_to_end(
        f"Installing {settings.ADDON} beside it",
        WITH,
        AREA,
        f"--init={settings.ADDON}",
        "--without-demo",
    )


def _promise():
    """Promise every overdue claim, if the addon knows promises; whether it does."""
    known = _knows("collection_promise")
    if known:
        with step("Writing a promise on each overdue claim"):
            ledger.run_files(WITH, [PROMISES])
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
