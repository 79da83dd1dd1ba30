from dataclasses import replace
from datetime import timedelta

import pytz

from odoo import models
from odoo.tools import format_date

from ...engine import contact_window as engine
from .facts import say_place

WEEK = range(7)


class CollectionContactPolicy(models.Model):
    """A contact policy, and what it says to a call, in plain words."""

    _inherit = "collection.contact.policy"

    def _say_policy(self):
        """What is allowed, and who may do otherwise."""
        self.ensure_one()
        limits = [self._say_attempts(), self._say_contacts()]
        limits.append(self._say_days_after_contact())
        limits.append(self._say_hours_there())
        if self.respects_holidays:
            limits.append(self.env._("not on public holidays"))
        sentence = self.env._(
            "%(limits)s.", limits=", ".join(limit for limit in limits if limit)
        )
        return f"{sentence} {self._say_mode()}"

    def _say_attempts(self):
        most, days = self.max_attempts, self.attempt_days
        if not most:
            return self.env._("Any number of attempts")
        if days == 1:
            if most == 1:
                return self.env._("One attempt a day")
            return self.env._("Up to %(count)s attempts a day", count=most)
        if most == 1:
            return self.env._("One attempt in %(days)s days", days=days)
        return self.env._(
            "Up to %(count)s attempts in %(days)s days", count=most, days=days
        )

    def _say_contacts(self):
        if not self.max_contacts:
            return ""
        return self.env._(
            "up to %(count)s contacts by any channel in %(days)s days",
            count=self.max_contacts,
            days=self.contact_days,
        )

    def _say_days_after_contact(self):
        days = self.days_after_contact
        if days == 1:
            return self.env._("not twice on the day of a conversation")
        return days and self.env._("%(days)s days after a conversation", days=days)

    def _say_hours_there(self):
        if not self.hours_ids:
            return self.env._("at any hour")
        return self.env._("%(hours)s at the debtor's", hours=self._say_hours())

    def _say_hours(self):
        """The hours of the week; days that have the same ones are put together."""
        hours = self._get_hours()
        runs = []
        for day in WEEK:
            if runs and hours[runs[-1][-1]] == hours[day]:
                runs[-1].append(day)
            else:
                runs.append([day])
        return ", ".join(
            f"{self._say_days(days)} {self._say_spans(hours[days[0]])}".strip()
            for days in runs
            if hours[days[0]]
        )

    def _say_days(self, days):
        names = [self._get_weekday(day) for day in days]
        if len(days) == len(WEEK):
            return ""
        if len(days) == 1:
            return names[0]
        return self.env._("%(first)s to %(last)s", first=names[0], last=names[-1])

    def _get_weekday(self, day):
        weekdays = self.env["collection.contact.hours"]._fields["weekday"]
        return dict(weekdays._description_selection(self.env))[str(day)]

    def _say_spans(self, spans):
        texts = [
            self.env._(
                "from %(start)s to %(end)s",
                start=_say_minutes(start),
                end=_say_minutes(end),
            )
            for start, end in spans
        ]
        *first, last = texts
        if not first:
            return last
        return self.env._("%(spans)s and %(last)s", spans=", ".join(first), last=last)

    def _say_mode(self):
        if self.mode == "block":
            return self.env._("Only a manager may call otherwise, and gives a reason.")
        return self.env._("Whoever calls otherwise gives a reason.")

    # -------------------------------------------------------------------- breaches

    def _say_breach(self, code, callee, contact, moment, closed):
        """Why a call at an (aware) moment is against the policy.

        :param str code: of the engine
        :param closed: when nobody works there, as :class:`Closed`
        """
        zone = self._find_zone(code, contact, moment)
        clock = moment.astimezone(pytz.timezone(zone))
        if code == engine.OPT_OUT:
            return self.env._(
                "%(number)s is on the phone blacklist: nobody there wants to be"
                " called.",
                number=callee.number,
            )
        if code == engine.TOO_MANY:
            return self._say_too_many(contact, clock)
        if code == engine.TOO_SOON:
            return self._say_too_soon(contact, clock)
        if code == engine.HOUR:
            return self.env._(
                "It is %(weekday)s, %(time)s there (%(place)s); calls are allowed"
                " %(hours)s.",
                weekday=self._get_weekday(clock.weekday()),
                time=_say_clock(clock),
                place=say_place(zone),
                hours=self._say_hours(),
            )
        return self._say_closed(closed, clock.replace(tzinfo=None))

    def _find_zone(self, code, contact, moment):
        """The first of the time zones whose clock or calendar forbids the call."""
        rules = self._get_rules()
        for zone in contact.zones:
            there = replace(contact, zones=(zone,))
            if code in [b.code for b in engine.breaches(rules, there, moment)]:
                return zone
        return contact.zones[0]

    def _say_closed(self, closed, clock):
        """Why nobody works at a naive moment on the clock there."""
        day = format_date(self.env, clock.date(), date_format="full")
        name = closed.find_name(clock) or "–"
        hours = clock.date() not in closed.days and closed.find_hours(clock)
        if not hours:
            return self.env._(
                "%(day)s is a public holiday: %(name)s.", day=day, name=name
            )
        start, end, _name = hours
        return self.env._(
            "Nobody works on %(day)s from %(start)s to %(end)s: %(name)s.",
            day=day,
            start=_say_clock(start),
            end=_say_clock(end) if end.date() == start.date() else _say_minutes(1440),
            name=name,
        )

    def _say_too_many(self, contact, clock):
        first = clock.date() - timedelta(self.attempt_days - 1)
        days = [attempt.astimezone(clock.tzinfo).date() for attempt in contact.attempts]
        number = sum(day >= first for day in days) + 1
        if self.attempt_days == 1:
            return self.env._(
                "This is attempt number %(number)s of the day; %(most)s are allowed.",
                number=number,
                most=self.max_attempts,
            )
        return self.env._(
            "This is attempt number %(number)s within %(days)s days; %(most)s are"
            " allowed.",
            number=number,
            days=self.attempt_days,
            most=self.max_attempts,
        )

    def _say_too_soon(self, contact, clock):
        spoken = contact.last_contact.astimezone(clock.tzinfo).date()
        day = format_date(self.env, spoken, date_format="full")
        if self.days_after_contact == 1:
            return self.env._(
                "There was a conversation on %(day)s already: no second call on the"
                " same day.",
                day=day,
            )
        return self.env._(
            "The last conversation was on %(day)s; the next call is allowed %(days)s"
            " days after it.",
            day=day,
            days=self.days_after_contact,
        )

    def _say_permitted(self, contact, permitted, home):
        """From when on nothing forbids a call, on the debtor's clock.

        :param datetime.tzinfo home: whose clock counts where there are many of them
        """
        if not permitted:
            if contact.is_opted_out:
                return self.env._(
                    "No call to this number is allowed while it is on that list."
                )
            return self.env._(
                "No call is allowed within the next %(days)s days.",
                days=engine.HORIZON_DAYS,
            )
        if len(contact.zones) > 1:
            clock = permitted.astimezone(home)
            return self.env._(
                "The number may ring in %(count)s time zones; in all of them, the next"
                " call is allowed from %(day)s, %(time)s (%(place)s) on.",
                count=len(contact.zones),
                day=format_date(self.env, clock.date(), date_format="full"),
                time=_say_clock(clock),
                place=say_place(home.zone),
            )
        zone = contact.zones[0]
        clock = permitted.astimezone(pytz.timezone(zone))
        return self.env._(
            "The next call is allowed from %(day)s, %(time)s there (%(place)s) on.",
            day=format_date(self.env, clock.date(), date_format="full"),
            time=_say_clock(clock),
            place=say_place(zone),
        )


def _say_clock(clock):
    return _say_minutes(clock.hour * 60 + clock.minute)


def _say_minutes(minutes):
    """An hour of the day as 8:00; the end of the day is 24:00."""
    return f"{minutes // 60}:{minutes % 60:02}"
