"""The scheduled actions, the company's days, faults, and what evaluation costs."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsAccountant, CollectionCallsPromiseCommon

MONDAY = date(2026, 3, 16)
FRIDAY = date(2026, 3, 13)
AFTER = date(2026, 3, 23)
MODELS = "odoo.addons.collection_calls.models"
EVALUATION = (
    f"{MODELS}.collection_promise_evaluation",
    f"{MODELS}.collection_promise_event",
)


@tagged("post_install", "-at_install")
class TestPromiseCron(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = "office@mueller.example"

    def _get_reminders(self, promise):
        template = self.env.ref("collection_calls.mail_template_promise_reminder")
        subjects = template._render_field("subject", promise.ids)
        return promise.sudo().message_ids.filtered(
            lambda message: message.subject == subjects[promise.id]
        )

    def _get_calls(self, promise):
        return promise.sudo()._get_case()._get_call_activities()

    def test_evaluated_by_the_schedule(self):
        kept = self._promise(self._create_claim(100, 5))
        broken = self._promise(self.invoice)
        self._receive(kept.line_ids.move_id, 100)
        with self._at(AFTER, "04:00"):
            self._run_cron("ir_cron_evaluate_promises")
            self._run_cron("ir_cron_evaluate_promises")
        self.assertEqual(kept.state, "kept")
        self.assertEqual(broken.state, "broken")
        call = self._get_calls(broken)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.collector)
        self.assertEqual(call.date_deadline, AFTER)
        self.assertIn(broken.name, call.summary)

    def test_case_is_the_collectors(self):
        """Not the accountant's whose payment was the first that concerned it."""
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(promise.sudo()._get_case().user_id, self.collector)

    def test_reminded_on_friday_before_monday(self):
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self.assertEqual(promise.date_remind, FRIDAY)
        with self._at(FRIDAY - timedelta(1), "05:00"):
            self._run_cron("ir_cron_remind_promises")
        self.assertFalse(promise.date_reminded)
        for _time in range(2):
            with self._at(FRIDAY, "05:00"):
                self._run_cron("ir_cron_remind_promises")
        self.assertEqual(promise.date_reminded, FRIDAY)
        self.assertEqual(len(self._get_reminders(promise)), 1)
        call = self._get_calls(promise)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.date_deadline, FRIDAY)

    def test_not_reminded_on_the_day_of_the_promise(self):
        promise = self._promise(self.invoice, days=1)
        self.assertEqual(promise.date_remind, TODAY)
        self._run_cron("ir_cron_remind_promises")
        self.assertFalse(promise.date_reminded)
        self.assertFalse(self._get_reminders(promise))

    def test_not_reminded_of_what_is_paid(self):
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self._receive(self.invoice, 1000)
        self.env.cr.flush()
        with self._at(FRIDAY, "05:00"):
            self._run_cron("ir_cron_remind_promises")
        self.assertFalse(self._get_reminders(promise))

    def test_reminder_without_an_address(self):
        self.debtor.email = False
        promise = self._promise(self.invoice, date_promised=MONDAY)
        with self._at(FRIDAY, "05:00"):
            self._run_cron("ir_cron_remind_promises")
        self.assertFalse(self._get_reminders(promise))
        self.assertEqual(len(self._get_calls(promise)), 1)


