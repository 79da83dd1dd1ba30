from odoo import api, fields, models
from odoo.exceptions import ValidationError

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


class CollectionCall(models.Model):
    """Calls with whoever represents the debtor.

    They don't count towards how often debtors may be called (12 CFR
    1006.14(b)(3)(iii)), and what the debtor asked for doesn't bind them; the debtor's
    own numbers stay shut.
    """

    _inherit = "collection.call"

    with_representative = fields.Boolean(
        compute="_compute_with_representative",
        store=True,
        precompute=True,
        help="The call was with somebody who represents the debtor.",
    )
    representative_id = fields.Many2one(
        "res.partner",
        compute="_compute_representative_id",
        help="Whoever is to be contacted instead of the debtor.",
    )

    # Not on whom people work for: whoever was spoken to doesn't change later.
    @api.depends("contact_id", "partner_id")
    def _compute_with_representative(self):
        for call in self:
            debtor = call.contact_id.commercial_partner_id
            call.with_representative = bool(debtor) and debtor != call.partner_id

    @api.depends("partner_id", "company_id")
    def _compute_representative_id(self):
        gate = self.env["collection.contact.gate"]
        self.representative_id = False
        for company, calls in self.grouped("company_id").items():
            if company:
                found = gate._get_representatives(company, calls.partner_id)
                for call in calls.filtered("partner_id"):
                    call.representative_id = found[call.partner_id]

    def action_reach_representative(self):
        """Prepare to call whoever represents the debtor, instead of going on.

        :raise ValidationError: if nobody knows who it is, or the right person is on
            the line
        """
        self.ensure_one()
        representative = self.representative_id
        if not representative:
            raise ValidationError(
                self.env._(
                    "Nobody has noted who represents %(debtor)s. Press “They Ask…” and"
                    " note it.",
                    debtor=self.partner_id.name,
                )
            )
        if self.verified_by:
            raise ValidationError(
                self.env._(
                    "The right person is on the line. End this call, and start another"
                    " one with %(who)s.",
                    who=representative.name,
                )
            )
        if self.step == "call":
            self._go(-1)
        self.contact_id = representative
        self.phone = self._get_phone_proposal()
        return True

    def _get_phone_region(self):
        """A number of somebody outside is one of their country."""
        country = self.with_representative and self.contact_id.country_id
        return country.code if country else super()._get_phone_region()
