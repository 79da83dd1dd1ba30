from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .collection_answer import UNREAD

# What an answer that became this says of the agreement.
SAID = {"accepted": "accepted", "dispute": "objected"}


class CollectionAnswer(models.Model):
    """What becomes of an answer: a note, an acceptance, a promise or a dispute.

    Once it was read, what it held back goes on.
    """

    _inherit = "collection.answer"

    def action_note(self):
        """Say that these answers were read, and that nothing else follows from them.

        What became of one before stays.
        """
        self.check_access("write")
        self.filtered(lambda answer: answer.state == UNREAD)._settle("note")
        return True

    def action_accept(self):
        """Say that these answers accept what was agreed.

        :raise UserError: if one is about no agreement
        """
        for answer in self:
            if not any(answer._get_agreements()):
                raise UserError(
                    self.env._(
                        "%(answer)s is about no promise or plan that could be accepted."
                        " Make it a promise, a dispute or a note.",
                        answer=answer.display_name,
                    )
                )
        self._settle("accepted")
        return True

    def action_record_promise(self):
        """Open a new promise with what the answer tells already."""
        self.ensure_one()
        items = self._get_promisable_items()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promise of %(debtor)s", debtor=self.partner_id.name),
            "res_model": "collection.promise",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                **self._get_default_parties(),
                "default_line_ids": [
                    Command.create(
                        {
                            "move_line_id": item.id,
                            "amount": item.amount_residual_currency,
                        }
                    )
                    for item in items
                ],
            },
        }

    def action_record_dispute(self):
        """Open a new dispute with what the answer tells already."""
        self.ensure_one()
        moves = self.call_id.claim_ids.move_id
        for agreements in self._get_agreements():
            moves |= agreements._get_items().move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute of %(debtor)s", debtor=self.partner_id.name),
            "res_model": "collection.dispute",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_answer_id": self.id,
                "default_statement": self.text,
                "default_move_id": moves.id if len(moves) == 1 else False,
                "collection_debtor_id": self.partner_id.id,  # their invoices alone
            },
        }

    def _get_default_parties(self):
        person = self.contact_id
        belongs = person.commercial_partner_id == self.partner_id
        return {
            "default_partner_id": self.partner_id.id,
            "default_contact_id": belongs and person != self.partner_id and person.id,
            "default_company_id": self.company_id.id,
            "default_answer_id": self.id,
        }

    def _get_promisable_items(self):
        """Claims that may be promised: those promised before, else what is overdue."""
        promises, _plans = self._get_agreements()
        promised = promises._get_items().filtered(lambda item: not item.reconciled)
        if promised:
            return promised
        items = self.env["account.move.line"]
        overdue = items.search(
            items._get_collection_overdue_domain(self.company_id)
            & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("amount_residual", ">", 0)
        )
        free = overdue - overdue._get_collection_protected()
        return free.filtered(lambda item: item.currency_id == free[:1].currency_id)

    def action_open_document(self):
        """Open what was answered, with the whole e-mail in its chatter."""
        self.ensure_one()
        document = self.plan_id or self.promise_id or self.dispute_id or self.call_id
        document = document or self._get_case()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    def _settle(self, state):
        """Note what became of these answers; what they held back goes on.

        Once it was read, an answer may become more than that, but never unread again.

        :param str state: one of the values of the field, but for the first
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        # sudo: what a debtor wrote is nobody's to change.
        for answer_sudo in self.sudo():
            answer_sudo.write(
                {
                    "state": state,
                    "read_by_id": answer_sudo.read_by_id.id or self.env.uid,
                    "date_read": answer_sudo.date_read or fields.Datetime.now(),
                }
            )
            for agreements_sudo in answer_sudo._get_agreements():
                if state in SAID:
                    agreements_sudo._set_answer(SAID[state], "email")
        self.sudo()._settle_to_dos()
        self.env["collection.agreement"]._touch_debtors(self.partner_id)

    def _settle_to_dos(self):
        """Nobody has to read what was read; others of the debtor may be left."""
        waiting = self.search(
            [("activity_id", "in", self.activity_id.ids), ("state", "=", UNREAD)]
        )
        done = self.activity_id - waiting.activity_id
        done.filtered("active").action_feedback(feedback=self.env._("Read."))
