"""Money that is there and not yet where it belongs: nobody breaks a promise by that."""

from datetime import date

from odoo.tests import tagged

from .common import TODAY, CollectionCallsAccountant, CollectionCallsPromiseCommon

DEADLINE = date(2026, 3, 23)  # the 22nd is a Sunday
AFTER = date(2026, 3, 24)
LATER = date(2026, 3, 25)
CHECK = "collection_calls.mail_activity_type_check_promise"


@tagged("post_install", "-at_install")
class TestPromisePending(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]

    def _get_checks(self, promise):
        return promise.sudo().activity_search([CHECK])

    def _book_by_statement_only(self):
        """As an accounting app does: payments have no entry, the statement has."""
        self.patch(
            self.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda moves: "in_payment",
        )
        self.bank.inbound_payment_method_line_ids.payment_account_id = False

    def test_unmatched_payment(self):
        promise = self._promise(self.invoice)
        payment = self._receive_on_account(1000)
        self._evaluate_on(promise, AFTER)
        self._evaluate_on(promise, LATER)
        self._assert_verdict(promise, "to_check", paid=0)
        activity = self._get_checks(promise)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.collector)
        self.assertEqual(activity.date_deadline, AFTER)
        self.assertTrue(self.invoice.no_followup)
        with self._at(LATER):
            self._match(self.invoice, payment.move_id)
            self._assert_verdict(promise, "kept", paid=1000)
        self.assertFalse(self._get_checks(promise))
        self.assertFalse(self.invoice.no_followup)

    def test_unmatched_payment_that_is_too_small(self):
        promise = self._promise(self.invoice)
        self._receive_on_account(900)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")

    def test_unmatched_payment_that_came_late(self):
        promise = self._promise(self.invoice)
        self._receive_on_account(1000, AFTER)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")

    def test_unmatched_payment_that_covers_the_rest(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 400)
        self._receive_on_account(600)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "to_check", paid=400)

    def test_used_for_something_else(self):
        other = self._create_claim(1000, days_overdue=5)
        promise = self._promise(self.invoice)
        payment = self._receive_on_account(1000)
        self._evaluate_on(promise, AFTER)
        with self._at(LATER):
            self._match(other, payment.move_id)
        self._evaluate_on(promise, LATER)
        self._assert_verdict(promise, "broken")
        self.assertFalse(self._get_checks(promise))

    def test_money_of_another_debtor(self):
        promise = self._promise(self.invoice)
        self._receive_on_account(1000, partner_id=self._create_debtor("Other").id)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")

    def test_statement_line_waits(self):
        promise = self._promise(self.invoice)
        line = self._import_statement_line(1000, DEADLINE)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "to_check")
        with self._at(LATER):
            self._match_statement_line(line, self.invoice)
            self._assert_verdict(promise, "kept", paid=1000)

    def test_statement_line_partly_matched(self):
        """What is matched already isn't money that waits."""
        promise = self._promise(self.invoice, amount=600)
        other = self._create_claim(500, days_overdue=5)
        line = self._import_statement_line(1000)
        _liquidity, suspense, _other = line._seek_for_lines()
        claim = self._get_receivables(other)
        line.move_id.with_context(skip_readonly_check=True).write(
            {
                "line_ids": [
                    (1, suspense.id, {"amount_currency": -500, "credit": 500}),
                    (
                        0,
                        0,
                        {
                            "account_id": claim.account_id.id,
                            "credit": 500,
                            "name": "Transfer",
                            "partner_id": self.debtor.id,
                        },
                    ),
                ]
            }
        )
        (self._get_receivables(line.move_id) + claim).reconcile()
        self.assertFalse(line.is_reconciled)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")

    def test_payment_without_an_entry(self):
        self._book_by_statement_only()
        promise = self._promise(self.invoice)
        payment = self._receive(self.invoice, 1000)
        self.assertFalse(payment.move_id)
        self.assertEqual(payment.state, "in_process")
        self.assertEqual(self.invoice.matched_payment_ids.ids, payment.ids)
        self._assert_verdict(promise, "open", paid=0)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "to_check")
        with self._at(LATER):
            line = self._import_statement_line(1000, DEADLINE)
            self._match_statement_line(line, self.invoice)
            self._assert_verdict(promise, "kept", paid=1000)
        self.assertFalse(self._get_checks(promise))

    def test_payment_without_an_entry_for_another_invoice(self):
        self._book_by_statement_only()
        other = self._create_claim(1000, days_overdue=5)
        promise = self._promise(self.invoice)
        self._receive(other, 1000)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")

    def test_payment_without_an_entry_then_the_statement(self):
        self._book_by_statement_only()
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 1000)
        line = self._import_statement_line(1000, DEADLINE)
        self._match_statement_line(line, self.invoice)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_payment_with_an_entry(self):
        """It is settled by the payment; the statement changes nothing."""
        methods = self.bank.inbound_payment_method_line_ids
        self.assertTrue(methods.payment_account_id)
        promise = self._promise(self.invoice)
        payment = self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept", paid=1000)
        line = self._import_statement_line(1000, AFTER)
        liquidity, _counterpart, _writeoff = payment._seek_for_lines()
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = liquidity.account_id
        (suspense + liquidity).reconcile()
        self._evaluate_on(promise, LATER)
        self._assert_verdict(promise, "kept", paid=1000)
        self.assertEqual(TODAY, payment.date)
