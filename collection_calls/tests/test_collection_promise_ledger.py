"""Receipts: what the debtor paid, when, and how accounting got to know it."""

from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsAccountant, CollectionCallsPromiseCommon

PROMISED = date(2026, 3, 20)
DEADLINE = date(2026, 3, 23)  # the 22nd is a Sunday
AFTER = date(2026, 3, 24)


@tagged("post_install", "-at_install")
class TestPromiseReceipts(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def test_partial_payment(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 400)
        self._assert_verdict(promise, "open", paid=400, due=1000)
        self.assertEqual(promise.amount_missing, 600)
        self._evaluate_on(promise, DEADLINE)
        self._assert_verdict(promise, "open", paid=400)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "partial", paid=400, due=1000)

    def test_payments_in_any_order(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 300, DEADLINE)
        self._receive(self.invoice, 500, TODAY)
        self._assert_verdict(promise, "open", paid=800)
        self._receive(self.invoice, 200, PROMISED)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_more_than_promised(self):
        promise = self._promise(self.invoice, amount=600)
        self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept", paid=600, due=600)

    def test_money_on_one_of_two_claims(self):
        other = self._create_claim(500, days_overdue=10)
        promise = self._promise(self.invoice + other, amount=400)
        self._receive(self.invoice, 800)
        self._assert_verdict(promise, "kept", paid=800)

    def test_kept_on_the_deadline(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 1000, DEADLINE)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_one_day_late(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 1000, AFTER)
        self._assert_verdict(promise, "open", paid=0, due=1000)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken", paid=0, due=1000)

    def test_matched_late_but_paid_in_time(self):
        promise = self._promise(self.invoice)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")
        case = promise._get_case()
        self.assertEqual(self._get_next_call(case), AFTER)
        with self._at(AFTER):
            self._receive(self.invoice, 1000, DEADLINE)
            self._assert_verdict(promise, "kept", paid=1000)
        self.assertFalse(self._get_next_call(case), "nobody calls about what is paid")

    def test_money_from_before_the_promise(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 400, TODAY - timedelta(1))
        self._assert_verdict(promise, "open", paid=0, due=600)
        self._receive(self.invoice, 600, TODAY)
        self._assert_verdict(promise, "kept", paid=600, due=600)

    def test_money_of_the_same_day_before_the_promise(self):
        self._receive(self.invoice, 400)
        promise = self._promise(self.invoice)
        self._assert_verdict(promise, "open", paid=0, due=600)
        self.assertEqual(promise.amount, 600)
        self.assertEqual(len(promise.known_item_ids), 1)

    def test_kept_is_not_taken_back(self):
        promise = self._promise(self.invoice, amount=500)
        self._receive(self.invoice, 500)
        self._assert_verdict(promise, "kept", paid=500)
        self._receive(self.invoice, 500, AFTER)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "kept", paid=500, due=500)

    def test_undone_before_the_deadline(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept")
        self.assertFalse(self.invoice.no_followup)
        self._unmatch(self.invoice)
        self._assert_verdict(promise, "open", paid=0, due=1000)
        self.assertTrue(self.invoice.no_followup)

    def test_returned_after_the_deadline(self):
        """A direct debit that the bank takes back."""
        promise = self._promise(self.invoice)
        payment = self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept")
        with self._at(AFTER):
            payment.action_draft()
            payment.action_cancel()
            self._assert_verdict(promise, "open", paid=0, due=1000)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken", paid=0, due=1000)

    def test_same_money_keeps_one_promise(self):
        first = self._promise(self.invoice, amount=500)
        payment = self._receive(self.invoice, 500)
        self._assert_verdict(first, "kept", paid=500)
        second = self._promise(self.invoice)
        self._assert_verdict(second, "open", paid=0, due=500)
        self._receive(self.invoice, 500)
        self._assert_verdict(second, "kept", paid=500)
        self._assert_verdict(first, "kept", paid=500)
        self._unmatch(payment.move_id)
        self._assert_verdict(second, "kept", paid=500)
        self._assert_verdict(first, "open", paid=0, due=500)

    def test_late_rest_for_the_second_promise(self):
        first = self._promise(self.invoice)
        self._receive(self.invoice, 400)
        self._evaluate_on(first, AFTER)
        self._assert_verdict(first, "partial", paid=400)
        with self._at(AFTER):
            second = self._promise(self.invoice)
            self._receive(self.invoice, 600, AFTER)
            self._assert_verdict(second, "kept", paid=600)
            self._assert_verdict(first, "partial", paid=400, due=1000)


@tagged("post_install", "-at_install")
class TestPromiseEntries(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    """A claim that is no invoice: an item of the opening balance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.company_data
        cls.entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": TODAY - timedelta(60),
                "line_ids": [
                    Command.create(
                        {
                            "name": "Opening balance",
                            "account_id": accounts["default_account_receivable"].id,
                            "partner_id": cls.debtor.id,
                            "debit": 300,
                            "date_maturity": TODAY - timedelta(30),
                            "no_followup": False,
                        }
                    ),
                    Command.create(
                        {
                            "name": "Opening balance",
                            "account_id": accounts["default_account_revenue"].id,
                            "credit": 300,
                        }
                    ),
                ],
            }
        )
        cls.entry.action_post()
        cls.claim = cls.entry.line_ids.filtered("debit")
        cls.env.cr.flush()

    def _promise_entry(self):
        return self._promise(
            self.entry,
            partner_id=self.debtor.id,
            line_ids=self._get_line_commands(self.claim),
        )

    def test_excluded_while_promised(self):
        self.assertFalse(self.claim.no_followup)
        before = self.debtor.collection_overdue_amount
        promise = self._promise_entry()
        self.assertTrue(self.claim.no_followup)
        self.debtor.invalidate_recordset()
        self.assertEqual(self.debtor.collection_overdue_amount, before)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")
        self.assertFalse(self.claim.no_followup)
        self.assertFalse(self.claim.collection_no_followup)

    def test_mark_of_a_person_stays(self):
        promise = self._promise_entry()
        self.claim.with_user(self.accountant).no_followup = True
        self.claim.with_user(self.accountant).no_followup = False
        self.entry._update_collection_protection()
        self.assertFalse(self.claim.no_followup)
        self._evaluate_on(promise, AFTER)
        self.assertFalse(self.claim.no_followup)
        self.assertFalse(self.claim.collection_followup_by_person)

    def test_excluded_by_a_person_before(self):
        self.claim.no_followup = True
        promise = self._promise_entry()
        self._evaluate_on(promise, AFTER)
        self.assertTrue(self.claim.no_followup)


@tagged("post_install", "-at_install")
class TestPromiseTerms(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    """An invoice that is payable in two halves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        term = cls.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": d}
                    )
                    for d in (0, 30)
                ],
            }
        )
        cls.halves = cls._create_claim(
            1000, 30, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        cls.early, cls.late = cls.halves._get_collection_claims()
        cls.env.cr.flush()

    def test_promise_on_both(self):
        promise = self._promise(self.halves)
        self.assertEqual(promise.amount, 1000)
        self.assertTrue(self.halves.no_followup)
        self._receive(self.halves, 1000)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_on_one(self):
        promise = self._promise(
            self.halves, line_ids=self._get_line_commands(self.early)
        )
        self.assertEqual(promise.amount, 500)
        self.assertFalse(self.halves.no_followup)
        self._receive(self.halves, 500)
        self._assert_verdict(promise, "kept", paid=500)

    def test_protected_once_only_the_promised_half_is_open(self):
        self._promise(self.halves, line_ids=self._get_line_commands(self.late))
        self.assertFalse(self.halves.no_followup)
        self._credit(self.halves, 500)  # money would keep the promise, on either half
        self.env.cr.flush()
        self.assertTrue(self.early.sudo().reconciled)
        self.assertTrue(self.halves.no_followup)

    def test_two_promises_on_two_halves(self):
        first = self._promise(self.halves, line_ids=self._get_line_commands(self.early))
        second = self._promise(
            self.halves, days=20, line_ids=self._get_line_commands(self.late)
        )
        self.assertTrue(self.halves.no_followup)
        self._evaluate_on(first + second, AFTER)
        self._assert_verdict(first, "broken")
        self._assert_verdict(second, "open")
        self.assertFalse(self.halves.no_followup)
