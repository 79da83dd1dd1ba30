import logging
from collections import defaultdict

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, clean_context

from ..engine import promise as engine
from .collection_promise_limit import CONFIRM_ACTIVITY

BATCH = 500
CHECK_ACTIVITY = "collection_calls.mail_activity_type_check_promise"

_logger = logging.getLogger(__name__)


class CollectionPromiseEvaluation(models.AbstractModel):
    """How the ledger's facts reach the verdict, and what follows from it."""

    _name = "collection.promise.evaluation"
    _description = "Evaluation of Promises"
    _inherit = "collection.ledger"

    is_stale = fields.Boolean(
        string="Evaluation Due",
        readonly=True,
        copy=False,
        help="The last evaluation failed; the scheduled action tries again.",
    )

    @api.model
    def _cron_evaluate(self):
        """Judge all promises that stand, in batches, each once however many servers
        run this."""
        self = self.sudo()
        todo = self.search(self._get_to_evaluate_domain(), order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for start in range(0, len(todo), BATCH):
            batch = self.browse(todo.ids[start : start + BATCH])
            mine = batch._lock(self._get_to_evaluate_domain(), "evaluate")
            mine._evaluate(scheduled=True)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    @api.model
    def _get_to_evaluate_domain(self):
        return Domain("state", "in", engine.STANDING) | Domain("is_stale", "=", True)

    def _lock(self, domain, work):
        """Those of these promises that this server may work on until it commits.

        Left out are those that another server holds or has just finished. One server
        at a time does the work: two would plan two calls with a debtor.

        :param str work: the name of what is to be done
        """
        alone = SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", self._name + work)
        try:
            with self.env.cr.savepoint():
                [[is_alone]] = self.env.execute_query(alone)
                mine = self.try_lock_for_update() if is_alone else self.browse()
        except psycopg2.errors.SerializationFailure:
            return self.browse()
        mine.invalidate_recordset()
        return mine.filtered_domain(domain)

    def _evaluate(self, scheduled=False):
        """Judge promises by what the ledger says now.

        The number of queries doesn't depend on the number of promises, only on the
        number of those whose verdict changes. One that fails doesn't stop the others.

        :param bool scheduled: whether promises may be given up after their deadline, as
            the scheduled action does
        """
        # sudo: the verdict doesn't depend on who asks, and nobody may write it.
        promises_sudo = self.sudo()
        for promise_sudo, facts in promises_sudo._get_facts():
            today = promise_sudo.company_id._get_collection_today()
            verdict = engine.evaluate(facts, today, scheduled)
            if promise_sudo._is_news(verdict):
                promise_sudo._conclude_alone(verdict)
        return True

    def _remember_known_money(self):
        """Note the money that is here already; only later money keeps a promise."""
        for promise, facts in self.sudo()._get_facts():
            known = [
                receipt.item for receipt in facts.receipts if receipt.date >= facts.made
            ]
            if known:
                promise.known_item_ids = known

    # --------------------------------------------------------------------- facts

    def _get_facts(self):
        """The facts about each promise.

        :return: list of (promise, :class:`..engine.promise.Promise`)
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

        :return: two lists of :class:`.collection_ledger.Match`
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

    def _to_units(self, amount):
        """An amount in the smallest unit of the promise's currency."""
        return round(amount / self.currency_id.rounding)

    def _from_units(self, units):
        return self.currency_id.round(units * self.currency_id.rounding)

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

    # ------------------------------------------------------------------- verdict

    def _is_news(self, verdict):
        return self.is_stale or verdict != engine.Verdict(
            self.state,
            self._to_units(self.amount_due),
            self._to_units(self.amount_paid),
        )

    def _conclude_alone(self, verdict):
        """Write a verdict and what follows; if that fails, the next run tries again."""
        try:
            with self.env.cr.savepoint():
                self._conclude(verdict)
        except Exception:
            _logger.exception("%s could not be evaluated", self.name)
            self._mark_stale()

    def _conclude(self, verdict):
        self.ensure_one()
        before = self.state
        if verdict.state in engine.STANDING and before not in engine.STANDING:
            verdict = self._yield_claims(verdict)
        self._get_live_lines().write({"state": verdict.state})
        self.write(
            {
                "state": verdict.state,
                "amount_due": self._from_units(verdict.due),
                "amount_paid": self._from_units(verdict.paid),
                "is_stale": False,
            }
        )
        if verdict.state != before:
            self._follow_up(before)
        self.line_ids.move_id._update_collection_protection()

    def _yield_claims(self, verdict):
        """Leave the claims that a newer promise has taken since to that one."""
        lines = self._get_live_lines()
        newer = {
            line.move_line_id: line.promise_id
            for line in lines._get_standing(lines.move_line_id.ids) - lines
        }
        for line in lines.filtered(lambda line: line.move_line_id in newer):
            line.write(
                {
                    "state": engine.SUPERSEDED,
                    "superseded_by_id": newer[line.move_line_id].id,
                }
            )
        if not newer:
            return verdict
        [[_promise, facts]] = self._get_facts()
        return engine.evaluate(facts, self.company_id._get_collection_today())

    def _follow_up(self, before):
        """Do what a new state asks for."""
        self.ensure_one()
        if before == engine.TO_CHECK:
            self.activity_unlink([CHECK_ACTIVITY])
        if self.state not in engine.STANDING:
            self.activity_unlink([CONFIRM_ACTIVITY])
        elif before not in engine.STANDING:
            self._ask_to_confirm()
        if self.state in engine.FAILED:
            self._call_again()
        elif self.state == engine.TO_CHECK:
            self._ask_to_check()

    def _call_again(self):
        user = self._get_collector()
        self = self.with_context(lang=user.lang)
        today = self.company_id._get_collection_today()
        summary = self.env._("Promise broken: %(promise)s", promise=self.name)
        if self.state == engine.PARTIAL:
            summary = self.env._("Promise partly kept: %(promise)s", promise=self.name)
        case = self._get_case().with_context(mail_activity_quick_update=True)
        case._schedule_next_call(today, user, summary, keep_later=True)

    def _ask_to_check(self):
        user = self._get_collector()
        self = self.with_context(lang=user.lang)
        self.activity_schedule(
            CHECK_ACTIVITY,
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=self.env._(
                "Match the payments of %(debtor)s, then look at this promise again",
                debtor=self.partner_id.name,
            ),
        )

    def _get_case(self):
        # A new case is the collector's, not the accountant's or the scheduler's.
        cases = self.env["collection.case"].with_context(
            default_user_id=self.user_id.id
        )
        case = cases._get_or_create(self.partner_id, self.company_id)
        return case.with_env(self.env)

    def _get_collector(self):
        """Who follows up: the case's collector, else whoever recorded the promise."""
        return self._get_case()._get_caller(self.user_id)

    # -------------------------------------------------------------------- events

    @api.model
    def _touch(self, move_ids):
        """Have the promises on these invoices judged anew when the transaction ends.

        Those on other claims of the invoice too: their protection hangs together.

        However often this is called in a transaction, they are judged once. An error of
        ours never gets in the way of what the accountant is doing.
        """
        data = self.env.cr.precommit.data
        if "collection_calls.touched" not in data:
            data["collection_calls.touched"] = set()
            # Defaults of the accountant's dialog don't concern what we create.
            clean = self.env(su=True, context=clean_context(self.env.context))
            self.env.cr.precommit.add(self.with_env(clean)._evaluate_touched)
        data["collection_calls.touched"].update(move_ids)

    def _evaluate_touched(self):
        move_ids = self.env.cr.precommit.data.pop("collection_calls.touched")
        try:
            with self.env.cr.savepoint():
                touched = self._get_touched(move_ids)
                touched._evaluate()
                touched.line_ids.move_id._update_collection_protection()
        except Exception:
            _logger.exception("Promises on changed claims could not be evaluated")
            self._mark_touched_stale(move_ids)

    @api.model
    def _get_touched(self, move_ids):
        lines = self.env["collection.promise.line"]
        return lines.search([("move_id", "in", list(move_ids))]).promise_id

    @api.model
    def _mark_touched_stale(self, move_ids):
        """Note it in plain SQL: whatever went wrong doesn't go wrong here again."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_promise promise
                   SET is_stale = TRUE
                  FROM collection_promise_line line
                 WHERE line.promise_id = promise.id
                   AND line.move_id = ANY(%(moves)s)
                """,
                moves=list(move_ids),
            )
        )
        self.invalidate_model(["is_stale"])

    def _mark_stale(self):
        """Leave promises to the next scheduled evaluation.

        Where another transaction has just changed them, the error goes on: Odoo then
        runs the request again, as it does if two accountants match the same item.
        """
        try:
            with self.env.cr.savepoint():
                self.write({"is_stale": True})
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("%s could not be marked for evaluation", self)