@tagged("post_install", "-at_install")
class TestPromiseDays(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    """At 23:30 UTC the company in Berlin has its next day already."""

    def test_made_on_the_companys_day(self):
        with self._at(TODAY, "23:30"):
            promise = self._promise(self.invoice, days=0)
        self.assertEqual(promise.date_made, TODAY + timedelta(1))

    def test_broken_on_the_companys_day(self):
        promise = self._promise(self.invoice)
        deadline = promise.date_deadline
        with self._at(deadline, "22:30"):
            promise._evaluate(scheduled=True)
        self.assertEqual(promise.state, "open")
        with self._at(deadline, "23:30"):
            promise._evaluate(scheduled=True)
        self.assertEqual(promise.state, "broken")

    def test_far_west(self):
        self.company.partner_id.tz = "Pacific/Honolulu"
        promise = self._promise(self.invoice)
        self.assertEqual(promise.date_made, TODAY - timedelta(1))


@tagged("post_install", "-at_install")
class TestPromiseFaults(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def _assert_mended(self, promise):
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(promise.state, "open")
        self.assertTrue(promise.is_stale)
        self._run_cron("ir_cron_evaluate_promises")
        self.assertEqual(promise.state, "kept")
        self.assertFalse(promise.is_stale)

    def _receive_while(self, method):
        promises = self.registry["collection.promise"]
        with (
            patch.object(promises, method, side_effect=ValueError("our fault")),
            mute_logger(*EVALUATION),
        ):
            self._receive(self.invoice, 1000)
            self.env.cr.flush()

    def test_fault_in_the_verdict(self):
        promise = self._promise(self.invoice)
        self._receive_while("_conclude")
        self._assert_mended(promise)

    def test_fault_in_the_facts(self):
        promise = self._promise(self.invoice)
        self._receive_while("_get_touched")
        self._assert_mended(promise)

    def test_fault_in_the_database(self):
        """Even where the transaction itself is spoilt for a moment."""
        promise = self._promise(self.invoice)
        promises = self.registry["collection.promise"]

        def spoil(self, *args):
            self.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(promises, "_get_touched", spoil),
            mute_logger(*EVALUATION, "odoo.sql_db"),
        ):
            self._receive(self.invoice, 1000)
            self.env.cr.flush()
        self._assert_mended(promise)

    def test_one_fault_does_not_stop_the_others(self):
        promises = self._promise(self.invoice)
        promises += self._promise(self._create_claim(100, 5))
        conclude = self.registry["collection.promise"]._conclude

        def fail_first(self, verdict):
            if self == promises[0]:
                raise ValueError("our fault")
            conclude(self, verdict)

        with (
            patch.object(self.registry["collection.promise"], "_conclude", fail_first),
            mute_logger(*EVALUATION),
        ):
            self._evaluate_on(promises, AFTER)
        self.assertEqual(promises.mapped("state"), ["open", "broken"])
        self.assertEqual(promises.mapped("is_stale"), [True, False])


@tagged("post_install", "-at_install")
class TestPromiseCosts(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def _count_queries(self, act):
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.cr.flush()
        return self.cr.sql_log_count - before

    def test_evaluation_of_many(self):
        claims = [
            self._create_claim(100, 5, partner=self._create_debtor(f"Debtor {number}"))
            for number in range(80)
        ]
        promises = self.env["collection.promise"].union(
            *(self._promise(claim) for claim in claims)
        )
        few = promises[:8].sudo()
        with self._at(date(2026, 3, 12)):
            few._evaluate(scheduled=True)  # what is only read once
            costs = self._count_queries(lambda: few._evaluate(scheduled=True))
            all_costs = self._count_queries(
                lambda: promises.sudo()._evaluate(scheduled=True)
            )
        self.assertEqual(set(promises.mapped("state")), {"open"})
        self.assertEqual(all_costs, costs)

    def test_payment_without_a_promise(self):
        """What we add to every payment: one look whether something is promised."""
        one, two = (self._create_claim(100, 5) for _number in range(2))
        touched = self.registry["collection.promise"]._evaluate_touched
        counts = []

        def count(promises):
            before = self.cr.sql_log_count
            touched(promises)
            counts.append(self.cr.sql_log_count - before)

        self._receive(one, 100)  # what is only read once
        self.env.cr.flush()
        with patch.object(
            self.registry["collection.promise"], "_evaluate_touched", count
        ):
            self._receive(two, 100)
            self.env.cr.flush()
        self.assertLessEqual(max(counts), 5)
        self.assertLessEqual(sum(counts), 15)

    def test_touched_once(self):
        promise = self._promise(self.invoice)
        promises = self.registry["collection.promise"]
        evaluate = promises._evaluate
        judged = []

        def count(self, scheduled=False):
            judged.append(self)
            return evaluate(self, scheduled)

        with patch.object(promises, "_evaluate", count):
            for _time in range(5):
                promise._touch(self.invoice.ids)
            self.env.cr.flush()
        self.assertEqual(judged, [promise.sudo()])
