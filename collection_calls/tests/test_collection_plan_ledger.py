"""Money, credits and corrections under a running plan, as the accountant books them.

Four times 250 on the 20th, from 20 March on.
"""

import random
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsPlanCommon

DUE = date(2026, 3, 20)
MISSED = date(2026, 3, 24)


class CollectionCallsPlanLedgerCommon(CollectionCallsPlanCommon):
    def _assert_parts(self, plan, paid, left, states=None):
        self.env.cr.flush()
        parts = plan.installment_ids
        self.assertEqual(parts.mapped("amount_paid"), paid)
        self.assertEqual(parts.mapped("amount_residual"), left)
        if states:
            self.assertEqual(parts.mapped("state"), states.split())


@tagged("post_install", "-at_install")
class TestPlanReceipts(CollectionCallsPlanLedgerCommon):
    def test_before_the_day(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        self._assert_plan(plan, "active", paid=250, left=750, arrears=0)
        self._assert_parts(
            plan,
            [250, 0, 0, 0],
            [0, 250, 250, 250],
            "paid upcoming upcoming upcoming",
        )
        self.assertEqual(plan.date_next, date(2026, 4, 20))
        self.assertEqual(plan.progress, 25)
        self.assertTrue(self.invoice.no_followup)

    def test_on_the_day(self):
        plan = self._agree()
        with self._at(DUE):
            self._receive(self.invoice, 250, DUE)
            self._assert_plan(plan, "active", paid=250, arrears=0)

    def test_after_the_day(self):
        plan = self._agree()
        with self._at(DUE + timedelta(2)):
            self._run_on(DUE + timedelta(2))
            self._assert_plan(plan, "active", arrears=250)
            self._receive(self.invoice, 250, DUE + timedelta(2))
            self._assert_plan(plan, "active", paid=250, arrears=0)

    def test_early_payment_covers_what_comes_next(self):
        plan = self._agree()
        self._receive(self.invoice, 600)
        self._assert_plan(plan, "active", paid=600, left=400)
        self._assert_parts(
            plan,
            [250, 250, 100, 0],
            [0, 0, 150, 250],
            "paid paid partial upcoming",
        )
        self._run_on(date(2026, 5, 20))
        self._assert_plan(plan, "active", arrears=0)
        self._run_on(date(2026, 5, 21))
        self._assert_plan(plan, "active", arrears=150)

    def test_parts_add_up(self):
        plan = self._agree()
        self._receive(self.invoice, 100)
        self._assert_parts(plan, [100, 0, 0, 0], [150, 250, 250, 250])
        self._receive(self.invoice, 100)
        self._receive(self.invoice, 60)
        self._assert_parts(plan, [250, 10, 0, 0], [0, 240, 250, 250])

    def test_one_payment_over_several_claims(self):
        other = self._create_claim(500, 5)
        plan = self._agree(self.invoice + other, count=3)
        self._receive(self.invoice + other, 1200, group_payment=True)
        self._assert_plan(plan, "active", paid=1200, left=300)
        self._assert_parts(plan, [500, 500, 200], [0, 0, 300])
        self.assertEqual(sum(plan.claim_ids.mapped("amount_residual")), 300)
        self.assertTrue(other.no_followup)

    def test_the_claims_may_be_paid_in_any_order(self):
        other = self._create_claim(500, 5)
        plan = self._agree(self.invoice + other, count=3)
        self._receive(other, 500)
        self._assert_plan(plan, "active", paid=500, left=1000)
        self._assert_parts(plan, [500, 0, 0], [0, 500, 500])

    def test_all_at_once(self):
        plan = self._agree()
        self._receive(self.invoice, 1000)
        self._assert_plan(plan, "completed", paid=1000, left=0, arrears=0)
        self.assertFalse(self.invoice.no_followup)
        self.assertFalse(plan.date_next)

    def test_more_than_all(self):
        plan = self._agree()
        self._receive(self.invoice, 1200)
        self._assert_plan(plan, "completed", paid=1000, left=0)

    def test_paid_with_the_button_of_the_plan(self):
        """Odoo's dialog proposes the next installment, and matches the claims."""
        other = self._create_claim(500, 5)
        plan = self._agree(self.invoice + other, count=3)
        plan = plan.with_user(self.accountant)
        action = plan.action_register_payment()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(dialog.amount, 500)
        self.assertEqual(dialog.payment_difference_handling, "open")
        dialog._create_payments()
        self._assert_plan(plan, "active", paid=500, left=1000)

    def test_statement_line(self):
        plan = self._agree()
        line = self._import_statement_line(250, DUE)
        self._assert_plan(plan, "active", paid=0)
        self._match_statement_line(line, self.invoice)
        self._assert_plan(plan, "active", paid=250)

    def test_payment_in_process_without_an_entry(self):
        """As an accounting app books: the statement settles, not the payment."""
        self.patch(
            self.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda moves: "in_payment",
        )
        bank = self.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids.payment_account_id = False
        plan = self._agree()
        payment = self._receive(self.invoice, 250, DUE)
        self.assertFalse(payment.move_id)
        self._assert_plan(plan, "active", paid=0)
        self._run_on(MISSED)
        self._assert_plan(plan, "active", arrears=250)
        self.assertIn("isn't matched yet", plan.hold_note)
        with self._at(MISSED):
            line = self._import_statement_line(250, DUE)
            self._match_statement_line(line, self.invoice)
            self._assert_plan(plan, "active", paid=250, arrears=0)
        self.assertFalse(plan.hold_note)

    def test_other_claims_of_the_debtor_are_not_the_plans(self):
        other = self._create_claim(500, 5)
        plan = self._agree()
        self._receive(other, 500)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertFalse(other.no_followup)

    def test_half_of_an_invoice(self):
        """One of two items of an invoice: the invoice as a whole isn't protected."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 30)
                ],
            }
        )
        halves = self._create_claim(
            1000, 30, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        early, late = halves._get_collection_claims()
        plan = self._agree(halves, count=2, claim_ids=[{"move_line_id": late.id}])
        self._assert_plan(plan, "active", left=500)
        self.assertFalse(halves.no_followup)
        self._receive(halves, 500)
        self._assert_plan(plan, "active", paid=0, left=500)
        self.assertTrue(early.reconciled)
        self.assertTrue(halves.no_followup, "all that is open is in the plan now")
        self._receive(halves, 500)
        self._assert_plan(plan, "completed", paid=500)

    def test_opening_balance(self):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": TODAY - timedelta(60),
                "line_ids": [
                    Command.create(
                        {
                            "name": "Opening balance",
                            "account_id": self.company_data[
                                "default_account_receivable"
                            ].id,
                            "partner_id": self.debtor.id,
                            "debit": 300,
                            "no_followup": False,
                        }
                    ),
                    Command.create(
                        {
                            "name": "Opening balance",
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": 300,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        claim = entry.line_ids.filtered("debit")
        plan = self._agree(entry, count=3, partner_id=self.debtor.id)
        self.assertTrue(claim.no_followup)
        payment = self._receive_on_account(100, DUE)
        self._match(entry, payment.move_id)
        self._assert_plan(plan, "active", paid=100, left=200)
        plan.with_user(self.manager).action_cancel("Paid by an insurance")
        self.assertFalse(claim.no_followup)


@tagged("post_install", "-at_install")
class TestPlanCredits(CollectionCallsPlanLedgerCommon):
    def test_shortens_the_plan_from_its_end(self):
        plan = self._agree()
        self._credit(self.invoice, 300)
        self._assert_plan(plan, "active", paid=0, left=700, arrears=0)
        self.assertEqual(plan.amount_credited, 300)
        self._assert_parts(
            plan,
            [0, 0, 0, 0],
            [250, 250, 200, 0],
            "upcoming upcoming upcoming superseded",
        )
        self.assertEqual(plan.open_count, 3)

    def test_beyond_what_is_left(self):
        plan = self._agree()
        self._receive(self.invoice, 600)
        self._credit(self.invoice, 400)
        self._assert_plan(plan, "completed", paid=600, left=0)
        self.assertEqual(plan.amount_credited, 400)
        self._assert_parts(plan, [250, 250, 100, 0], [0, 0, 0, 0])

    def test_credit_after_all_was_paid_ahead(self):
        """The installments paid ahead stay paid; the credit takes off the end."""
        plan = self._agree()
        self._receive(self.invoice, 800)
        self._credit(self.invoice, 100)
        self._assert_plan(plan, "active", paid=800, left=100)
        self._assert_parts(plan, [250, 250, 250, 50], [0, 0, 0, 100])

    def test_all_is_credited(self):
        plan = self._agree()
        self._credit(self.invoice, 1000)
        self._assert_plan(plan, "dissolved", paid=0, left=0)
        self.assertIn("Nothing is left", self._get_last_event(plan).reason)
        self.assertFalse(self.invoice.no_followup)

    def test_credit_does_not_pay_what_is_due(self):
        plan = self._agree()
        with self._at(MISSED):
            self._credit(self.invoice, 300, MISSED)
        self._run_on(MISSED)
        self._assert_plan(plan, "accelerated", left=700)

    def test_credit_taken_back(self):
        plan = self._agree()
        note = self._credit(self.invoice, 300)
        self._assert_plan(plan, "active", left=700)
        self._unmatch(note)
        self._assert_plan(plan, "active", left=1000)
        self._assert_parts(plan, [0] * 4, [250] * 4)

    def test_write_off_in_the_payment_dialog(self):
        """What is given up with the money settles the same installments."""
        plan = self._agree()
        self._receive(
            self.invoice,
            900,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertEqual(plan.amount_credited, 0)

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
        claim = self._create_claim(
            1000,
            0,
            invoice_date=TODAY,
            invoice_payment_term_id=term.id,
            invoice_date_due=False,
        )
        plan = self._agree(claim)
        payment = self._receive(claim)
        self.assertEqual(payment.amount, 980)
        self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertEqual(plan.amount_credited, 0)


@tagged("post_install", "-at_install")
class TestPlanUndone(CollectionCallsPlanLedgerCommon):
    def test_amounts_go_back(self):
        plan = self._agree()
        payment = self._receive(self.invoice, 300)
        self._unmatch(payment.move_id)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self._assert_parts(plan, [0] * 4, [250] * 4)

    def test_arrears_come_back(self):
        plan = self._agree()
        with self._at(DUE):
            payment = self._receive(self.invoice, 250, DUE)
        with self._at(DUE + timedelta(3)):
            self._unmatch(payment.move_id)
            self._assert_plan(plan, "active", paid=0, arrears=250)

    def test_completed_plan_reopens(self):
        plan = self._agree()
        payment = self._receive(self.invoice, 1000)
        self._assert_plan(plan, "completed")
        with self._at(DUE - timedelta(5)):
            self._unmatch(payment.move_id)
            self._assert_plan(plan, "active", paid=0, left=1000, arrears=0)
        self.assertEqual(self._get_events(plan), ["activated", "completed", "reopened"])
        self.assertTrue(self.invoice.no_followup)
        self._receive(self.invoice, 1000)
        self._assert_plan(plan, "completed")
        self._run_on(MISSED)
        self.assertEqual(self._get_events(plan).count("completed"), 2)

    def test_completed_after_acceleration_reopens_accelerated(self):
        plan = self._agree()
        self._run_on(MISSED)
        with self._at(MISSED):
            payment = self._receive(self.invoice, 1000, MISSED)
            self._assert_plan(plan, "completed")
            self._unmatch(payment.move_id)
            self._assert_plan(plan, "accelerated", left=1000, arrears=1000)
        traces = self._count_traces(plan)
        self._run_on(MISSED + timedelta(1))
        self.assertEqual(self._count_traces(plan), traces)

    def test_completed_after_reinstatement_reopens_active(self):
        plan = self._agree()
        self._run_on(MISSED)
        with self._at(MISSED):
            plan.with_user(self.manager).action_reinstate("Once")
            payment = self._receive(self.invoice, 1000, MISSED)
            self._assert_plan(plan, "completed")
            self._unmatch(payment.move_id)
            self._assert_plan(plan, "active", left=1000)

    def test_reopened_by_one_of_two_payments(self):
        plan = self._agree()
        first = self._receive(self.invoice, 400)
        self._receive(self.invoice, 600)
        self._assert_plan(plan, "completed")
        self._unmatch(first.move_id)
        self._assert_plan(plan, "active", paid=600, left=400)

    def test_cancelled_plan_leaves_the_claims_to_the_next(self):
        payment = self._receive(self.invoice, 100)
        plan = self._agree()
        self._receive(self.invoice, 300)
        self._assert_plan(plan, "active", paid=300, left=600)
        plan.with_user(self.manager).action_cancel("A new one")
        other = self._agree(count=2)
        self._unmatch(payment.move_id)
        self._assert_plan(other, "active", paid=0, left=700)
        self._assert_plan(plan, "cancelled", paid=300, left=600)

    def test_payment_cancelled(self):
        plan = self._agree()
        payment = self._receive(self.invoice, 250)
        payment.action_draft()
        payment.action_cancel()
        self._assert_plan(plan, "active", paid=0, left=1000)

    def test_invoice_reset_and_posted_again(self):
        plan = self._agree()
        invoice = self.invoice.with_user(self.accountant)
        self._receive(self.invoice, 250)
        invoice.button_draft()
        self._assert_plan(plan, "active", paid=250, left=0)
        self.assertFalse(self._get_to_dos(plan, "check"), "not before the night")
        invoice.action_post()
        self._assert_plan(plan, "active", paid=250, left=750)
        self.assertTrue(self.invoice.no_followup)
        self.assertEqual(self._get_events(plan), ["activated"])

    def test_invoice_corrected(self):
        plan = self._agree()
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        self.env.cr.flush()
        invoice.invoice_line_ids.price_unit = 800
        invoice.action_post()
        self._assert_plan(plan, "active", left=800)
        self._assert_parts(plan, [0] * 4, [250, 250, 250, 50])
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 1100
        invoice.action_post()
        self._run_on(TODAY)
        self.assertEqual(plan.hold_code, "increased", "nobody agreed to that")
        self.assertEqual(plan.state, "active")
        self._assert_parts(plan, [0] * 4, [250] * 4)

    def test_invoice_cancelled(self):
        plan = self._agree()
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        invoice.button_cancel()
        self._assert_plan(plan, "dissolved", paid=0, left=0)
        invoice.button_draft()
        invoice.action_post()
        self._assert_plan(plan, "active", left=1000)
        self.assertTrue(self.invoice.no_followup)

    def test_one_of_two_invoices_cancelled(self):
        other = self._create_claim(500, 5)
        plan = self._agree(self.invoice + other, count=3)
        other.with_user(self.accountant).button_draft()
        other.with_user(self.accountant).button_cancel()
        self._assert_plan(plan, "active", left=1000)
        self._assert_parts(plan, [0] * 3, [500, 500, 0])

    def test_invoice_deleted(self):
        plan = self._agree()
        label = plan.claim_ids.label
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        self._run_on(TODAY)
        self._assert_plan(plan, "dissolved", paid=0, left=0)
        self.assertEqual(plan.claim_ids.label, label)
        self.assertEqual(plan.amount_total, 1000)

    def test_reversed_payment_after_acceleration(self):
        plan = self._agree()
        self._run_on(MISSED)
        with self._at(MISSED):
            payment = self._receive(self.invoice, 400, MISSED)
            self._assert_plan(plan, "accelerated", paid=400, arrears=600)
            self._unmatch(payment.move_id)
            self._assert_plan(plan, "accelerated", paid=0, arrears=1000)


@tagged("post_install", "-at_install")
class TestPlanCurrencies(CollectionCallsPlanLedgerCommon):
    """One unit of the company's currency is 2 CHF, from 12 March on 4 CHF."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chf = cls.setup_other_currency(
            "CHF", rates=[("2025-01-01", 2.0), ("2026-03-12", 4.0)]
        )
        cls.home = cls.company.currency_id
        cls.foreign = cls._create_claim(1000, 30, currency_id=cls.chf.id)

    def test_in_the_currency_of_the_plan(self):
        """The exchange difference is neither money nor a credit."""
        plan = self._agree(self.foreign)
        self.assertEqual(plan.currency_id, self.chf)
        self._receive(self.foreign, 250, date(2026, 3, 15))
        self._assert_plan(plan, "active", paid=250, left=750)
        self.assertEqual(plan.amount_credited, 0)
        self._receive(self.foreign, 750, date(2026, 3, 16))
        self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertEqual(plan.amount_credited, 0)

    def test_in_company_currency(self):
        plan = self._agree(self.foreign)
        self._receive(self.foreign, 62.5, date(2026, 3, 15), currency_id=self.home.id)
        self._assert_plan(plan, "active", paid=250, left=750)
        self._assert_parts(plan, [250, 0, 0, 0], [0, 250, 250, 250])
        self._receive(self.foreign, 187.5, date(2026, 3, 16), currency_id=self.home.id)
        self._assert_plan(plan, "completed", paid=1000, left=0)

    def test_claim_in_company_currency_paid_in_foreign(self):
        plan = self._agree()
        self._receive(self.invoice, 1000, date(2026, 3, 15), currency_id=self.chf.id)
        self._assert_plan(plan, "active", paid=250, left=750)

    def test_undone_with_its_exchange_difference(self):
        plan = self._agree(self.foreign)
        self._receive(self.foreign, 1000, date(2026, 3, 15))
        self._assert_plan(plan, "completed")
        self._unmatch(self.foreign)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertEqual(plan.amount_credited, 0)

    def test_money_in_another_currency_waits(self):
        plan = self._agree(self.foreign)
        self._receive_on_account(62.5, DUE)
        self._run_on(MISSED)
        self._assert_plan(plan, "active", arrears=250)
        self.assertIn("isn't matched yet", plan.hold_note)


