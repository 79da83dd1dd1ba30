from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ...engine import phone
from ..groups import COLLECTORS

CONTACT_FIELDS = ("phone", "email", "street", "street2", "zip", "city", "country_id")
# There is a number in it, though nobody can tell which.
UNREAD = (phone.SEVERAL, phone.LETTERS)
TICKS = ("phone_confirmed", "email_confirmed", "address_confirmed")


class CollectionCall(models.Model):
    """Contact data as the debtor confirms or corrects it at the end of a call."""

    _inherit = "collection.call"

    contact_phone = fields.Char(string="Confirmed Phone", groups=COLLECTORS)
    contact_email = fields.Char(string="Email", groups=COLLECTORS)
    contact_street = fields.Char(string="Street", groups=COLLECTORS)
    contact_street2 = fields.Char(string="Street 2", groups=COLLECTORS)
    contact_zip = fields.Char(string="ZIP", groups=COLLECTORS)
    contact_city = fields.Char(string="City", groups=COLLECTORS)
    contact_country_id = fields.Many2one(
        "res.country", string="Country", groups=COLLECTORS
    )
    phone_confirmed = fields.Boolean()
    email_confirmed = fields.Boolean()
    address_confirmed = fields.Boolean()
    contact_confirmed = fields.Boolean(
        string="Contact Data Confirmed",
        compute="_compute_contact_confirmed",
        inverse="_inverse_contact_confirmed",
        store=True,
        help="Phone, e-mail and address were checked at the end of the call.",
    )
    phone = fields.Char(
        string="Phone Number",
        compute="_compute_phone",
        store=True,
        readonly=False,
        precompute=True,
        help="As it was typed or stood on the contact.",
    )
    phone_e164 = fields.Char(
        string="E.164 Number",
        compute="_compute_phone_e164",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The number in the form every exchange in the world understands.",
    )
    phone_display = fields.Char(string="Phone", compute="_compute_phone_display")

    @api.depends(*TICKS)
    def _compute_contact_confirmed(self):
        for call in self:
            call.contact_confirmed = all(call[tick] for tick in TICKS)

    def _inverse_contact_confirmed(self):
        for call in self:
            call.write(dict.fromkeys(TICKS, call.contact_confirmed))

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

    def write(self, vals):
        if "contact_id" in vals:  # another person has other data
            vals = {**self._get_blank_contact(), **vals}
        return super().write(vals)

    @api.model
    def _get_blank_contact(self):
        names = [f"contact_{name}" for name in CONTACT_FIELDS]
        return dict.fromkeys([*names, *TICKS], False)

    def _get_person(self):
        """Whose data is confirmed: the contact, or the debtor if nobody was named."""
        return self.contact_id or self.partner_id

    def _prefill_contact(self):
        """Take over what is known and makes sense, for the person to confirm."""
        for call in self:
            if any(call[f"contact_{name}"] for name in CONTACT_FIELDS):
                continue
            person = call._get_person()
            values = {f"contact_{name}": person[name] for name in CONTACT_FIELDS}
            values["contact_country_id"] = person.country_id.id
            if not phone.e164(person.phone, call._get_phone_region()):
                values["contact_phone"] = False
            if not email_normalize(person.email or ""):
                values["contact_email"] = False
            call.write(values)

    def _correct_contact(self):
        """Write corrections to the person, who shows them in the chatter.

        Only what the verified person said at the end of a call counts.

        :raise ValidationError: if the person's data must not be changed through a call
        """
        self.ensure_one()
        if not (self.right_party_verified and self.step == "close"):
            return
        corrections = self._get_corrections()
        if corrections:
            correction = self.env["collection.contact.correction"]
            correction._correct(self._get_person(), corrections)

    def _get_corrections(self):
        """What the contact data on the call says anew: values to write."""
        person = self._get_person()
        corrections = {}
        for name in CONTACT_FIELDS:
            value = self[f"contact_{name}"]
            if value and value != person[name]:
                corrections[name] = value.id if name == "country_id" else value
        if "phone" in corrections:
            # Known by its country, the number can be dialled from anywhere.
            corrections["phone"] = phone.international(
                corrections["phone"], self._get_phone_region()
            )
        return corrections

    # --------------------------------------------------------------------- number
    # The number of a call: as typed, as exchanges understand it, as people read it.

    @api.depends("contact_id", "partner_id")
    def _compute_phone(self):
        for call in self:
            debtor = call.partner_id
            family = debtor | debtor.child_ids | call.representative_id
            # What was typed or dialled stays.
            proposed = not call.phone or call.phone in family.mapped("phone")
            if proposed and call.step in (False, "prepare"):
                call.phone = call._get_phone_proposal()

    def _get_phone_proposal(self):
        """The contact's number, the debtor's or one of others there, if it rings."""
        debtor = self.partner_id
        if not debtor:  # a form that was just opened
            return False
        return debtor._choose_collection_callee(
            self.company_id,
            self.contact_id,
            debtor._get_collection_people()[debtor],
            debtor._get_collection_wrong_numbers(self.company_id)[debtor],
        ).number

    # Not on the debtor's country: what was dialled doesn't change when they move.
    @api.depends("phone", "partner_id", "contact_id")
    def _compute_phone_e164(self):
        for call in self:
            call.phone_e164 = phone.e164(call.phone, call._get_phone_region())

    @api.depends("phone", "phone_e164")
    def _compute_phone_display(self):
        for call in self:
            # With its extension, unless the debtor has moved to another country since.
            region = call._get_phone_region()
            is_same = phone.e164(call.phone, region) == call.phone_e164
            shown = phone.international(call.phone_e164)
            if is_same:
                shown = phone.international(call.phone, region)
            call.phone_display = shown or call.phone

    @api.constrains("phone", "partner_id")
    def _check_phone(self):
        for call in self:
            call._check_number(call.phone)

    def _check_number(self, number):
        """Check that a number, if there is one, can be dialled.

        :raise ValidationError: if it is impossible where the debtor lives
        """
        problem = number and phone.problem(number, self._get_phone_region())
        if problem in UNREAD:
            country = self.partner_id.country_id or self.company_id.country_id
            words = self.env["collection.contact.correction"]
            raise ValidationError(words._say_number_problem(number, country))
        if problem:
            raise ValidationError(
                self.env._(
                    "Nobody can dial “%(number)s”: too short, too long or not a number."
                    " Correct it, for instance with the country code as in"
                    " +49 30 23125042, or leave it empty.",
                    number=number,
                )
            )
