from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

from ...engine import promise as engine
from ...engine.contact_gate import days_given_back
from ...engine.pace import Pace
from .collection_promise import CHECK_ACTIVITY, CONFIRM_ACTIVITY

BATCH = 500


class CollectionPromise(models.Model):
    """How the ledger's facts become a verdict, and what follows from it."""

    _inherit = "collection.promise"

    @api.model
    def _cron_evaluate(self):
        """Judge all promises that stand, in batches, each once however many servers
        run this."""
        domain = self._get_to_evaluate_domain()  # once: it looks for returns everywhere
        if self._recognize_money(domain):
            self.env["collection.night"]._work_off(
                self.sudo(),
                "evaluate",
                lambda: domain,
                lambda promises, pace: promises._evaluate_scheduled(pace),
                BATCH,
            )

    @api.model
    def _get_to_evaluate_domain(self):
        return (
            Domain("state", "in", engine.STANDING)
            | Domain("is_stale", "=", True)
            | self._get_doubtful_domain("date_deadline")
            & Domain("state", "=", engine.KEPT)
        )

    def _evaluate_scheduled(self, pace=None):
        """Judge promises together; if one can't be read, each of them alone.

        :param pace: says when to leave the rest of them; by default none is left
        """
        pace = pace or Pace.unhurried()
        together = f"{len(self)} promises could not be evaluated together"
        if not self._attempt(
            lambda: self._evaluate(scheduled=True, pace=pace), together
        ):
            for promise in pace.walk(self):
                promise._evaluate_alone()
        self._report_failures()
        self._settle_books()

    def _evaluate_alone(self):
        failure = f"{self.name} could not be evaluated"
        if not self._attempt(lambda: self._evaluate(scheduled=True), failure):
            self._mark_stale()

    def _evaluate(self, scheduled=False, pace=None):
        """Judge promises by what the ledger says now.

        The number of queries doesn't depend on the number of promises, only on the
        number of those whose verdict changes. One that fails doesn't stop the others.

        :param bool scheduled: whether promises may be given up after their deadline, as
            the scheduled action does
        :param pace: says when to leave the rest of them; by default none is left
        """
        pace = pace or Pace.unhurried()
        # sudo: the verdict doesn't depend on who asks, and nobody may write it.
        promises_sudo = self.sudo().filtered(lambda promise: not promise.is_withdrawn)
        if scheduled:  # whose money it is matters where a deadline is over
            lines = self.env["account.bank.statement.line"]
            lines._recognize_collection_debtors(promises_sudo._get_over().company_id)
        promises_sudo._get_standing()._follow_claims()
        obstacles = promises_sudo._get_standing()._follow_obstacles()
        if not scheduled:  # an invoice that is being corrected tells nothing for now
            promises_sudo -= promises_sudo._find_in_draft()
        news_sudo = waiting_sudo = promises_sudo.browse()
        verdicts = {}
        for promise_sudo, facts in promises_sudo._get_facts(obstacles):
            today = promise_sudo.company_id._get_collection_today()
            verdict = engine.evaluate(facts, today, scheduled)
            if scheduled and facts.is_unbooked and verdict.state == engine.OPEN:
                waiting_sudo += promise_sudo
            if promise_sudo._is_news(verdict):
                verdicts[promise_sudo] = verdict
        failed_sudo = promises_sudo.filtered(
            lambda promise: (
                promise in verdicts
                and verdicts[promise].state in engine.FAILED
                and verdicts[promise].state != promise.state
            )
        )
        evidence = failed_sudo._write_evidence_together()
        for promise_sudo, verdict in verdicts.items():
            if pace.is_over():
                pace.stop_at(promise_sudo.id)
                break
            promise_sudo._conclude_alone(verdict, evidence.get(promise_sudo))
            news_sudo += promise_sudo
        news_sudo._protect_alone()
        waiting_sudo._ask_for_statements()
        return True

    def _ask_for_statements(self):
        """Have the statements imported that the verdict waits for."""
        for company in self.company_id:
            books = company._get_collection_books()
            self._attempt(
                lambda company=company, books=books: company._ask_for_statements(books),
                f"Nobody could be asked for the statements of company {company.id}",
            )

    def _get_standing(self):
        return self.filtered(lambda promise: promise.state in engine.STANDING)

    def _get_claim_rows(self):
        return self._get_live_lines()

    @api.model
    def _takes_part_of_more(self):
        return True  # a promise asks for no more than it was about

    @api.model
    def _get_standing_states(self):
        return engine.STANDING

    def _go_on(self, today):
        given = days_given_back(self.date_held, today, self.date_deadline)
        self.held_days += given
        if lasted := (today - self.date_held).days:
            until = self.date_deadline if given else None
            self._message_log(body=self._say_days_back(lasted, until))

    @api.model
    def _get_unbooked_domain(self, company):
        # Whatever is over and still open after its evaluation waits for the books.
        return [
            ("company_id", "=", company.id),
            ("state", "=", engine.OPEN),
            ("date_deadline", "<", company._get_collection_today()),
        ]

    def _is_news(self, verdict):
        return self.is_stale or verdict != engine.Verdict(
            self.state,
            self._to_units(self.amount_due),
            self._to_units(self.amount_paid),
        )

    def _conclude_alone(self, verdict, evidence=None):
        """Write a verdict and what follows; if that fails, the next run tries again.

        :param str evidence: as :meth:`_write_evidence`, if it was read already
        """
        failure = f"{self.name} could not be evaluated"
        if not self._attempt(lambda: self._conclude(verdict, evidence), failure):
            self._mark_stale()

    def _protect_alone(self):
        """Put protection right for all of them at once; else the next run does."""
        moves = self.line_ids.move_id
        failure = "The protection of promised invoices could not be updated"
        if moves and not self._attempt(moves._update_collection_protection, failure):
            self._mark_stale()

    def _conclude(self, verdict, evidence=None):
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
                "is_judged": self.is_judged or verdict.state in engine.JUDGED,
                "is_stale": False,
            }
        )
        if self.is_failure_reported:
            self._settle_failure()
        if verdict.state != before:
            self._follow_up(before, evidence)

    def _yield_claims(self, verdict):
        """Leave the claims that a newer promise or a plan has taken since to that."""
        lines = self._get_live_lines()
        plans = lines._yield_to_plans()
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
        if not newer and not plans:
            return verdict
        [[_promise, facts]] = self._get_facts()
        return engine.evaluate(facts, self.company_id._get_collection_today())

    def _follow_up(self, before, evidence=None):
        """Do what a new state asks for.

        :param str evidence: as :meth:`_write_evidence`, if it was read already
        """
        self.ensure_one()
        if before == engine.TO_CHECK:
            self.activity_unlink([CHECK_ACTIVITY])
        if self.state in engine.STANDING:
            if before not in engine.STANDING:
                self._ask_to_confirm()
        elif self.needs_confirmation:  # else nobody was asked
            self.activity_unlink([CONFIRM_ACTIVITY])
        if self.state in (engine.KEPT, engine.VOID):
            self._settle_calls()
        elif self.state in engine.FAILED:
            self._call_again(evidence)
        elif self.state == engine.TO_CHECK:
            self._ask_to_check()

    def _call_again(self, evidence=None):
        case = self._get_case()
        user = case._get_caller(self.user_id)
        self = self.with_context(lang=user.lang)
        today = self.company_id._get_collection_today()
        summary = self._say_topic(self.state)
        if evidence is None:
            evidence = self._write_evidence()[self]
        if evidence:
            self._message_log(body=plaintext2html(evidence))
        case = case.with_context(lang=user.lang, mail_activity_quick_update=True)
        self.next_activity_id = case._schedule_next_call(
            today, user, summary, keep_later=True, topic=self._get_topic(self.state)
        )

    def _settle_calls(self):
        """Nobody calls about what is paid: not to remind, nor because it was late."""
        activities = self.next_activity_id
        others = self.call_id.promise_ids.mapped("state")
        if not set(others) & set(engine.STANDING):
            activities |= self.call_id.next_activity_id
        if self.state == engine.KEPT:
            feedback = self.env._("%(promise)s was kept.", promise=self.name)
        else:
            feedback = self.env._("%(promise)s has become void.", promise=self.name)
        activities.filtered("active").action_feedback(feedback=feedback)

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

    # --------------------------------------------------------------------- events
    # What has promises judged anew: something happened to their claims.

    def _judge_touched(self, move_ids):
        touched = self._get_touched(move_ids)
        touched._evaluate()
        touched.line_ids.move_id._update_collection_protection()

    @api.model
    def _get_touched(self, move_ids):
        lines = self.env["collection.promise.line"]
        return lines.search([("move_id", "in", list(move_ids))]).promise_id

    @api.model
    def _get_touched_sql(self, move_ids):
        return SQL(
            "SELECT promise_id FROM collection_promise_line WHERE move_id = ANY(%s)",
            list(move_ids),
        )
