"""What may go wrong in the night: plans fall due once all the same, and one agreement
stands on a claim."""

import os
import signal

import pytest

from tool import databases

ADDON = "collection_calls"
AREA = "test"
PLANS = 15
SECONDS = 120

# Plans under the usual rule, "Any incident", whose first installment was missed; the
# last two invoices are in no plan.
SET_UP = """
from datetime import timedelta
from freezegun import freeze_time
from odoo import fields
from odoo.fields import Command
env.company.email = "us@company.example"
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create({{
    "name": "Local", "smtp_host": "127.0.0.1", "smtp_port": {port},
    "smtp_encryption": "none", "smtp_authentication": "login",
}})
with freeze_time(fields.Datetime.now() - timedelta(40)):
    today = env.company._get_collection_today()
    names = [f"d{{number}}" for number in range({plans} + 2)]
    debtors = env["res.partner"].create(
        [{{"name": name, "is_company": True, "email": name + "@debtor.example"}}
         for name in names]
    )
    env["collection.case"]._get_or_create(debtors, env.company)
    line = {{"name": "Work", "price_unit": 300, "tax_ids": [Command.clear()]}}
    moves = env["account.move"].create(
        [{{"move_type": "out_invoice", "partner_id": debtor.id,
           "invoice_date": today - timedelta(60),
           "invoice_date_due": today - timedelta(30), "invoice_payment_term_id": False,
           "invoice_line_ids": [Command.create(line)]}} for debtor in debtors]
    )
    moves.action_post()
    plans = env["collection.plan"].create(
        [{{"partner_id": move.partner_id.id, "date_start": today + timedelta(20),
           "claim_ids": [{{"move_line_id": move._get_collection_claims().id}}]}}
         for move in moves[:{plans}]]
    )
    plans.action_activate()
    env["mail.mail"].process_email_queue()
env.cr.commit()
"""

# Small batches let two servers meet, and leave something to do for the next.
SMALL_BATCHES = f"""
import odoo.addons.{ADDON}.models.plan.nightly_run as run
run.BATCH = 4
plans = env["collection.plan"]
"""

# What one server skips because the other works on it, one of them does the next time.
RUN_OFTEN = f"""{SMALL_BATCHES}
meet()
for _night in range(10):
    plans._cron_run()
"""

# Tells of each step and takes its time, so that it can be killed in between.
RUN_SLOWLY = f"""{SMALL_BATCHES}
take_step = type(plans)._take_step
def slowly(self, *how):
    take_step(self, *how)
    print("stepped", flush=True)
    time.sleep(0.05)
type(plans)._take_step = slowly
meet()
plans._cron_run()
"""

DELIVER = """
env["mail.mail"].process_email_queue()
env["collection.plan.letter"]._cron_read_deliveries()
"""

# Does something as a request does, again if it comes second; at its first start it
# sees nothing of what the other does.
AT_ONCE = """
from odoo import fields
from odoo.exceptions import ValidationError
from odoo.service.model import retrying
claim = env["account.move"].search([("partner_id.name", "=", {debtor!r})])
claim = claim._get_collection_claims()
common = {{"partner_id": claim.partner_id.id, "company_id": env.company.id}}
tomorrow = fields.Date.add(env.company._get_collection_today(), days=1)
def meet_once():
    env.cr.execute("SELECT 1")
    if not Path(GO).exists():
        meet()
{work}
    env.flush_all()
    time.sleep(0.5)
try:
    retrying(work, env)
    env.cr.commit()
    print("done")
except ValidationError as error:
    print(error)
"""

ACTIVATE = """
plan = env["collection.plan"].create(
    {**common, "date_start": tomorrow, "claim_ids": [{"move_line_id": claim.id}]}
)
env.cr.commit()
def work():
    meet_once()
    plan.action_activate()
"""

# As where a manager has to confirm a promise: no mark is written on the invoice, which
# would keep the two apart by chance.
PROMISE = """
type(env["account.move"])._update_collection_protection = lambda moves: None
def work():
    meet_once()
    env["collection.promise"].create(
        {**common, "date_promised": tomorrow, "line_ids": [{"move_line_id": claim.id}]}
    )
"""

# As if nobody had thought of two at once: the database has to. Refreshing the case
# would keep the two apart by chance.
UNSERIALIZED = """
type(env["collection.case"])._serialize = lambda cases: None
type(env["collection.case"])._touch = lambda cases, *what, **which: None
"""

# A debtor who refuses e-mails, and one who takes them; both are warned first. What the
# mail server says is no error here.
GIVE_NOTICE = """
import logging
logging.getLogger("odoo.addons.mail.models.mail_mail").setLevel(logging.CRITICAL)
rule = env.ref("collection_calls.collection_acceleration_rule_business")
plans = env["collection.plan"].search([("partner_id.name", "in", ["d0", "d1"])])
plans.notice_days, plans.grace_days = rule.notice_days, rule.grace_days
plans[-1].partner_id.email = "refused@debtor.example"
env["collection.plan"]._cron_run()
env.cr.commit()
"""

