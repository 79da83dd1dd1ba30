from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

CONTACT_FIELDS = ("phone", "email", "street", "street2", "zip", "city", "country_id")


class CollectionCallContact(models.AbstractModel):
    """Contact data as the debtor confirms or corrects it at the end of a call."""

    _name = "collection.call.contact"
    _description = "Contact Data Confirmed in a Call"

    contact_phone = fields.Char(string="Confirmed Phone")
    contact_email = fields.Char(string="Email")
    contact_street = fields.Char(string="Street")
    contact_street2 = fields.Char(string="Street 2")
    contact_zip = fields.Char(string="ZIP")
    contact_city = fields.Char(string="City")
    contact_country_id = fields.Many2one("res.country", string="Country")
    phone_confirmed = fields.Boolean()
    email_confirmed = fields.Boolean()
    address_confirmed = fields.Boolean()
    contact_confirmed = fields.Boolean(
        string="Contact Data Confirmed",
        compute="_compute_contact_confirmed",
        store=True,
        readonly=False,
        help="Phone, e-mail and address were checked at the end of the call.",
    )

    @api.depends("phone_confirmed", "email_confirmed", "address_confirmed")
    def _compute_contact_confirmed(self):
        for call in self:
            call.contact_confirmed = (
                call.phone_confirmed and call.email_confirmed and call.address_confirmed
            )

    @api.constrains("contact_phone", "contact_email")
    def _check_contact_data(self):
        for call in self:
            call._check_number(call.contact_phone)
            if call.contact_email and not email_normalize(call.contact_email):
                raise ValidationError(
                    self.env._(
                        "“%(email)s” is no e-mail address. Let the debtor spell it"
                        " again, or leave it empty.",
                        email=call.contact_email,
                    )
                )

    def _get_person(self):
        """Whose data is confirmed: the contact, or the debtor if nobody was named."""
        return self.contact_id or self.partner_id

    def _prefill_contact(self):
        """Take over what is known, for the debtor to confirm."""
        for call in self:
            if not any(call[f"contact_{name}"] for name in CONTACT_FIELDS):
                person = call._get_person()
                values = {f"contact_{name}": person[name] for name in CONTACT_FIELDS}
                values["contact_country_id"] = person.country_id.id
                values["contact_phone"] = call.phone or person.phone
                call.write(values)

    def _correct_contact(self):
        """Write corrections to the contact, who shows them in the chatter.

        :raise ValidationError: if the e-mail address is one to log in with
        """
        self.ensure_one()
        corrections = self._get_corrections()
        # sudo: collectors may correct these fields through a call, and no others.
        person_sudo = self._get_person().sudo()
        if (
            "email" in corrections
            and person_sudo.with_context(active_test=False).user_ids
        ):
            # Whoever changes it could have the password sent elsewhere.
            raise ValidationError(
                self.env._(
                    "%(contact)s has a user account, so only an administrator may"
                    " change the e-mail address. Put %(email)s back and pass on the new"
                    " one.",
                    contact=person_sudo.name,
                    email=person_sudo.email or self.env._("nothing"),
                )
            )
        if corrections:
            person_sudo.write(corrections)

    def _get_corrections(self):
        """What the contact data on the call says anew: values to write."""
        person = self._get_person()
        corrections = {}
        for name in CONTACT_FIELDS:
            value = self[f"contact_{name}"]
            if value and value != person[name]:
                corrections[name] = value.id if name == "country_id" else value
        return corrections
