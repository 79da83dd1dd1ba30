"""Confirmations through a real mail server: a real Odoo, its queue and SMTP.

What a collector does comes in over HTTP, and the server's own scheduled actions do the
rest, as in an office.
"""

import json
import time
import urllib.request
from http.cookiejar import CookieJar

import pytest

from tool import databases

PEOPLE = ("arrives", "refused", "nowhere", "late")

# One debtor with an overdue invoice for each of PEOPLE, and a call with each that has
# come to its last step; the port of the mail server is filled in.
SET_UP = """
import json
from datetime import timedelta
from odoo import fields
from odoo.fields import Command
company = env.company
# It is noon in the office, whenever this runs: nobody is reminded at night.
company.partner_id.tz = f"Etc/GMT{{fields.Datetime.now().hour - 12:+d}}"
company.write({{"email": "us@company.example", "phone": "+49 30 23125 000"}})
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create({{
    "name": "Local", "smtp_host": "127.0.0.1", "smtp_port": {port},
    "smtp_encryption": "none", "smtp_authentication": "login",
}})
# The reminder leaves when the test says so.
reminding = env.ref("collection_calls.ir_cron_remind_promises")
reminding.nextcall = fields.Datetime.now() + timedelta(days=1)
group = env.ref("collection_calls.group_collection_user")
collector = env["res.users"].create({{
    "name": "Clara Collector", "login": "clara", "password": "clara-password",
    "email": "clara@company.example", "group_ids": [Command.set(group.ids)],
}})
env["collection.contact.policy"].search([]).active = False  # at any hour
today = company._get_collection_today()
call_ids = {{}}
for name in {people}:
    debtor = env["res.partner"].create({{
        "name": name.title(),
        "email": False if name == "nowhere" else name + "@debtor.example",
        "is_company": True,
    }})
    move = env["account.move"].create({{
        "move_type": "out_invoice",
        "partner_id": debtor.id,
        "invoice_date": today - timedelta(days=60),
        "invoice_date_due": today - timedelta(days=30),
        "invoice_payment_term_id": False,
        "invoice_line_ids": [Command.create({{"name": "Work", "price_unit": 1000,
                                            "tax_ids": [Command.clear()]}})],
    }})
    move.action_post()
    wizards = env["collection.call.wizard"].with_user(collector)
    wizard = wizards.create({{"partner_id": debtor.id}})
    wizard.verified_by = "address"
    outcome = "collection_calls.collection_call_outcome_no_commitment"
    wizard.outcome_id = env.ref(outcome)
    for _step in range(4):
        wizard.action_next()
    call_ids[name] = wizard.call_id.id
    if name == "arrives":
        claim = move._get_collection_claims()
        move.company_id.collection_backdating_days = 7
        env["collection.promise"].with_user(collector).create({{
            "partner_id": debtor.id,
            "date_made": today - timedelta(days=7),
            "date_promised": today + timedelta(days=1),
            "line_ids": [{{"move_line_id": claim.id}}],
        }})
env.cr.commit()
print(json.dumps(call_ids))
"""

RUN = """
env.ref({xmlid!r}).method_direct_trigger()
env.cr.commit()
"""


class Session:
    """Somebody at the screen."""

    def __init__(self, address, database, login, password):
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self._post(
            "/web/session/authenticate", db=database, login=login, password=password
        )

    def call(self, model, method, ids, *arguments):
        path = f"/web/dataset/call_kw/{model}/{method}"
        line = {"model": model, "method": method, "args": [ids, *arguments]}
        return self._post(path, **line, kwargs={})

    def _post(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        request = urllib.request.Request(
            self.address + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=60) as answer:
            result = json.load(answer)
        assert "error" not in result, result["error"]["data"]["debug"]
        return result["result"]


@pytest.fixture(scope="module")
def office(new_database, run_script, smtp):
    """A database with calls that are about to be closed, and the ids of these."""
    database = new_database("installed")
    script = SET_UP.format(port=smtp.port, people=PEOPLE)
    return database, json.loads(run_script(database, script).splitlines()[-1])


def wait_for(probe, wanted, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found == wanted:
            return
        time.sleep(0.3)
    pytest.fail(f"{found!r} instead of {wanted!r} after {seconds} s")


def facts(session, call_id):
    names = ["state", "confirmation_state", "confirmation_channel"]
    (call,) = session.call("collection.call", "read", [call_id], names)
    return tuple(call[name] for name in names)


def letters(database, call_id):
    """How many activities were ever made for the letter of a call."""
    query = (
        "SELECT count(*) FROM mail_activity JOIN collection_call AS call"
        " ON summary = 'Print and post the letter of ' || call.name"
        f" WHERE call.id = {call_id}"
    )
    return int(databases.sql(query, database)[0])


def test_confirmations_through_a_real_server(office, serve, run_script, smtp, inbox):
    database, calls = office
    # The server has a thread for scheduled actions, as in an office.
    address = serve(database, "--max-cron-threads=1")
    clara = Session(address, database, "clara", "clara-password")
    assert not any(map(inbox.to, PEOPLE)), "nothing leaves before a call is closed"

    for name in "arrives", "refused", "nowhere":
        clara.call("collection.call", "action_done", [calls[name]])

    # Accepted: delivered once, to the person, in words that say what was agreed.
    sent = "done", "sent", "email"
    wait_for(lambda: facts(clara, calls["arrives"]), sent)
    (message,) = inbox.to("arrives")
    assert message["Subject"].startswith("Our telephone call of")
    assert "clara@company.example" in message["From"]
    text = message.get_body(("html",)).get_content()
    assert "We spoke about INV/" in text and "1,000.00" in text
    assert letters(database, calls["arrives"]) == 0

    # Refused: the call stays closed, and somebody is told once.
    failed = "done", "failed", "letter"
    wait_for(lambda: facts(clara, calls["refused"]), failed)
    assert inbox.to("refused") == []
    assert letters(database, calls["refused"]) == 1

    # No address: a letter from the start.
    assert facts(clara, calls["nowhere"]) == ("done", "to_send", "letter")
    assert letters(database, calls["nowhere"]) == 1

    # The mail server is gone: the call is closed as fast as ever.
    smtp.stop()
    started = time.monotonic()
    clara.call("collection.call", "action_done", [calls["late"]])
    assert time.monotonic() - started < 10
    assert facts(clara, calls["late"])[0] == "done"
    wait_for(lambda: facts(clara, calls["late"]), failed)
    assert letters(database, calls["late"]) == 1

    # It is back: sent again, delivered once, and nobody posts the letter.
    smtp.start()
    clara.call("collection.call", "action_resend_confirmation", [calls["late"]])
    wait_for(lambda: facts(clara, calls["late"]), sent)
    assert len(inbox.to("late")) == 1
    assert letters(database, calls["late"]) == 1

    # The promise is remembered, the server's queue sends it, and no run twice.
    remind = RUN.format(xmlid="collection_calls.ir_cron_remind_promises")
    run_script(database, remind * 2)
    wait_for(lambda: len(inbox.to("arrives")), 2)
    run_script(database, remind)
    assert len(inbox.to("late")) == 1
    subjects = [message["Subject"] for message in inbox.to("arrives")]
    assert len(subjects) == 2 and "your payment of" in subjects[1]
    assert letters(database, calls["refused"]) == 1
