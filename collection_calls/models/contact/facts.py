from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import pytz

from odoo import api, fields, models

from ...engine import clock as clocks
from ...engine import contact_window as engine
from ...engine import phone
from ...engine.public_holidays import split_closing
from .collection_holiday import Closed, Place

# A day begins up to a day earlier or later elsewhere.
ELSEWHERE = timedelta(days=1)


class Finding(NamedTuple):
    """What a policy says to a call: sentences, and when nothing forbids it any more.

    Without sentences nothing forbids it. ``permitted`` is naive and in UTC, as Odoo
    stores moments; None if that isn't in sight. ``is_asked`` says that the debtor asked
    for it, or is entitled to it: then it isn't for the policy to be lenient.
    """

    policy: models.BaseModel
    sentences: tuple = ()
    permitted: datetime | None = None
    is_asked: bool = False

    @property
    def mode(self):
        """Whether a reason is enough to call nevertheless, or a manager has to."""
        return "block" if self.is_asked else self.policy.mode


class Callee(NamedTuple):
    """Whom somebody is about to call, and on which number."""

    debtor: models.BaseModel
    person: models.BaseModel
    number: str

    @property
    def is_outside(self):
        """Whether it is somebody who doesn't belong to the debtor, as a lawyer."""
        return bool(self.person) and self.person.commercial_partner_id != self.debtor

    @property
    def home(self):
        """Whose country and city say where the phone rings."""
        return self.person if self.is_outside else self.debtor


