from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

SHOWN = 12  # months
COUNTED_BACK = 24  # months, before each of which there is more than enough to go back
MEANS = ("billed_amount", "receivable_amount", "overdue_amount")


class CollectionReceivableReport(models.Model):
    """Receivables month by month: what was billed, what was open, how fast it came in.

    A row is a company's month, the last one up to its today. All is reckoned from the
    journal items as they were on that day: what was matched later was open then.
    Amounts are those of the books, converted to the currency of the user's company at
    the rate of its today.

    - *Overdue*: items due before the last day of the month, less the credits of the
      same debtor. What is promised or planned is overdue all the same.
    - *DSO*, days sales outstanding by countback: what is open is counted against what
      was billed in that month, then in the month before, and so on, each month with its
      days, the last one with its share of them.
    - *Collection effectiveness*: what came in, of what could have. Opening receivables
      and what was billed, less closing receivables, divided by the same less what
      isn't due yet.
    """

    _name = "collection.receivable.report"
    _description = "Receivables by Month"
    _auto = False
    _order = "month desc, company_id"
    _rec_name = "month"
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "company_id",
            "date",
            "date_maturity",
            "parent_state",
            "partner_id",
        ],
        "account.move": ["move_type"],
        "account.partial.reconcile": ["amount", "max_date"],
    }

    month = fields.Date(readonly=True, help="Its first day.")
    day = fields.Date(
        string="As of", readonly=True, help="The last day of the month, or today."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    billed_amount = fields.Monetary(
        string="Billed",
        readonly=True,
        aggregator="avg",
        help="Invoices less credit notes of the month, taxes included. Several months:"
        " their mean.",
    )
    receivable_amount = fields.Monetary(
        string="Receivable",
        readonly=True,
        aggregator="avg",
        help="What debtors owed on the last day of the month. Several months: their"
        " mean.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue",
        readonly=True,
        aggregator="avg",
        help="What of it was overdue on that day, less the debtors' credits, whatever"
        " is agreed about it. Several months: their mean.",
    )
    collected_amount = fields.Monetary(
        string="Collected",
        readonly=True,
        help="Opening receivables and what was billed, less closing receivables.",
    )
    collectable_amount = fields.Monetary(
        string="Could Be Collected",
        readonly=True,
        help="Opening receivables and what was billed, less what isn't due yet.",
    )
    effectiveness = fields.Float(
        string="Collection Effectiveness",
        readonly=True,
        aggregator="avg",
        help="Collection effectiveness index: what was collected, of what could be.",
    )
    dso = fields.Float(
        string="DSO",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Days sales outstanding by countback: how many days of billing are still"
        " open.",
    )

    @property
    def _table_query(self):
        report = self.env["collection.report"]
        return SQL(
            """
            WITH %(counted)s
            SELECT ROW_NUMBER() OVER (ORDER BY month, company_id) AS id,
                   month,
                   day,
                   company_id,
                   %(currency)s::int AS currency_id,
                   %(billed)s AS billed_amount,
                   %(receivable)s AS receivable_amount,
                   %(overdue)s AS overdue_amount,
                   %(collected)s AS collected_amount,
                   %(collectable)s AS collectable_amount,
                   (collected / NULLIF(collectable, 0))::float AS effectiveness,
                   dso::float AS dso
              FROM counted
              JOIN res_company company ON company.id = counted.company_id
              JOIN %(rates)s ON rate.currency_id = company.currency_id
             WHERE is_shown
            """,
            counted=self._get_counted_sql(),
            currency=self.env.company.currency_id.id,
            rates=report._get_rate_sql(),
            **{
                name: report._convert_sql(SQL.identifier("counted", name))
                for name in (
                    *("billed", "receivable", "overdue", "collected", "collectable"),
                )
            },
        )

    def _read_group_select(self, aggregate_spec, query):
        """Of several companies sums, of several months means."""
        name, _colon, func = aggregate_spec.partition(":")

        def column(name):
            return self._field_to_sql(self._table, name, query)

        if func != "avg":
            return super()._read_group_select(aggregate_spec, query)
        if name in MEANS:
            return SQL("SUM(%s) / COUNT(DISTINCT %s)", column(name), column("month"))
        if name == "effectiveness":
            return SQL(
                "SUM(%s)::float / NULLIF(SUM(%s), 0)",
                column("collected_amount"),
                column("collectable_amount"),
            )
        if name == "dso":
            return SQL(
                "(SUM(%(dso)s * %(open)s) / NULLIF(SUM(%(open)s), 0))::float",
                dso=column("dso"),
                open=column("receivable_amount"),
            )
        return super()._read_group_select(aggregate_spec, query)

    # ---------------------------------------------------------------------- pieces

    @api.model
    def _get_counted_sql(self):
        """Common table expressions up to ``counted``: each month with its figures."""
        return SQL(
            """
            calendar AS (%(calendar)s),
            %(balance)s,
            %(overdue)s,
            known AS (
                SELECT balance.*,
                       COALESCE(overdue.amount, 0) AS overdue,
                       opening + billed - receivable AS collected,
                       opening + billed - receivable + COALESCE(overdue.amount, 0)
                           AS collectable
                  FROM balance
             LEFT JOIN overdue USING (company_id, month)
            ),
            counted AS (
                SELECT known.*,
                       COALESCE((
                           SELECT SUM(
                                      CASE WHEN back.rest <= 0 THEN 0
                                           WHEN back.billed >= back.rest
                                           THEN back.days * back.rest / back.billed
                                           ELSE back.days
                                      END
                                  )
                             FROM (
                                   SELECT earlier.billed,
                                          earlier.days,
                                          known.receivable + earlier.billed
                                          - SUM(earlier.billed) OVER (
                                              ORDER BY earlier.month DESC
                                          ) AS rest
                                     FROM balance earlier
                                    WHERE earlier.company_id = known.company_id
                                      AND earlier.month <= known.month
                                  ) back
                       ), 0) AS dso
                  FROM known
            )
            """,
            calendar=self._get_calendar_sql(),
            balance=self._get_balance_sql(),
            overdue=self._get_overdue_sql(),
        )

    @api.model
    def _get_calendar_sql(self):
        """The months of each company up to its today; those that are shown."""
        rows = []
        for company in self.env.companies:
            today = company._get_collection_today()
            for back in range(SHOWN + COUNTED_BACK):
                first = today.replace(day=1) - relativedelta(months=back)
                last = first + relativedelta(months=1, days=-1)
                rows.append((company.id, first, min(last, today), back < SHOWN))
        return SQL(
            """
            SELECT month.*, day - month + 1 AS days
              FROM unnest(%s::int[], %s::date[], %s::date[], %s::bool[])
                AS month (company_id, month, day, is_shown)
            """,
            *map(list, zip(*rows, strict=True)),
        )

    @api.model
    def _get_balance_sql(self):
        """``balance``: what was billed in each month and open before and after it."""
        return SQL(
            """
            moved AS (
                SELECT item.company_id,
                       DATE_TRUNC('month', item.date)::date AS month,
                       SUM(item.balance) AS balance,
                       SUM(item.balance) FILTER (
                           WHERE entry.move_type IN %(billing)s
                       ) AS billed
                  FROM account_move_line item
                  JOIN account_move entry ON entry.id = item.move_id
                 WHERE %(ours)s
                   AND item.date <= (
                       SELECT MAX(day) FROM calendar
                        WHERE calendar.company_id = item.company_id
                   )
              GROUP BY 1, 2
            ),
            before AS (
                SELECT company_id, SUM(moved.balance) AS balance
                  FROM moved
                 WHERE NOT EXISTS (
                     SELECT FROM calendar
                      WHERE calendar.company_id = moved.company_id
                        AND calendar.month = moved.month
                 )
              GROUP BY company_id
            ),
            summed AS (
                SELECT calendar.*,
                       COALESCE(moved.billed, 0) AS billed,
                       COALESCE(moved.balance, 0) AS balance,
                       COALESCE(before.balance, 0) + SUM(COALESCE(moved.balance, 0))
                           OVER (PARTITION BY calendar.company_id ORDER BY month)
                           AS receivable
                  FROM calendar
             LEFT JOIN moved USING (company_id, month)
             LEFT JOIN before USING (company_id)
            ),
            balance AS (
                SELECT summed.*, receivable - balance AS opening FROM summed
            )
            """,
            billing=("out_invoice", "out_refund", "out_receipt"),
            ours=self._get_ours_sql(),
        )

    @api.model
    def _get_overdue_sql(self):
        """``overdue``: what was overdue at the end of each month that is shown.

        What is open now and what was matched later were open then.
        """
        return SQL(
            """
            shown AS (SELECT * FROM calendar WHERE is_shown),
            matched AS (
                SELECT side.item_id, match.max_date, side.amount
                  FROM account_partial_reconcile match
            CROSS JOIN LATERAL (
                VALUES (match.debit_move_id, match.amount),
                       (match.credit_move_id, -match.amount)
                       ) AS side (item_id, amount)
                 WHERE match.max_date > (SELECT MIN(day) FROM shown)
                   AND match.company_id IN %(companies)s
            ),
            item AS (
                SELECT item.id,
                       item.company_id,
                       item.date,
                       item.amount_residual,
                       COALESCE(item.date_maturity, item.date) AS due,
                       COALESCE(partner.commercial_partner_id, 0) AS debtor_id
                  FROM account_move_line item
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE %(ours)s
                   AND (item.amount_residual <> 0
                        OR item.id IN (SELECT item_id FROM matched))
            ),
            standing AS (
                SELECT shown.company_id,
                       shown.month,
                       item.debtor_id,
                       item.due < shown.day AS is_due,
                       item.amount_residual + COALESCE(SUM(matched.amount), 0)
                           AS residual
                  FROM shown
                  JOIN item ON item.company_id = shown.company_id
                   AND item.date <= shown.day
             LEFT JOIN matched ON matched.item_id = item.id
                   AND matched.max_date > shown.day
              GROUP BY shown.company_id, shown.month, item.id, item.debtor_id,
                       item.due, shown.day, item.amount_residual
            ),
            owed AS (
                SELECT company_id, month, GREATEST(SUM(residual), 0) AS amount
                  FROM standing
                 WHERE residual < 0 OR is_due
              GROUP BY company_id, month, debtor_id
            ),
            overdue AS (
                SELECT company_id, month, SUM(amount) AS amount
                  FROM owed
              GROUP BY company_id, month
            )
            """,
            companies=tuple(self.env.companies.ids),
            ours=self._get_ours_sql(),
        )

    @api.model
    def _get_ours_sql(self):
        """Posted items on receivable accounts of the companies that are switched on."""
        # sudo: what companies are owed is summed up, whoever may see the entries.
        accounts_sudo = self.env["account.account"].sudo()
        receivable = accounts_sudo.with_context(active_test=False)._search(
            [("account_type", "=", "asset_receivable")]
        )
        return SQL(
            "item.parent_state = 'posted' AND item.company_id IN %s"
            " AND item.account_id IN %s",
            tuple(self.env.companies.ids),
            receivable.subselect(),
        )
