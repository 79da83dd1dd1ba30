from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["collection.agreement"]._touch_all(partials.debit_move_id.move_id.ids)
        return partials

    def unlink(self):
        move_ids = self.debit_move_id.move_id.ids
        result = super().unlink()
        self.env["collection.agreement"]._touch_all(move_ids)
        return result
