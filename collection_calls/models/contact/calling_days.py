from bisect import bisect_right

from odoo import fields, models

from ...engine import dialogue

# Next calls are proposed on days of these.
SCHEDULES = {"collection_calling_calendar_id", "resource_calendar_id"}


class CollectionCallingDays(models.AbstractModel):
    """The days on which a company calls.

    Collectors who call at a regular time call at all: a company may set hours for it,
    every Tuesday and Thursday morning for instance.
    """

    _name = "collection.calling.days"
    _description = "Calling Days of a Company"

    collection_calling_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Calling Hours",
        check_company=True,
        help="When your team calls debtors: the next call is proposed on one of these"
        " days. If empty, the company's working schedule.",
    )

    def write(self, vals):
        if not SCHEDULES.isdisjoint(vals):
            self.env["collection.case"]._refresh_soon()
        return super().write(vals)

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
