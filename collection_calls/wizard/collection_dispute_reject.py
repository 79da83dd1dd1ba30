from odoo import fields, models


class CollectionDisputeReject(models.TransientModel):
    _name = "collection.dispute.reject"
    _description = "Reject Dispute"
    _inherit = "collection.dialog"

    dispute_ids = fields.Many2many(
        "collection.dispute", string="Disputes", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        return self.dispute_ids.action_reject(self.reason)
