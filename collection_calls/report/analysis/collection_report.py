from odoo import api, fields, models
from odoo.tools import SQL

AGES = [
    ("0", "Not Overdue"),
    ("1", "1–30 Days"),
    ("2", "31–60 Days"),
    ("3", "61–90 Days"),
    ("4", "Over 90 Days"),
]
# Groups are sorted by the value: Monday first.
WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]
HOURS = [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)]


class CollectionReport(models.AbstractModel):
    """What the analyses share: their dimensions, their clock, their currency, rates.

    They are queries over the records themselves, and store nothing. What a query has as
    a scalar subquery is computed only if a view asks for that column, so that an
    analysis by collector reads no ledger.

    Days and hours are those of each record's company; amounts are in the currency of
    the company that the user works in, at the rate of its today, each rounded by
    itself.
    """

    _name = "collection.report"
    _description = "Analysis of Collections"
    _auto = False

    # How queries call the record that a row is about, the one in ``_rec_name``, and the
    # model of the claims that were noted with it.
    _alias = None
    _claims = None
    # The rate's name, and what is divided by what: in a group, sum by sum. A mean of
    # rates would give a day with one call the weight of a day with fifty.
    _rates = {}
    _depends = {"collection.call": ["reason_id"], "res.partner": ["country_id"]}

    call_id = fields.Many2one(
        "collection.call", string="Collection Call", readonly=True
    )
    reason_id = fields.Many2one(
        "collection.reason", string="Reason of Non-Payment", readonly=True
    )
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    age_bucket = fields.Selection(
        AGES,
        string="Age of the Debt",
        readonly=True,
        help="How long the oldest claim that it was about had been overdue on that"
        " day.",
    )

    @property
    def _table_query(self):
        return SQL(
            "SELECT fact.*, %s FROM (%s) fact",
            self._get_rates_columns(),
            self._get_fact_sql(),
        )

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, func = aggregate_spec.partition(":")
        if name not in self._rates or func != "avg":
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (
            self._field_to_sql(self._table, summed, query)
            for summed in self._rates[name]
        )
        return SQL("SUM(%s)::float / NULLIF(SUM(%s), 0)", part, whole)

    def action_open(self):
        """Open the record that a row is about."""
        self.ensure_one()
        return self._get_record().get_formview_action()

    # ---------------------------------------------------------------------- hooks

    def _get_record(self):
        """What a row is about."""
        return self[self._rec_name]

    @api.model
    def _get_columns(self):
        """The SQL of each field, without the rates.

        It may read the record by its ``_alias``, the ``debtor``, the ``setting`` of the
        company, the call as ``held``, and what :meth:`_get_joins_sql` adds.
        """
        overdue = SQL("%s - %s", self._get_day_sql(), self._get_oldest_due_sql())
        return {
            **self._get_own_columns("id", "partner_id", "user_id", "company_id"),
            self._rec_name: self._get_own_sql("id"),
            "call_id": SQL("held.id"),
            "reason_id": SQL("held.reason_id"),
            "country_id": SQL("debtor.country_id"),
            "currency_id": SQL("%s::int", self.env.company.currency_id.id),
            "age_bucket": self._get_age_sql(overdue),
        }

    @api.model
    def _get_day_sql(self):
        """The day on which the debt was as old as the row says."""
        raise NotImplementedError

    @api.model
    def _get_oldest_due_sql(self):
        """Since when the oldest claim that the record is about has been due."""
        return SQL(
            """
            (SELECT MIN(noted.date_maturity)
               FROM %s noted
              WHERE %s = %s)
            """,
            SQL.identifier(self.env[self._claims]._table),
            SQL.identifier("noted", self._rec_name),
            self._get_own_sql("id"),
        )

    @api.model
    def _get_joins_sql(self):
        """What rows are read from besides: the rate of amounts, and the call."""
        return SQL(
            """
              JOIN %s ON rate.currency_id = %s
         LEFT JOIN collection_call held ON held.id = %s
            """,
            self._get_rate_sql(),
            self._get_own_sql("currency_id"),
            self._get_own_sql("call_id"),
        )

    @api.model
    def _get_where_sql(self):
        """Which records are counted."""
        return SQL("TRUE")

    # --------------------------------------------------------------------- pieces

    @api.model
    def _get_fact_sql(self):
        """The rows without their rates."""
        records = self.env[self._fields[self._rec_name].comodel_name]
        return SQL(
            """
            SELECT %(columns)s
              FROM %(table)s %(alias)s
              JOIN %(settings)s ON setting.company_id = %(company)s
         LEFT JOIN res_partner debtor ON debtor.id = %(debtor)s
                   %(joins)s
             WHERE %(where)s
            """,
            columns=SQL(", ").join(
                SQL("%s AS %s", column, SQL.identifier(name))
                for name, column in self._get_columns().items()
            ),
            table=SQL.identifier(records._table),
            alias=SQL.identifier(self._alias),
            settings=self._get_setting_sql(),
            company=self._get_own_sql("company_id"),
            debtor=self._get_own_sql("partner_id"),
            joins=self._get_joins_sql(),
            where=self._get_where_sql(),
        )

    @api.model
    def _get_rates_columns(self):
        """The rates of one record: nothing where it isn't one of those that count."""
        return SQL(", ").join(
            SQL(
                "(%s)::float / NULLIF(%s, 0) AS %s",
                SQL.identifier("fact", part),
                SQL.identifier("fact", whole),
                SQL.identifier(name),
            )
            for name, (part, whole) in self._rates.items()
        )

    @api.model
    def _get_own_sql(self, name):
        """A field of the record that a row is about."""
        return SQL.identifier(self._alias, name)

    @api.model
    def _get_own_columns(self, *names):
        """Columns that say what fields of the record do."""
        return {name: self._get_own_sql(name) for name in names}

    @api.model
    def _get_money_columns(self, *names):
        """Amounts of the record, in the user's company's currency."""
        return {name: self._convert_sql(self._get_own_sql(name)) for name in names}

    @api.model
    def _get_clock_columns(self):
        """On which day of the week and at which hour the call was."""
        clock = self._get_clock_sql(SQL("held.date_start"))
        return {
            "weekday": SQL("TO_CHAR(%s, 'ID')", clock),
            "hour": SQL("TO_CHAR(%s, 'HH24')", clock),
        }

    @api.model
    def _get_setting_sql(self):
        """A row for each company that is switched on: its id and its clock."""
        return SQL("%s setting", self.env.companies._get_collection_clocks_sql())

    @api.model
    def _get_rate_sql(self):
        """What a unit of each currency is worth to the user's company today."""
        # Records may be in a currency that was archived since.
        overdue = self.env["collection.overdue"].with_context(active_test=False)
        rates = dict(overdue._get_rates(self.env.company))
        return SQL(
            """
            (SELECT *
               FROM unnest(%s::int[], %s::numeric[]) AS rate (currency_id, rate)) rate
            """,
            list(rates),
            list(rates.values()),
        )

    @api.model
    def _convert_sql(self, amount):
        """An amount in the user's company's currency; ``rate`` is joined already."""
        unit = self.env.company.currency_id.rounding
        return SQL(
            "ROUND((%(amount)s)::numeric * rate.rate / %(unit)s::numeric)"
            " * %(unit)s::numeric",
            amount=amount,
            unit=unit,
        )

    @api.model
    def _get_clock_sql(self, moment):
        """A moment on the clock of the company; ``setting`` is joined already."""
        return self.env.company._read_collection_clock_sql(SQL("setting"), moment)

    @api.model
    def _get_age_sql(self, days):
        return SQL(
            """
            (SELECT CASE WHEN debt.days <= 0 THEN '0'
                         WHEN debt.days <= 30 THEN '1'
                         WHEN debt.days <= 60 THEN '2'
                         WHEN debt.days <= 90 THEN '3'
                         WHEN debt.days > 90 THEN '4'
                    END
               FROM (SELECT %s AS days) debt)
            """,
            days,
        )
