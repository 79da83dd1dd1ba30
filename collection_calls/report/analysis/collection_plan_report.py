from odoo import fields, models
from odoo.tools import SQL

OUTCOMES = [
    ("1_running", "Running"),
    ("2_completed", "Paid Off"),
    ("3_late", "Paid Off after Acceleration"),
    ("4_accelerated", "Accelerated"),
    ("5_cancelled", "Cancelled"),
]


class CollectionPlanReport(models.Model):
    """Installment plans that ran, and what became of them."""

    _name = "collection.plan.report"
    _description = "Plans Analysis"
    _inherit = "collection.report"
    _auto = False
    _order = "date_activated desc, id desc"
    _rec_name = "plan_id"
    _alias = "plan"
    _claims = "collection.plan.claim"
    _rates = {
        "completed_rate": ("completed_count", "over_count"),
        "accelerated_rate": ("accelerated_count", "plan_count"),
        "cured_rate": ("cured_count", "notice_count"),
        "paid_rate": ("amount_paid", "amount_total"),
    }
    _depends = {
        "collection.plan": [
            "partner_id",
            "company_id",
            "currency_id",
            "user_id",
            "call_id",
            "rule_id",
            "date_activated",
            "date_accelerated",
            "amount_total",
            "amount_paid",
            "amount_residual",
            "amount_arrears",
            "state",
        ],
        "collection.plan.claim": ["plan_id", "date_maturity"],
        "collection.plan.event": ["plan_id", "kind"],
    }

    plan_id = fields.Many2one(
        "collection.plan", string="Installment Plan", readonly=True
    )
    rule_id = fields.Many2one("collection.acceleration.rule", readonly=True)
    date_activated = fields.Date(string="Activated On", readonly=True)
    outcome = fields.Selection(
        OUTCOMES, readonly=True, help="What became of the plan up to now."
    )
    amount_total = fields.Monetary(
        string="Total",
        readonly=True,
        help="What was open on the claims when the plan was activated.",
    )
    amount_paid = fields.Monetary(string="Received", readonly=True)
    amount_residual = fields.Monetary(string="Left to Pay", readonly=True)
    amount_arrears = fields.Monetary(string="Arrears", readonly=True)
    plan_count = fields.Integer(string="Plans", readonly=True)
    over_count = fields.Integer(
        string="Ended Plans",
        readonly=True,
        help="Plans that don't run any more: paid off, accelerated or cancelled.",
    )
    completed_count = fields.Integer(string="Paid Off Plans", readonly=True)
    accelerated_count = fields.Integer(
        string="Accelerated Plans",
        readonly=True,
        help="Plans that were accelerated at least once, reinstated or not.",
    )
    notice_count = fields.Integer(string="Plans with a Notice", readonly=True)
    cured_count = fields.Integer(
        string="Cured Plans",
        readonly=True,
        help="Plans whose arrears were paid after a notice at least once.",
    )
    missed_count = fields.Integer(string="Missed Installments", readonly=True)
    completed_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Plans that were paid off, of those that ended.",
    )
    accelerated_rate = fields.Float(
        string="Acceleration Rate",
        readonly=True,
        aggregator="avg",
        help="Plans that were accelerated at least once, of all.",
    )
    cured_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Plans whose arrears were paid after a notice, of those with a notice.",
    )
    paid_rate = fields.Float(
        string="Received Rate",
        readonly=True,
        aggregator="avg",
        help="Money received, of what the plans began with.",
    )

    def _get_columns(self):
        amounts = "amount_total", "amount_paid", "amount_residual", "amount_arrears"
        return {
            **super()._get_columns(),
            **self._get_own_columns("rule_id", "date_activated"),
            **self._get_money_columns(*amounts),
            "outcome": SQL(
                """
                CASE WHEN plan.state = 'cancelled' THEN '5_cancelled'
                     WHEN plan.state = 'accelerated' THEN '4_accelerated'
                     WHEN plan.state <> 'completed' THEN '1_running'
                     WHEN plan.date_accelerated IS NULL THEN '2_completed'
                     ELSE '3_late'
                END
                """
            ),
            "plan_count": SQL("1"),
            "over_count": SQL(
                "(plan.state IN ('completed', 'accelerated', 'cancelled'))::int"
            ),
            "completed_count": SQL("(plan.state = 'completed')::int"),
            "accelerated_count": self._get_happened_sql("accelerated"),
            "notice_count": self._get_happened_sql("notice"),
            "cured_count": self._get_happened_sql("cured"),
            "missed_count": SQL(
                """
                (SELECT COUNT(*)
                   FROM collection_plan_event event
                  WHERE event.plan_id = plan.id AND event.kind = 'missed')
                """
            ),
        }

    def _get_day_sql(self):
        return SQL("plan.date_activated")

    def _get_where_sql(self):
        return SQL("plan.date_activated IS NOT NULL")

    def _get_happened_sql(self, kind):
        return SQL(
            """
            EXISTS (SELECT 1
                      FROM collection_plan_event event
                     WHERE event.plan_id = plan.id AND event.kind = %s)::int
            """,
            kind,
        )
