from odoo import api, models
from odoo.fields import Domain

from ...engine import bounds, lookup, phone
from ...engine.contact_gate import REPRESENTING

SHOWN = 12
LOOKED_AT = 60  # of each kind; whoever sees more of them goes on typing


class CollectionFinder(models.AbstractModel):
    """Debtors by number, invoice, order, customer number or name.

    Each kind is asked by itself, for PostgreSQL reads indexes of several tables badly
    in one question.
    """

    _name = "collection.finder"
    _description = "Finds Debtors"

    @api.model
    def find(self, text):
        """Who may be meant, the surest ones first.

        :param str text: as it was typed, or came from the telephone
        :return: list of dicts with ``partner_id``, ``contact_id`` (or False), ``name``,
            ``place``, ``why`` (what it was found by) and ``collector``
        :raise AccessError: if the user may not hold calls
        """
        self.env["collection.call"].check_access("write")
        text = " ".join(text.split())[:100] if bounds.is_text(text) else ""
        company = self.env.company
        found = {}
        for hits in self._find_by_kind(text, company):
            for partner, why in hits:
                key = partner.commercial_partner_id
                found.setdefault(key, (partner, why))
            if len(found) >= SHOWN:
                break
        return self._tell(dict(list(found.items())[:SHOWN]), company)

    @api.model
    def _find_by_kind(self, text, company):
        """Pairs of a partner and what it was found by, kind after kind."""
        if not text:
            return
        yield self._find_by_number(text, company)
        yield self._find_by_document(text, company)
        yield self._find_by_reference(text, company)
        yield self._find_by_name(text, company)

    def _find_by_number(self, text, company):
        """Who has the number; else for whom its owner speaks, or who called from it."""
        partners = self.env["res.partner"]
        domain = partners._get_collection_number_domain(text, company)
        if domain is None:
            return []
        people = partners.search(domain, limit=LOOKED_AT)
        forms = lookup.number_forms(text, company.country_id.code)
        same = people.filtered(lambda p: self._get_form(p, company) in forms)
        is_whole = same and phone.is_international(text)
        people = same if is_whole else same | people
        debtors = people._filter_collection_debtors(company)
        ranked = debtors.sorted(lambda p: (p not in same, p.is_company))
        hits = [(person, person.phone) for person in ranked]
        return (
            hits
            or self._find_represented(people, company)
            or self._find_calls(forms, company)
        )

    @api.model
    def _get_form(self, partner, company):
        country = partner.country_id or partner.commercial_partner_id.country_id
        return phone.e164(partner.phone, (country or company.country_id).code)

    def _find_represented(self, people, company):
        """For whom these people, or their firms, speak."""
        firms = people | people.commercial_partner_id
        gate = self.env["collection.contact.gate"]
        rights = self.env["collection.contact.right"].search(
            gate._get_rights_domain(company, REPRESENTING)
            & Domain("representative_id", "in", firms.ids),
            limit=LOOKED_AT,
        )
        return [
            (right.partner_id, right.representative_id.display_name) for right in rights
        ]

    def _find_calls(self, forms, company):
        """With whom somebody spoke on this number before, whoever's it is."""
        calls = self.env["collection.call"].search(
            [
                ("phone_e164", "in", forms),
                ("company_id", "=", company.id),
                ("state", "!=", "cancelled"),
                ("outcome_id.is_wrong_number", "=", False),
            ],
            limit=SHOWN,
        )
        return [(call._get_person(), call.name) for call in calls]

    def _find_by_document(self, text, company):
        moves = self.env["account.move"]
        domain = moves._get_collection_document_domain(text, company)
        if domain is None:
            return []
        found = moves.search(domain, limit=LOOKED_AT, order="id desc")
        exact = found.filtered(lambda move: text in (move.name, move.payment_reference))
        return [
            (
                move.commercial_partner_id,
                " · ".join(filter(None, [move.name, move.ref, move.invoice_origin])),
            )
            for move in exact or found
        ]

    def _find_by_reference(self, text, company):
        partners = self.env["res.partner"]
        found = partners.search(
            partners._get_collection_reference_domain(text), limit=LOOKED_AT
        )
        debtors = found._filter_collection_debtors(company)
        return [(debtor, text) for debtor in debtors]

    def _find_by_name(self, text, company):
        partners = self.env["res.partner"]
        domain = partners._get_collection_name_domain(text)
        if domain is None:
            return []
        found = partners.search(domain, limit=LOOKED_AT, order="complete_name, id")
        debtors = found._filter_collection_debtors(company)
        wanted = text.lower()
        ranked = debtors.sorted(
            lambda p: (not (p.name or "").lower().startswith(wanted), p.complete_name)
        )
        return [(person, False) for person in ranked]

    def _tell(self, found, company):
        """What the page shows: enough to tell people apart, nothing about the debt."""
        partners = self.env["res.partner"]
        debtors = partners.union(*found)
        cases = self.env["collection.case"].search(
            [("partner_id", "in", debtors.ids), ("company_id", "=", company.id)]
        )
        collectors = {case.partner_id: case.user_id.name for case in cases}
        return [
            {
                "partner_id": debtor.id,
                "contact_id": person != debtor and person.id,
                "name": debtor.name,
                "person": (person != debtor and person.name) or "",
                "place": " ".join(filter(None, [debtor.zip, debtor.city])),
                "why": why or "",
                "collector": collectors.get(debtor) or "",
            }
            for debtor, (person, why) in found.items()
        ]
