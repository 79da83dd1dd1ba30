"""What lowers a claim without being money, and money in other currencies."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsAccountant, CollectionCallsPromiseCommon

AFTER = date(2026, 3, 24)


@tagged("post_install", "-at_install")
class TestPromiseCredits(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def test_part_is_credited(self):
        promise = self._promise(self.invoice)
        self._credit(self.invoice, 300)
        self._assert_verdict(promise, "open", paid=0, due=700)
        self._receive(self.invoice, 700)
        self._assert_verdict(promise, "kept", paid=700, due=700)

    def test_all_is_credited(self):
        promise = self._promise(self.invoice)
        self._credit(self.invoice, 1000)
        self._assert_verdict(promise, "void", paid=0, due=0)
        self.assertFalse(self.invoice.no_followup)

    def test_credit_matched_late_but_dated_in_time(self):
        promise = self._promise(self.invoice)
        note = self._credit(self.invoice, 1000, match=False)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")
        with self._at(AFTER):
            self._match(self.invoice, note)
            self._assert_verdict(promise, "void")

    def test_written_off_after_the_deadline(self):
        """A bad debt doesn't make the debtor an honest one."""
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 400)
        self._evaluate_on(promise, AFTER)
        with self._at(AFTER):
            self._credit(self.invoice, 600, AFTER)
            self._assert_verdict(promise, "partial", paid=400, due=1000)

    def test_difference_written_off_in_the_payment_dialog(self):
        promise = self._promise(self.invoice)
        self._receive(
            self.invoice,
            995,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertEqual(self.invoice.amount_residual, 0)
        self._assert_verdict(promise, "kept", paid=995, due=995)

    def test_all_but_a_little_written_off(self):
        """What is written off isn't money, however much it is."""
        promise = self._promise(self.invoice)
        self._receive(
            self.invoice,
            10,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self._assert_verdict(promise, "kept", paid=10, due=10)

    def test_bank_fee_in_the_statement(self):
        promise = self._promise(self.invoice)
        line = self._import_statement_line(990)
        claim = self._get_receivables(self.invoice)
        _liquidity, suspense, _other = line._seek_for_lines()
        fee = self.company_data["default_account_expense"]
        line.move_id.with_context(skip_readonly_check=True).write(
            {
                "line_ids": [
                    Command.update(
                        suspense.id,
                        {
                            "account_id": claim.account_id.id,
                            "amount_currency": -1000,
                            "credit": 1000,
                        },
                    ),
                    Command.create({"account_id": fee.id, "name": "Fee", "debit": 10}),
                ]
            }
        )
        (self._get_receivables(line.move_id) + claim).reconcile()
        self._assert_verdict(promise, "kept", paid=990, due=990)

    def test_early_payment_discount(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 14 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 14,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        invoice = self._create_claim(
            1000,
            0,
            invoice_date=TODAY,
            invoice_payment_term_id=term.id,
            invoice_date_due=False,
        )
        promise = self._promise(invoice)
        payment = self._receive(invoice)
        self.assertEqual(payment.amount, 980)
        self.assertEqual(invoice.amount_residual, 0)
        self._assert_verdict(promise, "kept", paid=980, due=980)

    def test_reset_to_draft_and_posted_again(self):
        promise = self._promise(self.invoice)
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        self._assert_verdict(promise, "open", due=1000)  # a draft tells nothing
        self.assertFalse(invoice.no_followup)
        invoice.action_post()
        self._assert_verdict(promise, "open", due=1000)
        self.assertTrue(invoice.no_followup)

    def test_cancelled(self):
        promise = self._promise(self.invoice)
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        invoice.button_cancel()
        self._assert_verdict(promise, "void", due=0)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "void", due=0)

    def test_corrected_and_posted_again(self):
        promise = self._promise(self.invoice)
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        self.env.cr.flush()
        invoice.invoice_line_ids.price_unit = 800
        invoice.action_post()
        self._assert_verdict(promise, "open", due=800)

    def test_claim_taken_back_for_good(self):
        promise = self._promise(self.invoice)
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        self._evaluate_on(promise, TODAY)
        self._assert_verdict(promise, "void", due=0)
        self.assertEqual(promise.amount, 1000)
        self.assertTrue(promise.line_ids.label)


@tagged("post_install", "-at_install")
class TestPromiseCurrencies(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    """One unit of the company's currency is 2 CHF, from 12 March on 4 CHF."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chf = cls.setup_other_currency(
            "CHF", rates=[("2025-01-01", 2.0), ("2026-03-12", 4.0)]
        )
        cls.home = cls.company.currency_id
        cls.foreign = cls._create_claim(1000, 30, currency_id=cls.chf.id)

    def _has_exchange_entry(self, move):
        partials = self._get_receivables(move).matched_credit_ids
        return bool(partials.exchange_move_id)

    def test_claim_and_payment_in_foreign_currency(self):
        promise = self._promise(self.foreign)
        self.assertEqual(promise.currency_id, self.chf)
        self._receive(self.foreign, 1000, date(2026, 3, 15))
        self._assert_verdict(promise, "kept", paid=1000, due=1000)
        self.assertTrue(self._has_exchange_entry(self.foreign))

    def test_part_in_foreign_currency(self):
        promise = self._promise(self.foreign)
        self._receive(self.foreign, 400, date(2026, 3, 15))
        self._assert_verdict(promise, "open", paid=400, due=1000)

    def test_foreign_claim_paid_in_company_currency(self):
        promise = self._promise(self.foreign)
        self._receive(self.foreign, 250, date(2026, 3, 15), currency_id=self.home.id)
        self.assertEqual(self.foreign.amount_residual, 0)
        self._assert_verdict(promise, "kept", paid=1000, due=1000)

    def test_claim_in_company_currency_paid_in_foreign(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 4000, date(2026, 3, 15), currency_id=self.chf.id)
        self.assertEqual(self.invoice.amount_residual, 0)
        self._assert_verdict(promise, "kept", paid=1000, due=1000)

    def test_exchange_difference_undone_with_the_payment(self):
        promise = self._promise(self.foreign)
        self._receive(self.foreign, 1000, date(2026, 3, 15))
        self._assert_verdict(promise, "kept")
        self._unmatch(self.foreign)
        self._assert_verdict(promise, "open", paid=0, due=1000)

    def test_unmatched_money_in_another_currency(self):
        promise = self._promise(self.foreign)
        self._receive_on_account(250, date(2026, 3, 15))
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "to_check")
