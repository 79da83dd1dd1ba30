from odoo import api, models
from odoo.tools import SQL


class CollectionPromiseEvent(models.AbstractModel):
    """What has promises judged anew: something happened to their claims."""

    _name = "collection.promise.event"
    _description = "Events that Promises React to"
    _inherit = "collection.agreement"

    def _judge_touched(self, move_ids):
        touched = self._get_touched(move_ids)
        touched._evaluate()
        touched.line_ids.move_id._update_collection_protection()

    @api.model
    def _get_touched(self, move_ids):
        lines = self.env["collection.promise.line"]
        return lines.search([("move_id", "in", list(move_ids))]).promise_id

    @api.model
    def _get_touched_sql(self, move_ids):
        return SQL(
            "SELECT promise_id FROM collection_promise_line WHERE move_id = ANY(%s)",
            list(move_ids),
        )
