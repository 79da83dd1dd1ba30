from datetime import datetime

import pytz

from odoo import fields, models

from ..engine import dialogue


class ResCompany(models.Model):
    _inherit = "res.company"

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
