import hashlib
from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq, format_date

from ...engine import allocation
from ...engine.acceleration import ACCELERATED, ACTIVE, NOTICE
from ...engine.promise import (
    BROKEN,
    KEPT,
    OPEN,
    PARTIAL,
    STANDING,
    SUPERSEDED,
    TO_CHECK,
    VOID,
)
from ..groups import COLLECTORS
from ..plan.collection_plan import RUNNING

PAGES = {"collection.plan": "plans", "collection.promise": "promises"}


class PageRefusal(UserError):
    """What a debtor wanted to do on a page can't be done; the message says what to do.

    ``code`` is one of the codes of messages that the page knows.
    """

    def __init__(self, message, code="refused"):
        super().__init__(message)
        self.code = code


class CollectionAgreement(models.AbstractModel):
    """The page of an agreement: where it is, who may see it, what it says."""

    _name = "collection.agreement"
    _inherit = ["collection.agreement", "portal.mixin"]

    access_token = fields.Char(groups=COLLECTORS)  # with it, one signs as the debtor

    def _compute_access_url(self):
        for agreement in self:
            agreement.access_url = f"/my/{PAGES[self._name]}/{agreement.id}"

    def action_open_page(self):
        """Look at the page as the debtor sees it."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": self.access_url, "target": "new"}

    # ------------------------------------------------------------------ who sees it

    @api.model
    def _get_page_domain(self):
        """Which agreements debtors may look at."""
        return Domain.TRUE

    def _has_page(self):
        """Whether this is one that the debtor may look at."""
        self.ensure_one()
        return bool(self.filtered_domain(self._get_page_domain()))

    def _opens_to_token(self, access_token):
        """Whether this token is the one of the links that the debtor was sent."""
        own = self.sudo().access_token
        if not own or not access_token:
            return False
        return consteq(own.encode(), str(access_token).encode(errors="replace"))

    def _render_page_link(self):
        """A button that opens the page without a login, for an e-mail to the debtor.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        if not self._has_page():
            return Markup()
        self_sudo = self.sudo()  # whoever sends it, the link is the debtor's
        return self.env["ir.qweb"]._render(
            "collection_calls.agreement_page_link",
            {
                "url": self.get_base_url() + self_sudo.get_portal_url(),
                "is_to_sign": self._can_be_answered(),
                "agreement": self,
            },
        )

    # ----------------------------------------------------------------- what it says

    def _get_agreement_text(self):
        """What is agreed, as it is signed, in the environment's language.

        :rtype: markupsafe.Markup
        """
        raise NotImplementedError

    def _get_agreement_digest(self, text=None):
        """Stands for what is signed: the page sends it along with a signature.

        :param text: as :meth:`_get_agreement_text`, if that was asked already
        """
        text = self._get_agreement_text() if text is None else text
        return hashlib.sha256(text.encode()).hexdigest()

    def _is_accepted(self):
        """Whether the debtor has accepted it in writing, however it came."""
        return self.answer_state == "accepted"

    def _get_signed(self):
        """What was signed, as it is kept; nothing if nothing was."""
        return self.acceptance_ids.filtered(lambda a: a.kind == "accepted")

    def _can_be_answered(self):
        """Whether the debtor can accept or decline it now."""
        raise NotImplementedError

    def _get_signed_for(self):
        """On whose behalf somebody signs; nothing if a debtor signs for themselves."""
        debtor = self.partner_id
        is_other = debtor.is_company or self._get_person() != debtor
        return debtor.name if is_other else False

    def _get_page_figures(self):
        """How it stands at this moment, as the ledger says.

        :return: dictionary with ``badge`` (a color and a word), ``status`` (a
            sentence), ``amount_next`` (what is asked for first: all that is late, else
            what comes next), ``next_day`` (by when, or since when it is late),
            ``is_late``, ``amount_left``, ``amount_received``, ``parts`` and
            ``receipts``; amounts in the agreement's currency; of a plan, ``ledger``, of
            which all of that was reckoned
        """
        raise NotImplementedError

    def _prepare_page_row(self):
        """How it stands, for the list of all that somebody agreed on.

        As the night has left it: the page itself reads the ledger.
        """
        raise NotImplementedError

    def _get_page_kind(self):
        """What it is called on the page."""
        raise NotImplementedError

    def _get_badge(self, is_late):
        """How it stands in a word, in the environment's language.

        :param bool is_late: whether something should have been paid before today
        :return: Bootstrap's name of a color, and the word
        """
        raise NotImplementedError

    def _get_page_claims(self):
        """The claims that it is about.

        :return: list of dictionaries with ``label``, ``date``, ``due``, ``amount`` and
            ``move`` (the debtor's invoice, if it is one)
        """
        self.ensure_one()
        return [
            {
                "label": claim.label,
                "date": claim.move_id.invoice_date or claim.move_id.date,
                "due": claim.date_maturity,
                "amount": claim.amount,
                "move": self._find_invoice(claim.move_id),
            }
            for claim in self._get_page_rows()
        ]

    def _get_page_rows(self):
        """The rows of the claims that were agreed on."""
        return self._get_claim_rows()

    def _find_invoice(self, move):
        """The invoice, if it is one of the debtor's own that can be downloaded."""
        is_own = move.commercial_partner_id == self.partner_id
        is_shown = move.state == "posted" and move.is_sale_document()
        return move if is_own and is_shown else move.browse()

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name


