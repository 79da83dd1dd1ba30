from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import get_lang

from ...engine import public_holidays as engine

MINUTES = 60


class Place(NamedTuple):
    """Where somebody is called, or pays: a country, and a region in it if it is known.

    Both are records that may be empty.
    """

    country: models.BaseModel
    state: models.BaseModel


class Closed(NamedTuple):
    """When nobody works somewhere: {day: name}, and hours on the clock there.

    ``hours`` are triples of two naive moments and a name.
    """

    days: dict
    hours: tuple = ()

    def __or__(self, other):
        return Closed({**self.days, **other.days}, (*self.hours, *other.hours))

    def find_name(self, clock):
        """Why nobody works at a naive moment on the clock there; empty if they do."""
        name = self.days.get(clock.date())
        if name is None:
            span = self.find_hours(clock)
            return span[2] if span else ""
        return name

    def find_hours(self, clock):
        """The hours that are closed at a naive moment, None if they are none."""
        closed = (span for span in self.hours if span[0] <= clock < span[1])
        return next(closed, None)


class CollectionHoliday(models.Model):
    """What a company adds to the public holidays of countries, or strikes from them.

    The holidays themselves are those of a Python package; see the engine.
    """

    _name = "collection.holiday"
    _description = "Holiday at the Debtors'"
    _inherit = "collection.entry"
    _order = "date desc, id desc"

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True)
    is_yearly = fields.Boolean(
        string="Every Year", help="On the same day of the month in all years."
    )
    effect = fields.Selection(
        [
            ("closed", "Nobody is called"),
            ("open", "An ordinary day"),
        ],
        required=True,
        default="closed",
        help="An ordinary day: calls are made as on other days, though it is a public"
        " holiday there.",
    )
    hour_from = fields.Float(
        string="From", default=0, help="On the debtor's clock: 12:00 for half a day."
    )
    hour_to = fields.Float(string="To", default=24)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    country_id = fields.Many2one("res.country", help="Empty: wherever debtors are.")
    state_id = fields.Many2one(
        "res.country.state",
        string="Region",
        domain="[('country_id', '=', country_id)]",
        help="Empty: in the whole country.",
    )

    @api.constrains("hour_from", "hour_to", "effect")
    def _check_hours(self):
        for holiday in self:
            start, end = holiday._get_minutes()
            if not 0 <= start < end <= 24 * MINUTES:
                raise ValidationError(
                    self.env._(
                        "The hours of “%(holiday)s” begin before they end, between 0:00"
                        " and 24:00. Enter 0:00 to 24:00 for the whole day.",
                        holiday=holiday.name,
                    )
                )
            if holiday.effect == "open" and not holiday._is_whole_day():
                raise ValidationError(
                    self.env._(
                        "A day can be struck as a whole only: enter 0:00 to 24:00 for"
                        " “%(holiday)s”, or add the hours without calls on a line of"
                        " their own.",
                        holiday=holiday.name,
                    )
                )

    @api.constrains("country_id", "state_id")
    def _check_state(self):
        for holiday in self.filtered("state_id"):
            if holiday.state_id.country_id != holiday.country_id:
                raise ValidationError(
                    self.env._(
                        "%(region)s isn't a region of the country of “%(holiday)s”."
                        " Choose its country, or another region.",
                        region=holiday.state_id.name,
                        holiday=holiday.name,
                    )
                )

    @api.onchange("country_id")
    def _onchange_country_id(self):
        if self.state_id.country_id != self.country_id:
            self.state_id = False

    @api.model
    def _get_closed(self, company, places, first, last):
        """When nobody works where debtors are, as far as it begins in some days.

        Names are in the user's language where they are known in it, else in that of the
        country.

        :param places: of :class:`Place`
        :param date first: of the days, ``last`` included
        :return: {place: :class:`Closed`}, in a constant number of queries
        """
        own = self.search(
            Domain("company_id", "in", [False, company.id])
            & (
                Domain("is_yearly", "=", True)
                | Domain([("date", ">=", first), ("date", "<=", last)])
            )
        )
        days = {holiday: holiday._get_days(first, last) for holiday in own}
        closed = {}
        for place in set(places):
            there = own.filtered(lambda holiday, at=place: holiday._is_in(at))
            closed[place] = there._apply(days, self._get_known(place, first, last))
        return closed

    @api.model
    def _get_known(self, place, first, last):
        """The public holidays of a place: {day: name}."""
        country, state = place
        found = engine.find_holidays(
            country.code or None,
            (state.code, state.name) if state else None,
            tuple(range(first.year, last.year + 1)),
            get_lang(self.env).code,
        )
        return {
            day: self.env._(
                "%(holiday)s in %(place)s",
                holiday=holiday.name,
                place=(state if holiday.is_regional else country).name,
            )
            for day, holiday in found.items()
            if first <= day <= last
        }

    def _apply(self, days, known):
        """What is closed, with these days added and struck.

        :param days: {holiday: list of days}
        :param dict known: the public holidays, {day: name}
        :rtype: Closed
        """
        struck = self.filtered(lambda holiday: holiday.effect == "open")
        taken = {day for holiday in struck for day in days[holiday]}
        closed = {day: name for day, name in known.items() if day not in taken}
        hours = []
        for holiday in self - struck:
            for day in days[holiday]:
                if holiday._is_whole_day():
                    closed[day] = holiday.name
                else:
                    hours.append((*holiday._get_span(day), holiday.name))
        return Closed(closed, tuple(hours))

    def _is_in(self, place):
        self.ensure_one()
        in_country = not self.country_id or self.country_id == place.country
        return in_country and (not self.state_id or self.state_id == place.state)

    def _get_days(self, first, last):
        """The days of this holiday from ``first`` to ``last``."""
        self.ensure_one()
        if not self.is_yearly:
            return [self.date]
        years = range(max(first.year, self.date.year), last.year + 1)
        days = [fields.Date.add(self.date, years=y - self.date.year) for y in years]
        return [
            day for day in days if day.day == self.date.day and first <= day <= last
        ]

    def _is_whole_day(self):
        return self._get_minutes() == (0, 24 * MINUTES)

    def _get_span(self, day):
        """Beginning and end on a day, as naive moments on the clock there."""
        midnight = datetime.combine(day, time())
        start, end = (timedelta(minutes=minutes) for minutes in self._get_minutes())
        return midnight + start, midnight + end

    def _get_minutes(self):
        """Beginning and end, in minutes of the day."""
        self.ensure_one()
        return round(self.hour_from * MINUTES), round(self.hour_to * MINUTES)

    # ------------------------------------------------------------------ bank days

    @api.model_create_multi
    def create(self, vals_list):
        holidays = super().create(vals_list)
        holidays._move_collection_deadlines()
        return holidays

    def write(self, vals):
        self._move_collection_deadlines()  # it may be another company's then
        result = super().write(vals)
        self._move_collection_deadlines()
        return result

    def unlink(self):
        self._move_collection_deadlines()
        return super().unlink()

    def _move_collection_deadlines(self):
        """Have the deadlines of promises that stand computed anew."""
        if self:
            for_all = any(not holiday.company_id for holiday in self)
            companies = self.env["res.company"] if for_all else self.company_id
            companies._move_collection_deadlines()
