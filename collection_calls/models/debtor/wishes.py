from odoo import api, fields, models

from ..groups import COLLECTORS


class ResPartner(models.Model):
    """What debtors asked for, and the form in which it is noted."""

    _inherit = "res.partner"

    collection_right_note = fields.Text(
        string="What They Asked For",
        compute="_compute_collection_right_note",
        groups=COLLECTORS,
        help="What stands for the debtor, with its wording and source.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_collection_right_note(self):
        notes = self.commercial_partner_id._get_collection_right_notes(self.env.company)
        for partner in self:
            partner.collection_right_note = notes.get(partner.commercial_partner_id)

    def _get_collection_right_notes(self, company):
        """What these debtors asked for, in words.

        :return: {debtor: text}, for those who did
        """
        if not company:
            return {}
        found = self.env["collection.contact.gate"]._get_rights(company, self)
        return {
            debtor: "\n".join(right.key._describe() for right in rights)
            for debtor, rights in found.items()
            if rights
        }

    def action_note_collection_wish(self):
        """Open the small form that notes what the debtor, or this person, asks for."""
        self.ensure_one()
        debtor = self.commercial_partner_id
        action = debtor._get_collection_wish_action(self.env.company)
        if self != debtor:
            action["context"].update(
                default_contact_id=self.id, default_number=self.phone
            )
        return action

    def _get_collection_wish_action(self, company):
        self.ensure_one()
        number = self.phone
        if self.env.user.has_group(
            COLLECTORS
        ):  # others don't learn who represents them
            number = self._get_collection_callees(company)[self].number
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What %(debtor)s Asks For", debtor=self.name),
            "res_model": "collection.contact.right.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.id,
                "default_company_id": company.id,
                "default_number": number,
                "dialog_size": "large",
            },
        }

    def action_view_collection_rights(self):
        """Open all that this debtor ever asked for."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_contact_right_action"
        )
        domain = [("partner_id", "=", self.commercial_partner_id.id)]
        return dict(action, domain=domain, context={})

    def _take_collections_along(self, former_debtors):
        """What a debtor asked for goes along when they become part of another one."""
        result = super()._take_collections_along(former_debtors)
        rights_sudo = self.env["collection.contact.right"].sudo()
        for debtor in former_debtors:
            heir = debtor.commercial_partner_id
            if heir != debtor:
                absorbed_sudo = rights_sudo.search([("partner_id", "=", debtor.id)])
                absorbed_sudo.write({"partner_id": heir.id})
        return result