class CollectionPlan(models.Model):
    """The page of an installment plan."""

    _inherit = "collection.plan"

    acceptance_ids = fields.One2many(
        "collection.acceptance", "plan_id", string="Written Answers"
    )

    @api.model
    def _get_page_domain(self):
        return Domain("state", "!=", "draft")

    def _get_agreement_text(self):
        return self.env["ir.qweb"]._render(
            "collection_calls.plan_agreement_text", {"o": self}
        )

    def _can_be_answered(self):
        self.ensure_one()
        return self.state in ("offered", ACTIVE, NOTICE) and not self._is_accepted()

    def _get_page_kind(self):
        return self.env._("Installment Plan")

    def _prepare_page_row(self):
        return {
            "agreement": self,
            "kind": self._get_page_kind(),
            "url": self.access_url,
            "day": self.date_activated or self.create_date.date(),
            "next_day": self.date_next,
            "left": self.amount_open,
            "is_to_sign": self._can_be_answered(),
            "badge": self._get_badge(self.amount_arrears > 0),
        }

    def _get_page_figures(self):
        self.ensure_one()
        ledger, today = self._get_ledgers()[self], self._get_day()
        is_running = self.state in ("offered", ACTIVE, NOTICE)
        parts = [
            self._prepare_page_part(number, part, today, ledger.bank_day)
            for number, part in enumerate(ledger.parts, self._get_first_number())
        ]
        unpaid = [part for part in parts if part["residual"]]
        is_asked = is_running and not self._is_outdated() and bool(unpaid)
        arrears = 0
        if self.state in RUNNING:
            arrears = allocation.arrears(ledger.parts, today, ledger.bank_day)
        arrears = self._from_units(arrears)
        received = self._from_units(sum(part.paid for part in ledger.parts))
        left = self._from_units(ledger.residual)
        figures = {
            "ledger": ledger,
            "parts": parts if is_running or self.state == "completed" else [],
            "receipts": self._get_page_receipts(ledger),
            "amount_received": received,
            "amount_left": left if is_running or self.state == ACCELERATED else 0,
            "amount_next": (arrears or unpaid[0]["residual"]) if is_asked else 0,
            "next_day": unpaid[0]["day"] if is_asked else False,
            "is_late": bool(arrears),
        }
        if self.state == ACCELERATED:
            figures.update(
                amount_next=left,
                next_day=self.date_accelerated,
                is_late=self.date_accelerated < today,
            )
        return {**figures, **self._describe_page(arrears)}

    def _is_outdated(self):
        """Whether this is an offer of which a day is past: it can't begin any more."""
        return self.state == "offered" and self._get_first_day() < self._get_day()

    def _get_first_day(self):
        return min(self.installment_ids.mapped("date_due"), default=date.max)

    def _get_first_number(self):
        parts = self.installment_ids.sorted("date_due")
        return 0 if self._begins_with_down_payment(parts) else 1

    def _prepare_page_part(self, number, part, today, bank_day):
        states = {
            allocation.PAID: not part.residual,
            allocation.MISSED: allocation.arrears([part], today, bank_day) > 0,
            allocation.PARTIAL: part.paid > 0,
        }
        return {
            "number": number,
            "day": part.due,
            "amount": self._from_units(part.amount),
            "paid": self._from_units(part.paid),
            "residual": self._from_units(part.residual),
            "state": next((state for state, is_so in states.items() if is_so), ""),
        }

    def _get_page_receipts(self, ledger):
        """What came in, day by day: list of (day, amount)."""
        days = {}
        for receipt in ledger.receipts:
            days[receipt.date] = days.get(receipt.date, 0) + receipt.amount
        return [(day, self._from_units(days[day])) for day in sorted(days)]

    def _get_badge(self, is_late):
        late = ("warning", self.env._("In Arrears"))
        badges = {
            "offered": ("info", self.env._("Offer")),
            ACTIVE: late if is_late else ("success", self.env._("Running")),
            NOTICE: late,
            ACCELERATED: ("danger", self.env._("Due at Once")),
            "completed": ("success", self.env._("Paid")),
            "dissolved": ("secondary", self.env._("Settled")),
            "cancelled": ("secondary", self.env._("Ended")),
        }
        return badges[self.state]

    def _describe_page(self, arrears):
        """How it stands, in a word and a sentence."""
        sentences = {
            "offered": self.env._(
                "This is our offer. It begins as soon as you have signed it."
            ),
            ACTIVE: self.env._("All that was due is paid."),
            NOTICE: self.env._(
                "We wrote to you because installments are missing. Please pay"
                " %(amount)s now.",
                amount=self.currency_id.format(arrears),
            ),
            ACCELERATED: self.env._(
                "Installments were missed, so the whole rest is due at once."
            ),
            "completed": self.env._("All is paid. Thank you!"),
            "dissolved": self.env._("Nothing is left to be paid."),
            "cancelled": self.env._(
                "This agreement has ended: the invoices are due as they say. Please"
                " call us if you can't pay them."
            ),
        }
        status = sentences[self.state]
        if self._is_outdated():
            status = self.env._(
                "This offer is out of date: a day in it is past. Please call us, or"
                " write to us, for a new one."
            )
        elif self.state == ACTIVE and arrears:
            status = self.env._(
                "%(amount)s is in arrears. Please pay it now.",
                amount=self.currency_id.format(arrears),
            )
        elif self.state == ACTIVE and not self.amount_paid:
            status = self.env._("The agreement runs. Nothing is overdue.")
        return {"badge": self._get_badge(bool(arrears)), "status": status}