MARK_POSTED = """
letter = env["collection.plan.letter"].search([("kind", "=", "notice")])
letter.filtered(lambda letter: letter.partner_id.name == "d0").action_mark_posted()
env["collection.plan"]._cron_run()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def installed(new_database, run_script, smtp):
    """A database with plans, to be copied."""
    name = new_database("installed")
    run_script(name, SET_UP.format(port=smtp.port, plans=PLANS))
    return name


@pytest.fixture
def database(installed, inbox):
    name = f"{installed}_copy"
    databases.copy(installed, AREA, name, AREA)
    inbox.mails.clear()
    yield name
    databases.drop(name, AREA)


def count(database, query):
    return int(databases.sql(f"SELECT count(*) FROM {query}", database)[0])


def assert_one_of_each(database, table, column="plan_id"):
    """For every plan there is exactly one row."""
    assert count(database, table) == PLANS
    assert count(database, f"(SELECT DISTINCT {column} FROM {table}) AS rows") == PLANS


def get_recipients(inbox):
    return [to for recipients, _message in inbox.mails for to in recipients]


def assert_each_accelerated_once(database, inbox):
    assert count(database, "collection_plan WHERE state = 'accelerated'") == PLANS
    assert count(database, "collection_plan WHERE is_stale") == 0
    for kind in "missed", "accelerated":
        assert_one_of_each(database, f"collection_plan_event WHERE kind = '{kind}'")
    letter = "collection_plan_letter WHERE kind = 'acceleration'"
    assert_one_of_each(database, f"{letter} AND confirmation_state = 'sent'")
    assert_one_of_each(database, letter)
    call = (
        "mail_activity WHERE res_model = 'collection.case' AND active"
        " AND summary LIKE 'Rest due at once: %'"
    )
    assert_one_of_each(database, call, "res_id")
    assert count(database, "mail_activity WHERE active") == PLANS
    debtors = sorted(f"d{number}@debtor.example" for number in range(PLANS))
    assert sorted(get_recipients(inbox)) == debtors
    assert all("the rest of your" in mail["Subject"] for _to, mail in inbox.mails)


def test_two_servers_run(database, run_together, run_script, inbox):
    run_together(database, *[RUN_OFTEN] * 2)
    run_script(database, DELIVER)
    assert_each_accelerated_once(database, inbox)


def test_killed_while_running(database, servers, run_script, inbox):
    [process] = servers(database, RUN_SLOWLY)
    for _step in range(PLANS // 2):
        assert process.stdout.readline() == "stepped\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=SECONDS)
    accelerated = count(database, "collection_plan WHERE state = 'accelerated'")
    assert 0 < accelerated < PLANS // 2
    run_script(database, f'env["collection.plan"]._cron_run()\n{DELIVER}')
    assert_each_accelerated_once(database, inbox)


def at_once(work, debtor):
    return AT_ONCE.format(work=work, debtor=debtor)


def test_one_running_plan_on_a_claim(database, run_together):
    name = f"d{PLANS}"
    answers = run_together(database, *[at_once(ACTIVATE, name)] * 2)
    done, refused = sorted(answers, key=lambda answer: answer != "done\n")
    assert done == "done\n"
    assert "is paid by" in refused
    assert count(database, "collection_plan_claim WHERE is_running") == PLANS + 1

    # Another claim, and nobody waits for the other.
    name = f"d{PLANS + 1}"
    careless = at_once(UNSERIALIZED + ACTIVATE, name)
    answers = run_together(database, *[careless] * 2)
    done, refused = sorted(answers, key=lambda answer: answer != "done\n")
    assert done == "done\n"
    assert "There is a running installment plan on this claim already." in refused
    assert count(database, "collection_plan_claim WHERE is_running") == PLANS + 2


def test_promise_or_plan(database, run_together):
    name = f"d{PLANS}"
    activated, promised = run_together(
        database, at_once(ACTIVATE, name), at_once(PROMISE, name)
    )
    # The plan runs: either it took the claim from the promise, or it came first.
    assert activated == "done\n"
    assert promised == "done\n" or "is paid by installments" in promised
    assert count(database, "collection_plan_claim WHERE is_running") == PLANS + 1
    standing = "collection_promise_line WHERE state IN ('open', 'to_check')"
    assert count(database, standing) == 0


def test_notice_that_is_refused(database, run_script, inbox):
    plans = "collection_plan WHERE state = 'notice' AND date_cure"
    letters = "collection_plan_letter WHERE kind = 'notice' AND confirmation_state"
    to_do = "mail_activity WHERE summary LIKE 'Print and post%' AND active"
    run_script(database, GIVE_NOTICE + DELIVER * 2)
    assert get_recipients(inbox).count("d1@debtor.example") == 1
    assert count(database, f"{plans} IS NULL") == count(database, to_do) == 1
    assert count(database, f"{plans} = current_date + 10") == 1
    assert count(database, f"{letters} = 'failed'") == 1

    run_script(database, 'env["collection.plan"]._cron_run()\n' * 2 + DELIVER)
    held = f"{plans} IS NULL AND hold_code = 'notice_bounced'"
    assert count(database, held) == count(database, to_do) == 1

    run_script(database, MARK_POSTED)
    assert count(database, f"{plans} = current_date + 10") == 1
    assert count(database, f"{plans} = current_date + 13") == 1  # three in the post
    assert count(database, f"{letters} = 'posted'") == 1
    assert count(database, to_do) == 0
    assert count(database, "collection_plan WHERE hold_code IS NOT NULL") == 0
