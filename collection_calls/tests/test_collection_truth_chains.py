"""What took the place of what took a claim's place, and money that goes through several
hands: each case was written down from the accountant's page (``readme/LEDGER.md``)
before it was tried."""

from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from lxml import html

from odoo.tests import tagged

from .common import TODAY
from .ledger_world import (
    DUE,
    IN_TIME,
    NIGHT,
    CollectionCallsLedgerWorld,
    CollectionCallsWithoutEntry,
)
from .test_collection_truth_further import CollectionCallsFurtherCommon

NEXT_NIGHT = date(2026, 3, 25)


@tagged("post_install", "-at_install")
class TestMovedOn(CollectionCallsFurtherCommon):
    """A doubtful claim is moved on, and that is taken back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lost = cls.receivable.copy({"code": "121998", "name": "Lost Debts"})

    def _move_twice(self, day=TODAY):
        """:param date day: of the second entry"""
        doubtful = self._doubt()
        return doubtful, self._move_to_account(doubtful, self.lost, day)

    def _reverse(self, entry):
        """*Reverse* on the entry that moved the claim."""
        dialog = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=entry.ids)
            .create({"date": TODAY, "journal_id": entry.journal_id.id})
        )
        dialog.refund_moves()
        self.env.cr.flush()

    def _assert_follows(self, agreement, item):
        """What was agreed is about this item now, and about all of it."""
        self.env.cr.flush()
        rows = agreement.sudo()._get_claim_rows()
        self.assertEqual(rows.move_line_id, item)
        self.assertEqual(
            (sum(rows.mapped("amount")), item.amount_residual), (1000,) * 2
        )

    def test_plan(self):
        plan = self._agree()
        doubtful, lost = self._move_twice()
        self._assert_follows(plan, lost)
        self._cancel(lost.move_id)
        self._assert_follows(plan, doubtful)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_money_without_a_name_with_the_number_of_the_invoice(self):
        """The bank knows nobody; the line says which invoice it pays, long moved on."""
        self._assert_nameless_waits(TODAY)

    def test_money_without_a_name_for_what_is_moved_on_tomorrow(self):
        """The second entry is dated ahead."""
        self._assert_nameless_waits(TODAY + timedelta(1))

    def _assert_nameless_waits(self, day):
        promise = self._word()
        self._move_twice(day)
        self._import_nameless(payment_ref=f"Thanks, {self.invoice.name}")
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_moved_ahead_of_time(self):
        """Odoo matches what is moved with an entry that it posts on its day only.

        Until then somebody looks; after that it is followed.
        """
        for make in self._word, self._agree:
            with self.subTest(make.__name__), self.cr.savepoint() as undo:
                agreement = make()
                item = self._doubt(day=TODAY + timedelta(1))
                self.assertEqual(item.parent_state, "draft")
                self.assertIn(agreement.state, ("to_check", "active"))
                with self._at(TODAY + timedelta(1), "03:00"):
                    item.move_id.with_user(self.accountant)._post()
                    self.env.cr.flush()
                self.assertEqual(item.parent_state, "posted")
                self._assert_follows(agreement, item)
                self.assertIn(agreement.state, ("open", "active"))
                undo.rollback()
            self.env.invalidate_all()

    def test_promise(self):
        promise = self._word()
        doubtful, lost = self._move_twice()
        self._assert_follows(promise, lost)
        self._cancel(lost.move_id)
        self._assert_follows(promise, doubtful)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0, due=1000)

    def test_both_are_cancelled(self):
        promise = self._word()
        doubtful, lost = self._move_twice()
        self._cancel(lost.move_id)
        self._cancel(doubtful.move_id)
        self._assert_follows(promise, self._get_receivables(self.invoice))

    def test_plan_reversed(self):
        plan = self._agree()
        self._reverse(self._doubt().move_id)
        self._assert_follows(plan, self._get_receivables(self.invoice))
        replaced = self._get_events(plan).count("replaced")
        self._judge_on(DUE)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertEqual(self._get_events(plan).count("replaced"), replaced)

    def test_promise_reversed(self):
        promise = self._word()
        self._reverse(self._doubt().move_id)
        self._assert_follows(promise, self._get_receivables(self.invoice))
        self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_second_move_reversed(self):
        plan = self._agree()
        doubtful, lost = self._move_twice()
        self._reverse(lost.move_id)
        self._assert_follows(plan, doubtful)

    def test_invoiced_anew_and_then_doubtful(self):
        """Money for the number in between is known, too."""
        self._accept_cards()
        promise = self._word()
        new = self._invoice_anew(self.invoice, day=TODAY)
        self._transact("pending", day=TODAY, moves=new)
        self._doubt(new)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_fourth_number(self):
        promise = self._word()
        second = self._invoice_anew(self.invoice, day=TODAY)
        third = self._invoice_anew(second, day=TODAY)
        self._invoice_anew(third, day=TODAY)
        self._import_nameless(payment_ref=f"Invoice {second.name}")
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_debts_of_several_in_one_entry(self):
        """At the end of the year: a number is its debtor's alone."""
        promise = self._word()
        theirs = self._create_claim(1000, 30, partner=self.other)
        self._move_to_account(
            self._get_receivables(self.invoice | theirs), self.doubtful
        )
        self._import_nameless(payment_ref=theirs.name)
        self._judge_on(NIGHT)
        self._assert_failed(promise)


