from odoo import models
from odoo.fields import Domain

from ...engine import phone
from ..contact.collection_holiday import Place
from ..contact.facts import Callee

# Neither addresses of warehouses nor what is private.
PEOPLE_DOMAIN = [
    ("parent_id", "!=", False),
    ("is_company", "=", False),
    ("type", "in", ["contact", "invoice"]),
]


class ResPartner(models.Model):
    """Whom to call about what a debtor owes, and on which number."""

    _inherit = "res.partner"

    def _is_collection_consumer(self):
        """Whether whoever owes what this contact owes is a private person.

        That is everybody whom Odoo doesn't know as a company, sole traders included:
        who isn't sure gets the better protection.
        """
        self.ensure_one()
        return not self.commercial_partner_id.is_company

    def _get_collection_contact(self):
        """The person to call: this contact, else whoever gets the debtor's invoices.

        :return: a partner; an empty one where several people could be meant
        """
        self.ensure_one()
        if not self.is_company:
            return self
        person = self.browse(self.address_get(["invoice"])["invoice"])
        return self._get_collection_only_contact() if person.is_company else person

    def _get_collection_only_contact(self):
        """The one contact person of this company, or the only one with a number."""
        self.ensure_one()
        people = self.child_ids.filtered(
            lambda child: child.type == "contact" and not child.is_company
        )
        if len(people) > 1:
            people = people.filtered("phone")
        return people if len(people) == 1 else self.browse()

    def _get_collection_callees(self, company):
        """Whom of these debtors to call, and on which number: what calls propose.

        :return: {debtor: callee}, in a constant number of queries
        """
        people = self._get_collection_people()
        wrong = self._get_collection_wrong_numbers(company)
        gate = self.env["collection.contact.gate"]
        instead = gate._get_representatives(company, self)
        return {
            debtor: debtor._choose_collection_callee(
                company,
                instead[debtor] or debtor._get_collection_contact(),
                people[debtor],
                wrong[debtor],
            )
            for debtor in self
        }

    def _get_collection_wrong_numbers(self, company):
        """Numbers that somebody else has: the last call to them was a wrong number.

        :return: {debtor: set of numbers in E.164 form}, in two queries at most
        """
        numbers = {debtor: set() for debtor in self}
        # sudo: a wrong number is one, whoever has dialled it.
        calls_sudo = self.env["collection.call"].sudo()
        mine = Domain(
            [
                ("partner_id", "in", self.ids),
                ("company_id", "=", company.id),
                ("state", "=", "done"),
            ]
        )
        wrong_sudo = calls_sudo.search(
            mine
            & Domain("phone_e164", "!=", False)
            & Domain("outcome_id.is_wrong_number", "=", True)
        )
        if not wrong_sudo:
            return numbers
        dialled_sudo = calls_sudo.search(
            mine & Domain("phone_e164", "in", wrong_sudo.mapped("phone_e164")),
            order="date_start, id",
        )
        last = {(call.partner_id.id, call.phone_e164): call for call in dialled_sudo}
        for call in last.values():
            if call in wrong_sudo:
                numbers[call.partner_id.sudo(self.env.su)].add(call.phone_e164)
        return numbers

    def _get_collection_callee_person(self, company):
        """The person to call: whoever represents the debtor, else as
        :meth:`_get_collection_contact` says.
        """
        self.ensure_one()
        gate = self.env["collection.contact.gate"]
        debtor = self.commercial_partner_id
        instead = gate._get_representatives(company, debtor)
        person = instead[debtor] or self._get_collection_contact()
        wrong = debtor._get_collection_wrong_numbers(company)[debtor]
        if not wrong:
            return person
        people = debtor._get_collection_people()[debtor]
        callee = debtor._choose_collection_callee(company, person, people, wrong)
        # Whose number is right is asked for, not whose number isn't.
        return person if callee.person == debtor else callee.person

    def _choose_collection_callee(self, company, contact, people, wrong=()):
        """The contact's number, the debtor's or that of others there, if it rings.

        :param contact: who shall be called; may be empty
        :param people: who else is there
        :param wrong: numbers in E.164 form that somebody else has: they are chosen only
            where there are no others
        :rtype: Callee, without a number where none can be dialled
        """
        self.ensure_one()
        region = (self.country_id or company.country_id).code
        person = contact or self
        if person.commercial_partner_id != self:
            return self._choose_collection_outsider(company, person)
        numbers = {
            other: number
            for other in (contact, self, *people)
            if (number := phone.e164(other.phone, region))
        }
        ringing = [other for other in numbers if numbers[other] not in wrong]
        for other in ringing or numbers:
            is_other = other not in (contact, self)
            return Callee(self, other if is_other else person, other.phone)
        return Callee(self, person, False)

    def _choose_collection_outsider(self, company, person):
        """Somebody who represents this debtor: their own number, or their firm's.

        :rtype: Callee
        """
        firm = person.commercial_partner_id
        country = person.country_id or firm.country_id or self.country_id
        region = (country or company.country_id).code
        numbers = (person.phone, firm.phone)
        found = (number for number in numbers if phone.e164(number, region))
        return Callee(self, person, next(found, False))

    def _get_collection_place(self):
        """Where this contact is, or else the debtor: whose public holidays count.

        :rtype: Place
        """
        self.ensure_one()
        there = self if self.country_id else self.commercial_partner_id
        return Place(there.country_id, there.state_id)

    def _get_collection_people(self):
        """Who may be called about what these debtors owe, besides themselves.

        :return: {debtor: partners}, in one query; nobody where there is no debtor yet
        """
        people = self.search(
            [("commercial_partner_id", "in", self.ids), *PEOPLE_DOMAIN]
        ).grouped("commercial_partner_id")
        return {debtor: people.get(debtor, self.browse()) for debtor in self}
