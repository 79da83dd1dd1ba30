from odoo import api, models
from odoo.tools import SQL


class CollectionLedger(models.AbstractModel):
    """What is owed under another number or on another account is the same debt.

    Claims that are invoiced anew and what they were before, claims that are moved to
    another receivable account and where they came from: each of these is one step away
    from the other, and all that can be reached from one is its lineage. Of an entry
    that moves claims on several debtors, each belongs to its debtor's.
    """

    _inherit = "collection.ledger"

    @api.model
    def _get_lineage(self, item_ids):
        """These claims, and all that are of their lineages.

        :param item_ids: ids of receivable journal items
        :rtype: models.Model
        """
        items = self.env["account.move.line"]
        if not item_ids:
            return items
        for name in ("account.move", items._name, "account.partial.reconcile"):
            self.env[name].flush_model()
        start = SQL("SELECT id, id FROM unnest(%s::int[]) AS id", list(item_ids))
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT item_id FROM (%s) lineage", self._trace_sql(start))
        )
        return items.browse(item_id for [item_id] in rows)

    @api.model
    def _trace_sql(self, start):
        """A query for the lineages of claims.

        :param SQL start: a query for pairs: something to tell the lineages by, and the
            id of a claim
        :return: a query with the columns ``root_id``, which tells them, and ``item_id``
        """
        return SQL(
            """
            WITH RECURSIVE lineage (root_id, item_id) AS (
                %(start)s
             UNION
                SELECT lineage.root_id, kin.item_id
                  FROM lineage
                  JOIN LATERAL (
                       SELECT heir.id AS item_id
                         FROM account_move_line own
                         JOIN account_move move
                           ON move.collection_replaces_id = own.move_id
                         JOIN account_move_line heir ON heir.move_id = move.id
                         JOIN account_account account ON account.id = heir.account_id
                        WHERE own.id = lineage.item_id
                          AND heir.balance > 0
                          AND account.account_type = 'asset_receivable'
                    UNION ALL
                       SELECT former.id
                         FROM account_move_line own
                         JOIN account_move move ON move.id = own.move_id
                         JOIN account_move_line former
                           ON former.move_id = move.collection_replaces_id
                         JOIN account_account account ON account.id = former.account_id
                        WHERE own.id = lineage.item_id
                          AND former.balance > 0
                          AND account.account_type = 'asset_receivable'
                    UNION ALL
                       SELECT heir.id
                         FROM account_partial_reconcile match
                         JOIN account_move_line credit
                           ON credit.id = match.credit_move_id
                         JOIN account_move_line heir
                           ON heir.move_id = credit.move_id
                          AND heir.partner_id = credit.partner_id
                         JOIN account_account account ON account.id = heir.account_id
                        WHERE match.debit_move_id = lineage.item_id
                          AND heir.balance > 0
                          AND account.account_type = 'asset_receivable'
                    UNION ALL
                       SELECT match.debit_move_id
                         FROM account_move_line own
                         JOIN account_move_line credit
                           ON credit.move_id = own.move_id
                          AND credit.partner_id = own.partner_id
                         JOIN account_partial_reconcile match
                           ON match.credit_move_id = credit.id
                        WHERE own.id = lineage.item_id
                          AND credit.balance < 0
                  ) kin ON TRUE
            )
            SELECT root_id, item_id FROM lineage
            """,
            start=start,
        )
