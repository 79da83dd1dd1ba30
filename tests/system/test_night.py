"""A night that disturbs nobody, and is disturbed by nobody: nothing is lost or doubled,
nobody is alarmed, and whoever registers a payment doesn't wait."""

import threading
import time
import xmlrpc.client

import pytest

from tool import databases

ADDON = "collection_calls"
AREA = "test"
DEBTORS = 24  # each with two promises and a plan
SECONDS = 120
# A transaction of the night takes 0.4 s, and the step that it is at; here a step takes
# a tenth of a second more than it needs. Before there were short transactions, whoever
# came first waited for all of them: 54 s with 500 plans.
LONGEST_WAIT = 1.0
MOST_STEPS = 5  # of a tenth of a second each, in one transaction

# Of each debtor one promise was broken, of another one is to be reminded today, and an
# installment was missed.
SET_UP = f"""
from datetime import timedelta
from freezegun import freeze_time
from odoo import fields
from odoo.fields import Command
env["ir.mail_server"].search([]).active = False
env.company.collection_fresh_books = False
with freeze_time(fields.Datetime.now() - timedelta(40)):
    today = env.company._get_collection_today()
    debtors = env["res.partner"].create(
        [{{"name": f"d{{number}}", "is_company": True,
           "email": f"d{{number}}@debtor.example"}} for number in range({DEBTORS})]
    )
    line = {{"name": "Work", "price_unit": 300, "tax_ids": [Command.clear()]}}
    moves = env["account.move"].create(
        [{{"move_type": "out_invoice", "partner_id": debtor.id,
           "invoice_date": today - timedelta(60),
           "invoice_date_due": today - timedelta(30), "invoice_payment_term_id": False,
           "invoice_line_ids": [Command.create(line)]}}
         for _kind in range(3) for debtor in debtors]
    )
    moves.action_post()
    def promise(move, days):
        claim = move._get_collection_claims()
        return {{"partner_id": move.partner_id.id,
                 "date_promised": today + timedelta(days),
                 "line_ids": [Command.create({{"move_line_id": claim.id}})]}}
    env["collection.promise"].create(
        [promise(move, 20) for move in moves[:{DEBTORS}]]
        + [promise(move, 41) for move in moves[{DEBTORS}:2 * {DEBTORS}]]
    )
    plans = env["collection.plan"].create(
        [{{"partner_id": move.partner_id.id, "date_start": today + timedelta(20),
           "claim_ids": [{{"move_line_id": move._get_collection_claims().id}}]}}
         for move in moves[2 * {DEBTORS}:]]
    )
    plans.action_activate()
env["collection.promise"].search([]).date_remind = fields.Date.today()
env.cr.commit()
"""

# What goes wrong is printed, even if it is Odoo that tells of it.
PREPARE = """
import logging
class Alarm(logging.Handler):
    def emit(self, record):
        print("error:", record.getMessage()[:300], flush=True)
logging.getLogger("odoo").addHandler(Alarm(logging.ERROR))
promises, plans = env["collection.promise"], env["collection.plan"]
for records in promises, plans:
    type(records)._is_time_to_remind = lambda self, company: True
"""

EVALUATE = f"{PREPARE}\nmeet()\nfor _time in range(3): promises._cron_evaluate()"
REMIND = f"{PREPARE}\nmeet()\nfor _time in range(3): promises._cron_remind()"
RUN = f"{PREPARE}\nmeet()\nfor _time in range(3): plans._cron_run()"
REFRESH = (
    f'{PREPARE}\nmeet()\nfor _time in range(3): env["collection.case"]._cron_refresh()'
)

RUN_SLOWLY = f"""{PREPARE}
take_step = type(plans)._take_step
def slowly(self, *how):
    time.sleep(0.1)
    return take_step(self, *how)
type(plans)._take_step = slowly
meet()
plans._cron_run()
"""

