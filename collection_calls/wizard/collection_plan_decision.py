from odoo import api, fields, models


class CollectionPlanDecisionWizard(models.TransientModel):
    _name = "collection.plan.decision.wizard"
    _description = "Decide about an Installment Plan"
    _inherit = "collection.dialog"

    plan_id = fields.Many2one(
        "collection.plan", string="Installment Plan", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("notice", "Send Notice"),
            ("accelerate", "Accelerate"),
            ("reinstate", "Reinstate"),
            ("cancel", "Cancel Plan"),
        ],
        required=True,
    )
    reason = fields.Char()
    date_respite = fields.Date(
        string="Arrears Paid by",
        compute="_compute_date_respite",
        store=True,
        readonly=False,
        help="Until then the rule isn't applied to what is in arrears.",
    )
    consequences = fields.Text(compute="_compute_consequences")

    @api.depends("plan_id")
    def _compute_date_respite(self):
        for wizard in self:
            plan = wizard.plan_id
            wizard.date_respite = plan and plan._get_default_respite()

    @api.depends("plan_id", "kind", "date_respite")
    def _compute_consequences(self):
        for wizard in self:
            wizard.consequences = wizard.plan_id and wizard.plan_id._get_consequences(
                wizard.kind, wizard.date_respite
            )

    def action_confirm(self):
        """Do what was decided; the plan checks whether that may be done."""
        self.ensure_one()
        plan = self.plan_id
        return {
            "notice": plan.action_send_notice,
            "accelerate": lambda: plan.action_accelerate(self.reason),
            "reinstate": lambda: plan.action_reinstate(self.reason, self.date_respite),
            "cancel": lambda: plan.action_cancel(self.reason),
        }[self.kind]()
