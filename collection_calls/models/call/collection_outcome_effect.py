from odoo import fields, models


class CollectionCallOutcome(models.Model):
    """What the outcome of a call does to the debtor's case."""

    _inherit = "collection.call.outcome"

    is_wrong_number = fields.Boolean(
        string="Number Is Wrong",
        help="Whether a call with this outcome shows that the debtor can't be reached"
        " on that number. Nobody is asked to call it until it is corrected.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "is_attempt" in vals:
            self.env["collection.case"]._refresh_soon()
        return result
