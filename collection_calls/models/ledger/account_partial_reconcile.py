from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._touch_collection(partials.debit_move_id, partials.credit_move_id)
        return partials

    def unlink(self):
        debits, credits = self.debit_move_id, self.credit_move_id
        result = super().unlink()
        self._touch_collection(debits, credits)
        return result

    @api.model
    def _touch_collection(self, debits, credits):
        """Judge what stands on these claims anew, and refresh the debtors' cases."""
        self.env["collection.agreement"]._touch_all(debits.move_id.ids)
        self.env["collection.case"]._touch((debits | credits).move_id.ids)
