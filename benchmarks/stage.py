"""Two databases with the same ledger: one with the addon, one without."""

import os
from contextlib import contextmanager
from typing import NamedTuple

from . import ledger
from tool import cache, databases, odoo, settings, templates
from tool.console import step

AREA = "test"
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
        _build_without(size or ledger.Size())
        _build_with()
        yield Stage(WITHOUT, WITH, _promise())
    finally:
        if not os.environ.get("KEEP"):
            databases.drop(WITH, AREA)
            databases.drop(WITHOUT, AREA)


def _build_without(size):
    with cache.lock():
        templates.copy("plain", WITHOUT, AREA)
    with step(f"Writing a ledger of {size.invoices} invoices"):
        ledger.fill(WITHOUT, size)


def _build_with():
    databases.copy(WITHOUT, AREA, WITH, AREA)
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
    ledger.settle(WITH)
    return known
