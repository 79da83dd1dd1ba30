from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..promise.collection_promise import PAYMENT_METHODS

COMMITTING = ("promise", "dispute")  # solutions that may bind both to something


class CollectionCall(models.Model):
    """What the debtor commits to in a call, claim by claim.

    While the call goes on it is noted on the claims; closing the call makes promises
    and disputes of it. From then on they alone know.
    """

    _inherit = "collection.call"

    promise_ids = fields.One2many("collection.promise", "call_id", string="Promises")
    plan_ids = fields.One2many("collection.plan", "call_id", string="Installment Plans")
    dispute_ids = fields.One2many("collection.dispute", "call_id", string="Disputes")
    dispute_count = fields.Integer(
        string="Disputes Opened", compute="_compute_dispute_count"
    )
    payment_method = fields.Selection(
        PAYMENT_METHODS,
        help="How the debtor will pay what is promised.",
    )
    promise_limit_note = fields.Text(
        string="Beyond the Limits",
        compute="_compute_promise_limit_note",
        help="Why a manager will have to confirm what is promised.",
    )

    beyond_note = fields.Text(
        string="Beyond What Is Open",
        compute="_compute_beyond_note",
        help="What is promised beyond what is left beside disputes and credits.",
    )

    @api.depends(
        "outcome_id",
        "claim_ids.promised_amount",
        "claim_ids.promised_date",
        "claim_ids.amount_residual",
    )
    def _compute_promise_limit_note(self):
        for call in self:
            claims = call._get_promised_claims().filtered(
                lambda claim: claim.promised_date and claim.amount_residual
            )
            notes = claims and call.company_id.sudo()._get_promise_limit_notes(
                days=(max(claims.mapped("promised_date")) - call._get_day()).days,
                share=min(
                    100 * claim.promised_amount / claim.amount_residual
                    for claim in claims
                ),
                in_a_row=1
                + claims.move_line_id._count_promises_in_a_row(superseding=True),
            )
            call.promise_limit_note = "\n".join(notes or []) or False

    @api.depends(
        "outcome_id",
        "claim_ids.promised_amount",
        "claim_ids.disputed_amount",
        "claim_ids.amount_residual",
    )
    @api.depends_context("lang")
    def _compute_beyond_note(self):
        for call in self:
            call.beyond_note = call._get_beyond_note()

    @api.depends("dispute_ids")
    def _compute_dispute_count(self):
        for call in self:
            call.dispute_count = len(call.dispute_ids)

    def action_view_disputes(self):
        """Open the disputes that were noted in this call."""
        self.ensure_one()
        return self.dispute_ids._get_list_action([("call_id", "=", self.id)])

    def _get_day(self):
        """Day of the call on the company's calendar."""
        return self.company_id._get_collection_day(self.date_start)

    def _get_promised_claims(self):
        """Claims on which a promise is noted that isn't made yet."""
        self.ensure_one()
        if self.outcome_id.solution not in COMMITTING:
            return self.claim_ids.browse()
        made = self._get_made_promises().line_ids.move_line_id
        return self.claim_ids.filtered(
            lambda claim: claim.promised_amount and claim.move_line_id not in made
        )

    def _undo_commitments(self, reason):
        """Take back what was agreed in calls that are cancelled.

        :param str reason: why
        """
        # sudo: nobody may touch promises and closed disputes otherwise.
        calls_sudo = self.sudo()
        calls_sudo.plan_ids._void(reason)
        calls_sudo.promise_ids._void(reason)
        open_disputes = calls_sudo.dispute_ids.filtered(
            lambda dispute: dispute.state == "open"
        )
        open_disputes._close({"state": "withdrawn", "resolution": reason})
        for call in calls_sudo.filtered("confirmation_message_id"):
            call._give_up_failed_mail()

    def _get_first_payment_day(self):
        """First day on which the debtor shall pay, or False."""
        self.ensure_one()
        days = self._get_promised_claims().mapped("promised_date")
        days += self.promise_ids.mapped("date_promised")
        return min((day for day in days if day), default=self.payment_date)

    def _check_promises(self):
        """Check that what is promised has an amount and a day.

        :raise ValidationError: if something is missing or wrong
        """
        self.ensure_one()
        claims = self._get_promised_claims()
        made = self._get_made_promises()
        expected = self.outcome_id.solution == "promise" and not made
        if expected and not claims:
            raise ValidationError(
                self.env._(
                    "“%(outcome)s” needs an amount: ask how much they pay, and enter it"
                    " beside the invoice under “Promised”.",
                    outcome=self.outcome_id.name,
                )
            )
        if undated := claims.filtered(lambda claim: not claim.promised_date):
            raise ValidationError(
                self.env._(
                    "“%(outcome)s” needs a day: ask when they pay, and fill in"
                    " “Pays On”, or “Promised For” beside %(invoices)s.",
                    outcome=self.outcome_id.name,
                    invoices=self._shorten(undated.mapped("label"), 3),
                )
            )
        if min(claims.mapped("promised_date"), default=date.max) < self._get_day():
            raise ValidationError(
                self.env._(
                    "The payment can't lie in the past. Correct “Pays On”, or “Promised"
                    " For” beside the invoice."
                )
            )

    def _get_disputed_claims(self):
        """Claims on which an objection is noted that isn't a dispute yet."""
        self.ensure_one()
        if self.outcome_id.solution not in COMMITTING:
            return self.claim_ids.browse()
        made = self.dispute_ids.move_id
        return self.claim_ids.filtered(
            lambda claim: claim.disputed_amount and claim.move_id not in made
        )

    def _check_disputes(self):
        """Check that an objection names the invoice and the reason.

        A call that is only logged may leave that open.

        :raise ValidationError: if something is missing after the five steps
        """
        self.ensure_one()
        claims = self._get_disputed_claims()
        sought = self.step in ("solve", "close")
        expected = self.outcome_id.solution == "dispute" and not self.dispute_ids
        if expected and sought and not claims:
            raise ValidationError(
                self.env._(
                    "“%(outcome)s”: of which invoice, and how much? Enter the amount"
                    " beside it under “Disputed”.",
                    outcome=self.outcome_id.name,
                )
            )
        if claims and not self.reason_id:
            raise ValidationError(
                self.env._(
                    "“%(outcome)s” needs a reason: ask what is wrong, and choose it"
                    " under “Reason of Non-Payment”.",
                    outcome=self.outcome_id.name,
                )
            )

    def _has_commitments(self):
        """Whether anything binding came out of the call."""
        self.ensure_one()
        return bool(self.promise_ids or self.plan_ids or self.dispute_ids)

    def _make_commitments(self):
        """Make promises, plans and disputes of what was noted."""
        self._make_promises()
        self._settle_shown()
        self._make_plans()
        self._make_disputes()
        nothing = {"promised_amount": 0, "promised_date": False, "disputed_amount": 0}
        self.claim_ids.write(nothing)

    def _make_disputes(self):
        """One dispute an invoice."""
        for call in self:
            claims = call._get_disputed_claims()
            self.env["collection.dispute"].create(
                [
                    call._prepare_dispute_vals(move, of_move)
                    for move, of_move in claims.grouped("move_id").items()
                ]
            )

    def _prepare_dispute_vals(self, move, claims):
        return {
            "call_id": self.id,
            "move_id": move.id,
            "amount": sum(claims.mapped("disputed_amount")),
            "reason_id": self.reason_id.id,
            "statement": self.statement,
        }

    def _make_promises(self):
        """One promise a day and currency."""
        for call in self:
            terms = call._get_promised_claims().grouped(
                lambda claim: (claim.promised_date, claim.currency_id)
            )
            self.env["collection.promise"].create(
                [
                    call._prepare_promise_vals(day, claims)
                    for (day, _currency), claims in terms.items()
                ]
            )

    def _prepare_promise_vals(self, day, claims):
        return {
            "call_id": self.id,
            "partner_id": self.partner_id.id,
            "contact_id": self.contact_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "date_made": self._get_day(),
            "date_promised": day,
            "payment_method": self.payment_method,
            "line_ids": [
                Command.create(
                    {
                        "move_line_id": claim.move_line_id.id,
                        "amount": claim.promised_amount,
                    }
                )
                for claim in claims
            ],
        }

    def _get_promise_sentences(self):
        """What is promised, to be read out or written.

        :return: list of sentences in the environment's language
        """
        self.ensure_one()
        terms = defaultdict(list)
        for row in self._get_terms():
            if row["promised"]:
                terms[row["date_promised"], row["currency"]].append(row)
        sentences = [
            self.env._(
                "You pay %(amount)s by %(day)s: %(invoices)s.",
                amount=currency.format(sum(row["promised"] for row in rows)),
                day=self._format_day(day),
                invoices=self._shorten(
                    list(dict.fromkeys(row["label"] for row in rows)), 5
                ),
            )
            for (day, currency), rows in sorted(
                terms.items(), key=lambda term: (str(term[0][0]), term[0][1].name)
            )
        ]
        if sentences and self._is_promise_provisional():
            sentences.append(
                self.env._("We have to confirm this agreement before it is binding.")
            )
        return sentences

    def _is_promise_provisional(self):
        """Whether a manager has to confirm what is promised."""
        self.ensure_one()
        noted = self.promise_limit_note and not self._is_manager()
        return noted or any(self.promise_ids.mapped("needs_confirmation"))

    def _get_dispute_sentences(self):
        """What is objected to, to be read out or written.

        :return: list of sentences in the environment's language
        """
        self.ensure_one()
        noted = self._get_disputed_claims().grouped("move_id")
        terms = [
            (move.name, claims.currency_id, sum(claims.mapped("disputed_amount")))
            for move, claims in noted.items()
        ] + [(d.move_id.name, d.currency_id, d.amount) for d in self.dispute_ids]
        return [
            self.env._(
                "%(amount)s of %(invoice)s is in dispute.",
                amount=currency.format(amount),
                invoice=invoice,
            )
            for invoice, currency, amount in terms
        ]
