"""Two collectors work through the same list at the same time, on a real server: no case
is handed to both."""

import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tool import databases

ADDON = "collection_calls"
DEBTORS = 16
COLLECTORS = ("first", "second")

SET_UP = f"""
from datetime import timedelta
from odoo.fields import Command
group = env.ref("{ADDON}.group_collection_user")
env["res.users"].create(
    [{{"name": login, "login": login, "password": login,
       "group_ids": [Command.link(group.id)]}} for login in {COLLECTORS}]
)
env["collection.contact.policy"].search([]).active = False
due = env.company._get_collection_today() - timedelta(20)
debtors = env["res.partner"].create(
    [{{"name": f"Debtor {{n}}", "is_company": True, "phone": "+49 30 23125 042"}}
     for n in range({DEBTORS})]
)
env["account.move"].create(
    [{{"move_type": "out_invoice", "partner_id": debtor.id, "invoice_date": due,
       "invoice_date_due": due, "invoice_payment_term_id": False,
       "invoice_line_ids": [Command.create(
           {{"name": "Work", "price_unit": 500, "tax_ids": [Command.clear()]}})]}}
     for debtor in debtors]
).action_post()
env.cr.flush()
env["collection.case"].search([]).user_id = False
env.cr.commit()
"""


@pytest.fixture
def database(new_database, run_odoo, run_script):
    name = new_database("plain")
    run_odoo(name, "--init", ADDON, "--without-demo")
    run_script(name, SET_UP)
    return name


class Collector:
    """Somebody whose browser talks to the server."""

    def __init__(self, address, database, login):
        common = xmlrpc.client.ServerProxy(f"{address}/xmlrpc/2/common")
        self.server = xmlrpc.client.ServerProxy(
            f"{address}/xmlrpc/2/object", allow_none=True
        )
        user = common.authenticate(database, login, login, {})
        self.who = database, user, login

    def call(self, model, method, *arguments):
        return self.server.execute_kw(*self.who, model, method, arguments)

    def work(self, together, voicemail):
        """Call until nobody is left; both take their next one at the same moment."""
        action = self._take(together, "action_start_calling")
        while action.get("res_id"):
            wizard = action["res_id"]
            self.call("collection.call.wizard", "action_end_with", wizard, voicemail)
            action = self._take(together, "action_call_next")
        together.abort()  # the other one goes on alone

    def _take(self, together, method):
        if not together.broken:
            try:
                together.wait(timeout=60)
            except Exception:
                assert together.broken
        return self.call("collection.case", method)


def test_two_collectors_are_never_handed_the_same_case(database, serve):
    address = serve(database)
    people = [Collector(address, database, login) for login in COLLECTORS]
    [voicemail] = databases.sql(
        "SELECT res_id FROM ir_model_data"
        " WHERE name = 'collection_call_outcome_voicemail'",
        database,
    )
    together = Barrier(len(people))
    with ThreadPoolExecutor() as threads:
        done = [threads.submit(one.work, together, int(voicemail)) for one in people]
        assert [each.result(timeout=300) for each in done] == [None, None]
    calls = databases.sql(
        "SELECT case_id, count(*) FROM collection_call GROUP BY case_id", database
    )
    assert len(calls) == DEBTORS
    assert {line.split("|")[1] for line in calls} == {"1"}
    held = databases.sql(
        "SELECT count(*) FROM collection_call GROUP BY user_id", database
    )
    assert len(held) == len(COLLECTORS) and min(map(int, held)) > 1
