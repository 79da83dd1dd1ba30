from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.contact_gate import LOCAL, NOT_AT_NUMBER
from ..groups import COLLECTORS


class CollectionCall(models.Model):
    """What somebody asked for on the telephone: noted at once, from any step.

    Nobody has to be verified for it, and no right is needed but to hold calls.
    """

    _inherit = "collection.call"

    right_ids = fields.One2many(
        "collection.contact.right",
        "call_id",
        string="Asked For",
        readonly=True,
        groups=COLLECTORS,
    )
    right_note = fields.Text(
        string="What They Asked For",
        compute="_compute_right_note",
        groups=COLLECTORS,
        help="What stands for the debtor, with its wording and source.",
    )

    def _compute_right_note(self):
        for company, calls in self.grouped("company_id").items():
            notes = calls.partner_id._get_collection_right_notes(company)
            for call in calls:
                call.right_note = notes.get(call.partner_id)

    def action_note_wish(self):
        """Open the small form that notes what the debtor asks for."""
        self.ensure_one()
        action = self.partner_id._get_collection_wish_action(self.company_id)
        action["context"].update(
            default_call_id=self.id,
            default_contact_id=self.contact_id.id,
            default_number=self.phone,
        )
        return action

    def _note_wish_of_outcome(self):
        """Note what the outcome says that the debtor asked for.

        :raise UserError: if the outcome asks for what only a form can tell
        """
        self.ensure_one()
        kind = self.outcome_id.right_kind
        if not kind or kind in self.right_ids.mapped("kind"):
            return
        # The number of whoever represents them isn't theirs: it goes on ringing.
        is_theirs = kind in LOCAL or not self.with_representative
        vals = {
            "kind": kind,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "call_id": self.id,
            "number": is_theirs and self.phone,
            "wording": self.statement,
            "date_from": self.company_id._get_collection_today(),
        }
        if kind == NOT_AT_NUMBER and not self.phone:
            raise UserError(
                self.env._(
                    "“%(outcome)s” needs the number that shall not ring: fill in the"
                    " number of the call.",
                    outcome=self.outcome_id.name,
                )
            )
        self.env["collection.contact.right"].create(vals)
