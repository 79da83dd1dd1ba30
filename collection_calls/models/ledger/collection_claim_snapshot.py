from odoo import api, fields, models


class CollectionClaimSnapshot(models.AbstractModel):
    """A claim as it was when somebody spoke about it.

    The accounting may take an item or an invoice back. What was said about it stays, so
    nothing here depends on the item once it is noted.
    """

    _name = "collection.claim.snapshot"
    _description = "Snapshot of a Claim"

    move_line_id = fields.Many2one(
        "account.move.line",
        string="Claim",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_snapshot",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    label = fields.Char(compute="_compute_snapshot", store=True, precompute=True)
    date_maturity = fields.Date(
        string="Due Date", compute="_compute_snapshot", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_snapshot", store=True, precompute=True
    )

    @api.depends("move_line_id")
    def _compute_snapshot(self):
        for claim in self.filtered("move_line_id"):
            item = claim.move_line_id
            claim.move_id = item.move_id
            claim.label = item.move_id.name or item.name
            claim.date_maturity = item.date_maturity or item.date
            claim.currency_id = item.currency_id
