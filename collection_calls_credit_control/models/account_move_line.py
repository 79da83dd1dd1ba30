from odoo import models

from odoo.addons.collection_calls.engine import contact_gate as gate

# Nobody writes to these debtors past whoever speaks for them, or against their wish.
LEFT_ALONE = (gate.NO_CONTACT, gate.REPRESENTED, gate.INSOLVENCY)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _explain_collection_protection(self):
        """Why there is no credit control on these protected claims, in words."""
        # sudo: whoever duns need not see each entry.
        names = list(dict.fromkeys(self.sudo().move_id.mapped("display_name")))
        return self.env._(
            "%(invoices)s: promised, or paid by installments. Nobody duns that"
            " meanwhile. Look at the promise or the plan on the invoice.",
            invoices=self.env["collection.call"]._shorten(names, 5),
        )

    def _get_collection_left_alone(self):
        """Those of these claims for which nobody is pressed by itself.

        They are blocked, excluded from follow-up by a person, or disputed (a line can't
        ask for a part); or their debtor is on hold, insolvent, represented, or wants no
        contact at all.
        """
        # sudo: what stands in the way doesn't depend on who duns.
        left_alone_sudo = self.sudo().browse()
        agreements_sudo = self.env["collection.agreement"].sudo()
        for company, items_sudo in self.sudo().grouped("company_id").items():
            _amounts, opposed = agreements_sudo._read_disputed(items_sudo.move_id)
            debtors = items_sudo.partner_id.commercial_partner_id
            stopped = debtors._get_collection_left_alone(company)
            for unfollowed_sudo in agreements_sudo._find_unfollowed(
                company, items_sudo
            ):
                left_alone_sudo |= unfollowed_sudo
            left_alone_sudo |= items_sudo.filtered(
                lambda item, opposed=opposed, stopped=stopped: (
                    item.move_id.id in opposed
                    or item.partner_id.commercial_partner_id in stopped
                )
            )
        return left_alone_sudo.with_env(self.env)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_collection_left_alone(self, company):
        """Those of these debtors whom nobody presses in a company."""
        held_sudo = self.env["collection.case"].search(
            [
                ("partner_id", "in", self.ids),
                ("company_id", "=", company.id),
                ("hold", "!=", False),
            ]
        )
        rights = self.env["collection.contact.gate"]._get_rights(
            company, self, LEFT_ALONE
        )
        asked = self.filtered(
            lambda debtor: any(not right.key.contact_id for right in rights[debtor])
        )
        return held_sudo.partner_id | asked
