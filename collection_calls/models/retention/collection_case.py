from odoo import fields, models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    retention_marks = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The day, on the company's calendar, on which each purpose was emptied.",
    )
