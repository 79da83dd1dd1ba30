"""Situations that nobody had thought of: each was written down from the accountant's
page (``readme/LEDGER.md``) before it was tried."""

from datetime import date, datetime

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY
from .ledger_world import DUE, IN_TIME, NIGHT, CollectionCallsLedgerWorld
from .test_collection_truth_claims import CollectionCallsTermsCommon

NEXT_NIGHT = date(2026, 3, 25)


class CollectionCallsFurtherCommon(CollectionCallsTermsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.doubtful = cls.receivable.copy({"code": "121999", "name": "Doubtful Debts"})

    def _doubt(self, move=None, day=TODAY):
        items = self._get_receivables(move or self.invoice)
        return self._move_to_account(items, self.doubtful, day)

    def _lump_together(self, *moves):
        """An entry by hand: what these invoices come to is one doubtful debt now."""
        amounts = [move.amount_residual for move in moves]
        entry = self._book(
            (self.doubtful, sum(amounts), self.debtor),
            *((self.receivable, -amount, self.debtor) for amount in amounts),
        )
        for move in moves:
            items = self._get_receivables(move | entry)
            items.filtered(
                lambda item, move=move: (
                    not item.reconciled
                    and abs(item.balance) == move.amount_total
                    and item.account_id == self.receivable
                )
            ).reconcile()
        self.env.cr.flush()
        return entry


@tagged("post_install", "-at_install")
class TestMoneyForFormerClaims(CollectionCallsFurtherCommon):
    """Money is meant for a claim by the name that it had when the debtor paid."""

    def test_old_number_on_a_nameless_line(self):
        promise = self._word()
        plan = self._agree(self._create_claim(1000, 30))
        old = self.invoice.name
        self._invoice_anew(self.invoice, day=TODAY)
        self._import_nameless(2000, payment_ref=f"Invoice {old}")
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        self._assert_waits(plan)

    def test_number_of_a_doubtful_invoice(self):
        promise = self._word()
        self._doubt()
        self._import_nameless(payment_ref=self.invoice.name)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_online_for_an_invoice_that_is_doubtful_now(self):
        self._accept_cards()
        promise = self._word()
        self._transact("pending", day=TODAY)
        self._doubt()
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_plan_online_for_a_reversed_invoice(self):
        self._accept_cards()
        plan = self._agree()
        self._transact("authorized", 250, day=TODAY)
        self._invoice_anew(self.invoice, day=IN_TIME)
        self._judge_on(NIGHT)
        self._assert_waits(plan)


@tagged("post_install", "-at_install")
class TestUncertainSuccessors(CollectionCallsFurtherCommon):
    """Where it isn't certain what took a claim's place, somebody looks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debt = cls._create_claim(900, 30)

    def test_promise_invoiced_anew_with_another_amount(self):
        promise = self._word()
        self._invoice_anew(self.invoice, price=800, day=IN_TIME)
        self._judge_on(DUE)
        self._assert_waits(promise)

    def test_promises_lumped_together(self):
        promise = self._word(self.invoice | self.debt)
        self._lump_together(self.invoice, self.debt)
        self._judge_on(DUE)
        self._assert_waits(promise)

    def test_plan_with_more_in_other_parts(self):
        """1,200 in halves: neither part is more than 900."""
        plan = self._agree(self.debt, count=3)
        self._correct_invoice(self.debt, 1200, invoice_payment_term_id=self.halves.id)
        self._receive_on_account(300, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_waits(plan)
        self._judge_on(date(2026, 4, 30))
        self._assert_waits(plan)

    def test_plan_with_less_in_other_parts(self):
        """600 in halves: all of it is agreed on, 300 are credited."""
        plan = self._agree(self.debt, count=3)
        self._correct_invoice(self.debt, 600, invoice_payment_term_id=self.halves.id)
        self._receive(self.debt, 300, IN_TIME)
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "active")
        self.assertTrue(
            plan.hold_note
            or plan.amount_residual == 300
            and plan.claim_ids.move_line_id == self._get_receivables(self.debt)
        )

    def test_promise_with_less_in_other_parts(self):
        promise = self._word(self.debt)
        self._correct_invoice(self.debt, 600, invoice_payment_term_id=self.halves.id)
        self._receive(self.debt, 600, IN_TIME, group_payment=True)
        self._assert_verdict(promise, "kept", paid=600, due=600)


@tagged("post_install", "-at_install")
class TestFurtherMoney(CollectionCallsTermsCommon):
    """Entries of other kinds, dates and places."""

    def test_entry_that_is_dated_anew(self):
        """A settlement of the general journal was booked on the wrong day."""
        promise = self._word()
        self.books_ahead = True
        entry = self._book(
            (self.bank.default_account_id, 1000),
            (self.receivable, -1000, self.debtor),
            day=date(2026, 3, 23),
        )
        self._match(self.invoice, entry)
        self._judge_on(NIGHT)
        self._assert_failed(promise)
        with self._at(NIGHT):
            entry.with_user(self.accountant).button_draft()
            entry.date = IN_TIME
            entry.action_post()
            self._assert_verdict(promise, "kept", paid=1000)

    def test_all_of_it_for_the_second_part(self):
        """Whoever pays the whole invoice has paid its second part."""
        parts = self._create_claim(
            1000, 30, invoice_payment_term_id=self.halves.id, invoice_date_due=False
        )
        late = parts._get_collection_claims()[-1]
        promise = self._word(
            parts, line_ids=[Command.create({"move_line_id": late.id})]
        )
        self._receive(parts, 1000, IN_TIME, group_payment=True)
        self._assert_verdict(promise, "kept", paid=500, due=500)

    def test_return_that_was_imported_by_mistake(self):
        plan = self._agree()
        self._receive(self.invoice, 1000, TODAY)
        self._assert_plan(plan, "completed")
        line = self._import_statement_line(-1000, IN_TIME)
        self._judge_on(DUE)
        self.assertEqual(len(self._get_to_dos(plan, "check")), 1)
        with self._at(DUE):
            line.unlink()
        self._judge_on(NIGHT)
        self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertFalse(self._get_to_dos(plan, "check"))
        self.assertFalse(plan.hold_note)

    def test_grace_that_ends_on_a_holiday(self):
        """Three days from Good Friday on: Easter Monday, so that Tuesday is in time."""
        calendar = self.company.sudo().resource_calendar_id
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Easter Monday",
                "company_id": self.company.id,
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 4, 5, 22),
                "date_to": datetime(2026, 4, 6, 21, 59),
            }
        )
        plan = self._agree(date_start=date(2026, 4, 3))
        self._judge_on(date(2026, 4, 7))
        self._assert_plan(plan, "active")
        self._judge_on(date(2026, 4, 8))
        self._assert_failed(plan)

    def test_rest_that_was_given_up_with_the_money(self):
        """Half was promised, 10 short it came, and we let go of all that was left."""
        promise = self._word(amount=500)
        payment = self._receive(
            self.invoice,
            490,
            IN_TIME,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.expense.id,
        )
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(payment.amount, 490)
        self._assert_verdict(promise, "kept", paid=490, due=490)

    def test_second_money_after_the_deadline(self):
        """Half in time, half a day late: partly kept, and not broken."""
        promise = self._word()
        self._receive(self.invoice, 500, IN_TIME)
        self._receive(self.invoice, 500, date(2026, 3, 23))
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "partial", paid=500)

    def test_shutdown_over_the_deadline(self):
        """The nights come back two weeks later, the money had come in time."""
        promise = self._word()
        plan = self._agree(self._create_claim(1000, 5))
        self._import_statement_line(1250, IN_TIME)
        self._judge_on(date(2026, 4, 7))
        self._assert_waits(promise)
        self._assert_waits(plan)


@tagged("post_install", "-at_install")
class TestFurtherDebtors(CollectionCallsLedgerWorld):
    """Groups, shops and branches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls._create_debtor("Shops Inc.")
        cls.shop = cls._create_debtor("Shop 7", parent_id=cls.group.id)
        cls.theirs = cls._create_claim(1000, 30, partner=cls.shop)

    def _absorb(self):
        self.shop.is_company = False
        self.env.cr.flush()

    def test_name_of_the_group_on_a_line(self):
        promise = self._word(self.theirs)
        self._absorb()
        self._import_nameless(partner_name="SHOPS  Inc.")
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_groups_settlement_in_the_general_journal(self):
        plan = self._agree(self.theirs)
        self._absorb()
        self._book(
            (self.bank.default_account_id, 245),
            (self.expense, 5),
            (self.receivable, -250, self.group),
            day=IN_TIME,
        )
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_returned_money_of_a_shop_that_was_absorbed(self):
        promise = self._word(self.theirs)
        self._receive(self.theirs, 1000, TODAY)
        self._assert_verdict(promise, "kept")
        self._absorb()
        self._import_statement_line(-1000, IN_TIME, partner_id=self.group.id)
        self._judge_on(DUE)
        self._assert_waits(promise)

    def test_own_name_of_who_became_part_of_another(self):
        """Whoever joins a company pays from the account of before."""
        promise = self._word(self.theirs)
        self._absorb()
        self._import_nameless(partner_name="Shop 7")
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_who_has_paid_may_become_part_of_another(self):
        """What was promised and agreed on long ago is no obstacle."""
        promise = self._word(self.theirs)
        invoice = self._create_claim(500, 30, partner=self.shop)
        plan = self._plan(invoice)
        plan.action_offer()
        self._receive(self.theirs, 600, TODAY)
        self._receive(invoice, 500, TODAY)
        self._absorb()
        self.assertEqual((promise.partner_id, plan.partner_id), (self.group,) * 2)

    def test_branch_waits_for_the_books_of_its_parent(self):
        branch = self.env["res.company"].create(
            {"name": "North Branch", "parent_id": self.company.id}
        )
        self.env.cr.precommit.run()
        self.env.user.company_ids |= branch
        branch.partner_id.tz = "Europe/Berlin"
        self._configure(collection_fresh_books=True)
        self._configure(branch, collection_fresh_books=True)
        self.collector = self._create_user("group_collection_user", branch)
        claim = self._create_claim(
            1000,
            30,
            company_id=branch.id,
            journal_id=self.company_data["default_journal_sale"].id,
        )
        promise = self._word(claim)
        self._import_statement_line(5, TODAY, partner_id=self.other.id)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "open")
        with self._at(NIGHT):
            self._import_statement_line(5, NIGHT, partner_id=self.other.id)
        self._judge_on(NEXT_NIGHT)
        self._assert_failed(promise)
