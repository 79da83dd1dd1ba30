from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_date

from ...engine import contact_gate as engine
from ...engine import contact_window, phone

KINDS = [
    (engine.NO_CALLS, "No calls"),
    (engine.NOT_AT_NUMBER, "Not at this number"),
    (engine.NOT_AT_PLACE, "Not at this place"),
    (engine.HOURS, "Only between these hours"),
    (engine.IN_WRITING, "Only in writing"),
    (engine.NO_EMAIL, "No e-mails"),
    (engine.BY_POST, "Only by post"),
    (engine.NO_CONTACT, "No contact at all"),
    (engine.REPRESENTED, "Represented by somebody"),
    (engine.INSOLVENCY, "Insolvency"),
]
ROLES = [
    ("lawyer", "Lawyer"),
    ("administrator", "Administrator"),
    ("debt_advice", "Debt advice"),
    ("other", "Somebody else"),
]
# Which wishes Odoo's blacklists shall know of, as everybody else is to keep to them.
UNCALLED = (engine.NO_CALLS, engine.IN_WRITING, engine.BY_POST, engine.NO_CONTACT)
UNMAILED = (engine.NO_EMAIL, engine.BY_POST, engine.NO_CONTACT)

# What whoever represents a debtor, and isn't one of them, may ask for about themselves.
OF_OUTSIDERS = {*engine.KINDS} - {*engine.REPRESENTING, engine.NOT_AT_PLACE}

# What is noted; who noted it, and whether it stands, is never typed.
FACTS = {
    "kind",
    "partner_id",
    "contact_id",
    "number",
    "hours_ids",
    "representative_id",
    "representative_role",
    "wording",
    "said_by",
    "call_id",
    "company_id",
    "date_from",
    "date_until",
}