@tagged("post_install", "-at_install")
class TestWithoutEntryAndInvoice(CollectionCallsWithoutEntry):
    """What a payment without an entry was for has another number or account now."""

    def setUp(self):
        super().setUp()
        self.doubtful = self.receivable.copy({"code": "121997", "name": "Doubtful"})

    def _settle(self, move, amount=1000):
        line = self._import_statement_line(amount, IN_TIME)
        self._settle_line(line, move)
        self.env.cr.flush()

    def test_promise_invoiced_anew(self):
        promise = self._word()
        self._pay_without_entry()
        new = self._invoice_anew(self.invoice)
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        with self._at(NIGHT):
            self._settle(new)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_plan_invoiced_anew(self):
        plan = self._agree()
        payment = self._pay_without_entry(250)
        new = self._invoice_anew(self.invoice)
        self.assertEqual((payment.state, self.invoice.amount_residual), ("paid", 0))
        self._judge_on(NIGHT)
        self._assert_waits(plan)
        with self._at(NIGHT):
            self._settle(new, 250)
        self._judge_on(NEXT_NIGHT)
        self._assert_first_paid(plan)
        self._judge_on(date(2026, 4, 24))
        self._assert_failed(plan)

    def test_second_payment_is_for_the_new_invoice(self):
        """The bank has shown the first: the second is still on its way."""
        plan = self._agree()
        self._pay_without_entry(250)
        new = self._invoice_anew(self.invoice)
        self._settle(new, 250)
        with self._at(date(2026, 4, 20)):
            self._pay_without_entry(250, date(2026, 4, 20), move=new)
        self._judge_on(date(2026, 4, 24))
        self._assert_waits(plan)

    def test_plan_doubtful(self):
        plan = self._agree()
        self._pay_without_entry(250)
        self._move_to_account(self._get_receivables(self.invoice), self.doubtful)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_case_invoiced_anew(self):
        self._pay_without_entry()
        self._invoice_anew(self.invoice)
        self.assertEqual(self._get_case_of().pending_amount, 1000)

    def test_nothing_is_under_way_for_what_was_reversed(self):
        self._pay_without_entry()
        self._credit(self.invoice, 1000)
        self.assertFalse(self._get_case_of().pending_amount)

    def test_set_back_to_draft(self):
        """A draft is no payment in process."""
        plan = self._agree()
        payment = self._pay_without_entry(250)
        payment.action_draft()
        self._judge_on(NIGHT)
        self._assert_failed(plan)


