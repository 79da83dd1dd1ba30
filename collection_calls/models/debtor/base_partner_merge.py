from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """One debtor has one case in each company: merge the cases first.

        Core would delete those that stand in the way, and the evidence with them.
        """
        # sudo: cases of every company move, also of those the user has no access to.
        cases_sudo = self.env["collection.case"].sudo()
        cases_sudo = cases_sudo.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        ).sorted(lambda case: (case.partner_id != dst_partner, case.id))
        for cases in cases_sudo.grouped("company_id").values():
            for case in cases[1:]:
                case._merge_into(cases[0])
        cases_sudo.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # It moved people, and their numbers, past the ORM.
        cases_sudo.exists().modified(["partner_id"])
        self._touch_merged(dst_partner)
        return result

    @api.model
    def _touch_merged(self, debtor):
        """What the others owed or had paid is this debtor's now, in any company."""
        # sudo: also in companies that the user has no access to.
        company_ids = self.env["res.company"].sudo()._search([])
        self.env["collection.case"]._touch(
            partners={(debtor.id, company_id) for company_id in company_ids}
        )
