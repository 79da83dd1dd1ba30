from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..engine import contact_gate as engine
from ..engine import phone
from ..models.contact.collection_contact_policy import WEEKDAYS
from ..models.contact.collection_contact_right import KINDS, ROLES
from ..models.groups import COLLECTORS

# About the debtor, or about a number, whoever is there.
DEBTORS_OWN = (engine.INSOLVENCY, engine.NOT_AT_NUMBER, engine.NOT_AT_PLACE)
DAYS = [f"on_{number}" for number, _label in WEEKDAYS]
WORKING_DAYS = DAYS[:5]
# What people say when they mean hours.
TIMES = {"mornings": (8, 12), "afternoons": (12, 17), "evenings": (17, 20)}


class CollectionContactRightWizard(models.TransientModel):
    """What a debtor asks for, noted as they speak: one click opens it, another saves.

    Each wish has a button that notes it, with what was typed before or what is usual.
    """

    _name = "collection.contact.right.wizard"
    _description = "Note What a Debtor Asks For"
    _inherit = "collection.dialog"

    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    call_id = fields.Many2one("collection.call", readonly=True)
    kind = fields.Selection(KINDS, string="They Ask For", default=engine.NO_CALLS)
    contact_id = fields.Many2one(
        "res.partner",
        string="Person",
        domain="['|', ('id', '=', known_representative_id),"
        " '&', ('id', 'child_of', partner_id), ('id', '!=', partner_id)]",
    )
    known_representative_id = fields.Many2one(
        "res.partner",
        compute="_compute_known_representative_id",
        help="Whoever represents them may ask for something, too, about themselves.",
    )
    place_id = fields.Many2one(
        "res.partner",
        string="Its Address",
        domain="[('id', 'child_of', partner_id), ('id', '!=', partner_id)]",
    )
    for_whom = fields.Selection(
        [("debtor", "Everybody there"), ("person", "This person only")],
        string="It Counts For",
        default="debtor",
        required=True,
    )
    number = fields.Char()
    hour_from = fields.Float(string="From", default=9)
    hour_to = fields.Float(string="To", default=17)
    on_0 = fields.Boolean(string="Monday")
    on_1 = fields.Boolean(string="Tuesday")
    on_2 = fields.Boolean(string="Wednesday")
    on_3 = fields.Boolean(string="Thursday")
    on_4 = fields.Boolean(string="Friday")
    on_5 = fields.Boolean(string="Saturday")
    on_6 = fields.Boolean(string="Sunday")
    representative_role = fields.Selection(ROLES, string="Who Is It", default="lawyer")
    representative_id = fields.Many2one("res.partner", string="In Our Contacts")
    representative_name = fields.Char(string="Name")
    representative_phone = fields.Char(string="Phone")
    representative_email = fields.Char(string="Email")
    representative_street = fields.Char(string="Street")
    representative_zip = fields.Char(string="ZIP")
    representative_city = fields.Char(string="City")
    wording = fields.Text(string="In Their Words")
    said_by = fields.Char()
    date_until = fields.Date(string="Until")

    @api.depends("partner_id", "company_id")
    def _compute_known_representative_id(self):
        gate = self.env["collection.contact.gate"]
        self.known_representative_id = False
        if not self.env.user.has_group(
            COLLECTORS
        ):  # what was said is not theirs to read
            return
        for wish in self:
            found = gate._get_representatives(wish.company_id, wish.partner_id)
            wish.known_representative_id = found.get(wish.partner_id)

    def action_note(self, kind=None):
        """Note it; everything obeys from now on.

        :param str kind: what they ask for; by default what is chosen
        :raise ValidationError: if something is missing; what was typed stays
        """
        self.ensure_one()
        if kind:
            self.kind = kind if self._is_one_of(KINDS, kind) else False
        self.env["collection.contact.right"].create(self._prepare_right_vals())
        return {"type": "ir.actions.act_window_close"}

    def action_note_hours(self, time=None):
        """Note when they may be called: on the days that are ticked, else Monday to
        Friday.

        :param str time: one of :data:`TIMES`; by default the hours that were typed
        """
        self.ensure_one()
        if self._is_one_of(TIMES.items(), time):
            self.hour_from, self.hour_to = TIMES[time]
        if not any(self[day] for day in DAYS):
            self.write(dict.fromkeys(WORKING_DAYS, True))
        return self.action_note(engine.HOURS)

    def action_note_represented(self, role="lawyer"):
        """Note who represents them: whoever was named, or nobody knows yet who it is.

        :param str role: one of :data:`ROLES`; an administrator means insolvency
        """
        self.ensure_one()
        if role == "administrator":
            return self.action_note(engine.INSOLVENCY)
        if not self._is_one_of(ROLES, role):
            raise ValidationError(self.env._("Choose who represents them."))
        self.representative_role = role
        return self.action_note(engine.REPRESENTED)

    def _is_one_of(self, choices, value):
        """Whether a button, or another program, gave one of these (value, label)."""
        return isinstance(value, str) and value in dict(choices)

    def _prepare_right_vals(self):
        if not self.kind:
            raise ValidationError(self.env._("Choose what they ask for."))
        is_personal = self._is_personal()
        if is_personal and not self.contact_id:
            raise ValidationError(
                self.env._("For whom does it count? Choose the person.")
            )
        vals = {
            "kind": self.kind,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "call_id": self.call_id.id,
            "contact_id": self._get_contact(is_personal).id,
            "number": self._get_number(is_personal),
            "wording": self.wording,
            "said_by": self.said_by,
            "date_from": self.company_id._get_collection_today(),
            "date_until": self.date_until,
        }
        if self.kind == engine.HOURS:
            vals["hours_ids"] = [
                Command.create(
                    {
                        "weekday": name[-1],
                        "hour_from": self.hour_from,
                        "hour_to": self.hour_to,
                    }
                )
                for name in DAYS
                if self[name]
            ]
        if self.kind in (engine.REPRESENTED, engine.INSOLVENCY):
            representative = self.representative_id or self._create_representative()
            vals["representative_id"] = representative.id
            vals["representative_role"] = (
                "administrator"
                if self.kind == engine.INSOLVENCY
                else self.representative_role
            )
        return vals

    def _is_personal(self):
        """Whether it counts for one person; a lawyer who says who represents them, or
        what is true of them, speaks for the debtor."""
        if self.for_whom != "person" or self.kind in DEBTORS_OWN:
            return False
        return not (self.kind == engine.REPRESENTED and self._is_outside())

    def _is_outside(self):
        """Whether the person isn't at the debtor's, as a lawyer."""
        contact = self.contact_id
        return bool(contact) and contact.commercial_partner_id != self.partner_id

    def _get_number(self, is_personal):
        """The number that is meant, or that rang when they said it.

        That of whoever represents them isn't theirs: it goes on ringing.
        """
        if self.kind in engine.LOCAL:
            return self.number
        if is_personal and self._is_outside():
            return False
        is_theirs = bool(self.call_id) and not self.call_id.with_representative
        return is_theirs and self.number

    def _get_contact(self, is_personal):
        """For whom it counts, or which address is the place."""
        if self.kind == engine.NOT_AT_PLACE:
            return self.place_id
        return self.contact_id if is_personal else self.contact_id.browse()

    def _create_representative(self):
        """Whoever was named, as a contact of their own: not one of the debtor's."""
        # sudo: collectors may not create contacts.
        partners_sudo = self.env["res.partner"].sudo()
        if not (self.representative_name or "").strip():
            return partners_sudo
        number = self.representative_phone
        self._check_number(number)
        region = (self.partner_id.country_id or self.company_id.country_id).code
        return partners_sudo.create(
            {
                "name": self.representative_name.strip(),
                "phone": phone.international(number, region) or number,
                "email": self.representative_email,
                "street": self.representative_street,
                "zip": self.representative_zip,
                "city": self.representative_city,
                "country_id": self.partner_id.country_id.id,
                "comment": self.env._("Represents %(who)s", who=self.partner_id.name),
            }
        )

    def _check_number(self, number):
        """:raise ValidationError: if nobody can dial the number"""
        country = self.partner_id.country_id or self.company_id.country_id
        words = self.env["collection.contact.correction"]
        problem = number and words._say_number_problem(number, country)
        if problem:
            raise ValidationError(problem)


class CollectionContactRightEnd(models.TransientModel):
    """Why something that a debtor asked for counts no more."""

    _name = "collection.contact.right.end"
    _description = "End What a Debtor Asked For"
    _inherit = "collection.dialog"

    right_ids = fields.Many2many("collection.contact.right", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        return self.right_ids.action_end(self.reason)
