from odoo import fields, models


class CollectionReplySlip(models.TransientModel):
    """The signed slip of an agreement came back by post."""

    _name = "collection.reply.slip"
    _description = "Signed Reply Slip"
    _inherit = "collection.dialog"

    plan_id = fields.Many2one("collection.plan", readonly=True)
    promise_id = fields.Many2one("collection.promise", readonly=True)
    date = fields.Date(
        string="Signed On",
        required=True,
        default=lambda self: self.env.company._get_collection_today(),
        help="The day that stands on the slip.",
    )
    signer_name = fields.Char(string="Signed By", required=True)
    signer_role = fields.Char(
        string="Role", help="What they are in the debtor's company, if it says so."
    )
    scan = fields.Binary(
        required=True, help="The signed slip, as a PDF or as a picture."
    )
    scan_name = fields.Char()

    _one_agreement = models.Constraint(
        "CHECK(num_nonnulls(plan_id, promise_id) = 1)",
        "A slip is about one plan or one promise.",
    )

    def action_confirm(self):
        """Mark it as accepted; the agreement checks what was filled in."""
        self.ensure_one()
        agreement = self.plan_id or self.promise_id
        agreement._accept_by_letter(
            self.date,
            self.signer_name,
            self.signer_role,
            self.scan_name,
            self.scan,
        )
        return {"type": "ir.actions.act_window_close"}
