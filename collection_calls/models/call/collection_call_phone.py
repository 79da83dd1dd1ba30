from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import phone


class CollectionCallPhone(models.AbstractModel):
    """The number of a call: as typed, as exchanges understand it, as people read it."""

    _name = "collection.call.phone"
    _description = "Number of a Call"

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

    @api.depends("contact_id", "partner_id")
    def _compute_phone(self):
        for call in self:
            family = call.partner_id | call.partner_id.child_ids
            # What was typed or dialled stays.
            proposed = not call.phone or call.phone in family.mapped("phone")
            if proposed and call.step in (False, "prepare"):
                call.phone = call._get_phone_proposal()

    def _get_phone_proposal(self):
        """The contact's number, the debtor's or one of others there, if it rings."""
        debtor = self.partner_id
        return debtor._choose_collection_callee(
            self.company_id, self.contact_id, debtor._get_collection_people()[debtor]
        ).number

    # Not on the debtor's country: what was dialled doesn't change when they move.
    @api.depends("phone", "partner_id")
    def _compute_phone_e164(self):
        for call in self:
            call.phone_e164 = phone.e164(call.phone, call._get_phone_region())

    @api.depends("phone", "phone_e164")
    def _compute_phone_display(self):
        for call in self:
            call.phone_display = phone.international(call.phone_e164) or call.phone

    @api.constrains("phone", "partner_id")
    def _check_phone(self):
        for call in self:
            call._check_number(call.phone)

    def _check_number(self, number):
        """Check that a number, if there is one, can be dialled.

        :raise ValidationError: if it is impossible where the debtor lives
        """
        if number and not phone.e164(number, self._get_phone_region()):
            raise ValidationError(
                self.env._(
                    "Nobody can dial “%(number)s”: too short, too long or not a number."
                    " Correct it, for instance with the country code as in"
                    " +49 30 23125042, or leave it empty.",
                    number=number,
                )
            )
