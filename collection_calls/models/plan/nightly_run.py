from collections import defaultdict
from dataclasses import replace
from functools import partial

from odoo import api, models
from odoo.fields import Domain

from ...engine import acceleration as engine
from ...engine import allocation
from ...engine.pace import Pace
from .collection_plan import JUDGED, RUNNING

BATCH = 500
# Good news needn't wait for the night.
AT_ONCE = (engine.NOTHING, engine.COMPLETE, engine.DISSOLVE, engine.CURE)
# Somebody has to look, whatever there is to decide.
TO_CLEAR = ("increased", "replaced", "returned_debit", "transferred")
# It may have been paid in time.
UNCLEAR = ("pending_money", "stale_books", "draft", "changed", *TO_CLEAR)
OVER = ("completed", "dissolved")
WITH_CALL = (engine.SEND_NOTICE, engine.ACCELERATE)  # its debtor is called anyway
CRON = "collection_calls.ir_cron_run_plans"


class CollectionPlan(models.Model):
    """The nightly run: facts of the ledger, one decision a plan, one step.

    What the decision is lies in :mod:`...engine.acceleration` alone.
    """

    _inherit = "collection.plan"

    @api.model
    def _cron_run(self):
        """Judge all plans that run, in batches, each once however many servers do."""
        domain = self._get_to_run_domain()  # once: it looks for returns everywhere
        if self._recognize_money(domain):
            self.env["collection.night"]._work_off(
                self.sudo(),
                "run",
                lambda: domain,
                lambda plans, pace: plans._run_scheduled(pace),
                BATCH,
            )

    @api.model
    def _get_to_run_domain(self):
        return (
            Domain("state", "in", JUDGED)
            | Domain("is_stale", "=", True)
            | self._get_doubtful_domain("write_date") & Domain("state", "in", OVER)
            | Domain("state", "in", OVER) & Domain("hold_code", "!=", False)
        )

    def _run_scheduled(self, pace=None):
        """Judge plans together; if one can't be read, each of them alone.

        :param pace: says when to leave the rest of them; by default none is left
        """
        pace = pace or Pace.unhurried()
        together = f"{len(self)} installment plans could not be judged together"
        if not self._attempt(lambda: self._run(pace), together):
            for plan in pace.walk(self):
                plan._run_alone()
        self._report_failures()
        self._settle_books()

    def _run_alone(self):
        if not self._attempt(self._run, f"{self.name} could not be judged"):
            self._mark_stale()

    def _run(self, pace=None):
        """Bring plans up to date and take the step that each one asks for."""
        plans = self._get_followed()
        plans._get_judged()._follow_claims()
        obstacles = plans._get_running()._follow_obstacles()
        ledgers = plans._get_ledgers()
        missed = plans._refresh(ledgers)
        # Whose money it is matters where somebody may be pressed.
        late = plans._get_running().filtered("amount_arrears")
        lines = self.env["account.bank.statement.line"]
        lines._recognize_collection_debtors(late.company_id)
        decisions = plans._get_judged()._get_decisions(ledgers, obstacles=obstacles)
        pace = pace or Pace.unhurried()
        reached, failed = self._take_steps(missed, decisions, obstacles, pace)
        failed += reached._reopen_unpaid(ledgers)
        failed += reached._doubt_completed(ledgers)
        (reached - failed)._settle_stale()

    def _take_steps(self, missed, decisions, obstacles, pace):
        """Note what was missed and do what was decided, plan by plan, in their order.

        :param missed: ids of the installments that are missed
        :param dict decisions: {plan: :class:`...engine.acceleration.Decision`}
        :param dict obstacles: {plan: why nobody may be pressed now}
        :return: the plans that there was time for, and those of which it failed
        """
        free = {
            plan: decision
            for plan, decision in decisions.items()
            if plan not in obstacles or not obstacles[plan].code
        }
        misses = self._get_new_misses(missed, free)
        # All at once: a step may clear the cache, and the batch would be read again.
        news = {plan for plan, decision in decisions.items() if plan._is_news(decision)}
        failed = self.browse()
        accelerated = self.filtered(
            lambda plan: plan in news and decisions[plan].step == engine.ACCELERATE
        )
        evidence = accelerated._write_evidence_together()
        for position, plan in enumerate(self):
            if plan not in news and plan not in misses:
                continue
            if pace.is_over():
                pace.stop_at(plan.id)
                return self[:position], failed
            noted = plan._note_missed(misses.get(plan, ()), decisions[plan])
            given = decisions[plan], evidence.get(plan)
            if plan in news and not plan._step_alone(*given) or not noted:
                failed += plan
        return self, failed

    def _get_followed(self):
        """Those that the ledger still says something about.

        A plan that was never agreed, or was taken back, stays as it is: what comes in
        is money for whatever takes its place.
        """
        return self.filtered(lambda plan: plan.state in (*JUDGED, *OVER))

    def _get_judged(self):
        return self.filtered(lambda plan: plan.state in JUDGED)

    def _get_running(self):
        return self.filtered(lambda plan: plan.state in RUNNING)

    @api.model
    def _get_standing_states(self):
        return RUNNING

    def _reopen_unpaid(self, ledgers):
        """Payments may be undone after a plan was paid off.

        :return: the plans of which that failed
        """
        return self.filtered(
            lambda plan: (
                plan.state in OVER
                and ledgers[plan].residual
                and not plan._reopen_alone()
            )
        )

    def _doubt_completed(self, ledgers):
        """Money may have gone back after a plan was paid off: somebody has to look.

        :return: the plans of which that failed
        """
        failed = self.browse()
        for plan in self.filtered(lambda plan: plan.state == "completed"):
            code = ledgers[plan].obstacle
            if code == "returned_debit" and plan.hold_code != code:
                if not plan._step_alone(engine.Decision(engine.HOLD, code)):
                    failed += plan
            elif plan.hold_code and not code:
                plan._release_hold()
        return failed

    def _settle_stale(self):
        """The ledger's verdict is there after all."""
        for plan in self.filtered("is_stale"):
            plan.is_stale = False
            plan._settle_failure()

    def _evaluate(self):
        """Bring plans up to date when something happened to their claims.

        Only good news has consequences now: paid off, arrears gone, nothing to decide
        or to clear any more. Whatever else there is to decide waits for the night.
        """
        # sudo: the verdict doesn't depend on who asks, and nobody may write it.
        plans_sudo = self.sudo()._get_followed()
        plans_sudo._get_judged()._follow_claims()
        plans_sudo._get_running()._follow_obstacles()
        ledgers = plans_sudo._get_ledgers()
        plans_sudo._refresh(ledgers)
        judged_sudo = plans_sudo._get_judged()
        for plan, decision in judged_sudo._get_decisions(ledgers).items():
            if decision.step in AT_ONCE and plan._is_news(decision):
                plan._step_alone(decision)
        plans_sudo._reopen_unpaid(ledgers)

    def _get_decisions(self, ledgers=None, day=None, obstacles=None):
        """What each plan asks for.

        :param date day: the day to decide for; by default each company's today
        :param dict obstacles: of those that run, as :meth:`_find_obstacles`
        :rtype: dict[models.Model, engine.Decision]
        """
        ledgers = ledgers or self._get_ledgers(day)
        days = self._get_days(day)
        facts = self._get_facts(ledgers, days)
        decisions = {plan: plan._decide(facts[plan], days[plan]) for plan in self}
        # Obstacles are looked up where they matter: few plans are pressed in a night.
        pressed = self.filtered(
            lambda plan: decisions[plan].step in (*engine.PRESSING, engine.HOLD)
        )
        unbooked = pressed._get_unbooked(ledgers, days)
        for plan, found in pressed._get_obstacles(obstacles).items():
            known = replace(facts[plan], is_unbooked=plan in unbooked, **found)
            decisions[plan] = plan._decide(known, days[plan])
        for plan in self:
            # An invoice that is being corrected says nothing about the debt.
            why = ledgers[plan].obstacle
            if why in TO_CLEAR or why and decisions[plan].step != engine.NOTHING:
                decisions[plan] = engine.Decision(engine.HOLD, why)
        return decisions

    def _decide(self, facts, day):
        # The rule says what arrears lead to: most plans have none, and it isn't read.
        rule = self._get_terms() if facts.arrears else engine.Rule()
        return engine.decide(facts, rule, day)

    def _is_news(self, decision):
        """Whether there is anything to do, or to take back, for a decision."""
        if decision.step == engine.HOLD:
            return self.hold_code != decision.reason
        if decision.step == engine.PROPOSE:
            return not self.date_proposed or self.hold_code
        if decision.step == engine.NOTHING:
            return (
                self.hold_code or self.date_proposed or self._is_call_needless(decision)
            )
        return True

    def _step_alone(self, decision, evidence=None):
        """Take one step; if that fails, the next run tries again.

        :param str evidence: as :meth:`_write_evidence`, if it was read already
        :return: whether it succeeded
        """
        failure = f"{self.name}: “{decision.step}” failed"
        # Why it is done stays with the plan, in the words of whoever looks after it.
        # Alone: else each step would read the records of the whole batch again.
        plan = self.with_context(lang=self.user_id.lang).with_prefetch()
        return self._attempt_or_mark(
            lambda: plan._take_step(decision, evidence), failure
        )

    def _reopen_alone(self):
        return self._attempt_or_mark(self._reopen, f"{self.name} could not be reopened")

    def _attempt_or_mark(self, work, failure):
        succeeded = self._attempt(work, failure)
        if not succeeded:
            self._mark_stale()
        return succeeded

    # ------------------------------------------------------------------ refreshing

    def _refresh(self, ledgers):
        """Take over what the ledger says: amounts of plans, state of installments.

        :return: ids of the installments that are missed
        """
        days = self._get_days()
        missed = []
        for plan in self:
            missed += plan._refresh_one(ledgers[plan], days[plan])
        return missed

    def _refresh_one(self, ledger, today):
        installments = self.env["collection.plan.installment"]
        self._write_changes(self._prepare_amounts(ledger, today))
        patience = self._get_patience(ledger)
        is_over = self.state in (engine.ACCELERATED, "cancelled")
        missed = []
        for stored, part in zip(ledger.stored, ledger.parts, strict=True):
            row_id, *before = stored
            state = allocation.status(part, today, **patience, accelerated=is_over)
            if before != [part.paid, part.residual, state]:
                installments.browse(row_id)._apply(self, part, state)
            if state == "missed":
                missed.append(row_id)
        return missed

    def _prepare_amounts(self, ledger, today):
        arrears = allocation.arrears(ledger.parts, today, ledger.bank_day)
        if self.state == engine.ACCELERATED:
            arrears = ledger.residual
        paid = sum(part.paid for part in ledger.parts)
        is_returned, items = self._compare_receipts(ledger.items)
        return {
            "amount_paid": self._from_units(paid),
            "received_items": items or False,
            "amount_residual": self._from_units(ledger.residual),
            "amount_arrears": self._from_units(arrears),
            # What goes back while nothing is in arrears is no incident, then or later.
            "has_returned_payment": bool(arrears)
            and (self.has_returned_payment or is_returned),
        }

    def _compare_receipts(self, items):
        """Whether money that had come in went back to the debtor since.

        Taken off the claims to be matched with others, it didn't. Nobody knows as long
        as it waits to be matched: it is remembered until then.

        :param dict items: money received now, by journal item
        :return: whether it did, and what to remember
        """
        before = self.received_items or {}
        lost = [item for item, money in before.items() if items.get(item, 0) < money]
        if not lost:
            return False, items
        # sudo: payments are the accountant's.
        lines_sudo = self.env["account.move.line"].sudo()
        found_sudo = (
            lines_sudo.browse(map(int, lost))
            .exists()
            .filtered(lambda line: line.parent_state == "posted")
        )
        waiting_sudo = found_sudo.filtered(lambda line: not line.reconciled)
        against_sudo = (found_sudo - waiting_sudo).matched_debit_ids.debit_move_id
        is_returned = len(found_sudo) < len(lost) or any(
            not line.move_id.is_invoice() for line in against_sudo
        )
        return is_returned, items | {str(i): before[str(i)] for i in waiting_sudo.ids}

    def _write_changes(self, vals):
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _get_new_misses(self, installment_ids, decisions):
        """Installments that are missed, and of which that isn't noted yet.

        :return: {plan: list of installments}
        """
        missed = self.env["collection.plan.installment"].browse(installment_ids)
        events = self.env["collection.plan.event"].search(
            [("installment_id", "in", installment_ids), ("kind", "=", "missed")]
        )
        noted = {(event.installment_id, event.term) for event in events}
        new = defaultdict(list)
        for installment in missed:
            plan = installment.plan_id
            if (
                plan in decisions
                and decisions[plan].reason not in UNCLEAR
                and (installment, plan.reinstatement_count) not in noted
            ):
                new[plan].append(installment)
        return new

    def _note_missed(self, installments, decision):
        """Note installments that are missed and have the debtor called.

        Where a step follows that plans a call of its own, that one is enough.

        :return: whether that succeeded
        """
        plan = self.with_context(lang=self.user_id.lang).with_prefetch()
        has_call = decision.step in WITH_CALL
        return all(
            [
                self._attempt_or_mark(
                    partial(plan._miss, installment.with_prefetch(), has_call),
                    f"{self.name}: a missed installment could not be noted",
                )
                for installment in installments
            ]
        )

    # ----------------------------------------------------------------- simulation

    @api.model
    def _simulate_run(self):
        """What the next nightly run would do, and why, without doing it.

        :return: list of dictionaries with ``plan``, ``step``, ``reason`` (in words) and
            ``amount`` (what is in arrears, in the plan's currency), the plans that the
            run would leave alone left out
        """
        plans = self.search(self._get_to_run_domain() & Domain("state", "in", JUDGED))
        plans_sudo = plans.sudo()
        rows = []
        for company, group in plans_sudo.grouped("company_id").items():
            day = self._get_run_day(company)
            ledgers = group._get_ledgers(day)
            for plan, decision in group._get_decisions(ledgers, day).items():
                if decision.step != engine.NOTHING and plan._is_news(decision):
                    ledger = ledgers[plan]
                    arrears = allocation.arrears(ledger.parts, day, ledger.bank_day)
                    rows.append(
                        {
                            "plan": plan.with_env(self.env),
                            "step": decision.step,
                            "reason": plan._explain(
                                decision, plan._say_arrears(ledger, day)
                            ),
                            "amount": plan._from_units(arrears),
                        }
                    )
        return rows

    @api.model
    def _get_run_day(self, company):
        """The day of the next nightly run, on the company's calendar."""
        cron_sudo = self.env.ref(CRON, raise_if_not_found=False)
        today = company._get_collection_today()
        if not cron_sudo:
            return today
        return max(company._get_collection_day(cron_sudo.sudo().nextcall), today)
