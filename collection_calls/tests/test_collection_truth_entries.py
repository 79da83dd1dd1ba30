"""An entry is what it moves: money, a credit, a return, a debt from before."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY
from .ledger_world import DUE, IN_TIME, LATE, NIGHT, CollectionCallsLedgerWorld


@tagged("post_install", "-at_install")
class TestGeneralJournalMoney(CollectionCallsLedgerWorld):
    """A provider's settlement, the closing of a shop, an entry by hand: on the bank."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash = cls.bank.default_account_id
        cls.outstanding = cls.inbound_payment_method_line.payment_account_id

    def _book_money(self, amount, day=IN_TIME, account=None):
        return self._book(
            (account or self.cash, amount),
            (self.receivable, -amount, self.debtor),
            day=day,
        )

    def test_plan_matched(self):
        plan = self._agree()
        self._match(self.invoice, self._book_money(250, TODAY))
        self._assert_first_paid(plan)
        self.assertEqual(plan.amount_paid, 250)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_plan_unmatched(self):
        plan = self._agree()
        self._book_money(250)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_promise_matched(self):
        promise = self._word()
        self._match(self.invoice, self._book_money(1000, TODAY))
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_unmatched(self):
        promise = self._word()
        entry = self._book_money(1000)
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        with self._at(NIGHT):
            self._match(self.invoice, entry)
            self._assert_verdict(promise, "kept", paid=1000)

    def test_plan_paid_off(self):
        plan = self._agree()
        self._match(self.invoice, self._book_money(1000, TODAY))
        self._assert_plan(plan, "completed", paid=1000, left=0)

    def test_on_the_account_of_outstanding_receipts(self):
        plan = self._agree()
        self._match(self.invoice, self._book_money(250, TODAY, self.outstanding))
        self._assert_first_paid(plan)

    def test_unmatched_on_the_account_of_outstanding_receipts(self):
        promise = self._word()
        self._book_money(1000, account=self.outstanding)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_on_a_providers_account(self):
        account = self.outstanding.copy({"code": "101499", "name": "Cards"})
        line = self.bank.inbound_payment_method_line_ids[:1].copy()
        line.payment_account_id = account
        promise = self._word()
        self._match(self.invoice, self._book_money(1000, TODAY, account))
        self._assert_verdict(promise, "kept", paid=1000)

    def test_settlement_of_several_debtors_with_fees(self):
        """A provider keeps 15 of 1,500: nobody is late for that."""
        plan = self._agree()
        theirs = self._create_claim(1250, 30, partner=self.other)
        entry = self._book(
            (self.cash, 1485),
            (self.expense, 15),
            (self.receivable, -250, self.debtor),
            (self.receivable, -1250, self.other),
        )
        for move in self.invoice, theirs:
            items = self._get_receivables(entry | move)
            items.filtered(
                lambda item, move=move: item.partner_id == move.partner_id
            ).reconcile()
        self._assert_first_paid(plan)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_matched_on_time_dated_late(self):
        promise = self._word()
        self._match(self.invoice, self._book_money(1000, LATE))
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_entry_is_reversed(self):
        """Then the money isn't there any more."""
        promise = self._word()
        entry = self._book_money(1000, TODAY)
        self._match(self.invoice, entry)
        self._assert_verdict(promise, "kept")
        dialog = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=entry.ids)
            .create({"date": TODAY, "journal_id": entry.journal_id.id})
        )
        dialog.refund_moves()
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0)

    def test_contra_entry_is_a_credit(self):
        """What we owe them is set off: nothing came in."""
        plan = self._agree()
        payable = self.company_data["default_account_payable"]
        entry = self._book(
            (payable, 250, self.debtor), (self.receivable, -250, self.debtor)
        )
        self._match(self.invoice, entry)
        self._assert_plan(plan, "active", paid=0, left=750)
        self.assertEqual(plan.installment_ids[-1].amount_residual, 0)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_promise_contra_entry(self):
        promise = self._word()
        payable = self.company_data["default_account_payable"]
        entry = self._book(
            (payable, 1000, self.debtor), (self.receivable, -1000, self.debtor)
        )
        self._match(self.invoice, entry)
        self._assert_verdict(promise, "void", paid=0)

    def test_unmatched_contra_entry_is_no_money_under_way(self):
        promise = self._word()
        payable = self.company_data["default_account_payable"]
        self._book((payable, 1000, self.debtor), (self.receivable, -1000, self.debtor))
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_write_off_in_the_bank_journal_is_no_money(self):
        """The journal says nothing: this entry moves no liquidity."""
        promise = self._word()
        entry = self._book(
            (self.expense, 1000),
            (self.receivable, -1000, self.debtor),
            journal=self.bank,
        )
        self._match(self.invoice, entry)
        self._assert_verdict(promise, "void", paid=0)


