from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionOverdue(models.AbstractModel):
    """What debtors should have paid by today, for all of them in one query.

    Which items count is said by the domains of :mod:`.account_move_line` and
    :mod:`.collection_ledger` alone; here they become the common table expressions that
    everybody reads who asks what is overdue:

    - ``setting`` (company_id, today, unit): a row for each company;
    - ``rate`` (company_id, currency_id, rate): what a unit of each active currency is
      worth to the company today;
    - ``claim``: the overdue claims with their ``age`` in days and their ``amount``;
    - ``overdue`` and ``credit`` (partner_id, company_id, …): sums by debtor;
    - ``left_out`` (partner_id, company_id, amount): what isn't followed up.

    Amounts are in company currency at the rate of the company's today, each claim
    rounded by itself, so that whatever is made of them adds up to the cent.
    """

    _name = "collection.overdue"
    _description = "What Is Overdue"

    @api.model
    def _get_overdue_sql(self, companies, debtor_ids=None):
        """The common table expressions about what these debtors owe these companies.

        :param debtor_ids: ids of commercial partners; everybody if None
        :rtype: SQL
        """
        items = self.env["account.move.line"]
        narrow = self._get_narrow(debtor_ids)
        overdue = Domain.OR(
            items._get_collection_overdue_domain(company) for company in companies
        )
        return SQL(
            """
            setting AS (%(settings)s),
            rate AS (%(rates)s),
            claim AS (
                SELECT item.*,
                       setting.unit,
                       setting.today - item.due AS age,
                       %(amount)s AS amount,
                       item.is_promised OR item.is_planned AS is_protected
                  FROM (%(claims)s OFFSET 0) item -- computed once
                  JOIN setting USING (company_id)
             LEFT JOIN rate USING (company_id, currency_id)
            ),
            overdue AS (
                SELECT claim.debtor_id AS partner_id,
                       claim.company_id,
                       SUM(amount) AS amount,
                       COUNT(DISTINCT move_id) AS overdue_count,
                       MIN(due) AS oldest_due_date,
                       SUM(amount) FILTER (WHERE is_protected) AS protected,
                       SUM(amount) FILTER (WHERE is_planned) AS planned,
                       SUM(amount) FILTER (WHERE is_promised) AS promised,
                       SUM(amount) FILTER (WHERE age <= 30) AS bucket_1_30,
                       SUM(amount) FILTER (WHERE age BETWEEN 31 AND 60)
                           AS bucket_31_60,
                       SUM(amount) FILTER (WHERE age BETWEEN 61 AND 90)
                           AS bucket_61_90,
                       SUM(amount) FILTER (WHERE age > 90) AS bucket_over_90
                  FROM claim
              GROUP BY claim.debtor_id, claim.company_id
            ),
            %(credit)s,
            left_out AS (%(left_out)s)
            """,
            settings=self._get_settings_sql(companies._get_collection_family()),
            rates=self._get_rates_sql(companies._get_collection_family()),
            amount=self._get_amount_sql(),
            claims=self._get_items_sql(overdue & narrow, with_protection=True),
            credit=self._get_credit_sql(companies, narrow),
            left_out=self._get_sums_sql(
                Domain.OR(
                    items._get_collection_left_out_domain(company)
                    for company in companies
                )
                & narrow
            ),
        )

    @api.model
    def _get_sums_sql(self, domain):
        """Sums of items by debtor and company; reads ``setting`` and ``rate``."""
        return SQL(
            """
            SELECT item.debtor_id AS partner_id,
                   item.company_id,
                   SUM(%(amount)s) AS amount
              FROM (%(items)s) item
              JOIN setting USING (company_id)
         LEFT JOIN rate USING (company_id, currency_id)
          GROUP BY item.debtor_id, item.company_id
            """,
            amount=self._get_amount_sql(),
            items=self._get_items_sql(domain),
        )

    @api.model
    def _get_credit_sql(self, companies, narrow):
        """The common table expression ``credit``: what lowers a debtor's overdue.

        A credit lowers what is overdue in its own company first. What is left of it
        lowers what is overdue in the parent and the branches, in the order in which
        they were made: Odoo lets it be matched there, and nobody counts it twice.
        """
        items = self.env["account.move.line"]
        family = companies._get_collection_family()
        credits = Domain.OR(items._get_collection_credit_domain(c) for c in family)
        if family == companies and len(companies.root_id) == len(companies):
            return SQL("credit AS (%s)", self._get_sums_sql(credits & narrow))
        overdue = Domain.OR(items._get_collection_overdue_domain(c) for c in family)
        return SQL(
            """
            kin AS (
                SELECT * FROM unnest(%(ids)s::int[], %(roots)s::int[])
                    AS kin (company_id, root_id)
            ),
            wide AS (
                SELECT partner_id, company_id, root_id,
                       COALESCE(due.amount, 0) AS due,
                       -COALESCE(given.amount, 0) AS given
                  FROM (%(due)s) due
             FULL JOIN (%(given)s) given USING (partner_id, company_id)
                  JOIN kin USING (company_id)
            ),
            pool AS (
                SELECT wide.*,
                       GREATEST(due - given, 0) AS need,
                       SUM(GREATEST(given - due, 0)) OVER (
                           PARTITION BY partner_id, root_id
                       ) AS surplus,
                       SUM(GREATEST(due - given, 0)) OVER (
                           PARTITION BY partner_id, root_id ORDER BY company_id
                       ) AS needed
                  FROM wide
            ),
            credit AS (
                SELECT partner_id, company_id,
                       -given - GREATEST(
                           LEAST(need, surplus - (needed - need)), 0
                       ) AS amount
                  FROM pool
                 WHERE company_id = ANY(%(companies)s)
            )
            """,
            ids=family.ids,
            roots=[company.root_id.id for company in family],
            due=self._get_sums_sql(overdue & narrow),
            given=self._get_sums_sql(credits & narrow),
            companies=companies.ids,
        )

    @api.model
    def _get_of_debtors(self, debtor_ids):
        """Domain of what belongs to these debtors and their contacts."""
        if debtor_ids is None:
            return Domain("partner_id", "!=", False)
        return Domain("partner_id.commercial_partner_id", "in", list(debtor_ids))

    @api.model
    def _get_mine(self, companies, debtor_ids=None):
        """Domain of records that name the debtor and the company themselves."""
        mine = Domain("company_id", "in", companies.ids)
        if debtor_ids is not None:
            mine &= Domain("partner_id", "in", list(debtor_ids))
        return mine

    @api.model
    def _get_amount_sql(self):
        """What is open on an ``item``, in company currency at the rate of today.

        A currency that was archived has no rate of today: as it was booked then.
        """
        return SQL(
            "COALESCE(ROUND(item.residual * rate.rate / setting.unit) * setting.unit,"
            " item.balance)"
        )

    # --------------------------------------------------------------- days and rates

    @api.model
    def _get_settings_sql(self, companies):
        return SQL(
            """
            SELECT *
              FROM unnest(%s::int[], %s::date[], %s::numeric[])
                AS setting (company_id, today, unit)
            """,
            companies.ids,
            [company._get_collection_today() for company in companies],
            [company.currency_id.rounding for company in companies],
        )

    @api.model
    def _get_rates_sql(self, companies):
        rows = [
            (company.id, currency_id, rate)
            for company in companies
            for currency_id, rate in self._get_rates(company)
        ]
        return SQL(
            """
            SELECT *
              FROM unnest(%s::int[], %s::int[], %s::numeric[])
                AS rate (company_id, currency_id, rate)
            """,
            *(list(column) for column in zip(*rows, strict=True)),
        )

    @api.model
    def _get_rates(self, company):
        """What a unit of each active currency is worth to a company today."""
        own = company.currency_id
        yield own.id, 1.0
        today = company._get_collection_today()
        currencies = self.env["res.currency"].search([("id", "!=", own.id)])
        context = {"to_currency": own.id, "date": str(today)}
        for currency in currencies.with_company(company).with_context(**context):
            yield currency.id, currency.inverse_rate

    # ------------------------------------------------------------------------ items

    @api.model
    def _get_items_sql(self, domain, with_protection=False):
        """A query for journal items, with the debtor that each one belongs to."""
        items = self.env["account.move.line"]
        query = items._search(domain)

        def column(name):
            return items._field_to_sql(query.table, name, query)

        columns = {
            "id": column("id"),
            "debtor_id": self._join_debtor(items, query),
            "company_id": column("company_id"),
            "currency_id": column("currency_id"),
            "move_id": column("move_id"),
            "residual": column("amount_residual_currency"),
            "balance": column("amount_residual"),
            "due": SQL("COALESCE(%s, %s)", column("date_maturity"), column("date")),
        }
        if with_protection:
            columns["is_promised"] = self._get_promised_sql(column("id"))
            columns["is_planned"] = self._get_planned_sql(column("id"))
        return self._select(query, columns)

    @api.model
    def _get_narrow(self, debtor_ids):
        """Domain of the receivable items of these debtors and their contacts.

        It names accounts and partners one by one, so that the index on both is used:
        what they are like stands in other tables, and to join these would have the
        whole ledger read for each batch of debtors.
        """
        if debtor_ids is None:
            return Domain.TRUE
        # sudo: whose items they are doesn't depend on who asks.
        everything = self.sudo().with_context(active_test=False).env
        partners = everything["res.partner"]._search(
            [("commercial_partner_id", "in", list(debtor_ids))]
        )
        accounts = everything["account.account"]._search(
            [("account_type", "=", "asset_receivable")]
        )
        return Domain("partner_id", "in", partners.get_result_ids()) & Domain(
            "account_id", "in", accounts.get_result_ids()
        )

    @api.model
    def _get_promised_sql(self, item_id):
        """Whether an item stands under a promise that protects it."""
        # sudo: what was promised protects the claim, whoever may see it.
        lines_sudo = self.env["collection.promise.line"].sudo()
        return self._exists(lines_sudo, lines_sudo._get_protecting_domain(), item_id)

    @api.model
    def _get_planned_sql(self, item_id):
        """Whether an item is in a running plan."""
        claims_sudo = self.env["collection.plan.claim"].sudo()
        return self._exists(claims_sudo, Domain("is_running", "=", True), item_id)

    @api.model
    def _exists(self, records, domain, item_id):
        query = records._search(domain)
        of_item = records._field_to_sql(query.table, "move_line_id", query)
        query.add_where(SQL("%s = %s", of_item, item_id))
        return SQL("EXISTS (%s)", query.select(SQL("1")))

    # ---------------------------------------------------------------------- tools

    @api.model
    def _get_cases_sql(self, companies, debtor_ids, names):
        """These fields of the cases of these debtors."""
        query, column = self._query(
            "collection.case", self._get_mine(companies, debtor_ids)
        )
        return self._select(query, {name: column(name) for name in names})

    @api.model
    def _query(self, model, domain):
        """A query, and a function from a field's name to its column."""
        # sudo: what is overdue doesn't depend on who asks.
        records_sudo = self.env[model].sudo()
        query = records_sudo._search(domain)

        def column(name):
            return records_sudo._field_to_sql(query.table, name, query)

        return query, column

    @api.model
    def _by_debtor(self, query, column, columns):
        keys = {name: column(name) for name in ("partner_id", "company_id")}
        query.groupby = SQL(", ").join(keys.values())
        return self._select(query, {**keys, **columns})

    @api.model
    def _join_debtor(self, records, query):
        """Join the partner of records; a column with the debtor it belongs to."""
        partners_sudo = self.env["res.partner"].sudo()
        alias = query.left_join(
            query.table, "partner_id", partners_sudo._table, "id", "partner_id"
        )
        query.add_where(
            SQL(
                "%s IS NOT NULL",
                records._field_to_sql(query.table, "partner_id", query),
            )
        )
        return partners_sudo._field_to_sql(alias, "commercial_partner_id", query)

    @api.model
    def _select(self, query, columns):
        return query.select(
            *(
                SQL("%s AS %s", value, SQL.identifier(name))
                for name, value in columns.items()
            )
        )
