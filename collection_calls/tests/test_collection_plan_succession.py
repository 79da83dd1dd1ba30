"""Plans, promises and the calls that they were made in take turns on a claim."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CollectionCallsPlanCommon

MISSED = date(2026, 3, 24)


@tagged("post_install", "-at_install")
class TestPlanSuccession(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_claim(500, days_overdue=10)

    def _open_call(self):
        return self._log(
            outcome=self.env.ref("collection_calls.collection_call_outcome_promise"),
            right_party_verified=True,
            verified_by="address",
        )

    def _cancel_call(self, call):
        call.with_user(self.manager).action_cancel("Wrong debtor")
        self.env.cr.flush()

    def _get_line(self, promise, move):
        return promise.sudo().line_ids.filtered(lambda line: line.move_id == move)

    def test_promise_does_not_stand_up_beside_another_plan(self):
        promise = self._promise(self.invoice + self.other)
        call = self._open_call()
        first = self._agree(self.invoice, call_id=call.id)
        first.with_user(self.manager).action_cancel("They asked for other days")
        second = self._agree(self.invoice)
        self._cancel_call(call)
        line = self._get_line(promise, self.invoice)
        self.assertEqual(line.state, "superseded")
        self.assertEqual(line.superseded_by_plan_id, second)
        self._assert_verdict(promise, "open", due=500)
        self._assert_plan(second, "active", left=1000)

    def test_promise_stands_up_once_the_last_plan_is_taken_back(self):
        promise = self._promise(self.invoice + self.other)
        call, later = self._open_call(), self._open_call()
        first = self._agree(self.invoice, call_id=call.id)
        first.with_user(self.manager).action_cancel("They asked for other days")
        self._agree(self.invoice, call_id=later.id)
        self._cancel_call(call)
        self._assert_verdict(promise, "open", due=500)
        self._cancel_call(later)
        self._assert_verdict(promise, "open", due=1500)

    def test_older_promise_waits_for_the_plan_of_a_newer_one_that_is_deleted(self):
        old = self._promise(self.invoice)
        call = self._open_call()
        new = self._promise(self.invoice, call_id=call.id)
        later = self._open_call()
        plan = self._agree(self.invoice, call_id=later.id)
        new.unlink()
        line = self._get_line(old, self.invoice)
        self.assertEqual((line.state, line.superseded_by_plan_id), ("superseded", plan))
        self._cancel_call(later)
        self._assert_verdict(old, "open", due=1000)
        self.assertFalse(line.superseded_by_plan_id)

    def test_older_promise_waits_for_the_plan_of_a_newer_one_that_is_void(self):
        old = self._promise(self.invoice)
        new = self._promise(self.invoice, days=12)
        call = self._open_call()
        self._agree(self.invoice, call_id=call.id)
        new.with_user(self.manager).action_void("Said by somebody else")
        self._assert_verdict(old, "superseded")
        self._cancel_call(call)
        self._assert_verdict(old, "open", due=1000)
        self._assert_verdict(new, "void")

    def test_withdrawn_promise_stays_withdrawn(self):
        promise = self._promise(self.invoice)
        call = self._open_call()
        self._agree(self.invoice, call_id=call.id)
        promise.with_user(self.manager).action_void("Said by somebody else")
        line = self._get_line(promise, self.invoice)
        self.assertFalse(line.superseded_by_plan_id)
        self._cancel_call(call)
        self.assertEqual(line.state, "void")
        self._assert_verdict(promise, "void")
        self.assertFalse(self.invoice.no_followup)

    def test_closed_call_gets_no_more_plans(self):
        call = self._open_call()
        cancelled = self._open_call()
        draft = self._plan(self.other, call_id=call.id)
        call.sudo()._write_closed({"state": "done"})
        self._cancel_call(cancelled)
        for closed in call, cancelled:
            with self._refused(UserError, "is closed"):
                self._plan(self.invoice, call_id=closed.id)
        free = self._plan(self.invoice)
        with self._refused(UserError, "is closed"):
            free.call_id = call
        self._activate(draft)  # they agreed in the call, and wrote later
        self._assert_plan(draft, "active")

    def test_plan_of_a_cancelled_call_is_not_activated(self):
        call = self._open_call()
        self._cancel_call(call)
        imported = self._plan(self.invoice).sudo()
        imported.call_id = call
        with self._refused(UserError, "was cancelled, so nothing was agreed"):
            imported.with_user(self.collector).action_activate()

    def test_plan_that_is_paid_off_outlives_its_call(self):
        promise = self._promise(self.invoice)
        call = self._open_call()
        plan = self._agree(self.invoice, call_id=call.id)
        self._receive(self.invoice, 1000)
        self._assert_plan(plan, "completed", paid=1000, left=0)
        events = self._get_events(plan)
        self._cancel_call(call)
        self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertEqual(self._get_events(plan), events)
        self._assert_verdict(promise, "superseded")

    def test_collector_replaces_an_accelerated_plan_as_a_whole(self):
        old = self._agree(self.invoice + self.other)
        self._run_on(MISSED)
        self._assert_plan(old, "accelerated", left=1500)
        with self._at(MISSED):
            part = self._plan(self.invoice)
            for way in part.action_offer, part.action_activate:
                with self._refused(ValidationError, f"{old.name} made .* due at once"):
                    way()
            self._activate(self._plan(self.invoice + self.other))
        self._assert_plan(old, "cancelled")

    def test_what_is_paid_of_an_accelerated_plan_is_left_out(self):
        old = self._agree(self.invoice + self.other)
        self._run_on(MISSED)
        with self._at(MISSED):
            self._receive(self.other, 500, MISSED)
            self._agree(self.invoice)
        self._assert_plan(old, "cancelled")

    def test_manager_replaces_a_part_of_an_accelerated_plan(self):
        old = self._agree(self.invoice + self.other)
        self._run_on(MISSED)
        with self._at(MISSED):
            self._agree(self.invoice, user=self.manager)
        self._assert_plan(old, "cancelled")
