from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...engine import schedule
from .schedule import TERMS

SCHEDULED_BY = {*TERMS, "claim_ids", "partner_id", "company_id"}
FACTS = {
    *SCHEDULED_BY,
    "contact_id",
    "user_id",
    "call_id",
    "rule_id",
    "installment_ids",
}
ANNOTATIONS = {"user_id", "contact_id"}  # may change while the plan runs


class CollectionPlan(models.Model):
    """How a plan is drafted, and until when it may be changed."""

    _inherit = "collection.plan"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_plan_vals(vals) for vals in vals_list]
        plans = super().create(vals_list)
        plans._check_call_open()
        for plan, vals in zip(plans, vals_list, strict=True):
            if not vals.get("installment_ids"):
                plan._schedule()
        return plans

    def write(self, vals):
        self._check_writable(vals)
        if not FACTS.difference(ANNOTATIONS).intersection(vals):
            return super().write(vals)
        self._check_editable()
        result = super().write(vals)
        if "call_id" in vals:
            self._check_call_open()
        if SCHEDULED_BY.intersection(vals) and "installment_ids" not in vals:
            self._schedule()
        return result

    def _filter_evidence(self):
        """Plans that the debtor knows of: from then on all of them stays."""
        return self.filtered(
            lambda plan: plan.state != "draft" or plan.event_ids or plan.letter_ids
        )

    @api.model
    def _get_note_refusal(self):
        return self.env._(
            "Notes on an agreed plan are evidence and can't be deleted or changed."
            " Add another note instead."
        )

    def _check_deletable(self):
        for plan in self._filter_evidence():
            raise UserError(
                self.env._(
                    "%(plan)s is evidence and can't be deleted. Cancel it instead.",
                    plan=plan.name,
                )
            )

    def _check_editable(self):
        """Plans may be changed until they are offered or activated.

        :raise UserError: if one can't be changed any more
        """
        for plan in self:
            if plan.state != "draft" and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(plan)s was agreed and can't be changed. Cancel it, and make"
                        " a new plan.",
                        plan=plan.name,
                    )
                )

    def _check_call_open(self):
        """Check that plans are noted while the call goes on in which they are agreed.

        :raise UserError: if the call is closed
        :raise AccessError: if a colleague holds the call, unless the user is a manager
        """
        if not self.env.su:  # imports may bring the plans of closed calls
            self.call_id._check_open_to_edits()

    def _check_call_counts(self):
        """Check that the call stands in which these plans were agreed.

        :raise UserError: if it was cancelled
        """
        for plan in self:
            if plan.call_id.state == "cancelled":
                raise UserError(
                    self.env._(
                        "%(call)s was cancelled, so nothing was agreed in it. Choose"
                        " another call, or leave it empty.",
                        call=plan.call_id.name,
                    )
                )

    def _schedule(self):
        """Build the installments anew from what is open on the claims now."""
        for plan in self.sudo():  # the claims' figures are the ledger's
            for claim in plan.claim_ids:
                claim.amount = claim._get_residual()
            installments = plan._build_schedule(
                plan.company_id,
                plan.currency_id,
                plan.amount_total,
                plan._get_schedule_terms(),
            )
            # The limits are the user's, not the superuser's.
            plan.company_id.with_env(self.env)._check_plan_limits(
                plan.currency_id, plan.amount_total, installments
            )
            plan.write(
                {
                    "installment_ids": [
                        Command.clear(),
                        *(
                            Command.create(
                                {
                                    "date_due": installment.due,
                                    "amount": plan._from_units(installment.amount),
                                }
                            )
                            for installment in installments
                        ),
                    ]
                }
            )

    def _check_schedule(self):
        """Check that the installments still fit the claims and the calendar.

        :raise ValidationError: if they don't; the message says what to do
        """
        self.ensure_one()
        currency = self.currency_id
        agreed = sum(self.installment_ids.mapped("amount"))
        still_open = sum(claim._get_residual() for claim in self.claim_ids)
        if currency.compare_amounts(agreed, still_open):
            raise ValidationError(
                self.env._(
                    "The installments sum up to %(agreed)s, but %(open)s is open on the"
                    " claims. Correct the amounts, or build the schedule anew.",
                    agreed=currency.format(agreed),
                    open=currency.format(still_open),
                )
            )
        first = min(self.installment_ids.mapped("date_due"))
        if first < self._get_day() and not self.env.su:  # imports look back
            if self.state == "offered":
                raise ValidationError(
                    self.env._(
                        "The first installment, on %(day)s, is past. Click “Change the"
                        " Offer”, choose a later day and build the schedule anew.",
                        day=format_date(self.env, first),
                    )
                )
            raise ValidationError(
                self.env._(
                    "The first installment, on %(day)s, is past. Choose a later day and"
                    " build the schedule anew.",
                    day=format_date(self.env, first),
                )
            )
        if self.state == "draft":  # who made an offer has decided about its limits
            self.company_id._check_plan_limits(
                currency,
                agreed,
                [
                    schedule.Installment(part.date_due, self._to_units(part.amount))
                    for part in self.installment_ids
                ],
            )

    def _names_author(self):
        """A plan that the debtor knows of may be handed over to a colleague."""
        return self.state == "draft"

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        if "state" in names:
            return self.env._("A plan changes its status with its buttons.")
        return self.env._("The ledger and the rule say how a plan stands.")

    @api.model
    def _prepare_plan_vals(self, vals):
        """Complete the values: debtor of a contact, company, number, rule."""
        vals = self._drop_guarded(vals)
        call = self.env["collection.call"].browse(vals.get("call_id"))
        partner = self.env["res.partner"].browse(
            vals.get("partner_id") or call.partner_id.id
        )
        debtor = partner.commercial_partner_id
        if not debtor:
            raise UserError(self.env._("Choose the debtor who pays by installments."))
        if partner != debtor:
            vals.setdefault("contact_id", partner.id)
        vals.setdefault("company_id", (call.company_id or self.env.company).id)
        company = self.env["res.company"].browse(vals["company_id"])
        if not vals.get("rule_id"):
            rules = self.env["collection.acceleration.rule"]
            vals["rule_id"] = rules._get_default(company, debtor).id
        if not vals["rule_id"]:
            raise UserError(
                self.env._(
                    "Choose the rule that says when missed installments make the rest"
                    " due. If none is made for this debtor, ask a manager to restore or"
                    " make one."
                )
            )
        if vals.get("installment_amount") and not vals.get("installment_count"):
            vals.setdefault("schedule_by", "amount")
        for name in "claim_ids", "installment_ids":
            vals[name] = [
                Command.create(line) if isinstance(line, dict) else line
                for line in vals.get(name) or []
            ]
        sequence = self.env["ir.sequence"].with_company(company)
        vals["name"] = sequence.next_by_code("collection.plan") or "/"
        return dict(vals, partner_id=debtor.id)
