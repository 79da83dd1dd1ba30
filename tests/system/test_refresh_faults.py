"""What may go wrong while cases are refreshed: each debtor has one case all the same,
and its figures are what the ledger says."""

import os
import signal
import xmlrpc.client

import pytest

from tool import databases

ADDON = "collection_calls"
AREA = "test"
DEBTORS = 12
SECONDS = 120

# Each debtor owes 300 and 100 and has been forgotten: every second one has a case with
# nothing in it, the others have none.
SET_UP = f"""
from datetime import timedelta
from odoo.fields import Command
today = env.company._get_collection_today()
debtors = env["res.partner"].create(
    [{{"name": f"Debtor {{n}}", "is_company": True}} for n in range({DEBTORS})]
)
moves = env["account.move"].create(
    [{{"move_type": "out_invoice", "partner_id": debtor.id, "invoice_date": due,
       "invoice_date_due": due, "invoice_payment_term_id": False,
       "invoice_line_ids": [Command.create(
           {{"name": "Work", "price_unit": price, "tax_ids": [Command.clear()]}})]}}
     for debtor in debtors
     for price, due in ((300, today - timedelta(20)), (100, today - timedelta(40)))]
)
moves.action_post()
env.cr.commit()
env.cr.execute("DELETE FROM collection_case WHERE id % 2 = 0")
env.cr.execute(
    "UPDATE collection_case SET situation = 'closed', overdue_amount = 0,"
    " collectible_amount = 0, overdue_count = 0, bucket_1_30 = 0, bucket_31_60 = 0"
)
env.cr.commit()
"""

# Small batches let two servers meet. What goes wrong is printed.
PREPARE = f"""
import logging
import odoo.addons.{ADDON}.models.case.refresh as module
module.BATCH = 2
cases = env["collection.case"]
class Alarm(logging.Handler):
    def emit(self, record):
        print("error:", record.getMessage(), flush=True)
logging.getLogger("odoo").addHandler(Alarm(logging.ERROR))
"""

# What one server skips because the other works on it, one of them does the next time.
REFRESH_OFTEN = f"""{PREPARE}
meet()
for _night in range(10):
    cases._cron_refresh()
"""

# Does something before a batch of debtors is committed.
INTERRUPTED = """
refresh = type(cases)._refresh_debtors
def interrupted(self, debtor_ids):
    changed = refresh(self, debtor_ids)
    interrupt()
    return changed
type(cases)._refresh_debtors = interrupted
"""

# Tells of each batch and takes its time, so that it can be killed in between.
REFRESH_SLOWLY = f"""{PREPARE}{INTERRUPTED}
def interrupt():
    print("refreshed", flush=True)
    time.sleep(0.2)
meet()
cases._cron_refresh()
"""

# Goes on only when somebody else waits for a row that is held here.
HOLD = """
def hold():
    print("held", flush=True)
    for _time in range(600):
        env.cr.execute(
            "SELECT 1 FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        if env.cr.fetchall():
            return
        time.sleep(0.1)
    print("nobody came")
"""

# Stays in the middle of its transaction until it is told to go on.
REFRESH_AND_HOLD = f"""{PREPARE}{INTERRUPTED}
def interrupt():
    type(cases)._refresh_debtors = refresh
    print("held", flush=True)
    while not Path(RELEASE).exists():
        time.sleep(0.05)
module.BATCH = 100
meet()
cases._cron_refresh()
"""

PAY_AND_HOLD = f"""{PREPARE}{HOLD}
move = env["account.move"].search([
    ("partner_id.name", "=", "Debtor 0"), ("amount_total", "=", 300),
])
register = env["account.payment.register"].with_context(
    active_model="account.move", active_ids=move.ids
)
register.create({{}}).action_create_payments()
env.cr.flush()
meet()
hold()
env.cr.commit()
"""

REFRESH = f"""{PREPARE}
module.BATCH = 100
meet()
cases._cron_refresh()
"""

