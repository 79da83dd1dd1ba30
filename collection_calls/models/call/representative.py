from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
        """Prepare to call whoever represents the debtor, instead of the debtor.

        :raise ValidationError: if nobody knows who it is, or the call was dialled
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
        if self.is_dialled:  # an attempt, and a call of its own
            raise ValidationError(
                self.env._(
                    "This call was dialled already. End it with the outcome that fits,"
                    " such as “Third party”: the next one is with %(who)s.",
                    who=representative.name,
                )
            )
        self.contact_id = representative
        self.phone = self._get_phone_proposal()
        return True

    def _get_phone_region(self):
        """A number of somebody outside is one of their country."""
        country = self.with_representative and self.contact_id.country_id
        return country.code if country else super()._get_phone_region()
