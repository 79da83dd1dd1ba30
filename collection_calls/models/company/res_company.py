from bisect import bisect_right
from datetime import datetime

import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, float_compare
from odoo.tools.date_utils import float_to_time

from ...engine import dialogue
from ...engine.clock import get_offsets, read_zone

# Before it, clocks are taken to go as on its first day.
FIRST_YEAR = 2000
# Next calls are proposed on days of these.
SCHEDULES = {"collection_calling_calendar_id", "resource_calendar_id"}


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_promise_tolerance_days = fields.Integer(
        string="Tolerance",
        default=2,
        help="Days after the promised one that a payment may take to reach us.",
    )
    collection_promise_horizon_days = fields.Integer(
        string="Longest Promise",
        default=30,
        help="Days ahead up to which collectors accept a promise alone. 0: no limit.",
    )
    collection_promise_min_share = fields.Float(
        string="Smallest Share",
        default=20,
        help="Percentage of a claim that a promise has to cover. 0: no limit.",
    )
    collection_promise_max_in_row = fields.Integer(
        string="Promises in a Row",
        default=2,
        help="How many promises on a claim collectors accept in a row if none is kept."
        " 0: no limit.",
    )
    collection_confirmer_id = fields.Many2one(
        "res.users",
        string="Confirms Exceptions",
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env.ref("collection_calls.group_collection_manager").ids,
            )
        ],
        help="The manager who is asked to confirm promises beyond the limits. If empty,"
        " the first manager with access to the company.",
    )
    collection_backdating_days = fields.Integer(
        string="Record Afterwards",
        default=3,
        help="Days back up to which collectors record what was said. Managers record"
        " what is longer ago. 0: on the same day only.",
    )
    collection_acceleration_rule_id = fields.Many2one(
        "collection.acceleration.rule",
        string="Acceleration Rule",
        check_company=True,
        help="When missed installments make the rest of a new plan due, if the rule is"
        " made for the debtor. Otherwise, or if empty, the first of the list that is.",
    )

    collection_plan_reminder_days = fields.Integer(
        string="Remind of Installments",
        default=3,
        help="Days before an installment is due at which the debtor gets an e-mail. 0:"
        " no reminder.",
    )
    collection_plan_postal_days = fields.Integer(
        string="Postal Delivery",
        default=3,
        help="Days that a letter takes. The time that a notice gives runs from its"
        " delivery.",
    )
    collection_answer_hold_days = fields.Integer(
        string="Unread Answers Hold Back",
        default=5,
        help="Days for which an e-mail of a debtor that nobody has read holds back"
        " reminders, verdicts, notices and accelerations. 0: it holds nothing back.",
    )
    collection_answer_reminder_days = fields.Integer(
        string="Remind of Confirmations",
        default=7,
        help="Days after which a debtor who hasn't answered our confirmation is"
        " reminded by e-mail. As many days later the collector gets a to-do. 0: never.",
    )
    collection_plan_min_amount = fields.Monetary(
        string="Smallest Plan",
        help="What has to be open at least for a plan, in company currency. 0: no"
        " limit.",
    )
    collection_plan_max_days = fields.Integer(
        string="Longest Plan",
        default=730,
        help="Days from the beginning of a plan to its last installment, at most. 0: no"
        " limit.",
    )
    collection_refreshed_on = fields.Date(
        string="Cases Refreshed On",
        readonly=True,
        copy=False,
        help="The last day for which all cases of the company were brought up to date.",
    )
    collection_refresh_begun_on = fields.Date(
        string="Refreshing of Cases Begun On", readonly=True, copy=False
    )
    collection_refresh_debtor_id = fields.Integer(
        string="Last Refreshed Debtor", readonly=True, copy=False
    )
    collection_calling_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Calling Hours",
        check_company=True,
        help="When your team calls debtors: the next call is proposed on one of these"
        " days. If empty, the company's working schedule.",
    )

    _collection_plan_limits = models.Constraint(
        """CHECK(
            collection_plan_reminder_days >= 0
            AND collection_plan_postal_days >= 0
            AND collection_plan_min_amount >= 0
            AND collection_plan_max_days >= 0
        )""",
        "Limits of installment plans can't be negative.",
    )
    _collection_answer_days = models.Constraint(
        """CHECK(
            collection_answer_hold_days >= 0
            AND collection_answer_reminder_days >= 0
        )""",
        "Days for answers can't be negative. Enter 0 for none.",
    )
    _collection_backdating_limit = models.Constraint(
        "CHECK(collection_backdating_days >= 0)",
        "Days to record something afterwards can't be negative. Enter 0 for the same"
        " day.",
    )
    _collection_promise_limits = models.Constraint(
        """CHECK(
            collection_promise_tolerance_days >= 0
            AND collection_promise_horizon_days >= 0
            AND collection_promise_min_share BETWEEN 0 AND 100
            AND collection_promise_max_in_row >= 0
        )""",
        "Limits of promises can't be negative, nor a share above 100 %.",
    )

    def _get_promise_limit_notes(self, days, share, in_a_row):
        """Which limits a promise goes beyond, in words.

        :param int days: from the promise to the payment
        :param float share: smallest percentage of a claim that is promised
        :param int in_a_row: which promise on the claim this is, none kept before
        :rtype: list[str]
        """
        self.ensure_one()
        notes = []
        most_days = self.collection_promise_horizon_days
        if most_days and days > most_days:
            notes.append(
                self.env._(
                    "The payment is %(days)s days ahead; up to %(most)s are usual.",
                    days=days,
                    most=most_days,
                )
            )
        least = self.collection_promise_min_share
        if least and float_compare(share, least, precision_digits=2) < 0:
            notes.append(
                self.env._(
                    "It covers %(share)s %% of a claim; %(least)s %% is the least.",
                    share=round(share),
                    least=round(least),
                )
            )
        most_in_a_row = self.collection_promise_max_in_row
        if most_in_a_row and in_a_row > most_in_a_row:
            notes.append(
                self.env._(
                    "This is promise number %(number)s on a claim, and none was kept.",
                    number=in_a_row,
                )
            )
        return notes

    def _check_plan_limits(self, currency, total, installments):
        """Check a schedule against the limits of the company.

        :param float total: of the plan, in ``currency``
        :param installments: of :class:`...engine.schedule.Installment`, ordered
        :raise ValidationError: if it goes beyond one; managers may
        """
        self.ensure_one()
        if self.env["collection.call"]._is_manager():
            return
        company_sudo = self.sudo()
        today = self._get_collection_today()
        least = company_sudo.collection_plan_min_amount
        worth = currency._convert(total, self.currency_id, self, today)
        if self.currency_id.compare_amounts(worth, least) < 0:
            raise ValidationError(
                self.env._(
                    "Plans begin at %(least)s; %(total)s is open. Record a promise"
                    " instead, or ask a manager.",
                    least=self.currency_id.format(least),
                    total=currency.format(total),
                )
            )
        most = company_sudo.collection_plan_max_days
        days = (installments[-1].due - today).days
        if most and days > most:
            raise ValidationError(
                self.env._(
                    "The last installment would be due in %(days)s days; up to %(most)s"
                    " are allowed. Choose fewer or higher installments, or a shorter"
                    " rhythm, or ask a manager.",
                    days=days,
                    most=most,
                )
            )

    def _get_collection_confirmer(self):
        """The manager who is asked to confirm exceptions.

        The one that was chosen; where that person can't do it any more, or nobody was
        chosen, the first manager with access to the company.
        """
        self.ensure_one()
        managers_sudo = self._get_collection_managers()
        chosen_sudo = self.sudo().collection_confirmer_id
        return (chosen_sudo & managers_sudo or managers_sudo[:1]).with_env(self.env)

    def _get_collection_managers(self):
        """The collection managers with access to this company, as superuser."""
        self.ensure_one()
        # sudo: collectors may not read other users' groups and companies.
        users_sudo = self.env["res.users"].sudo()
        manager = self.env.ref("collection_calls.group_collection_manager")
        return users_sudo.search(
            [
                ("id", "!=", SUPERUSER_ID),
                ("active", "=", True),
                ("company_ids", "in", self.ids),
                ("all_group_ids", "in", manager.ids),
            ],
            order="id",
        )

    def _get_collection_tz(self):
        """Time zone in which this company's days begin and end.

        :rtype: datetime.tzinfo
        """
        self.ensure_one()
        company_sudo = self.sudo()  # collectors may not read working schedules
        name = company_sudo.partner_id.tz or company_sudo.resource_calendar_id.tz
        return pytz.timezone(read_zone(name) or name or "UTC")

    def _get_collection_clocks_sql(self):
        """The clocks of these companies, as a table for queries.

        Python says when they were changed: the database has time zones of its own, of
        another year, with another hour in some of them.

        :return: SQL with a row a company: ``company_id``, the moments ``since`` which
            its clock is ``ahead`` of UTC by the interval of the same place
        """
        last = fields.Datetime.now().year + 1
        rows = []
        for company in self:
            zone = company._get_collection_tz().zone
            _first, *changes = offsets = get_offsets(zone, FIRST_YEAR, last)
            rows.append(
                SQL(
                    "(%s, %s::timestamp[], %s::interval[])",
                    company.id,
                    ["-infinity", *(moment.isoformat() for moment, _ahead in changes)],
                    [f"{ahead.total_seconds():.0f} s" for _moment, ahead in offsets],
                )
            )
        return SQL(
            "(SELECT * FROM (VALUES %s) AS clock (company_id, since, ahead))",
            SQL(", ").join(rows),
        )

    @api.model
    def _read_collection_clock_sql(self, clock, moment):
        """What a clock of :meth:`_get_collection_clocks_sql` shows at a moment in UTC.

        :param SQL clock: the alias of its row
        :param SQL moment: a timestamp without time zone
        """
        return SQL(
            "(%(moment)s + %(clock)s.ahead[width_bucket(%(moment)s, %(clock)s.since)])",
            moment=moment,
            clock=clock,
        )

    def _get_collection_today(self):
        """Today on this company's calendar, whatever the user's time zone.

        :rtype: datetime.date
        """
        return self._get_collection_day(fields.Datetime.now())

    def _get_collection_day(self, moment):
        """Day on this company's calendar at a moment.

        :param datetime moment: naive, in UTC, as Odoo stores it
        :rtype: datetime.date
        """
        return pytz.utc.localize(moment).astimezone(self._get_collection_tz()).date()

    def _get_collection_midnight(self):
        """When today began on this company's calendar: naive, in UTC."""
        return self._get_collection_moment(self._get_collection_today())

    def _get_collection_moment(self, day, hour=0.0):
        """An hour of a day on this company's clock, as a naive moment in UTC."""
        clock = datetime.combine(day, float_to_time(hour))
        local = self._get_collection_tz().localize(clock)
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_collection_working_day(self, day, days=0):
        """The working day ``days`` working days after ``day``.

        Working days and public holidays come from the company's working schedule.

        :param date day: where to start counting
        :param int days: 0 for ``day`` itself or, if nobody works then, the next one
        :rtype: datetime.date
        """
        # Planning counts the day it starts from if somebody works on it.
        start = fields.Date.add(day, days=1) if days else day
        return self._plan_collection_days(start, max(days, 1))

    def _get_collection_working_day_before(self, day):
        """The last working day before ``day``.

        :rtype: datetime.date
        """
        return self._plan_collection_days(day, -1)

    def _get_collection_working_day_shift(self, installments):
        """What moves the due dates of a schedule to working days, read at once.

        :param installments: the schedule on any days, ordered
        :return: a function from a day to that day or the working day after it
        """
        self.ensure_one()
        first = installments[0].due
        last = fields.Date.add(installments[-1].due, months=3)
        works = self._get_collection_working_days(first, last)

        def shift(day):
            while day <= last and day not in works:
                day = fields.Date.add(day, days=1)
            return day

        return shift

    def _get_collection_working_days(self, first, last, calendar=None):
        """All working days from ``first`` to ``last``, public holidays left out.

        :param calendar: another working schedule than the company's own
        :rtype: set[datetime.date]
        """
        self.ensure_one()
        # sudo: collectors may not read working schedules.
        calendar_sudo = (calendar or self.sudo().resource_calendar_id).sudo()
        if not calendar_sudo.attendance_ids:
            span = range((last - first).days + 1)
            days = (fields.Date.add(first, days=number) for number in span)
            return {day for day in days if day.weekday() < 5}
        zone = pytz.timezone(calendar_sudo.tz)
        unusual = calendar_sudo._get_unusual_days(
            zone.localize(datetime.combine(first, datetime.min.time())),
            zone.localize(datetime.combine(last, datetime.max.time())),
            company_id=self,
        )
        return {
            # in the first centuries, Odoo leaves out zeros
            fields.Date.to_date(day.zfill(10))
            for day, is_off in unusual.items()
            if not is_off
        }

    def _plan_collection_days(self, start, days):
        """The last of ``days`` working days counted from the beginning of ``start``.

        A schedule without fixed hours says nothing about days; Monday to Friday then.
        """
        self.ensure_one()
        # sudo: collectors may not read working schedules.
        calendar_sudo = self.sudo().resource_calendar_id
        midnight = datetime.combine(start, datetime.min.time())
        if calendar_sudo.attendance_ids:
            planned = calendar_sudo.plan_days(
                days,
                pytz.timezone(calendar_sudo.tz).localize(midnight),
                compute_leaves=True,
                domain=[
                    ("time_type", "=", "leave"),
                    ("company_id", "in", [False, self.id]),
                ],
            )
            if planned:
                return planned.date()
        return dialogue.count_weekdays(start, days)

    # ------------------------------------------------------------ nightly refresh
    # How far the refreshing of a company's cases has come.
    #
    # Each company's day begins at its own midnight. A run that is stopped, by the clock
    # or by somebody who kills it, goes on after the debtor it came to.

    def _is_refresh_due(self):
        """Whether not all cases were refreshed since the company's day began."""
        return self.collection_refreshed_on != self._get_collection_today()

    def _get_refreshed_up_to(self, day):
        """:return: id of the last debtor who was done on that day; 0 if nobody was"""
        is_begun = self.collection_refresh_begun_on == day
        return self.collection_refresh_debtor_id if is_begun else 0

    def _mark_refreshed(self, day, debtor_id, is_done):
        """Note up to whom the cases were refreshed for that day, and if that is all."""
        vals = {
            "collection_refresh_begun_on": day,
            "collection_refresh_debtor_id": debtor_id,
        }
        if is_done:
            vals["collection_refreshed_on"] = day
        self.write(vals)

    @api.model
    def _get_refreshed(self):
        """Companies that were refreshed, at least in part."""
        return self.search(
            [
                "|",
                ("collection_refreshed_on", "!=", False),
                ("collection_refresh_begun_on", "!=", False),
            ],
            order="id",
        )

    def _forget_refreshed(self):
        """Have all cases of these companies refreshed once more."""
        self.write(
            {"collection_refreshed_on": False, "collection_refresh_begun_on": False}
        )

    # --------------------------------------------------------------- calling days
    # The days on which a company calls.
    #
    # Collectors who call at a regular time call at all: a company may set hours for it,
    # every Tuesday and Thursday morning for instance.

    def write(self, vals):
        self.env["collection.entry"]._check_entered_on(self, vals)
        if not SCHEDULES.isdisjoint(vals):
            self.env["collection.case"]._refresh_soon()
        result = super().write(vals)
        if "collection_include_general_items" in vals:
            self._touch_general_debtors()
        return result

    def _get_collection_calling_day(self, day, days=0):
        """The first calling day from ``days`` working days after ``day`` on.

        :param date day: where to start counting
        :param int days: 0 for ``day`` itself or, if nobody calls then, the next one
        :rtype: datetime.date
        """
        return self._get_collection_calling_days([(day, days)])[day, days]

    def _get_collection_calling_days(self, starts):
        """As :meth:`_get_collection_calling_day`, for many of them at once.

        :param starts: pairs of a day and a number of working days
        :return: {pair: calling day}
        """
        self.ensure_one()
        if not starts:
            return {}
        first = min(day for day, _days in starts)
        last = max(_get_horizon(*start) for start in starts)
        works = sorted(self._get_collection_working_days(first, last))
        calls = works
        calendar_sudo = self.sudo().collection_calling_calendar_id
        if calendar_sudo:
            days = self._get_collection_working_days(first, last, calendar_sudo)
            calls = sorted(days)
        return {start: _find_day(works, calls, *start) for start in starts}


def _get_horizon(day, days):
    """Up to when to look from a start on: for those who work one day in two weeks, too.

    It is the start's own, so that what else is asked for changes nothing.
    """
    return fields.Date.add(day, days=14 * days, months=3)


def _find_day(works, calls, day, days):
    """The calling day for a start, among working days and calling days."""
    horizon = _get_horizon(day, days)
    return _first_from(calls, _count(works, day, days, horizon), horizon)


def _count(works, day, days, horizon):
    """The day ``days`` of these days after a day; weekdays if they are too few."""
    if not days:
        return day
    position = bisect_right(works, day) + days - 1
    if position < len(works) and works[position] <= horizon:
        return works[position]
    return dialogue.count_weekdays(fields.Date.add(day, days=1), days)


def _first_from(days, day, horizon):
    """A day or, if it isn't among these days, the next one that is."""
    position = bisect_right(days, fields.Date.subtract(day, days=1))
    is_near = position < len(days) and days[position] <= horizon
    return days[position] if is_near else day
