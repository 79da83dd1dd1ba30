"""A claim that changes is followed, not lost; what is certain takes its place."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY
from .ledger_world import DUE, IN_TIME, NIGHT, NOT_BROKEN, CollectionCallsLedgerWorld


class CollectionCallsTermsCommon(CollectionCallsLedgerWorld):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.halves = cls._create_term("Halves", (10, 40))
        cls.thirds = cls._create_term("Thirds", (0, 20, 50))

    @classmethod
    def _create_term(cls, name, days):
        shares = [round(100 / len(days), 2)] * (len(days) - 1)
        return cls.env["account.payment.term"].create(
            {
                "name": name,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": number}
                    )
                    for number, share in zip(
                        days, [*shares, 100 - sum(shares)], strict=True
                    )
                ],
            }
        )

    def _get_open(self, move):
        return self._get_receivables(move).filtered(lambda item: not item.reconciled)


@tagged("post_install", "-at_install")
class TestPartsOfAnInvoice(CollectionCallsTermsCommon):
    """Odoo matches the first part first, whichever the debtor spoke of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parts = cls._create_claim(
            1000,
            30,
            invoice_payment_term_id=cls.halves.id,
            invoice_date_due=False,
        )
        cls.early, cls.late = cls.parts._get_collection_claims()

    def _word_on(self, item, days=8):
        return self._word(
            self.parts,
            days=days,
            line_ids=[Command.create({"move_line_id": item.id})],
        )

    def _agree_on(self, item, **vals):
        return self._agree(
            self.parts, count=2, claim_ids=[{"move_line_id": item.id}], **vals
        )

    def test_promise_on_the_second_part(self):
        promise = self._word_on(self.late)
        self._receive(self.parts, 500, TODAY)
        self.assertTrue(self.early.reconciled)
        self.assertFalse(self.late.reconciled)
        self._assert_verdict(promise, "kept", paid=500)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=500)

    def test_promise_in_part(self):
        promise = self._word_on(self.late)
        self._receive(self.parts, 300, TODAY)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "partial", paid=300)

    def test_promise_paid_too_late(self):
        promise = self._word_on(self.late)
        with self._at(NIGHT):
            self._receive(self.parts, 500, NIGHT)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0)

    def test_promise_taken_back(self):
        promise = self._word_on(self.late)
        payment = self._receive(self.parts, 500, TODAY)
        self._assert_verdict(promise, "kept")
        self._unmatch(payment.move_id)
        payment.action_draft()
        payment.action_cancel()
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0)

    def test_promise_on_either_part(self):
        """What one promise claims doesn't keep the other."""
        first, second = self._word_on(self.early), self._word_on(self.late)
        self._receive(self.parts, 500, TODAY)
        self._assert_verdict(first, "kept", paid=500)
        self._judge_on(NIGHT)
        self._assert_verdict(second, "broken", paid=0)

    def test_money_that_had_come_before(self):
        self._receive(self.parts, 500, date(2026, 3, 2))
        promise = self._word_on(self.late)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0)

    def test_credit_on_the_first_part(self):
        """A credit note is nothing that keeps a promise, on whatever part."""
        promise = self._word_on(self.late)
        self._credit(self.parts, 500)
        self._judge_on(NIGHT)
        self.assertNotEqual(promise.state, "kept")

    def test_another_invoice(self):
        promise = self._word_on(self.late)
        self._receive(self.invoice, 500, TODAY)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0)

    def test_plan_on_the_second_part(self):
        """Its claim is as open as before: somebody has to match it anew."""
        plan = self._agree_on(self.late)
        self._receive(self.parts, 250, TODAY)
        self._judge_on(NIGHT)
        self._assert_waits(plan)
        payment = self.parts.matched_payment_ids
        with self._at(NIGHT):
            self._unmatch(payment.move_id)
            (self._get_open(payment.move_id) + self.late).reconcile()
        self._judge_on(date(2026, 3, 25))
        self._assert_first_paid(plan)

    def test_plan_on_the_second_part_and_what_has_no_due_date(self):
        """An opening balance is due when it is booked."""
        opening = self._book(
            (self.receivable, 300, self.debtor), (self.revenue, -300), day=TODAY
        )
        item = self._get_receivables(opening)
        self.assertFalse(item.date_maturity)
        claims = self.late | item
        plan = self._agree(claim_ids=[{"move_line_id": claim.id} for claim in claims])
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_plan_on_the_second_part_unpaid(self):
        plan = self._agree_on(self.late)
        self._judge_on(NIGHT)
        self._assert_failed(plan)


