from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_retention_said = fields.Integer(
        related="company_id.collection_retention_said", readonly=False
    )
    collection_retention_reasons = fields.Integer(
        related="company_id.collection_retention_reasons", readonly=False
    )
    collection_retention_numbers = fields.Integer(
        related="company_id.collection_retention_numbers", readonly=False
    )
    collection_retention_letters = fields.Integer(
        related="company_id.collection_retention_letters", readonly=False
    )
    collection_retention_events = fields.Integer(
        related="company_id.collection_retention_events", readonly=False
    )
