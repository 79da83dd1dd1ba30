"""Next calls and priorities computed by hand. The invoice of 1,000 is due on 8 Feb."""

from datetime import date, timedelta

from odoo.tests import tagged

from .common import TODAY, CollectionCallsAccountant, CollectionCallsCaseCommon


@tagged("post_install", "-at_install")
class TestCollectionRankRules(CollectionCallsAccountant, CollectionCallsCaseCommon):
    def _set(self, **vals):
        """Change the strategy, and do what the scheduled action does then."""
        self.strategy.write(vals)
        self._refresh()

    def _refresh(self, day=TODAY):
        with self._at(day):
            self.env["collection.case"].sudo()._refresh()

    # -------------------------------------------------------------------- first call

    def test_first_call(self):
        self._assert_next(date(2026, 2, 11), "first")
        self.assertEqual(self.case.strategy_id, self.strategy)
        self.assertEqual(self.case.next_call_reason, "First call")

    def test_first_call_on_a_working_day(self):
        self._set(first_call_days=6)
        self._assert_next(date(2026, 2, 16), "first")

    def test_not_before_it_qualifies(self):
        """40 days overdue on 20 March."""
        self._set(days_overdue_min=40)
        self._assert_next(False)
        self._assert_figures(priority=0, priority_points=False)
        self._refresh(date(2026, 3, 19))
        self._assert_next(False)
        self._refresh(date(2026, 3, 20))
        self._assert_next(date(2026, 3, 20), "first")

    def test_least_amount(self):
        self._set(amount_min=1000)
        self._assert_next(date(2026, 2, 11), "first")
        self._receive(self.invoice, 1)
        self._assert_next(False)
        self._create_claim(1, days_overdue=5)
        self._assert_next(date(2026, 2, 11), "first")

    # ------------------------------------------------------------- attempts, contacts

    def test_retry(self):
        self._set(retry_days=2)
        self._call_on(date(2026, 3, 5))
        self._assert_next(date(2026, 3, 9), "retry")
        self.assertEqual(self.case.next_call_reason, "Try again: one attempt so far")
        self._call_on(date(2026, 3, 6))
        self._assert_next(date(2026, 3, 10), "retry")
        self.assertEqual(self.case.next_call_reason, "Try again: 2 attempts so far")

    def test_follow_up(self):
        self._call_on(date(2026, 3, 2))
        self._speak_on(date(2026, 3, 3))
        self._assert_next(date(2026, 3, 10), "follow_up")
        self.assertEqual(
            self.case.next_call_reason, "Follow up on the last conversation"
        )
        self._set(follow_up_days=4)
        self._assert_next(date(2026, 3, 9), "follow_up")
        with self._at(date(2026, 3, 3), "15:00"):
            self._log(next_call_date=False).action_done()
        self._assert_next(date(2026, 3, 4), "retry")

    def test_days_of_the_company(self):
        """At 23:30 UTC on 5 March, it is the sixth in Berlin: Friday."""
        with self._at(date(2026, 3, 5), "23:30"):
            self._log(next_call_date=False).action_done()
        self._assert_next(date(2026, 3, 9), "retry")

    def test_calls_about_an_older_debt(self):
        self._speak_on(date(2026, 2, 20))
        self._assert_next(date(2026, 2, 27), "follow_up")
        self._receive(self.invoice, 1000)
        self._assert_next(False)
        self._create_claim(500, days_overdue=10)
        self._assert_next(date(2026, 3, 3), "first")

    # ----------------------------------------------------------------- planned, held

    def test_planned_call_wins(self):
        self._log(next_call_date=date(2026, 3, 19)).action_done()
        self._assert_next(date(2026, 3, 19), "planned")
        self.assertEqual(self.case.next_call_reason, "No answer")
        self._set(amount_min=5000)
        self._assert_next(date(2026, 3, 19), "planned")
        self._receive(self.invoice, 1000)
        self._assert_figures(situation="closed")
        self._assert_next(date(2026, 3, 19), "planned")

    def test_hold(self):
        self._log(next_call_date=date(2026, 3, 19)).action_done()
        self.case.action_hold("legal", "Random")
        self._assert_next(False)
        self._assert_figures(priority=0)
        self.case.action_release("Settled")
        self._assert_next(date(2026, 3, 19), "planned")

    def test_what_is_held_back(self):
        dispute = self._dispute(1000)
        self._assert_figures(situation="disputed", next_call_date=False)
        dispute.action_withdraw()
        planned = self.case.sudo()._get_call_activities()
        self._assert_next(planned.date_deadline or date(2026, 2, 11), self._kind())
        promise = self._promise(self.invoice)
        planned.unlink()
        self._assert_figures(situation="promised", next_call_date=False)
        promise.with_user(self.manager).action_void("Wrong debtor")
        self._assert_next(date(2026, 2, 11), "first")

    def _kind(self):
        return "planned" if self.case.sudo()._get_call_activities() else "first"

    # --------------------------------------------------------------------- incidents

    def test_broken_promise(self):
        self._set(amount_min=5000)
        promise = self._promise(self.invoice, days=1)  # until 13 March, a Friday
        self._evaluate_on(promise, date(2026, 3, 14))
        with self._at(date(2026, 3, 14)):
            self._assert_next(date(2026, 3, 14), "planned")
            self.assertIn("Promise broken", self.case.next_call_reason)
            self.case.sudo()._get_call_activities().unlink()
            self._assert_next(date(2026, 3, 14), "promise_broken")
            self.assertEqual(self.case.next_call_reason, "A promise was not kept")
        self._call_on(date(2026, 3, 16))
        self._refresh(date(2026, 3, 16))
        self._assert_next(False)

    def test_plan_in_trouble(self):
        plan = self._plan(self.invoice)  # from 20 March on
        self._assert_next(False)
        day = date(2026, 3, 25)
        with self._at(day):
            plan.sudo()._run()
            self.env.cr.flush()
            self.assertEqual(plan.state, "accelerated")
            self._assert_next(day, "planned")
            self.assertEqual(self._get_points()["plan_incident"], 10)
            self.case.sudo()._get_call_activities().unlink()
            self._assert_next(day, "plan_incident")
        self._call_on(day)
        self._assert_next(day + timedelta(1), "retry")

    def test_arrears_are_trouble(self):
        late = self._create_claim(300, days_overdue=3)
        plan = self._plan(self.invoice)
        plan.rule_id.sudo()
        self.assertNotIn("plan_incident", self._get_points())
        with self._at(date(2026, 3, 22)):
            plan.sudo()._run()
            self.env.cr.flush()
            self.assertEqual((plan.state, plan.amount_arrears), ("active", 500))
            self.assertEqual(self._get_points()["plan_incident"], 10)
        self.assertEqual(late.amount_residual, 300)

    # ---------------------------------------------------------------------- priority

    def _get_points(self):
        self.env.cr.flush()
        return self.case.priority_points

    def test_priority_by_hand(self):
        """15 + 20/3 + 5 + 5/2 are 29 points; never spoken to, no promise so far."""
        self._assert_figures(
            priority=29,
            priority_points={"amount": 15, "age": 7, "silence": 5, "trust": 2},
        )
        amount = self.company.currency_id.format(1000)
        self.assertEqual(
            self.case.priority_detail.replace("\N{NO-BREAK SPACE}", " ").split("\n"),
            [
                f"15  Amount: {amount} to collect".replace("\N{NO-BREAK SPACE}", " "),
                " 7  Age: 30 days overdue",
                " 5  Silence: never spoken to",
                " 2  Trust: no promise to judge by yet",
            ],
        )

    def test_weights_and_typical_amount(self):
        parts = ("age", "broken_promises", "plan_incident", "call_back", "silence")
        none = {f"weight_{part}": 0 for part in (*parts, "trust")}
        self._set(typical_amount=3000, **none)
        self._assert_figures(priority=25, priority_points={"amount": 25})

    def test_planned_call_that_is_due(self):
        self._log(next_call_date=TODAY).action_done()
        self.assertEqual(self._get_points()["call_back"], 15)
        self.case.sudo()._get_call_activities().date_deadline += timedelta(1)
        self.assertNotIn("call_back", self._get_points())
        self._refresh(TODAY + timedelta(1))
        self.assertEqual(self._get_points()["call_back"], 15)

    def test_silence(self):
        """Half of five points, 14 days after the conversation."""
        self._speak_on(date(2026, 2, 24))
        self._refresh()
        self.assertIn(self._get_points()["silence"], (2, 3))
        self.assertIn("last spoken to on 02/24/2026", self.case.priority_detail)

    def test_trust(self):
        kept = self._promise(self.invoice, amount=400, days=1)
        self._receive(self.invoice, 400)
        self._assert_verdict(kept, "kept")
        self._assert_figures(kept_promise_count=1)
        self.assertNotIn("trust", self._get_points())
        partly = self._promise(self.invoice, days=1)
        self._receive(self.invoice, 100)
        self._evaluate_on(partly, date(2026, 3, 20))
        self._assert_verdict(partly, "partial")
        self._refresh(date(2026, 3, 20))
        self._assert_figures(kept_promise_count=1, broken_promise_count=1)
        self.assertIn(self._get_points()["trust"], (2, 3), "half of five")
        self.assertIn("Trust: 1 of 2 promises kept", self.case.priority_detail)
        self._refresh(date(2027, 3, 20))
        self._assert_figures(kept_promise_count=0, broken_promise_count=0)

    def test_more_is_never_less_urgent(self):
        """More money, older debt and more broken promises, all else being equal."""
        by_amount = [self._owe(amount, 30) for amount in (10, 100, 1000, 10_000)]
        by_age = [self._owe(1000, days) for days in (3, 30, 90, 400)]
        by_promises = [self._owe(1000, 30, broken) for broken in (0, 1, 2, 3)]
        self.env.cr.flush()
        self._refresh(TODAY + timedelta(10))
        for debtors in by_amount, by_age, by_promises:
            scores = [self._get_case(debtor).priority for debtor in debtors]
            self.assertEqual(scores, sorted(scores))
            self.assertGreater(scores[-1], scores[0])

    def _owe(self, amount, days_overdue, broken=0):
        debtor = self._create_debtor(f"{amount} since {days_overdue}, {broken}")
        move = self._create_claim(amount, days_overdue, partner=debtor)
        for _number in range(broken):
            promise = self._promise(move, days=1)
            promise.sudo().with_context(tracking_disable=True).needs_confirmation = 0
            self._evaluate_on(promise, TODAY + timedelta(10))
        self._get_case(debtor).sudo()._get_call_activities().unlink()
        return debtor