@tagged("post_install", "-at_install")
class TestFeesInTheEntry(CollectionCallsLedgerWorld):
    """What we give up in the receipt's own entry settles the same installment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debt = cls._create_claim(1200, 30)

    def _receive_less(self, amount, fee, move=None, day=IN_TIME):
        line = self._import_statement_line(amount, day)
        self._settle_line(line, move or self.debt, (self.expense, fee))
        self.env.cr.flush()

    def test_plan(self):
        plan = self._agree(self.debt)
        self._receive_less(290, 10)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)
        self.assertEqual((plan.amount_residual, plan.amount_arrears), (900, 0))

    def test_promise(self):
        promise = self._word(self.debt)
        self._receive_less(1190, 10)
        self._judge_on(NIGHT)
        self.assertEqual(promise.state, "kept")

    def test_promise_of_a_part(self):
        promise = self._word(self.debt, amount=300)
        self._receive_less(290, 10)
        self._judge_on(NIGHT)
        self.assertEqual(promise.state, "kept")

    def test_cents(self):
        plan = self._agree(self.debt)
        self._receive_less(299.99, 0.01)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_every_month(self):
        plan = self._agree(self.debt)
        for month in (3, 4, 5):
            day = date(2026, month, 19)
            with self._at(day):
                self._receive_less(295, 5, day=day)
            self._judge_on(date(2026, month, 24))
        left = plan.installment_ids.mapped("amount_residual")
        self.assertEqual((plan.state, left), ("active", [0, 0, 0, 300]))

    def test_statement_bigger_than_the_claim(self):
        """The fee is the customer's: they sent more, and the bank kept some."""
        plan = self._agree(self.debt)
        self._receive_less(595, 5)
        self._judge_on(NIGHT)
        left = plan.installment_ids.mapped("amount_residual")
        self.assertEqual((plan.state, left), ("active", [0, 0, 300, 300]))

    def test_last_installment_with_a_discount(self):
        """Odoo's dialog books the difference in the payment's own entry."""
        plan = self._agree(self.debt)
        self._receive(
            self.debt,
            1180,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.expense.id,
        )
        self.env.cr.flush()
        self.assertEqual(plan.state, "completed")
        self.assertFalse(any(plan.installment_ids.mapped("amount_residual")))

    def test_difference_in_an_entry_of_its_own(self):
        """Written off later, it shortens the plan from its end as credits do."""
        plan = self._agree(self.debt)
        with self._at(IN_TIME):
            self._receive(self.debt, 290, IN_TIME)
            entry = self._book((self.expense, 10), (self.receivable, -10, self.debtor))
            self._match(self.debt, entry)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_promise_difference_in_an_entry_of_its_own(self):
        promise = self._word(self.debt)
        with self._at(IN_TIME):
            self._receive(self.debt, 1195, IN_TIME)
            entry = self._book(
                (self.expense, 5), (self.receivable, -5, self.debtor), day=IN_TIME
            )
            self._match(self.debt, entry)
            self._assert_verdict(promise, "kept", paid=1195, due=1195)


