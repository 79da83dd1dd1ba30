from odoo import api, models

from ...engine import contact_gate as engine
from ...engine import phone

REPRESENTING = (engine.REPRESENTED, engine.INSOLVENCY)


class CollectionContactGate(models.AbstractModel):
    """Who is contacted instead of a debtor: a lawyer, debt advice, an administrator."""

    _inherit = "collection.contact.gate"

    @api.model
    def _get_representatives(self, company, debtors):
        """Whoever represents these debtors now, if that is known.

        :return: {debtor: partner, or an empty one}, in a constant number of queries
        """
        rights = self._get_rights(company, debtors, REPRESENTING)
        nobody = self.env["res.partner"]
        return {
            debtor: (
                engine.representative(self._get_relevant(rights, debtor, nobody))
                or nobody
            ).with_env(self.env)
            for debtor in debtors
        }

    @api.model
    def _is_representative(self, callee, representative):
        """Whether a :class:`.facts.Callee` is the representative, or works there."""
        if not (callee.person and representative):
            return False
        if not callee.is_outside:
            return callee.person == representative
        firm = representative.commercial_partner_id
        return callee.person.commercial_partner_id == firm

    @api.model
    def _get_numbers(self, company, debtors):
        """The numbers of these debtors and of everybody there, in E.164.

        :return: {debtor: set of numbers}, in one query
        """
        if not debtors:
            return {}
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search(
            [("commercial_partner_id", "in", debtors.ids), ("phone", "!=", False)]
        )
        return {
            debtor: {
                phone.e164(each.phone, (debtor.country_id or company.country_id).code)
                for each in people
            }
            - {None}
            for debtor, people in found.grouped("commercial_partner_id").items()
        }


class ResPartner(models.Model):
    """Whether somebody stands for a debtor to whom they don't belong."""

    _inherit = "res.partner"

    def _may_stand_for(self, debtor):
        """Whether it belongs to a debtor, or represents or has represented them."""
        self.ensure_one()
        if self.commercial_partner_id == debtor:
            return True
        # sudo: whoever was named counts, whoever may read what was asked for.
        rights_sudo = self.env["collection.contact.right"].sudo()
        return bool(
            rights_sudo.search_count(
                [
                    ("partner_id", "child_of", debtor.id),
                    ("kind", "in", REPRESENTING),
                    (
                        "representative_id.commercial_partner_id",
                        "=",
                        self.commercial_partner_id.id,
                    ),
                ],
                limit=1,
            )
        )
