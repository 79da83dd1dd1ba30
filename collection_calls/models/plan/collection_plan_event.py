from odoo import fields, models
from odoo.exceptions import UserError

from ..evidence.door import is_door_open

KINDS = [
    ("activated", "Activated"),
    ("accepted", "Accepted in Writing"),
    ("declined", "Declined in Writing"),
    ("missed", "Installment Missed"),
    ("notice", "Notice Sent"),
    ("cured", "Arrears Paid"),
    ("accelerated", "Accelerated"),
    ("reinstated", "Reinstated"),
    ("completed", "Paid Off"),
    ("reopened", "Open Again"),
    ("replaced", "Claim Replaced"),
    ("dissolved", "Dissolved"),
    ("cancelled", "Cancelled"),
    ("resumed", "Taken Up Again"),
    ("respite", "Respite Given"),
]


class CollectionPlanEvent(models.Model):
    """What happened to a plan. Nobody changes it, and nothing is noted twice."""

    _name = "collection.plan.event"
    _description = "Event of an Installment Plan"
    _inherit = ["collection.guard", "collection.evidence", "collection.entry"]
    _order = "id desc"
    _rec_name = "kind"

    plan_id = fields.Many2one(
        "collection.plan", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    installment_id = fields.Many2one(
        "collection.plan.installment",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    kind = fields.Selection(KINDS, string="Event", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, help="On the company's calendar.")
    amount = fields.Monetary(
        readonly=True,
        help="In the plan's currency: what was in arrears when an installment was"
        " missed or a notice was sent, else what was left to pay.",
    )
    reason = fields.Char(readonly=True)
    evidence = fields.Text(
        string="What Counted",
        readonly=True,
        help="Receipts, credits and money under way when the rest fell due.",
    )
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    # How often the plan was reinstated before: it may be accelerated once each time.
    term = fields.Integer(readonly=True)

    _missed_once = models.UniqueIndex("(installment_id, term) WHERE kind = 'missed'")
    _accelerated_once = models.UniqueIndex("(plan_id, term) WHERE kind = 'accelerated'")

    def write(self, vals):
        if vals and not is_door_open(self.env):
            raise UserError(
                self.env._("What happened to a plan is evidence and can't be changed.")
            )
        return super().write(vals)

    def _check_deletable(self):
        raise UserError(
            self.env._("What happened to a plan is evidence and can't be deleted.")
        )
