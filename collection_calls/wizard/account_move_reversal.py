from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    collection_dispute_id = fields.Many2one(
        "collection.dispute", string="Accepted Dispute", readonly=True
    )

    def _prepare_default_reversal(self, move):
        """Let the credit note tell which dispute it settles."""
        values = super()._prepare_default_reversal(move)
        dispute = self.collection_dispute_id
        if dispute.move_id == move:
            values["collection_settled_dispute_id"] = dispute.id
            # Once it is there, nobody is asked to make it any more.
            # sudo: accountants need not see disputes.
            dispute.sudo()._touch_cases()
        return values

    def _modify_default_reverse_values(self, origin_move):
        """Let the new invoice tell which one it takes the place of."""
        values = super()._modify_default_reverse_values(origin_move)
        return dict(values, collection_replaces_id=origin_move.id)
