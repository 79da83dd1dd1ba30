from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import clean_context

from ..models.plan.schedule import TERMS


class CollectionPlanWizard(models.TransientModel):
    """From claims to an installment plan, with the schedule while it is typed."""

    _name = "collection.plan.wizard"
    _description = "New Installment Plan"
    _inherit = ["collection.dialog", "collection.plan.schedule"]
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Agreed With",
        domain="[('id', 'child_of', partner_id)]",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    claim_ids = fields.Many2many("account.move.line", string="Claims")
    schedule_by = fields.Selection(string="Installments by")
    currency_id = fields.Many2one(compute="_compute_currency_id")
    rule_id = fields.Many2one(
        "collection.acceleration.rule",
        string="If They Don't Pay",
        compute="_compute_rule_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('company_id', 'in', [False, company_id]),"
        " ('fits_debtor_id', '=', partner_id)]",
        required=True,
        ondelete="cascade",
    )
    rule_description = fields.Text(related="rule_id.description")
    plan_id = fields.Many2one(
        "collection.plan",
        readonly=True,
        ondelete="cascade",
        help="What was made of it: who clicks twice makes one plan.",
    )
    preview = fields.Html(string="Schedule", compute="_compute_preview", sanitize=False)
    error = fields.Text(
        compute="_compute_preview", help="Why there is no such schedule, in words."
    )

    @api.depends("claim_ids", "company_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = (
                wizard.claim_ids[:1].currency_id or wizard.company_id.currency_id
            )

    @api.depends("company_id", "partner_id")
    def _compute_rule_id(self):
        rules = self.env["collection.acceleration.rule"]
        for wizard in self:
            wizard.rule_id = rules._get_default(wizard.company_id, wizard.partner_id)

    @api.depends("claim_ids", "partner_id", "company_id", "rule_id", *TERMS)
    def _compute_preview(self):
        plans = self.env["collection.plan"]
        for wizard in self:
            wizard.preview, wizard.error = plans._preview(
                wizard._prepare_plan_vals(), wizard.claim_ids._origin
            )

    # ------------------------------------------------------------------- actions

    def action_agree(self):
        """The debtor agreed: let the plan run, and open it.

        :raise ValidationError: with the text on the screen, if there is no schedule
        """
        return self._make_plan("action_activate")

    def action_offer(self):
        """Send the plan to the debtor, and open it.

        :raise ValidationError: with the text on the screen, if there is no schedule
        """
        return self._make_plan("action_offer")

    def action_save(self):
        """Keep the plan as a draft, and open it.

        :raise ValidationError: with the text on the screen, if there is no schedule
        """
        return self._make_plan()

    # ---------------------------------------------------------- business methods

    def _make_plan(self, step=None):
        self.ensure_one()
        if self.plan_id:  # somebody clicked twice
            return self.plan_id._get_form_action()
        if self.error:
            raise ValidationError(self.error)
        claims = [{"move_line_id": claim.id} for claim in self.claim_ids]
        # The defaults of this dialog aren't those of what follows from the plan.
        plans = self.env["collection.plan"].with_context(
            clean_context(self.env.context)
        )
        plan = plans.create(dict(self._prepare_plan_vals(), claim_ids=claims))
        self.plan_id = plan
        if step:
            getattr(plan, step)()
        return plan._get_form_action()

    def _prepare_plan_vals(self):
        return {
            "partner_id": self.partner_id._origin.id,
            "contact_id": self.contact_id._origin.id,
            "company_id": self.company_id.id,
            "rule_id": self.rule_id.id,
            **self._get_schedule_terms(),
        }
