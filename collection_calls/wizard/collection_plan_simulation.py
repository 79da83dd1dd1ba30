from odoo import api, fields, models
from odoo.fields import Command

from ..engine import acceleration as engine


class CollectionPlanSimulation(models.TransientModel):
    """What tonight's run would do, looked at without doing it."""

    _name = "collection.plan.simulation"
    _description = "Simulation of the Nightly Run"
    _inherit = "collection.dialog"

    line_ids = fields.One2many("collection.plan.simulation.line", "simulation_id")

    @api.model
    def action_simulate(self):
        """Open the plans with which tonight's run would do something, and what."""
        simulation = self.create(
            {
                "line_ids": [
                    Command.create(self._prepare_line_vals(row))
                    for row in self.env["collection.plan"]._simulate_run()
                ]
            }
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_plan_simulation_line_action"
        )
        return dict(action, domain=[("simulation_id", "=", simulation.id)])

    @api.model
    def _prepare_line_vals(self, row):
        return {
            "plan_id": row["plan"].id,
            "step": row["step"],
            "reason": row["reason"],
            "amount_arrears": row["amount"],
        }


class CollectionPlanSimulationLine(models.TransientModel):
    _name = "collection.plan.simulation.line"
    _description = "Step That the Nightly Run Would Take"
    _inherit = "collection.dialog"

    simulation_id = fields.Many2one(
        "collection.plan.simulation", required=True, ondelete="cascade"
    )
    plan_id = fields.Many2one(
        "collection.plan", string="Installment Plan", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="plan_id.partner_id")
    user_id = fields.Many2one(related="plan_id.user_id")
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    step = fields.Selection(
        [
            (engine.ACCELERATE, "Accelerate"),
            (engine.SEND_NOTICE, "Send the Notice"),
            (engine.PROPOSE, "Ask the Collector"),
            (engine.HOLD, "Hold Back"),
            (engine.CURE, "Take the Notice Back"),
            (engine.COMPLETE, "Close the Plan"),
        ],
        string="Tonight",
    )
    reason = fields.Char(string="Why")
    amount_arrears = fields.Monetary(string="Arrears")
    amount_residual = fields.Monetary(related="plan_id.amount_residual")

    def action_open_plan(self):
        """Open the plan."""
        self.ensure_one()
        return self.plan_id._get_form_action()
