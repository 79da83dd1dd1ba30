from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...engine import promise as engine
from ..groups import COLLECTORS

CHECK_ACTIVITY = "collection_calls.mail_activity_type_check_promise"
CONFIRM_ACTIVITY = "collection_calls.mail_activity_type_confirm_promise"
PAYMENT_METHODS = [
    ("transfer", "Bank transfer"),
    ("direct_debit", "Direct debit"),
    ("card", "Card"),
    ("cash", "Cash"),
    ("check", "Check"),
    ("other", "Other"),
]
STATES = [
    (engine.OPEN, "Open"),
    (engine.KEPT, "Kept"),
    (engine.PARTIAL, "Partly Kept"),
    (engine.BROKEN, "Broken"),
    (engine.TO_CHECK, "To Check"),
    (engine.SUPERSEDED, "Superseded"),
    (engine.VOID, "Void"),
]
# As the badges have them: red, orange, green; blue is open, grey counts no more.
COLORS = {
    engine.OPEN: 4,
    engine.KEPT: 10,
    engine.PARTIAL: 2,
    engine.BROKEN: 1,
    engine.TO_CHECK: 2,
}


class CollectionPromise(models.Model):
    """A debtor's word to pay an amount by a day. The ledger alone judges it."""

    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = [
        "collection.guard",  # guards come before chatter
        "collection.evidence",
        "collection.confidential",
        "collection.agreement",
    ]
    _check_company_auto = True
    _order = "date_promised desc, id desc"

    contact_id = fields.Many2one(string="Promised By")
    date_made = fields.Date(
        string="Made On",
        required=True,
        default=lambda self: self.env.company._get_collection_today(),
        help="Day of the promise on the company's calendar. Money that is dated"
        " earlier doesn't count.",
    )
    date_promised = fields.Date(
        string="Pays On",
        required=True,
        tracking=True,
        help="Day by which the debtor pays, on the company's calendar.",
    )
    tolerance_days = fields.Integer(
        string="Tolerance",
        compute="_compute_tolerance_days",
        store=True,
        readonly=False,
        precompute=True,
        help="Days that a payment may take until it is on our account.",
    )
    held_days = fields.Integer(
        string="Days Given Back",
        readonly=True,
        copy=False,
        help="Days on which nobody could be asked for the payment: the debtor was on"
        " hold, the invoice blocked or disputed. The deadline is later by them.",
    )
    date_deadline = fields.Date(
        string="Deadline",
        compute="_compute_date_deadline",
        store=True,
        precompute=True,
        help="Last day on which a payment keeps the promise. If banks are closed on it,"
        " it is the next day on which they are open.",
    )
    payment_method = fields.Selection(PAYMENT_METHODS)
    line_ids = fields.One2many("collection.promise.line", "promise_id", string="Claims")
    amount = fields.Monetary(
        string="Promised", compute="_compute_amount", store=True, tracking=True
    )
    amount_due = fields.Monetary(
        string="Expected",
        readonly=True,
        copy=False,
        help="What was promised, less credit notes and other credits since then.",
    )
    amount_paid = fields.Monetary(
        string="Received",
        readonly=True,
        copy=False,
        help="Money received for these claims between the promise and its deadline.",
    )
    amount_missing = fields.Monetary(
        string="Missing", compute="_compute_amount_missing"
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        copy=False,
        default=engine.OPEN,
        tracking=True,
        index=True,
    )
    color = fields.Integer(
        compute="_compute_color", help="Odoo's number of the color in the calendar."
    )
    superseded_by_id = fields.Many2one(
        "collection.promise", compute="_compute_superseded_by_id"
    )
    check_note = fields.Char(
        string="To Look At",
        compute="_compute_check_note",
        help="What somebody has to look at.",
    )
    waiting_note = fields.Char(
        string="Waiting For",
        compute="_compute_waiting_note",
        help="Why the deadline is over and there is no verdict yet.",
    )
    next_activity_id = fields.Many2one(
        "mail.activity",
        string="Planned Call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    known_item_ids = fields.Many2many(
        "account.move.line",
        "collection_promise_known_item_rel",
        string="Money Received Before",
        readonly=True,
        copy=False,
        groups=COLLECTORS,
        help="Money dated on the day of the promise or later that had been matched"
        " before it was made. It doesn't count.",
    )

    _name_company_uniq = models.UniqueIndex(
        "(name, company_id)", "A promise with this number exists already."
    )
    _standing_idx = models.Index("(company_id, date_deadline) WHERE state = 'open'")

    # ------------------------------------------------------------------ computes

    @api.depends("line_ids.move_line_id")
    def _compute_currency_id(self):
        return super()._compute_currency_id()

    def _write_facts(self, vals):
        return super().write(vals)

    def _get_items(self):
        return self.line_ids.move_line_id

    @api.depends("company_id")
    def _compute_tolerance_days(self):
        for promise in self:
            company = promise.company_id or self.env.company
            promise.tolerance_days = company.collection_promise_tolerance_days

    @api.depends("date_promised", "tolerance_days", "held_days", "company_id")
    def _compute_date_deadline(self):
        for company, promises in self.grouped("company_id").items():
            debtors = promises.partner_id
            bank_days = company and company._get_collection_bank_days(debtors)
            for promise in promises:
                bank_day = bank_days and bank_days[promise.partner_id]
                day = promise.date_promised and fields.Date.add(
                    promise.date_promised,
                    days=promise.tolerance_days + promise.held_days,
                )
                promise.date_deadline = bank_day(day) if bank_day and day else day

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for promise in self:
            promise.amount = sum(promise.line_ids.mapped("amount"))

    @api.depends("amount_due", "amount_paid")
    def _compute_amount_missing(self):
        for promise in self:
            promise.amount_missing = promise.amount_due - promise.amount_paid

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_check_note(self):
        self.check_note = False
        checked_sudo = self.sudo().filtered(lambda p: p.state == engine.TO_CHECK)
        replaced_sudo = checked_sudo._find_replaced()
        facts = dict((checked_sudo - replaced_sudo)._get_facts())
        for promise in self.filtered(lambda p: p.state == engine.TO_CHECK):
            if promise.sudo() in replaced_sudo:
                promise.check_note = self.env._(
                    "An invoice was reversed to be invoiced anew. Post the new one: it"
                    " takes its place."
                )
            elif facts[promise.sudo()].is_unclear:
                promise.check_note = self.env._(
                    "Money has gone back to the debtor and is matched with nothing."
                    " Match it with the payment that it took back, then look again."
                )
            else:
                promise.check_note = self.env._(
                    "The deadline is over, but there is money of this debtor that isn't"
                    " matched yet. Match it with the invoices before you call."
                )

    @api.depends("state", "date_deadline")
    @api.depends_context("lang")
    def _compute_waiting_note(self):
        self.waiting_note = False
        waiting = self.filtered(lambda p: p.state == engine.OPEN and p.date_deadline)
        for promise in waiting._get_unbooked():
            company = promise.company_id
            promise.waiting_note = self.env._(
                "The deadline is over, but the payment may have come in: %(books)s",
                books=company._describe_books(company._get_collection_books()),
            )

    @api.depends("state")
    def _compute_color(self):
        for promise in self:
            promise.color = COLORS.get(promise.state, 0)

    @api.depends("line_ids.superseded_by_id")
    def _compute_superseded_by_id(self):
        for promise in self:
            promise.superseded_by_id = promise.line_ids.superseded_by_id[-1:]

    # -------------------------------------------------------------------- checks

    @api.constrains("date_promised", "date_made", "tolerance_days")
    def _check_dates(self):
        for promise in self:
            if promise.date_made > promise.company_id._get_collection_today():
                raise ValidationError(
                    self.env._(
                        "Nobody has promised anything on %(day)s yet. Enter the day on"
                        " which the debtor said it.",
                        day=promise.date_made,
                    )
                )
            if promise.date_promised < promise.date_made:
                raise ValidationError(
                    self.env._(
                        "A promise looks ahead: %(day)s is past. Ask for the day on"
                        " which the debtor pays.",
                        day=format_date(self.env, promise.date_promised),
                    )
                )
            if promise.tolerance_days < 0:
                raise ValidationError(self.env._("The tolerance can't be negative."))

    @api.constrains("line_ids")
    def _check_lines(self):
        for promise in self:
            if not promise.line_ids:
                raise ValidationError(
                    self.env._(
                        "Choose what is promised: at least one invoice, and an amount."
                    )
                )
            promise.line_ids._check_claims()

    @api.constrains("call_id", "partner_id", "company_id")
    def _check_call(self):
        result = super()._check_call()
        standing = self.filtered(lambda promise: promise.state in engine.STANDING)
        for call in standing.call_id:
            if call.state == "cancelled" or not call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "Nobody who may promise a payment was verified in %(call)s."
                        " Fill in “Verified By” first, or leave the call empty.",
                        call=call.name,
                    )
                )
        return result

    # ------------------------------------------------------------------- actions

    def action_evaluate(self):
        """Judge the promises by what the ledger says now."""
        self.check_access("write")
        self._evaluate(scheduled=True)
        return True

    def action_complete_books(self):
        """Say that the books are complete, and judge the promises by them.

        :raise AccessError: if the user is no manager
        """
        self.company_id.action_complete_collection_books()
        return self.action_evaluate()

    def action_call(self):
        """Open the five steps of a call about what is promised."""
        self.ensure_one()
        return (
            self.env["collection.call"]
            ._start(
                self.partner_id,
                self.company_id,
                contact=self.contact_id or self.partner_id._get_collection_contact(),
                claims=self.line_ids.move_line_id.filtered(
                    lambda item: not item.reconciled
                ),
            )
            .action_resume()
        )

    # ---------------------------------------------------------------------- words
    # What promises come to, in words for whoever looks at the debtor.

    def _get_note(self, move=None):
        """What these promises come to, in one line.

        :param move: only what is promised on this invoice
        :return: what stands; else how the last one went; False if there was none
        """
        told = self.filtered(lambda promise: promise._get_told_lines(move))
        told = told._get_standing_or_last_failed()
        return " ".join(promise._describe(move) for promise in told) or False

    def _get_standing_or_last_failed(self):
        """The promises that stand; else the last one that failed and is still owed."""
        standing = self.filtered(lambda promise: promise.state in engine.STANDING)
        if standing:
            return standing.sorted("date_promised")
        failed = self.filtered(
            lambda promise: (
                promise.state in engine.FAILED
                and any(line._get_residual() for line in promise.line_ids)
            )
        )
        return failed.sorted("date_promised")[-1:]

    def _get_told_lines(self, move=None):
        """The lines to tell of; the newer promise tells of claims that it took."""
        return self._get_live_lines().filtered(
            lambda line: move in (None, line.move_id)
        )

    def _describe(self, move=None):
        self.ensure_one()
        lines = self._get_told_lines(move)
        sentences = {
            engine.OPEN: self.env._("%(amount)s promised for %(day)s (%(promise)s)."),
            engine.TO_CHECK: self.env._(
                "%(amount)s promised for %(day)s (%(promise)s): payments to be matched."
            ),
            engine.PARTIAL: self.env._("%(promise)s of %(day)s was kept in part."),
            engine.BROKEN: self.env._("%(promise)s of %(day)s was broken."),
        }
        return sentences[self.state] % {
            "amount": self.currency_id.format(sum(lines.mapped("amount"))),
            "day": format_date(self.env, self.date_promised),
            "promise": self.name,
        }

    # ------------------------------------------------------------------ on paper

    def _say_agreed(self):
        return self.env._(
            "I pay %(amount)s by %(day)s (%(promise)s).",
            amount=self.currency_id.format(self.amount),
            day=format_date(self.env, self.date_promised),
            promise=self.name or "",
        )

    def _get_first_written_day(self):
        return super()._get_first_written_day() or self.date_made
