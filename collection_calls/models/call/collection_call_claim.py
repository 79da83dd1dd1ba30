from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

FACTS = {
    "call_id",
    "move_line_id",
    "promised_amount",
    "promised_date",
    "disputed_amount",
}
PROPOSED = ("promised_amount", "promised_date", "disputed_amount")
SNAPSHOT = (
    "move_id",
    "label",
    "date_maturity",
    "currency_id",
    "amount_item",
    "amount_residual",
)


class CollectionCallClaim(models.Model):
    _name = "collection.call.claim"
    _description = "Claim Spoken About"
    _inherit = [
        "collection.claim.snapshot",
        "collection.guard",
        "collection.call.evidence",
    ]
    _check_company_auto = True
    _rec_name = "label"
    _order = "date_maturity, id"

    call_id = fields.Many2one(
        "collection.call",
        string="Collection Call",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="call_id.company_id", store=True)
    amount_residual = fields.Monetary(
        string="Open at the Call",
        compute="_compute_amount_residual",
        store=True,
        precompute=True,
        help="What was open when the claim was put on the call, in its currency.",
    )
    # What is proposed is remembered, so that what somebody typed stays.
    promised_amount = fields.Monetary(
        string="Promised",
        compute="_compute_promised_amount",
        store=True,
        readonly=False,
        help="What the debtor promises to pay on the claim, in its currency. Closing"
        " the call makes a promise of it. 0: nothing.",
    )
    promised_amount_proposal = fields.Monetary(
        compute="_compute_promised_amount", store=True
    )
    promised_date = fields.Date(
        string="Promised For",
        compute="_compute_promised_date",
        store=True,
        readonly=False,
        help="Day by which the debtor pays this one, on the company's calendar;"
        " proposed: the day on which they pay all of it.",
    )
    promised_date_proposal = fields.Date(compute="_compute_promised_date", store=True)
    disputed_amount = fields.Monetary(
        string="Disputed",
        compute="_compute_disputed_amount",
        store=True,
        readonly=False,
        help="What the debtor objects to, in the currency of the claim. Closing the"
        " call makes a dispute of it. 0: nothing.",
    )
    disputed_amount_proposal = fields.Monetary(
        compute="_compute_disputed_amount", store=True
    )
    days_overdue = fields.Integer(
        compute="_compute_days_overdue", help="Age in days on the day of the call."
    )

    _call_move_line_uniq = models.UniqueIndex(
        "(call_id, move_line_id)",
        "This claim is already on the call.",
    )

    @api.depends("move_line_id")
    def _compute_amount_residual(self):
        for claim in self.filtered("move_line_id"):
            claim.amount_residual = claim.move_line_id.amount_residual_currency

    @api.depends("call_id.outcome_id")
    def _compute_promised_amount(self):
        for claim in self:
            promises = claim.call_id.outcome_id.solution == "promise"
            proposal = claim._get_undisputed() if promises else 0
            claim._propose("promised_amount", proposal)

    def _get_undisputed(self):
        """What is open and not in dispute: what the debtor is asked for."""
        self.ensure_one()
        # sudo: collectors of a branch may not read the invoice as such.
        move_sudo = self.move_id.sudo()
        if not (disputed := move_sudo.collection_disputed_amount):
            return self.amount_residual
        others = move_sudo.amount_residual - self.amount_residual
        beyond = max(disputed - max(others, 0), 0)
        return self.currency_id.round(max(self.amount_residual - beyond, 0))

    @api.depends("call_id.payment_date")
    def _compute_promised_date(self):
        for claim in self:
            claim._propose("promised_date", claim.call_id.payment_date)

    @api.depends("call_id.outcome_id", "call_id.reason_id", "call_id.step")
    def _compute_disputed_amount(self):
        for claim in self:
            call = claim.call_id
            # With several claims, the debtor says which one it is about.
            disputes = (
                call.outcome_id.solution == "dispute" and len(call.claim_ids) == 1
            )
            told = call.reason_id or call.step == "solve"
            proposal = claim.amount_residual if disputes and told else 0
            claim._propose("disputed_amount", proposal)

    def _propose(self, name, value):
        """Fill in a field anew, unless somebody typed something else."""
        self.ensure_one()
        if self[name] == self[f"{name}_proposal"]:
            self[name] = value
        self[f"{name}_proposal"] = value

    @api.constrains("promised_amount", "disputed_amount")
    def _check_commitment(self):
        for claim in self:
            currency = claim.currency_id
            residual = currency.round(claim.amount_residual)
            if not (
                0 <= claim.promised_amount <= residual
                and 0 <= claim.disputed_amount <= residual
            ):
                raise ValidationError(
                    self.env._(
                        "On %(claim)s, %(residual)s is open. Enter how much of it is"
                        " promised or disputed, or 0 for nothing.",
                        claim=claim.label,
                        residual=currency.format(residual),
                    )
                )

    @api.depends("date_maturity", "call_id.date_start", "call_id.company_id")
    def _compute_days_overdue(self):
        for claim in self:
            call = claim.call_id
            claim.days_overdue = 0
            if claim.date_maturity and call.date_start and call.company_id:
                called = call.company_id._get_collection_day(call.date_start)
                claim.days_overdue = max((called - claim.date_maturity).days, 0)

    @api.constrains("move_line_id", "call_id")
    def _check_debtor(self):
        for claim in self:
            debtor = claim.call_id.partner_id
            item = claim.move_line_id
            if item and item.partner_id.commercial_partner_id != debtor:
                raise ValidationError(
                    self.env._(
                        "%(claim)s is not owed by %(debtor)s. Take it off the call.",
                        claim=item.display_name,
                        debtor=debtor.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_snapshot(vals_list)
        claims = super().create([self._prepare_claim_vals(vals) for vals in vals_list])
        claims._check_existed()
        return claims

    def write(self, vals):
        self._check_snapshot([vals])
        self._check_writable(vals)
        result = super().write(vals)
        if not {"call_id", "move_line_id"}.isdisjoint(vals):
            self._check_existed()
        return result

    def _prepare_claim_vals(self, vals):
        """Nothing is typed yet on a line that was just added: lists send what they
        show, empty or not."""
        return {
            name: value
            for name, value in self._drop_guarded(vals).items()
            if value or name not in PROPOSED
        }

    def _check_existed(self):
        for call in self.call_id:
            call._check_claims_existed()

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        return self.env._("What is open on a claim is the ledger's to tell.")

    @api.model
    def _check_snapshot(self, vals_list):
        """What was open is read from the ledger, never typed."""
        if any(name in vals for vals in vals_list for name in SNAPSHOT):
            raise UserError(
                self.env._("Amount and due date of a claim come from its journal item.")
            )
