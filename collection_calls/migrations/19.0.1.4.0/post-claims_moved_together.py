"""Put right what plans say of claims that were moved together, and judge what is open.

Where one entry moved several claims to another account, the first of them was noted
with all of the new item, and what was agreed on the others came on top. The
installments never changed: they add up to what was agreed on. So a plan whose claims
come to more than its installments is put right where one claim alone can be wrong; of
others the log tells the numbers, and a manager agrees on them anew.

What a payout of somebody who collects for us has settled before a plan began is no news
now that all of it counts. Then open promises and plans are judged once by the ledger:
nothing is broken, nothing accelerates and nothing is mailed here; that is left to the
next night.
"""

import logging

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH = 500


def migrate(cr, version):
    if not version:
        return
    context = {"tracking_disable": True, "mail_activity_quick_update": True}
    env = api.Environment(cr, SUPERUSER_ID, context)
    repaired, unclear = _repair_amounts(env)
    promises = env["collection.promise"].search([("state", "in", ["open", "to_check"])])
    for promise_ids in split_every(BATCH, promises.ids):
        promises.browse(promise_ids)._evaluate()
        _forget(env)
    plans = env["collection.plan"].search(
        [("state", "in", ["active", "notice", "accelerated"])]
    )
    for plan_ids in split_every(BATCH, plans.ids):
        some = plans.browse(plan_ids)
        _know_settled_money(some.claim_ids)
        some._follow_claims()
        some._refresh(some._get_ledgers())
        _forget(env)
    env["collection.case"]._refresh_soon()
    _logger.info(
        "collection_calls: %s open promises and %s plans judged anew, %s of those on"
        " claims that were moved together put right",
        len(promises),
        len(plans),
        repaired,
    )
    if unclear:
        _logger.warning(
            "collection_calls: these plans are about more than was agreed on, and it"
            " isn't known which of their claims is wrong. Cancel them and agree on them"
            " anew: %s",
            ", ".join(env["collection.plan"].browse(unclear).mapped("name")),
        )


def _repair_amounts(env):
    """Lower the one claim of a plan that may have been counted twice.

    :return: how many were, and ids of the plans where it might be one of several
    """
    env["collection.plan.claim"].flush_model()
    env.cr.execute(
        """
        SELECT claimed.plan_id,
               claimed.amount - agreed.amount,
               claimed.carried_ids
          FROM (
                SELECT plan_id,
                       SUM(amount) AS amount,
                       ARRAY_AGG(id) FILTER (WHERE origin_line_id IS NOT NULL)
                           AS carried_ids
                  FROM collection_plan_claim
              GROUP BY plan_id
               ) claimed
          JOIN (
                SELECT plan_id, SUM(amount) AS amount
                  FROM collection_plan_installment
              GROUP BY plan_id
               ) agreed USING (plan_id)
          JOIN collection_plan plan ON plan.id = claimed.plan_id
          JOIN res_currency currency ON currency.id = plan.currency_id
         WHERE plan.date_activated IS NOT NULL
           AND claimed.carried_ids IS NOT NULL
           AND claimed.amount - agreed.amount >= currency.rounding
      ORDER BY claimed.plan_id
        """
    )
    repaired, unclear = 0, []
    for plan_id, excess, carried_ids in env.cr.fetchall():
        claims = env["collection.plan.claim"].browse(carried_ids)
        wrong = claims.filtered(lambda claim, excess=excess: claim.amount > excess)
        if len(wrong) == 1:
            amount = wrong.currency_id.round(wrong.amount - float(excess))
            wrong._write_facts({"amount": amount})
            repaired += 1
        else:
            unclear.append(plan_id)
    return repaired, unclear


def _know_settled_money(claims):
    """What was settled by the same entry before the plan began is known as well."""
    known = claims.filtered("known_money").grouped("move_line_id")
    ledger = claims.env["collection.ledger"]
    for match in ledger._get_matches([item.id for item in known]):
        item = str(match.item_id)
        for claim in known[claims.env["account.move.line"].browse(match.claim_id)]:
            if match.settled > claim.known_money.get(item, 0) >= match.money > 0:
                claim.known_money = {**claim.known_money, item: match.settled}


def _forget(env):
    env.flush_all()
    env.invalidate_all()
