from odoo import models

from ..agreement.collection_agreement import KINDS

HIERARCHY = {"parent_id", "is_company"}


class ResPartner(models.Model):
    """People change companies, and shops become companies of their own.

    What they owe moves with them: accounting looks at the top of the hierarchy. So
    promises, plans, calls and cases follow the debtor of their claims, at once.
    """

    _inherit = "res.partner"

    def write(self, vals):
        if HIERARCHY.isdisjoint(vals):
            return super().write(vals)
        # sudo: what was agreed follows, whoever may edit contacts.
        family_sudo = self.sudo().with_context(active_test=False)
        family_sudo = family_sudo.search([("id", "child_of", self.ids)])
        before = {partner: partner.commercial_partner_id for partner in family_sudo}
        result = super().write(vals)
        moved = {
            partner: debtor
            for partner, debtor in before.items()
            if partner.commercial_partner_id != debtor
        }
        if moved:
            family_sudo.browse(partner.id for partner in moved)._take_collections_along(
                family_sudo.browse({debtor.id for debtor in moved.values()})
            )
        return result

    def _take_collections_along(self, former_debtors):
        """Let what collections know of these partners follow them.

        :param former_debtors: who owed what they owe, until now
        """
        self.env.flush_all()
        former_debtors._move_collection_calls()
        for kind in KINDS:
            # Accounting has moved the items along, if somebody became part of another.
            agreements = self.env[kind].search(
                [("partner_id", "in", [*former_debtors.ids, *self.ids])]
            )
            agreements._follow_debtor()
        former_debtors._move_collection_cases()
        everybody = former_debtors | self.commercial_partner_id
        companies = self.env["collection.case"].search(
            [("partner_id", "in", everybody.ids)]
        )
        self.env["collection.case"]._touch(
            partners={
                (partner.id, company.id)
                for partner in everybody
                for company in companies.company_id
            }
        )

    def _move_collection_calls(self):
        """Calls go to whoever owes their claims now; those without any go to the debtor
        that theirs became part of."""
        calls = self.env["collection.call"].search([("partner_id", "in", self.ids)])
        for call in calls:
            owing = call.claim_ids.move_line_id.partner_id.commercial_partner_id
            debtor = owing if len(owing) == 1 else call.partner_id.commercial_partner_id
            if debtor != call.partner_id:
                call._follow_debtor(debtor)

    def _move_collection_cases(self):
        """Cases of those who owe nothing in their own name any more go along."""
        absorbed = self.filtered(lambda debtor: debtor.commercial_partner_id != debtor)
        cases = self.env["collection.case"].search([("partner_id", "in", absorbed.ids)])
        for case in cases:
            case._follow_debtor(case.partner_id.commercial_partner_id)

    def _get_collection_heir(self, debtor):
        """Who stands for a former debtor with a new one: a person still does."""
        self.ensure_one()
        belongs = self.commercial_partner_id == debtor and self != debtor
        return self if belongs else self.browse()
