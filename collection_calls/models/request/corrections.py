from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionContactCorrection(models.Model):
    """What a debtor corrects on the page, and a collector checks."""

    _name = "collection.contact.correction"
    _inherit = ["collection.contact.correction", "collection.request"]

    @api.model
    def _get_chained_fields(self):
        return [*super()._get_chained_fields(), "person_id"]

    @api.model
    def _get_chained_texts(self):
        return [*super()._get_chained_texts(), "phone", "email"]

    @api.model
    def _get_same_domain(self, vals):
        return super()._get_same_domain(vals) & Domain(
            "person_id", "=", vals["person_id"]
        )

    def action_accept(self):
        """Write what the debtor corrected to the contact.

        :raise UserError: if it is answered already, or nobody belongs there any more
        :raise ValidationError: if the contact's data must not be changed by collectors
        """
        self._check_answerable()
        for correction in self:
            person = correction.person_id
            if person.commercial_partner_id != correction.partner_id:
                raise UserError(
                    self.env._(
                        "%(person)s doesn't belong to %(debtor)s any more. Decline it.",
                        person=person.display_name,
                        debtor=correction.partner_id.display_name,
                    )
                )
            given = {"phone": correction.phone, "email": correction.email}
            self._correct(person, {name: new for name, new in given.items() if new})
        self._close("accepted")
        return True

    def action_decline(self):
        """Leave the contact as it is.

        :raise UserError: if it is answered already
        """
        self._check_answerable()
        self._close("declined")
        return True

    def _say_summary(self, env):
        """What it is about, in one line, in the environment's language."""
        return env._(
            "%(person)s: check new contact data", person=self.person_id.display_name
        )

    def _describe(self):
        """The correction in one line, for whoever calls the debtor."""
        return self._say_summary(self.env)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _get_models_of_people(self):
        requests = ["collection.offer", "collection.contact.correction"]
        return [*super()._get_models_of_people(), *requests]
