from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import phone


class CollectionContactCorrection(models.Model):
    """Data of contacts put right by collectors, who may not write contacts as such.

    What a debtor corrects on the page is kept here until a collector has checked it:
    whoever has a link could have e-mails sent elsewhere else.
    """

    _name = "collection.contact.correction"
    _description = "Correction of Contact Data"
    _order = "id desc"
    _rec_name = "person_id"

    person_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        required=True,
        index=True,
        ondelete="restrict",
        help="Whose data it is.",
    )
    phone = fields.Char(string="New Phone", readonly=True)
    email = fields.Char(string="New Email", readonly=True)
    current_phone = fields.Char(related="person_id.phone", string="Phone on File")
    current_email = fields.Char(related="person_id.email", string="Email on File")

    @api.model
    def _correct(self, person, corrections):
        """Write corrections to a person, who shows them in the chatter.

        :param dict corrections: fields that belong to how debtors are reached
        :raise ValidationError: if the person's data must not be changed by collectors
        """
        self._check_correctable(person, corrections)
        # sudo: collectors may correct these fields, and no others.
        person_sudo = person.sudo()
        person_sudo.write(corrections)

    @api.model
    def _check_correctable(self, person, corrections):
        """Refuse to change our own people, our companies, and addresses to log in with.

        :raise ValidationError: if that is tried
        """
        # sudo: collectors may not read users.
        person_sudo = person.sudo().with_context(active_test=False)
        users_sudo = person_sudo.user_ids
        ours = any(not user.share for user in users_sudo) or person_sudo.ref_company_ids
        if ours or (users_sudo and "email" in corrections):
            # Whoever changes the e-mail could have the password sent elsewhere.
            raise ValidationError(
                self.env._(
                    "%(contact)s has a user account or is one of our companies, so only"
                    " an administrator may change this. Put it back as it was (e-mail:"
                    " %(email)s) and pass on the correction.",
                    contact=person_sudo.name,
                    email=person_sudo.email or "–",
                )
            )

    @api.model
    def _say_number_problem(self, number, country):
        """Why nobody can dial a number, in plain words; empty if it can be dialled.

        :param country: from which a national number is dialled
        """
        if not (number or "").strip():
            return self.env._("There is no number.")
        problem = phone.problem(number, country.code)
        if not problem:
            return ""
        if problem in (phone.SEVERAL, phone.LETTERS):
            return self._say_unread(number, phone.parts(number, country.code))
        if phone.is_international(number) or not country:
            place = self.env._("the country with this code")
        else:
            place = country.name
        return {
            phone.NOT_A_NUMBER: self.env._(
                "“%(number)s” is not a telephone number.", number=number
            ),
            phone.NO_COUNTRY: self.env._(
                "“%(number)s” needs the code of its country, as in +49 30 23125042.",
                number=number,
            ),
            phone.UNKNOWN_COUNTRY: self.env._(
                "“%(number)s” begins with a code that no country has.", number=number
            ),
            phone.TOO_SHORT: self.env._(
                "“%(number)s” has too few digits for %(place)s.",
                number=number,
                place=place,
            ),
            phone.TOO_LONG: self.env._(
                "“%(number)s” has too many digits for %(place)s.",
                number=number,
                place=place,
            ),
            phone.WRONG_LENGTH: self.env._(
                "No number in %(place)s has as many digits as “%(number)s”.",
                number=number,
                place=place,
            ),
            phone.NO_AREA: self.env._(
                "“%(number)s” is too short, or lacks its area code.", number=number
            ),
        }[problem]

    @api.model
    def _say_unread(self, number, parts):
        """That a field holds more, or other, than one number, and what it may be."""
        if len(parts) > 1:
            return self.env._(
                "“%(number)s” holds several numbers. Enter the one to call: %(parts)s.",
                number=number,
                parts=", ".join(parts),
            )
        if parts:
            return self.env._(
                "“%(number)s” is more than a number. Enter %(part)s alone, if that is"
                " the one to call.",
                number=number,
                part=parts[0],
            )
        return self.env._(
            "“%(number)s” has letters among its digits. Enter digits alone; a note goes"
            " behind the number, in brackets.",
            number=number,
        )

    @api.model
    def _say_number_doubt(self, number, country):
        """That a number which can be dialled isn't known to ring; empty if it is."""
        if phone.is_known(number, country.code):
            return ""
        return self.env._("“%(number)s” is not known to be in use.", number=number)
