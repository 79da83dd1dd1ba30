from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL


class Match(NamedTuple):
    """What a claim was matched with: a receipt, or a credit of another kind.

    ``item_id`` is the journal item on the other side; ``amount`` is what it took off
    the claim, in the claim's currency; ``money`` is how much of that came in, and
    ``given_up`` what we booked away in the receipt's own entry: a bank fee, a cash
    discount. The rest is a credit.
    """

    claim_id: int
    item_id: int
    date: date
    amount: float
    money: float
    given_up: float

    @property
    def settled(self):
        """What the receipt settles: nobody is late for what we gave up."""
        return self.money + self.given_up


class CollectionLedger(models.AbstractModel):
    """The facts of the ledger that promises, plans and cases are judged by.

    Receipts and credits are told apart by what the entry on the other side moves, not
    by its journal. As far as it brings liquidity, it is a receipt; so is what the
    accountant books away in the same entry, a bank fee, a cash discount, a refund to
    somebody else. Everything else is a credit: a credit note, a write-off, a contra
    entry.

    Everything is read for many claims or debtors at once, as superuser: the verdict on
    a promise doesn't depend on who asks.
    """

    _name = "collection.ledger"
    _description = "Facts of the Ledger"

    # ------------------------------------------------------------------- matches

    @api.model
    def _get_matches(self, item_ids):
        """What these claims were matched with, exchange differences left out.

        A receipt counts at its accounting date, whenever it was matched.

        :param item_ids: ids of receivable journal items
        :rtype: list[Match]
        """
        if not item_ids:
            return []
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model()
        which = SQL("match.debit_move_id = ANY(%s)", list(item_ids))
        return [
            Match(claim, item, day, *map(float, amounts))
            for claim, item, day, *amounts in self.env.execute_query(
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
                   match.debit_amount_currency * COALESCE(entry.liquid, 0) AS money,
                   match.debit_amount_currency * COALESCE(entry.share - entry.liquid, 0)
                       AS given_up
              FROM account_partial_reconcile match
              JOIN account_move_line item ON item.id = match.credit_move_id
              JOIN account_journal journal ON journal.id = item.journal_id
         LEFT JOIN LATERAL (%(share)s) entry ON journal.type <> 'sale'
             WHERE %(which)s
               AND NOT EXISTS (
                       SELECT 1
                         FROM account_partial_reconcile other
                        WHERE other.exchange_move_id = item.move_id
                   )
            """,
            share=self._get_receipt_share_sql(SQL("item")),
            which=which,
        )

    @api.model
    def _get_receipt_share_sql(self, item):
        """How much of what an entry takes off receivables is a receipt: 0 to 1.

        ``liquid`` is what came in of it, ``share`` has what was given up besides: all
        that the debtor owes nowhere else afterwards. Who pays out what came in may keep
        fees and a reserve, and refund others.

        Of payments and statement lines, whatever account they are booked on brings the
        liquidity: its configuration may have changed since.

        :param SQL item: alias of a journal item of the entry
        """
        return SQL(
            """
            SELECT CASE WHEN part.liquid > 0
                        THEN LEAST(part.liquid / NULLIF(part.claimed, 0), 1)
                        ELSE 0
                   END AS liquid,
                   CASE WHEN part.liquid > 0
                        THEN GREATEST(
                            1 - COALESCE(part.moved / NULLIF(part.own, 0), 0), 0
                        )
                        ELSE 0
                   END AS share
              FROM (
                    SELECT COALESCE(
                               NULLIF(SUM(line.balance) FILTER (
                                   WHERE %(is_liquid)s
                               ), 0),
                               SUM(line.balance) FILTER (
                                   WHERE (%(item)s.payment_id IS NOT NULL
                                          OR %(item)s.statement_line_id IS NOT NULL)
                                     AND line.tax_line_id IS NULL
                                     AND account.account_type <> 'asset_receivable'
                                     AND account.account_type NOT LIKE 'income%%'
                                     AND account.account_type NOT LIKE 'expense%%'
                               )
                           ) AS liquid,
                           COALESCE(SUM(line.balance) FILTER (
                               WHERE account.account_type
                                     IN ('asset_receivable', 'liability_payable')
                                 AND line.account_id <> %(item)s.account_id
                                 AND line.balance > 0
                                 AND partner.commercial_partner_id
                                     = payer.commercial_partner_id
                           ), 0) AS moved,
                           -SUM(line.balance) FILTER (
                               WHERE account.account_type = 'asset_receivable'
                                 AND line.balance < 0
                                 AND partner.commercial_partner_id
                                     = payer.commercial_partner_id
                           ) AS own,
                           -SUM(line.balance) FILTER (
                               WHERE account.account_type = 'asset_receivable'
                                 AND line.balance < 0
                           ) AS claimed
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                 LEFT JOIN res_partner partner ON partner.id = line.partner_id
                 LEFT JOIN res_partner payer ON payer.id = %(item)s.partner_id
                     WHERE line.move_id = %(item)s.move_id
                   ) part
            """,
            item=item,
            is_liquid=self._get_liquid_sql(),
        )

    @api.model
    def _get_liquid_sql(self):
        """Whether an ``account`` holds liquidity: money, or money on its way to us.

        Accounts of banks and cash, outstanding receipts, payment providers.
        """
        return SQL(
            """
            (account.account_type = 'asset_cash'
             OR account.id IN (
                    SELECT payment_account_id
                      FROM account_payment_method_line
                     WHERE payment_account_id IS NOT NULL
                     UNION
                    SELECT default_account_id
                      FROM account_journal
                     WHERE type IN ('bank', 'cash', 'credit')
                       AND default_account_id IS NOT NULL
                ))
            """
        )

    # ------------------------------------------------------------ money that went back

    @api.model
    def _get_returned_debits(self, debtors=None, companies=None):
        """Open debits by which money seems to have gone back to these debtors.

        A returned direct debit or cheque is booked as a debit on the receivable account
        against the bank, or waits as a statement line; until it is matched, the payment
        that it took back looks as if it were still there.

        :param debtors: commercial partners; everybody if None
        :param companies: where claims on them are; everywhere if None
        :return: {debtor's id: [(id of the item or line, day, amount, currency's id)]}
        """
        if debtors is not None and not debtors:
            return {}
        whose = where = SQL("TRUE")
        if debtors is not None:
            whose = SQL("partner.commercial_partner_id = ANY(%s)", list(debtors.ids))
        if companies is not None:
            family = companies._get_collection_family()
            where = SQL("move.company_id = ANY(%s)", family.ids)
        self.env["account.move.line"].flush_model()
        self.env["account.bank.statement.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id, item.id, item.date,
                       item.amount_residual_currency::float, item.currency_id
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
                  JOIN account_account receivable ON receivable.id = item.account_id
                  JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE %(whose)s
                   AND %(where)s
                   AND receivable.account_type = 'asset_receivable'
                   AND item.parent_state = 'posted'
                   AND NOT item.reconciled
                   AND item.amount_residual_currency > 0
                   AND move.move_type = 'entry'
                   AND EXISTS (
                           SELECT 1
                             FROM account_move_line line
                             JOIN account_account account
                               ON account.id = line.account_id
                            WHERE line.move_id = item.move_id
                              AND line.balance < 0
                              AND %(is_liquid)s
                       )
                 UNION ALL
                SELECT partner.commercial_partner_id, line.id, move.date,
                       ABS(COALESCE(NULLIF(line.amount_currency, 0), line.amount))
                           ::float,
                       COALESCE(line.foreign_currency_id, line.currency_id)
                  FROM account_bank_statement_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_partner partner ON partner.id = move.partner_id
                 WHERE %(whose)s
                   AND %(where)s
                   AND move.state = 'posted'
                   AND NOT line.is_reconciled
                   AND line.amount < 0
              ORDER BY 3, 2
                """,
                whose=whose,
                where=where,
                is_liquid=self._get_liquid_sql(),
            )
        )
        returned = {}
        for debtor_id, *debit in rows:
            returned.setdefault(debtor_id, []).append(tuple(debit))
        return returned