class CollectionContactPolicy(models.Model):
    """What is known about debtors that a policy asks for, read for many at once."""

    _inherit = "collection.contact.policy"

    @api.model
    def _get_debtor_findings(self, company, debtors, moment=None):
        """What the policies say to calls to these debtors on the usual numbers.

        :param datetime moment: naive, in UTC; by default now
        :return: {debtor: :class:`Finding`}, in a constant number of queries
        """
        callees = debtors._get_collection_callees(company)
        findings = self._get_findings(company, list(callees.values()), moment)
        return dict(zip(callees, findings, strict=True))

    @api.model
    def _get_findings(self, company, callees, moment=None):
        """What the policies say to calls at a moment.

        :param callees: list of :class:`Callee`
        :param datetime moment: naive, in UTC; by default now
        :return: list of :class:`Finding`, in the same order
        """
        moment = moment or fields.Datetime.now()
        debtors = self.env["res.partner"].union(*(c.debtor for c in callees))
        policies = self._get_policies(company, debtors)
        used = self.union(*policies.values())
        facts = self._get_facts(company, callees, used, moment)
        findings = []
        for callee in callees:
            policy = policies[callee.debtor]
            contact = policy and self._get_contact(company, callee, policy, facts)
            closed = policy and self._get_closed(company, callee, policy, facts)
            told = {**facts, "closed": closed}
            findings.append(policy._judge(callee, contact, told, aware(moment)))
        return findings

    @api.model
    def _get_facts(self, company, callees, policies, moment):
        """Everything that takes queries, by debtor, number or policy."""
        if not policies:
            return {}
        debtors = self.env["res.partner"].union(*(c.debtor for c in callees))
        # Calls may be logged in any order: later attempts count as well, as long as
        # they are within the days of the policy.
        window = timedelta(max(policies.mapped("attempt_days"))) + ELSEWHERE
        since, until = moment - window, moment + window
        return {
            "moment": aware(moment),
            "home": company._get_collection_tz(),
            "attempts": self._get_attempts(company, debtors, since, until),
            "contacts": self._get_last_contacts(company, debtors, moment),
            "consents": self._get_consents(company, debtors, since, until),
            "opt_outs": self._get_opt_outs(company, callees),
            "holidays": self._get_holidays(company, policies, moment),
            "places": self._get_places(company, callees, policies, moment),
        }

    @api.model
    def _get_contact(self, company, callee, policy, facts):
        """:rtype: engine.Contact"""
        closed = self._get_closed(company, callee, policy, facts)
        contact = engine.Contact(
            zones=self._get_zones(company, callee, facts["moment"]),
            holidays=frozenset(closed.days),
            closings=tuple((start, end) for start, end, _name in closed.hours),
            is_opted_out=self._get_e164(company, callee) in facts["opt_outs"],
        )
        if callee.is_outside:  # how often is about the debtor
            return contact
        last_contact = facts["contacts"].get(callee.debtor)
        contact = replace(
            contact,
            last_contact=last_contact and aware(last_contact),
            consents=facts["consents"].get(callee.debtor, ()),
        )
        attempts = map(aware, facts["attempts"].get(callee.debtor, ()))
        counted = (each for each in attempts if not engine.is_agreed(contact, each))
        return replace(contact, attempts=tuple(counted))

    def _judge(self, callee, contact, facts, moment):
        """What this policy, or none, says to a call.

        :rtype: Finding
        """
        if not self:
            return Finding(self)
        rules = self._get_rules()
        breaches = engine.breaches(rules, contact, moment)
        if not breaches:
            return Finding(self)
        permitted = engine.next_permitted(rules, contact, moment)
        closed = facts["closed"]
        sentences = [
            self._say_breach(breach.code, callee, contact, moment, closed)
            for breach in breaches
        ]
        sentences.append(self._say_permitted(contact, permitted, facts["home"]))
        return Finding(
            self, tuple(sentences), permitted and permitted.replace(tzinfo=None)
        )

    # ---------------------------------------------------------------------- facts

    @api.model
    def _get_attempts(self, company, debtors, since, until):
        """:return: {debtor: list of moments}"""
        return dict(
            self.env["collection.call"]._read_group(
                [
                    *self._get_calls_domain(company, debtors, until),
                    ("direction", "=", "outgoing"),
                    ("outcome_id.is_attempt", "=", True),
                    ("date_start", ">=", since),
                ],
                ["partner_id"],
                ["date_start:array_agg"],
            )
        )

    @api.model
    def _get_last_contacts(self, company, debtors, moment):
        """When the right party was last spoken to, whoever had called.

        :return: {debtor: moment}
        """
        return dict(
            self.env["collection.call"]._read_group(
                [
                    *self._get_calls_domain(company, debtors, moment),
                    ("right_party_verified", "=", True),
                ],
                ["partner_id"],
                ["date_start:max"],
            )
        )

    @api.model
    def _get_consents(self, company, debtors, since, until):
        """On which days of a span these debtors wanted to be called, as they told us.

        :return: {debtor: tuple of :class:`engine.Consent`}
        """
        given = since - timedelta(engine.CONSENT_DAYS)
        calls = self.env["collection.call"].search(
            [
                *self._get_calls_domain(company, debtors, until),
                ("right_party_verified", "=", True),
                ("date_start", ">=", given),
            ],
            order="date_start, id",
        )
        return {
            debtor: tuple(spoken._get_consents())
            for debtor, spoken in calls.grouped("partner_id").items()
        }

    @api.model
    def _get_calls_domain(self, company, debtors, until):
        """Calls with the debtors themselves that were held until a moment."""
        return [
            ("partner_id", "in", debtors.ids),
            ("company_id", "=", company.id),
            ("state", "=", "done"),
            ("with_representative", "=", False),
            ("date_start", "<=", until),
        ]

    @api.model
    def _get_opt_outs(self, company, callees):
        """The numbers among these that are on Odoo's phone blacklist."""
        numbers = {self._get_e164(company, callee) for callee in callees}
        # sudo: only administrators read the blacklist; we ask for known numbers.
        listed_sudo = self.env["phone.blacklist"].sudo()
        listed_sudo = listed_sudo.search([("number", "in", list(numbers - {None}))])
        return set(listed_sudo.mapped("number"))

    @api.model
    def _get_closed(self, company, callee, policy, facts):
        """When nobody is called: by our schedules, and where the debtor is.

        :rtype: Closed
        """
        if not policy.respects_holidays:
            return Closed({})
        return facts["places"][callee] | facts["holidays"][policy]

    @api.model
    def _get_places(self, company, callees, policies, moment):
        """Public holidays where the debtors are.

        :return: {callee: :class:`Closed`}
        """
        if not any(policies.mapped("respects_holidays")):
            return {}
        places = self._find_places(company, callees)
        first, last = self._get_span_of_holidays(moment)
        closed = self.env["collection.holiday"]._get_closed(
            company, places.values(), first.date(), last.date()
        )
        return {callee: closed[place] for callee, place in places.items()}

    @api.model
    def _find_places(self, company, callees):
        """Where phones ring: at the person's, else the debtor's, else as numbers say.

        :return: {callee: :class:`Place`}
        """
        places = {c: (c.person or c.debtor)._get_collection_place() for c in callees}
        codes = {
            callee: phone.country(callee.number, self._get_region(company, callee))
            for callee, place in places.items()
            if not place.country
        }
        if codes:
            countries = self.env["res.country"]
            known = list({*codes.values()} - {None})
            found = countries.search([("code", "in", known)]).grouped("code")
            nowhere = self.env["res.country.state"]
            for callee, code in codes.items():
                places[callee] = Place(found.get(code, countries), nowhere)
        return places

    @api.model
    def _get_span_of_holidays(self, moment):
        """From the day before a moment to where the engine looks."""
        return (
            moment - 2 * ELSEWHERE,
            moment + timedelta(engine.HORIZON_DAYS) + 2 * ELSEWHERE,
        )

    @api.model
    def _get_holidays(self, company, policies, moment):
        """When nobody works by the schedules that policies name.

        :return: {policy: :class:`Closed`}
        """
        holidays = {policy: Closed({}) for policy in policies}
        policies = policies.filtered("respects_holidays")
        if not policies:
            return holidays
        # sudo: collectors may not read working schedules.
        own_sudo = company.sudo().resource_calendar_id
        calendars_sudo = policies.sudo().holiday_calendar_id | own_sudo
        first, last = self._get_span_of_holidays(moment)
        leaves_sudo = calendars_sudo.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("time_type", "=", "leave"),
                ("calendar_id", "in", [False, *calendars_sudo.ids]),
                ("date_from", "<=", last),
                ("date_to", ">=", first),
            ]
        )
        for policy in policies:
            calendar_sudo = policy.sudo().holiday_calendar_id or own_sudo
            owner = calendar_sudo.company_id or company
            zone = pytz.timezone(calendar_sudo.tz or company._get_collection_tz().zone)
            for leave_sudo in leaves_sudo:
                for_all = leave_sudo.company_id in (owner, owner.browse())
                calendar = leave_sudo.calendar_id
                if calendar == calendar_sudo if calendar else for_all:
                    holidays[policy] |= _get_closing(leave_sudo, zone)
        return holidays

    @api.model
    def _get_e164(self, company, callee):
        return phone.e164(callee.number, self._get_region(company, callee))

    # ---------------------------------------------------------------------- clock
    # What the clock says where a phone rings, and who says that it is that clock.

    @api.model
    def _say_local_time(self, company, callee, moment):
        """Where the debtor is and what the clock says there: “Berlin 10:42”.

        :param moment: aware
        :return: False where nobody can tell
        """
        found = self._find_clock(company, callee, moment)
        if not found:
            return False
        [zone] = found.zones
        clock = moment.astimezone(pytz.timezone(zone))
        is_in_city = self._is_in_city(callee, found, moment)
        place = (is_in_city and callee.home.city) or say_place(zone)
        return f"{place} {clock:%H:%M}"

    @api.model
    def _say_clock_source(self, company, callee, moment):
        """What says which clock counts for a call: “by country”, “by number”.

        :param moment: aware
        """
        found = self._find_clock(company, callee, moment)
        source = found.source if found else clocks.COMPANY
        zones = self._get_clock(company, callee, moment).zones
        if not found and len(zones) > 1:
            return self.env._("by number: %(count)s time zones", count=len(zones))
        return {
            clocks.CONTACT: self.env._("set on the contact"),
            clocks.COUNTRY: self.env._("by country"),
            clocks.NUMBER: self.env._("by number"),
            clocks.COMPANY: self.env._("unknown: our own clock counts"),
        }[source]

    @api.model
    def _find_clock(self, company, callee, moment):
        """The clock that tells the hour at the debtor's, or None if nobody knows it.

        Several time zones will do if their clocks show the same; where they don't, the
        debtor's country counts if it has one clock.

        :param moment: aware
        :return: :class:`clocks.Clock` with one time zone
        """
        country = callee.home.country_id.code
        found = self._get_clock(company, callee, moment)
        if found.source == clocks.COMPANY:
            return None
        # A British mobile may ring in Guernsey, too, but one says London.
        main = clocks.country_zones(country)[:1]
        zones = sorted(found.zones, key=lambda name: name not in main)
        shared = engine.shared_clock(zones, moment)
        if shared:
            return clocks.Clock((shared,), found.source)
        only = clocks.country_zone(country, moment)
        return only and clocks.Clock((only,), clocks.COUNTRY)

    @api.model
    def _is_in_city(self, callee, found, moment):
        """Whether a clock surely tells the hour in the debtor's city, too."""
        country = clocks.country_zones(callee.home.country_id.code)
        zones = [*found.zones, *country]
        is_shared = engine.shared_clock(zones, moment)
        return found.source == clocks.CONTACT or bool(is_shared)

    @api.model
    def _get_zones(self, company, callee, moment):
        """Time zones in which the phone may ring.

        :param moment: aware
        """
        return self._get_clock(company, callee, moment).zones

    @api.model
    def _get_clock(self, company, callee, moment):
        """Whose clock counts for a call, the company's where nobody knows.

        :param moment: aware
        :rtype: clocks.Clock
        """
        return clocks.find_clock(
            moment,
            own=[
                (partner.tz, partner.country_id.code)
                for partner in (callee.person, callee.home)
            ],
            country=callee.home.country_id.code,
            number=phone.parse(callee.number, self._get_region(company, callee)),
            home=company._get_collection_tz().zone,
        )

    @api.model
    def _get_region(self, company, callee):
        """ISO code of the country from which the callee's number is dialled."""
        home = callee.home.country_id or callee.debtor.country_id
        return (home or company.country_id).code


def _get_closing(leave, zone):
    """The days and hours of a time off, on the clock of a time zone."""
    start, end = (
        aware(moment).astimezone(zone).replace(tzinfo=None)
        for moment in (leave.date_from, leave.date_to)
    )
    days, hours = split_closing(start, end)
    return Closed(
        dict.fromkeys(days, leave.name),
        tuple((start, end, leave.name) for start, end in hours),
    )


def aware(moment):
    return moment.replace(tzinfo=timezone.utc)


def say_place(zone):
    """The city in the name of a time zone."""
    return zone.split("/")[-1].replace("_", " ")
