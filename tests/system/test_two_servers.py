"""Two servers at once, and one that dies: every promise is judged once all the same."""

import os
import signal

import pytest

from tool import databases

ADDON = "collection_calls"
AREA = "test"
PROMISES, DEBTORS = 60, 6
SECONDS = 120

LEDGER = f"""
from datetime import timedelta
from odoo.fields import Command
today = env.company._get_collection_today()
debtors = env["res.partner"].create(
    [{{"name": f"Debtor {{n}}", "is_company": True, "email": f"d{{n}}@example.com"}}
     for n in range({DEBTORS})]
)
line = {{"name": "Work", "price_unit": 100, "tax_ids": [Command.clear()]}}
moves = env["account.move"].create(
    [{{"move_type": "out_invoice", "partner_id": debtors[n % {DEBTORS}].id,
       "invoice_date": today - timedelta(60),
       "invoice_date_due": today - timedelta(30), "invoice_payment_term_id": False,
       "invoice_line_ids": [Command.create(line)]}} for n in range({PROMISES})]
)
moves.action_post()
def promise(move, made, promised):
    claim = move._get_collection_claims()
    return {{"partner_id": move.partner_id.id, "date_made": today + timedelta(made),
             "date_promised": today + timedelta(promised),
             "line_ids": [Command.create({{"move_line_id": claim.id}})]}}
"""

# Small batches let two servers meet, and leave something to do for the next.
MEETING = f"""
import odoo.addons.{ADDON}.models.promise.evaluation as evaluation
import odoo.addons.{ADDON}.models.agreement.collection_agreement as agreement
evaluation.BATCH = agreement.REMIND_BATCH = 7
promises = env["collection.promise"]
meet()
"""

# Tells of each verdict and takes its time, so that it can be killed in between.
SLOW = """
conclude = type(promises)._conclude
def slowly(self, *how):
    conclude(self, *how)
    print("judged", flush=True)
    time.sleep(0.05)
type(promises)._conclude = slowly
"""

PROMISE_AND_COMMIT = """
from psycopg2.errors import UniqueViolation
move = env["account.move"].search([("move_type", "=", "out_invoice")], limit=1)
line = {"move_line_id": move._get_collection_claims().id}
env.cr.execute("SELECT 1")  # from now on, it sees nothing of the other's work
values = {"partner_id": move.partner_id.id, "line_ids": [line],
          "date_promised": env.company._get_collection_today()}
meet()
try:
    env["collection.promise"].create(values)
    time.sleep(0.5)
    env.cr.commit()
    print("promised")
except UniqueViolation as error:
    print("refused", error.diag.constraint_name)
"""


@pytest.fixture(scope="module")
def installed(new_database, run_script):
    """A database with unpaid invoices of several debtors, to be copied."""
    name = new_database("installed")
    run_script(name, f"{LEDGER}\nenv.cr.commit()")
    return name


@pytest.fixture
def database(installed):
    name = f"{installed}_copy"
    databases.copy(installed, AREA, name, AREA)
    yield name
    databases.drop(name, AREA)


@pytest.fixture
def promised(database, run_script):
    """Makes a promise on every invoice; the days are counted from today."""

    def make(made, promised):
        script = LEDGER.split("debtors = ")[0] + (
            'moves = env["account.move"].search([("move_type", "=", "out_invoice")])\n'
            + LEDGER[LEDGER.index("def promise") :]
            + 'env["collection.promise"].create('
            f"[promise(move, {made}, {promised}) for move in moves])\n"
            "env.cr.commit()"
        )
        run_script(database, script)
        return database

    return make


def count(database, query):
    return int(databases.sql(f"SELECT count(*) FROM {query}", database)[0])


def assert_each_judged_once(database):
    promise = "collection_promise"
    assert count(database, f"{promise} WHERE state = 'broken'") == PROMISES
    assert count(database, f"{promise} WHERE is_stale") == 0
    changes = (
        "mail_tracking_value value JOIN ir_model_fields field"
        " ON field.id = value.field_id WHERE field.model = 'collection.promise'"
        " AND field.name = 'state'"
    )
    assert count(database, changes) == PROMISES
    assert_one_call_per_debtor(database)


def assert_one_call_per_debtor(database):
    activities = "mail_activity WHERE res_model = 'collection.case' AND active"
    assert count(database, activities) == DEBTORS
    assert count(database, f"(SELECT DISTINCT res_id FROM {activities}) cases") == (
        DEBTORS
    )


def test_two_servers_evaluate(promised, run_together):
    database = promised(-20, -10)
    run_together(database, *[f"{MEETING}promises._cron_evaluate()\n"] * 2)
    assert_each_judged_once(database)


def test_two_servers_remind(promised, run_together):
    database = promised(-7, 1)
    noon = "type(promises)._is_time_to_remind = lambda self, company: True\n"
    run_together(database, *[f"{MEETING}{noon}promises._cron_remind()\n"] * 2)
    reminded = "collection_promise WHERE date_reminded IS NOT NULL"
    assert count(database, reminded) == PROMISES
    letters = (
        "mail_message WHERE model = 'collection.promise'"
        " AND message_type = 'auto_comment'"
    )
    assert count(database, letters) == PROMISES
    assert_one_call_per_debtor(database)


def test_killed_while_evaluating(promised, servers, run_script):
    database = promised(-20, -10)
    [process] = servers(database, f"{MEETING}{SLOW}\npromises._cron_evaluate()\n")
    for _verdict in range(PROMISES // 2):
        assert process.stdout.readline() == "judged\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=SECONDS)
    broken = "collection_promise WHERE state = 'broken'"
    assert 0 < count(database, broken) < PROMISES
    run_script(database, 'env["collection.promise"]._cron_evaluate()\n')
    assert_each_judged_once(database)


def test_one_standing_promise_on_a_claim(database, run_together):
    answers = run_together(database, *[PROMISE_AND_COMMIT] * 2)
    assert sorted(answers) == [
        "promised\n",
        "refused collection_promise_line_standing_claim_uniq\n",
    ]
