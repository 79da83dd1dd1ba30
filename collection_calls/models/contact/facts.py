from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import pytz

from odoo import api, fields, models

from ...engine import contact_window as engine
from ...engine import phone

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
            findings.append(policy._judge(callee, contact, facts, aware(moment)))
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
            "opt_outs": self._get_opt_outs(company, callees),
            "holidays": self._get_holidays(company, policies, moment),
        }

    @api.model
    def _get_contact(self, company, callee, policy, facts):
        """:rtype: engine.Contact"""
        last_contact = facts["contacts"].get(callee.debtor)
        return engine.Contact(
            zones=self._get_zones(company, callee, facts["moment"]),
            attempts=tuple(map(aware, facts["attempts"].get(callee.debtor, ()))),
            last_contact=last_contact and aware(last_contact),
            holidays=frozenset(facts["holidays"][policy]),
            is_opted_out=self._get_e164(company, callee) in facts["opt_outs"],
        )

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
        holidays = facts["holidays"][self]
        sentences = [
            self._say_breach(breach.code, callee, contact, moment, holidays)
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
    def _get_calls_domain(self, company, debtors, until):
        return [
            ("partner_id", "in", debtors.ids),
            ("company_id", "=", company.id),
            ("state", "=", "done"),
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
    def _get_holidays(self, company, policies, moment):
        """Public holidays from the day before a moment to where the engine looks.

        :return: {policy: {day: name}}
        """
        holidays = {policy: {} for policy in policies}
        policies = policies.filtered("respects_holidays")
        if not policies:
            return holidays
        # sudo: collectors may not read working schedules.
        own_sudo = company.sudo().resource_calendar_id
        calendars_sudo = policies.sudo().holiday_calendar_id | own_sudo
        leaves_sudo = calendars_sudo.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("time_type", "=", "leave"),
                ("calendar_id", "in", [False, *calendars_sudo.ids]),
                ("date_from", "<=", moment + timedelta(engine.HORIZON_DAYS + 2)),
                ("date_to", ">=", moment - 2 * ELSEWHERE),
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
                    days = _days(leave_sudo.date_from, leave_sudo.date_to, zone)
                    holidays[policy].update(dict.fromkeys(days, leave_sudo.name))
        return holidays

    @api.model
    def _get_e164(self, company, callee):
        return phone.e164(callee.number, self._get_region(company, callee))

    # ---------------------------------------------------------------------- clock
    # What the clock says where a phone rings.

    @api.model
    def _say_local_time(self, company, callee, moment):
        """Where the debtor is and what the clock says there: “Berlin 10:42”.

        :param moment: aware
        :return: False where nobody can tell
        """
        zone = self._find_clock(company, callee, moment)
        if not zone:
            return False
        clock = moment.astimezone(pytz.timezone(zone))
        is_in_city = self._is_in_city(company, callee, zone, moment)
        place = (is_in_city and callee.debtor.city) or say_place(zone)
        return f"{place} {clock:%H:%M}"

    @api.model
    def _find_clock(self, company, callee, moment):
        """A time zone that tells the hour at the debtor's, or None if nobody knows it.

        Several time zones will do if their clocks show the same; where they don't, the
        debtor's country counts if it has one clock.

        :param moment: aware
        """
        country = _get_country_zones(callee.debtor)
        zones = self._find_zones(company, callee, moment)
        # A British mobile may ring in Guernsey, too, but one says London.
        zones = sorted(zones, key=lambda name: name not in country[:1])
        shared = engine.shared_clock
        return shared(zones, moment) or shared(country, moment)

    @api.model
    def _is_in_city(self, company, callee, zone, moment):
        """Whether a time zone surely tells the hour in the debtor's city, too."""
        country = _get_country_zones(callee.debtor)
        is_own = zone in self._find_own_zones(company, callee, moment)
        return is_own or bool(engine.shared_clock([zone, *country], moment))

    @api.model
    def _get_zones(self, company, callee, moment):
        """Time zones in which the phone may ring.

        The person's or the debtor's own, else those of the number, else the company's.

        :param moment: aware
        """
        zones = self._find_zones(company, callee, moment)
        return zones or (company._get_collection_tz().zone,)

    @api.model
    def _find_zones(self, company, callee, moment):
        """The same, empty if neither the people nor the number say anything."""
        own = self._find_own_zones(company, callee, moment)
        return own or self._find_number_zones(company, callee)

    @api.model
    def _find_own_zones(self, company, callee, moment):
        """The time zone of the person, else of the debtor, as far as it may be theirs.

        Odoo gives a new contact the time zone of the user who creates it, and shows it
        nowhere. So it doesn't count where nobody in the contact's country, or where the
        number rings, reads that clock.
        """
        number = self._find_number_zones(company, callee)
        for partner in callee.person, callee.debtor:
            if partner.tz in pytz.all_timezones_set:
                places = _get_country_zones(partner) or number or [partner.tz]
                clocks = [[partner.tz, place] for place in places]
                if any(engine.shared_clock(pair, moment) for pair in clocks):
                    return (partner.tz,)
        return ()

    @api.model
    def _find_number_zones(self, company, callee):
        zones = phone.time_zones(callee.number, self._get_region(company, callee))
        return tuple(name for name in zones if name in pytz.all_timezones_set)

    @api.model
    def _get_region(self, company, callee):
        """ISO code of the country from which the callee's number is dialled."""
        return (callee.debtor.country_id or company.country_id).code


def _days(start, end, zone):
    """All days that a span of naive moments in UTC touches in a time zone."""
    first = aware(start).astimezone(zone).date()
    last = (aware(end) - timedelta(seconds=1)).astimezone(zone).date()
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def aware(moment):
    return moment.replace(tzinfo=timezone.utc)


def say_place(zone):
    """The city in the name of a time zone."""
    return zone.split("/")[-1].replace("_", " ")


def _get_country_zones(partner):
    """Names of the time zones in the partner's country, the main one first."""
    return pytz.country_timezones.get(partner.country_id.code or "", [])