@tagged("post_install", "-at_install")
class TestPayouts(CollectionCallsLedgerWorld):
    """Who collects for us pays out less than the debtors have paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash = cls.bank.default_account_id
        cls.reserve = cls.company_data["default_account_tax_purchase"].copy(
            {"code": "141099", "name": "Reserves", "account_type": "asset_current"}
        )

    def _pay_out(self, *lines):
        entry = self._book(*lines, (self.receivable, -250, self.debtor), day=TODAY)
        self._match_own(entry)

    def _match_own(self, entry):
        items = self._get_receivables(entry | self.invoice)
        items.filtered(
            lambda item: (
                item.partner_id == self.debtor
                and item.account_id == self.receivable
                and item.move_id in (entry, self.invoice)
            )
        ).reconcile()
        self.env.cr.flush()

    def test_refund_to_another_customer(self):
        plan = self._agree()
        self._pay_out((self.cash, 225), (self.receivable, 25, self.other))
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_reserve(self):
        plan = self._agree()
        self._pay_out((self.cash, 215), (self.expense, 10), (self.reserve, 25))
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_promise_with_a_reserve(self):
        promise = self._word(amount=250)
        self._pay_out((self.cash, 225), (self.reserve, 25))
        self._assert_verdict(promise, "kept")

    def test_nobody_named_on_the_receivable(self):
        """An entry by hand without a partner: matched, it is money all the same."""
        plan = self._agree()
        entry = self._book((self.cash, 245), (self.expense, 5), (self.receivable, -250))
        self._get_receivables(entry | self.invoice).reconcile()
        self._assert_first_paid(plan)

    def test_set_off_beside_the_money_is_a_credit(self):
        """What we owe them and set off shortens the plan from its end, as ever."""
        payable = self.company_data["default_account_payable"]
        plan = self._agree()
        self._pay_out((self.cash, 150), (payable, 100, self.debtor))
        self._assert_plan(plan, "active", paid=150, left=750)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_rest_is_doubtful_now(self):
        """A part came in, the rest was moved in the same entry: that is owed still."""
        doubtful = self.receivable.copy({"code": "121996", "name": "Doubtful"})
        plan = self._agree()
        entry = self._book(
            (self.cash, 250),
            (doubtful, 750, self.debtor),
            (self.receivable, -1000, self.debtor),
        )
        self._match_own(entry)
        self.assertEqual(self.invoice.amount_residual, 0)
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.amount_paid, 250)


@tagged("post_install", "-at_install")
class TestTakenBack(CollectionCallsLedgerWorld):
    """What the accountant takes back is as if it had never been."""

    def test_reconciliation_is_undone_after_the_deadline(self):
        promise = self._word()
        line = self._import_statement_line(1000, IN_TIME)
        self._match_statement_line(line, self.invoice)
        self._assert_verdict(promise, "kept", paid=1000)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            line.action_undo_reconciliation()
            self.env.cr.flush()
        self._judge_on(NEXT_NIGHT)
        self._assert_waits(promise)
        with self._at(NEXT_NIGHT):
            self._match_statement_line(line, self.invoice)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_invoice_was_raised_by_mistake(self):
        plan = self._agree()
        self._correct_invoice(self.invoice, 1200)
        self._judge_on(DUE)
        self._assert_waits(plan)
        with self._at(DUE):
            self._correct_invoice(self.invoice, 1000)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertFalse(plan.hold_note)
        self.assertFalse(self._get_to_dos(plan, "check"))

    def test_overpaid_and_refunded(self):
        """The refund is matched with what was too much: nothing went back of ours."""
        plan = self._agree()
        payment = self._receive_on_account(1100, TODAY)
        self._match(self.invoice, payment.move_id)
        self._assert_plan(plan, "completed", paid=1000)
        line = self._import_statement_line(-100, IN_TIME)
        self._judge_on(DUE)
        with self._at(DUE):
            _liquidity, suspense, _other = line._seek_for_lines()
            suspense.account_id = self.receivable
            self._match(payment.move_id, line.move_id)
        self._judge_on(NIGHT)
        self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertFalse(self._get_to_dos(plan, "check"))

    def test_number_in_the_notes_of_a_line(self):
        promise = self._word()
        self._import_nameless(narration=f"<p>RE {self.invoice.name}, thank you</p>")
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_somebody_else_pays(self):
        """A sister company pays: money is money once it is matched."""
        promise = self._word()
        payment = self._receive_on_account(1000, TODAY, partner_id=self.other.id)
        items = self._get_receivables(self.invoice | payment.move_id)
        items.reconcile()
        self._assert_verdict(promise, "kept", paid=1000)


@tagged("post_install", "-at_install")
class TestPlansOfEarlierVersions(CollectionCallsFurtherCommon):
    """An earlier version noted all of a new item for the first claim that it took over,
    and added what was agreed on the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(__file__).parents[1] / "migrations/19.0.1.4.0"
        spec = spec_from_file_location(
            "moved", folder / "post-claims_moved_together.py"
        )
        cls.migration = module_from_spec(spec)
        spec.loader.exec_module(cls.migration)
        cls.moves = cls.invoice | cls._create_claim(900, 30)

    def _migrate(self):
        self.env.cr.flush()
        self.env.invalidate_all()
        self.migration.migrate(self.env.cr, "19.0.1.3.0")
        self.env.cr.flush()
        self.env.invalidate_all()

    def _note_too_much(self, plan, claim, amount):
        claim.sudo()._write_facts({"amount": amount})
        plan.sudo()._refresh_now()
        self.env.cr.flush()

    def test_counted_twice(self):
        plan = self._agree(self.moves)
        item = self._move_to_account(self._get_receivables(self.moves), self.doubtful)
        self._note_too_much(plan, plan.claim_ids, 2800)
        self.assertEqual(plan.amount_credited, 900)
        traces = self._count_traces(plan)
        self._migrate()
        self.assertEqual((plan.claim_ids.move_line_id, plan.amount_total), (item, 1900))
        self._assert_plan(plan, "active", paid=0, left=1900)
        self.assertEqual(plan.amount_credited, 0)
        self.assertEqual(self._count_traces(plan), traces)
        self._migrate()
        self.assertEqual(plan.amount_total, 1900)

    def test_beside_another_claim(self):
        plan = self._agree(self.moves)
        item = self._doubt()
        claim = plan.claim_ids.filtered(lambda claim: claim.move_line_id == item)
        self._note_too_much(plan, claim, 1500)
        self._migrate()
        self.assertEqual((claim.amount, plan.amount_total), (1000, 1900))

    def test_one_of_two(self):
        """Which of them it is, the ledger doesn't tell any more."""
        plan = self._agree(self.moves)
        items = self._doubt() | self._doubt(self.moves - self.invoice)
        self.assertEqual(plan.claim_ids.move_line_id, items)
        self._note_too_much(plan, plan.claim_ids[0], plan.claim_ids[0].amount + 100)
        with self.assertLogs(self.migration._logger, "WARNING") as logs:
            self._migrate()
        self.assertIn(plan.name, " ".join(logs.output))
        self.assertEqual(plan.amount_total, 2000)

    def test_right_plans_stay(self):
        plan = self._agree(self.moves)
        self._receive(self.invoice, 300)
        self._doubt(self.moves - self.invoice)
        promise = self._word(self._create_claim(500, 30))
        before = self._count_traces(plan), plan.read(["amount_total", "amount_paid"])
        self._migrate()
        after = self._count_traces(plan), plan.read(["amount_total", "amount_paid"])
        self.assertEqual(after, before)
        self._assert_verdict(promise, "open", due=500)


