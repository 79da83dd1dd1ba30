"""Money that the bank, a provider or an app of the bank knows of before the ledger."""

from datetime import date, timedelta

from odoo.tests import tagged

from .ledger_world import (
    DUE,
    IN_TIME,
    LATE,
    NIGHT,
    NOT_BROKEN,
    CollectionCallsLedgerWorld,
    CollectionCallsWithoutEntry,
)

ACCOUNT = "DE89370400440532013000"


@tagged("post_install", "-at_install")
class TestNamelessLines(CollectionCallsLedgerWorld):
    """Statement lines without partner, all in time and of the full sum."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner.bank"].create(
            {"acc_number": ACCOUNT, "partner_id": cls.debtor.id}
        )

    def _assert_promise_waits(self, get_vals):
        """:param get_vals: a function from the promise to values of the line"""
        promise = self._word()
        self._import_nameless(**get_vals(promise))
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def _assert_plan_waits(self, get_vals, amount=250):
        plan = self._agree()
        self._import_nameless(amount, **get_vals(plan))
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def _assert_promise_is_broken(self, **vals):
        promise = self._word()
        self._import_nameless(**vals)
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def _assert_plan_accelerates(self, **vals):
        plan = self._agree()
        self._import_nameless(**vals)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_promise_invoice_number(self):
        self._assert_promise_waits(
            lambda _promise: {"payment_ref": f"Transfer {self.invoice.name} thanks"}
        )

    def test_plan_invoice_number(self):
        self._assert_plan_waits(
            lambda _plan: {"payment_ref": f"Transfer {self.invoice.name} thanks"}
        )

    def test_promise_invoice_number_as_people_write_it(self):
        number = self.invoice.name.replace("/", " ").lower()
        self._assert_promise_waits(lambda _promise: {"payment_ref": f"zu {number}"})

    def test_promise_payment_reference(self):
        self.invoice.payment_reference = "RF18 5390 0754 7034"
        self._assert_promise_waits(
            lambda _promise: {"payment_ref": "SVWZ+RF18539007547034"}
        )

    def test_plan_payment_reference(self):
        self.invoice.payment_reference = "RF18 5390 0754 7034"
        self._assert_plan_waits(lambda _plan: {"ref": "RF18539007547034"})

    def test_promise_number(self):
        self._assert_promise_waits(lambda promise: {"payment_ref": promise.name})

    def test_promise_number_in_another_field(self):
        self._assert_promise_waits(lambda promise: {"ref": promise.name})

    def test_promise_number_in_the_notes(self):
        self._assert_promise_waits(lambda promise: {"narration": promise.name})

    def test_plan_number(self):
        self._assert_plan_waits(lambda plan: {"payment_ref": plan.name})

    def test_plan_number_in_another_field(self):
        self._assert_plan_waits(lambda plan: {"ref": plan.name})

    def test_plan_number_in_the_notes(self):
        self._assert_plan_waits(lambda plan: {"narration": plan.name})

    def test_plan_number_in_the_details_of_the_bank(self):
        self._assert_plan_waits(
            lambda plan: {"transaction_details": {"remittance": {"text": plan.name}}}
        )

    def test_promise_debtors_bank_account(self):
        self._assert_promise_waits(
            lambda _promise: {"account_number": "DE89 3704 0044 0532 0130 00"}
        )

    def test_plan_debtors_bank_account(self):
        self._assert_plan_waits(lambda _plan: {"account_number": ACCOUNT})

    def test_promise_bank_account_of_a_contact(self):
        account = "DE02120300000000202051"
        self.env["res.partner.bank"].create(
            {"acc_number": account, "partner_id": self.contact.id}
        )
        self._assert_promise_waits(lambda _promise: {"account_number": account})

    def test_promise_debtors_name(self):
        self._assert_promise_waits(lambda _promise: {"partner_name": self.debtor.name})

    def test_plan_debtors_name(self):
        self._assert_plan_waits(
            lambda _plan: {"partner_name": f" {self.debtor.name.upper()} "}
        )

    def test_case_shows_it_on_its_way(self):
        for vals in (
            {"payment_ref": self.invoice.name},
            {"account_number": ACCOUNT},
            {"partner_name": self.debtor.name},
        ):
            self._import_nameless(100, **vals)
        self.assertEqual(self._get_case_of().pending_amount, 300)

    def test_then_it_is_matched(self):
        promise = self._word()
        line = self._import_nameless(account_number=ACCOUNT)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            self._settle_line(line, self.invoice)
            self._assert_verdict(promise, "kept", paid=1000)
        self._judge_on(LATE)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_then_it_is_somebody_elses(self):
        promise = self._word()
        line = self._import_nameless(partner_name=self.debtor.name)
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        with self._at(NIGHT):
            line.partner_id = self.other
        self._judge_on(date(2026, 3, 25))
        self._assert_failed(promise)

    def test_another_number_that_begins_alike(self):
        self._assert_promise_is_broken(payment_ref=f"{self.invoice.name}1")

    def test_another_number_that_ends_alike(self):
        self._assert_plan_accelerates(payment_ref=f"X{self.invoice.name}")

    def test_another_name_that_begins_alike(self):
        self._assert_promise_is_broken(partner_name=f"{self.debtor.name} & Söhne")

    def test_another_bank_account(self):
        self._assert_plan_accelerates(account_number="DE02500105170137075030")

    def test_bank_account_of_ours(self):
        """A transfer between two accounts of the company."""
        self.env["res.partner.bank"].create(
            {"acc_number": "DE12", "partner_id": self.company.partner_id.id}
        )
        self._assert_plan_accelerates(account_number="DE12")

    def test_too_little(self):
        plan = self._agree()
        self._import_nameless(200, account_number=ACCOUNT)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_too_late(self):
        promise = self._word()
        self._import_nameless(1000, NIGHT, account_number=ACCOUNT)
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_one_line_that_says_it_three_times(self):
        plan = self._agree()
        self._import_nameless(
            200,
            payment_ref=f"{plan.name} {self.invoice.name}",
            ref=plan.name,
            account_number=ACCOUNT,
            partner_name=self.debtor.name,
        )
        self._judge_on(NIGHT)
        self._assert_failed(plan)


@tagged("post_install", "-at_install")
class TestOnlineMoney(CollectionCallsLedgerWorld):
    """Somebody paid on a web page; the provider has not handed it over yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept_cards()

    def test_promise_pending(self):
        promise = self._word()
        self._transact("pending")
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_promise_authorized(self):
        promise = self._word()
        self._transact("authorized")
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_promise_done_without_a_payment(self):
        promise = self._word()
        transaction = self._transact("done")
        self.assertFalse(transaction.payment_id)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_plan_pending(self):
        plan = self._agree()
        self._transact("pending")
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_authorized(self):
        plan = self._agree()
        self._transact("authorized", 250)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_done_without_a_payment(self):
        plan = self._agree()
        self._transact("done", 250)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_without_an_invoice(self):
        """What is paid for the whole plan names the debtor alone."""
        plan = self._agree()
        self._transact("pending", 250, moves=self.invoice.browse())
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_paid_by_a_contact(self):
        promise = self._word()
        self._transact("pending", partner_id=self.contact.id)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_case_shows_it_on_its_way(self):
        self._transact("pending", 400)
        self.assertEqual(self._get_case_of().pending_amount, 400)

    def test_then_it_fails(self):
        promise = self._word()
        transaction = self._transact("pending")
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        with self._at(NIGHT):
            transaction._set_error("No cover")
        self._judge_on(date(2026, 3, 25))
        self._assert_failed(promise)

    def test_then_the_payment_is_there(self):
        """It is counted once: as the payment that it has become."""
        plan = self._agree()
        transaction = self._transact("done", 250)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            payment = self._receive(self.invoice, 250, DUE)
            transaction.payment_id = payment
        self._judge_on(date(2026, 3, 25))
        self._assert_first_paid(plan)
        self._judge_on(date(2026, 4, 24))
        self._assert_failed(plan)

    def test_what_came_to_nothing(self):
        promise = self._word()
        for state in ("draft", "cancel", "error"):
            self._transact(state)
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_plan_what_came_to_nothing(self):
        plan = self._agree()
        for state in ("draft", "cancel", "error"):
            self._transact(state)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_too_little(self):
        promise = self._word()
        self._transact("pending", 999)
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_for_another_invoice(self):
        other = self._create_claim(1000, 5)
        promise = self._word()
        self._transact("pending", moves=other)
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_after_the_deadline(self):
        promise = self._word()
        self._transact("pending", day=date(2026, 3, 23))
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_card_that_was_only_checked(self):
        promise = self._word()
        self._transact("done", operation="validation")
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def _pretend_wire_transfer(self):
        """As payment_custom names the provider that shows our bank account."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            [self.provider.id],
        )
        self.env.invalidate_all()

    def test_promise_wish_to_pay_by_wire(self):
        promise = self._word()
        self._transact("pending")
        self._pretend_wire_transfer()
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_plan_wish_to_pay_by_wire(self):
        plan = self._agree()
        self._transact("pending")
        self._pretend_wire_transfer()
        self._judge_on(NIGHT)
        self._assert_failed(plan)


@tagged("post_install", "-at_install")
class TestPaymentsWithoutEntry(CollectionCallsWithoutEntry):
    """As accounting apps and OCA's account_in_payment do: the statement settles.

    A payment has no entry then; it is ``in_process``, and after *Validate* ``paid``.
    The invoice is ``in_payment`` meanwhile, and all of it is open.
    """

    def test_promise_in_process(self):
        promise = self._word()
        self._pay_without_entry(validate=False)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_promise_validated(self):
        promise = self._word()
        payment = self._pay_without_entry(validate=False)
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        with self._at(NIGHT):
            payment.action_validate()
        self.assertEqual(self.invoice.payment_state, "in_payment")
        self._judge_on(date(2026, 3, 25))
        self._assert_waits(promise)

    def test_plan_validated(self):
        plan = self._agree()
        self._pay_without_entry(250)
        self._judge_on(NIGHT)
        self._assert_waits(plan)
        self.assertFalse(self._get_letters(plan, "acceleration"))

    def test_case_in_process(self):
        """Nobody calls for what is being paid; it stays overdue until it is there."""
        self._pay_without_entry(validate=False)
        case = self._get_case_of()
        self.assertEqual((case.overdue_amount, case.pending_amount), (1000, 1000))
        self.assertNotEqual(case.situation, "to_call")
        self.assertFalse(case.collectible_amount)

    def test_case_validated(self):
        self._pay_without_entry()
        case = self._get_case_of()
        self.assertEqual(case.pending_amount, 1000)
        self.assertNotEqual(case.situation, "to_call")
        self.assertFalse(case.collectible_amount)

    def test_case_in_part(self):
        self._pay_without_entry(400)
        case = self._get_case_of()
        self.assertEqual((case.pending_amount, case.collectible_amount), (400, 600))
        self.assertEqual(case.situation, "to_call")

    def test_promise_kept_by_the_statement(self):
        promise = self._word()
        self._pay_without_entry()
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            line = self._import_statement_line(1000, IN_TIME)
            self._match_statement_line(line, self.invoice)
            self._assert_verdict(promise, "kept", paid=1000)

    def test_plan_is_not_held_by_what_has_come(self):
        """The payment stays paid without an entry; what it was for is matched."""
        plan = self._agree()
        self._pay_without_entry(250)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            line = self._import_statement_line(250, IN_TIME)
            self._match_statement_line_in_part(line)
        self._judge_on(date(2026, 3, 25))
        self._assert_first_paid(plan)
        self._judge_on(date(2026, 4, 24))
        self._assert_failed(plan)

    def _match_statement_line_in_part(self, line):
        self._settle_line(line, self.invoice)
        self.env.cr.flush()

    def test_second_payment_waits_beside_the_first(self):
        """Odoo shows the invoice as partly paid now, no longer as in payment."""
        plan = self._agree()
        self._pay_without_entry(250)
        line = self._import_statement_line(250, IN_TIME)
        self._match_statement_line_in_part(line)
        with self._at(date(2026, 4, 20)):
            self._pay_without_entry(250, date(2026, 4, 20))
        self._judge_on(date(2026, 4, 24))
        self._assert_waits(plan)

    def test_cancelled_holds_nothing(self):
        promise = self._word()
        payment = self._pay_without_entry()
        payment.action_cancel()
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_rejected_holds_nothing(self):
        plan = self._agree()
        payment = self._pay_without_entry(250)
        payment.action_reject()
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_for_another_invoice(self):
        other = self._create_claim(1000, 5)
        promise = self._word()
        self._pay_without_entry(move=other)
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_dated_after_the_deadline(self):
        promise = self._word()
        self._pay_without_entry(day=NIGHT)
        self._judge_on(NIGHT)
        self._assert_failed(promise)


@tagged("post_install", "-at_install")
class TestFreshBooks(CollectionCallsLedgerWorld):
    """Nothing is broken, and nothing accelerates, on books that end too early."""

    STALE = date(2026, 3, 3)
    GRACE_OVER = date(2026, 3, 23)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._configure(collection_fresh_books=True, collection_fresh_books_days=10)

    def _import_until(self, day, journal=None):
        """The bank's lines of a day, about nobody here."""
        journal = journal or self.bank
        return self._import_statement_line(
            5, day, partner_id=self.other.id, journal_id=journal.id
        )

    def _get_to_dos_about_books(self):
        """Open to-dos that name the journal, wherever they hang."""
        self.env.flush_all()
        return self.env["mail.activity"].search([("summary", "ilike", self.bank.name)])

    def test_plan_on_stale_books(self):
        plan = self._agree()
        self._import_until(self.STALE)
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "active")
        self.assertIn(self.bank.name, plan.hold_note)
        self.assertEqual(self._get_events(plan), ["activated"])
        self.assertFalse(self._get_letters(plan, "acceleration"))

    def test_promise_on_stale_books(self):
        promise = self._word()
        self._import_until(self.STALE)
        self._judge_on(NIGHT)
        self.assertIn(promise.state, NOT_BROKEN)
        self.assertFalse(self._get_case_of().broken_promise_count)

    def test_one_to_do_a_company(self):
        self._agree()
        self._word(self._create_claim(500, 5))
        self._agree(self._create_claim(300, 5, partner=self.other))
        self._import_until(self.STALE)
        for day in (NIGHT, date(2026, 3, 25)):
            self._judge_on(day)
            self.assertEqual(len(self._get_to_dos_about_books()), 1)

    def test_statements_reach_the_deadline(self):
        plan = self._agree()
        promise = self._word(self._create_claim(500, 5))
        self._import_until(self.STALE)
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "active")
        with self._at(NIGHT):
            self._import_until(self.GRACE_OVER)
        self._judge_on(date(2026, 3, 25))
        self._assert_failed(plan)
        self._assert_failed(promise)
        self.assertFalse(self._get_to_dos_about_books())

    def test_statements_that_end_within_the_grace(self):
        plan = self._agree()
        self._import_until(DUE)
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "active")

    def test_statements_show_that_it_was_paid(self):
        plan = self._agree()
        self._import_until(self.STALE)
        self._judge_on(NIGHT)
        with self._at(NIGHT):
            line = self._import_statement_line(250, IN_TIME)
            self._settle_line(line, self.invoice)
        self._judge_on(date(2026, 3, 25))
        self._assert_first_paid(plan)

    def test_waiting_ends_by_itself(self):
        plan = self._agree()
        promise = self._word(self._create_claim(500, 5))
        self._import_until(self.STALE)
        last = self.GRACE_OVER + timedelta(10)
        self._judge_on(last)
        self.assertEqual(plan.state, "active")
        self._judge_on(last + timedelta(1))
        self._assert_failed(plan)
        self._assert_failed(promise)

    def test_company_without_statements(self):
        """Payments are registered by hand there: there is nothing to wait for."""
        plan = self._agree()
        promise = self._word(self._create_claim(500, 5))
        self._judge_on(NIGHT)
        self._assert_failed(plan)
        self._assert_failed(promise)

    def test_switched_off(self):
        self._configure(collection_fresh_books=False)
        plan = self._agree()
        self._import_until(self.STALE)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_one_of_two_banks(self):
        second = self.bank.copy({"code": "BNK9"})
        second.name = "Second Bank"
        plan = self._agree()
        self._import_until(self.GRACE_OVER)
        self._import_until(self.STALE, second)
        self._judge_on(NIGHT)
        self.assertEqual(plan.state, "active")
        self.assertIn("Second Bank", plan.hold_note)

    def test_bank_that_was_given_up(self):
        second = self.bank.copy({"name": "Second Bank", "code": "BNK9"})
        plan = self._agree()
        self._import_until(self.GRACE_OVER)
        self._import_until(self.STALE, second)
        second.active = False
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_books_of_another_company(self):
        other = self.setup_other_company()
        self.env["account.bank.statement.line"].with_company(other["company"]).create(
            {
                "journal_id": other["default_journal_bank"].id,
                "date": self.STALE,
                "payment_ref": "Theirs",
                "amount": 5,
            }
        )
        plan = self._agree()
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_good_news_do_not_wait(self):
        promise = self._word()
        self._import_until(self.STALE)
        self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept", paid=1000)
