from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import acceleration, promise

TROUBLED = (acceleration.NOTICE, acceleration.ACCELERATED)
INCIDENTS = ("missed", "notice", "accelerated")
FIGURES = (
    "id",
    "partner_id",
    "company_id",
    "user_id",
    "hold",
    "situation",
    "collectible_amount",
    "oldest_due_date",
    "broken_promise_count",
    "last_contact_date",
)


class CollectionCaseRankFacts(models.AbstractModel):
    """What priority and next call of cases follow from, in one query.

    They stand on figures that are up to date already.
    """

    _name = "collection.case.rank.facts"
    _description = "Facts about the Ranking of Cases"
    _inherit = "collection.overdue"

    @api.model
    def _read_facts(self, companies, debtor_ids=None):
        """A dictionary for each case: figures, and what :meth:`_get_facts_sql` adds.

        :param debtor_ids: ids of commercial partners; everybody if None
        """
        return self.env.execute_query_dict(self._get_facts_sql(companies, debtor_ids))

    @api.model
    def _get_facts_sql(self, companies, debtor_ids):
        strategies = self.env["collection.strategy"]
        return SQL(
            """
            WITH setting AS (%(settings)s),
            filed AS (%(cases)s),
            planned AS (%(planned)s),
            tried AS (%(tried)s),
            judged AS (%(judged)s),
            troubled AS (%(troubled)s)
            SELECT filed.*,
                   setting.today,
                   planned.planned,
                   tried.last_attempt,
                   COALESCE(judged.kept_count, 0) AS kept_promise_count,
                   judged.last_broken,
                   judged.promised,
                   troubled.partner_id IS NOT NULL AS has_plan_incident,
                   troubled.plan_incident,
                   %(strategy)s AS strategy_id
              FROM filed
              JOIN setting USING (company_id)
         LEFT JOIN planned ON planned.case_id = filed.id
         LEFT JOIN tried USING (partner_id, company_id)
         LEFT JOIN judged USING (partner_id, company_id)
         LEFT JOIN troubled USING (partner_id, company_id)
          ORDER BY filed.id
            """,
            settings=self._get_settings_sql(companies),
            cases=self._get_cases_sql(companies, debtor_ids, FIGURES),
            planned=self._get_planned_sql(companies, debtor_ids),
            tried=self._get_tried_sql(companies, debtor_ids),
            judged=self._get_judged_sql(companies, debtor_ids),
            troubled=self._get_troubled_sql(companies, debtor_ids),
            strategy=strategies._get_strategy_sql(
                companies,
                SQL.identifier("filed", "partner_id"),
                SQL.identifier("filed", "company_id"),
                debtor_ids,
            ),
        )

    @api.model
    def _get_planned_sql(self, companies, debtor_ids):
        """The day of the first call that is planned, by case."""
        cases_sudo = self.env["collection.case"].sudo()
        planned = cases_sudo._get_call_activity_domain()
        if debtor_ids is not None:
            mine = cases_sudo._search(self._get_mine(companies, debtor_ids))
            planned &= Domain("res_id", "in", mine)
        query, column = self._query("mail.activity", planned)
        query.groupby = column("res_id")
        return self._select(
            query,
            {
                "case_id": column("res_id"),
                "planned": SQL("MIN(%s)", column("date_deadline")),
            },
        )

    @api.model
    def _get_tried_sql(self, companies, debtor_ids):
        """When the debtor was last called without telling whether it helped."""
        query, column = self._query(
            "collection.call",
            self._get_mine(companies, debtor_ids)
            & Domain("state", "=", "done")
            & Domain("direction", "=", "outgoing")
            & Domain("outcome_id.is_attempt", "=", True),
        )
        last = SQL("MAX(%s)", column("date_start"))
        return self._by_debtor(query, column, {"last_attempt": last})

    @api.model
    def _get_judged_sql(self, companies, debtor_ids):
        """The last promise that wasn't kept, how many were in twelve months, and when
        one was made that still stands."""
        query, column = self._query(
            "collection.promise",
            self._get_mine(companies, debtor_ids)
            & Domain("state", "in", (*promise.JUDGED, *promise.STANDING)),
        )
        query.add_join(
            "JOIN",
            "setting",
            None,
            SQL("setting.company_id = %s", column("company_id")),
        )
        is_kept = SQL("%s = %s", column("state"), promise.KEPT)
        is_broken = SQL("%s IN %s", column("state"), promise.FAILED)
        stands = SQL("%s IN %s", column("state"), promise.STANDING)
        deadline = column("date_deadline")
        return self._by_debtor(
            query,
            column,
            {
                "last_broken": SQL("MAX(%s) FILTER (WHERE %s)", deadline, is_broken),
                "promised": SQL(
                    "MAX(%s) FILTER (WHERE %s)", column("date_made"), stands
                ),
                "kept_count": SQL(
                    "COUNT(*) FILTER (WHERE %s AND %s >= setting.today"
                    " - INTERVAL '12 months')",
                    is_kept,
                    deadline,
                ),
            },
        )

    @api.model
    def _get_troubled_sql(self, companies, debtor_ids):
        """Who has a plan in trouble, and the day on which something happened to it."""
        query, column = self._query(
            "collection.plan",
            self._get_mine(companies, debtor_ids)
            & (
                Domain("state", "in", TROUBLED)
                | Domain("state", "=", acceleration.ACTIVE)
                & Domain("amount_arrears", ">", 0)
            ),
        )
        events_sudo = self.env["collection.plan.event"].sudo()
        event = query.left_join(query.table, "id", events_sudo._table, "plan_id", "ev")
        happened = SQL(
            "MAX(%s) FILTER (WHERE %s IN %s)",
            events_sudo._field_to_sql(event, "date", query),
            events_sudo._field_to_sql(event, "kind", query),
            INCIDENTS,
        )
        return self._by_debtor(query, column, {"plan_incident": happened})