@tagged("post_install", "-at_install")
class TestPlanAnyOrder(CollectionCallsPlanLedgerCommon):
    """Whatever the accountant does in whatever order, the plan says what is true."""

    def test_no_order_of_entries_makes_the_plan_wrong(self):
        """Random days at the accountant's desk, with a fixed seed each."""
        other = self._create_claim(500.01, 5)
        self.env.cr.flush()
        for seed in range(10):
            with self.subTest(seed=seed), self.cr.savepoint() as savepoint:
                self._work(random.Random(seed), self.invoice + other)
                savepoint.rollback()
                self.env.invalidate_all()

    def _work(self, dice, invoices):
        rule = dice.choice([self.any_incident, self.business, self.consumer])
        plan = self._agree(invoices, rule=rule, count=dice.choice([1, 3, 7]))
        self.payments, self.notes = [], []
        acts = [self._pay_some, self._pay_some, self._credit_some]
        acts += [self._take_back, self._put_back, self._reset, self._sleep]
        self.today = TODAY
        for _count in range(10):
            with self._at(self.today):
                dice.choice(acts)(dice, invoices)
                self._assert_true(plan)
        with self._at(self.today):
            self._run_on(self.today)
            traces = self._count_traces(plan)
            stored = plan.read(["state", "amount_paid", "amount_arrears"])
            self._run_on(self.today)
            self.assertEqual(self._count_traces(plan), traces)
            self.assertEqual(
                plan.read(["state", "amount_paid", "amount_arrears"]), stored
            )
            self._assert_true(plan)

    def _pay_some(self, dice, invoices):
        move = dice.choice(invoices)
        if move.amount_residual > 0:
            amount = dice.choice([1, 99.99, 250, 400, move.amount_residual])
            self.payments.append(self._receive(move, amount, self.today))

    def _credit_some(self, dice, invoices):
        move = dice.choice(invoices)
        if move.amount_residual > 0:
            amount = round(dice.uniform(0.01, move.amount_residual / 2), 2)
            if amount:
                self.notes.append(self._credit(move, amount, self.today))

    def _take_back(self, dice, invoices):
        moves = [payment.move_id for payment in self.payments] + self.notes
        if moves:
            self._unmatch(dice.choice(moves))

    def _put_back(self, dice, invoices):
        moves = [payment.move_id for payment in self.payments] + self.notes
        if moves:
            self._match(dice.choice(invoices), dice.choice(moves))

    def _reset(self, dice, invoices):
        move = dice.choice(invoices).with_user(self.accountant)
        move.button_draft()
        self.env.cr.flush()
        move.action_post()

    def _sleep(self, dice, invoices):
        self.today += timedelta(dice.choice([1, 7, 30]))
        self._run_on(self.today)

    def _assert_true(self, plan):
        """What is stored is what a fresh look at the ledger says."""
        self.env.cr.flush()
        self._assert_plan(plan, plan.state)
        plan_sudo = plan.sudo()
        ledger = plan_sudo._get_ledgers()[plan_sudo]
        units = plan_sudo._to_units
        self.assertEqual(units(plan.amount_residual), ledger.residual)
        self.assertEqual(units(plan.amount_total), ledger.total)
        self.assertEqual(
            [
                (units(part.amount_paid), units(part.amount_residual))
                for part in plan.installment_ids
            ],
            [(part.paid, part.residual) for part in ledger.parts],
        )
        claims = plan.claim_ids.move_line_id
        self.assertAlmostEqual(
            plan.amount_residual, sum(claims.mapped("amount_residual_currency"))
        )
