import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...engine import promise as engine
from .collection_promise import STATES

FACTS = {"promise_id", "move_line_id", "amount"}


class CollectionPromiseLine(models.Model):
    """What was promised on one claim."""

    _name = "collection.promise.line"
    _description = "Promised Claim"
    _inherit = ["collection.claim.snapshot", "collection.guard"]
    _check_company_auto = True
    _rec_name = "label"
    _order = "date_maturity, id"

    promise_id = fields.Many2one(
        "collection.promise",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="promise_id.company_id", store=True)
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        copy=False,
        default=engine.OPEN,
    )
    superseded_by_id = fields.Many2one(
        "collection.promise",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    superseded_by_plan_id = fields.Many2one(
        "collection.plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    amount = fields.Monetary(
        string="Promised",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="In the currency of the claim; by default all that is open.",
    )
    amount_residual = fields.Monetary(
        string="Open Now", compute="_compute_amount_residual"
    )

    _promise_claim_uniq = models.UniqueIndex(
        "(promise_id, move_line_id)", "This claim is already in the promise."
    )
    _standing_claim_uniq = models.UniqueIndex(
        "(move_line_id) WHERE state IN ('open', 'to_check')",
        "There is an open promise on this claim already.",
    )

    @api.depends("move_line_id")
    def _compute_amount(self):
        for line in self:
            line.amount = line.amount or line.move_line_id.amount_residual_currency

    @api.depends("move_line_id.amount_residual_currency")
    def _compute_amount_residual(self):
        for line in self:
            line.amount_residual = line._get_residual()

    # -------------------------------------------------------------------- checks

    @api.constrains("promise_id", "move_line_id")
    def _check_claims(self):
        """Check what is promised against the claims.

        :raise ValidationError: if something can't be promised like this
        """
        for line in self:
            line._check_claim()
        self._check_no_plan()
        for promise in self.promise_id:
            currencies = promise.line_ids.currency_id
            if len(currencies) > 1:
                raise ValidationError(
                    self.env._(
                        "A promise has one currency. Record one for each currency: "
                        "%(currencies)s.",
                        currencies=", ".join(currencies.mapped("name")),
                    )
                )

    def _check_claim(self):
        self.ensure_one()
        item = self.move_line_id
        debtor = self.promise_id.partner_id
        is_claim = (
            item.account_type == "asset_receivable"
            and item.parent_state == "posted"
            and item.balance > 0
        )
        if not is_claim or item.partner_id.commercial_partner_id != debtor:
            raise ValidationError(
                self.env._(
                    "“%(claim)s” is no open claim on %(debtor)s. Choose an unpaid"
                    " invoice of theirs.",
                    claim=item.display_name or "–",
                    debtor=debtor.display_name,
                )
            )

    def _check_no_plan(self):
        """Check that no plan is running on these claims.

        :raise ValidationError: if one is; the message names it
        """
        claims = self.env["collection.plan.claim"]
        for claim in claims._get_running(self.move_line_id.ids):
            raise ValidationError(
                self.env._(
                    "%(claim)s is paid by installments (%(plan)s). Leave it out of the"
                    " promise.",
                    claim=claim.label,
                    plan=claim.plan_id.name,
                )
            )

    def _check_amount(self):
        """Check what somebody promises; what follows from the ledger may be paid.

        :raise ValidationError: if it isn't above zero, or more than is open
        """
        self.ensure_one()
        currency = self.currency_id
        residual = self._get_residual()
        if currency.compare_amounts(self.amount, 0) <= 0:
            raise ValidationError(
                self.env._(
                    "How much is promised on %(claim)s? Enter an amount above zero.",
                    claim=self.label,
                )
            )
        if currency.compare_amounts(self.amount, residual) > 0:
            raise ValidationError(
                self.env._(
                    "%(amount)s is promised on %(claim)s, of which only %(residual)s"
                    " is open. Lower the amount.",
                    amount=currency.format(self.amount),
                    claim=self.label,
                    residual=currency.format(residual),
                )
            )

    # ------------------------------------------------------ create, write, unlink

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_line_vals(vals) for vals in vals_list]
        corrected = self._get_corrected(vals_list)
        corrected._check_editable()
        older_lines = self._take_from_older(
            [vals["move_line_id"] for vals in vals_list if vals.get("move_line_id")]
        )
        lines = super().create(vals_list)
        for line in lines:
            line._check_amount()
        older_lines._hand_over_to(lines)
        corrected._check_lines()
        for promise in corrected:
            promise._check_claims_existed()
        corrected._judge_first()
        return lines

    def write(self, vals):
        self._check_writable(vals)
        if {"promise_id", "move_line_id"}.intersection(vals):
            raise UserError(
                self.env._("Remove the invoice from the promise and add the other one.")
            )
        if "amount" not in vals:
            return super().write(vals)
        self.promise_id._check_editable()
        result = super().write(vals)
        for line in self:
            line._check_amount()
        self.promise_id._judge_first()
        return result

    @api.ondelete(at_uninstall=True)  # the context can't skip it
    def _unlink_except_evidence(self):
        # Nobody can promise nothing: another line has all of it, see _drop().
        self.filtered("amount").promise_id._check_editable()

    def unlink(self):
        """Correcting a slip of the tongue: older promises on the claims stand again."""
        older_sudo = self._release()
        promises, moves = self.promise_id, self.move_id
        result = super().unlink()
        older_sudo._stand_again()
        promises._check_lines()
        promises._judge_first()
        moves._update_collection_protection()
        return result

    # ---------------------------------------------------------- business methods

    def _get_agreement(self):
        return self.promise_id

    def _get_known_money(self):
        """:return: {journal item's id, as text: all of what was here before}"""
        return {str(item_id): math.inf for item_id in self.promise_id._get_known_ids()}

    def _carry_over(self, parts):
        """Let other journal items take the place of this claim, or of a part of it.

        :param parts: list of (journal item, amount in the claim's currency)
        """
        self.ensure_one()
        carried = sum(amount for _item, amount in parts)
        self.promise_id.message_post(
            body=self.env._(
                "%(amount)s of %(claim)s is owed as %(heirs)s now.",
                amount=self.currency_id.format(carried),
                claim=self.label,
                heirs=", ".join(
                    item.move_id.name or item.name for item, _amount in parts
                ),
            )
        )
        origin = self.origin_line_id or self.move_line_id
        promise, state = self.promise_id, self.state
        new = self._add_to_own(parts)
        if not self._give_away(carried, new):
            new = new[1:]
        self._create_facts(
            [
                {
                    "promise_id": promise.id,
                    "move_line_id": item.id,
                    "origin_line_id": origin.id,
                    "amount": amount,
                    "state": state,
                }
                for item, amount in new
            ]
        )

    def _write_facts(self, vals):
        """What follows from the ledger, past the guard of what users write."""
        return super().write(vals)

    def _create_facts(self, vals_list):
        """New lines that follow from the ledger, past what users may correct."""
        return super().create(vals_list)

    def _drop(self):
        """Another claim of the agreement has all of it."""
        self._write_facts({"amount": 0})
        return super().unlink()

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        return self.env["collection.promise"]._get_refusal(names)

    @api.model
    def _prepare_line_vals(self, vals):
        """Values without those that the ledger fills, with those from the context."""
        missing = FACTS.difference(vals)
        return {**self.default_get(list(missing)), **self._drop_guarded(vals)}

    @api.model
    def _get_corrected(self, vals_list):
        """The promises to which lines are added after they were made."""
        promise_ids = [
            vals["promise_id"] for vals in vals_list if vals.get("promise_id")
        ]
        # sudo: a promise that the user can't see isn't new for that.
        lines_sudo = self.sudo().search([("promise_id", "in", promise_ids)])
        return lines_sudo.promise_id.with_env(self.env)

    @api.model
    def _take_from_older(self, claim_ids):
        """Take these claims from the promises that stand on them.

        :return: their lines
        """
        lines_sudo = self._get_standing(claim_ids)
        lines_sudo.write({"state": engine.SUPERSEDED})
        lines_sudo.flush_recordset()  # the index allows one line that stands
        return lines_sudo

    @api.model
    def _get_protecting_domain(self):
        """Lines whose claims nobody duns: they stand, with nobody to confirm them."""
        return Domain("state", "in", engine.STANDING) & Domain(
            "promise_id.needs_confirmation", "=", False
        )

    @api.model
    def _get_standing(self, claim_ids):
        """Lines that stand on these claims, whoever may see them."""
        # sudo: a promise that the user can't see takes the claim all the same.
        return self.sudo().search(
            [
                ("move_line_id", "in", list(claim_ids)),
                ("state", "in", engine.STANDING),
            ]
        )

    def _get_promises_by_claim(self):
        """All promises ever made on the claims of these lines, save mistakes."""
        lines_sudo = self.sudo().search(
            [
                ("move_line_id", "in", self.move_line_id.ids),
                ("promise_id.is_withdrawn", "=", False),
            ]
        )
        return {
            claim: lines.promise_id
            for claim, lines in lines_sudo.grouped("move_line_id").items()
        }

    def _hand_over_to(self, new_lines):
        """Note which promise has taken the claims of these lines."""
        promise_by_claim = {line.move_line_id: line.promise_id for line in new_lines}
        for line in self:
            line.superseded_by_id = promise_by_claim[line.move_line_id]
        self.promise_id._evaluate()

    def _yield_to_plans(self):
        """Leave the claims of running plans to those.

        :return: the plans
        """
        claims_sudo = self.env["collection.plan.claim"]._get_running(
            self.move_line_id.ids
        )
        for line in self:
            taken = claims_sudo.filtered(
                lambda claim, line=line: claim.move_line_id == line.move_line_id
            )
            if taken:
                line.write(
                    {
                        "state": engine.SUPERSEDED,
                        "superseded_by_plan_id": taken.plan_id.id,
                    }
                )
        return claims_sudo.plan_id

    def _get_superseded(self):
        """The lines that gave their claims to these."""
        # sudo: the user need not see the promises that stand again.
        given_sudo = self.sudo().search(
            [
                ("superseded_by_id", "in", self.promise_id.ids),
                ("move_line_id", "in", self.move_line_id.ids),
            ]
        )
        taken = {(line.promise_id, line.move_line_id) for line in self.sudo()}
        return given_sudo.filtered(
            lambda line: (line.superseded_by_id, line.move_line_id) in taken
        )

    def _release(self):
        """Let go of the claims before these lines are gone.

        Where a newer promise or a plan has taken a claim since, it is that one's to
        give back.

        :return: the older lines that stand again then
        """
        # sudo: the state of a line is the ledger's business, not the user's.
        gone = {(line.promise_id, line.move_line_id): line for line in self.sudo()}
        older_sudo = self._get_superseded() - self
        for line in older_sudo:
            last, claim = line, line.move_line_id
            while (last.superseded_by_id, claim) in gone:
                last = gone[last.superseded_by_id, claim]
            line.write(
                {
                    "superseded_by_id": last.superseded_by_id.id,
                    "superseded_by_plan_id": last.superseded_by_plan_id.id,
                }
            )
        return older_sudo.filtered(
            lambda line: not (line.superseded_by_id or line.superseded_by_plan_id)
        )

    def _stand_again(self):
        """What had taken the claims of these lines, a promise or a plan, is gone.

        Only one stands on a claim: the newest, unless there is another already, or a
        plan that is running.
        """
        self.flush_model()
        alive = self.filtered(lambda line: not line.promise_id.is_withdrawn)
        alive._yield_to_plans()
        free = alive.filtered(lambda line: not line.superseded_by_plan_id)
        standing = self._get_standing(free.move_line_id.ids)
        heirs = {line.move_line_id: line.promise_id for line in standing}
        for line in free.sorted("id", reverse=True):
            heir = heirs.setdefault(line.move_line_id, line.promise_id)
            if heir == line.promise_id:
                line.write({"state": engine.OPEN, "superseded_by_id": False})
            else:
                line.superseded_by_id = heir
        self.promise_id._evaluate()
