from odoo import fields, models


class CollectionPromiseVoid(models.TransientModel):
    _name = "collection.promise.void"
    _description = "Void Promise"
    _inherit = "collection.dialog"

    promise_ids = fields.Many2many(
        "collection.promise", string="Promises", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        return self.promise_ids.action_void(self.reason)
