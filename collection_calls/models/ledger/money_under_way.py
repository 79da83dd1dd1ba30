from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# A transaction that its provider has told nothing of for so long was given up.
MOST_DAYS_ONLINE = 30


class UnderWay(NamedTuple):
    """Money of a debtor that isn't matched with a claim yet.

    ``amount`` is in the currency with ``currency_id``. ``source`` and ``record_id``
    name where it stands: ``item`` (a journal item), ``line`` (of a bank statement),
    ``payment`` or ``transaction``. ``move_ids`` are the invoices it is meant for, if
    that is known.
    """

    source: str
    record_id: int
    day: date
    amount: float
    currency_id: int
    move_ids: tuple


SOURCES = {
    "item": "account.move.line",
    "line": "account.bank.statement.line",
    "payment": "account.payment",
    "transaction": "payment.transaction",
}


class CollectionLedger(models.AbstractModel):
    """Money under way: known to us, and matched with no claim.

    It is no receipt yet, and holds every verdict back. One description for all who
    judge and all who show: each source is a query with the columns

    ``source, record_id, debtor_id, company_id, day, currency_id, amount, booked,
    move_ids``

    where ``booked`` is what it was worth in company currency when it was booked.
    """

    _inherit = "collection.ledger"

    @api.model
    def _get_under_way(self, debtors, company):
        """Money under way of these debtors, wherever it can be matched with claims of
        this company: in its parent and its branches, too.

        :rtype: dict[int, list[UnderWay]]
        """
        if not debtors:
            return {}
        companies = company._get_collection_family()
        sources = self._get_under_way_sources(companies, debtors.ids)
        sources.append(self._get_open_receipts_sql(companies, debtors.ids))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT debtor_id, source, record_id, day, amount::float, currency_id,
                       move_ids
                  FROM (%s) money
                 WHERE amount > 0
              ORDER BY day, source, record_id
                """,
                SQL(" UNION ALL ").join(sources),
            )
        )
        found = {}
        for debtor_id, *money, move_ids in rows:
            found.setdefault(debtor_id, []).append(
                UnderWay(*money, tuple(move_ids or ()))
            )
        return found

    @api.model
    def _get_under_way_sources(self, companies, debtor_ids=None):
        """Queries for money that is on no receivable account yet.

        :param debtor_ids: ids of commercial partners; everybody if None
        :rtype: list[SQL]
        """
        return [
            self._get_statement_lines_sql(companies, debtor_ids),
            self._get_recognized_lines_sql(companies, debtor_ids),
            self._get_payments_sql(companies, debtor_ids),
            self._get_transactions_sql(companies, debtor_ids),
        ]

    @api.model
    def _select_under_way(self, source, query, column, debtor, **columns):
        return self.env["collection.overdue"]._select(
            query,
            {
                "source": SQL("%s", source),
                "record_id": column("id"),
                "debtor_id": debtor,
                "company_id": column("company_id"),
                "day": columns["day"],
                "currency_id": columns["currency"],
                "amount": SQL("(%s)::numeric", columns["amount"]),
                "booked": SQL("(%s)::numeric", columns["booked"]),
                "move_ids": columns.get("moves", SQL("NULL::int[]")),
            },
        )

    # ----------------------------------------------------------- on the receivables

    @api.model
    def _get_open_receipts_sql(self, companies, debtor_ids):
        """Credits on receivable accounts that are receipts, as far as they are."""
        overdue = self.env["collection.overdue"]
        items = self.env["account.move.line"]
        query, column = overdue._query(
            items._name,
            overdue._get_narrow(debtor_ids)
            & Domain(
                [
                    ("company_id", "in", companies.ids),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("amount_residual_currency", "<", 0),
                    ("journal_id.type", "!=", "sale"),
                ]
            ),
        )
        share = self._get_receipt_share_sql(SQL.identifier(query.table))
        return self._select_under_way(
            "item",
            query,
            column,
            overdue._join_debtor(items.sudo(), query),
            day=column("date"),
            currency=column("currency_id"),
            amount=SQL(
                "-%s * (SELECT share FROM (%s) entry)",
                column("amount_residual_currency"),
                share,
            ),
            booked=SQL("-%s", column("amount_residual")),
        )

    # ------------------------------------------------------------------ at the bank

    @api.model
    def _get_waiting_domain(self):
        """Statement lines with money that nobody has matched yet."""
        return Domain([("is_reconciled", "=", False), ("amount", ">", 0)])

    @api.model
    def _get_statement_lines_sql(self, companies, debtor_ids):
        overdue = self.env["collection.overdue"]
        lines = self.env["account.bank.statement.line"]
        query, column = overdue._query(
            lines._name,
            Domain("company_id", "in", companies.ids)
            & overdue._get_of_debtors(debtor_ids)
            & self._get_waiting_domain(),
        )
        debtor = overdue._join_debtor(lines.sudo(), query)
        return self._select_line(query, column, debtor)

    @api.model
    def _get_recognized_lines_sql(self, companies, debtor_ids):
        """Lines of nobody that seem to be these debtors'."""
        overdue = self.env["collection.overdue"]
        lines = self.env["account.bank.statement.line"]
        query, column = overdue._query(
            lines._name,
            Domain("company_id", "in", companies.ids)
            & Domain("partner_id", "=", False)
            & self._get_waiting_domain(),
        )
        table = lines._fields["collection_debtor_ids"].relation
        alias = query.join(query.table, "id", table, "line_id", "recognized")
        debtor = SQL.identifier(alias, "partner_id")
        if debtor_ids is not None:
            query.add_where(SQL("%s = ANY(%s)", debtor, list(debtor_ids)))
        return self._select_line(query, column, debtor)

    @api.model
    def _select_line(self, query, column, debtor):
        return self._select_under_way(
            "line",
            query,
            column,
            debtor,
            day=column("date"),
            currency=SQL(
                "COALESCE(%s, %s)", column("foreign_currency_id"), column("currency_id")
            ),
            amount=SQL("-%s", column("amount_residual")),  # part of it may be matched
            booked=SQL(
                "-%s * %s / NULLIF(CASE WHEN %s IS NULL THEN %s ELSE %s END, 0)",
                column("amount_residual"),
                column("amount_total_signed"),
                column("foreign_currency_id"),
                column("amount"),
                column("amount_currency"),
            ),
        )

    # ------------------------------------------------------------ without an entry

    @api.model
    def _get_in_process_domain(self):
        """Payments of customers that have no entry of their own, and no bank line.

        Where invoices become *In Payment*, such a payment is *Paid* as soon as somebody
        says so, and its invoices stay open until a bank line is matched with them.
        """
        waits = Domain("state", "=", "in_process") | (
            Domain("state", "=", "paid") & Domain("invoice_ids.amount_residual", ">", 0)
        )
        return waits & Domain(
            [
                ("move_id", "=", False),
                ("payment_type", "=", "inbound"),
                ("partner_type", "=", "customer"),  # no refund of a vendor
            ]
        )

    @api.model
    def _get_payments_sql(self, companies, debtor_ids):
        overdue = self.env["collection.overdue"]
        payments = self.env["account.payment"]
        query, column = overdue._query(
            payments._name,
            Domain("company_id", "in", companies.ids)
            & overdue._get_of_debtors(debtor_ids)
            & self._get_in_process_domain(),
        )
        field = payments._fields["invoice_ids"]
        return self._select_under_way(
            "payment",
            query,
            column,
            overdue._join_debtor(payments.sudo(), query),
            day=column("date"),
            currency=column("currency_id"),
            amount=self._get_still_under_way_sql(query.table),
            booked=column("amount_company_currency_signed"),
            moves=self._get_related_ids(field, column("id")),
        )

    @api.model
    def _get_still_under_way_sql(self, table):
        """What the bank hasn't shown yet of a payment without an entry.

        Such a payment stays what it is when its bank line is matched with the invoice.
        So what bank lines brought for its invoices since counts as the oldest of their
        payments, one after the other.
        """
        return SQL(
            """
            (SELECT LEAST(
                        %(own)s.amount,
                        GREATEST(
                            COALESCE((
                                SELECT SUM(older.amount)
                                  FROM account_payment older
                                 WHERE older.move_id IS NULL
                                   AND older.state IN ('in_process', 'paid')
                                   AND older.id <= %(own)s.id
                                   AND (older.id = %(own)s.id OR older.id IN (
                                           SELECT other.payment_id
                                             FROM account_move__account_payment other
                                             JOIN account_move__account_payment mine
                                            USING (invoice_id)
                                            WHERE mine.payment_id = %(own)s.id
                                       ))
                            ), 0) - COALESCE((
                                SELECT SUM(match.debit_amount_currency)
                                  FROM account_move__account_payment mine
                                  JOIN account_move_line claim
                                    ON claim.move_id = mine.invoice_id
                                  JOIN account_partial_reconcile match
                                    ON match.debit_move_id = claim.id
                                  JOIN account_move_line receipt
                                    ON receipt.id = match.credit_move_id
                                 WHERE mine.payment_id = %(own)s.id
                                   AND receipt.statement_line_id IS NOT NULL
                                   AND receipt.date >= (
                                           SELECT MIN(first.date)
                                             FROM account_payment first
                                             JOIN account_move__account_payment other
                                               ON other.payment_id = first.id
                                            WHERE other.invoice_id = mine.invoice_id
                                              AND first.move_id IS NULL
                                              AND first.state IN ('in_process', 'paid')
                                       )
                            ), 0),
                            0
                        )
                    ))
            """,
            own=SQL.identifier(table),
        )

    @api.model
    def _get_transactions_sql(self, companies, debtor_ids):
        """Online transactions that are on their way, or done without a payment.

        The wish to pay by wire transfer is nothing yet. What was captured or voided of
        an authorization is a transaction of its own, and that one has the payment.
        """
        overdue = self.env["collection.overdue"]
        transactions = self.env["payment.transaction"]
        oldest = fields.Datetime.subtract(fields.Datetime.now(), days=MOST_DAYS_ONLINE)
        is_wish = Domain("state", "=", "pending") & Domain(
            "provider_id.code", "=", "custom"
        )
        is_captured = Domain("state", "=", "done") & Domain(
            "child_transaction_ids",
            "any",
            [("state", "in", ["done", "cancel"]), ("operation", "!=", "refund")],
        )
        query, column = overdue._query(
            transactions._name,
            Domain("company_id", "in", companies.ids)
            & overdue._get_of_debtors(debtor_ids)
            & Domain(
                [
                    ("state", "in", ["pending", "authorized", "done"]),
                    ("payment_id", "=", False),
                    ("amount", ">", 0),
                    ("operation", "not in", ["validation", "refund"]),
                    ("last_state_change", ">=", oldest),
                ]
            )
            & ~is_wish
            & ~is_captured,
        )
        field = transactions._fields["invoice_ids"]
        amount = SQL(
            """
            (%(amount)s - COALESCE((
                SELECT SUM(part.amount)
                  FROM payment_transaction part
                 WHERE part.source_transaction_id = %(id)s
                   AND part.operation != 'refund'
                   AND part.state IN ('done', 'cancel')
            ), 0))
            """,
            amount=column("amount"),
            id=column("id"),
        )
        return self._select_under_way(
            "transaction",
            query,
            column,
            overdue._join_debtor(transactions.sudo(), query),
            day=SQL("%s::date", column("last_state_change")),
            currency=column("currency_id"),
            amount=amount,
            booked=amount,
            moves=self._get_related_ids(field, column("id")),
        )

    @api.model
    def _get_related_ids(self, field, record_id):
        """Ids that a many-to-many field relates a record to, as an array."""
        return SQL(
            "(SELECT ARRAY_AGG(%(other)s) FROM %(table)s WHERE %(own)s = %(record)s)",
            other=SQL.identifier(field.column2),
            table=SQL.identifier(field.relation),
            own=SQL.identifier(field.column1),
            record=record_id,
        )