@tagged("post_install", "-at_install")
class TestWhatCounted(CollectionCallsFurtherCommon):
    """The tab and the events tell the same."""

    def _get_rows(self, agreement):
        self.env.cr.flush()
        rows = agreement.sudo()._get_evidence()[agreement.sudo()]
        return [(row.kind, row.amount, row.counts) for row in rows]

    def test_claim_that_took_anothers_place(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        item = self._doubt()
        rows = self._get_rows(plan)
        self.assertIn(("receipt", 250, True), rows)
        self.assertIn(("successor", 750, False), rows)
        self.assertNotIn("credit", [kind for kind, *_more in rows])
        text = plan.sudo()._write_evidence()[plan]
        self.assertIn(item.move_id.name, text)
        self.assertIn(f"once as {self.invoice.name}", text)

    def test_receipt_that_was_partly_known(self):
        """What was matched before the plan began counts for nothing in it."""
        payment = self._receive_on_account(300)
        self._match(self.invoice, payment.move_id)
        plan = self._agree()
        self._receive(self.invoice, 175)
        self.assertEqual(
            self._get_rows(plan), [("receipt", 300, False), ("receipt", 175, True)]
        )

    def test_same_text_for_all_together(self):
        """In the language of whoever made each agreement."""
        moves = [self._create_claim(100, 30) for _number in range(3)]
        promises = self.env["collection.promise"].union(
            *(self._word(move) for move in moves)
        )
        for number, move in enumerate(moves):
            self._receive(move, 10 + number)
        self._judge_on(NIGHT)
        self.assertEqual(set(promises.mapped("state")), {"partial"})
        for promise in promises.sudo():
            promise = promise.with_context(lang=promise.user_id.lang)
            text = promise._write_evidence()[promise]
            self.assertTrue(text)
            bodies = [" ".join(m.preview.split()) for m in promise.message_ids]
            self.assertIn(" ".join(text.split()), bodies)

    def test_verdicts_say_that_nothing_came(self):
        """A verdict without evidence is none: that nothing came in is said, too."""
        self.collector.sudo().lang = "en_US"
        promise = self._word()
        plan = self._agree(self._create_claim(1000, 30))
        self._judge_on(NIGHT)
        self._assert_failed(promise)
        self._assert_failed(plan)
        told = " ".join(message.preview for message in promise.sudo().message_ids)
        self.assertIn("Nothing was received by 03/20/2026", told)
        event = self._get_last_event(plan)
        self.assertEqual(event.kind, "accelerated")
        self.assertIn("Nothing was received by 03/24/2026", event.evidence)

    def test_plan_that_is_accelerated_by_hand_says_it_too(self):
        plan = self._agree()
        plan.with_user(self.manager).sudo()._accelerate("They said they won't pay.")
        self.assertTrue(self._get_last_event(plan).evidence)

    def test_phones_tell_what_counts(self):
        """The columns that a phone has no room for are told in the others."""
        promise = self._word()
        self._receive(self.invoice, 100, IN_TIME)
        self.env.cr.flush()
        document = html.fromstring(promise.with_user(self.collector).evidence)
        [cell] = document.xpath("//tbody//div[contains(@class, 'd-md-none')]")
        self.assertTrue(" ".join(cell.text_content().split()).startswith("Yes: "))

    def test_links_to_what_the_reader_may_see(self):
        """Collectors may read payments, and no online transactions."""
        self._accept_cards()
        promise = self._word()
        self._receive(self.invoice, 100, IN_TIME)
        transaction = self._transact("pending", 900)
        evidence = promise.with_user(self.collector).evidence
        self.assertIn("/mail/view?model=account.move&amp;res_id=", evidence)
        self.assertIn(transaction.reference, evidence)
        self.assertNotIn("model=payment.transaction", evidence)
