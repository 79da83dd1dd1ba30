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
        # Friday and two days; the Sunday moves to Monday
        self.assertEqual(promise.date_deadline, promise.date_promised + timedelta(3))
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
        with freeze_time("2026-03-24 02:00:00"):
            promise._evaluate(scheduled=True)
        self.assertEqual(promise.state, "broken")
        self.assertFalse(self.invoice.no_followup)
        self.assertEqual(
            self._get_next_call(promise._get_case()), TODAY + timedelta(14)
        )

    def test_newer_promise_takes_the_claim(self):
        old = self._promise(self.invoice)
        new = self._promise(self.invoice, days=5)
        self.assertEqual(old.state, "superseded")
        self.assertEqual(old.superseded_by_id, new)
        self.assertEqual(new.state, "open")

    def test_cron(self):
        promise = self._promise(self.invoice)
        with freeze_time("2026-03-24 02:00:00"):
            self._run_cron("ir_cron_evaluate_promises")
            self._run_cron("ir_cron_remind_promises")
        self.assertEqual(promise.state, "broken")

    def test_what_the_partner_is_told(self):
        """Kept rate and the line on partner and invoice, over the whole history."""
        debtor = self.debtor.with_user(self.collector)
        self.assertFalse(debtor.collection_promise_note)
        self.assertEqual(debtor.collection_kept_rate, 0)
        kept = self._promise(self.invoice, 400)
        self._pay(self.invoice, 400)
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(debtor.collection_kept_rate, 1)
        broken = self._promise(self.invoice, 600)
        self.env.invalidate_all()
        self.assertIn(broken.name, debtor.collection_promise_note)
        self.assertIn("600.00 promised", self.invoice.collection_promise_note)
        self.assertEqual(debtor.collection_kept_rate, 1, "the open one doesn't count")
        with freeze_time("2026-03-24 02:00:00"):
            broken._evaluate(scheduled=True)
        self.env.invalidate_all()
        self.assertEqual((kept.state, broken.state), ("kept", "broken"))
        self.assertEqual(debtor.collection_kept_rate, 0.5)
        self.assertIn("was broken", debtor.collection_promise_note)
        self.assertEqual(debtor.collection_promise_count, 2)
