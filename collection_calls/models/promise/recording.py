from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import clean_context

FACTS = {
    "partner_id",
    "contact_id",
    "company_id",
    "user_id",
    "date_made",
    "date_promised",
    "tolerance_days",
    "line_ids",
    "payment_method",
    "call_id",
}
CONFIRMATION = {"limit_note", "needs_confirmation", "confirmed_by_id"}


class CollectionPromiseRecord(models.AbstractModel):
    """How a promise is recorded, and until when it may be corrected."""

    _name = "collection.promise.record"
    _description = "Recording of Promises"
    _inherit = "collection.guard"

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(self._prepare_create_vals(vals_list))
        if not self.env.su:  # imports may bring the promises of closed calls
            promises.call_id._check_open_to_edits()
        promises._judge_first()
        return promises

    def write(self, vals):
        self._check_writable(vals)
        if not self._get_fact_fields().intersection(vals):
            return super().write(vals)
        self._check_editable()
        result = super().write(vals)
        self._check_editable()  # it may be another call now
        self._judge_first()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        self._check_editable()

    def unlink(self):
        """Correcting a slip of the tongue: older promises stand again."""
        older_sudo = self.line_ids._release()
        moves = self.line_ids.move_id
        result = super().unlink()
        older_sudo._stand_again()
        moves._update_collection_protection()
        return result

    def _check_editable(self):
        """Promises may be corrected as long as the call goes on in which they are made.

        :raise UserError: if they can't be corrected any more
        :raise AccessError: if a colleague holds the call, unless the user is a manager
        """
        for promise in self:
            if promise.call_id.state != "ongoing":
                raise UserError(
                    self.env._(
                        "%(promise)s is what the debtor said and can't be changed. If"
                        " they promise something else, record a new promise: it takes"
                        " the place of this one.",
                        promise=promise.name,
                    )
                )
            promise.call_id._check_open_to_edits()

    def _judge_first(self):
        """Judge promises that were just made or corrected."""
        # Defaults meant for a promise don't concern the activities that it brings.
        self = self.with_context(clean_context(self.env.context))
        self._serialize_with_plans()
        self._judge_limits()
        self._remember_known_money()
        self._evaluate()
        self.line_ids.move_id._update_collection_protection()

    def _serialize_with_plans(self):
        """Let no plan take the claims at the same moment, and none be overlooked."""
        for promise_sudo in self.sudo():  # whoever may see the case
            promise_sudo._get_case()._serialize()

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        if CONFIRMATION & names:
            return self.env._("A manager confirms a promise with the button “Confirm”.")
        return self.env._("The ledger alone says whether a promise is kept.")

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Complete the values: debtor of a contact, number."""
        vals_list = [self._prepare_promise_vals(vals) for vals in vals_list]
        for vals in vals_list:
            sequence = self.env["ir.sequence"].with_company(vals["company_id"])
            vals["name"] = sequence.next_by_code(self._name) or "/"
        return vals_list

    @api.model
    def _prepare_promise_vals(self, vals):
        vals = self._drop_guarded(vals)
        call = self.env["collection.call"].browse(vals.get("call_id"))
        partner = self.env["res.partner"].browse(
            vals.get("partner_id") or call.partner_id.id
        )
        debtor = partner.commercial_partner_id
        if not debtor:
            raise UserError(self.env._("Choose the debtor who promises to pay."))
        if not vals.get("date_promised"):
            raise UserError(self.env._("Ask for the day on which the debtor pays."))
        if partner != debtor:
            vals.setdefault("contact_id", partner.id)
        company = call.company_id or self.env.company
        vals.setdefault("company_id", company.id)
        company = self.env["res.company"].browse(vals["company_id"])
        vals.setdefault("date_made", company._get_collection_today())
        vals["line_ids"] = [
            Command.create(line) if isinstance(line, dict) else line
            for line in vals.get("line_ids") or []
        ]
        return dict(vals, partner_id=debtor.id)