@tagged("post_install", "-at_install")
class TestReturnedMoney(CollectionCallsLedgerWorld):
    """A direct debit comes back; the accountant books the new debit and no more."""

    RETURNED = date(2026, 3, 23)

    def _book_return(self, amount, day=RETURNED, partner=None, matched=True):
        """A negative line on the debtor's account, as returns are imported."""
        with self._at(day):
            line = self._import_statement_line(
                -amount,
                day,
                partner_id=(partner or self.debtor).id,
                payment_ref="Return AC04",
            )
            if matched:
                _liquidity, suspense, _other = line._seek_for_lines()
                suspense.account_id = self.receivable
            self.env.cr.flush()
        return line

    def test_promise(self):
        promise = self._word()
        self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept")
        self._book_return(1000)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_plan(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        self._assert_first_paid(plan)
        self._book_return(250)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_promise_line_that_waits(self):
        promise = self._word()
        self._receive(self.invoice, 1000)
        self._book_return(1000, matched=False)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_plan_line_that_waits(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        self._book_return(250, matched=False)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_entry_by_hand(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        with self._at(self.RETURNED):
            self._book(
                (self.receivable, 250, self.debtor),
                (self.bank.default_account_id, -250),
                day=self.RETURNED,
            )
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_that_was_completed(self):
        plan = self._agree()
        self._receive(self.invoice, 1000)
        self._assert_plan(plan, "completed")
        self._book_return(1000)
        self._judge_on(NIGHT)
        to_dos = self._get_to_dos(plan, "check")
        self.assertEqual(len(to_dos), 1)

    def test_then_it_is_matched_with_the_payment(self):
        """Now everybody knows: the money went back."""
        plan = self._agree()
        payment = self._receive(self.invoice, 250)
        line = self._book_return(250)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            self._unmatch(payment.move_id)
            self._match(payment.move_id, line.move_id)
        self._judge_on(date(2026, 3, 25))
        self._assert_failed(plan)

    def test_then_the_promise_is_broken(self):
        promise = self._word()
        payment = self._receive(self.invoice, 1000)
        line = self._book_return(1000)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            self._unmatch(payment.move_id)
            self._match(payment.move_id, line.move_id)
        self._judge_on(date(2026, 3, 25))
        self._assert_verdict(promise, "broken", paid=0)

    def test_then_it_was_a_refund(self):
        """The debit is matched with a credit note: nothing of ours went back."""
        plan = self._agree()
        self._receive(self.invoice, 250)
        other = self._create_claim(250, 30)
        note = self._credit(other, 250, match=False)
        line = self._book_return(250)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            self._match(note, line.move_id)
        self._judge_on(date(2026, 3, 25))
        self._assert_first_paid(plan)
        self.assertFalse(plan.hold_note)

    def test_return_of_another_debtors_money(self):
        promise = self._word()
        self._receive(self.invoice, 1000)
        self._book_return(1000, partner=self.other)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_debit_of_another_amount(self):
        """The bank's fee for the return of something else."""
        plan = self._agree()
        self._receive(self.invoice, 250)
        self._book_return(7.5)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_debit_from_before_the_money(self):
        promise = self._word()
        self._book_return(1000, date(2026, 3, 11))
        with self._at(IN_TIME):
            self._receive(self.invoice, 1000, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)


@tagged("post_install", "-at_install")
class TestOpeningBalances(CollectionCallsLedgerWorld):
    """Core leaves items of general journals out of follow-up by itself."""

    OPENED = date(2026, 1, 1)

    def _open_books(self, amount, partner=None):
        """What a debtor owed when the books were opened; credits are negative."""
        entry = self._book(
            (self.receivable, amount, partner or self.other),
            (self.company_data["default_account_revenue"], -amount),
            day=self.OPENED,
        )
        item = self._get_receivables(entry)
        item.sudo().date_maturity = date(2026, 1, 31)
        self.assertTrue(item.no_followup, "by core's own default")
        self.env.cr.flush()
        return item

    def _include(self):
        self._configure(collection_include_general_items=True)

    def _agree_on(self, item, kind):
        vals = {
            "partner_id": item.partner_id.id,
            "company_id": self.company.id,
        }
        if kind == "promise":
            return self._promise(
                item.move_id,
                partner_id=item.partner_id.id,
                date_promised=date(2026, 3, 18),
                line_ids=[Command.create({"move_line_id": item.id})],
            )
        plans = self.env["collection.plan"].with_user(self.collector)
        plan = plans.create(
            {
                **vals,
                "claim_ids": [{"move_line_id": item.id}],
                "rule_id": self.any_incident.id,
                "date_start": DUE,
                "frequency": "monthly",
                "installment_count": 3,
            }
        )
        return self._activate(plan)

    def test_case_says_what_is_left_out(self):
        self._open_books(750)
        self._judge_on(NIGHT)
        case = self._get_case_of(self.other)
        self.assertTrue(case, "nothing owed is silently missing")
        self.assertEqual((case.overdue_amount, case.left_out_amount), (0, 750))

    def test_case_when_they_are_included(self):
        self._include()
        self._open_books(750)
        self._judge_on(NIGHT)
        case = self._get_case_of(self.other)
        self.assertEqual(case.overdue_amount, 750)
        self.assertEqual((case.situation, case.collectible_amount), ("to_call", 750))

    def test_credit_when_they_are_included(self):
        self._include()
        self._open_books(-400, self.debtor)
        self._judge_on(NIGHT)
        self.assertEqual(self._get_case_of().overdue_amount, 600)
        self.assertEqual(
            self.debtor.with_company(self.company).collection_overdue_amount, 600
        )

    def test_included_at_once(self):
        self._open_books(750)
        self._include()
        self.assertEqual(self._get_case_of(self.other).overdue_amount, 750)

    def test_one_by_one(self):
        item = self._open_books(750)
        item.with_user(self.accountant).no_followup = False
        self.assertEqual(self._get_case_of(self.other).overdue_amount, 750)

    def test_what_a_person_left_out_stays_out(self):
        """The switch is about core's default alone, not about decisions."""
        self._include()
        invoice = self._create_claim(300, 30, partner=self.other)
        invoice.with_user(self.accountant).no_followup = True
        self.assertFalse(self._get_case_of(self.other).overdue_amount)

    def test_promise_that_is_broken(self):
        item = self._open_books(750)
        promise = self._agree_on(item, "promise")
        self._judge_on(NIGHT)
        self._assert_failed(promise)
        case = self._get_case_of(self.other)
        self.assertEqual(case.situation, "to_call")
        self.assertEqual((case.overdue_amount, case.broken_promise_count), (750, 1))

    def test_plan_that_accelerates(self):
        item = self._open_books(750)
        plan = self._agree_on(item, "plan")
        self._judge_on(NIGHT)
        self._assert_failed(plan)
        case = self._get_case_of(self.other)
        self.assertEqual((case.situation, case.overdue_amount), ("to_call", 750))

    def test_promise_that_stands(self):
        item = self._open_books(750)
        self._agree_on(item, "promise")
        case = self._get_case_of(self.other)
        self.assertEqual(case.situation, "promised")
        self.assertEqual((case.overdue_amount, case.protected_amount), (750, 750))

    def test_plan_that_runs(self):
        item = self._open_books(750)
        self._agree_on(item, "plan")
        case = self._get_case_of(self.other)
        self.assertEqual(case.situation, "on_plan")
        self.assertEqual((case.overdue_amount, case.protected_amount), (750, 750))

    def test_promise_that_is_kept(self):
        item = self._open_books(750)
        promise = self._agree_on(item, "promise")
        payment = self._receive_on_account(750, IN_TIME, partner_id=self.other.id)
        self._match(item.move_id, payment.move_id)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=750)
        self.assertEqual(self._get_case_of(self.other).situation, "closed")

    def test_credit_covers_the_gap(self):
        """An opening credit is no receipt: it holds nothing back."""
        promise = self._word()
        self._open_books(-1000, self.debtor)
        self._judge_on(NIGHT)
        self._assert_failed(promise)
