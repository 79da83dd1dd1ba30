from odoo import api, models

ANSWER = "What the provider of text messages answered."


class CollectionRetention(models.AbstractModel):
    _inherit = "collection.retention"

    @api.model
    def _get_impersonal(self):
        known = super()._get_impersonal()
        links = {**known["collection.link"], "failure": ANSWER}
        return {**known, "collection.link": links}
