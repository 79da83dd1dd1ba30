from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_plan import OPEN

FACTS = {"plan_id", "move_line_id"}


class CollectionPlanClaim(models.Model):
    """A claim that is paid by installments."""

    _name = "collection.plan.claim"
    _description = "Claim of an Installment Plan"
    _inherit = ["collection.claim.snapshot", "collection.guard"]
    _check_company_auto = True
    _rec_name = "label"
    _order = "date_maturity, id"

    plan_id = fields.Many2one(
        "collection.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    amount = fields.Monetary(
        string="In the Plan",
        compute="_compute_amount",
        store=True,
        precompute=True,
        help="What was open when the plan was activated, in the claim's currency.",
    )
    amount_residual = fields.Monetary(
        string="Open Now", compute="_compute_amount_residual"
    )
    is_running = fields.Boolean(
        readonly=True,
        copy=False,
        help="The plan is running: no other plan or promise stands on the claim.",
    )
    is_accelerated = fields.Boolean(
        readonly=True,
        copy=False,
        help="The rest is due at once, whatever the invoice says.",
    )
    known_money = fields.Json(
        readonly=True,
        copy=False,
        help="Money that the claim was matched with before the plan was activated, in"
        " its currency, by journal item.",
    )

    _plan_claim_uniq = models.UniqueIndex(
        "(plan_id, move_line_id)", "This claim is already in the plan."
    )
    _running_claim_uniq = models.UniqueIndex(
        "(move_line_id) WHERE is_running",
        "There is a running installment plan on this claim already.",
    )

    _accelerated_idx = models.Index("(move_line_id) WHERE is_accelerated")

    @api.depends("move_line_id")
    def _compute_amount(self):
        for claim in self:
            claim.amount = claim._get_residual()

    @api.depends("move_line_id.amount_residual_currency", "move_line_id.parent_state")
    def _compute_amount_residual(self):
        for claim in self:
            claim.amount_residual = claim._get_own_residual()

    # -------------------------------------------------------------------- checks

    @api.constrains("plan_id", "move_line_id")
    def _check_claims(self):
        """Check that these claims can be paid by one plan.

        :raise ValidationError: if they can't
        """
        for claim in self:
            claim._check_open()
        self._check_free()
        for plan in self.plan_id:
            currencies = plan.claim_ids.currency_id
            if len(currencies) > 1:
                raise ValidationError(
                    self.env._(
                        "A plan has one currency. Make one for each currency:"
                        " %(currencies)s.",
                        currencies=", ".join(currencies.mapped("name")),
                    )
                )

    def _check_open(self):
        self.ensure_one()
        item = self.move_line_id
        debtor = self.plan_id.partner_id
        # What takes the place of a claim while the plan runs may be paid by now.
        is_open = self._get_residual() > 0 or self.plan_id.state not in OPEN
        is_claim = item.account_type == "asset_receivable" and is_open
        if not is_claim or item.partner_id.commercial_partner_id != debtor:
            raise ValidationError(
                self.env._(
                    "“%(claim)s” is no open claim on %(debtor)s. Choose an unpaid"
                    " invoice of theirs.",
                    claim=item.display_name or self.label or "–",
                    debtor=debtor.display_name,
                )
            )

    def _check_free(self):
        """Check that no other plan is running on these claims.

        :raise ValidationError: if one is; the message names it
        """
        for running in self._get_running(self.move_line_id.ids) - self:
            raise ValidationError(
                self.env._(
                    "%(claim)s is paid by %(plan)s already. Leave it out, or cancel"
                    " that plan first.",
                    claim=running.label,
                    plan=running.sudo().plan_id.name,
                )
            )

    # ------------------------------------------------------ create, write, unlink

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create([self._drop_guarded(vals) for vals in vals_list])
        claims.plan_id._check_editable()
        return claims

    def write(self, vals):
        self._check_writable(vals)
        if FACTS.intersection(vals):
            raise UserError(
                self.env._("Remove the invoice from the plan and add the other one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # the context can't skip it
    def _unlink_except_evidence(self):
        self.plan_id._check_editable()

    # ---------------------------------------------------------- business methods

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        return self.env._("What is open on a claim is the ledger's to tell.")

    def _remember_known_money(self):
        """Note what the claims are open for, and what they were matched with before.

        Only what comes later is money for the plan.
        """
        known = defaultdict(lambda: defaultdict(float))
        for match in self.env["collection.ledger"]._get_matches(self.move_line_id.ids):
            known[match.claim_id][match.item_id] += match.settled
        for claim in self:
            claim.amount = claim._get_residual()
            claim.known_money = known.get(claim.move_line_id.id)

    def _get_own_residual(self):
        """What is open on the claim, as far as the plan is about it.

        What took the place of a claim may be more than that was.
        """
        residual = self._get_residual()
        if not self.origin_line_id:
            return residual
        matches = self.env["collection.ledger"]._get_matches(self.move_line_id.ids)
        received = sum(match.settled for match in matches)
        return max(min(residual, self.amount - received), 0)

    def _get_agreement(self):
        return self.plan_id

    def _get_known_money(self):
        """:return: {journal item's id, as text: money matched before the activation}"""
        return self.known_money or {}

    def _carry_over(self, parts):
        """Let other journal items take the place of this claim, or of a part of it.

        :param parts: list of (journal item, amount in the claim's currency)
        """
        self.ensure_one()
        carried = sum(amount for _item, amount in parts)
        reason = self.env._(
            "%(amount)s of %(claim)s is owed as %(heirs)s now.",
            amount=self.currency_id.format(carried),
            claim=self.label,
            heirs=", ".join(item.move_id.name or item.name for item, _amount in parts),
        )
        plan, origin = self.plan_id, self.origin_line_id or self.move_line_id
        runs = {"is_running": self.is_running, "is_accelerated": self.is_accelerated}
        new = self._add_to_own(parts)
        if not self._give_away(carried, new):
            new = new[1:]
        added = self.create(
            [{"plan_id": plan.id, "move_line_id": item.id} for item, _amount in new]
        )
        for claim, [_item, amount] in zip(added, new, strict=True):
            claim._write_facts({"amount": amount, "origin_line_id": origin.id, **runs})
        plan._log("replaced", carried, reason)

    def _write_facts(self, vals):
        """What follows from the ledger, past the guard of what users write."""
        return super().write(vals)

    def _drop(self):
        """Another claim of the agreement has all of it."""
        return super().unlink()

    @api.model
    def _get_running(self, item_ids):
        """Claims of running plans among these journal items, whoever may see them."""
        # sudo: a plan that the user can't see takes the claim all the same.
        return self.sudo().search(
            [("move_line_id", "in", list(item_ids)), ("is_running", "=", True)]
        )

    @api.model
    def _get_accelerated(self, item_ids):
        """Claims among these journal items that a plan has made due at once."""
        # sudo: a plan that the user can't see gives way all the same.
        return self.sudo().search(
            [("move_line_id", "in", list(item_ids)), ("is_accelerated", "=", True)]
        )
