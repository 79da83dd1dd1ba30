from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL


class Succession(NamedTuple):
    """Some rows of an agreement lost ``lost`` each, and ``heirs`` came in their place.

    ``lost`` is a list of (row, amount), ``heirs`` of (journal item, amount), both in
    the currency of the claims, and their sums are the same.
    """

    lost: list
    heirs: list


class CollectionAgreement(models.AbstractModel):
    """Claims that change are followed: what replaces one takes its place.

    Only where that is certain: what went off the claim came back in one piece, and
    nothing else has a hand on it. In every other case the ledger tells nothing of the
    agreement for the time being, and somebody has to look.
    """

    _inherit = "collection.agreement"

    def _get_claim_rows(self):
        """Rows of claims that still count, with ``amount`` and what snapshots have."""
        raise NotImplementedError

    def _follow_claims(self):
        """Let what replaces the claims of these agreements take their place.

        Where all of a claim is open or was paid, nothing can have taken its place: most
        nights end here.
        """
        rows = self._get_claim_rows().filtered("move_id")
        if all(row._get_residual() >= row.amount for row in rows):
            return
        missing = self._get_missing(rows)
        short = {
            row._get_agreement()
            for row, amount in missing.items()
            if row.currency_id.compare_amounts(amount, 0) > 0
        }
        rows = rows.filtered(lambda row: row._get_agreement() in short)
        if not rows:
            return
        for succession in (
            *self._find_corrected(rows),
            *self._find_invoiced_anew(rows),
            *self._find_transferred(rows),
            *self._find_taken_back(rows, missing),
        ):
            self._hand_down(succession, missing)

    def _hand_down(self, succession, missing):
        """Move what an agreement says of lost claims to their heirs."""
        heirs = [list(heir) for heir in succession.heirs]
        for row, lost in succession.lost:
            left = min(lost, missing.get(row, 0.0))
            if left <= 0:  # handed down already: the row may be gone
                continue
            parts = []
            for heir in heirs:
                share = row.currency_id.round(min(left, heir[1]))
                if row.currency_id.compare_amounts(share, 0) > 0:
                    parts.append((heir[0], share))
                    heir[1] -= share
                    left -= share
            if parts:
                missing[row] = 0.0
                row._carry_over(parts)
                for item, _amount in parts:
                    item._include_in_collections()

    def _get_missing(self, rows):
        """What neither is open on these rows nor was received for them: it went by
        credits, or with a correction.

        :return: {row: amount in the claim's currency}, below zero where more is open
            than the row is about
        """
        received = defaultdict(float)
        known = {row.move_line_id.id: row._get_known_money() for row in rows}
        for match in self._get_matches([item for item in known if item]):
            before = known[match.claim_id].get(str(match.item_id), 0.0)
            received[match.claim_id] += max(match.settled - before, 0.0)
        return {
            row: row.amount - row._get_residual() - received[row.move_line_id.id]
            for row in rows
        }

    # ------------------------------------------------------------------- corrected

    def _find_corrected(self, rows):
        """Claims that got smaller, or are gone, since their invoice was corrected.

        Another payment term makes other items of the same sum.
        """
        for [move, _agreement], group in self._by_move(rows).items():
            if move.state != "posted":
                continue
            shrunk = [(row, row._get_shrinkage()) for row in group]
            lost = [(row, amount) for row, amount in shrunk if amount > 0]
            grown = [
                (row.move_line_id, -amount) for row, amount in shrunk if amount < 0
            ]
            if lost:
                free = self._get_newer(self._get_free_items(move, group), group)
                yield from self._match_corrected(lost, free, grown)

    def _match_corrected(self, lost, items, grown):
        """A succession within one invoice: what it was lowered by is a credit.

        :param grown: pairs of a journal item that got larger, and by how much
        """
        heirs, gone, come = self._weigh_heirs(lost, items, grown)
        currency = lost[0][0].currency_id
        is_raised = currency.compare_amounts(come, gone) > 0
        if heirs and (not is_raised or self._takes_part_of_more()):
            yield Succession(lost, heirs)

    @api.model
    def _takes_part_of_more(self):
        """Whether this goes on with a part of an invoice that came to more."""
        return False

    # --------------------------------------------------------------- invoiced anew

    def _find_invoiced_anew(self, rows):
        """Claims that were reversed to be invoiced once more."""
        moves = self.env["account.move"].sudo()
        heirs = self._find_replacing(rows.move_id)
        if not heirs:
            return
        credited = self._read_reversed(rows)
        for [move, _agreement], group in self._by_move(rows).items():
            heir = heirs.get(move, moves)
            lost = [
                (row, credited[row.move_line_id.id])
                for row in group
                if credited.get(row.move_line_id.id)
            ]
            if len(heir) == 1 and heir.state == "posted" and lost:
                yield from self._match_heirs(lost, self._get_free_items(heir, group))

    def _find_replacing(self, moves):
        """:return: {invoice: those that were made when it was reversed}"""
        # sudo: what replaces a claim doesn't depend on who asks.
        moves_sudo = moves.sudo().search([("collection_replaces_id", "in", moves.ids)])
        return moves_sudo.grouped("collection_replaces_id")

    def _read_reversed(self, rows):
        """:return: {item's id: what its invoice's credit notes took off it}"""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT match.debit_move_id,
                           SUM(match.debit_amount_currency)::float
                      FROM account_partial_reconcile match
                      JOIN account_move_line credit ON credit.id = match.credit_move_id
                      JOIN account_move note ON note.id = credit.move_id
                      JOIN account_move_line claim ON claim.id = match.debit_move_id
                     WHERE match.debit_move_id = ANY(%s)
                       AND note.reversed_entry_id = claim.move_id
                  GROUP BY match.debit_move_id
                    """,
                    rows.move_line_id.ids,
                )
            )
        )

    # ----------------------------------------------------------------- transferred

    def _find_transferred(self, rows):
        """Claims that were moved to another receivable account.

        By an entry that credits the claim and debits as much of the same debtor's.
        """
        by_item = rows.grouped("move_line_id")
        for transfer in self._read_transfers(rows):
            item_id, lost, heir_id, amount = transfer
            item = self.env["account.move.line"].browse(item_id)
            heir = self.env["account.move.line"].sudo().browse(heir_id)
            for row in by_item.get(item, ()):
                free = self._filter_free(heir, row)
                if free:
                    yield Succession([(row, lost)], [(heir, min(lost, amount))])

    def _read_transfers(self, rows):
        """Pairs of a claim and the one debit that took its place.

        :return: list of (item's id, what was taken off, heir's id, heir's amount), the
            amounts in the claim's currency
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT match.debit_move_id, match.debit_amount_currency::float,
                       heir.id, heir.amount_currency::float
                  FROM account_partial_reconcile match
                  JOIN account_move_line claim ON claim.id = match.debit_move_id
                  JOIN account_move_line credit ON credit.id = match.credit_move_id
                  JOIN account_move entry ON entry.id = credit.move_id
                  JOIN res_partner owner ON owner.id = claim.partner_id
                  JOIN LATERAL (
                       SELECT MIN(debit.id) AS id,
                              SUM(debit.amount_currency) AS amount_currency
                         FROM account_move_line debit
                         JOIN account_account account ON account.id = debit.account_id
                         JOIN res_partner partner ON partner.id = debit.partner_id
                        WHERE debit.move_id = entry.id
                          AND debit.balance > 0
                          AND debit.currency_id = claim.currency_id
                          AND account.account_type = 'asset_receivable'
                          AND partner.commercial_partner_id
                              = owner.commercial_partner_id
                          AND debit.amount_currency = -credit.amount_currency
                          AND (debit.name IS NOT DISTINCT FROM credit.name
                               OR NOT EXISTS (
                                   SELECT 1
                                     FROM account_move_line other
                                    WHERE other.move_id = entry.id
                                      AND other.balance < 0
                                      AND other.id <> credit.id
                                      AND other.partner_id = credit.partner_id
                                      AND other.amount_currency
                                          = credit.amount_currency
                               ))
                       HAVING COUNT(*) = 1
                  ) heir ON TRUE
                 WHERE match.debit_move_id = ANY(%s)
                   AND entry.move_type = 'entry'
                   AND entry.state = 'posted'
                   -- what a reversal takes back is owed where it was before
                   AND entry.reversed_entry_id IS DISTINCT FROM claim.move_id
                """,
                rows.move_line_id.ids,
            )
        )

    def _find_taken_back(self, rows, missing):
        """Claims whose transfer was cancelled or reversed: what they were before is
        owed again, be it on the account that they were moved to first.

        Where several were moved together, all parts of the invoice may be.
        """
        rows_sudo = rows.sudo().filtered("origin_line_id")
        reversed_ids = self._find_reversed_transfers(rows_sudo.move_line_id)
        gone = rows_sudo.filtered(
            lambda row: (
                row.move_line_id.parent_state in (False, "cancel")
                or row.move_line_id.id in reversed_ids
            )
        )
        groups = gone.grouped(
            lambda row: (row.origin_line_id.move_id, row._get_agreement())
        )
        for [move, agreement], group in groups.items():
            heirs = self._weigh_restored(move, agreement._get_claim_rows(), missing)
            if heirs:
                yield Succession([(row, row.amount) for row in group], heirs)

    def _find_reversed_transfers(self, items):
        """Ids of those of these claims that the reversal of their entry took back."""
        found = items.filtered(
            lambda item: item.move_id.move_type == "entry" and item.reconciled
        )
        return {
            item.id
            for item in found
            if item.matched_credit_ids.credit_move_id.move_id.reversed_entry_id
            & item.move_id
        }

    def _weigh_restored(self, move, own, missing):
        """What is open of an invoice, under whatever number and on whatever account, as
        far as it isn't agreed on.

        :param own: rows of the agreement
        :return: list of (journal item, amount)
        """
        claims = move.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable" and item.balance > 0
        )
        # sudo: what replaces a claim doesn't depend on who asks.
        items = (
            self._get_lineage(claims.ids)
            .sudo()
            .filtered(
                lambda item: (
                    item.parent_state == "posted"
                    and item.currency_id == own.currency_id[:1]
                )
            )
        )
        free = self._filter_free(items, own[:1])
        by_item = own.grouped("move_line_id")
        heirs = []
        for item in items.sorted(lambda i: (i.date_maturity or i.date, i.id)):
            if item in free:
                heirs.append((item, item.amount_residual_currency))
            elif item in by_item:
                heirs.append((item, -missing.get(by_item[item], 0.0)))
        return [(item, amount) for item, amount in heirs if amount > 0]

    # ------------------------------------------------------------------------ lost

    def _find_lost_claims(self):
        """Agreements with claims that are owed in another form, which couldn't be
        followed.

        Raised and parted anew, invoiced anew with another amount, or moved to other
        items of the same debtor.

        :return: {agreement's id: "increased", "replaced" or "transferred"}
        """
        rows = self._get_claim_rows()
        if not rows:
            return {}
        return {
            **self._read_lost_claims(rows),
            **self._find_raised(rows),
            **self._find_stranded(rows),
        }

    def _find_stranded(self, rows):
        """Where a transfer was cancelled, and not all that it moved was found again.

        Claims of several invoices come back to the first of them alone.
        """
        # sudo: what became of a claim doesn't depend on who asks.
        stranded = rows.sudo().filtered(
            lambda row: (
                row.origin_line_id
                and row.move_line_id.parent_state == "cancel"
                and row.move_line_id.move_type == "entry"
            )
        )
        return {row._get_agreement().id: "transferred" for row in stranded}

    def _find_raised(self, rows):
        """Where an invoice has new parts that came to more than what they replace."""
        found = {}
        for [move, agreement], group in self._by_move(rows.filtered("move_id")).items():
            if move.state == "posted" and any(r._get_shrinkage() > 0 for r in group):
                if self._get_newer(self._get_free_items(move, group), group):
                    found[agreement.id] = "increased"
        return found

    def _read_lost_claims(self, rows):
        own = [
            (row._get_agreement().id, row.move_id.id, row.move_line_id.id)
            for row in rows
        ]
        agreements, moves, items = (
            [each or None for each in column] for column in zip(*own, strict=True)
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    WITH own AS (
                        SELECT *
                          FROM unnest(%(agreements)s::int[], %(moves)s::int[],
                                      %(items)s::int[])
                            AS own (agreement_id, move_id, item_id)
                    )
                    SELECT own.agreement_id, 'transferred'
                      FROM own
                      JOIN account_partial_reconcile match
                        ON match.debit_move_id = own.item_id
                      JOIN account_move_line credit ON credit.id = match.credit_move_id
                      JOIN account_move entry ON entry.id = credit.move_id
                      JOIN account_move_line debit ON debit.move_id = entry.id
                      JOIN account_account account ON account.id = debit.account_id
                     WHERE entry.move_type = 'entry'
                       -- an entry dated ahead is a draft, matched already
                       AND entry.state <> 'cancel'
                       AND debit.balance > 0
                       AND NOT debit.reconciled
                       AND debit.partner_id = credit.partner_id
                       AND account.account_type = 'asset_receivable'
                       AND (own.agreement_id, debit.id) NOT IN (
                               SELECT agreement_id, item_id
                                 FROM own
                                WHERE item_id IS NOT NULL
                           )
                     UNION
                    SELECT own.agreement_id, 'replaced'
                      FROM own
                      JOIN account_move heir
                        ON heir.collection_replaces_id = own.move_id
                     WHERE heir.state <> 'cancel'
                       AND (own.agreement_id, heir.id) NOT IN (
                               SELECT agreement_id, move_id
                                 FROM own
                                WHERE move_id IS NOT NULL
                           )
                  ORDER BY 2 DESC
                    """,
                    agreements=agreements,
                    moves=moves,
                    items=items,
                )
            )
        )

    # ----------------------------------------------------------------------- tools

    def _by_move(self, rows):
        # sudo: what replaces a claim doesn't depend on who asks.
        return rows.sudo().grouped(lambda row: (row.move_id, row._get_agreement()))

    def _match_heirs(self, lost, items):
        """A succession, if what came is as much as what went."""
        heirs, gone, come = self._weigh_heirs(lost, items)
        if heirs and not lost[0][0].currency_id.compare_amounts(gone, come):
            yield Succession(lost, heirs)

    def _weigh_heirs(self, lost, items, grown=()):
        """:return: list of (heir, amount), how much went, and how much came"""
        currency = lost[0][0].currency_id
        items = items.filtered(lambda item: item.currency_id == currency)
        heirs = [*grown, *((item, item.amount_currency) for item in items)]
        gone = sum(amount for _row, amount in lost)
        return heirs, gone, sum(amount for _item, amount in heirs)

    def _get_newer(self, items, rows):
        """Those of these items that aren't older than what was agreed."""
        begun = min(rows.mapped("create_date"))
        return items.filtered(lambda item: item.create_date >= begun)

    def _get_free_items(self, move, rows):
        """Claims of an invoice that no agreement stands on, oldest first."""
        items = move.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable" and item.balance > 0
        )
        items = items.sorted(lambda item: (item.date_maturity or item.date, item.id))
        return self._filter_free(items - rows.move_line_id, rows[:1])

    def _filter_free(self, items, row):
        """Those of these items that nothing stands on, and this agreement neither."""
        lines_sudo = self.env["collection.promise.line"]._get_standing(items.ids)
        claims = self.env["collection.plan.claim"]
        claims_sudo = claims._get_running(items.ids)
        claims_sudo |= claims._get_accelerated(items.ids)
        own = row._get_agreement()._get_claim_rows().move_line_id
        return items - lines_sudo.move_line_id - claims_sudo.move_line_id - own
