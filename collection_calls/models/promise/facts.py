from collections import defaultdict

from odoo import fields, models

from ...engine import promise as engine
from ..agreement.collection_agreement import MONTHS_OF_RETURN
from ..agreement.obstacles import WHOLE


class CollectionPromise(models.Model):
    """What the ledger says about promises, as the engine wants to hear it."""

    _inherit = "collection.promise"

    def _get_facts(self, obstacles=None):
        """The facts about each promise.

        :param dict obstacles: as :meth:`_find_obstacles`, if that was asked already
        :return: list of (promise, :class:`...engine.promise.Promise`)
        """
        lines = self._get_live_lines()
        lines.move_line_id.fetch(["parent_state", "amount_residual_currency"])
        promises_by_claim = lines._get_promises_by_claim()
        siblings = lines._get_free_siblings()
        matches = defaultdict(list)
        for match in self._get_matches([*lines.move_line_id.ids, *siblings]):
            matches[match.claim_id].append(match)
        pending = self._get_pending_by_promise()
        unbooked = self._get_unbooked()
        unclear = self._get_unclear(matches)
        obstacles = obstacles or {}
        others = self.filtered(lambda promise: promise not in obstacles)
        obstacles = {**obstacles, **others._find_obstacles()}
        return [
            (
                promise,
                promise._prepare_facts(
                    *promise._split_matches(matches, promises_by_claim),
                    promise._get_sibling_matches(matches, siblings),
                    pending.get(promise, 0.0),
                    promise in unbooked,
                    promise in unclear,
                    promise._get_stopped(obstacles[promise]),
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

    def _get_sibling_matches(self, matches, siblings):
        """Receipts on other parts of the promised invoices, as far as they exceed
        nobody's claim.

        Whoever pays the second part of an invoice may see the money matched with the
        first: Odoo takes the oldest.

        :param dict siblings: as :meth:`_get_free_siblings` of the lines
        :return: list of :class:`..ledger.collection_ledger.Match`, on this promise's
            claims
        """
        claims = self._get_live_lines().move_line_id.ids
        return [
            match._replace(claim_id=claim_id)
            for sibling_id, claim_id in siblings.items()
            if claim_id in claims
            for match in matches[sibling_id]
            if self._waits_for(match)
        ]

    def _prepare_facts(
        self, own, others, elsewhere, pending, is_unbooked, is_unclear, stopped
    ):
        later, given_up = defaultdict(float), defaultdict(float)
        received = defaultdict(float)
        for match in others:
            later[match.claim_id] += match.amount
        for match in own:
            if match.date > self.date_deadline:
                later[match.claim_id] += match.amount - match.money
            elif self._waits_for(match):
                given_up[match.claim_id] += match.given_up
                received[match.claim_id] += match.money
        return engine.Promise(
            made=self.date_made,
            deadline=self.date_deadline,
            lines=tuple(
                engine.Line(
                    claim=line.move_line_id.id or -line.id,
                    # Nobody owes us what we gave up along with the money.
                    amount=self._to_units(
                        max(
                            line.amount - given_up[line.move_line_id.id],
                            min(line.amount, received[line.move_line_id.id]),
                        )
                    ),
                    residual=self._to_units(line._get_residual()),
                    later=self._to_units(later[line.move_line_id.id]),
                )
                for line in self._get_live_lines()
            ),
            receipts=tuple(
                engine.Receipt(
                    match.claim_id,
                    match.item_id,
                    match.date,
                    self._to_units(match.money),
                )
                for match in own
                if match.money
            ),
            elsewhere=tuple(
                engine.Receipt(
                    match.claim_id,
                    match.item_id,
                    match.date,
                    self._to_units(match.money),
                )
                for match in elsewhere
            ),
            known=frozenset(self._get_known_ids()),
            pending=self._to_units(pending),
            is_unbooked=is_unbooked,
            is_unclear=is_unclear,
            stopped=self._to_units(stopped),
            state=self.state,
        )

    def _get_stopped(self, obstacles):
        """What of the promise nobody may ask for, in its currency."""
        open_now = self._get_open_by_line()
        asked = self._get_asked_by_line(obstacles)
        return sum(open_now.values()) - sum(asked.values())

    def _get_open_by_line(self):
        """:return: {line: what is promised and open}"""
        return {
            line: min(line.amount, line._get_residual())
            for line in self._get_live_lines()
        }

    def _get_asked_by_line(self, obstacles):
        """What may be asked for: neither what nobody follows up, nor what is disputed.

        :param obstacles: as :meth:`_find_obstacles`
        :return: {line: amount}
        """
        lines = self._get_open_by_line()
        if obstacles.code in WHOLE:
            return dict.fromkeys(lines, 0.0)
        # sudo: collectors of a branch may not read the invoice as such.
        undisputed = {
            move.id: max(move.amount_residual - disputed, 0)
            for move in self.line_ids.move_id.sudo()
            if (disputed := obstacles.disputed.get(move.id))
        }
        asked = {}
        for line, amount in lines.items():
            move_id = line.move_id.id
            if line.move_line_id.id in obstacles.items:
                amount = 0.0
            elif move_id in undisputed:
                amount = min(amount, undisputed[move_id])
                undisputed[move_id] -= amount
            asked[line] = amount
        return asked

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
            over = promises._get_over()
            under_way = self._get_under_way(over._get_debtors(), company)
            for promise in over:
                money = promise._get_own_money(under_way)
                amounts[promise] = promise._convert_under_way(money)
        return amounts

    def _get_over(self):
        """Those whose deadline is over."""
        days = {company: company._get_collection_today() for company in self.company_id}
        return self.filtered(lambda p: p.date_deadline < days[p.company_id])

    def _get_own_money(self, under_way):
        """What of this money may be meant for the promise, and is here in time.

        :param dict under_way: as :meth:`_get_under_way`
        """
        return [
            money
            for money in self._get_meant_money(under_way)
            if money.day <= self.date_deadline
        ]

    def _get_unbooked(self):
        """Promises whose deadline the books don't reach yet."""
        found = self.browse()
        for company, promises in self.grouped("company_id").items():
            over = promises._get_over()
            books = over and company._get_collection_books()
            if books:
                found += over.filtered(
                    lambda promise, books=books: books.end < promise.date_deadline
                )
        return found

    def _get_unclear(self, matches):
        """Promises of which the ledger tells nothing for the moment.

        An invoice is being replaced, or what took its place is another amount; or money
        seems to have gone back.
        """
        found = self._find_replaced() | (self._find_in_draft() & self._get_over())
        found |= found.browse(self._filter_credited(matches)._find_lost_claims())
        for company, promises in self.grouped("company_id").items():
            paid = promises.filtered(
                lambda p: any(
                    match.money
                    for claim_id in p._get_live_lines().move_line_id.ids
                    for match in matches[claim_id]
                )
            )
            returned = self._get_returned_debits(paid._get_debtors(), company)
            for promise in paid if returned else ():
                if promise._has_returned_debit(returned, matches):
                    found |= promise
        return found

    def _has_returned_debit(self, returned, matches):
        """Whether a debit may have taken back money that kept the promise.

        It comes after the money, within the months in which banks return debits, and is
        as much as one of the payments.
        """
        currency = self.currency_id
        items = self.env["account.move.line"].sudo()
        for claim_id in self._get_live_lines().move_line_id.ids:
            for match in matches[claim_id]:
                if not self._waits_for(match):
                    continue
                whole = -items.browse(match.item_id).amount_currency
                for debtor in self._get_debtors():
                    for _item, day, amount, currency_id in returned.get(debtor.id, ()):
                        last = fields.Date.add(match.date, months=MONTHS_OF_RETURN)
                        if (
                            match.date <= day <= last
                            and currency_id == currency.id
                            and not currency.compare_amounts(amount, whole)
                        ):
                            return True
        return False

    def _filter_credited(self, matches):
        """Promises that stand, of which something went neither open nor paid."""
        return self.filtered(
            lambda promise: (
                promise.state in engine.STANDING
                and any(
                    promise._is_credited(line, matches)
                    for line in promise._get_live_lines()
                )
            )
        )

    def _is_credited(self, line, matches):
        settled = sum(match.settled for match in matches[line.move_line_id.id])
        there = line._get_residual() + settled
        return self.currency_id.compare_amounts(there, line.amount) < 0

    def _find_in_draft(self):
        """Promises on invoices that are set back to draft."""
        lines = self._get_live_lines().filtered(
            lambda line: line.move_line_id.parent_state == "draft"
        )
        return lines.promise_id

    def _find_replaced(self):
        """Promises on invoices that were reversed and are invoiced anew in a draft."""
        lines = self._get_live_lines()
        heirs_sudo = self.env["account.move"].sudo()
        heirs_sudo = heirs_sudo.search(
            [
                ("collection_replaces_id", "in", lines.move_id.ids),
                ("state", "=", "draft"),
            ]
        )
        replaced = heirs_sudo.collection_replaces_id
        return lines.filtered(lambda line: line.move_id in replaced).promise_id

    def _remember_known_money(self):
        """Note the money that is here already; only later money keeps a promise."""
        for promise, facts in self.sudo()._get_facts():
            known = [
                receipt.item
                for receipt in (*facts.receipts, *facts.elsewhere)
                if receipt.date >= facts.made
            ]
            if known:
                promise.known_item_ids = known

    # ------------------------------------------------------------------- evidence

    def _get_matched_evidence(self):
        lines = self._get_live_lines()
        siblings = lines._get_free_siblings()
        matches = defaultdict(list)
        for match in self._get_matches([*lines.move_line_id.ids, *siblings]):
            matches[match.claim_id].append(match)
        return {
            promise: promise._prepare_all_matched(matches, siblings) for promise in self
        }

    def _prepare_all_matched(self, matches, siblings):
        claims = self._get_live_lines().move_line_id.ids
        found = [match for claim_id in claims for match in matches[claim_id]]
        # Elsewhere only what the promise waited for; it says where it was matched.
        found += [
            match
            for sibling_id, claim_id in siblings.items()
            if claim_id in claims
            for match in matches[sibling_id]
            if self._waits_for(match)
        ]
        return [
            row
            for match in found
            for row in self._prepare_matched_evidence(match, self._judge_receipt)
        ]

    def _judge_receipt(self, match):
        if not self._waits_for(match):
            return False, self.env._("It came in before the promise was made.")
        if match.date > self.date_deadline:
            return False, self.env._("It came after the deadline.")
        if match.date > self.company_id._get_collection_today():
            return False, self.env._(
                "It is dated in the future: it counts from its day on."
            )
        return True, self.env._("It came in time.")

    def _get_evident_money(self, under_way):
        return self._get_meant_money(under_way)

    def _explain_credit(self):
        return self.env._("A credit leaves less to be paid, and keeps no promise.")

    def _explain_under_way(self, money):
        if money.day > self.date_deadline:
            return self.env._("Not matched yet, and too late.")
        return self.env._(
            "Not matched yet. The promise isn't broken over a sum that it would cover."
        )

    def _get_evident_day(self):
        return self.date_deadline
