"""Signing from the mail alone: SMTP, and a browser as somebody has who never saw Odoo.

The collector sends the link while the call goes on; the debtor opens what arrived on
a phone, proves to be the right party, and signs with a finger.
"""

import json
import re
import resource
import shutil
import time
import xmlrpc.client

import pytest

from tool import databases
from tool.screenshot import BROWSERS, OPTIONS

SET_UP = """
import json
from datetime import timedelta
from odoo import fields
from odoo.fields import Command
company = env.company
company.write({{"email": "us@company.example", "phone": "+49 30 23125 000"}})
env["ir.config_parameter"].set_param("web.base.url", {address!r})
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create({{
    "name": "Local", "smtp_host": "127.0.0.1", "smtp_port": {port},
    "smtp_encryption": "none", "smtp_authentication": "login",
}})
group = env.ref("collection_calls.group_collection_user")
collector = env["res.users"].create({{
    "name": "Clara Collector", "login": "clara", "password": "clara",
    "email": "clara@company.example", "group_ids": [Command.set(group.ids)],
}})
env["collection.contact.policy"].search([]).active = False
today = company._get_collection_today()
debtor = env["res.partner"].create({{
    "name": "Eva Weber", "email": "weber@debtor.example", "zip": "10115",
    "lang": "de_DE", "phone": "+49 30 23125042",
}})
move = env["account.move"].create({{
    "move_type": "out_invoice", "partner_id": debtor.id,
    "invoice_date": today - timedelta(days=60),
    "invoice_date_due": today - timedelta(days=30),
    "invoice_payment_term_id": False,
    "invoice_line_ids": [Command.create({{"name": "Work", "price_unit": 1200,
                                        "tax_ids": [Command.clear()]}})],
}})
move.action_post()
wizard = env["collection.call.wizard"].with_user(collector)
wizard = wizard.create({{"partner_id": debtor.id}})
wizard.verified_by = "address"
for _step in range(3):
    wizard.action_next()
wizard.outcome_id = env.ref("collection_calls.collection_call_outcome_plan")
wizard.payment_date = today + timedelta(days=14)
wizard.plan_installment_count = 6
env.cr.commit()
print(json.dumps({{"wizard": wizard.id, "call": wizard.call_id.id,
                  "invoice": move.name}}))
"""
# What the debtor asked for on the page is answered by the collector.
ASK_AND_DECLINE = """
from datetime import timedelta
plan = env["collection.plan"].search([])
page = plan.with_context(lang="de_DE", collection_page=True)
day = env.company._get_collection_today() + timedelta(days=20)
offer, _new = page._request_day(day, words="Krank")
clara = env["res.users"].search([("login", "=", "clara")])
offer.with_user(clara).action_decline("Bitte zahlen Sie die erste Rate.")
env.cr.commit()
"""


@pytest.fixture
def memory():
    """As much address space as the system gives: Odoo's server, which may have run in
    this process, leaves less than Chromium reserves, and Chromium traps then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.fixture
def phone(memory):
    """A browser, 390 pixels wide."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.skip("no browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(OPTIONS))
        page = browser.new_page(
            viewport={"width": 390, "height": 844}, has_touch=True, locale="en-US"
        )
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def wait_for_mails(inbox, number, seconds=60):
    end = time.monotonic() + seconds
    while len(inbox.to("weber")) < number and time.monotonic() < end:
        time.sleep(0.3)
    mails = inbox.to("weber")
    assert len(mails) == number, [mail["Subject"] for mail in mails]
    return mails[-1]


def draw(page):
    """Sign with a finger."""
    canvas = page.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 8):
        up = 12 if step % 2 else -12
        page.mouse.move(box["x"] + 20 + 25 * step, box["y"] + box["height"] / 2 + up)
    page.mouse.up()


def test_signed_from_the_mail_alone(
    new_database, run_script, serve, smtp, inbox, phone
):
    database = new_database("installed")
    address = serve(database, "--max-cron-threads=1")
    script = SET_UP.format(port=smtp.port, address=address)
    facts = json.loads(run_script(database, script).splitlines()[-1])
    common = xmlrpc.client.ServerProxy(f"{address}/xmlrpc/2/common")
    uid = common.authenticate(database, "clara", "clara", {})
    clara = xmlrpc.client.ServerProxy(f"{address}/xmlrpc/2/object", allow_none=True)

    def do(model, method, *arguments):
        return clara.execute_kw(database, uid, "clara", model, method, arguments)

    do("collection.call.wizard", "action_send_link", [facts["wizard"]])
    mail = wait_for_mails(inbox, 1)
    body = mail.get_body(("html",)).get_content()
    [url] = set(re.findall(r'href="(http[^"]*/my/collection/[^"]+)"', body))
    for secret in ("1,200", "1.200", "200", facts["invoice"], "PLAN/"):
        assert secret not in mail["Subject"] and secret not in body, secret

    # A scanner of the mail server opens the link: that is not the debtor.
    phone.request.get(url)
    states = ["state", "date_opened"]
    [call] = do("collection.call", "read", [facts["call"]], ["link_ids"])
    [link] = do("collection.link", "read", call["link_ids"], states)
    assert (link["state"], link["date_opened"]) == ("sent", False)

    # The debtor does, on a phone.
    phone.goto(url)
    assert "1.200" not in phone.content() and facts["invoice"] not in phone.content()
    phone.fill("input[name=proof]", "10115")
    phone.click("form button[type=submit]")
    phone.wait_for_url("**/my/plans/**")
    assert "1.200" in phone.content(), "in the debtor's language"
    assert phone.locator("html").get_attribute("lang") == "de-DE"
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out"
    draw(phone)
    phone.click(".o_portal_sign_submit")
    phone.wait_for_url("**message=accepted**")

    [plan] = databases.sql(
        "SELECT state, answer_state, answer_channel FROM collection_plan", database
    )
    assert plan == "active|accepted|portal"
    [signed] = databases.sql(
        "SELECT signer_name, lang, length(text_hash), ip_address IS NOT NULL"
        " FROM collection_acceptance",
        database,
    )
    assert signed == "Eva Weber|de_DE|64|t"
    [link] = do("collection.link", "read", call["link_ids"], states)
    assert link["state"] == "used" and link["date_opened"]

    # What the debtor asks for later is answered by e-mail, with words.
    run_script(database, ASK_AND_DECLINE)
    answer = wait_for_mails(inbox, 2)
    text = answer.get_body(("html",)).get_content()
    assert "Bitte zahlen Sie die erste Rate." in text and "/my/plans/" in text
    for secret in ("200", facts["invoice"], "PLAN/"):
        assert secret not in answer["Subject"]
