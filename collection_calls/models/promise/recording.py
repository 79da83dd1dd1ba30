from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import clean_context, format_date

from ...engine import promise as engine
from ..groups import COLLECTORS
from .collection_promise import CHECK_ACTIVITY, CONFIRM_ACTIVITY

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
    "answer_id",
}
CONFIRMATION = {"limit_note", "needs_confirmation", "confirmed_by_id"}


class CollectionPromise(models.Model):
    """How a promise is recorded, and until when it may be corrected."""

    _inherit = "collection.promise"

    limit_note = fields.Text(
        string="Beyond the Limits",
        readonly=True,
        copy=False,
        help="Why a manager has to confirm this promise.",
    )
    needs_confirmation = fields.Boolean(
        string="To Confirm",
        readonly=True,
        copy=False,
        help="Beyond the company's limits: the claims aren't protected until a manager"
        " confirms.",
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    answer_id = fields.Many2one(
        "collection.answer",
        string="Written In",
        check_company=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id)]",
        groups=COLLECTORS,
        help="The e-mail in which the debtor promised it.",
    )
    is_judged = fields.Boolean(
        string="Judged",
        readonly=True,
        copy=False,
        help="Once kept or broken, it is evidence: nobody corrects it any more, also if"
        " the verdict changes later.",
    )
    is_withdrawn = fields.Boolean(
        string="Recorded by Mistake",
        readonly=True,
        copy=False,
        help="A manager has taken it back: it is never judged again.",
    )

    @api.constrains("answer_id", "partner_id")
    def _check_answer(self):
        for promise in self:
            promise.answer_id._check_debtor(promise.partner_id)

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(self._prepare_create_vals(vals_list))
        if not self.env.su:  # imports may bring the promises of closed calls
            promises.call_id._check_open_to_edits()
        promises._judge_first()
        if answers := promises.sudo().answer_id:
            answers.with_env(self.env)._settle("promise")
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

    def _filter_evidence(self):
        return self.filtered(lambda promise: not promise._is_correctable())

    def _check_deletable(self):
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

        Unless they were judged before that, as the call was left open over their
        deadline, or the debtor has accepted them in writing meanwhile.

        :raise UserError: if they can't be corrected any more
        :raise AccessError: if a colleague holds the call, unless the user is a manager
        """
        for promise in self:
            if not promise._is_correctable():
                raise UserError(
                    self.env._(
                        "%(promise)s is what the debtor said and can't be changed. If"
                        " they promise something else, record a new promise: it takes"
                        " the place of this one.",
                        promise=promise.name,
                    )
                )
            promise.call_id._check_open_to_edits()

    def _is_correctable(self):
        self.ensure_one()
        is_said = self.is_judged or self._is_accepted()
        return self.call_id.state == "ongoing" and not is_said

    def _judge_first(self):
        """Judge promises that were just made or corrected."""
        # Defaults meant for a promise don't concern the activities that it brings.
        self = self.with_context(clean_context(self.env.context))
        self._serialize_with_plans()
        self._judge_limits()
        self._remember_known_money()
        self.line_ids.move_line_id._include_in_collections()  # else it is held
        self._evaluate()
        self.line_ids.move_id._update_collection_protection()

    @api.model
    def _get_day_fields(self):
        return {"date_made", "date_promised"}

    def _get_day_told(self):
        return self.date_made

    def _get_items_told(self):
        return self._get_items()

    def _check_soon(self):
        """What is promised for a day that is over would be broken at once.

        A promise has the day of its call, which was checked when that was recorded.
        """
        is_of_call = self.call_id and self.date_made == self.call_id._get_day()
        result = None if is_of_call else super()._check_soon()
        if self.date_promised < self.company_id._get_collection_today():
            raise ValidationError(
                self.env._(
                    "The promised day, %(day)s, is over: the promise would be broken at"
                    " once. Record a day to come, or ask a manager to record it.",
                    day=format_date(self.env, self.date_promised),
                )
            )
        return result

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

    # --------------------------------------------------------------------- limits
    # What a collector may accept alone, and what a manager confirms.

    def _judge_limits(self):
        """Note which limits the promises go beyond, and ask a manager to confirm."""
        manager = self.env["collection.call"]._is_manager()
        # sudo: collectors may not write what allows them more than the limits.
        for promise_sudo in self.sudo():
            note = "\n".join(promise_sudo._get_limit_notes()) or False
            if note == promise_sudo.limit_note:
                continue
            promise_sudo.write(
                {
                    "limit_note": note,
                    "needs_confirmation": note and not manager,
                    "confirmed_by_id": note and manager and self.env.uid,
                }
            )
            promise_sudo.activity_unlink([CONFIRM_ACTIVITY])
            promise_sudo._ask_to_confirm()

    def _get_limit_notes(self):
        """What goes beyond the limits of the company, in words."""
        self.ensure_one()
        company_sudo = self.company_id.sudo()
        # A tolerance that was typed is a later promise by another name.
        usual = company_sudo.collection_promise_tolerance_days
        longer = max(self.tolerance_days - usual, 0)
        return company_sudo._get_promise_limit_notes(
            days=(self.date_promised - self.date_made).days + longer,
            share=self._get_smallest_share(),
            in_a_row=self.line_ids.move_line_id._count_promises_in_a_row(self) + 1,
        )

    def _get_smallest_share(self):
        """Smallest part of a claim that is promised, in percent of what is open."""
        shares = [
            100 * line.amount / residual
            for line in self.line_ids
            if (residual := line._get_residual())
        ]
        return min(shares, default=100)

    def _ask_to_confirm(self):
        if not self.needs_confirmation:
            return
        if user := self.company_id._get_collection_confirmer():
            self.activity_schedule(
                CONFIRM_ACTIVITY,
                date_deadline=self.company_id._get_collection_today(),
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._(
                    "Confirm a promise beyond the limits"
                ),
                note=self.limit_note,
            )

    def action_confirm(self):
        """Accept promises beyond the limits: their claims are protected from now on.

        :raise AccessError: if the user is no manager
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._(
                    "Only a collection manager may confirm a promise beyond the"
                    " limits. Ask yours."
                )
            )
        self.check_access("write")
        waiting_sudo = self.filtered("needs_confirmation").sudo()
        waiting_sudo.write(
            {"needs_confirmation": False, "confirmed_by_id": self.env.uid}
        )
        waiting_sudo.activity_feedback([CONFIRM_ACTIVITY])
        waiting_sudo.line_ids.move_id._update_collection_protection()
        return True

    # ----------------------------------------------------------------- withdrawal
    # Promises that were recorded by mistake stay visible and count for nothing.

    def action_void(self, reason):
        """Take back promises that were recorded by mistake.

        :param str reason: goes into the chatter
        :raise AccessError: if the user is no manager
        :raise UserError: if there is no reason
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._("Only a collection manager may void a promise. Ask yours.")
            )
        reason = self._read_reason(reason, self.env._("Say why the promise is void."))
        self.check_access("write")
        return self._void(reason)

    def _void(self, reason):
        """Take promises back, whoever asks: older ones on their claims stand again.

        :param str reason: goes into the chatter
        """
        # sudo: users don't write a verdict; nor need they see the older promises.
        promises_sudo = self.sudo().filtered(lambda promise: not promise.is_withdrawn)
        lines_sudo = promises_sudo.line_ids
        older_sudo = lines_sudo._release()
        lines_sudo.write(
            {
                "state": engine.VOID,
                "superseded_by_id": False,
                "superseded_by_plan_id": False,
            }
        )
        promises_sudo.write(
            {
                "is_withdrawn": True,
                "state": engine.VOID,
                "amount_due": 0,
                "amount_paid": 0,
                "needs_confirmation": False,
                "is_stale": False,
            }
        )
        promises_sudo.activity_unlink([CHECK_ACTIVITY, CONFIRM_ACTIVITY])
        promises_sudo.next_activity_id.filtered("active").unlink()
        for promise_sudo in promises_sudo:
            promise_sudo.message_post(
                body=self.env._("Recorded by mistake: %(reason)s", reason=reason)
            )
        older_sudo._stand_again()
        lines_sudo.move_id._update_collection_protection()
        return True
