from odoo import api, models

from ...engine import contact_gate as engine
from ...engine import contact_window as window
from .facts import Finding, aware


class CollectionContactPolicy(models.Model):
    """What was asked for, and quiet days, beside what the policy says to a call.

    The call list, the session, the five steps and the log ask here.
    """

    _inherit = "collection.contact.policy"

    @api.model
    def _get_facts(self, company, callees, policies, moment):
        facts = super()._get_facts(company, callees, policies, moment)
        debtors = self.env["res.partner"].union(*(c.debtor for c in callees))
        limited = policies.filtered("max_contacts")
        return {
            "moment": aware(moment),
            "home": company._get_collection_tz(),
            **facts,
            **self._get_rights_facts(company, callees),
            "touches": self._get_touches(company, debtors, limited, moment)
            if limited
            else {},
        }

    @api.model
    def _get_rights_facts(self, company, callees):
        """What these debtors asked for, and which numbers ring at theirs."""
        debtors = self.env["res.partner"].union(*(c.debtor for c in callees))
        outside = [callee.debtor.id for callee in callees if callee.is_outside]
        gate = self.env["collection.contact.gate"]
        return {
            "company": company,
            "rights": gate._get_rights(company, debtors),
            "numbers": gate._get_numbers(company, debtors.browse(set(outside))),
        }

    def _judge(self, callee, contact, facts, moment):
        """What was asked for comes first, whatever the policy, or none, says.

        :rtype: Finding
        """
        finding = super()._judge(callee, contact, facts, moment)
        rights = self._get_rights_against(callee, facts, moment)
        quiet = self._is_quiet(callee, contact, facts, moment)
        if not (rights or quiet):
            return finding
        said = [right.key._describe() for right in rights]
        said += finding.sentences[:-1]
        if quiet:
            said.append(self._say_quiet())
        lasting = any(right.kind != engine.HOURS for right in rights)
        permitted = None
        if not lasting:
            checks = self._get_checks(callee, contact, facts)
            permitted = engine.next_permitted(checks, moment)
        said.append(self._say_when(callee, contact, permitted, lasting, facts))
        return Finding(
            self,
            tuple(said),
            permitted and permitted.replace(tzinfo=None),
            is_asked=bool(rights),
        )

    @api.model
    def _get_shut(self, company, callees):
        """Which of these shall not ring as long as what was asked for stands.

        :param callees: list of :class:`Callee`
        :return: list of booleans, in the same order
        """
        facts = self._get_rights_facts(company, callees)
        return [
            bool(self._get_lasting_rights_against(callee, facts)) for callee in callees
        ]

    @api.model
    def _get_rights_against(self, callee, facts, moment):
        """:return: list of :class:`engine.Right` that a call now would disregard"""
        against = self._get_lasting_rights_against(callee, facts)
        rights = self._get_asked_hours(callee, facts)
        if not rights:
            return against
        zones = self._get_zones(facts["company"], callee, facts["moment"])
        return [*against, *engine.breached_hours(rights, zones, moment)]

    @api.model
    def _get_lasting_rights_against(self, callee, facts):
        """Those that don't pass by themselves.

        :return: list of :class:`engine.Right`
        """
        rights = self._get_relevant_rights(callee, facts)
        number = self._get_e164(facts["company"], callee) or ""
        is_representative = self._is_with_representative(callee, facts)
        against = []
        while True:  # each of them is said
            others = [right for right in rights if right not in against]
            passage = engine.judge(
                engine.CALL, engine.PHONE, others, number, is_representative
            )
            if passage.is_allowed:
                return against
            against.append(passage.right)

    @api.model
    def _get_asked_hours(self, callee, facts):
        """The hours that were asked for, as rights; a representative has others."""
        is_theirs = self._is_with_representative(callee, facts)
        return [
            right
            for right in self._get_relevant_rights(callee, facts)
            if right.kind == engine.HOURS and right.is_theirs == is_theirs
        ]

    @api.model
    def _get_relevant_rights(self, callee, facts):
        gate = self.env["collection.contact.gate"]
        return gate._get_relevant(facts["rights"], callee.debtor, callee.person)

    @api.model
    def _is_with_representative(self, callee, facts):
        """Whether whoever represents the debtor is called, and nobody else."""
        gate = self.env["collection.contact.gate"]
        instead = engine.representative(self._get_relevant_rights(callee, facts))
        if not gate._is_representative(callee, instead):
            return False
        company = facts["company"]
        number = self._get_e164(company, callee)
        if callee.is_outside:
            return number not in facts["numbers"].get(callee.debtor, ())
        return number == self._get_e164(
            company, callee._replace(number=callee.person.phone)
        )

    def _is_quiet(self, callee, contact, facts, moment):
        if not (self and self.max_contacts) or callee.is_outside:
            return False
        if window.is_agreed(contact, moment):
            return False  # they want it
        rules, touched = self._get_quiet_check(callee, contact, facts)
        return bool(window.breaches(rules, touched, moment))

    def _get_quiet_check(self, callee, contact, facts):
        moments = tuple(map(aware, facts["touches"].get(callee.debtor, ())))
        touched = window.Contact(zones=contact.zones, attempts=moments)
        return self._get_quiet_rules(), touched

    def _get_checks(self, callee, contact, facts):
        """Everything that has to permit a call, as the engine takes it."""
        zones = self._get_zones(facts["company"], callee, facts["moment"])
        checks = [
            (window.Policy(hours=right.hours), window.Contact(zones=zones))
            for right in self._get_asked_hours(callee, facts)
        ]
        if self:
            checks.append((self._get_rules(), contact))
            if self.max_contacts and not callee.is_outside:
                checks.append(self._get_quiet_check(callee, contact, facts))
        return checks

    def _say_quiet(self):
        return self.env._(
            "The debtor has heard from us often enough: %(most)s contacts in %(days)s"
            " days are allowed, by whatever channel.",
            most=self.max_contacts,
            days=self.contact_days,
        )

    def _say_when(self, callee, contact, permitted, lasting, facts):
        if lasting:
            return self.env._(
                "No call is allowed as long as that stands. A manager may end it."
            )
        if not contact:
            zones = self._get_zones(facts["company"], callee, facts["moment"])
            contact = window.Contact(zones=zones)
        return self._say_permitted(contact, permitted, facts["home"])
