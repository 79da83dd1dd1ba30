from odoo import fields, models
from odoo.tools import SQL

from ..engine import promise as engine
from ..models.promise.collection_promise import PAYMENT_METHODS, STATES
from .collection_report import HOURS, WEEKDAYS

JUDGED = [engine.KEPT, *engine.FAILED]


class CollectionPromiseReport(models.Model):
    """Promises, and how many of those that were judged were kept."""

    _name = "collection.promise.report"
    _description = "Promises Analysis"
    _inherit = "collection.report"
    _auto = False
    _order = "date_deadline desc, id desc"
    _rec_name = "promise_id"
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
        "collection.call": ["date_start", "outcome_id", "reason_id"],
        "res.partner": ["country_id"],
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

    def _get_record(self):
        return self.promise_id

    def _get_fact_sql(self):
        clock = self._get_clock_sql(SQL("held.date_start"))
        paid = SQL("GREATEST(LEAST(promise.amount_paid, promise.amount_due), 0)")
        return SQL(
            """
            SELECT promise.id,
                   promise.id AS promise_id,
                   promise.call_id,
                   promise.partner_id,
                   debtor.country_id,
                   promise.user_id,
                   promise.company_id,
                   %(currency)s::int AS currency_id,
                   held.outcome_id,
                   held.reason_id,
                   TO_CHAR(%(clock)s, 'ID') AS weekday,
                   TO_CHAR(%(clock)s, 'HH24') AS hour,
                   %(age)s AS age_bucket,
                   promise.date_made,
                   promise.date_promised,
                   promise.date_deadline,
                   promise.payment_method,
                   promise.state,
                   %(amount)s AS amount,
                   CASE WHEN promise.state = ANY(%(judged)s) THEN %(due)s ELSE 0 END
                       AS judged_amount,
                   CASE WHEN promise.state = ANY(%(judged)s) THEN %(paid)s ELSE 0 END
                       AS kept_amount,
                   (promise.state = ANY(%(judged)s))::int AS judged_count,
                   (promise.state = %(kept)s)::int AS kept_count
              FROM collection_promise promise
              JOIN %(settings)s ON setting.company_id = promise.company_id
              JOIN %(rates)s ON rate.currency_id = promise.currency_id
         LEFT JOIN res_partner debtor ON debtor.id = promise.partner_id
         LEFT JOIN collection_call held ON held.id = promise.call_id
            """,
            currency=self.env.company.currency_id.id,
            clock=clock,
            age=self._get_age_sql(
                SQL(
                    """
                    promise.date_made - (
                        SELECT MIN(line.date_maturity)
                          FROM collection_promise_line line
                         WHERE line.promise_id = promise.id
                    )
                    """
                )
            ),
            amount=self._convert_sql(SQL("promise.amount")),
            due=self._convert_sql(SQL("promise.amount_due")),
            paid=self._convert_sql(paid),
            judged=JUDGED,
            kept=engine.KEPT,
            settings=self._get_setting_sql(),
            rates=self._get_rate_sql(),
        )
