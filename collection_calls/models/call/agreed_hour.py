from datetime import datetime, timedelta

import pytz
from babel.dates import get_timezone_name
from babel.localedata import exists as is_locale

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_duration
from odoo.tools.date_utils import float_to_time
from odoo.tools.misc import get_lang

from ..contact.facts import aware, say_place


class CollectionCall(models.Model):
    """At which hour a debtor wants to be called, on the clock on their wall.

    Nobody reckons with another's time zone while they talk: the hour is typed, told and
    written as the debtor says it, with the name of its zone. What is planned for the
    collector tells our own hour beside it, where that is another one.
    """

    _inherit = "collection.call"

    next_call_time = fields.Float(
        string="At",
        help="Hour that was agreed for the next call, on the debtor's own clock.",
    )
    next_call_zone = fields.Char(
        string="Time Zone of the Hour",
        readonly=True,
        copy=False,
        help="Whose clock the agreed hour was told by when the call was closed. Empty"
        " on older calls: the company's.",
    )
    next_call_clock = fields.Char(
        compute="_compute_next_call_clock",
        help="Where the clock is by which the hour is told, and what ours says then.",
    )

    @api.constrains("next_call_time")
    def _check_next_call_time(self):
        for call in self:
            if not 0 <= call.next_call_time < 24:
                raise ValidationError(
                    self.env._("The hour of the next call lies between 0:00 and 23:59.")
                )

    @api.depends("phone", "contact_id", "next_call_date", "next_call_time")
    @api.depends_context("lang")
    def _compute_next_call_clock(self):
        for call in self:
            is_known = bool(call.partner_id)
            call.next_call_clock = is_known and call._say_next_call_clock()

    def _say_next_call_clock(self):
        """“Chicago time, 20:30 here”."""
        self.ensure_one()
        place = self.env._("%(place)s time", place=say_place(self._get_hour_tz().zone))
        ours = self._get_our_hour()
        if not ours:
            return place
        return self.env._("%(place)s, %(hour)s here", place=place, hour=ours)

    def _get_hour_tz(self):
        """The time zone in which the hour of the next call is told.

        The debtor's as far as anybody knows it, else the company's.
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        if self.next_call_zone:
            return pytz.timezone(self.next_call_zone)
        if self.state != "ongoing" or not self.partner_id:
            return company._get_collection_tz()
        found = self.env["collection.contact.policy"]._find_clock(
            company, self._get_callee(), aware(fields.Datetime.now())
        )
        return pytz.timezone(found.zones[0]) if found else company._get_collection_tz()

    def _get_next_call_moment(self):
        """The agreed moment: naive, in UTC; None without day or hour."""
        self.ensure_one()
        if not (self.next_call_date and self.next_call_time):
            return None
        clock = datetime.combine(
            self.next_call_date, float_to_time(self.next_call_time)
        )
        local = self._get_hour_tz().localize(clock)
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_next_call_company_day(self):
        """On which day of the company's calendar the next call is to be held.

        Somebody in Sydney who wants to be called on Thursday at nine is called from
        Berlin on Wednesday night.
        """
        self.ensure_one()
        moment = self._get_next_call_moment()
        if not moment:
            return self.next_call_date
        today = self.company_id._get_collection_today()
        return max(self.company_id._get_collection_day(moment), today)

    def _get_our_hour(self):
        """The agreed hour on the company's clock: text, False where it is the same."""
        moment = self._get_next_call_moment()
        if not moment:
            return False
        ours = aware(moment).astimezone(self.company_id._get_collection_tz())
        hour = f"{ours:%H:%M}"
        return hour != format_duration(self.next_call_time) and hour

    def _say_hour(self):
        """The hour with the name of its zone, in the environment's language."""
        self.ensure_one()
        lang = get_lang(self.env).code
        locale = next(filter(is_locale, (lang, lang.split("_")[0])), "en")
        day = self.next_call_date or fields.Date.today()
        noon = datetime.combine(day, float_to_time(self.next_call_time or 12))
        moment = self._get_hour_tz().localize(noon)
        return self.env._(
            "%(hour)s (%(zone)s)",
            hour=format_duration(self.next_call_time),
            zone=get_timezone_name(moment, locale=locale),
        )

    def _keep_next_call_zone(self):
        """Remember by whose clock the hour was agreed."""
        for call in self.filtered("next_call_time"):
            call._write_closed({"next_call_zone": call._get_hour_tz().zone})

    def _get_earliest_next_call(self):
        """The moment from which on the next call may be held: naive, in UTC.

        At the hour that was agreed; else an hour after this call, so that nobody is
        called twice in a row.
        """
        self.ensure_one()
        return self._get_next_call_moment() or fields.Datetime.add(
            self.date_end or self.date_start, hours=1
        )

    def _get_agreed_calls(self):
        """Earlier calls that agreed on an hour of today that is still to come.

        None once the right party was reached: they may agree on another one.
        """
        self.ensure_one()
        if self.right_party_verified:
            return self.browse()
        today = self.company_id._get_collection_today()
        # The day of the debtor begins up to a day before ours, or after it.
        calls = self.search(
            [
                ("next_activity_id", "in", self.case_id._get_call_activities().ids),
                ("state", "=", "done"),
                ("next_call_date", ">=", today - timedelta(1)),
                ("next_call_date", "<=", today + timedelta(1)),
                ("next_call_time", ">", 0),
            ],
            order="id",
        )
        return calls._filter_agreed_for_today().filtered(
            lambda call: call._is_before_next_call()
        )

    def _filter_agreed_for_today(self):
        """Those that agreed on an hour of today, on each company's calendar."""
        return self.filtered(
            lambda call: (
                call._get_next_call_moment()
                and call._get_next_call_company_day()
                == call.company_id._get_collection_today()
            )
        )

    def _is_before_next_call(self):
        """Whether the hour of the next call, if it wasn't moved, is still to come."""
        self.ensure_one()
        planned = self.next_activity_id.date_deadline
        is_planned = planned == self._get_next_call_company_day()
        return is_planned and fields.Datetime.now() < self._get_next_call_moment()
