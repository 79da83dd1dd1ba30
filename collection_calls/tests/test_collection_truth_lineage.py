"""What becomes of an agreement whose claim is invoiced anew, moved, paid, taken back:
situations that were written down from the accountant's page
(``readme/LEDGER.md``), each with the right value, before any was tried."""

from datetime import date

from odoo.tests import tagged

from .common import TODAY
from .ledger_world import DUE, IN_TIME, LATE, NIGHT
from .test_collection_truth_further import CollectionCallsFurtherCommon


@tagged("post_install", "-at_install")
class TestLineage(CollectionCallsFurtherCommon):
    def _settle(self, item, amount=0, day=IN_TIME, fee=0):
        """Money that is booked on the account of a claim, and matched with that."""
        amount = amount or item.amount_residual
        entry = self._book(
            (self.bank.default_account_id, amount - fee),
            *([(self.expense, fee)] if fee else []),
            (item.account_id, -amount, item.partner_id),
            day=day,
        )
        credit = entry.line_ids.filtered(
            lambda line: line.account_id == item.account_id
        )
        (credit + item).reconcile()
        self.env.cr.flush()
        return entry

    # ------------------------------------------------------------------- promises

    def test_promise_of_what_was_moved_is_known_by_its_own_number(self):
        promise = self._word()
        self._doubt()
        self._import_nameless(ref=promise.name)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_promise_is_kept_by_the_third_invoice(self):
        promise = self._word()
        third = self._invoice_anew(self._invoice_anew(self.invoice, day=TODAY))
        self._receive(third, 1000, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_is_kept_after_its_transfer_was_reversed(self):
        promise = self._word()
        entry = self._doubt().move_id
        dialog = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=entry.ids)
            .create({"date": TODAY, "journal_id": entry.journal_id.id})
        )
        dialog.reverse_moves()
        self.env.cr.flush()
        self._unmatch(self.invoice)
        self.env.cr.flush()
        self._receive(self.invoice, 1000, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_whose_invoice_went_and_whose_draft_is_dropped(self):
        promise = self._word()
        draft = self._invoice_anew(self.invoice, post=False)
        self._judge_on(DUE)
        self._assert_waits(promise)
        with self._at(DUE):
            draft.unlink()
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "void")

    def test_promise_of_halves_of_which_one_is_doubtful(self):
        promise = self._word()
        self._correct_invoice(self.invoice, invoice_payment_term_id=self.halves.id)
        first, second = self._get_receivables(self.invoice).sorted("date_maturity")
        item = self._move_to_account(second, self.doubtful)
        self._settle(first)
        self._settle(item)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_whose_money_for_the_new_invoice_went_back(self):
        promise = self._word()
        self._receive(self._invoice_anew(self.invoice, day=TODAY), 1000, IN_TIME)
        self._assert_verdict(promise, "kept", paid=1000)
        self._import_statement_line(-1000, DUE)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_promise_of_somebody_who_joins_a_company_that_pays(self):
        person = self._create_debtor("Frau Keller", is_company=False)
        claim = self._create_claim(1000, 30, partner=person)
        promise = self._word(claim)
        self._doubt(claim)
        person.parent_id = self.other
        self.env.cr.flush()
        self._receive_on_account(1000, IN_TIME, partner_id=self.other.id)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_promise_whose_money_on_the_doubtful_account_is_redated(self):
        promise = self._word()
        item = self._doubt()
        entry = self._settle(item, day=LATE)
        self._judge_on(LATE)
        self._assert_failed(promise)
        with self._at(LATE):
            entry.button_draft()
            entry.date = IN_TIME
            entry.action_post()
            self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_whose_money_came_before_the_invoice_was_made_anew(self):
        promise = self._word()
        payment = self._receive(self.invoice, 400, IN_TIME)
        new = self._invoice_anew(self.invoice, day=DUE)
        self._receive(new, 600, DUE)
        self._match(payment.move_id, new)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_stays_one_of_the_old_sum(self):
        promise = self._word()
        new = self._invoice_anew(self.invoice, day=TODAY)
        self._correct_invoice(new, 1200)
        self._receive(new, 1000, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_of_what_is_written_off_on_the_doubtful_account(self):
        promise = self._word()
        item = self._doubt()
        entry = self._book((self.expense, 1000), (self.doubtful, -1000, self.debtor))
        (entry.line_ids.filtered("partner_id") + item).reconcile()
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "void")

    # ---------------------------------------------------------------------- plans

    def test_plan_is_paid_by_the_third_invoice(self):
        plan = self._agree()
        third = self._invoice_anew(self._invoice_anew(self.invoice, day=TODAY))
        self._receive(third, 250, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_plan_with_a_fee_on_what_was_invoiced_anew_and_moved(self):
        plan = self._agree()
        new = self._invoice_anew(self.invoice, day=TODAY)
        self._settle(self._doubt(new), 250, fee=5)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_plan_whose_invoice_went_and_whose_draft_is_dropped(self):
        plan = self._agree()
        draft = self._invoice_anew(self.invoice, post=False)
        self._judge_on(DUE)
        self._assert_waits(plan)
        with self._at(DUE):
            draft.unlink()
        self._judge_on(NIGHT)
        self._assert_plan(plan, "dissolved", paid=0)

    def test_plan_whose_transfer_is_cancelled_after_money_came_for_it(self):
        plan = self._agree()
        item = self._doubt()
        self._settle(item, 250)
        self._cancel(item.move_id)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_with_less_invoiced_anew(self):
        plan = self._agree()
        self._invoice_anew(self.invoice, price=800)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_online_for_what_was_invoiced_anew_twice(self):
        self._accept_cards()
        plan = self._agree()
        self._transact("pending", 250, day=TODAY)
        self._invoice_anew(self._invoice_anew(self.invoice, day=TODAY))
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_plan_whose_doubtful_claim_is_paid_in_september(self):
        plan = self._agree()
        self._settle(self._doubt(), 250, day=date(2026, 9, 1))
        self._judge_on(NIGHT)
        self._assert_failed(plan)