# A full refresh finds nothing to do.
REFRESH_ALL = """
print(len(env["collection.case"]._refresh()))
env.cr.commit()
"""


@pytest.fixture(scope="module")
def installed(new_database, run_script):
    """A database with debtors whose cases are out of date, to be copied."""
    name = new_database("installed")
    run_script(name, SET_UP)
    return name


@pytest.fixture
def database(installed):
    name = f"{installed}_copy"
    databases.copy(installed, AREA, name, AREA)
    yield name
    databases.drop(name, AREA)


def read_cases(database):
    """What each debtor owes, as the call list says, in the debtors' order."""
    return databases.sql(
        "SELECT partner.name, overdue_amount::int, collectible_amount::int,"
        " bucket_1_30::int, bucket_31_60::int, overdue_count, situation"
        " FROM collection_case stored"
        " JOIN res_partner partner ON partner.id = stored.partner_id"
        " ORDER BY partner.id, stored.id",
        database,
    )


def expect(number):
    return f"Debtor {number}|400|400|300|100|2|to_call"


EVERYTHING = [expect(number) for number in range(DEBTORS)]
PAID = ["Debtor 0|100|100|0|100|1|to_call", *EVERYTHING[1:]]


def assert_right(database, run_script, cases=EVERYTHING):
    assert read_cases(database) == cases
    assert run_script(database, REFRESH_ALL) == "0\n"


def pay(address, database):
    """Pay the first debtor's large invoice as a request from outside does."""

    def call(model, method, *arguments, **options):
        return server.execute_kw(
            database, user, "admin", model, method, arguments, options
        )

    common = xmlrpc.client.ServerProxy(f"{address}/xmlrpc/2/common")
    server = xmlrpc.client.ServerProxy(f"{address}/xmlrpc/2/object", allow_none=True)
    user = common.authenticate(database, "admin", "admin", {})
    ids = call(
        "account.move",
        "search",
        [("partner_id.name", "=", "Debtor 0"), ("amount_total", "=", 300)],
    )
    context = {"active_model": "account.move", "active_ids": ids}
    dialog = call("account.payment.register", "create", {}, context=context)
    call("account.payment.register", "action_create_payments", dialog, context=context)


def finish(process):
    """What a server has still to say."""
    said, _errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    return said


def test_killed_while_refreshing(database, servers, run_script):
    [process] = servers(database, REFRESH_SLOWLY)
    for _batch in range(DEBTORS // 4):
        assert process.stdout.readline() == "refreshed\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=SECONDS)
    done = set(EVERYTHING).intersection(read_cases(database))
    assert 0 < len(done) < DEBTORS
    run_script(database, 'env["collection.case"]._cron_refresh()')
    assert_right(database, run_script)


def test_two_servers_refresh(database, run_together, run_script):
    assert run_together(database, *[REFRESH_OFTEN] * 2) == ["", ""]
    assert_right(database, run_script)


def test_payment_during_the_night(database, servers, serve, run_script, tmp_path):
    """Who pays doesn't wait for the night: a moment later the case is right."""
    release = tmp_path / "release"
    address = serve(database)
    [night] = servers(database, f"RELEASE = {str(release)!r}\n{REFRESH_AND_HOLD}")
    assert night.stdout.readline() == "held\n"
    pay(address, database)
    release.touch()
    assert finish(night) == ""
    run_script(database, 'env["collection.backlog"]._cron_catch_up()')
    assert_right(database, run_script, PAID)
    assert databases.sql("SELECT count(*) FROM account_payment", database) == ["1"]


def test_night_during_a_payment(database, servers, run_script):
    """The night comes second, tries again, without a word, and sees the payment."""
    [payer] = servers(database, PAY_AND_HOLD)
    assert payer.stdout.readline() == "held\n"
    [night] = servers(database, REFRESH)
    assert finish(payer) == ""
    assert finish(night) == ""
    assert_right(database, run_script, PAID)
