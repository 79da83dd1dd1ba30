from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class Match(NamedTuple):
    """What a claim was matched with: money, or a credit of another kind.

    ``item_id`` is the journal item on the other side; ``amount`` is what it took off
    the claim, in the claim's currency; ``money`` is how much of that came in, the rest
    being a discount or a write-off that was booked along with it.
    """

    claim_id: int
    item_id: int
    date: date
    amount: float
    money: float


class CollectionLedger(models.AbstractModel):
    """The facts of the ledger that promises and plans are judged by.

    Everything is read for many claims or debtors at once, as superuser: the verdict on
    a promise doesn't depend on who asks.
    """

    _name = "collection.ledger"
    _description = "Facts of the Ledger"

    @api.model
    def _get_matches(self, item_ids):
        """What these claims were matched with, exchange differences left out.

        An item of a payment, a statement line or a bank, cash or credit card journal is
        money. What such an entry books on income, expense or tax accounts is not: an
        early payment discount, a difference written off.

        :param item_ids: ids of receivable journal items
        :rtype: list[Match]
        """
        if not item_ids:
            return []
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model()
        which = SQL("match.debit_move_id = ANY(%s)", list(item_ids))
        return [
            Match(claim, item, day, float(amount), float(money))
            for claim, item, day, amount, money in self.env.execute_query(
                self._get_matches_sql(which)
            )
        ]

    @api.model
    def _get_matches_sql(self, which):
        """A query with the columns of :class:`Match`, as :meth:`_get_matches` says.

        :param SQL which: a condition on ``match``, a partial reconciliation
        """
        return SQL(
            """
            SELECT match.debit_move_id AS claim_id,
                   item.id AS item_id,
                   item.date,
                   match.debit_amount_currency AS amount,
                   match.debit_amount_currency *
                   CASE WHEN item.payment_id IS NULL
                         AND item.statement_line_id IS NULL
                         AND journal.type NOT IN ('bank', 'cash', 'credit')
                        THEN 0
                        ELSE GREATEST(LEAST(
                            1 - COALESCE(entry.lost / NULLIF(entry.claimed, 0), 0), 1
                        ), 0)
                   END AS money
              FROM account_partial_reconcile match
              JOIN account_move_line item ON item.id = match.credit_move_id
              JOIN account_journal journal ON journal.id = item.journal_id
         LEFT JOIN LATERAL (%(entry)s) entry ON journal.type <> 'sale'
             WHERE %(which)s
               AND NOT EXISTS (
                       SELECT 1
                         FROM account_partial_reconcile other
                        WHERE other.exchange_move_id = item.move_id
                   )
            """,
            entry=self._get_entry_sql(),
            which=which,
        )

    @api.model
    def _get_entry_sql(self):
        """What an entry takes off receivables, and how much of it is no money."""
        return SQL(
            """
            SELECT SUM(line.balance) FILTER (
                       WHERE line.tax_line_id IS NOT NULL
                          OR account.account_type LIKE 'income%%'
                          OR account.account_type LIKE 'expense%%'
                   ) AS lost,
                   -SUM(line.balance) FILTER (
                       WHERE account.account_type = 'asset_receivable'
                   ) AS claimed
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
             WHERE line.move_id = item.move_id
            """
        )

    @api.model
    def _get_pending_money(self, debtors, company):
        """Money of these debtors that isn't matched with a claim yet.

        That is open items of payments and bank entries, statement lines that wait to be
        reconciled, and payments in process without an entry of their own.

        :return: {debtor's id: [(day, amount, currency, ids of the invoices that it is
            meant for, if that is known)]}
        """
        pending = defaultdict(list)
        sources = (
            self._get_open_receipts(debtors, company),
            self._get_waiting_statement_lines(debtors, company),
            self._get_payments_in_process(debtors, company),
        )
        for source in sources:
            for debtor, *money in source:
                pending[debtor.id].append(tuple(money))
        return pending

    @api.model
    def _get_of_debtors_domain(self, debtors, company):
        return Domain(
            [
                ("partner_id.commercial_partner_id", "in", debtors.ids),
                ("company_id", "=", company.id),
            ]
        )

    @api.model
    def _get_open_receipts(self, debtors, company):
        items_sudo = self.env["account.move.line"].sudo()
        is_money = Domain.OR(
            [
                Domain("payment_id", "!=", False),
                Domain("statement_line_id", "!=", False),
                Domain("journal_id.type", "in", ["bank", "cash", "credit"]),
            ]
        )
        found = items_sudo.search(
            self._get_of_debtors_domain(debtors, company)
            & is_money
            & Domain(
                [
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("amount_residual_currency", "<", 0),
                ]
            )
        )
        for item in found:
            yield (
                item.partner_id.commercial_partner_id,
                item.date,
                -item.amount_residual_currency,
                item.currency_id,
                (),
            )

    @api.model
    def _get_waiting_domain(self):
        """Statement lines with money that nobody has matched yet."""
        return Domain([("is_reconciled", "=", False), ("amount", ">", 0)])

    @api.model
    def _get_in_process_domain(self):
        """Payments that are on their way and have no entry of their own yet."""
        return Domain(
            [
                ("state", "=", "in_process"),
                ("move_id", "=", False),
                ("payment_type", "=", "inbound"),
                ("partner_type", "=", "customer"),  # no refund of a vendor
            ]
        )

    @api.model
    def _get_waiting_statement_lines(self, debtors, company):
        lines_sudo = self.env["account.bank.statement.line"].sudo()
        found = lines_sudo.search(
            self._get_of_debtors_domain(debtors, company) & self._get_waiting_domain()
        )
        for line in found:
            yield self._prepare_waiting(line)

    @api.model
    def _prepare_waiting(self, line):
        return (
            line.partner_id.commercial_partner_id,
            line.date,
            -line.amount_residual,  # part of it may be matched already
            line.foreign_currency_id or line.currency_id,
            (),
        )

    @api.model
    def _get_payments_in_process(self, debtors, company):
        payments_sudo = self.env["account.payment"].sudo()
        found = payments_sudo.search(
            self._get_of_debtors_domain(debtors, company)
            & self._get_in_process_domain()
        )
        for payment in found:
            yield (
                payment.partner_id.commercial_partner_id,
                payment.date,
                payment.amount,
                payment.currency_id,
                payment.invoice_ids.ids,
            )
