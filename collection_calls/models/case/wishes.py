from odoo import fields, models
from odoo.fields import Domain

from ..groups import COLLECTORS


class CollectionCase(models.Model):
    """What the debtor asked for, for the heading and the filters of the call list."""

    _inherit = "collection.case"

    right_note = fields.Text(
        string="What They Asked For",
        compute="_compute_right_note",
        groups=COLLECTORS,
        help="What stands for the debtor, with its wording and source.",
    )
    has_wish = fields.Boolean(
        string="Asked for Something",
        compute="_compute_right_note",
        search="_search_has_wish",
        groups=COLLECTORS,
        help="The debtor asked not to be called, is represented, or the like.",
    )

    def _compute_right_note(self):
        for company, cases in self.grouped("company_id").items():
            notes = cases.partner_id._get_collection_right_notes(company)
            for case in cases:
                case.right_note = notes.get(case.partner_id)
                case.has_wish = bool(case.right_note)

    def _search_has_wish(self, operator, value):
        if operator != "in" or len(value) != 1:
            return NotImplemented
        gate = self.env["collection.contact.gate"]
        found = Domain.OR(
            Domain("company_id", "=", company.id)
            & gate._get_debtors_domain(company, "partner_id")
            for company in self.env.companies
        )
        return found if True in value else ~found

    def action_note_wish(self):
        """Open the small form that notes what the debtor asks for."""
        self.ensure_one()
        return self.partner_id._get_collection_wish_action(self.company_id)

    def action_view_rights(self):
        """Open all that the debtor ever asked for."""
        self.ensure_one()
        return self.partner_id.action_view_collection_rights()
