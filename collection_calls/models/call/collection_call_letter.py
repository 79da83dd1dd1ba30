from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from ...engine.acceleration import ACTIVE, NOTICE

GONE = ("superseded", "void")  # promises that count no more
RUNNING = (ACTIVE, NOTICE)  # plans that still ask for their installments


class CollectionCallLetter(models.AbstractModel):
    """What the letter says that confirms a call, in the environment's language."""

    _name = "collection.call.letter"
    _inherit = "collection.letter"
    _description = "Letter That Confirms a Call"

    def _get_letter_claims(self):
        """What is open now, and what was promised, claim by claim.

        :return: list of dictionaries with ``item``, ``move``, ``currency``, ``label``,
            ``due``, ``open``, ``promised`` (amounts in ``currency``) and ``pays_on``
        """
        self.ensure_one()
        lines = self.promise_ids.line_ids.filtered(lambda line: line.state not in GONE)
        promised = lines.grouped("move_line_id")
        rows = [
            self._prepare_letter_claim(
                claim, promised.pop(claim.move_line_id, lines[:0])
            )
            for claim in self.claim_ids
        ]
        return rows + [
            self._prepare_letter_claim(group[0], group) for group in promised.values()
        ]

    def _prepare_letter_claim(self, claim, promise_lines):
        """:param claim: a claim spoken about, or a line of a promise"""
        item = claim.move_line_id
        # What was open at the call is all that is left if accounting took it back.
        residual = item.amount_residual_currency if item else claim.amount_residual
        days = promise_lines.promise_id.mapped("date_promised")
        return {
            "item": item,
            "move": claim.move_id,
            "currency": claim.currency_id,
            "label": claim.label,
            "due": format_date(self.env, claim.date_maturity),
            "open": max(residual, 0),
            "promised": sum(promise_lines.mapped("amount")),
            "pays_on": format_date(self.env, min(days)) if days else "",
        }

    def _get_letter_payments(self):
        """What is due of plans; else what was promised or is open, by invoice."""
        self.ensure_one()
        plans = self._get_letter_plans()
        planned = plans.claim_ids.move_line_id
        amounts = {}
        for row in self._get_letter_claims():
            if row["item"] and row["item"] in planned:
                continue
            move = row["move"]
            reference = move.payment_reference or move.name or row["label"]
            key = move, row["currency"], reference
            asked, still_open = amounts.get(key, (0, 0))
            asked += min(row["promised"] or row["open"], row["open"])
            amounts[key] = asked, still_open + row["open"]
        # Nobody is asked to pay what they object to.
        return [
            payment for plan in plans for payment in plan._get_letter_payments()
        ] + [
            (*key, min(asked, still_open - key[0].collection_disputed_amount))
            for key, (asked, still_open) in amounts.items()
        ]

    def _get_letter_plans(self):
        """Plans of the call that run."""
        return self.plan_ids.filtered(lambda plan: plan.state in RUNNING)

    def _render_plans(self):
        """What is paid when, and where to, plan by plan, as HTML."""
        parts = [
            part
            for plan in self._get_letter_plans()
            for part in (plan._render_schedule(), plan._render_payment_details())
        ]
        return Markup("").join(parts)
