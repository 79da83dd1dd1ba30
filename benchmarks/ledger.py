"""A ledger for measuring, written by SQL in seconds: the same every time."""

import os
import subprocess
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tool import cluster, databases
from tool.console import Failure

SQL = Path(__file__).parent / "sql"


class Size(NamedTuple):
    invoices: int = 50_000
    customers: int = 5_000


def fill(database, size=None, today=None):
    """Write customers, invoices and receipts into a database without any.

    :param today: the day that due dates are counted from; the machine's by default
    """
    size = size or Size()
    run_files(
        database,
        sorted(SQL.glob("[0-9]*.sql")),
        invoices=size.invoices,
        customers=size.customers,
        today=today or date.today(),
    )
    settle(database)


def settle(database):
    """Leave no work to autovacuum that could disturb a measurement."""
    databases.sql("VACUUM ANALYZE", database)


def run_files(database, files, **variables):
    """Run SQL files in one transaction; ``:name`` in them is a variable."""
    command = ["psql", "-XAtq1", "-v", "ON_ERROR_STOP=1", "-d", database]
    for name, value in variables.items():
        command += ["-v", f"{name}={value}"]
    for file in files:
        command += ["-f", str(file)]
    answer = subprocess.run(
        command,
        env={**os.environ, **cluster.environment()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        raise Failure(
            f"The ledger can't be written: {answer.stderr.strip()}.",
            "Mend the file that the message names.",
        )
