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
    is_failure_reported = fields.Boolean(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The collector knows that the scheduled evaluation fails.",
    )
    failure_activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    @api.model
    def _touch(self, move_ids):
        """Have the promises on these invoices judged anew when the transaction ends.

        Those on other claims of the invoice too: their protection hangs together.

        However often this is called, they are judged once when the transaction ends;
        where somebody makes a savepoint before, what was touched so far is judged there
        already. An error of ours never gets in the way of what the accountant is doing.
        """
        if not move_ids:
            return
        data = self.env.cr.precommit.data
        if "collection_calls.touched" not in data:
            data["collection_calls.touched"] = set()
            # Defaults of the accountant's dialog don't concern what we create.
            clean = self.env(su=True, context=clean_context(self.env.context))
            self.env.cr.precommit.add(self.with_env(clean)._evaluate_touched)
        data["collection_calls.touched"].update(move_ids)

    def _evaluate_touched(self):
        move_ids = self.env.cr.precommit.data.pop("collection_calls.touched")

        def judge():
            touched = self._get_touched(move_ids)
            touched._evaluate()
            touched.line_ids.move_id._update_collection_protection()

        if not self._attempt(judge, "Promises on changed claims: not evaluated"):
            self._mark_touched_stale(move_ids)

    def _attempt(self, work, failure, let_pass=()):
        """Do some work of ours; if it fails, nothing is left of it but a log entry.

        Only our own work is at stake. What others have pending is written before, and
        their hooks run when the transaction ends: what they refuse stays refused. That
        is why the savepoint must not flush the cursor, which would run them in here.

        :param work: a function without arguments
        :param str failure: what to log
        :param let_pass: exceptions that go on to the caller
        :return: whether it succeeded
        """
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                work()
                self.env.flush_all()
        except Exception as error:
            self.env.transaction.clear()  # what the cache says was rolled back
            if isinstance(error, let_pass):
                raise
            _logger.exception(failure)
            return False
        return True

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
        self._attempt(
            lambda: self.write({"is_stale": True}),
            f"{self} could not be marked for evaluation",
            let_pass=PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
        )
