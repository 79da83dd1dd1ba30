from odoo import fields, models
from odoo.fields import Domain

from ..groups import COLLECTORS
from ..letter.collection_answer import UNREAD


class CollectionCase(models.Model):
    """What the debtor asked for and has written, for the heading and the filters of the
    call list."""

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

    unread_answer_count = fields.Integer(
        string="Answers to Read",
        compute="_compute_unread_answer_count",
        groups=COLLECTORS,
        help="E-mails of the debtor that nobody has read yet.",
    )

    def _compute_unread_answer_count(self):
        counts = {
            (debtor, company): count
            for debtor, company, count in self.env["collection.answer"]._read_group(
                [("partner_id", "in", self.partner_id.ids), ("state", "=", UNREAD)],
                ["partner_id", "company_id"],
                ["__count"],
            )
        }
        for case in self:
            known = case.partner_id, case.company_id
            case.unread_answer_count = counts.get(known, 0)

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

    def action_view_answers(self):
        """Open what the debtor answered by e-mail, the unread ones first."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_answer_action"
        )
        domain = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        is_unread = bool(self.unread_answer_count)
        return dict(action, domain=domain, context={"search_default_unread": is_unread})
