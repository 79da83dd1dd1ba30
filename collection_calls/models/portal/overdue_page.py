import hashlib

from odoo import api, models
from odoo.fields import Domain

from ...engine import promise as promise_engine
from ..call.invitation import BUS
from ..evidence.door import open_door
from ..request.collection_request import SUPERSEDED


class CollectionCase(models.Model):
    """The page of what a debtor owes and hasn't agreed on.

    There they promise a day, propose installments, object or correct their contact
    data, as they do on the page of an agreement. It has no token: whoever gets in is
    logged in, or has proven on a call who they are.
    """

    _name = "collection.case"
    _inherit = ["collection.case", "collection.debtor.page"]

    def _has_page(self):
        return True

    def _get_page_path(self):
        self.ensure_one()
        return f"/my/overdue/{self.id}"

    def _note_page_event(self, kind, **details):
        """Keep that the debtor did something on the page, and tell the collector."""
        for case in self:
            self.env["collection.page.visit"]._get(case)._note(kind)
            calls = case.call_ids.filtered(lambda call: call.state == "ongoing")
            for call in calls[:1] or [calls]:  # there may be none
                message = {"call_id": call.id, "kind": kind}
                (case.user_id | call.user_id)._bus_send(
                    BUS, {**message, "model": case._name, "id": case.id}
                )

    def _merge_into(self, target):
        """What was asked for on the page goes to the other case along with the rest."""
        for name in ("collection.offer", "collection.contact.correction"):
            # sudo: nobody writes what debtors asked for.
            requests_sudo = self.env[name].sudo()
            requests_sudo = requests_sudo.search([("case_id", "=", self.id)])
            for request_sudo in requests_sudo:
                if request_sudo._get_rivals(target):
                    request_sudo._close(SUPERSEDED)
            requests_sudo.case_id = target
        visits_sudo = self.env["collection.page.visit"].sudo()
        visit_sudo = open_door(visits_sudo.search([("case_id", "=", self.id)]))
        if visits_sudo.search([("case_id", "=", target.id)], limit=1):
            visit_sudo.unlink()
        else:
            visit_sudo.write({"case_id": target.id})
        # sudo: all notes go along, those to users, too, which the chatter doesn't show.
        notes_sudo = self.env["mail.message"].sudo()
        mine = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        open_door(notes_sudo.search(mine)).res_id = target.id
        return super()._merge_into(target)

    # ------------------------------------------------------------------- whose it is

    def _get_subject(self, env):
        return env._("overdue invoices")

    def _get_person(self):
        return self.partner_id

    def _get_page_contact(self):
        return self.env["res.partner"]

    def _get_case(self):
        return self

    # ------------------------------------------------------------------ what is owed

    def _get_open_claims(self):
        """What is overdue, in no running plan and under no promise."""
        self.ensure_one()
        debtor = self.partner_id
        return self._sort_open(
            debtor._get_collection_unagreed_claims(self.company_id).with_env(self.env)
        )

    def _get_free_claims(self):
        """Those in one currency, that of the oldest: an agreement has one."""
        claims = self._get_open_claims()
        currency = claims[:1].sudo().currency_id
        return claims.filtered(lambda item: item.sudo().currency_id == currency)

    def _get_page_currency(self):
        oldest = self._get_open_claims()[:1]
        return oldest.sudo().currency_id or self.company_id.currency_id

    def _get_page_digest(self):
        claims = [
            (claim["item"].id, claim["amount"]) for claim in self._get_page_claims()
        ]
        return hashlib.sha256(repr((self.id, claims)).encode()).hexdigest()

    def _get_page_claims(self):
        """What the page lists, read at this moment, the oldest first.

        :return: list of dictionaries with ``label``, ``date``, ``due``, ``amount`` in
            ``currency``, ``item`` and ``move`` (the debtor's invoice, if it is one)
        """
        items_sudo = self._get_open_claims().sudo()
        return [
            {
                "label": item.move_id.name,
                "date": item.move_id.invoice_date or item.date,
                "due": item.date_maturity or item.date,
                "amount": item.amount_residual_currency,
                "currency": item.currency_id,
                "item": item,
                "move": item.move_id if item.move_id.is_sale_document() else False,
            }
            for item in items_sudo
        ]

    @api.model
    def _get_page_totals(self, claims):
        """What these come to: list of (amount, currency), one for each currency.

        :param list claims: as :meth:`_get_page_claims` returns
        """
        totals = {}
        for claim in claims:
            currency = claim["currency"]
            totals[currency] = totals.get(currency, 0) + claim["amount"]
        return [(currency.round(total), currency) for currency, total in totals.items()]

    # ---------------------------------------------------------------- what is asked

    def _is_open_to_requests(self):
        return bool(self._get_open_claims())

    def _say_over(self):
        return self.env._(
            "None of your invoices is overdue without an agreement any more. Call us,"
            " please, if you have a question."
        )

    def _find_replaced_by(self, day):
        """What was promised a moment ago, where nothing is left to promise."""
        promises = self.env["collection.promise"]
        if self._get_open_claims():
            return promises
        return promises.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", promise_engine.OPEN),
                ("answer_channel", "=", "portal"),
                ("date_promised", "=", day),
            ],
            limit=1,
        )

    def _prepare_request_vals(self, words, contact):
        vals = super()._prepare_request_vals(words, contact)
        return {**vals, "page_currency_id": self._get_page_currency().id}

    def _get_page_disputes_domain(self):
        mine = Domain("partner_id", "=", self.partner_id.id)
        return mine & Domain("company_id", "=", self.company_id.id)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_collection_unagreed_claims(self, company):
        """Overdue claims of this debtor that nothing is agreed on, oldest first.

        What an offer of ours is about is answered where that is.
        """
        claims = self._get_collection_overdue_claims(company)
        rows_sudo = self.env["collection.plan.claim"].sudo()
        offered_sudo = rows_sudo.search(
            [("move_line_id", "in", claims.ids), ("plan_id.state", "=", "offered")]
        ).move_line_id
        return claims - claims._get_collection_protected() - offered_sudo

    def _get_collection_unagreed(self, companies):
        """Companies to which this debtor owes something that isn't agreed on.

        :return: list of (company, claims)
        """
        self.ensure_one()
        found = (
            (company, self._get_collection_unagreed_claims(company))
            for company in companies
        )
        return [(company, claims) for company, claims in found if claims]
