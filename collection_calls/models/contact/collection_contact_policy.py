from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from ...engine import contact_window as engine
from ...engine import public_holidays

RULES = (
    "max_attempts",
    "attempt_days",
    "days_after_contact",
    "max_contacts",
    "contact_days",
    "hours_ids.weekday",
    "hours_ids.hour_from",
    "hours_ids.hour_to",
    "respects_holidays",
    "mode",
)
USUAL_HOURS = 8, 20
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
MINUTES = 60


class CollectionContactPolicy(models.Model):
    """Who may be called when, and who may call nevertheless."""

    _name = "collection.contact.policy"
    _description = "Contact Policy"
    _inherit = "collection.entry"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    country_ids = fields.Many2many(
        "res.country",
        string="Debtors In",
        help="Countries of the debtors. Empty: wherever they are.",
    )
    applies_to = fields.Selection(
        [
            ("everybody", "Everybody"),
            ("businesses", "Companies"),
            ("consumers", "Private persons"),
        ],
        string="Debtors Who Are",
        required=True,
        default="everybody",
    )
    max_attempts = fields.Integer(
        string="Most Attempts",
        help="Calls to the debtor within the days beside it, answered or not; which"
        " ones count is set on their outcome. A call on the day on which they wanted to"
        " be called again doesn't count, and may be made. 0: no limit.",
    )
    attempt_days = fields.Integer(
        default=7, help="Days of the debtor's calendar, the day of the call included."
    )
    days_after_contact = fields.Integer(
        string="Days after a Conversation",
        help="Days without a call once the right party was spoken to, the day of the"
        " conversation included, unless they wanted to be called again on a day of"
        " them. 0: no limit.",
    )
    hours_ids = fields.One2many(
        "collection.contact.hours",
        "policy_id",
        default=lambda self: self._get_default_hours(),
        copy=True,
        help="On the debtor's clock. Days without hours are days without calls. No"
        " hours at all: at any hour.",
    )
    respects_holidays = fields.Boolean(
        string="Not on Public Holidays",
        help="Those of the debtor's country and region, what “Holidays at the Debtors'”"
        " adds to them, and time off for everybody in the working schedule below.",
    )
    has_public_holidays = fields.Boolean(
        compute="_compute_has_public_holidays",
        help="The Python package that knows the holidays of countries is installed.",
    )
    holiday_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Public Holidays Of",
        help="Working schedule whose time off for everybody counts, too. Empty: the"
        " company's own.",
    )
    mode = fields.Selection(
        [
            ("warn", "Warn: whoever calls nevertheless gives a reason"),
            ("block", "Block: only managers call nevertheless, with a reason"),
        ],
        required=True,
        default="warn",
    )
    description = fields.Text(
        string="In Plain Words",
        compute="_compute_description",
        help="What this policy allows.",
    )
    note = fields.Text(
        string="Where It Comes From",
        translate=True,
        help="The law or agreement behind the policy, and for whom it is made.",
    )

    @api.model
    def _get_default_hours(self):
        start, end = USUAL_HOURS
        return [
            Command.create({"weekday": weekday, "hour_from": start, "hour_to": end})
            for weekday, _label in WEEKDAYS[:6]
        ]

    @api.depends(*RULES)
    @api.depends_context("lang")
    def _compute_description(self):
        for policy in self:
            policy.description = policy._say_policy()

    @api.depends("respects_holidays")
    def _compute_has_public_holidays(self):
        self.has_public_holidays = public_holidays.is_available()

    @api.constrains("max_attempts", "attempt_days", "days_after_contact")
    def _check_limits(self):
        for policy in self:
            if policy.attempt_days < 1:
                raise ValidationError(
                    self.env._("Attempts are counted over 1 day or more.")
                )
            if min(policy.max_attempts, policy.days_after_contact) < 0:
                raise ValidationError(
                    self.env._("Limits can't be negative. Enter 0 for none.")
                )

    @api.model
    def _get_policies(self, company, debtors):
        """Which policy applies to each of these debtors.

        Of those that fit, it is the one with the most conditions (its own company,
        countries, kind of debtor); among equals, the first of the list.

        :return: {debtor: policy, empty if there is none}, in a constant number of
            queries
        """
        policies = self.search(Domain("company_id", "in", [False, company.id]))
        policies = policies.sorted(lambda policy: -policy._count_conditions())
        return {
            debtor: policies.filtered(lambda policy, to=debtor: policy._fits(to))[:1]
            for debtor in debtors
        }

    def _count_conditions(self):
        self.ensure_one()
        kind = self.applies_to != "everybody"
        return bool(self.company_id) + bool(self.country_ids) + kind

    def _fits(self, debtor):
        self.ensure_one()
        if self.country_ids and debtor.country_id not in self.country_ids:
            return False
        if self.applies_to == "everybody":
            return True
        return debtor._is_collection_consumer() == (self.applies_to == "consumers")

    def _get_rules(self):
        """What the engine needs to know of the policy.

        :rtype: engine.Policy
        """
        self.ensure_one()
        return engine.Policy(
            max_attempts=self.max_attempts,
            attempt_days=self.attempt_days,
            days_after_contact=self.days_after_contact,
            hours=self._get_hours(),
            respects_holidays=self.respects_holidays,
        )

    def _get_hours(self):
        """The spans of each weekday from Monday, in minutes of the day, in order."""
        self.ensure_one()
        if not self.hours_ids:
            return engine.ANY_HOUR
        days = [[] for _day in WEEKDAYS]
        for hours in self.hours_ids:
            start, end = hours._get_minutes()
            if hours.weekday and 0 <= start < end <= 24 * 60:  # while being typed
                days[int(hours.weekday)].append((start, end))
        return tuple(tuple(sorted(spans)) for spans in days)


class CollectionContactHours(models.Model):
    """A span of a weekday in which debtors may be called.

    Odoo's working schedules say when we work, with one time zone for everybody. These
    hours are those of the debtor, whose clock is another one for each.
    """

    _name = "collection.contact.hours"
    _description = "Hours in Which to Call"
    _inherit = "collection.entry"
    _order = "weekday, hour_from, id"
    _rec_name = "weekday"

    policy_id = fields.Many2one(
        "collection.contact.policy", required=True, index=True, ondelete="cascade"
    )
    weekday = fields.Selection(WEEKDAYS, required=True, default="0")
    hour_from = fields.Float(string="From", required=True, default=8)
    hour_to = fields.Float(
        string="To", required=True, default=20, help="From this moment on, no call."
    )

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for hours in self:
            start, end = hours._get_minutes()
            if not 0 <= start < end <= 24 * MINUTES:
                raise ValidationError(
                    self.env._(
                        "Hours in which to call begin before they end, between 0:00 and"
                        " 24:00. Correct them, or delete the line."
                    )
                )

    def _get_minutes(self):
        """Beginning and end, in minutes of the day."""
        self.ensure_one()
        return round(self.hour_from * MINUTES), round(self.hour_to * MINUTES)
