import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, clean_context

_logger = logging.getLogger(__name__)


class CollectionPromiseEvent(models.AbstractModel):
    """What has promises judged anew: something happened to their claims."""

    _name = "collection.promise.event"
    _description = "Events that Promises React to"

    is_stale = fields.Boolean(
        string="Evaluation Due",
        readonly=True,
        copy=False,
        help="The last evaluation failed; the scheduled action tries again.",
    )

    @api.model
    def _touch(self, move_ids):
        """Have the promises on these invoices judged anew when the transaction ends.

        Those on other claims of the invoice too: their protection hangs together.

        However often this is called in a transaction, they are judged once. An error of
        ours never gets in the way of what the accountant is doing.
        """
        data = self.env.cr.precommit.data
        if "collection_calls.touched" not in data:
            data["collection_calls.touched"] = set()
            # Defaults of the accountant's dialog don't concern what we create.
            clean = self.env(su=True, context=clean_context(self.env.context))
            self.env.cr.precommit.add(self.with_env(clean)._evaluate_touched)
        data["collection_calls.touched"].update(move_ids)

    def _evaluate_touched(self):
        move_ids = self.env.cr.precommit.data.pop("collection_calls.touched")
        try:
            with self.env.cr.savepoint():
                touched = self._get_touched(move_ids)
                touched._evaluate()
                touched.line_ids.move_id._update_collection_protection()
        except Exception:
            _logger.exception("Promises on changed claims could not be evaluated")
            self._mark_touched_stale(move_ids)

    @api.model
    def _get_touched(self, move_ids):
        lines = self.env["collection.promise.line"]
        return lines.search([("move_id", "in", list(move_ids))]).promise_id

    @api.model
    def _mark_touched_stale(self, move_ids):
        """Note it in plain SQL: whatever went wrong doesn't go wrong here again."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_promise promise
                   SET is_stale = TRUE
                  FROM collection_promise_line line
                 WHERE line.promise_id = promise.id
                   AND line.move_id = ANY(%(moves)s)
                """,
                moves=list(move_ids),
            )
        )
        self.invalidate_model(["is_stale"])

    def _mark_stale(self):
        """Leave promises to the next scheduled evaluation.

        Where another transaction has just changed them, the error goes on: Odoo then
        runs the request again, as it does if two accountants match the same item.
        """
        try:
            with self.env.cr.savepoint():
                self.write({"is_stale": True})
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("%s could not be marked for evaluation", self)
