from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ...engine.topics import CREDIT_NOTE, REJECTED, WITHDRAWN

DISPUTE_ACTIVITY = "collection_calls.mail_activity_type_collection_dispute"
INVOICING = "account.group_account_invoice"
DAYS_TO_CLEAR = 5


class CollectionDispute(models.Model):
    """How a dispute is cleared: who is asked, who decides, what follows."""

    _inherit = "collection.dispute"

    # ------------------------------------------------------------------- actions

    def action_accept(self):
        """Admit that the debtor is right, and offer the credit note.

        The credit note is made in Odoo's own dialog, by somebody with invoicing
        rights; if a manager without them accepts, the owner is asked for it.

        :return: the action of the dialog, or True where no credit note can be made
        :raise AccessError: if the user may neither make credit notes nor manage calls
        :raise UserError: if the dispute is closed already
        """
        self.ensure_one()
        self._check_open()
        self._check_may_accept()
        self._close({"state": "accepted"})
        if not self._is_creditable():
            return True
        if self.env.user.has_group(INVOICING):
            return self.action_create_credit_note()
        self._schedule_credit_note()
        return True

    def action_reject(self, reason):
        """Insist on the claim; the collector is asked to tell the debtor.

        :param str reason: goes on the dispute
        :raise AccessError: if the user neither owns the dispute nor is a collector
        :raise UserError: if there is no reason, or the dispute is closed already
        """
        refusal = self.env._("Say why the dispute is rejected.")
        reason = self._read_reason(reason, refusal)
        self._check_open()
        self._check_may_close()
        self._close({"state": "rejected", "resolution": reason})
        for dispute in self:
            dispute._schedule_call(REJECTED)
        return True

    def action_withdraw(self):
        """Note that the debtor no longer objects; the claim is collected again.

        :raise AccessError: if the user neither owns the dispute nor is a collector
        :raise UserError: if the dispute is closed already
        """
        self._check_open()
        self._check_may_close()
        self._close({"state": "withdrawn"})
        for dispute in self:
            dispute._schedule_call(WITHDRAWN)
        return True

    def action_create_credit_note(self):
        """Open Odoo's credit note dialog on the invoice of an accepted dispute."""
        self.ensure_one()
        if self.state != "accepted" or not self._is_creditable():
            raise UserError(
                self.env._(
                    "A credit note is made for an accepted dispute about a posted"
                    " invoice that isn't reversed yet."
                )
            )
        return dict(
            self.move_id.action_reverse(),
            context={
                "active_model": "account.move",
                "active_id": self.move_id.id,
                "active_ids": self.move_id.ids,
                "default_reason": self._get_credit_note_reason(),
                "default_collection_dispute_id": self.id,
            },
        )

    def action_view_credit_notes(self):
        """Open the credit notes that were made for this dispute."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Notes"),
            "res_model": "account.move",
            "domain": [("collection_settled_dispute_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
        }

    # -------------------------------------------------------------------- checks

    def _check_open(self):
        """Check that these disputes may still change.

        :raise AccessError: if the user can't see one
        :raise UserError: if one is closed
        """
        self.check_access("read")
        for dispute in self:
            if dispute.state != "open":
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(dispute)s is closed (%(state)s): it can't be changed any"
                        " more. Add a note below it instead.",
                        dispute=dispute.name,
                        state=labels[dispute.state],
                    )
                )

    def _check_may_accept(self):
        user = self.env.user
        manager = "collection_calls.group_collection_manager"
        if self.env.su or user.has_group(INVOICING) or user.has_group(manager):
            return
        raise AccessError(
            self.env._(
                "Accepting leads to a credit note, which takes invoicing rights. Make a"
                " colleague who has them, or a collection manager, the owner of"
                " %(dispute)s.",
                dispute=self.name,
            )
        )

    def _check_may_close(self):
        """Collectors close disputes, and owners those that they own."""
        others = self.filtered(lambda dispute: dispute.user_id != self.env.user)
        if others:
            others.check_access("write")

    def _is_creditable(self):
        move = self.move_id
        return move.state == "posted" and move.payment_state != "reversed"

    # ---------------------------------------------------------- business methods

    def _close(self, vals):
        """Close disputes that the user was found to have a say in."""
        # sudo: an owner may have invoicing rights only, which read disputes.
        for dispute_sudo in self.sudo():
            today = dispute_sudo.company_id._get_collection_today()
            dispute_sudo._write_closed(dict(vals, date_closed=today))
            dispute_sudo._keep_labels()
            dispute_sudo.activity_feedback([DISPUTE_ACTIVITY])

    def _schedule_clearing(self):
        """Ask the owner to clear the dispute within a week."""
        self.ensure_one()
        company = self.company_id
        today = company._get_collection_today()
        self.activity_schedule(
            DISPUTE_ACTIVITY,
            date_deadline=company._get_collection_working_day(today, DAYS_TO_CLEAR),
            user_id=self.user_id.id,
            summary=self.env._(
                "%(invoice)s of %(debtor)s: %(reason)s",
                invoice=self.move_id.name,
                debtor=self.partner_id.name,
                reason=self.reason_id.name,
            ),
        )

    def _hand_over(self):
        """Pass the planned activity on to the owner."""
        for dispute in self:
            dispute.activity_reschedule(
                [DISPUTE_ACTIVITY], new_user_id=dispute.user_id.id
            )

    def _schedule_credit_note(self):
        """Ask the owner for the credit note that the user can't make."""
        self.ensure_one()
        company = self.company_id
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=company._get_collection_working_day(
                company._get_collection_today()
            ),
            user_id=self.user_id.id,
            summary=self.env._("Have the credit note made: the dispute was accepted"),
            **self._get_topic(CREDIT_NOTE),
        )

    def _schedule_call(self, topic):
        """Put the debtor back on the call list; what is planned for later stays.

        :param str topic: what there is to tell, see ``to_do``
        """
        self.ensure_one()
        company = self.company_id
        # sudo: an owner may have invoicing rights only, which don't plan calls.
        case_sudo = self.env["collection.case"].sudo()
        case_sudo = case_sudo._get_or_create(self.partner_id, company)
        day = company._get_collection_working_day(company._get_collection_today())
        user = case_sudo._get_caller(self.create_uid)
        case_sudo._schedule_next_call(
            day,
            user,
            self.with_context(lang=user.lang)._say_topic(topic),
            keep_later=True,
            topic=self._get_topic(topic),
        )

    def _get_credit_note_reason(self):
        """Reason that is proposed for the credit note, in the debtor's language."""
        spoken = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return spoken.env._(
            "%(dispute)s, %(reason)s (%(amount)s)",
            dispute=spoken.name,
            reason=spoken._get_label("reason_id"),
            amount=formatLang(
                spoken.env, spoken.amount, currency_obj=spoken.currency_id
            ),
        )
