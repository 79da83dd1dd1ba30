from odoo import fields, models
from odoo.tools import SQL

from ...engine import promise as engine
from ...models.promise.collection_promise import PAYMENT_METHODS, STATES
from .collection_report import HOURS, WEEKDAYS


class CollectionPromiseReport(models.Model):
    """Promises, and how many of those that were judged were kept."""

    _name = "collection.promise.report"
    _description = "Promises Analysis"
    _inherit = "collection.report"
    _auto = False
    _order = "date_deadline desc, id desc"
    _rec_name = "promise_id"
    _alias = "promise"
    _claims = "collection.promise.line"
    _rates = {
        "kept_rate": ("kept_count", "judged_count"),
        "kept_amount_rate": ("kept_amount", "judged_amount"),
    }
    _depends = {
        "collection.promise": [
            "partner_id",
            "company_id",
            "currency_id",
            "user_id",
            "call_id",
            "date_made",
            "date_promised",
            "date_deadline",
            "payment_method",
            "amount",
            "amount_due",
            "amount_paid",
            "state",
        ],
        "collection.promise.line": ["promise_id", "date_maturity"],
        "collection.call": ["date_start", "outcome_id"],
    }

    promise_id = fields.Many2one("collection.promise", readonly=True)
    outcome_id = fields.Many2one("collection.call.outcome", readonly=True)
    weekday = fields.Selection(
        WEEKDAYS, readonly=True, help="Of the call, on the company's calendar."
    )
    hour = fields.Selection(
        HOURS, readonly=True, help="Of the call, on the company's clock."
    )
    date_made = fields.Date(string="Made On", readonly=True)
    date_promised = fields.Date(string="Pays On", readonly=True)
    date_deadline = fields.Date(string="Deadline", readonly=True)
    payment_method = fields.Selection(PAYMENT_METHODS, readonly=True)
    state = fields.Selection(STATES, string="Status", readonly=True)
    amount = fields.Monetary(string="Promised", readonly=True)
    judged_amount = fields.Monetary(
        string="Promised and Judged",
        readonly=True,
        help="What was expected of the promises that were kept, partly kept or broken;"
        " credit notes are deducted. Open, superseded and void promises don't count.",
    )
    kept_amount = fields.Monetary(
        string="Kept",
        readonly=True,
        help="What came in for judged promises in time: of those that were partly kept,"
        " the part.",
    )
    judged_count = fields.Integer(
        string="Judged Promises",
        readonly=True,
        help="Promises that were kept, partly kept or broken.",
    )
    kept_count = fields.Integer(string="Kept Promises", readonly=True)
    kept_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Kept promises, of those that were judged. Partly kept isn't kept.",
    )
    kept_amount_rate = fields.Float(
        string="Kept Rate by Amount",
        readonly=True,
        aggregator="avg",
        help="What came in for judged promises in time, of what was promised.",
    )

    def _get_columns(self):
        own = "date_made", "date_promised", "date_deadline", "payment_method", "state"
        is_judged = SQL("promise.state = ANY(%s)", list(engine.JUDGED))
        due = SQL("promise.amount_due")
        paid = SQL("GREATEST(LEAST(promise.amount_paid, promise.amount_due), 0)")
        return {
            **super()._get_columns(),
            **self._get_clock_columns(),
            **self._get_own_columns(*own),
            **self._get_money_columns("amount"),
            "outcome_id": SQL("held.outcome_id"),
            "judged_amount": SQL(
                "CASE WHEN %s THEN %s ELSE 0 END", is_judged, self._convert_sql(due)
            ),
            "kept_amount": SQL(
                "CASE WHEN %s THEN %s ELSE 0 END", is_judged, self._convert_sql(paid)
            ),
            "judged_count": SQL("(%s)::int", is_judged),
            "kept_count": SQL("(promise.state = %s)::int", engine.KEPT),
        }

    def _get_day_sql(self):
        return SQL("promise.date_made")
