"""A customer pays 1,000 invoices at once: with the addon beside without it.

Finance must not wait for collections. The large customer's invoices are paid in one
payment by the dialog that accountants use, which makes, posts and matches it.
"""

from .measure import Work, compare

BOUND = 1.10
CUSTOMER = "Customer 1"


def run(stage, rounds):
    """Nobody has promised anything about these invoices."""
    measured = Work("with the addon", stage.with_addon, find_claims, pay)
    baseline = measured._replace(title="without it", database=stage.without_addon)
    return compare("payment_matching", measured, baseline, rounds, BOUND)


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


def pay(env, claims):
    register = env["account.payment.register"].with_context(
        active_model="account.move.line", active_ids=claims.ids
    )
    register.create({"group_payment": True}).action_create_payments()
    assert all(claims.mapped("reconciled"))
