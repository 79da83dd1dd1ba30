from datetime import date, datetime

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CollectionCallsPlanCommon

TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, day) for day in (10, 11, 12))


@tagged("post_install", "-at_install")
class TestCollectionLeftOpen(CollectionCallsPlanCommon):
    """Calls that nobody closed close by themselves, a working day later."""

    def _close_left_on(self, day, hour="02:00"):
        self.env.cr.flush()
        with self._at(day, hour):
            self._run_cron("ir_cron_close_left_calls")
            self.env.cr.flush()
        self.env.invalidate_all()

    def _note_promise(self, day, **vals):
        """A call in which a promise was noted, and that was left before Done."""
        return self._log(
            outcome=self.promise,
            verified_by="address",
            payment_date=day,
            claim_ids=[
                Command.create({"move_line_id": claim.id})
                for claim in self.invoice._get_collection_claims()
            ],
            **vals,
        )

    def _get_to_do(self, call):
        todos = call.case_id.sudo().activity_ids
        return todos.filtered(lambda todo: call.name in (todo.summary or ""))

    def test_one_working_day_to_finish(self):
        call = self._log()
        self._close_left_on(TUESDAY, "22:30")
        self._close_left_on(WEDNESDAY, "22:30")  # 23:30 in Berlin
        self.assertEqual(call.state, "ongoing")
        self._close_left_on(WEDNESDAY, "23:30")  # Thursday in Berlin
        self.assertEqual(call.state, "done")
        self.assertEqual(call.outcome_id, self.no_answer)
        self.assertFalse(call.date_end, "nobody knows when it ended")

    def test_weekend_is_no_working_day(self):
        friday = date(2026, 3, 13)
        with self._at(friday):
            call = self._log()
        for day in (date(2026, 3, 15), date(2026, 3, 16)):
            self._close_left_on(day)
            self.assertEqual(call.state, "ongoing")
        self._close_left_on(date(2026, 3, 17))
        self.assertEqual(call.state, "done")

    def test_company_decides(self):
        self.company.collection_call_left_days = 3
        call = self._log()
        self._close_left_on(date(2026, 3, 13))
        self.assertEqual(call.state, "ongoing")
        self.company.collection_call_left_days = 0
        self._close_left_on(date(2026, 5, 1))
        self.assertEqual(call.state, "ongoing", "0: never")
        self.company.collection_call_left_days = 3
        self._close_left_on(date(2026, 3, 16))
        self.assertEqual(call.state, "done")

    def test_prepared_call_is_cancelled(self):
        """No attempt is counted that never was."""
        call = self._log(outcome_id=False)
        self._close_left_on(THURSDAY)
        self.assertEqual(call.state, "cancelled")
        self.assertIn("not held", call.cancel_reason)

    def test_complete_call_is_closed_with_what_was_agreed(self):
        self.contact.email = "weber@mueller.example"
        call = self._note_promise(date(2026, 3, 20), contact_id=self.contact.id)
        self._close_left_on(THURSDAY)
        self.assertEqual((call.state, call.outcome_id), ("done", self.promise))
        promise = call.promise_ids
        self.assertEqual((promise.amount, promise.state), (1000, "open"))
        self.assertEqual(promise.date_made, TUESDAY)
        self.assertEqual(promise.user_id, self.collector)
        self.assertFalse(call.confirmation_state, "nothing is sent by itself")
        self.assertTrue(self._get_to_do(call))
        notes = "".join(call.sudo().message_ids.mapped("body"))
        self.assertIn("It was closed by itself", notes)

    def test_limits_are_those_of_the_collector(self):
        self.company.collection_promise_horizon_days = 5
        call = self._note_promise(date(2026, 3, 20))
        self._close_left_on(THURSDAY)
        self.assertTrue(call.promise_ids.needs_confirmation)

    def test_half_a_note_binds_nobody(self):
        """The day that was noted is past: nobody makes a promise of it."""
        call = self._note_promise(WEDNESDAY)
        self._close_left_on(THURSDAY)
        self.assertEqual(call.state, "done")
        self.assertEqual(call.outcome_id.name, "Left open")
        self.assertFalse(call.promise_ids)
        note = call.sudo().message_ids.filtered(lambda m: "left open" in m.body)
        self.assertIn("1,000.00 promised", note[0].body)
        self.assertIn("can't lie in the past", note[0].body)
        self.assertEqual(call.next_call_date, THURSDAY)
        self.assertTrue(call.next_activity_id)
        self.assertEqual(self._get_to_do(call).user_id, self.collector)

    def test_call_back_that_is_over_is_due_now(self):
        outcome = self.env.ref("collection_calls.collection_call_outcome_call_back")
        call = self._log(outcome=outcome, next_call_date=WEDNESDAY)
        self._close_left_on(THURSDAY)
        self.assertEqual((call.state, call.outcome_id), ("done", outcome))
        self.assertEqual(call.next_call_date, THURSDAY)

    def test_without_outcome_but_held(self):
        call = self._log(outcome_id=False, verified_by="address", statement="Later")
        self._close_left_on(THURSDAY)
        self.assertEqual(call.outcome_id.name, "Left open")
        self.assertEqual(call.statement, "Later")
        self.assertFalse(call.outcome_id.active, "nobody chooses it")

    def test_collector_who_left(self):
        call = self._note_promise(date(2026, 3, 20))
        self.collector.sudo().active = False
        self._close_left_on(THURSDAY)
        self.assertEqual(call.state, "done")

    def test_runs_twice_and_once_a_call(self):
        calls = self._log() + self._log()
        self._close_left_on(THURSDAY)
        notes = calls.sudo().message_ids
        self._close_left_on(THURSDAY)
        self.assertEqual(calls.sudo().message_ids, notes)

    def test_one_that_fails_stops_nobody(self):
        broken, good = self._log(), self._log()
        broken_id = broken.id
        plain = type(broken)._close_left

        def close_left(call):
            if call.id == broken_id:
                raise ValueError("Something unforeseen")
            return plain(call)

        self.patch(type(broken), "_close_left", close_left)
        with self.assertLogs("odoo.addons.collection_calls", "ERROR"):
            self._close_left_on(THURSDAY)
        self.assertEqual((broken.state, good.state), ("ongoing", "done"))

    def test_imported_call_stays_as_it_came(self):
        held = datetime(2025, 11, 3, 10)
        call = self._log(self.manager, state="done", date_start=held)
        self._close_left_on(THURSDAY)
        self.assertEqual(call.outcome_id, self.no_answer)

    # ------------------------------------------------------------------- promises

    def test_judged_promise_of_an_open_call_is_evidence(self):
        call = self._log(outcome=self.promise, verified_by="address")
        promise = self._promise(self.invoice, days=1, call_id=call.id)
        promise.tolerance_days = 0
        self._evaluate_on(promise.sudo(), date(2026, 3, 13))
        self.assertEqual(promise.state, "broken")
        for user in self.collector, self.manager:
            mine = promise.with_user(user)
            for act in (
                mine.unlink,
                mine.with_context(_force_unlink=True).unlink,
                mine.line_ids.unlink,
                mine.line_ids.with_context(_force_unlink=True).unlink,
                lambda mine=mine: mine.write({"date_promised": date(2026, 3, 30)}),
                lambda mine=mine: mine.line_ids.write({"amount": 1}),
                lambda mine=mine: mine.write({"is_judged": False}),
                lambda mine=mine: mine.write({"line_ids": [Command.clear()]}),
            ):
                with self.assertRaises(UserError), self.cr.savepoint():
                    act()
        self.assertEqual((promise.state, promise.amount), ("broken", 1000))

    def test_reopened_promise_stays_evidence(self):
        call = self._log(outcome=self.promise, verified_by="address")
        promise = self._promise(self.invoice, days=1, call_id=call.id)
        payment = self._receive(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(promise.state, "kept")
        self._unmatch(payment.move_id)
        self.env.cr.flush()
        self.assertEqual(promise.state, "open")
        with self._refused(UserError, "can't be changed"):
            promise.date_promised = date(2026, 3, 30)