# Stays in the middle of its first transaction until it is told to go on.
RUN_AND_HOLD = f"""{PREPARE}
take_step = type(plans)._take_step
def hold(self, *how):
    type(plans)._take_step = take_step
    print("held", flush=True)
    while not Path(RELEASE).exists():
        time.sleep(0.05)
    return take_step(self, *how)
type(plans)._take_step = hold
meet()
plans._cron_run()
"""

CATCH_UP = f"""{PREPARE}
env["collection.backlog"]._cron_catch_up()
plans._cron_run()
print(len(env["collection.case"]._refresh()))
env.cr.commit()
"""


@pytest.fixture(scope="module")
def installed(new_database, run_script):
    """A database on the morning of an eventful night, to be copied."""
    name = new_database("installed")
    run_script(name, SET_UP)
    return name


@pytest.fixture
def database(installed):
    name = f"{installed}_copy"
    databases.copy(installed, AREA, name, AREA)
    yield name
    databases.drop(name, AREA)


def count(database, query):
    return int(databases.sql(f"SELECT count(*) FROM {query}", database)[0])


def assert_nobody_is_alarmed(database):
    for table in "collection_promise", "collection_plan":
        assert count(database, f"{table} WHERE is_stale") == 0
        assert count(database, f"{table} WHERE is_failure_reported") == 0
    assert count(database, "mail_activity WHERE summary LIKE '%could not%'") == 0


def count_repeated(folder):
    """How often servers ran a request again, as Odoo does after a conflict.

    Before that, it pauses for up to two seconds (``odoo.service.model.retrying``): a
    payment that meets the night on the very same journal item waits for Odoo, and not
    for us.
    """
    logs = [path.read_text() for path in folder.glob("server-*.log")]
    assert logs
    return sum(log.count("tries left, try again in") for log in logs)


class Accountant:
    """Somebody whose browser talks to the server."""

    def __init__(self, address, database):
        common = xmlrpc.client.ServerProxy(f"{address}/xmlrpc/2/common")
        self.server = xmlrpc.client.ServerProxy(
            f"{address}/xmlrpc/2/object", allow_none=True
        )
        user = common.authenticate(database, "admin", "admin", {})
        self.who = database, user, "admin"
        self.database = database

    def call(self, model, method, *arguments, **options):
        return self.server.execute_kw(*self.who, model, method, arguments, options)

    def pay(self, number):
        """Pay the whole invoice that a debtor pays by installments."""
        [move_id] = databases.sql(
            "SELECT claim.move_id FROM collection_plan_claim claim"
            " JOIN collection_plan plan ON plan.id = claim.plan_id"
            " JOIN res_partner partner ON partner.id = plan.partner_id"
            f" WHERE partner.name = 'd{number}'",
            self.database,
        )
        context = {"active_model": "account.move", "active_ids": [int(move_id)]}
        register = "account.payment.register"
        dialog = self.call(register, "create", {}, context=context)
        self.call(register, "action_create_payments", dialog, context=context)


class Watch(threading.Thread):
    """Looks on from outside how long anybody waits for a row that another one has."""

    def __init__(self, database):
        super().__init__(daemon=True)
        self.database = database
        self.longest = 0.0
        self.is_over = False

    def run(self):
        while not self.is_over:
            [waited] = databases.sql(
                "SELECT COALESCE(MAX(EXTRACT(EPOCH FROM clock_timestamp()"
                " - query_start)), 0) FROM pg_stat_activity"
                " WHERE datname = current_database()"
                " AND cardinality(pg_blocking_pids(pid)) > 0",
                self.database,
            )
            self.longest = max(self.longest, float(waited))
            time.sleep(0.02)


def finish(process):
    said, _errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    return said


