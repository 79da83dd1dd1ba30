from odoo import fields, models
from odoo.exceptions import AccessError

CONFIRM_ACTIVITY = "collection_calls.mail_activity_type_confirm_promise"


class CollectionPromiseLimit(models.AbstractModel):
    """What a collector may accept alone, and what a manager confirms."""

    _name = "collection.promise.limit"
    _description = "Limits of Promises"

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
