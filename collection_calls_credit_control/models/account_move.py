from odoo import models

from .credit_control_line import WAITING


class AccountMove(models.Model):
    _inherit = "account.move"

    def _update_collection_protection(self):
        """Lines that wait to be sent are ignored as soon as their claim is protected.

        Credit control makes new ones when the protection is over: ignored lines don't
        count for it.
        """
        result = super()._update_collection_protection()
        # sudo: whoever takes a promise need not see credit control.
        items_sudo = self.sudo().line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )
        lines_sudo = self.env["credit.control.line"].sudo()
        lines_sudo.search(
            [("move_line_id", "in", items_sudo.ids), ("state", "in", WAITING)]
        )._ignore_protected()
        return result
