"""A customer pays 1,000 invoices at once: with the addon beside without it.

Finance must not wait for collections. The large customer's invoices are paid in one
payment by the dialog that accountants use, which makes, posts and matches it.
"""

from datetime import date, timedelta

from .measure import Work, compare
from tool.console import say

BOUND = 1.10
CUSTOMER = "Customer 1"


def run(stage, rounds):
    """Nobody has promised anything about these invoices."""
    measured = Work("with the addon", stage.with_addon, find_claims, pay)
    baseline = measured._replace(title="without it", database=stage.without_addon)
    return compare("payment_matching", measured, baseline, rounds, BOUND)


def run_promised(stage, rounds):
    """All of these invoices are promised, and the payment keeps the promise."""
    name = "payment_matching_promised"
    if not stage.has_promises:
        say(f"{name}: left out, the addon has no promises yet.")
        return None
    measured = Work("with the addon", stage.with_addon, promise_claims, pay)
    baseline = Work("without it", stage.without_addon, find_claims, pay)
    return compare(name, measured, baseline, rounds, BOUND)


def find_claims(env):
    """The open receivable items of the large customer."""
    claims = env["account.move.line"].search(
        [
            ("partner_id.name", "=", CUSTOMER),
            ("account_type", "=", "asset_receivable"),
            ("reconciled", "=", False),
            ("parent_state", "=", "posted"),
        ]
    )
    assert claims, "the ledger has no large customer"
    return claims


def promise_claims(env):
    """The same, promised in one promise."""
    claims = find_claims(env)
    lines = [
        {"move_line_id": claim.id, "amount": claim.amount_residual} for claim in claims
    ]
    env["collection.promise"].sudo().create(
        {
            "partner_id": claims.partner_id.id,
            "date_promised": date.today() + timedelta(days=10),
            "line_ids": lines,
        }
    )
    return claims


def pay(env, claims):
    register = env["account.payment.register"].with_context(
        active_model="account.move.line", active_ids=claims.ids
    )
    register.create({"group_payment": True}).action_create_payments()
    assert all(claims.mapped("reconciled"))
