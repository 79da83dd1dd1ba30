"""The ledger that `make bench` measures on is one that Odoo would have written."""

import json
from datetime import date

import pytest

from benchmarks import ledger

from tool import databases

SIZE = ledger.Size(invoices=200, customers=20)
TODAY = date(2026, 1, 31)
RECOMPUTED = {
    "account.move.line": [
        *("amount_residual", "amount_residual_currency", "reconciled", "debit"),
        *("credit", "amount_currency", "price_subtotal", "display_type"),
    ],
    "account.move": [
        *("amount_untaxed", "amount_total", "amount_residual", "payment_state"),
        *("amount_total_signed", "amount_residual_signed", "commercial_partner_id"),
        *("sequence_prefix", "sequence_number", "invoice_partner_display_name"),
    ],
    "account.payment": ["state", "is_reconciled", "is_matched"],
    "res.partner": ["commercial_partner_id", "complete_name"],
}

# Prints what Odoo computes otherwise than it is written.
RECOMPUTE = f"""
import json
changed = []
for model, names in {RECOMPUTED}.items():
    records = env[model].search([])
    before = records.read(names, load="")
    for name in names:
        env.add_to_compute(records._fields[name], records)
    env.flush_all()
    env.invalidate_all()
    for old, new in zip(before, records.read(names, load="")):
        changed += [[model, str(old), str(new)]] if old != new else []
print(json.dumps(changed))
"""
# A customer of the ledger pays the first of two open invoices.
PAY = """
claims = env["account.move.line"].search([
    ("account_type", "=", "asset_receivable"), ("reconciled", "=", False),
    ("partner_id.name", "=", "Customer 1"),
])
register = env["account.payment.register"].with_context(
    active_model="account.move.line", active_ids=claims[0].ids,
)
register.create({}).action_create_payments()
print(claims[0].reconciled, claims[1].reconciled)
"""
RESIDUALS = """
SELECT count(*) FROM account_move_line AS line
WHERE amount_residual <> balance
    - (SELECT coalesce(sum(amount), 0) FROM account_partial_reconcile
       WHERE debit_move_id = line.id)
    + (SELECT coalesce(sum(amount), 0) FROM account_partial_reconcile
       WHERE credit_move_id = line.id)
    AND account_id IN (SELECT receivable_id FROM bench_setting)
"""
UNBALANCED = """
SELECT move_id FROM account_move_line GROUP BY move_id HAVING sum(balance) <> 0
"""


@pytest.fixture(scope="module")
def database(new_database):
    name = new_database("plain")
    ledger.fill(name, SIZE, TODAY)
    return name


def test_it_has_the_size_that_was_asked_for(database):
    query = "SELECT count(*) FROM account_move WHERE move_type = 'out_invoice'"
    assert databases.sql(query, database) == [str(SIZE.invoices)]


def test_entries_balance(database):
    assert databases.sql(UNBALANCED, database) == []


def test_residuals_are_what_reconciliations_leave(database):
    assert databases.sql(RESIDUALS, database) == ["0"]


def test_odoo_computes_what_is_written(database, run_script):
    assert json.loads(run_script(database, RECOMPUTE)) == []


def test_odoo_goes_on_with_it(database, run_script):
    assert run_script(database, PAY).split() == ["True", "False"]


def test_it_is_the_same_every_time(database, new_database):
    again = new_database("plain")
    ledger.fill(again, SIZE, TODAY)
    query = "SELECT * FROM account_move_line ORDER BY id"
    assert databases.sql(query, again) == databases.sql(query, database)
