"""Two databases with the same ledger: one with the addon, one without.

Both are copies, so that neither has the advantage of being the original.
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
PROMISES = ledger.SQL / "promises.sql"


class Stage(NamedTuple):
    without_addon: str
    with_addon: str
    has_promises: bool


@contextmanager
def built(size=None):
    """A stage that is taken down in the end, unless KEEP=1."""
    try:
        _write_ledger(size or ledger.Size())
        databases.copy(LEDGER, AREA, WITHOUT, AREA)
        databases.copy(LEDGER, AREA, WITH, AREA)
        _install_addon()
        has_promises = _promise()
        for name in (WITHOUT, WITH):
            ledger.settle(name)
        yield Stage(WITHOUT, WITH, has_promises)
    finally:
        if not os.environ.get("KEEP"):
            for name in (WITH, WITHOUT, LEDGER):
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
    query = "SELECT to_regclass('collection_promise') IS NOT NULL"
    known = databases.sql(query, WITH) == ["t"]
    if known:
        with step("Writing a promise on each overdue claim"):
            ledger.run_files(WITH, [PROMISES])
    return known
