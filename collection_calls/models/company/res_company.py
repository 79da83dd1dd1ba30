from datetime import datetime

import pytz

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare
from odoo.tools.date_utils import float_to_time

from ...engine import dialogue


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = [
        "res.company",
        "collection.calling.days",
        "collection.refresh.mark",
    ]

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
    collection_acceleration_rule_id = fields.Many2one(
        "collection.acceleration.rule",
        string="Acceleration Rule",
        check_company=True,
        help="When missed installments make the rest of a new plan due. If empty, the"
        " first rule of the list.",
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

    _collection_plan_limits = models.Constraint(
        """CHECK(
            collection_plan_reminder_days >= 0
            AND collection_plan_postal_days >= 0
            AND collection_plan_min_amount >= 0
            AND collection_plan_max_days >= 0
        )""",
        "Limits of installment plans can't be negative.",
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
        return pytz.timezone(name or "UTC")

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
            fields.Date.to_date(day) for day, is_off in unusual.items() if not is_off
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
