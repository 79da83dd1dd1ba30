from odoo import fields, models


class CollectionCallCancel(models.TransientModel):
    _name = "collection.call.cancel"
    _description = "Cancel Collection Call"
    _inherit = "collection.dialog"

    call_ids = fields.Many2many("collection.call", string="Calls", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        return self.call_ids.action_cancel(self.reason)
