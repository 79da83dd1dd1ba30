from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        item_ids = [vals.get("debit_move_id") for vals in vals_list]
        self.env["collection.promise"]._touch(item_ids=item_ids)
        return partials

    def unlink(self):
        item_ids = self.debit_move_id.ids
        result = super().unlink()
        self.env["collection.promise"]._touch(item_ids=item_ids)
        return result
