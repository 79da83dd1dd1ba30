from odoo import api, fields, models
from odoo.fields import Command

from ..models.retention.collection_retention_log import PURPOSES


class CollectionRetentionPreview(models.TransientModel):
    """What tonight's run would empty, looked at without doing it."""

    _name = "collection.retention.preview"
    _description = "What Tonight Empties"
    _inherit = "collection.dialog"

    line_ids = fields.One2many("collection.retention.preview.line", "preview_id")

    @api.model
    def action_preview(self):
        """Open the debtors of whom tonight's run would empty something, and what."""
        lines = self.env["collection.retention"]._preview(self.env.companies)
        preview = self.create({"line_ids": [Command.create(line) for line in lines]})
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_retention_preview_line_action"
        )
        return dict(action, domain=[("preview_id", "=", preview.id)])


class CollectionRetentionPreviewLine(models.TransientModel):
    _name = "collection.retention.preview.line"
    _description = "Personal Data That Tonight Empties"
    _inherit = "collection.dialog"
    _order = "partner_id, purpose, id"

    preview_id = fields.Many2one(
        "collection.retention.preview", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Debtor", ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    purpose = fields.Selection(PURPOSES)
    date_closed = fields.Date(
        string="Closed Since", help="Nothing happened with the debtor since that day."
    )
    field_count = fields.Integer(string="Records")
    note_count = fields.Integer(string="Notes")
    tracking_count = fields.Integer(string="Tracked Changes")
    mail_count = fields.Integer(string="E-Mails")
    file_count = fields.Integer(string="Files")
    activity_count = fields.Integer(string="Activities")
