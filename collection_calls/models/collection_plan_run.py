from dataclasses import replace
from functools import partial

from odoo import api, models
from odoo.fields import Domain

from ..engine import acceleration as engine
from ..engine import allocation

BATCH = 500
RUNNING = (engine.ACTIVE, engine.NOTICE)
JUDGED = (*RUNNING, engine.ACCELERATED)
# Good news needn't wait for the night.
AT_ONCE = (engine.NOTHING, engine.COMPLETE, engine.CURE)
WITH_CALL = (engine.SEND_NOTICE, engine.ACCELERATE)  # its debtor is called anyway
CRON = "collection_calls.ir_cron_run_plans"


class CollectionPlanRun(models.AbstractModel):
    """The nightly run: facts of the ledger, one decision a plan, one step.

    What the decision is lies in :mod:`..engine.acceleration` alone.
    """

    _name = "collection.plan.run"
    _description = "Nightly Run of Installment Plans"
    _inherit = "collection.plan.facts"

    @api.model
    def _cron_run(self):
        """Judge all plans that run, in batches, each once however many servers do."""
        self = self.sudo()
        todo = self.search(self._get_to_run_domain(), order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for start in range(0, len(todo), BATCH):
            batch = self.browse(todo.ids[start : start + BATCH])
            batch._lock(self._get_to_run_domain(), "run")._run_scheduled()
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    @api.model
    def _get_to_run_domain(self):
        return Domain("state", "in", JUDGED) | Domain("is_stale", "=", True)

    def _run_scheduled(self):
        """Judge plans together; if one can't be read, each of them alone."""
        together = f"{len(self)} installment plans could not be judged together"
        if not self._attempt(self._run, together):
            for plan in self:
                plan._run_alone()
        self._report_failures()

    def _run_alone(self):
        if not self._attempt(self._run, f"{self.name} could not be judged"):
            self._mark_stale()

    def _run(self):
        """Bring plans up to date and take the step that each one asks for."""
        plans = self._get_followed()
        ledgers = plans._get_ledgers()
        missed = plans._refresh(ledgers)
        decisions = plans._get_judged()._get_decisions(ledgers)
        failed = plans._note_missed(missed, decisions)
        # All at once: a step may clear the cache, and the batch would be read again.
        news = [(plan, d) for plan, d in decisions.items() if plan._is_news(d)]
        for plan, decision in news:
            if not plan._step_alone(decision):
                failed += plan
        failed += plans._reopen_unpaid(ledgers)
        (self - failed)._settle_stale()

    def _get_followed(self):
        """Those that the ledger still says something about.

        A plan that was never agreed, or was taken back, stays as it is: what comes in
        is money for whatever takes its place.
        """
        return self.filtered(lambda plan: plan.state in (*JUDGED, "completed"))

    def _get_judged(self):
        return self.filtered(lambda plan: plan.state in JUDGED)

    def _reopen_unpaid(self, ledgers):
        """Payments may be undone after a plan was paid off.

        :return: the plans of which that failed
        """
        return self.filtered(
            lambda plan: (
                plan.state == "completed"
                and ledgers[plan].residual
                and not plan._reopen_alone()
            )
        )

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
        ledgers = plans_sudo._get_ledgers()
        plans_sudo._refresh(ledgers)
        judged_sudo = plans_sudo._get_judged()
        for plan, decision in judged_sudo._get_decisions(ledgers).items():
            if decision.step in AT_ONCE and plan._is_news(decision):
                plan._step_alone(decision)
        plans_sudo._reopen_unpaid(ledgers)

    def _get_decisions(self, ledgers=None, day=None):
        """What each plan asks for.

        :param date day: the day to decide for; by default each company's today
        :rtype: dict[models.Model, engine.Decision]
        """
        ledgers = ledgers or self._get_ledgers()
        facts = self._get_facts(ledgers, day)
        days = self._get_days(day)
        decisions = {}
        for plan in self:
            decision = engine.decide(facts[plan], plan._get_terms(), days[plan])
            if ledgers[plan].is_unposted and decision.step != engine.NOTHING:
                # An invoice that is being corrected says nothing about the debt.
                decision = replace(decision, step=engine.HOLD, reason="draft")
            decisions[plan] = decision
        return decisions

    def _is_news(self, decision):
        """Whether there is anything to do, or to take back, for a decision."""
        if decision.step == engine.HOLD:
            return self.hold_code != decision.reason
        if decision.step == engine.PROPOSE:
            return not self.date_proposed or self.hold_code
        if decision.step == engine.NOTHING:
            return self.hold_code or self.date_proposed
        return True

    def _step_alone(self, decision):
        """Take one step; if that fails, the next run tries again.

        :return: whether it succeeded
        """
        failure = f"{self.name}: “{decision.step}” failed"
        # Why it is done stays with the plan, in the words of whoever looks after it.
        # Alone: else each step would read the records of the whole batch again.
        plan = self.with_context(lang=self.user_id.lang).with_prefetch()
        return self._attempt_or_mark(lambda: plan._take_step(decision), failure)

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
        patience = self._get_patience()
        is_over = self.state in (engine.ACCELERATED, "cancelled")
        missed = []
        for stored, part in zip(ledger.stored, ledger.parts, strict=True):
            row_id, *before = stored
            state = allocation.status(part, today, *patience, accelerated=is_over)
            if before != [part.paid, part.residual, state]:
                installments.browse(row_id)._apply(self, part, state)
            if state == "missed":
                missed.append(row_id)
        return missed

    def _prepare_amounts(self, ledger, today):
        arrears = allocation.arrears(ledger.parts, today)
        if self.state == engine.ACCELERATED:
            arrears = ledger.residual
        paid = sum(part.paid for part in ledger.parts)
        most = max(paid, self._to_units(self.amount_paid_before))
        vals = {
            "amount_paid": self._from_units(paid),
            # What goes back while nothing is in arrears is no incident, then or later.
            "amount_paid_before": self._from_units(most if arrears else paid),
            "amount_residual": self._from_units(ledger.residual),
            "amount_arrears": self._from_units(arrears),
            "has_returned_payment": bool(arrears and paid < most),
        }
        return vals

    def _write_changes(self, vals):
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _note_missed(self, installment_ids, decisions):
        """Note each installment that is missed, once, and have the debtor called.

        Where a step follows that plans a call of its own, that one is enough.

        :return: the plans of which that failed
        """
        failed = self.browse()
        missed = self.env["collection.plan.installment"].browse(installment_ids)
        events = self.env["collection.plan.event"].search(
            [("installment_id", "in", installment_ids), ("kind", "=", "missed")]
        )
        noted = {(event.installment_id, event.term) for event in events}
        new = [
            (installment.plan_id, installment)
            for installment in missed
            if installment.plan_id in decisions
            and (installment, installment.plan_id.reinstatement_count) not in noted
        ]
        for plan, installment in new:
            alone = plan.with_context(lang=plan.user_id.lang).with_prefetch()
            has_call = decisions[plan].step in WITH_CALL
            if not plan._attempt_or_mark(
                partial(alone._miss, installment.with_prefetch(), has_call),
                f"{plan.name}: a missed installment could not be noted",
            ):
                failed += plan
        return failed

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
        ledgers = plans_sudo._get_ledgers()
        rows = []
        for company, group in plans_sudo.grouped("company_id").items():
            day = self._get_run_day(company)
            for plan, decision in group._get_decisions(ledgers, day).items():
                if decision.step != engine.NOTHING and plan._is_news(decision):
                    arrears = allocation.arrears(ledgers[plan].parts, day)
                    rows.append(
                        {
                            "plan": plan.with_env(self.env),
                            "step": decision.step,
                            "reason": plan._explain(decision),
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