@tagged("post_install", "-at_install")
class TestCorrectedInvoices(CollectionCallsTermsCommon):
    """Back to draft, something is changed, posted again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debt = cls._create_claim(900, 30)

    def _correct(self, price=None, move=None, **vals):
        self._correct_invoice(move or self.debt, price, **vals)

    def _agree_on_debt(self):
        return self._agree(self.debt, count=3)

    def test_plan_with_another_term(self):
        plan = self._agree_on_debt()
        self._correct(invoice_payment_term_id=self.halves.id)
        claims = self._get_open(self.debt)
        self.assertEqual(claims.mapped("amount_residual"), [450, 450])
        self._assert_plan(plan, "active", paid=0, left=900, arrears=0)
        self.assertEqual(plan.amount_credited, 0)
        self.assertEqual(plan.claim_ids.move_line_id, claims)
        self.assertEqual(claims._get_collection_protected(), claims)
        self.assertTrue(self.debt.no_followup)
        self.assertEqual(
            plan.installment_ids.mapped("amount_residual"), [300, 300, 300]
        )
        with self._at(IN_TIME):
            self._receive(self.debt, 300, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)
        self._assert_plan(plan, "active", paid=300, left=600)

    def test_promise_with_another_term(self):
        promise = self._word(self.debt)
        self._correct(invoice_payment_term_id=self.halves.id)
        self._assert_verdict(promise, "open", due=900)
        self._receive(self.debt, 900, TODAY, group_payment=True)
        self._assert_verdict(promise, "kept", paid=900, due=900)

    def test_promise_with_another_term_in_part(self):
        promise = self._word(self.debt)
        self._correct(invoice_payment_term_id=self.halves.id)
        self._receive(self.debt, 450, TODAY)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "partial", paid=450, due=900)

    def test_case_with_another_term(self):
        self._agree_on_debt()
        self._correct(invoice_payment_term_id=self.halves.id)
        case = self._get_case_of()
        self.assertEqual((case.overdue_amount, case.protected_amount), (1900, 900))

    def _move_to_doubtful(self):
        doubtful = self.receivable.copy({"code": "121098", "name": "Doubtful Debts"})
        return self._move_to_account(self._get_open(self.debt), doubtful)

    def test_plan_with_another_term_and_moved_to_another_account(self):
        """Odoo moves both parts by one item."""
        plan = self._agree_on_debt()
        self._correct(invoice_payment_term_id=self.halves.id)
        item = self._move_to_doubtful()
        self.assertEqual(item.amount_residual, 900)
        self.assertEqual(plan.claim_ids.move_line_id, item)
        self.assertEqual(plan.claim_ids.amount, 900)
        self._assert_plan(plan, "active", paid=0, left=900, arrears=0)
        self._assert_consistent(plan)

    def test_plan_with_another_term_moved_and_taken_back(self):
        plan = self._agree_on_debt()
        self._correct(invoice_payment_term_id=self.halves.id)
        claims = self._get_open(self.debt)
        self._cancel(self._move_to_doubtful().move_id)
        self.assertEqual(plan.claim_ids.move_line_id, claims)
        self._assert_plan(plan, "active", paid=0, left=900, arrears=0)
        self._assert_consistent(plan)

    def test_promise_with_another_term_moved_and_taken_back(self):
        promise = self._word(self.debt)
        self._correct(invoice_payment_term_id=self.halves.id)
        claims = self._get_open(self.debt)
        self._cancel(self._move_to_doubtful().move_id)
        self.assertEqual(promise.line_ids.move_line_id, claims)
        self._assert_verdict(promise, "open", due=900)

    def test_plan_moved_and_taken_back_after_another_term(self):
        """The claim that was moved may be gone: the invoice was corrected since."""
        parts = self._create_claim(
            900, 30, invoice_payment_term_id=self.thirds.id, invoice_date_due=False
        )
        plan = self._agree(parts, count=3)
        doubtful = self.receivable.copy({"code": "121097", "name": "Doubtful Debts"})
        item = self._move_to_account(self._get_open(parts), doubtful)
        self._correct(move=parts, invoice_payment_term_id=False)
        self._cancel(item.move_id)
        self.assertEqual(plan.claim_ids.move_line_id, self._get_open(parts))
        self._assert_plan(plan, "active", paid=0, left=900, arrears=0)

    def test_promise_with_another_term_and_moved_to_another_account(self):
        promise = self._word(self.debt)
        self._correct(invoice_payment_term_id=self.halves.id)
        item = self._move_to_doubtful()
        self.assertEqual(promise.line_ids.move_line_id, item)
        self._assert_verdict(promise, "open", due=900)

    def test_promise_there_and_back(self):
        promise = self._word(self.debt)
        self._correct(invoice_payment_term_id=self.halves.id)
        self._correct(invoice_payment_term_id=False)
        self._assert_verdict(promise, "open", due=900)
        self.assertEqual(promise.line_ids.move_line_id, self._get_open(self.debt))

    def test_plan_with_a_term_that_goes(self):
        parts = self._create_claim(
            900, 30, invoice_payment_term_id=self.thirds.id, invoice_date_due=False
        )
        plan = self._agree(parts, count=3)
        self._correct(move=parts, invoice_payment_term_id=False)
        self._assert_plan(plan, "active", paid=0, left=900, arrears=0)
        with self._at(IN_TIME):
            self._receive(parts, 300, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_plan_there_and_back(self):
        plan = self._agree_on_debt()
        self._correct(invoice_payment_term_id=self.halves.id)
        self._correct(invoice_payment_term_id=False)
        self._assert_plan(plan, "active", paid=0, left=900, arrears=0)
        self.assertEqual(
            plan.installment_ids.mapped("amount_residual"), [300, 300, 300]
        )

    def test_plan_with_a_higher_amount(self):
        """Nobody agreed to pay the difference by installments."""
        plan = self._agree_on_debt()
        self._correct(price=1200)
        self._judge_on(date(2026, 3, 11))
        self.assertEqual(plan.installment_ids[-1].amount_residual, 300)
        self.assertEqual(plan.state, "active")
        self.assertTrue(plan.hold_note)
        self.assertEqual(len(self._get_to_dos(plan, "check")), 1)

    def test_plan_with_a_higher_amount_never_accelerates_for_it(self):
        plan = self._agree_on_debt()
        self._correct(price=1200)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_promise_with_a_higher_amount(self):
        """What was promised is what was promised."""
        promise = self._word(self.debt)
        self._correct(price=1200)
        self._assert_verdict(promise, "open", due=900)
        self._receive(self.debt, 900, TODAY)
        self._assert_verdict(promise, "kept", paid=900)

    def test_plan_with_a_lower_amount(self):
        """The correction is a credit: the plan is shorter."""
        plan = self._agree_on_debt()
        self._correct(price=700)
        self._assert_plan(plan, "active", paid=0, left=700)
        self.assertEqual(
            plan.installment_ids.mapped("amount_residual"), [300, 300, 100]
        )

    def test_plan_of_a_part_paid_invoice(self):
        """Odoo takes the payment off the invoice, which has to be matched again."""
        plan = self._agree_on_debt()
        with self._at(IN_TIME):
            payment = self._receive(self.debt, 300, IN_TIME)
            self._correct(invoice_payment_term_id=self.halves.id)
        self._judge_on(NIGHT)
        self._assert_waits(plan)
        with self._at(NIGHT):
            self._match(self.debt, payment.move_id)
        self._judge_on(date(2026, 3, 25))
        self._assert_plan(plan, "active", paid=300, left=600, arrears=0)

    def test_nothing_while_it_is_a_draft(self):
        plan, promise = self._agree_on_debt(), self._word()
        for move in self.debt, self.invoice:
            move.with_user(self.accountant).button_draft()
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "active")
        self.assertIn(promise.state, NOT_BROKEN)


@tagged("post_install", "-at_install")
class TestReversedAndInvoicedAnew(CollectionCallsLedgerWorld):
    """*Reverse and Create Invoice*: the debt is the same, with another number."""

    def _replace(self, price=None, post=True, day=IN_TIME):
        return self._invoice_anew(self.invoice, price, post, day)

    def _agree_and_pay_first(self):
        plan = self._agree()
        payment = self._receive(self.invoice, 250)
        self._assert_first_paid(plan)
        return plan, payment

    def test_plan_is_no_success(self):
        plan, _payment = self._agree_and_pay_first()
        self._replace(post=False)
        self.assertNotIn(plan.state, ("completed", "dissolved"))
        self.assertNotIn("completed", self._get_events(plan))

    def test_plan_waits_for_the_new_invoice(self):
        plan, _payment = self._agree_and_pay_first()
        self._replace(post=False)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_goes_on_with_the_new_invoice(self):
        plan, payment = self._agree_and_pay_first()
        new = self._replace()
        self.assertEqual(self.invoice.payment_state, "reversed")
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.claim_ids.move_line_id, self._get_receivables(new))
        self.assertTrue(new.no_followup)
        self._judge_on(NIGHT)
        self._assert_waits(plan)  # the first installment's money isn't matched now
        with self._at(NIGHT):
            self._match(new, payment.move_id)
            self._assert_first_paid(plan)

    def test_nobody_calls_ten_days_later(self):
        self._agree_and_pay_first()
        self._replace()
        self._judge_on(date(2026, 3, 30))
        case = self._get_case_of()
        self.assertEqual(case.situation, "on_plan")
        self.assertFalse(case.collectible_amount)

    def test_promise_follows(self):
        promise = self._word()
        new = self._replace(day=TODAY)
        self._assert_verdict(promise, "open", due=1000)
        self.assertEqual(promise.line_ids.move_line_id, self._get_receivables(new))
        self._receive(new, 1000, TODAY)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_that_is_not_paid(self):
        promise = self._word()
        self._replace(day=TODAY)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0, due=1000)

    def test_promise_while_the_new_invoice_is_a_draft(self):
        promise = self._word()
        self._replace(day=TODAY, post=False)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_plan_with_another_amount(self):
        """Nobody knows what they would agree to now: somebody has to ask."""
        plan, _payment = self._agree_and_pay_first()
        self._replace(price=1400)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_new_invoice_is_thrown_away(self):
        """Then it was a plain reversal after all."""
        plan, _payment = self._agree_and_pay_first()
        new = self._replace(post=False)
        new.unlink()
        self.env.cr.flush()
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "dissolved")

    def test_plain_reversal(self):
        plan = self._agree()
        self._credit(self.invoice, 1000)
        self.assertEqual(self.invoice.payment_state, "reversed")
        self._assert_plan(plan, "dissolved", paid=0, left=0)


@tagged("post_install", "-at_install")
class TestDoubtfulDebts(CollectionCallsLedgerWorld):
    """Moved to another receivable account with Odoo's *Automatic Entries*."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.doubtful = cls.receivable.copy({"code": "121099", "name": "Doubtful Debts"})

    def _move_to_doubtful(self, items=None, day=TODAY):
        items = items or self._get_receivables(self.invoice)
        return self._move_to_account(items, self.doubtful, day)

    def test_what_odoo_books(self):
        item = self._move_to_doubtful()
        self.assertEqual(item.amount_residual, 1000)
        self.assertEqual(item.account_type, "asset_receivable")
        self.assertEqual(item.partner_id, self.debtor)
        self.assertEqual(self.invoice.amount_residual, 0)

    def test_plan(self):
        plan = self._agree()
        item = self._move_to_doubtful()
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertEqual(plan.amount_credited, 0)
        self.assertEqual(plan.claim_ids.move_line_id, item)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_plan_paid_on_the_new_account(self):
        plan = self._agree()
        item = self._move_to_doubtful()
        payment = self._receive_on_account(
            250, IN_TIME, destination_account_id=self.doubtful.id
        )
        (item + self._get_receivables(payment.move_id)).reconcile()
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_plan_paid_in_part_before(self):
        """Odoo moves the whole amount, and leaves the paid part as an open credit."""
        plan = self._agree()
        self._receive(self.invoice, 250)
        item = self._move_to_doubtful()
        self.assertEqual(item.amount_residual, 1000)
        self.assertEqual(
            sum(self._get_receivables(item.move_id).mapped("amount_residual")), 750
        )
        self._judge_on(NIGHT)
        self._assert_plan(plan, "active", paid=250, left=750, arrears=0)

    def test_promise(self):
        promise = self._word()
        item = self._move_to_doubtful()
        self._assert_verdict(promise, "open", due=1000)
        payment = self._receive_on_account(
            1000, IN_TIME, destination_account_id=self.doubtful.id
        )
        (item + self._get_receivables(payment.move_id)).reconcile()
        self._assert_verdict_in_time(promise)

    def _assert_verdict_in_time(self, promise):
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_that_is_not_paid(self):
        promise = self._word()
        self._move_to_doubtful()
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0, due=1000)

    def test_case_stays_open(self):
        self._word()
        self._move_to_doubtful()
        self._judge_on(DUE)
        case = self._get_case_of()
        self.assertEqual((case.overdue_amount, case.situation), (1000, "promised"))

    def test_case_without_an_agreement(self):
        """A general journal's item, which core leaves out: still owed."""
        self._configure(collection_include_general_items=True)
        self._move_to_doubtful()
        self._judge_on(NIGHT)
        case = self._get_case_of()
        self.assertEqual((case.overdue_amount, case.situation), (1000, "to_call"))

    def test_transferred_back(self):
        plan = self._agree()
        item = self._move_to_doubtful()
        self._cancel(item.move_id)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertEqual(
            plan.claim_ids.move_line_id, self._get_receivables(self.invoice)
        )

    def _make_plan_of_two_invoices(self):
        claims = self._get_receivables(self.invoice | self._create_claim(900, 30))
        plan = self._agree(claim_ids=[{"move_line_id": claim.id} for claim in claims])
        return plan, claims

    def test_plan_of_two_invoices(self):
        """Odoo moves both by one item."""
        plan, claims = self._make_plan_of_two_invoices()
        item = self._move_to_doubtful(claims)
        self._assert_plan(plan, "active", paid=0, left=1900, arrears=0)
        self.assertEqual((plan.claim_ids.move_line_id, item.balance), (item, 1900))
        self._assert_consistent(plan)

    def test_plan_of_two_invoices_transferred_back(self):
        """The entry doesn't tell any more which claims it moved: somebody looks."""
        plan, claims = self._make_plan_of_two_invoices()
        self._cancel(self._move_to_doubtful(claims).move_id)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_promise_on_two_invoices_transferred_back(self):
        moves = self.invoice | self._create_claim(900, 30)
        promise = self._word(moves)
        item = self._move_to_doubtful(self._get_receivables(moves))
        self._assert_verdict(promise, "open", due=1900)
        self.assertEqual(promise.line_ids.move_line_id, item)
        self._cancel(item.move_id)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_transferred_back_after_a_part_was_paid(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        self._cancel(self._move_to_doubtful().move_id)
        self._assert_first_paid(plan)
        self._assert_consistent(plan)

    def test_written_off_is_not_transferred(self):
        """An expense is no receivable: nothing is owed any more."""
        plan = self._agree()
        entry = self._book((self.expense, 1000), (self.receivable, -1000, self.debtor))
        self._match(self.invoice, entry)
        self._assert_plan(plan, "dissolved", paid=0, left=0)

    def test_promise_written_off(self):
        promise = self._word()
        entry = self._book((self.expense, 1000), (self.receivable, -1000, self.debtor))
        self._match(self.invoice, entry)
        self._assert_verdict(promise, "void", paid=0)

    def test_owed_by_somebody_else_now(self):
        """A guarantor: the debtor of the plan owes nothing any more."""
        plan = self._agree()
        entry = self._book(
            (self.receivable, 1000, self.other), (self.receivable, -1000, self.debtor)
        )
        items = self._get_receivables(entry | self.invoice)
        items.filtered(lambda item: item.partner_id == self.debtor).reconcile()
        self._judge_on(NIGHT)
        self.assertNotEqual(plan.state, "completed")


@tagged("post_install", "-at_install")
class TestDissolved(CollectionCallsLedgerWorld):
    """A plan is completed by money alone."""

    def test_by_credit_alone(self):
        plan = self._agree()
        self._credit(self.invoice, 1000)
        self._assert_plan(plan, "dissolved", paid=0, left=0)
        self.assertEqual(self._get_last_event(plan).kind, "dissolved")
        self.assertFalse(self.invoice.no_followup)

    def test_money_and_then_credit(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        self._credit(self.invoice, 750)
        self._assert_plan(plan, "completed", paid=250, left=0)

    def test_credit_is_taken_back(self):
        plan = self._agree()
        note = self._credit(self.invoice, 1000)
        self._assert_plan(plan, "dissolved")
        self._unmatch(note)
        self._assert_plan(plan, "active", paid=0, left=1000)

    def test_is_over(self):
        plan = self._agree()
        self._credit(self.invoice, 1000)
        self._judge_on(NIGHT)
        self.assertEqual(plan.amount_open, 0)
        self.assertFalse(plan.date_next)
        self.assertEqual(plan.state, "dissolved")

    def test_accelerated_and_then_credited(self):
        plan = self._agree()
        self._judge_on(NIGHT)
        self._assert_failed(plan)
        with self._at(NIGHT):
            self._credit(self.invoice, 1000, NIGHT)
        self._assert_plan(plan, "dissolved", paid=0, left=0)
