"""Cases are brought up to date within the transaction in which something happens."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.http import _request_stack
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsAccountant, CollectionCallsCaseCommon

OUR_LOG = "odoo.addons.collection_calls.models.agreement.collection_agreement"


@tagged("post_install", "-at_install")
class TestRefreshEvents(CollectionCallsAccountant, CollectionCallsCaseCommon):
    def _count_queries(self, act):
        """What the refreshing at the end of a transaction takes."""
        self.env.cr.flush()
        cases = self.registry["collection.case"]
        refresh, counts = cases._refresh_touched, []

        def count(records):
            before = self.cr.sql_log_count
            refresh(records)
            counts.append(self.cr.sql_log_count - before)

        with patch.object(cases, "_refresh_touched", count):
            act()
            self.env.cr.flush()
        return counts

    @contextmanager
    def _within_a_request(self):
        """Do something as on behalf of a browser: Odoo runs that again."""
        _request_stack.push(SimpleNamespace(env=self.env))
        try:
            yield
        finally:
            _request_stack.pop()

    def test_invoices(self):
        move = self._create_claim(200, 5)
        self._assert_figures(overdue_amount=1200)
        move.button_draft()
        self._assert_figures(overdue_amount=1000)
        move.button_cancel()
        self._assert_settled()

    def test_invoice_of_another_debtor(self):
        """Corrected in one transaction: both are brought up to date."""
        other = self._create_debtor("Other")
        self.invoice.button_draft()
        self.invoice.partner_id = other
        self.invoice.action_post()
        self._assert_figures(overdue_amount=0, situation="closed")
        self.assertEqual(self._get_case(other).overdue_amount, 1000)
        self._assert_settled()

    def test_due_date_of_a_posted_invoice(self):
        self.invoice.invoice_date_due = TODAY + timedelta(days=5)
        self._assert_figures(overdue_amount=0, situation="closed")
        self.invoice.invoice_date_due = TODAY - timedelta(days=5)
        self._assert_figures(overdue_amount=1000, days_overdue=5)

    def test_matches_made_and_undone(self):
        payment = self._receive_on_account(300)
        self._assert_figures(overdue_amount=700)
        self._match(self.invoice, payment.move_id)
        self._assert_figures(overdue_amount=700, bucket_1_30=700)
        self._unmatch(self.invoice)
        self._assert_figures(overdue_amount=700, bucket_1_30=1000)
        note = self._credit(self.invoice, 100)
        self._assert_figures(overdue_amount=600, bucket_1_30=900)
        self._unmatch(note)
        self._assert_settled()

    def test_promise_taken_back(self):
        promise = self._promise(self.invoice)
        self._assert_figures(situation="promised")
        promise.with_user(self.manager).action_void("Another debtor")
        self._assert_figures(situation="to_call")

    def test_promise_kept_by_a_payment(self):
        """The verdict comes first, whoever was told first of what happened."""
        self._promise(self.invoice, amount=400)
        self._receive(self.invoice, 400)
        self._assert_figures(
            overdue_amount=600, protected_amount=0, situation="to_call"
        )
        self.env["collection.case"]._touch(self.invoice.ids)
        self._promise(self.invoice)
        self._receive(self.invoice, 600)
        self._assert_figures(situation="closed")
        self._assert_settled()

    def test_plan_and_its_end(self):
        plan = self._plan(self.invoice)
        self._assert_figures(situation="on_plan")
        plan.with_user(self.manager).action_cancel("Doesn't want to")
        self._assert_figures(situation="to_call", protected_amount=0)

    def test_plan_takes_over_a_promise(self):
        self._promise(self.invoice)
        self._plan(self.invoice)
        self._assert_figures(situation="on_plan", protected_amount=1000)
        self._assert_settled()

    def test_merged_debtors(self):
        duplicate = self._create_debtor("Mueller Bau")
        self._create_claim(50, 5, partner=duplicate)
        self.assertEqual(self._get_case(duplicate).overdue_amount, 50)
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((self.debtor | duplicate).ids, self.debtor, extra_checks=False)
        self._assert_figures(overdue_amount=1050)

    def test_once_a_transaction(self):
        def touch():
            for _time in range(5):
                self.env["collection.case"]._touch(self.invoice.ids)

        self.assertEqual(len(self._count_queries(touch)), 1)

    def test_savepoint_sees_what_was_done_so_far(self):
        with self.cr.savepoint():
            self._receive(self.invoice, 100)
        self.assertEqual(self.case.overdue_amount, 900)

    def test_rolled_back(self):
        class Stop(Exception):
            pass

        try:
            with self.cr.savepoint():
                self._receive(self.invoice, 100)
                raise Stop
        except Stop:
            self._assert_figures(overdue_amount=1000)
        self._assert_settled()

    def test_our_error_does_not_stop_the_accountant(self):
        def fail(*_args):
            raise ValueError("our fault")

        cases = self.registry["collection.case"]
        self.env.cr.flush()
        with patch.object(cases, "_refresh_debtors", fail), mute_logger(OUR_LOG):
            self._receive(self.invoice, 100)
            self.env.cr.flush()
        self.assertEqual(self.invoice.amount_residual, 900)
        self._assert_figures(overdue_amount=1000)
        self._run_cron("ir_cron_refresh_cases")
        self._assert_figures(overdue_amount=900)

    def test_conflict_makes_odoo_run_the_request_again(self):
        def fail(*_args):
            raise SerializationFailure()

        cases = self.registry["collection.case"]
        self.env.cr.flush()
        with (
            self._within_a_request(),
            patch.object(cases, "_refresh_debtors", fail),
            self.assertRaises(SerializationFailure),
        ):
            self.case.sudo().action_hold("other", "Random")
            self.env.cr.flush()

    def test_conflict_does_not_stop_a_scheduled_action(self):
        def fail(*_args):
            raise SerializationFailure()

        cases = self.registry["collection.case"]
        with patch.object(cases, "_refresh_debtors", fail), mute_logger(OUR_LOG):
            self.case.sudo().action_hold("other", "Random")
            self.env.cr.flush()
        self._assert_figures(hold="other", situation="to_call")

    # ------------------------------------------------------------------- statements

    def test_payment_of_a_debtor_without_anything_overdue(self):
        solvent = self._create_debtor("Pays in time")
        one, two = (self._create_claim(100, -5, partner=solvent) for _n in range(2))
        self._receive(one, 100)
        counts = self._count_queries(lambda: self._receive(two, 100))
        self.assertLessEqual(max(counts), 5)
        self.assertLessEqual(sum(counts), 10)
        self.assertFalse(self._get_case(solvent))

    def test_vendor_bill(self):
        self._create_claim(100, 5, move_type="in_invoice")
        counts = self._count_queries(
            lambda: self._create_claim(100, 5, move_type="in_invoice")
        )
        self.assertLessEqual(max(counts), 5)

    def test_payment_of_a_debtor_with_a_case(self):
        self._receive(self.invoice, 100)
        counts = self._count_queries(lambda: self._receive(self.invoice, 100))
        self.assertLessEqual(max(counts), 15)

    # ------------------------------------------------------------------------- night

    def test_the_night_puts_everything_right(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(50, 5, company_id=other.id)
        before = self._read_rows()
        self.env.cr.execute(
            "UPDATE collection_case SET overdue_amount = 7, situation = 'closed',"
            " attempt_count = 3, oldest_due_date = NULL"
        )
        gone = self._create_debtor("Missing")
        self._create_claim(10, 5, partner=gone)
        self.env.cr.flush()
        self.env.cr.execute(
            "DELETE FROM collection_case WHERE partner_id = %s", [gone.id]
        )
        for _night in range(2):
            self._run_cron("ir_cron_refresh_cases")
            self.assertEqual(self._read_rows()[: len(before)], before)
            self.assertEqual(self._get_case(gone).overdue_amount, 10)

    def test_days_pass(self):
        self._create_claim(300, days_overdue=-2)
        with self._at(TODAY + timedelta(days=3)):
            self._run_cron("ir_cron_refresh_cases")
            self._assert_figures(overdue_amount=1300, days_overdue=33)

    def test_in_batches(self):
        debtors = [self._create_debtor(f"Debtor {number}") for number in range(5)]
        for debtor in debtors:
            self._create_claim(10, 5, partner=debtor)
        self.env.cr.flush()
        self.env.cr.execute("UPDATE collection_case SET overdue_amount = 0")
        batches = []
        cases = self.registry["collection.case"]
        refresh = cases._refresh_debtors

        def note(records, debtor_ids):
            batches.append(len(debtor_ids))
            return refresh(records, debtor_ids)

        with (
            patch("odoo.addons.collection_calls.models.case.refresh.BATCH", 2),
            patch.object(cases, "_refresh_debtors", note),
        ):
            self._run_cron("ir_cron_refresh_cases")
        self.assertEqual(set(batches[:-1]), {2})
        for debtor in debtors:
            self.assertEqual(self._get_case(debtor).overdue_amount, 10)

    def test_one_batch_that_fails_does_not_stop_the_others(self):
        other = self._create_debtor("Other")
        self._create_claim(10, 5, partner=other)
        self.env.cr.flush()
        self.env.cr.execute("UPDATE collection_case SET overdue_amount = 0")
        cases = self.registry["collection.case"]
        refresh = cases._refresh_debtors

        def fail_first(records, debtor_ids):
            if self.debtor.id in debtor_ids:
                raise ValueError("our fault")
            return refresh(records, debtor_ids)

        with (
            patch("odoo.addons.collection_calls.models.case.refresh.BATCH", 1),
            patch.object(cases, "_refresh_debtors", fail_first),
            mute_logger(OUR_LOG),
        ):
            self._run_cron("ir_cron_refresh_cases")
        self.assertEqual(self._get_case(other).overdue_amount, 10)
        self._assert_figures(overdue_amount=0)
