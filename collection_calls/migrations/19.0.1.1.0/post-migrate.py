"""Judge open agreements once by the whole truth of the ledger, without any mail.

Deadlines move to bank days, claims that were corrected meanwhile are followed, and
the stored figures of promises, plans and cases are brought up to date. Nothing is
broken and nothing accelerates here: that is left to the next night.
"""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    promises = env["collection.promise"].search([("state", "in", ["open", "to_check"])])
    before = {promise: promise.date_deadline for promise in promises}
    promises._compute_date_deadline()
    moved = sum(promise.date_deadline != before[promise] for promise in promises)
    promises._evaluate()
    plans = env["collection.plan"].search(
        [("state", "in", ["active", "notice", "accelerated"])]
    )
    _know_given_up_money(plans.claim_ids)
    plans._follow_claims()
    plans._refresh(plans._get_ledgers())
    env["collection.case"]._refresh_soon()
    _logger.info(
        "collection_calls: %s open promises (%s deadlines moved to bank days) and"
        " %s plans judged anew",
        len(promises),
        moved,
        len(plans),
    )


def _know_given_up_money(claims):
    """What was given up with a receipt counts with it now, before the plan, too."""
    known = claims.filtered("known_money").grouped("move_line_id")
    ledger = claims.env["collection.ledger"]
    for match in ledger._get_matches([item.id for item in known]):
        for claim in known[claims.env["account.move.line"].browse(match.claim_id)]:
            item = str(match.item_id)
            if claim.known_money.get(item, 0) >= match.money > 0:
                claim.known_money = {**claim.known_money, item: match.settled}