class CollectionPromise(models.Model):
    """The page of a promise to pay."""

    _name = "collection.promise"
    _inherit = ["collection.promise", "collection.letter"]

    acceptance_ids = fields.One2many(
        "collection.acceptance", "promise_id", string="Written Answers"
    )

    def _get_agreement_text(self):
        return self.env["ir.qweb"]._render(
            "collection_calls.promise_agreement_text", {"o": self}
        )

    def _can_be_answered(self):
        self.ensure_one()
        return self.state in STANDING and not self._is_accepted()

    def _get_page_rows(self):
        return self.line_ids

    def _write_promise(self):
        """What is promised, in one sentence: the text says “we” and “you”."""
        values = {
            "company": self.company_id.name,
            "debtor": self.partner_id.name,
            "person": self._get_person().name,
            "amount": self.currency_id.format(self.amount),
            "day": self._format_day(self.date_promised),
        }
        if self._get_person() == self.partner_id:
            return self.env._(
                "%(debtor)s (“you”) promises to pay %(amount)s to %(company)s (“we”) by"
                " %(day)s, on these invoices:",
                **values,
            )
        return self.env._(
            "%(debtor)s, represented by %(person)s (“you”), promises to pay %(amount)s"
            " to %(company)s (“we”) by %(day)s, on these invoices:",
            **values,
        )

    def _get_clause(self):
        """What comes of it if it isn't paid."""
        return self.env._(
            "Until then we don't remind you of these invoices. If the money isn't on"
            " our account by that day, we ask for all that is open on them."
        )

    def _get_page_kind(self):
        return self.env._("Promise to Pay")

    def _prepare_page_row(self):
        asked = max(self.amount_missing, 0) if self._is_asked() else 0
        is_over = self.date_deadline < self.company_id._get_collection_today()
        return {
            "agreement": self,
            "kind": self._get_page_kind(),
            "url": self.access_url,
            "day": self.date_made,
            "next_day": self.date_promised if asked else False,
            "left": asked,
            "is_to_sign": self._can_be_answered(),
            "badge": self._get_badge(bool(asked) and is_over),
        }

    def _is_asked(self):
        """Whether what is missing is still asked for."""
        return self.state in (*STANDING, PARTIAL, BROKEN)

    def _get_page_figures(self):
        self.ensure_one()
        receipts = {}
        for row in self._get_matched_evidence()[self]:
            if row.kind == "receipt" and row.counts:
                receipts[row.day] = receipts.get(row.day, 0) + row.amount
        asked = max(self.amount_missing, 0) if self._is_asked() else 0
        return {
            "parts": [],
            "receipts": sorted(receipts.items()),
            "amount_received": self.amount_paid,
            "amount_left": asked,
            "amount_next": asked,
            "next_day": self.date_promised if asked else False,
            "is_late": bool(asked) and self._is_late(),
            **self._describe_page(),
        }

    def _is_late(self):
        """Whether the day, or the bank day after it, is past and money is missing."""
        if not self._is_asked() or self.amount_missing <= 0:
            return False
        company = self.company_id
        bank_day = company._get_collection_bank_days(self.partner_id)[self.partner_id]
        day = bank_day(self.date_promised) if bank_day else self.date_promised
        return day < company._get_collection_today()

    def _get_badge(self, is_late):
        late = ("warning", self.env._("Overdue"))
        badges = {
            OPEN: late if is_late else ("info", self.env._("Agreed")),
            TO_CHECK: ("info", self.env._("Being Checked")),
            KEPT: ("success", self.env._("Paid")),
            PARTIAL: ("warning", self.env._("Partly Paid")),
            BROKEN: ("danger", self.env._("Not Paid")),
            SUPERSEDED: ("secondary", self.env._("Replaced")),
            VOID: ("secondary", self.env._("Void")),
        }
        return badges[self.state]

    def _describe_page(self):
        sentences = {
            OPEN: self.env._(
                "You pay by %(day)s.", day=format_date(self.env, self.date_promised)
            ),
            TO_CHECK: self.env._("We are looking at what came in."),
            KEPT: self.env._("You have paid as you said. Thank you!"),
            PARTIAL: self.env._("Not all of it came in by the day you named."),
            BROKEN: self.env._("Nothing came in by the day you named."),
            SUPERSEDED: self.env._("A newer agreement took its place."),
            VOID: self.env._("This promise doesn't count any more."),
        }
        status = sentences[self.state]
        is_late = self._is_late()
        if self.needs_confirmation and self.state == OPEN:
            status = self.env._("We still have to confirm what you promised.")
        elif self.state == OPEN and is_late:
            status = self.env._(
                "You promised to pay by %(day)s. Please pay it now.",
                day=format_date(self.env, self.date_promised),
            )
        return {"badge": self._get_badge(is_late), "status": status}
