from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, CollectionCallsPromiseCommon


@tagged("post_install", "-at_install")
class TestCollectionPromise(CollectionCallsPromiseCommon):
    def test_default_is_all_that_is_open(self):
        promise = self._promise(self.invoice)
        self.assertEqual(promise.amount, 1000)
        self.assertEqual(promise.amount_due, 1000)
        self.assertEqual(promise.amount_paid, 0)
        self.assertEqual(promise.state, "open")
        self.assertEqual(promise.date_made, TODAY)
        self.assertEqual(promise.date_deadline, promise.date_promised + timedelta(2))
        self.assertEqual(promise.company_id, self.company)
        self.assertRegex(promise.name, r"^PTP/2026/\d{5}$")

    def test_kept_at_once(self):
        promise = self._promise(self.invoice)
        self._pay(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(promise.state, "kept")
        self.assertEqual(promise.amount_paid, 1000)

    def test_protection(self):
        self.assertFalse(self.invoice.no_followup)
        promise = self._promise(self.invoice)
        self.assertTrue(self.invoice.no_followup)
        self.assertEqual(self.debtor.collection_overdue_amount, 1000)
        with freeze_time("2026-03-23 02:00:00"):
            promise._evaluate(scheduled=True)
        self.assertEqual(promise.state, "broken")
        self.assertFalse(self.invoice.no_followup)
        self.assertEqual(promise._get_case().next_call_date, TODAY + timedelta(13))

    def test_newer_promise_takes_the_claim(self):
        old = self._promise(self.invoice)
        new = self._promise(self.invoice, days=5)
        self.assertEqual(old.state, "superseded")
        self.assertEqual(old.superseded_by_id, new)
        self.assertEqual(new.state, "open")

    def test_cron(self):
        promise = self._promise(self.invoice)
        with freeze_time("2026-03-23 02:00:00"):
            self._run_cron("ir_cron_evaluate_promises")
            self._run_cron("ir_cron_remind_promises")
        self.assertEqual(promise.state, "broken")
