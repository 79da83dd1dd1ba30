from odoo import fields, models


class CollectionCallOutcome(models.Model):
    """Which outcome says that the number is somebody else's."""

    _inherit = "collection.call.outcome"

    is_wrong_number = fields.Boolean(
        string="Number Is Wrong",
        help="Whether a call with this outcome shows that the debtor can't be reached on"
        " that number. Nobody is asked to call it until it is corrected.",
    )
