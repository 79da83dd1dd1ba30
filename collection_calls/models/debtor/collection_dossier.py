from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import phone
from ...engine.acceleration import ACCELERATED, ACTIVE, NOTICE
from ...engine.promise import FAILED, STANDING
from ..contact.facts import Callee

CONTACTS_SHOWN = 4
CLAIMS_SHOWN = 7
DOCUMENTS_SHOWN = 4
HISTORY_SHOWN = 7
COMMITMENTS_SHOWN = 10


class CollectionDossier(models.AbstractModel):
    """Everything a collector should know about a debtor before and while calling.

    Whatever inherits this has ``partner_id`` and ``company_id``. The number of queries
    doesn't depend on the number of invoices.
    """

    _name = "collection.dossier"
    _description = "Dossier of a Debtor"

    def _render_dossier(self, is_shut=False):
        """What we know, for the collector's eyes.

        :param bool is_shut: whether numbers can be read, but not dialled
        :return: HTML in the language of the collector
        """
        return self.env["ir.qweb"]._render(
            "collection_calls.call_dossier",
            {**self._get_dossier(), "is_shut": is_shut},
        )

    def _get_dossier(self):
        self.ensure_one()
        company = self.company_id
        figures = self.partner_id._get_collection_overdue(company)
        claims = self._get_dossier_claims(limit=CLAIMS_SHOWN)
        return {
            "debtor": self.partner_id,
            "currency": company.currency_id,
            "today": company._get_collection_today(),
            "overdue": figures.get(self.partner_id.id, (0, 0, False)),
            "overdue_told": self.partner_id._say_collection_overdue(company)[
                self.partner_id
            ],
            "contacts": self._get_dossier_contacts(),
            "claims": claims,
            "claim_count": self._get_dossier_claim_count(),
            "credits": self._get_dossier_credits(),
            "origins": [o for o in claims.move_id.mapped("invoice_origin") if o],
            "documents": self._get_dossier_documents(),
            "history": self._get_dossier_history(),
            "commitments": self._get_dossier_commitments(),
        }

    def _get_claims_domain(self):
        items = self.env["account.move.line"]
        return items._get_collection_open_domain(self.company_id) & Domain(
            [
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("amount_residual", ">", 0),
            ]
        )

    def _get_dossier_claims(self, limit):
        return self.env["account.move.line"].search(
            self._get_claims_domain(), order="date_maturity, id", limit=limit
        )

    def _get_dossier_claim_count(self):
        return self.env["account.move.line"].search_count(self._get_claims_domain())

    def _get_dossier_credits(self):
        """Open credits, in company currency: why less is overdue than is claimed."""
        overdue = self.env["collection.overdue"]._get_overdue_sql(
            self.company_id, self.partner_id.ids
        )
        [[amount]] = self.env.execute_query(
            SQL("WITH %s SELECT COALESCE(SUM(amount), 0)::float FROM credit", overdue)
        )
        return amount

    def _get_dossier_contacts(self):
        """The debtor and the people there who can be reached."""
        debtor = self.partner_id
        reachable = Domain("phone", "!=", False) | Domain("email", "!=", False)
        people = self.env["res.partner"].search(
            Domain("parent_id", "child_of", debtor.id) & reachable,
            order="name",
            limit=CONTACTS_SHOWN,
        )
        company = self.company_id
        gate = self.env["collection.contact.gate"]
        instead = gate._get_representatives(company, debtor)[debtor]
        callees = [
            debtor._choose_collection_outsider(company, partner)
            if partner == instead and callee.is_outside
            else callee
            for partner in instead | debtor | people
            for callee in [Callee(debtor, partner, partner.phone)]
        ]
        shut = self.env["collection.contact.policy"]._get_shut(company, callees)
        wrong = debtor._get_collection_wrong_numbers(company)[debtor]
        return [
            self._prepare_dossier_contact(callee, is_shut, wrong)
            for callee, is_shut in zip(callees, shut, strict=True)
        ]

    def _prepare_dossier_contact(self, callee, is_shut, wrong=()):
        """:param bool is_shut: whether they don't want that number to ring
        :param wrong: numbers in E.164 form that somebody else has
        """
        policies = self.env["collection.contact.policy"]
        region = policies._get_region(self.company_id, callee)
        dial = phone.e164(callee.number, region)
        return {
            "partner": callee.person,
            "dial": dial,
            "is_wrong": dial in wrong,
            "number": phone.international(callee.number, region) or callee.number,
            "is_shut": is_shut,
        }

    def _get_dossier_documents(self):
        moves = self.env["account.move.line"]._search(self._get_claims_domain())
        of_invoices = Domain("res_model", "=", "account.move") & Domain(
            "res_id", "in", moves.subselect("move_id")
        )
        of_debtor = Domain(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.partner_id.id)]
        )
        # sudo: who reads the invoices and the debtor reads what is attached to them.
        attachments_sudo = self.env["ir.attachment"].sudo()
        return attachments_sudo.search(
            (of_invoices | of_debtor) & Domain("res_field", "=", False),
            order="id desc",
            limit=DOCUMENTS_SHOWN,
        )

    def _get_dossier_history(self):
        """Calls and letters in one line of time, the last one first."""
        entries = (
            self._get_history_of_calls()
            + self._get_history_of_answers()
            + self._get_history_of_messages()
        )
        entries.sort(key=lambda entry: entry["date"], reverse=True)
        return entries[:HISTORY_SHOWN]

    def _get_history_of_calls(self):
        calls = self.env["collection.call"].search(
            self._get_history_of_calls_domain(), limit=HISTORY_SHOWN
        )
        return [
            {
                "date": call.date_start,
                "icon": "fa-phone",
                "text": call._get_label("outcome_id"),
                "who": call.contact_id.name,
                "said": call.statement,
                "agreed": call._tell_what_came(),
            }
            for call in calls
        ]

    def _get_history_of_calls_domain(self):
        return Domain(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
            ]
        )

    def _get_history_of_answers(self):
        """What the debtor answered by e-mail to what we wrote."""
        answers = self.env["collection.answer"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=HISTORY_SHOWN,
        )
        return [
            {
                "date": answer.date,
                "icon": "fa-reply",
                "text": answer.subject,
                "who": answer.contact_id.name or answer.email_from,
                "said": answer.text,
            }
            for answer in answers
        ]

    def _get_history_of_messages(self):
        moves = self.env["account.move.line"]._search(self._get_claims_domain())
        of_invoices = Domain("model", "=", "account.move") & Domain(
            "res_id", "in", moves.subselect("move_id")
        )
        of_debtor = Domain("model", "=", "res.partner") & Domain(
            "res_id", "in", self.partner_id.ids + self.partner_id.child_ids.ids
        )
        # sudo: who reads the invoices and the debtor reads what was written about them.
        messages_sudo = self.env["mail.message"].sudo()
        messages_sudo = messages_sudo.search(
            (of_invoices | of_debtor)
            & Domain("message_type", "in", ["email", "email_outgoing", "comment"])
            & Domain("subtype_id.internal", "=", False),
            order="date desc",
            limit=HISTORY_SHOWN,
        )
        return [
            {
                "date": message.date,
                "icon": "fa-envelope-o",
                "text": message.subject or message.preview or message.record_name,
                "who": message.author_id.name,
                "said": False,
            }
            for message in messages_sudo
        ]

    def _get_dossier_commitments(self):
        """Plans, promises that stand or the last one that was broken, open disputes.

        :return: list of texts
        """
        promises = self.env["collection.promise"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", STANDING + FAILED),
            ],
            limit=COMMITMENTS_SHOWN,
        )
        disputes = self.env["collection.dispute"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
            ],
            limit=COMMITMENTS_SHOWN,
        )
        plans = self.env["collection.plan"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", [ACTIVE, NOTICE, ACCELERATED]),
            ],
            limit=COMMITMENTS_SHOWN,
        )
        told = [*plans, *promises._get_standing_or_last_failed(), *disputes]
        return [commitment._describe() for commitment in told]

    def _get_phone_region(self):
        """ISO code of the country from which a national number is dialled."""
        country = self.partner_id.country_id or self.company_id.country_id
        return country.code
