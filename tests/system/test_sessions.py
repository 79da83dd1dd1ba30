"""Two collectors work through the same list at the same time, on real servers: no case
is handed to both, and who comes second knows of the first."""

import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tool import databases

ADDON = "collection_calls"
AREA = "test"
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

# Each of them sees the list as it was before the other one came.
MEETING = """
from psycopg2.errors import SerializationFailure
env.cr.execute("SELECT 1")
user = env["res.users"].search([("login", "=", {login!r})])
case, *others = env["collection.case"].with_user(user).search([], order="id")
meet()
try:
    action = {start}
    time.sleep(0.5)
    env.cr.commit()
    print("called" if action.get("res_id") else "nobody")
except SerializationFailure:
    print("again")
"""
SESSION = "case.action_call_next([other.id for other in others])"
CLICK = "case.action_start_call()"


@pytest.fixture(scope="module")
def installed(new_database, run_script):
    """A database with two collectors and cases that are nobody's, to be copied."""
    name = new_database("installed")
    run_script(name, SET_UP)
    return name


@pytest.fixture
def database(installed):
    name = f"{installed}_copy"
    databases.copy(installed, AREA, name, AREA)
    yield name
    databases.drop(name, AREA)


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


@pytest.mark.parametrize("second", [SESSION, CLICK])
def test_a_click_and_a_session_at_the_same_moment(database, run_together, second):
    """Who is run again by Odoo sees the other one's call, and passes over the case.

    It is the second one's case: the first one's click doesn't make it theirs.
    """
    databases.sql(
        "UPDATE collection_case SET user_id ="
        f" (SELECT id FROM res_users WHERE login = '{COLLECTORS[1]}')",
        database,
    )
    said = run_together(
        database,
        MEETING.format(login=COLLECTORS[0], start=CLICK),
        MEETING.format(login=COLLECTORS[1], start=second),
    )
    assert [answer.split()[-1] for answer in said].count("called") == 1, said
    assert databases.sql("SELECT count(*) FROM collection_call", database) == ["1"]
