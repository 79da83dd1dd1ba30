"""Paying and signing when something goes wrong meanwhile: a real server, two browsers.

Whatever happens, no payment is lost, and nothing is paid or booked twice.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from debtors import SET_UP, Debtor, Refused

from tool import databases

AREA = "test"

# The nights of as many days from now on.
NIGHTS = """
from datetime import timedelta
from freezegun import freeze_time
from odoo import fields
plan = env["collection.plan"].browse({plan})
start = fields.Datetime.now().replace(hour=4, minute=15)
for days in {days}:
    with freeze_time(start + timedelta(days=days)):
        env["collection.plan"]._cron_run()
        env.cr.commit()
        env.invalidate_all()
print(plan.state, plan.hold_code or "-")
"""
CANCEL = """
env["payment.transaction"].search([])._set_canceled()
env.cr.commit()
"""
# Half a minute after the debtor has opened the page: money comes in by the bank.
TRANSFER = """
plan = env["collection.plan"].browse({plan})
wizard = env["account.payment.register"].with_context(
    active_model="account.move.line", active_ids=plan.claim_ids.move_line_id.ids
).create({{"amount": {amount}, "group_payment": True}})
wizard.action_create_payments()
env.cr.commit()
"""
ACCELERATE = """
from odoo.service.model import retrying
plan = env["collection.plan"].browse({plan})
def work():
    env.cr.execute("SELECT 1")
    if not Path(GO).exists():
        meet()
    plan._get_case()._serialize()
    plan._accelerate("Another invoice fell overdue.")
    env.flush_all()
    time.sleep(0.3)
retrying(work, env)
env.cr.commit()
print("accelerated")
"""


@pytest.fixture(scope="module")
def prepared(new_database, run_script):
    """A database with a debtor's plan, to be copied, and what is in it."""
    name = new_database("installed")
    return name, json.loads(run_script(name, SET_UP).splitlines()[-1])


@pytest.fixture
def office(prepared, serve):
    """A server, and two browsers of the debtor."""
    original, facts = prepared
    name = f"{original}_copy"
    databases.copy(original, AREA, name, AREA)
    address = serve(name)
    yield name, Debtor(address, facts), Debtor(address, facts)
    databases.drop(name, AREA)


def read(database, query):
    return [tuple(line.split("|")) for line in databases.sql(query, database)]


def get_money(database):
    """What was paid online, booked, and counted by the plan: all the same."""
    [(paid,)] = read(
        database,
        "SELECT COALESCE(SUM(amount), 0) FROM payment_transaction WHERE state = 'done'",
    )
    [(booked,)] = read(
        database,
        "SELECT COALESCE(SUM(payment.amount), 0) FROM account_payment AS payment"
        " JOIN payment_transaction AS sent ON sent.payment_id = payment.id",
    )
    [(matched,)] = read(
        database, "SELECT COALESCE(SUM(amount), 0) FROM account_partial_reconcile"
    )
    [(counted,)] = read(
        database, "SELECT COALESCE(amount_paid, 0) FROM collection_plan"
    )
    return [float(each) for each in (paid, booked, matched, counted)]


def together(*works):
    """Do some things at the same moment, in a thread each; what became of them."""
    barrier = Barrier(len(works))

    def work(each):
        barrier.wait(timeout=60)
        try:
            return each()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(work, works))


def test_the_provider_never_answers(office, run_script):
    """The money may be under way: the plan waits, and asks for it no second time."""
    database, one, other = office
    reference = one.submit(one.choose("next"))
    one.answer(reference, "pending")
    assert "is on its way" in other.open()
    assert other.choose("next")["amount"] == "250.0", "the second installment"
    plan = one.facts["plan"]
    held = run_script(database, NIGHTS.format(plan=plan, days="(2, 8, 20)"))
    assert held.split() == ["active", "pending_money"]
    assert get_money(database) == [0, 0, 0, 0]
    # Nobody paid after all: the plan goes on where it stood.
    run_script(database, CANCEL)
    ended = run_script(database, NIGHTS.format(plan=plan, days="(21,)"))
    assert ended.split() == ["accelerated", "-"]


def test_submitted_twice_from_two_browsers(office):
    database, one, other = office
    forms = one.choose("next"), other.choose("next")
    references = together(
        lambda: one.submit(forms[0]),
        lambda: other.submit(forms[1]),
    )
    assert len(set(references)) == 1, references
    together(
        lambda: one.answer(references[0]),
        lambda: other.poll(),
    )
    one.poll()
    assert read(database, "SELECT count(*) FROM payment_transaction") == [("1",)]
    assert read(database, "SELECT count(*) FROM account_payment") == [("1",)]
    assert get_money(database) == [250, 250, 250, 250]
    # Whoever comes later with the old form is told.
    with pytest.raises(Refused):
        other.submit(forms[1])
    assert read(database, "SELECT count(*) FROM payment_transaction") == [("1",)]


def test_signed_twice_from_two_browsers(office):
    database, one, other = office
    seen = one.read(), other.read()
    done = together(lambda: one.sign(seen[0]), lambda: other.sign(seen[1]))
    assert [answer.get("error") for answer in done] == [None, None], done
    accepted = "SELECT kind, signer_name FROM collection_acceptance"
    assert read(database, accepted) == [("accepted", "Eva Weber")]


def test_the_ledger_changes_between_page_and_payment(office, run_script):
    database, one, other = office
    form = one.choose("next")
    transfer = TRANSFER.format(plan=one.facts["plan"], amount=900)
    run_script(database, transfer)
    with pytest.raises(Refused) as refused:
        one.submit(form)
    assert "charged" in str(refused.value), "it says that nothing was"
    assert read(database, "SELECT count(*) FROM payment_transaction") == [("0",)]
    form = other.choose("next")
    assert form["amount"] == "100.0", "what is left, read at this moment"
    other.answer(other.submit(form))
    paid, booked, matched, counted = get_money(database)
    assert (paid, booked, matched, counted) == (100, 100, 1000, 1000)
    assert read(database, "SELECT state FROM collection_plan") == [("completed",)]


@pytest.mark.parametrize("is_sent", [False, True])
def test_the_plan_accelerates_in_the_second_of_paying(office, servers, is_sent):
    """Who chooses is told that all is due now, or pays as chosen; who has paid, paid.

    :param is_sent: whether the payment was with the provider already
    """
    database, one, _other = office
    form = one.choose("next")
    reference = one.submit(form) if is_sent else None
    script = ACCELERATE.format(plan=one.facts["plan"])
    [process] = servers(database, script)
    try:
        reference = reference or one.submit(form)
    except Refused as refused:
        assert "charged" in str(refused)
        form = None
    if form:
        one.answer(reference)
    assert process.communicate(timeout=120)[0].split() == ["accelerated"]
    if form:
        one.poll()
    received = 250 if form else 0
    assert get_money(database) == [received] * 4
    query = "SELECT state, amount_residual::int FROM collection_plan"
    assert read(database, query) == [("accelerated", str(1000 - received))]
    rest = one.choose("all")
    assert float(rest["amount"]) == 1000 - received
    one.answer(one.submit(rest))
    assert get_money(database) == [1000] * 4
    assert read(database, "SELECT state FROM collection_plan") == [("completed",)]
