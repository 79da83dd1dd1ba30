from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

FACTS = {"plan_id", "date_due", "amount"}
STATES = [
    ("upcoming", "Upcoming"),
    ("due", "Due"),
    ("partial", "Partly Paid"),
    ("paid", "Paid"),
    ("missed", "Missed"),
    ("superseded", "Superseded"),
]
COLORS = {"missed": 1, "due": 2, "partial": 2, "upcoming": 4, "paid": 10}


class CollectionPlanInstallment(models.Model):
    """One payment of a plan. The ledger tells what came in for it."""

    _name = "collection.plan.installment"
    _description = "Installment"
    _inherit = "collection.guard"
    _check_company_auto = True
    _order = "date_due, id"

    plan_id = fields.Many2one(
        "collection.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    partner_id = fields.Many2one(related="plan_id.partner_id", store=True)
    user_id = fields.Many2one(related="plan_id.user_id")
    currency_id = fields.Many2one(related="plan_id.currency_id", store=True)
    plan_state = fields.Selection(related="plan_id.state", string="Status of the Plan")
    date_due = fields.Date(
        string="Due Date",
        required=True,
        index=True,
        help="Last day on which the payment is on time, on the company's calendar.",
    )
    amount = fields.Monetary(string="Agreed", required=True)
    amount_paid = fields.Monetary(
        string="Received",
        readonly=True,
        copy=False,
        help="Money goes to the earliest installment that isn't paid.",
    )
    amount_residual = fields.Monetary(
        string="Open",
        readonly=True,
        copy=False,
        help="What is left of it after payments, and after credits, which shorten the"
        " plan from its end.",
    )
    state = fields.Selection(
        STATES, readonly=True, copy=False, index=True, default="upcoming"
    )
    color = fields.Integer(
        compute="_compute_color", help="Odoo's number of the color in the calendar."
    )
    date_reminded = fields.Date(string="Reminded On", readonly=True, copy=False)

    _plan_day_uniq = models.UniqueIndex(
        "(plan_id, date_due)", "Two installments of a plan can't be due on one day."
    )

    @api.depends("state")
    def _compute_color(self):
        for installment in self:
            installment.color = COLORS.get(installment.state, 0)

    @api.depends("partner_id.name", "amount_residual")
    def _compute_display_name(self):
        for installment in self:
            amount = installment.currency_id.format(installment.amount_residual)
            installment.display_name = f"{installment.partner_id.name}: {amount}"

    @api.constrains("amount")
    def _check_amount(self):
        for installment in self:
            if installment.currency_id.compare_amounts(installment.amount, 0) <= 0:
                raise ValidationError(
                    self.env._("An installment needs an amount above zero.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        installments = super().create(
            [self._prepare_installment_vals(vals) for vals in vals_list]
        )
        installments.plan_id._check_editable()
        return installments

    def write(self, vals):
        self._check_writable(vals)
        if "plan_id" in vals:
            raise UserError(self.env._("An installment stays in its plan."))
        if not FACTS.intersection(vals):
            return super().write(vals)
        self.plan_id._check_editable()
        if "amount" in vals:
            vals = dict(vals, amount_residual=vals["amount"])
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # the context can't skip it
    def _unlink_except_evidence(self):
        self.plan_id._check_editable()

    def action_open_plan(self):
        """Open the plan that this installment belongs to."""
        self.ensure_one()
        return self.plan_id._get_form_action()

    @api.model
    def _prepare_installment_vals(self, vals):
        vals = self._drop_guarded(vals)
        return dict(vals, amount_residual=vals.get("amount", 0))

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        return self.env._("The ledger alone says what was paid on an installment.")

    def _apply(self, plan, part, state):
        """Take over what the ledger says.

        :param part: a :class:`...engine.allocation.Part`
        """
        self.write(
            {
                "amount_paid": plan._from_units(part.paid),
                "amount_residual": plan._from_units(part.residual),
                "state": state,
            }
        )
