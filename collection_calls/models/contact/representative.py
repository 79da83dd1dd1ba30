from odoo import api, models
from odoo.fields import Domain

from ...engine import contact_gate as engine
from ...engine import phone
from .gate import Question


class CollectionContactGate(models.AbstractModel):
    """Who is contacted instead of a debtor: a lawyer, debt advice, an administrator."""

    _inherit = "collection.contact.gate"

    @api.model
    def _get_representatives(self, company, debtors):
        """Whoever represents these debtors now, if that is known.

        :return: {debtor: partner, or an empty one}, in a constant number of queries
        """
        rights = self._get_rights(company, debtors, engine.REPRESENTING)
        nobody = self.env["res.partner"]
        return {
            debtor: (
                engine.representative(self._get_relevant(rights, debtor, nobody))
                or nobody
            ).with_env(self.env)
            for debtor in debtors
        }

    @api.model
    def _get_spoken_for(self, company, debtors=None):
        """Debtors in whose stead somebody may be called: who it is has a number.

        Not the insolvent: nobody is asked to press whoever administers what is left.

        :param debtors: of whom; by default of all
        """
        # sudo: what was asked for counts, whoever may read it or whom it names.
        rights_sudo = self.env["collection.contact.right"].sudo()
        domain = (
            self._get_rights_domain(company, [engine.REPRESENTED])
            & Domain("contact_id", "=", False)
            & Domain("representative_id.active", "=", True)
            & ~self._get_debtors_domain(company, "partner_id", [engine.INSOLVENCY])
        )
        if debtors is not None:
            domain &= Domain("partner_id", "in", debtors.ids)
        debtors_sudo = rights_sudo.search(domain).partner_id
        if not debtors_sudo:
            return debtors_sudo.with_env(self.env)
        callees = [
            callee
            for callee in debtors_sudo._get_collection_callees(company).values()
            if callee.number
        ]
        policies_sudo = self.env["collection.contact.policy"].sudo()
        shut = policies_sudo._get_shut(company, callees)
        found = {
            callee.debtor.id
            for callee, is_shut in zip(callees, shut, strict=True)
            if not is_shut
        }
        return debtors_sudo.browse(sorted(found)).with_env(self.env)

    @api.model
    def _get_why_not_called(self, company, debtors):
        """What is against asking somebody to call these debtors, or whoever represents
        them.

        :return: {debtor: reason}, for those against whose call there is something
        """
        instead = self._get_representatives(company, debtors)
        represented = debtors.filtered(lambda debtor: instead[debtor])
        spoken_for = represented and self._get_spoken_for(company, represented)
        # Why not them, if they said so; else why not the debtor.
        asked = [(debtor, instead[debtor]) for debtor in debtors]
        asked += [(debtor, None) for debtor in represented - spoken_for]
        answers = self._ask(
            company, [Question(who, engine.CALL, engine.TODO, by) for who, by in asked]
        )
        reasons = {}
        for (debtor, _by), answer in zip(asked, answers, strict=True):
            if not answer.is_allowed:
                reasons.setdefault(debtor, answer.reason)
        return reasons

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
                    ("kind", "in", engine.REPRESENTING),
                    (
                        "representative_id.commercial_partner_id",
                        "=",
                        self.commercial_partner_id.id,
                    ),
                ],
                limit=1,
            )
        )
