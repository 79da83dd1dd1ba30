"""What becomes of the calls that are planned with debtors who have paid."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .common import TODAY, CollectionCallsAccountant, CollectionCallsCaseCommon

OUR_LOG = "odoo.addons.collection_calls.models.agreement.collection_agreement"
TOMORROW = TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestCollectionCaseClosing(
    CronMixinCase, CollectionCallsAccountant, CollectionCallsCaseCommon
):
    """A call is planned for next week, and everything is paid today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls._plan_call()

    @classmethod
    def _plan_call(cls):
        planned = cls.case._schedule_next_call(NEXT_WEEK, cls.collector, "Call back")
        cls._date(planned, TODAY - timedelta(days=1))
        return planned

    @classmethod
    def _date(cls, planned, day):
        """Pretend that a call was planned on another day."""
        cls.env.cr.flush()
        cls.env.cr.execute(
            SQL(
                "UPDATE mail_activity SET create_date = %s WHERE id = %s",
                day,
                planned.id,
            )
        )
        planned.invalidate_recordset()

    def _pay_all(self):
        payment = self._receive(self.invoice, 1000)
        self.env.cr.flush()
        return payment

    def _pass_the_night(self):
        with self._at(TOMORROW, "01:00"):
            self.env["res.company"].search([])._forget_refreshed()
            self._run_cron("ir_cron_refresh_cases")
            self.env.invalidate_all()

    def test_planned_call_is_settled_by_night(self):
        self._pay_all()
        self._assert_figures(situation="closed")
        self.assertTrue(self.case.date_closed and self.call.active)
        self._pass_the_night()
        self.assertFalse(self.call.active)
        notes = self.case.sudo().message_ids.mapped("body")
        self.assertIn("Nothing is overdue any more.", " ".join(notes))
        self._assert_figures(next_call_date=False)
        self._assert_settled()

    def test_told_in_the_language_of_whose_call_it_was(self):
        self.collector.lang = "de_DE"
        self._pay_all()
        self._pass_the_night()
        notes = self.case.sudo().message_ids.mapped("body")
        self.assertIn("Es ist nichts mehr überfällig.", " ".join(notes))

    def test_call_that_cannot_be_settled(self):
        """The night goes on with the others, and the next one tries again."""

        def refuse(activities, *_args, **_kwargs):
            raise ValueError("Not this one")

        self._pay_all()
        activities = self.registry["mail.activity"]
        with patch.object(activities, "action_feedback", refuse), mute_logger(OUR_LOG):
            self._pass_the_night()
        self.assertTrue(self.call.active)
        with self._at(TOMORROW):
            self.assertFalse(self.company._is_refresh_due())
        self._pass_the_night()
        self.assertFalse(self.call.active)

    def test_payment_that_is_undone_the_same_day(self):
        self._pay_all().action_cancel()
        self._assert_figures(situation="to_call", date_closed=False)
        self._pass_the_night()
        self._assert_figures(next_call_date=NEXT_WEEK, next_call_code="planned")

    def test_payment_that_is_undone_later(self):
        """The strategy proposes a call then."""
        payment = self._pay_all()
        self._pass_the_night()
        payment.action_cancel()
        self._assert_figures(situation="to_call", next_call_code="first")

    def test_planned_by_hand(self):
        self.call.automated = False
        self._pay_all()
        self._pass_the_night()
        self.assertTrue(self.call.active)

    def test_planned_afterwards(self):
        self._pay_all()
        self._date(self.call, TOMORROW)
        self._pass_the_night()
        self.assertTrue(self.call.active)

    def test_never_overdue(self):
        """A call before anything is due is nobody's mistake."""
        debtor = self._create_debtor("In Time")
        case = self.env["collection.case"].sudo()._get_or_create(debtor, self.company)
        call = case._schedule_next_call(NEXT_WEEK, self.collector, "Call back")
        self._date(call, TODAY - timedelta(days=1))
        self._pass_the_night()
        self.assertTrue(call.active)

    def test_something_else_is_promised(self):
        future = self._create_claim(300, days_overdue=-20)
        self._promise(future)
        self._pay_all()
        self._assert_figures(situation="closed")
        self._pass_the_night()
        self.assertTrue(self.call.active)

    def test_statements_do_not_grow_with_the_cases(self):
        def count():
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with self._at(TOMORROW, "01:00"):
                self.env["collection.case"]._settle_needless_calls(None)
            return self.cr.sql_log_count - before

        self._promise(self._create_claim(300, days_overdue=-20))
        self._pay_all()
        few = count()
        for number in range(5):
            debtor = self._create_debtor(f"Debtor {number}")
            self._receive(self._create_claim(10, 5, partner=debtor), 10)
        self.assertLessEqual(count(), few)