def test_scheduled_actions_together(database, run_together, run_script):
    """Odoo runs two at a time by default, and several servers may do so."""
    answers = run_together(database, EVALUATE, REMIND, RUN, REFRESH)
    assert answers == [""] * 4
    assert_nobody_is_alarmed(database)
    assert count(database, "collection_promise WHERE state = 'broken'") == DEBTORS
    reminded = "collection_promise WHERE date_reminded IS NOT NULL"
    assert count(database, reminded) == DEBTORS
    assert count(database, "collection_plan WHERE state = 'accelerated'") == DEBTORS
    letters = "collection_plan_letter WHERE kind = 'acceleration'"
    assert count(database, letters) == DEBTORS
    calls = (
        "mail_activity WHERE res_model = 'collection.case' AND active"
        " AND summary LIKE '%: %'"
    )
    assert count(database, f"(SELECT DISTINCT res_id FROM {calls}) cases") == DEBTORS
    assert run_script(database, CATCH_UP).splitlines()[-1] == "0"


def test_two_servers_evaluate_and_remind(database, run_together):
    answers = run_together(database, EVALUATE, REMIND, EVALUATE, REMIND)
    assert answers == [""] * 4
    assert_nobody_is_alarmed(database)
    assert count(database, "collection_promise WHERE state = 'broken'") == DEBTORS


def test_payments_while_plans_are_accelerated(
    database, servers, serve, run_script, tmp_path
):
    """Measured from outside by PostgreSQL: nobody waits for a row longer than that.

    Nor could anybody: however many plans there are, a transaction ends after a few, and
    with it whatever it has locked. Payments on other claims than the one in hand aren't
    run again either. They are made from the last plan to the first one, the night goes
    from the first one to the last: only one of them can meet it.
    """
    accountant = Accountant(serve(database), database)
    accountant.pay(0)  # what the server loads at its first request
    watch = Watch(database)
    [night] = servers(database, RUN_SLOWLY)
    watch.start()
    paid = [0]
    for number in range(DEBTORS - 1, 1, -3):  # not in step with the night
        accountant.pay(number)
        paid.append(number)
    assert finish(night) == ""
    watch.is_over = True
    watch.join()
    assert watch.longest < LONGEST_WAIT
    assert count_repeated(tmp_path) <= 1
    assert run_script(database, CATCH_UP).splitlines()[-1] == "0"
    assert_nobody_is_alarmed(database)
    assert count(database, "account_payment") == len(paid)
    completed = "collection_plan WHERE state = 'completed' AND amount_residual = 0"
    assert count(database, completed) == len(paid)
    accelerated = "collection_plan WHERE state = 'accelerated'"
    assert count(database, accelerated) == DEBTORS - len(paid)
    twice = (
        "(SELECT plan_id FROM collection_plan_event WHERE kind = 'accelerated'"
        " GROUP BY plan_id HAVING count(*) > 1) twice"
    )
    assert count(database, twice) == 0
    steps = databases.sql(
        "SELECT count(*) FROM collection_plan_event WHERE kind = 'accelerated'"
        " GROUP BY create_date",  # when its transaction began
        database,
    )
    assert sum(map(int, steps)) >= DEBTORS - len(paid)  # some were paid after that
    assert max(map(int, steps)) <= MOST_STEPS


def test_payment_on_the_plan_in_hand(database, servers, serve, run_script, tmp_path):
    """It is paid while the night stays where it is; then the night sees it."""
    release = tmp_path / "release"
    accountant = Accountant(serve(database), database)
    [night] = servers(database, f"RELEASE = {str(release)!r}\n{RUN_AND_HOLD}")
    assert night.stdout.readline() == "held\n"
    accountant.pay(0)  # who waits for the night waits for ever
    assert night.poll() is None
    assert count_repeated(tmp_path) == 0
    release.touch()
    assert finish(night) == ""
    assert run_script(database, CATCH_UP).splitlines()[-1] == "0"
    assert_nobody_is_alarmed(database)
    assert count(database, "account_payment") == 1
    assert count(database, "collection_plan WHERE state = 'completed'") == 1
    accelerated = "collection_plan WHERE state = 'accelerated'"
    assert count(database, accelerated) == DEBTORS - 1
    assert count(database, "collection_backlog") == 0
