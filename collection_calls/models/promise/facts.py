from collections import defaultdict

from odoo import models

from ...engine import promise as engine


class CollectionPromise(models.Model):
    """What the ledger says about promises, as the engine wants to hear it."""

    _inherit = "collection.promise"

    def _get_facts(self):
        """The facts about each promise.

        :return: list of (promise, :class:`...engine.promise.Promise`)
        """
        lines = self._get_live_lines()
        lines.move_line_id.fetch(["parent_state", "amount_residual_currency"])
        promises_by_claim = lines._get_promises_by_claim()
        matches = defaultdict(list)
        for match in self._get_matches(lines.move_line_id.ids):
            matches[match.claim_id].append(match)
        pending = self._get_pending_by_promise()
        return [
            (
                promise,
                promise._prepare_facts(
                    *promise._split_matches(matches, promises_by_claim),
                    pending.get(promise, 0.0),
                ),
            )
            for promise in self
        ]

    def _split_matches(self, matches, promises_by_claim):
        """Part what a newer promise on the claim waits for from what is left for this.

        Else the same money would keep both, once the older one's payment is undone.

        :return: two lists of :class:`..ledger.collection_ledger.Match`
        """
        own, others = [], []
        for claim in self._get_live_lines().move_line_id:
            newer = promises_by_claim[claim].filtered(lambda p: p.id > self.id)
            for match in matches[claim.id]:
                is_others = any(promise._waits_for(match) for promise in newer)
                (others if is_others else own).append(match)
        return own, others

    def _waits_for(self, match):
        """Whether this is money that came in after the promise was made."""
        was_here = match.date < self.date_made or match.item_id in self._get_known_ids()
        return match.money and not was_here

    def _get_known_ids(self):
        return set(self.known_item_ids._ids)

    def _prepare_facts(self, own, others, pending):
        later = defaultdict(float)
        for match in others:
            later[match.claim_id] += match.amount
        for match in own:
            if match.date > self.date_deadline:
                later[match.claim_id] += match.amount - match.money
        return engine.Promise(
            made=self.date_made,
            deadline=self.date_deadline,
            lines=tuple(
                engine.Line(
                    claim=line.move_line_id.id or -line.id,
                    amount=self._to_units(line.amount),
                    residual=self._to_units(line._get_residual()),
                    later=self._to_units(later[line.move_line_id.id]),
                )
                for line in self._get_live_lines()
            ),
            receipts=tuple(
                engine.Receipt(claim, item, day, self._to_units(money))
                for claim, item, day, _amount, money in own
                if money
            ),
            known=frozenset(self._get_known_ids()),
            pending=self._to_units(pending),
            state=self.state,
        )

    def _get_live_lines(self):
        """Lines whose claims no newer promise has taken over."""
        lines = self.line_ids
        live = lines.filtered(lambda line: line.state != engine.SUPERSEDED)
        return live.with_prefetch(lines._prefetch_ids)  # not one promise after another

    def _get_pending_by_promise(self):
        """Money that may be meant for promises whose deadline is over.

        :return: {promise: amount in its currency}
        """
        amounts = {}
        for company, promises in self.grouped("company_id").items():
            today = company._get_collection_today()
            over = promises.filtered(lambda p, today=today: p.date_deadline < today)
            pending = self._get_pending_money(over.partner_id, company) if over else {}
            for promise in over:
                amounts[promise] = promise._sum_pending(
                    pending.get(promise.partner_id.id, ()), today
                )
        return amounts

    def _sum_pending(self, pending, today):
        """What of the debtor's unmatched money may be meant for this promise."""
        moves = set(self.line_ids.move_id.ids)
        return sum(
            currency._convert(amount, self.currency_id, self.company_id, today)
            for day, amount, currency, meant_for in pending
            if day <= self.date_deadline and (not meant_for or moves & set(meant_for))
        )

    def _remember_known_money(self):
        """Note the money that is here already; only later money keeps a promise."""
        for promise, facts in self.sudo()._get_facts():
            known = [
                receipt.item for receipt in facts.receipts if receipt.date >= facts.made
            ]
            if known:
                promise.known_item_ids = known
