from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

from ..groups import COLLECTORS

OWNERS = (COLLECTORS, "account.group_account_invoice")
FACTS = {
    "move_id",
    "amount",
    "reason_id",
    "statement",
    "call_id",
    "answer_id",
    "user_id",
}
FIXED_FIELDS = {
    "name",
    "move_id",
    "partner_id",
    "company_id",
    "currency_id",
    "reason_label",
    "date_opened",
    "date_closed",
    "resolution",
    "state",
}


class CollectionDispute(models.Model):
    _name = "collection.dispute"
    _description = "Dispute"
    _inherit = [
        "collection.guard",  # guards come before chatter
        "collection.evidence",
        "mail.thread",
        "mail.activity.mixin",
        "collection.authorship",
        "collection.entry",
    ]
    _check_company_auto = True
    _mail_post_access = "read"  # owners with invoicing rights only annotate, too
    _order = "date_opened desc, id desc"
    _kept_labels = {"reason_label": "reason_id"}

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain=[
            ("move_type", "in", ["out_invoice", "out_receipt"]),
            ("state", "=", "posted"),
            ("amount_residual", ">", 0),
        ],
    )
    partner_id = fields.Many2one(
        related="move_id.partner_id.commercial_partner_id",
        string="Debtor",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="move_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        related="move_id.currency_id", store=True, precompute=True
    )
    amount = fields.Monetary(
        string="Disputed",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        tracking=True,
        help="What the debtor objects to, in the currency of the invoice. Proposed: all"
        " that is open. The rest stays collectible.",
    )
    amount_open = fields.Monetary(
        string="Still in Dispute",
        compute="_compute_amount_open",
        store=True,
        help="The part of the disputed amount that is open on the invoice today.",
    )
    amount_residual = fields.Monetary(
        related="move_id.amount_residual", string="Open on the Invoice"
    )
    reason_id = fields.Many2one(
        "collection.reason",
        required=True,
        index=True,
        tracking=True,
        ondelete="restrict",
        domain=[("is_dispute", "=", True)],
    )
    reason_label = fields.Char(
        translate=True,
        readonly=True,
        copy=False,
        help="What the reason was called when the dispute was closed.",
    )
    statement = fields.Text(
        string="What the Debtor Says",
        groups=COLLECTORS,
        help="In the debtor's own words.",
    )
    call_id = fields.Many2one(
        "collection.call",
        string="Heard in Call",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id), ('right_party_verified', '=', True),"
        " ('state', '!=', 'cancelled')]",
    )
    answer_id = fields.Many2one(
        "collection.answer",
        string="Written In",
        check_company=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id)]",
        groups=COLLECTORS,
        help="The e-mail in which the debtor objected.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        index=True,
        tracking=True,
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(group).id for group in OWNERS]),
        ],
        help="Who clears the dispute. Proposed: the salesperson of the invoice.",
    )
    date_opened = fields.Date(string="Opened", readonly=True, copy=False)
    date_closed = fields.Date(string="Closed", readonly=True, copy=False)
    resolution = fields.Char(
        string="Why Rejected", readonly=True, copy=False, tracking=True
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="open",
        tracking=True,
        index=True,
    )
    credit_note_ids = fields.One2many(
        "account.move",
        "collection_settled_dispute_id",
        string="Credit Notes",
        readonly=True,
    )

    _name_company_uniq = models.UniqueIndex(
        "(name, company_id)", "A dispute with this number exists already."
    )
    _move_open_uniq = models.UniqueIndex(
        "(move_id) WHERE state = 'open'",
        "This invoice is disputed already. Go on with the open dispute.",
    )

    # ------------------------------------------------------------------ computes

    @api.depends("move_id")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = dispute.move_id.amount_residual

    @api.depends(
        "amount",
        "state",
        "credit_note_ids.state",
        "move_id.amount_residual",
        "move_id.state",
    )
    def _compute_amount_open(self):
        for dispute in self:
            move = dispute.move_id
            # What was admitted to be wrong isn't collected until it is credited.
            credited = "posted" in dispute.credit_note_ids.mapped("state")
            admitted = dispute.state == "accepted" and not credited
            stands = dispute.state == "open" or admitted
            left = min(dispute.amount, max(move.amount_residual, 0))
            dispute.amount_open = left if stands and move.state == "posted" else 0

    @api.depends("move_id")
    def _compute_user_id(self):
        for dispute in self:
            dispute.user_id = dispute._propose_owner()

    def _propose_owner(self):
        """Who clears the dispute: the first of these who may see it.

        The salesperson, whoever opens it, the collector of the debtor, a manager: what
        scheduled and server actions open is nobody's else.
        """
        company, debtor = self.move_id.company_id, self.partner_id
        # sudo: whoever opens a dispute need not see the case.
        cases_sudo = self.env["collection.case"].sudo()
        proposed = (
            lambda: self.move_id.invoice_user_id,
            lambda: self.env.user,
            lambda: (
                cases_sudo.search(
                    [("partner_id", "=", debtor.id), ("company_id", "=", company.id)]
                ).user_id
            ),
            lambda: company and company._get_collection_confirmer(),
        )
        for propose in proposed:
            user = propose()
            if user and self._is_able_to_own(user, company):
                return user.with_env(self.env)
        return self.env.user

    @api.model
    def _is_able_to_own(self, user, company):
        """Whether somebody has the rights to see disputes of a company."""
        # sudo: collectors may not read other users' groups and companies.
        user_sudo = user.sudo()
        return (
            user_sudo.active
            and company in user_sudo.company_ids
            and any(user_sudo.has_group(group) for group in OWNERS)
        )

    # -------------------------------------------------------------------- checks

    @api.constrains("amount", "move_id")
    def _check_amount(self):
        """What is disputed is judged when it is said, not when it was paid later."""
        for dispute in self:
            currency = dispute.currency_id
            residual = dispute.move_id.amount_residual
            if currency.compare_amounts(dispute.amount, 0) <= 0:
                raise ValidationError(
                    self.env._(
                        "Say how much of %(invoice)s is disputed: more than zero.",
                        invoice=dispute.move_id.name,
                    )
                )
            if currency.compare_amounts(dispute.amount, residual) > 0:
                raise ValidationError(
                    self.env._(
                        "%(amount)s is more than what is open on %(invoice)s. At most"
                        " %(residual)s can be disputed.",
                        amount=formatLang(
                            self.env, dispute.amount, currency_obj=currency
                        ),
                        invoice=dispute.move_id.name,
                        residual=formatLang(self.env, residual, currency_obj=currency),
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        for dispute in self:
            if not self._is_able_to_own(dispute.user_id, dispute.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s can't see disputes of %(company)s. Choose a collector"
                        " or somebody with invoicing rights as owner.",
                        user=dispute.user_id.name,
                        company=dispute.company_id.name,
                    )
                )

    def _check_user_of_company(self):
        """The owner has to see disputes, see above."""

    def _names_author(self):
        return False  # the owner clears it, whoever heard of it

    @api.constrains("call_id", "move_id")
    def _check_call(self):
        for dispute in self.filtered("call_id"):
            call = dispute.call_id
            if call.partner_id != dispute.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(call)s was held with %(debtor)s, who doesn't owe"
                        " %(invoice)s. Choose a call with %(other)s.",
                        call=call.name,
                        debtor=call.partner_id.display_name,
                        invoice=dispute.move_id.name,
                        other=dispute.partner_id.display_name,
                    )
                )
            if call.state == "cancelled" or not call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "Nobody who may dispute an invoice was verified in %(call)s."
                        " Fill in “Verified By” first, or leave the call empty.",
                        call=call.name,
                    )
                )

    @api.constrains("answer_id", "move_id")
    def _check_answer(self):
        for dispute in self:
            dispute.answer_id._check_debtor(dispute.partner_id)

    # ------------------------------------------------------ create, write, unlink

    @api.model_create_multi
    def create(self, vals_list):
        moves = self._get_moves(vals_list)
        self._check_disputable(moves)
        disputes = super().create(
            [
                self._prepare_dispute_vals(vals, move)
                for vals, move in zip(vals_list, moves, strict=True)
            ]
        )
        disputes._open()
        if answers := disputes.sudo().answer_id:
            answers.with_env(self.env)._settle("dispute")
        return disputes

    def write(self, vals):
        # Chatter and activities are the same on calls and disputes.
        calls = self.env["collection.call"]
        facts = set(vals) - calls._get_annotation_fields()
        if facts:
            self._check_open()
        if facts & FIXED_FIELDS:
            raise UserError(
                self.env._(
                    "Number, invoice and state of a dispute can't be edited. Accept,"
                    " reject or withdraw it, and open another one for another invoice."
                )
            )
        self._check_writable(vals)
        result = super().write(vals)
        if "user_id" in vals:
            self._hand_over()
        return result

    def _filter_evidence(self):
        return self.filtered(lambda dispute: dispute.state != "open")

    @api.model
    def _get_note_refusal(self):
        return self.env._(
            "Notes on a closed dispute are evidence and can't be deleted or changed."
            " Add another note instead."
        )

    def _check_deletable(self):
        raise UserError(
            self.env._(
                "Disputes are evidence and can't be deleted. Withdraw one that was"
                " opened by mistake."
            )
        )

    # ---------------------------------------------------------- business methods

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        return self.env._(
            "What follows from a dispute is computed. Write what the debtor says."
        )

    @api.model
    def _get_moves(self, vals_list):
        """The invoices that are about to be disputed, one for each dispute."""
        proposed = self.env.context.get("default_move_id")
        move_ids = [vals.get("move_id") or proposed for vals in vals_list]
        if not all(move_ids):
            raise UserError(self.env._("Choose the invoice that is disputed."))
        return self.env["account.move"].browse(move_ids)

    @api.model
    def _check_disputable(self, moves):
        """Check that something is left to dispute on these invoices.

        :raise UserError: if one isn't open, or is disputed already
        """
        for move in moves:
            if not move._is_collection_disputable():
                raise UserError(
                    self.env._(
                        "%(invoice)s can't be disputed: nothing is left to pay on it."
                        " Choose a posted customer invoice that is still open.",
                        invoice=move.display_name,
                    )
                )
        standing = self.search([("move_id", "in", moves.ids), ("state", "=", "open")])
        if standing:
            raise UserError(
                self.env._(
                    "%(invoice)s is disputed already. Go on with %(dispute)s: correct"
                    " its amount, or close it before you open another one.",
                    invoice=standing[0].move_id.name,
                    dispute=standing[0].name,
                )
            )

    @api.model
    def _prepare_dispute_vals(self, vals, move):
        if vals.get("state", "open") != "open":
            raise UserError(
                self.env._("A dispute starts open. Accept, reject or withdraw it then.")
            )
        company = move.company_id
        sequence = self.env["ir.sequence"].with_company(company)
        return dict(
            self._drop_guarded(vals),
            name=sequence.next_by_code("collection.dispute") or "/",
            date_opened=company._get_collection_today(),
            date_closed=False,
            resolution=False,
            reason_label=False,
        )

    @api.model
    def _get_list_action(self, domain):
        """Action that opens the disputes of a domain, closed ones included."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_dispute_action"
        )
        return dict(action, domain=domain, context={"create": False})

    def _open(self):
        """Put the debtors on the call list and ask the owners to clear the matter."""
        for company, disputes in self.grouped("company_id").items():
            self.env["collection.case"]._get_or_create(disputes.partner_id, company)
        for dispute in self:
            dispute._schedule_clearing()

    def _write_closed(self, vals):
        """Write what closing adds, past the guard in :meth:`write`."""
        return super().write(vals)

    def _describe(self):
        """The dispute in one line, for whoever calls the debtor."""
        self.ensure_one()
        return self.env._(
            "%(amount)s of %(invoice)s is disputed: %(why)s (%(dispute)s).",
            amount=self.currency_id.format(self.amount_open),
            invoice=self.move_id.name,
            why=self._get_label("reason_id"),
            dispute=self.name,
        )
