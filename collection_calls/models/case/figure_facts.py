from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import promise as engine


class CollectionCaseFacts(models.AbstractModel):
    """What else figures of cases follow from: queries with a row for each debtor.

    They stand beside those of what is overdue, and read ``setting`` and ``claim``.
    """

    _name = "collection.case.facts"
    _description = "Facts about Cases"
    _inherit = "collection.overdue"

    # ------------------------------------------------------------------- disputes

    @api.model
    def _get_disputes_sql(self, companies, debtor_ids=None):
        """Sums of what is disputed and still open, by invoice, in its currency."""
        query, column = self._query(
            "collection.dispute",
            Domain("amount_open", ">", 0) & self._get_mine(companies, debtor_ids),
        )
        query.groupby = move_id = column("move_id")
        amount = SQL("SUM(%s)", column("amount_open"))
        return self._select(query, {"move_id": move_id, "amount": amount})

    @api.model
    def _get_disputed_sql(self, companies, debtor_ids=None):
        """What is disputed of the overdue claims that aren't protected, by debtor.

        Of an invoice in several parts, the dispute is about those that fell due first.
        """
        return SQL(
            """
            SELECT bare.debtor_id AS partner_id,
                   bare.company_id,
                   SUM(CASE WHEN dispute.amount >= bare.residual THEN bare.amount
                            ELSE ROUND(bare.amount * dispute.amount / bare.residual
                                       / bare.unit) * bare.unit
                       END) AS amount
              FROM (
                    SELECT debtor_id, company_id, move_id, unit,
                           SUM(residual) AS residual,
                           SUM(amount) AS amount
                      FROM claim
                     WHERE NOT is_protected
                  GROUP BY debtor_id, company_id, move_id, unit
                   ) bare
              JOIN (%s) dispute USING (move_id)
          GROUP BY bare.debtor_id, bare.company_id
            """,
            self._get_disputes_sql(companies, debtor_ids),
        )

    # -------------------------------------------------------------------- pending

    @api.model
    def _get_pending_sql(self, companies, debtor_ids=None):
        """Money under way, for each company in which it can be matched.

        With what it was worth to the company when it was booked: a currency that was
        archived has no rate of today.
        """
        ledger = self.env["collection.ledger"]
        family = companies._get_collection_family()
        sources = SQL(" UNION ALL ").join(
            ledger._get_under_way_sources(family, debtor_ids)
        )
        pairs = [
            (company.id, other.id)
            for company in companies
            for other in family
            if company.root_id == other.root_id
        ]
        return SQL(
            """
            SELECT money.debtor_id, near.company_id, money.currency_id, money.amount,
                   money.booked
              FROM (%(sources)s) money
              JOIN unnest(%(own)s::int[], %(others)s::int[])
                AS near (company_id, other_id)
                ON near.other_id = money.company_id
            """,
            sources=sources,
            own=[own for own, _other in pairs],
            others=[other for _own, other in pairs],
        )

    # ------------------------------------------------------------ calls, promises

    @api.model
    def _get_calls_sql(self, companies, debtor_ids=None):
        """What was tried and reached, by debtor.

        An attempt is what the outcome of a call says; those count that we made since
        somebody entitled to hear about the debt was last spoken to.
        """
        query, column = self._query(
            "collection.call",
            Domain("state", "=", "done") & self._get_mine(companies, debtor_ids),
        )
        outcomes_sudo = self.env["collection.call.outcome"].sudo()
        outcome = query.left_join(
            query.table, "outcome_id", outcomes_sudo._table, "id", "outcome_id"
        )
        is_attempt = outcomes_sudo._field_to_sql(outcome, "is_attempt", query)
        contact = SQL(
            "MAX(%s) FILTER (WHERE %s) OVER (PARTITION BY %s, %s)",
            column("date_start"),
            column("right_party_verified"),
            column("partner_id"),
            column("company_id"),
        )
        columns = {
            "id": column("id"),
            "partner_id": column("partner_id"),
            "company_id": column("company_id"),
            "date_start": column("date_start"),
            "last_contact_date": contact,
            "is_attempt": SQL(
                "%s AND %s = 'outgoing'", is_attempt, column("direction")
            ),
        }
        return SQL(
            """
            SELECT partner_id,
                   company_id,
                   (ARRAY_AGG(id ORDER BY date_start DESC, id DESC))[1] AS last_call_id,
                   MAX(last_contact_date) AS last_contact_date,
                   COUNT(*) FILTER (
                       WHERE is_attempt
                         AND date_start > COALESCE(last_contact_date, '-infinity')
                   ) AS attempt_count
              FROM (%s) held
          GROUP BY partner_id, company_id
            """,
            self._select(query, columns),
        )

    @api.model
    def _get_broken_sql(self, companies, debtor_ids=None):
        """How many promises weren't kept, or only partly, in the last twelve months."""
        query, column = self._query(
            "collection.promise",
            Domain("state", "in", engine.FAILED)
            & self._get_mine(companies, debtor_ids),
        )
        columns = {name: column(name) for name in ("partner_id", "company_id")}
        columns["deadline"] = column("date_deadline")
        return SQL(
            """
            SELECT failed.partner_id, failed.company_id, COUNT(*) AS count
              FROM (%s) failed
              JOIN setting USING (company_id)
             WHERE failed.deadline >= setting.today - INTERVAL '12 months'
          GROUP BY failed.partner_id, failed.company_id
            """,
            self._select(query, columns),
        )
