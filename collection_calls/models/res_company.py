from datetime import datetime

import pytz

from odoo import api, fields, models


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
        self.ensure_one()
        calendar_sudo = self.sudo().resource_calendar_id
        if not calendar_sudo:
            return fields.Date.add(day, days=days)
        # plan_days() counts the day it starts from if somebody works on it.
        start = day if not days else fields.Date.add(day, days=1)
        midnight = self._get_midnight(calendar_sudo, start)
        planned = calendar_sudo.plan_days(max(days, 1), midnight, compute_leaves=True)
        return planned.date() if planned else fields.Date.add(day, days=days)

    def _get_collection_working_day_before(self, day):
        """The last working day before ``day``.

        :rtype: datetime.date
        """
        self.ensure_one()
        calendar_sudo = self.sudo().resource_calendar_id
        if not calendar_sudo:
            return fields.Date.subtract(day, days=1)
        midnight = self._get_midnight(calendar_sudo, day)
        planned = calendar_sudo.plan_days(-1, midnight, compute_leaves=True)
        return planned.date() if planned else fields.Date.subtract(day, days=1)

    @api.model
    def _get_midnight(self, calendar, day):
        midnight = datetime.combine(day, datetime.min.time())
        return pytz.timezone(calendar.tz).localize(midnight)
