from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import promise as engine
from ...models.plan.collection_plan import RUNNING

KINDS = [("promise", "Promise"), ("installment", "Installment")]


class CollectionForecastReport(models.Model):
    """What debtors have agreed to pay, and when: promises and installments in one.

    A row is an open promise, or an installment of a running plan, with what is still
    expected of it: less what came in, and less credit notes. What is late stands on the
    day it was agreed for. Accelerated plans have no day any more, and aren't in it.

    Amounts are in the currency of the company that the user works in, at the rate of
    its today.
    """

    _name = "collection.forecast.report"
    _description = "Cash Forecast of Collections"
    _auto = False
    _order = "date, partner_id, id"
    _rec_name = "partner_id"
    _depends = {
        "collection.promise": [
            "amount_due",
            "amount_paid",
            "company_id",
            "currency_id",
            "date_promised",
            "partner_id",
            "state",
            "user_id",
        ],
        "collection.plan": ["state", "user_id"],
        "collection.plan.installment": [
            "amount_residual",
            "company_id",
            "currency_id",
            "date_due",
            "partner_id",
            "plan_id",
            "state",
        ],
    }

    date = fields.Date(string="Expected On", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    promise_id = fields.Many2one("collection.promise", readonly=True)
    plan_id = fields.Many2one(
        "collection.plan", string="Installment Plan", readonly=True
    )
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        string="Expected",
        readonly=True,
        help="What is still to come of what was agreed.",
    )

    @property
    def _table_query(self):
        report = self.env["collection.report"]
        return SQL(
            """
            SELECT expected.*,
                   %(currency)s::int AS currency_id,
                   %(amount)s AS amount
              FROM (%(promises)s UNION ALL %(installments)s) AS expected
                   (id, date, kind, promise_id, plan_id, partner_id, user_id,
                    company_id, own_currency_id, own_amount)
              JOIN %(rates)s ON rate.currency_id = own_currency_id
             WHERE own_amount > 0
            """,
            currency=self.env.company.currency_id.id,
            amount=report._convert_sql(SQL("own_amount")),
            promises=self._get_promises_sql(),
            installments=self._get_installments_sql(),
            rates=report._get_rate_sql(),
        )

    def action_open(self):
        """Open the promise or the plan that a row is about."""
        self.ensure_one()
        return (self.promise_id or self.plan_id).get_formview_action()

    # ---------------------------------------------------------------------- pieces

    @api.model
    def _get_promises_sql(self):
        return SQL(
            """
            SELECT 2 * id, date_promised, 'promise', id, NULL::int, partner_id, user_id,
                   company_id, currency_id, amount_due - amount_paid
              FROM collection_promise
             WHERE state = ANY(%s)
            """,
            list(engine.STANDING),
        )

    @api.model
    def _get_installments_sql(self):
        return SQL(
            """
            SELECT 2 * part.id + 1, part.date_due, 'installment', NULL::int, plan.id,
                   part.partner_id, plan.user_id, part.company_id, part.currency_id,
                   part.amount_residual
              FROM collection_plan_installment part
              JOIN collection_plan plan ON plan.id = part.plan_id
             WHERE plan.state = ANY(%s)
               AND part.state <> 'superseded'
            """,
            list(RUNNING),
        )