class CollectionContactRight(models.Model):
    """What a debtor, a person there or a number has asked for or is entitled to.

    It counts from the moment it is noted, whoever said it: an unverified person may say
    that somebody is represented. What it says is evidence and never changes; managers
    end it, with a reason.

    Whoever may see what debtors owe may note it, invoicing users, too: who asks them
    isn't sent to somebody else. What was said is read by collectors alone.
    """

    _name = "collection.contact.right"
    _description = "What a Debtor Asked For"
    _inherit = ["collection.guard", "collection.evidence"]
    _check_company_auto = True
    _order = "date_from desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, string="Asked For", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="For This Person Only",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('id', 'child_of', partner_id), ('id', '!=', partner_id)]",
        help="Empty: for the debtor and everybody there. It may be whoever represents"
        " them: then it counts for that firm. Of a place: the address to which nothing"
        " is posted any more.",
    )
    number = fields.Char(
        help="The telephone number that shall not ring any more; of a place, such as"
        " the employer's, its own."
    )
    number_e164 = fields.Char(
        string="E.164 Number",
        compute="_compute_number_e164",
        store=True,
        precompute=True,
    )
    hours_ids = fields.One2many(
        "collection.contact.hours",
        "right_id",
        string="Only Between",
        help="On the debtor's clock. On other weekdays nobody calls.",
    )
    representative_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        help="Gets what the debtor would get. Empty: nobody knows yet who it is.",
    )
    representative_role = fields.Selection(ROLES, string="Represented By A")
    wording = fields.Text(help="What was said, in the person's own words.")
    said_by = fields.Char(help="Who said it, if that is nobody in our contacts.")
    is_verified = fields.Boolean(
        string="Said by a Verified Person",
        readonly=True,
        help="Whether the person on the line had proven who they are. It counts all the"
        " same.",
    )
    call_id = fields.Many2one(
        "collection.call",
        string="Noted in Call",
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Noted By",
        readonly=True,
        required=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Who was asked, with its branches. Empty: all companies.",
    )
    date_from = fields.Date(
        string="Since",
        required=True,
        default=lambda self: self.env.company._get_collection_today(),
    )
    date_until = fields.Date(
        string="Until", help="The last day for which it was asked. Empty: for good."
    )
    date_ended = fields.Date(string="Ended On", readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    end_reason = fields.Char(string="Why Ended", readonly=True, copy=False)
    is_standing = fields.Boolean(
        string="Stands", compute="_compute_is_standing", search="_search_is_standing"
    )
    sentence = fields.Text(compute="_compute_sentence")
    blacklisted = fields.Json(
        readonly=True, copy=False, help="What it has put on Odoo's blacklists."
    )

    # ------------------------------------------------------------------ computes

    @api.depends("number", "partner_id")
    def _compute_number_e164(self):
        for right in self:
            right.number_e164 = phone.e164(right.number, right._get_region())

    def _get_region(self):
        """ISO code of the country from which a national number is dialled."""
        company = self.company_id or self.env.company
        return (self.partner_id.country_id or company.country_id).code

    @api.depends("date_until", "date_ended")
    def _compute_is_standing(self):
        for right in self:
            today = (right.company_id or self.env.company)._get_collection_today()
            is_over = right.date_until and right.date_until < today
            right.is_standing = not right.date_ended and not is_over

    def _search_is_standing(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_collection_today()
        standing = self._get_standing_domain(today)
        if True in value and False in value:
            return Domain.TRUE
        return standing if True in value else ~standing

    @api.model
    def _get_standing_domain(self, today):
        """What stands on a day of a company's calendar."""
        return Domain("date_ended", "=", False) & (
            Domain("date_until", "=", False) | Domain("date_until", ">=", today)
        )

    @api.depends("kind", "wording", "said_by", "date_from", "date_until", "date_ended")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for right in self:
            right.sentence = right._describe() if right.kind else False

    @api.depends("kind", "partner_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for right in self:
            label = labels.get(right.kind, "")
            right.display_name = f"{label} ({right.partner_id.name})"

    # -------------------------------------------------------------------- checks

    @api.constrains("date_from", "date_until")
    def _check_dates(self):
        for right in self:
            company = right.company_id or self.env.company
            if right.date_from > company._get_collection_today():
                raise ValidationError(
                    self.env._(
                        "Nobody has asked for this on %(day)s yet. Enter the day on"
                        " which it was said.",
                        day=format_date(self.env, right.date_from),
                    )
                )
            if right.date_until and right.date_until < right.date_from:
                raise ValidationError(
                    self.env._(
                        "It can't end on %(until)s, before it began on %(since)s."
                        " Correct the days, or leave “Until” empty.",
                        until=format_date(self.env, right.date_until),
                        since=format_date(self.env, right.date_from),
                    )
                )

    @api.constrains("kind", "partner_id", "contact_id")
    def _check_contact(self):
        for right in self.filtered("contact_id"):
            if right._is_of_outsider() and (
                right.kind not in OF_OUTSIDERS
                or not right.contact_id._may_stand_for(right.partner_id)
            ):
                raise ValidationError(
                    self.env._(
                        "%(contact)s doesn't belong to %(debtor)s. Choose a contact of"
                        " %(debtor)s, or leave the person empty: then it counts for"
                        " everybody there.",
                        contact=right.contact_id.display_name,
                        debtor=right.partner_id.display_name,
                    )
                )

    @api.constrains("call_id", "partner_id")
    def _check_call(self):
        for right in self.sudo().filtered("call_id"):
            if right.call_id.partner_id != right.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(call)s was held with %(debtor)s. Note there what they asked"
                        " for.",
                        call=right.call_id.name,
                        debtor=right.call_id.partner_id.display_name,
                    )
                )

    @api.constrains("kind", "number", "hours_ids", "contact_id")
    def _check_details(self):
        for right in self:
            if right.kind == engine.HOURS and not right.hours_ids:
                raise ValidationError(
                    self.env._(
                        "When may they be called? Choose at least one weekday, and the"
                        " hours."
                    )
                )
            if right.kind == engine.NOT_AT_NUMBER and not right.number_e164:
                raise ValidationError(
                    self.env._(
                        "Which number shall not ring? Enter one that can be dialled, as"
                        " +49 30 23125042."
                    )
                )
            is_place = right.contact_id or right.number_e164
            if right.kind == engine.NOT_AT_PLACE and not is_place:
                raise ValidationError(
                    self.env._(
                        "Which place is it? Enter its number, as +49 30 23125042, or"
                        " choose its address among the contacts."
                    )
                )
            if right.kind == engine.INSOLVENCY and right.contact_id:
                raise ValidationError(
                    self.env._(
                        "Insolvency is about the debtor, not about a person there:"
                        " leave the person empty."
                    )
                )

    # ------------------------------------------------------ create, write, unlink

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        vals_list = [self._prepare_right_vals(vals) for vals in vals_list]
        # sudo: hours and representatives are nobody's to create; the rest is checked.
        rights_sudo = super(CollectionContactRight, self.sudo()).create(vals_list)
        rights = rights_sudo.with_env(self.env)
        rights.check_access("create")  # a company of the user
        rights_sudo._feed_blacklists()
        rights_sudo._touch_agreements()
        return rights

    def _prepare_right_vals(self, vals):
        """Complete the values; who noted it, and whether it stands, is never typed."""
        vals = self._drop_guarded(vals)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        debtor = partner.commercial_partner_id
        if not debtor:
            raise ValidationError(self.env._("Whose wish is it? Choose the debtor."))
        if partner != debtor:
            vals.setdefault("contact_id", partner.id)
        if vals.get("contact_id") == debtor.id:
            vals["contact_id"] = False
        if vals.get("kind") == engine.NOT_AT_PLACE and not vals.get("number"):
            place = self.env["res.partner"].browse(vals.get("contact_id"))
            vals["number"] = place.phone
        # sudo: a colleague's call will do, too.
        call_sudo = self.env["collection.call"].sudo().browse(vals.get("call_id"))
        return dict(
            vals,
            partner_id=debtor.id,
            user_id=self.env.uid,
            is_verified=bool(call_sudo.verified_by),
        )

    def write(self, vals):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "What a debtor asked for is evidence and can't be changed. A"
                    " manager can end it, and you can note it anew."
                )
            )
        return super().write(vals)

    def _check_deletable(self):
        raise UserError(
            self.env._(
                "What a debtor asked for is evidence and can't be deleted. A manager"
                " can end it."
            )
        )

    # ------------------------------------------------------------------- actions

    def action_end(self, reason):
        """Let these wishes count no more: they were taken back, or are out of date.

        :param str reason: why
        :raise AccessError: if the user is no manager
        :raise UserError: if there is no reason, or one has ended already
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._(
                    "Only a collection manager may end what a debtor asked for. Ask"
                    " yours."
                )
            )
        self.check_access("read")
        reason = self._read_reason(reason, self.env._("Say why it counts no more."))
        for right in self.filtered("date_ended"):
            raise UserError(
                self.env._("“%(right)s” has ended already.", right=right.display_name)
            )
        # sudo: nobody writes what a debtor asked for.
        for company, rights_sudo in self.sudo().grouped("company_id").items():
            today = (company or self.env.company)._get_collection_today()
            rights_sudo.write(
                {
                    "date_ended": today,
                    "ended_by_id": self.env.uid,
                    "end_reason": reason,
                }
            )
        self.sudo()._leave_blacklists()
        self.sudo()._touch_agreements()
        return True

    def _touch_agreements(self):
        """An insolvency stops agreements, and its end lets them go on.

        Another number is dialled where somebody represents the debtor.
        """
        insolvencies = self.filtered(lambda right: right.kind == engine.INSOLVENCY)
        self.env["collection.agreement"]._touch_debtors(insolvencies.partner_id)
        represented = self.filtered(lambda right: right.kind in engine.REPRESENTING)
        if represented:
            cases = self.env["collection.case"].sudo()
            cases = cases.search([("partner_id", "in", represented.partner_id.ids)])
            self.env.add_to_compute(cases._fields["phone_problem"], cases)

    # ---------------------------------------------------------------- blacklists
    # Odoo's lists count for everybody who writes or calls, not only for collections. A
    # lawyer asks on behalf of one debtor, and may be called for others.

    def _feed_blacklists(self):
        """Put the numbers and addresses of lasting wishes on Odoo's blacklists."""
        for right in self.filtered(lambda right: not right.date_until):
            numbers, emails = right._get_numbers(), right._get_emails()
            # What was said stays here: these lists are everybody's, and for good.
            message = self.env._(
                "Asked for on %(day)s, noted by %(user)s in Collection Calls",
                day=format_date(self.env, right.date_from),
                user=right.user_id.name,
            )
            if numbers:
                self.env["phone.blacklist"]._add(numbers, message=message)
            for email in emails:
                self.env["mail.blacklist"]._add(email, message=message)
            if numbers or emails:
                right.blacklisted = {"numbers": numbers, "emails": emails}

    def _get_numbers(self):
        """The numbers of whoever asked for it that nobody shall call, in E.164."""
        if self.kind in engine.LOCAL:
            return [self.number_e164] if self.number_e164 else []
        if self.kind not in UNCALLED or self._is_of_outsider():
            return []
        region = self._get_region()
        person = self.contact_id or self.partner_id
        found = [self.number_e164, phone.e164(person.phone, region)]
        return list(dict.fromkeys(number for number in found if number))

    def _get_emails(self):
        if self._is_of_outsider():
            return []
        email = email_normalize((self.contact_id or self.partner_id).email or "")
        return [email] if email and self.kind in UNMAILED else []

    def _leave_blacklists(self):
        """Take off Odoo's blacklists what these put there and no other one needs."""
        message = self.env._(
            "Ended by %(user)s in Collection Calls", user=self.env.user.name
        )
        others = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("id", "not in", self.ids),
                ("date_ended", "=", False),
            ]
        )
        kept = [right.blacklisted or {} for right in others]
        for right in self.filtered("blacklisted"):
            for name, model in (
                ("numbers", "phone.blacklist"),
                ("emails", "mail.blacklist"),
            ):
                still = {value for each in kept for value in each.get(name, ())}
                for value in right.blacklisted.get(name, ()):
                    if value not in still:
                        # one by one: the mail blacklist takes no lists
                        arg = [value] if name == "numbers" else value
                        self.env[model]._remove(arg, message=message)

    # ---------------------------------------------------------------------- words

    def _describe(self):
        """What was asked for, since when, with its wording and source."""
        self.ensure_one()
        parts = [self._describe_wish(), self._describe_source()]
        if self.date_ended:
            parts.append(
                self.env._(
                    "Ended on %(day)s by %(user)s: %(reason)s",
                    day=format_date(self.env, self.date_ended),
                    user=self.sudo().ended_by_id.name,
                    reason=self.end_reason,
                )
            )
        return " ".join(parts)

    def _describe_wish(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        values = {
            "label": labels[self.kind],
            "number": self._say_number() or "–",
            "hours": self._say_hours(),
            "who": self.representative_id.display_name or self.env._("nobody knows"),
        }
        text = {
            engine.NOT_AT_NUMBER: self.env._("Not at %(number)s", **values),
            engine.NOT_AT_PLACE: self.env._(
                "Not there: %(place)s",
                place=", ".join(
                    each for each in (self.contact_id.name, self._say_number()) if each
                ),
            ),
            engine.HOURS: self.env._("Calls only %(hours)s", **values),
            engine.REPRESENTED: self.env._("Represented by %(who)s", **values),
            engine.INSOLVENCY: self.env._(
                "Insolvency (administrator: %(who)s)", **values
            ),
        }.get(self.kind, values["label"])
        if self.contact_id and self.kind != engine.NOT_AT_PLACE:
            text = self.env._(
                "%(person)s: %(wish)s", person=self.contact_id.name, wish=text
            )
        if self.date_until:
            text = self.env._(
                "%(wish)s, until %(day)s",
                wish=text,
                day=format_date(self.env, self.date_until),
            )
        return f"{text}."

    def _describe_source(self):
        values = {
            "day": format_date(self.env, self.date_from),
            "user": self.sudo().user_id.name,
            "call": self.sudo().call_id.name,
            "wording": (self.wording or "").strip(),
            "who": (self.said_by or "").strip(),
        }
        quoted = f"“{values['wording']}” " if values["wording"] else ""
        if values["who"] and self.call_id and not self.is_verified:
            source = self.env._(
                "(%(day)s, %(user)s in %(call)s, said by %(who)s, unverified)", **values
            )
        elif values["who"] and self.call_id:
            source = self.env._(
                "(%(day)s, %(user)s in %(call)s, said by %(who)s)", **values
            )
        elif values["who"]:
            source = self.env._("(%(day)s, %(user)s, said by %(who)s)", **values)
        elif self.call_id and not self.is_verified:
            source = self.env._(
                "(%(day)s, %(user)s in %(call)s, said by somebody unverified)", **values
            )
        elif self.call_id:
            source = self.env._("(%(day)s, %(user)s in %(call)s)", **values)
        else:
            source = self.env._("(%(day)s, %(user)s)", **values)
        return quoted + source

    def _say_number(self):
        """The number as calls show it, or as it was noted if nobody can dial it."""
        return phone.international(self.number, self._get_region()) or self.number

    def _say_hours(self):
        return self.hours_ids._say()

    # ------------------------------------------------------------------ whose it is

    def _is_of_outsider(self):
        """Whether somebody outside asked for it, about themselves, as a lawyer."""
        contact = self.contact_id
        return bool(contact) and contact.commercial_partner_id != self.partner_id

    def _is_of(self, representative):
        """Whether it is about contacts with this representative, or with their firm."""
        contact = self.contact_id
        if not (contact and representative):
            return False
        if not self._is_of_outsider():
            return contact == representative
        firm = representative.commercial_partner_id
        return contact.commercial_partner_id == firm

    # ------------------------------------------------------------------ for engine

    def _get_hours(self):
        """The spans of each weekday from Monday, in minutes of the day, in order."""
        if self.kind != engine.HOURS:
            return contact_window.ANY_HOUR
        days = [[] for _day in range(7)]
        for span in self.hours_ids:
            days[int(span.weekday)].append(span._get_minutes())
        return tuple(tuple(sorted(spans)) for spans in days)

    def _as_engine(self):
        """:rtype: engine.Right"""
        self.ensure_one()
        representative = self.representative_id
        is_place = self.kind == engine.NOT_AT_PLACE
        return engine.Right(
            kind=self.kind,
            key=self,
            number=self.number_e164 or "",
            hours=self._get_hours(),
            representative=representative if representative.active else None,
            place=self.contact_id.sudo(False) if is_place else None,
        )
