"""The nightly run: what each shipped rule makes of what the ledger says.

The first installment of 250 is due on Friday 20 March. "Any incident" and "Consumer"
give three days of grace, so it is missed on the 24th; "Business" five, so on the 26th.
"""

from datetime import date, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FEW, MANY, TODAY, CollectionCallsPlanCommon

DUE = date(2026, 3, 20)
MISSED = date(2026, 3, 24)
SECOND_MISSED = date(2026, 4, 24)
LATE = date(2026, 3, 26)  # missed with five days of grace
OUR_LOG = "odoo.addons.collection_calls.models.agreement.collection_agreement"


@tagged("post_install", "-at_install")
class TestPlanAnyIncident(CollectionCallsPlanCommon):
    """The default: one missed installment makes the rest due, without a notice."""

    def test_paid_to_the_end(self):
        plan = self._agree()
        for month in (3, 4, 5):
            day = date(2026, month, 20)
            with self._at(day):
                self._receive(self.invoice, 250, day)
            self._run_on(day + timedelta(4))
            self._assert_plan(plan, "active", arrears=0)
        with self._at(date(2026, 6, 20)):
            self._receive(self.invoice, 250, date(2026, 6, 20))
            self._assert_plan(plan, "completed", paid=1000, left=0, arrears=0)
        self._run_on(date(2026, 6, 24))
        self._assert_plan(plan, "completed")
        self.assertEqual(self._get_events(plan), ["activated", "completed"])
        self.assertEqual(plan.letter_ids.mapped("kind"), ["agreement"])
        self.assertEqual(set(plan.installment_ids.mapped("state")), {"paid"})
        self.assertFalse(self._get_calls(plan))

    def test_nothing_happens_within_the_grace(self):
        plan = self._agree()
        self._run_until(date(2026, 3, 20))
        self._assert_plan(plan, "active", arrears=0)
        self.assertEqual(plan.installment_ids[0].state, "due")
        self._run_until(date(2026, 3, 23), first=date(2026, 3, 21))
        self._assert_plan(plan, "active", arrears=250)
        self.assertEqual(plan.installment_ids[0].state, "due")
        self.assertEqual(self._get_events(plan), ["activated"])

    def test_missed_and_accelerated(self):
        plan = self._agree()
        self._run_on(MISSED)
        self._assert_plan(plan, "accelerated", paid=0, left=1000, arrears=1000)
        self.assertEqual(plan.date_accelerated, MISSED)
        self.assertEqual(self._get_events(plan), ["activated", "missed", "accelerated"])
        _activated, missed, accelerated = plan.event_ids.sorted("id")
        self.assertEqual(missed.installment_id, plan.installment_ids[0])
        self.assertEqual((missed.amount, missed.date), (250, MISSED))
        self.assertEqual((accelerated.amount, accelerated.date), (1000, MISSED))
        self.assertIn("250.00", accelerated.reason)
        self.assertEqual(set(plan.installment_ids.mapped("state")), {"superseded"})
        self.assertFalse(self.invoice.no_followup)
        [letter] = self._get_letters(plan, "acceleration")
        self.assertIn("1,000.00", letter.body)
        [call] = self._get_calls(plan)
        self.assertEqual((call.user_id, call.date_deadline), (self.collector, MISSED))
        self.assertIn("Rest due at once", call.summary)

    def test_not_overdue_yet_but_due_by_the_plan(self):
        """Whatever the invoice says: what is accelerated is overdue."""
        claim = self._create_claim(400, -200)
        plan = self._agree(claim)
        self.assertFalse(claim.collection_is_overdue)
        self._run_on(MISSED)
        self._assert_plan(plan, "accelerated")
        claim.invalidate_recordset()
        with self._at(MISSED):
            self.assertTrue(claim.collection_is_overdue)

    def test_tolerance(self):
        """Bank fees of 5 end no plan; one cent more does."""
        other = self._create_claim(1000, 5)
        plan, missed = self._agree(), self._agree(other)
        self._receive(self.invoice, 245, DUE)
        self._receive(other, 244.99, DUE)
        self._run_on(MISSED)
        self._assert_plan(plan, "active", paid=245, arrears=5)
        self._assert_plan(missed, "accelerated")

    def test_run_again_and_again(self):
        plan = self._agree()
        self._run_on(MISSED)
        traces = self._count_traces(plan)
        for _time in range(2):
            self._run_on(MISSED)
        self._run_on(MISSED + timedelta(1))
        self.assertEqual(self._count_traces(plan), traces)

    def test_scheduled_action(self):
        plan = self._agree()
        for _time in range(2):
            with self._at(MISSED, "04:15"):
                self._run_cron("ir_cron_run_plans")
        self._assert_plan(plan, "accelerated")
        self.assertEqual(self._get_events(plan), ["activated", "missed", "accelerated"])

    def test_the_companys_day(self):
        """At 23:30 UTC the company in Berlin has its next day already."""
        plan = self._agree()
        self._run_on(MISSED - timedelta(1), "22:30")
        self._assert_plan(plan, "active")
        self._run_on(MISSED - timedelta(1), "23:30")
        self._assert_plan(plan, "accelerated")

    def test_server_was_down_for_weeks(self):
        """Two were missed meanwhile: both are noted, one step is taken."""
        plan = self._agree()
        self._run_on(SECOND_MISSED)
        self._assert_plan(plan, "accelerated")
        self.assertEqual(
            self._get_events(plan), ["activated", "missed", "missed", "accelerated"]
        )

    def test_paid_in_time_but_matched_late(self):
        """An error of ours: the money came within the grace, and nobody matched it."""
        plan = self._agree()
        payment = self._receive_on_account(250, DUE)
        self._run_on(MISSED)
        self._assert_plan(plan, "active", paid=0)
        with self._at(MISSED):
            self._match(self.invoice, payment.move_id)
            self._assert_plan(plan, "active", paid=250, arrears=0)
        self.assertFalse(plan.hold_note)

    def test_late_money_never_reinstates(self):
        plan = self._agree()
        self._run_on(MISSED)
        with self._at(MISSED):
            self._receive(self.invoice, 250, MISSED)
            self._assert_plan(plan, "accelerated", paid=250, left=750, arrears=750)
            self._receive(self.invoice, 700, MISSED)
            self._assert_plan(plan, "accelerated", paid=950, left=50, arrears=50)
        self._run_on(MISSED + timedelta(1))
        self._assert_plan(plan, "accelerated", left=50)
        with self._at(MISSED + timedelta(1)):
            self._receive(self.invoice, 50, MISSED + timedelta(1))
            self._assert_plan(plan, "completed", paid=1000, left=0, arrears=0)
        self.assertEqual(
            self._get_events(plan),
            ["activated", "missed", "accelerated", "completed"],
        )

    def test_returned_payment(self):
        """A direct debit comes back: no days of grace for that."""
        plan = self._agree()
        payment = self._receive(self.invoice, 250, DUE)
        self._run_on(DUE + timedelta(1))
        self._assert_plan(plan, "active", paid=250, arrears=0)
        with self._at(DUE + timedelta(1)):
            payment.action_draft()
            payment.action_cancel()
            self._assert_plan(plan, "active", paid=0, arrears=250)
        self.assertTrue(plan.has_returned_payment)
        self._run_on(DUE + timedelta(2))
        self._assert_plan(plan, "accelerated", left=1000)
        self.assertIn("taken back", self._get_last_event(plan).reason)

    def test_payment_returned_before_it_was_due(self):
        plan = self._agree()
        payment = self._receive(self.invoice, 250)
        self._assert_plan(plan, "active", paid=250)
        payment.action_draft()
        payment.action_cancel()
        self._run_on(DUE)
        self._assert_plan(plan, "active", paid=0, arrears=0)
        self._run_on(DUE + timedelta(1))
        self._assert_plan(plan, "active", paid=0, arrears=250)
        self.assertFalse(plan.has_returned_payment)

    def test_match_corrected_by_the_accountant(self):
        """Taken off and put back is no returned payment."""
        plan = self._agree()
        payment = self._receive(self.invoice, 100, DUE)
        with self._at(DUE + timedelta(1)):
            self._unmatch(payment.move_id)
            self._assert_plan(plan, "active", paid=0, arrears=250)
            self._match(self.invoice, payment.move_id)
            self._assert_plan(plan, "active", paid=100, arrears=150)
        self.assertFalse(plan.has_returned_payment)
        self._run_on(DUE + timedelta(2))
        self._assert_plan(plan, "active", arrears=150)

    def test_another_invoice_falls_overdue(self):
        self._create_claim(70, -11)  # due on 21 March
        plan = self._agree()
        self._run_on(date(2026, 3, 21))
        self._assert_plan(plan, "active", arrears=250)
        self._run_on(date(2026, 3, 22))
        self._assert_plan(plan, "accelerated")
        self.assertIn("Another invoice", self._get_last_event(plan).reason)

    def test_another_invoice_was_overdue_before(self):
        self._create_claim(70, 10)
        plan = self._agree()
        self._run_on(date(2026, 3, 22))
        self._assert_plan(plan, "active", arrears=250)

    def test_another_invoice_is_promised(self):
        other = self._create_claim(70, -11)
        self._promise(other)
        plan = self._agree()
        self._run_on(date(2026, 3, 22))
        self._assert_plan(plan, "active", arrears=250)

    def test_another_invoice_without_arrears(self):
        self._create_claim(70, -5)
        plan = self._agree()
        self._run_on(date(2026, 3, 19))
        self._assert_plan(plan, "active", arrears=0)

    def test_by_hand_before_the_grace_is_over(self):
        plan = self._agree()
        with self._at(DUE + timedelta(1)):
            self._run_on(DUE + timedelta(1))
            with self._refused(AccessError, "doesn't ask for it yet"):
                plan.action_accelerate("They told us so")
            with self._refused(UserError, "Say why"):
                plan.with_user(self.manager).action_accelerate(" ")
            plan.with_user(self.manager).action_accelerate("They told us so")
        self._assert_plan(plan, "accelerated", left=1000)
        event = self._get_last_event(plan)
        self.assertEqual(event.reason, "They told us so")
        self.assertEqual(event.user_id, self.manager)

    def test_by_hand_without_arrears(self):
        plan = self._agree()
        with self._refused(UserError, "is not in arrears"):
            plan.with_user(self.manager).action_accelerate("I don't like them")

    def test_notice_that_the_rule_does_not_know(self):
        plan = self._agree()
        self._run_on(DUE + timedelta(1))
        with self._at(DUE + timedelta(1)), self._refused(UserError, "for no notice"):
            plan.action_send_notice()


@tagged("post_install", "-at_install")
class TestPlanBusiness(CollectionCallsPlanCommon):
    """One missed installment, five days of grace, ten days of notice."""

    def _give_notice(self, **vals):
        plan = self._agree(rule=self.business, **vals)
        self._run_on(LATE)
        self.assertEqual(plan.state, "notice")
        return plan, plan.sudo().notice_letter_id

    def test_missed_within_the_grace(self):
        plan = self._agree(rule=self.business)
        self._run_on(LATE - timedelta(1))
        self._assert_plan(plan, "active", arrears=250)
        self.assertEqual(self._get_events(plan), ["activated"])

    def test_notice_delivered_and_deadline_passed(self):
        plan, letter = self._give_notice()
        self._assert_plan(plan, "notice", arrears=250, left=1000)
        self.assertEqual(letter.kind, "notice")
        self.assertIn("250.00", letter.body)
        self.assertIn("10", letter.body)
        self.assertFalse(plan.date_cure, "it hasn't arrived yet")
        self._run_on(LATE + timedelta(30))
        self._assert_plan(plan, "notice")
        with self._at(LATE + timedelta(30)):
            self._deliver(letter)
        last = LATE + timedelta(40)
        self.assertEqual(plan.date_cure, last)
        self._run_on(last)
        self._assert_plan(plan, "notice")
        self._run_on(last + timedelta(1))
        self._assert_plan(plan, "accelerated", left=1000)
        self.assertFalse(plan.date_cure)
        self.assertEqual(
            [kind for kind in self._get_events(plan) if kind != "missed"],
            ["activated", "notice", "accelerated"],
        )
        self.assertIn("time that the notice gave", self._get_last_event(plan).reason)

    def test_only_once(self):
        plan, letter = self._give_notice()
        traces = self._count_traces(plan)
        for _time in range(2):
            self._run_on(LATE)
        self._run_on(LATE + timedelta(1))
        self.assertEqual(self._count_traces(plan), traces)
        with self._at(LATE):
            self._deliver(letter)
            self._deliver(letter)
        traces = self._count_traces(plan)
        self._run_on(LATE + timedelta(2))
        self.assertEqual(self._count_traces(plan), traces)

    def test_cured(self):
        plan, letter = self._give_notice()
        with self._at(LATE):
            self._deliver(letter)
        with self._at(LATE + timedelta(5)):
            self._receive(self.invoice, 250, LATE + timedelta(5))
            self._assert_plan(plan, "active", paid=250, left=750, arrears=0)
        self.assertFalse(plan.date_cure)
        self.assertEqual(
            self._get_events(plan), ["activated", "missed", "notice", "cured"]
        )
        self._run_on(LATE + timedelta(11))
        self._assert_plan(plan, "active")

    def test_cured_but_for_the_tolerance(self):
        plan, _letter = self._give_notice()
        with self._at(LATE):
            self._receive(self.invoice, 245, LATE)
            self._assert_plan(plan, "active", arrears=5)

    def test_nobody_calls_once_it_is_cured(self):
        plan, _letter = self._give_notice()
        [call] = self._get_calls(plan)
        self.assertIn("Notice sent", call.summary)
        with self._at(LATE):
            self._receive(self.invoice, 250, LATE)
            self._assert_plan(plan, "active", arrears=0)
        self.assertFalse(self._get_calls(plan))
        self.assertFalse(plan.sudo().next_activity_id)

    def test_part_is_not_enough(self):
        plan, letter = self._give_notice()
        with self._at(LATE):
            self._deliver(letter)
            self._receive(self.invoice, 200, LATE)
            self._assert_plan(plan, "notice", paid=200, arrears=50)
        self._run_on(LATE + timedelta(11))
        self._assert_plan(plan, "accelerated", left=800)

    def test_next_miss_gets_a_notice_of_its_own(self):
        plan, letter = self._give_notice()
        with self._at(LATE):
            self._deliver(letter)
            self._receive(self.invoice, 250, LATE)
            self._assert_plan(plan, "active")
        self._run_on(date(2026, 4, 26))
        self._assert_plan(plan, "notice", arrears=250)
        self.assertFalse(plan.date_cure)
        self.assertEqual(len(self._get_letters(plan, "notice")), 2)
        self.assertNotEqual(plan.sudo().notice_letter_id, letter)
        self._run_on(date(2026, 5, 19))
        self._assert_plan(plan, "notice")

    def test_letter_without_an_address(self):
        """The time runs from the day on which the post has brought the letter."""
        self.debtor.email = False
        plan, letter = self._give_notice()
        self.assertEqual(letter.confirmation_channel, "letter")
        self._run_on(LATE + timedelta(20))
        self._assert_plan(plan, "notice")
        self.assertFalse(plan.date_cure)
        posted = LATE + timedelta(20)
        with self._at(posted):
            letter.with_user(self.collector).action_mark_posted()
        self.assertEqual(letter.confirmation_state, "posted")
        self.assertEqual(letter.confirmation_date, posted)
        self.assertEqual(plan.date_cure, posted + timedelta(13), "three in the post")
        self._run_on(posted + timedelta(13))
        self._assert_plan(plan, "notice")
        self._run_on(posted + timedelta(14))
        self._assert_plan(plan, "accelerated")

    def test_days_in_the_post_are_the_companys(self):
        self.company.collection_plan_postal_days = 0
        self.debtor.email = False
        plan, letter = self._give_notice()
        with self._at(LATE):
            letter.with_user(self.collector).action_mark_posted()
        self.assertEqual(plan.date_cure, LATE + timedelta(10))
        with (
            mute_logger("odoo.sql_db"),
            self._refused(IntegrityError, "collection_plan_limits"),
        ):
            self.company.collection_plan_postal_days = -1
            self.company.flush_recordset()

    def test_letter_is_not_posted_once_it_is_cured(self):
        self.debtor.email = False
        plan, letter = self._give_notice()
        to_do = letter.sudo().confirmation_activity_id
        self.assertTrue(to_do.active)
        with self._at(LATE):
            self._receive(self.invoice, 250, LATE)
            self._assert_plan(plan, "active")
            self.assertFalse(to_do.exists())
            self.assertTrue(letter.is_obsolete)
            self.assertFalse(letter._is_letter_waiting())
            with self._refused(UserError, "waits for no letter"):
                letter.with_user(self.collector).action_mark_posted()
        self._run_on(date(2026, 4, 26))
        again = plan.sudo().notice_letter_id
        self.assertNotEqual(again, letter)
        self.assertTrue(again._is_letter_waiting())
        with self._at(date(2026, 4, 26)):
            plan.with_user(self.manager).action_cancel("They moved away")
        self.assertTrue(again.is_obsolete)

    def test_bounced_once_it_is_cured(self):
        plan, letter = self._give_notice()
        with self._at(LATE):
            self._receive(self.invoice, 250, LATE)
            self._assert_plan(plan, "active")
            self._bounce(letter)
        self.assertEqual(letter.confirmation_state, "failed")
        self.assertFalse(letter.sudo().confirmation_activity_id)
        self.assertFalse(letter._is_letter_waiting())

    def test_slip_asks_for_what_the_letter_asks_for(self):
        self.debtor.email = False
        plan, letter = self._give_notice()
        with self._at(date(2026, 4, 21)):
            self._receive(self.invoice, 100, date(2026, 4, 21))
            self._run_on(date(2026, 4, 21))
        self.assertEqual(plan.amount_arrears, 400)
        [payment] = letter.with_user(self.collector)._get_letter_payments()
        self.assertEqual(payment[2:], (plan.name, 250))

    def test_bounced(self):
        plan, letter = self._give_notice()
        with self._at(LATE):
            self._deliver(letter)
        self.assertEqual(plan.date_cure, LATE + timedelta(10))
        with self._at(LATE + timedelta(1)):
            self._bounce(letter)
        self.assertFalse(plan.date_cure)
        for days in (1, 2, 30):
            self._run_on(LATE + timedelta(days))
            self._assert_plan(plan, "notice")
            self.assertIn("has not arrived", plan.hold_note)
            self.assertEqual(len(self._get_to_dos(plan, "check")), 1)
        posted = LATE + timedelta(31)
        with self._at(posted):
            letter.with_user(self.collector).action_mark_posted()
        self._run_on(posted + timedelta(1))
        self._assert_plan(plan, "notice")
        self.assertFalse(plan.hold_note)
        self.assertFalse(self._get_to_dos(plan, "check"))
        self._run_on(posted + timedelta(14))
        self._assert_plan(plan, "accelerated")

    def test_bounced_and_sent_again(self):
        plan, letter = self._give_notice()
        with self._at(LATE):
            self._deliver(letter)
            self._bounce(letter)
        self.debtor.email = "new@mueller.example"
        again = LATE + timedelta(3)
        with self._at(again):
            letter.with_user(self.collector).action_resend_confirmation()
            self.assertFalse(plan.date_cure)
            self._deliver(letter)
        self.assertEqual(plan.date_cure, again + timedelta(10))

    def test_broken_template(self):
        """No notice, no clock: the letter has to be written by hand."""
        template = self.env.ref("collection_calls.mail_template_plan_notice")
        template.body_html = '<p>Dear <t t-out="object.no_such_method()"/></p>'
        plan = self._agree(rule=self.business)
        with mute_logger(
            OUR_LOG,
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            self._run_on(LATE)
            self._run_on(LATE + timedelta(1))
        self._assert_plan(plan, "notice")
        self.assertEqual(len(self._get_letters(plan, "notice")), 1)
        self.assertIn("has not arrived", plan.hold_note)

    def test_paid_off_while_in_notice(self):
        plan, _letter = self._give_notice()
        with self._at(LATE):
            self._receive(self.invoice, 1000, LATE)
            self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertFalse(self._get_to_dos(plan, "check"))

    def test_nobody_skips_the_notice(self):
        plan = self._agree(rule=self.business)
        with self._at(LATE):
            self._run_on(DUE + timedelta(1))
            manager = plan.with_user(self.manager)
            with self._refused(UserError, "asks for a notice of 10 days first"):
                manager.action_accelerate("Now")
            with self._refused(AccessError, "A manager may do it"):
                with self._at(DUE + timedelta(1)):
                    plan.action_send_notice()
            manager.action_send_notice()
            self._assert_plan(plan, "notice")
            with self._refused(UserError, "Wait until it is over"):
                manager.action_accelerate("Now")
            with self._refused(UserError, "is “Notice”"):
                manager.action_send_notice()

    def test_notice_by_the_collector_once_the_rule_asks_for_it(self):
        plan = self._agree(rule=self.business)
        with self._at(LATE):
            plan.sudo()._refresh_now()
            plan.action_send_notice()
        self._assert_plan(plan, "notice")

    def test_by_hand_after_the_notice(self):
        plan, letter = self._give_notice()
        with self._at(LATE):
            self._deliver(letter)
        with self._at(LATE + timedelta(11)):
            plan.action_accelerate("No answer")
        self._assert_plan(plan, "accelerated")


@tagged("post_install", "-at_install")
class TestPlanConsumer(CollectionCallsPlanCommon):
    """Two missed at a time, 10 % in arrears, two weeks of notice, a person decides."""

    def test_one_missed_is_not_enough(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(date(2026, 4, 23))
        self._assert_plan(plan, "active", arrears=500)
        self.assertEqual(self._get_events(plan), ["activated", "missed"])
        self.assertFalse(self._get_to_dos(plan, "decide"))
        with (
            self._at(date(2026, 4, 23)),
            self._refused(AccessError, "A manager may do it"),
        ):
            plan.action_send_notice()

    def test_nobody_calls_once_the_arrears_are_gone(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(MISSED)
        [call] = self._get_calls(plan)
        self.assertIn("Installment missed", call.summary)
        with self._at(MISSED):
            self._receive(self.invoice, 200, MISSED)
            self._assert_plan(plan, "active", arrears=50)
            self.assertEqual(self._get_calls(plan), call, "a part is still missing")
            self._receive(self.invoice, 50, MISSED)
            self._assert_plan(plan, "active", arrears=0)
        self.assertFalse(self._get_calls(plan))
        self._run_on(SECOND_MISSED)
        self.assertEqual(len(self._get_calls(plan)), 1, "about the next one")

    def test_call_planned_by_somebody_stays(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(MISSED)
        case = plan.sudo()._get_case()
        later = case._schedule_next_call(
            MISSED + timedelta(9), self.collector, "Ask for the rest", keep_later=True
        )
        with self._at(MISSED):
            self._receive(self.invoice, 250, MISSED)
            self._assert_plan(plan, "active", arrears=0)
        self.assertEqual(self._get_calls(plan), later)

    def test_nobody_calls_about_what_is_paid_off(self):
        plan = self._agree(rule=self.any_incident)
        self._run_on(MISSED)
        [call] = self._get_calls(plan)
        self.assertIn("Rest due at once", call.summary)
        with self._at(MISSED):
            self._receive(self.invoice, 1000, MISSED)
            self._assert_plan(plan, "completed")
        self.assertFalse(self._get_calls(plan))

    def test_missed_and_paid_by_turns(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(MISSED)
        with self._at(date(2026, 4, 10)):
            self._receive(self.invoice, 250, date(2026, 4, 10))
        self._run_on(SECOND_MISSED)
        self._assert_plan(plan, "active", arrears=250)
        self.assertFalse(self._get_to_dos(plan, "decide"))

    def test_two_missed_but_less_than_ten_percent(self):
        plan = self._agree(
            rule=self.consumer,
            installment_ids=[
                {"date_due": "2026-03-20", "amount": 49},
                {"date_due": "2026-04-20", "amount": 50},
                {"date_due": "2026-12-20", "amount": 901},
            ],
        )
        self._run_on(SECOND_MISSED)
        self._assert_plan(plan, "active", arrears=99)
        self.assertFalse(self._get_to_dos(plan, "decide"))

    def test_proposed_once(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(SECOND_MISSED)
        self._assert_plan(plan, "active", arrears=500)
        [to_do] = self._get_to_dos(plan, "decide")
        self.assertEqual(to_do.user_id, self.collector)
        self.assertIn("Send notice", to_do.summary)
        traces = self._count_traces(plan)
        for days in (0, 1, 2):
            self._run_on(SECOND_MISSED + timedelta(days))
        self.assertEqual(self._count_traces(plan), traces)

    def test_not_proposed_again_after_it_was_dismissed(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(SECOND_MISSED)
        self._get_to_dos(plan, "decide").action_feedback(feedback="Not yet")
        self._run_on(SECOND_MISSED + timedelta(1))
        self.assertFalse(self._get_to_dos(plan, "decide"))

    def test_from_the_proposal_to_the_end(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(SECOND_MISSED)
        with self._at(SECOND_MISSED):
            plan.action_send_notice()
            self._deliver(plan.sudo().notice_letter_id)
        self._assert_plan(plan, "notice")
        self.assertFalse(self._get_to_dos(plan, "decide"))
        last = SECOND_MISSED + timedelta(14)
        self.assertEqual(plan.date_cure, last)
        self._run_on(last)
        self.assertFalse(self._get_to_dos(plan, "decide"))
        for days in (1, 2):
            self._run_on(last + timedelta(days))
            self._assert_plan(plan, "notice")
            [to_do] = self._get_to_dos(plan, "decide")
        self.assertIn("Accelerate", to_do.summary)
        with self._at(last + timedelta(2)):
            plan.action_accelerate("Nobody answered")
        self._assert_plan(plan, "accelerated", left=1000)
        self.assertFalse(self._get_to_dos(plan, "decide"))

    def test_proposal_goes_with_the_arrears(self):
        plan = self._agree(rule=self.consumer)
        self._run_on(SECOND_MISSED)
        with self._at(SECOND_MISSED):
            self._receive(self.invoice, 500, SECOND_MISSED)
            self._assert_plan(plan, "active", paid=500, arrears=0)
        self.assertFalse(self._get_to_dos(plan, "decide"))
        self._run_on(date(2026, 6, 24))
        self.assertEqual(len(self._get_to_dos(plan, "decide")), 1, "a new incident")


@tagged("post_install", "-at_install")
class TestPlanHeldBack(CollectionCallsPlanCommon):
    """Never accelerated by our own slowness, nor against what a person decided."""

    def _assert_held(self, plan, why, state="active"):
        """Held back on two nights, with one activity."""
        for days in (0, 1):
            self._run_on(MISSED + timedelta(days))
            self._assert_plan(plan, state)
            self.assertIn(why, plan.hold_note)
            [to_do] = self._get_to_dos(plan, "check")
        self.assertEqual(to_do.user_id, self.collector)
        self.assertEqual(to_do.date_deadline, MISSED)
        self.assertIn(why, to_do.summary)

    def _assert_released(self, plan, state="accelerated"):
        self._run_on(MISSED + timedelta(2))
        self._assert_plan(plan, state)
        self.assertFalse(plan.hold_note)
        self.assertFalse(plan.hold_code)
        self.assertFalse(self._get_to_dos(plan, "check"))

    def test_unmatched_payment(self):
        plan = self._agree()
        payment = self._receive_on_account(250, DUE)
        self._assert_held(plan, "isn't matched yet")
        with self._at(MISSED + timedelta(1)):
            self._match(self.invoice, payment.move_id)
            self._assert_plan(plan, "active", paid=250, arrears=0)
        self.assertFalse(plan.hold_note, "good news needn't wait for the night")
        self._assert_released(plan, "active")

    def test_unmatched_payment_used_for_something_else(self):
        other = self._create_claim(250, 5)
        plan = self._agree()
        payment = self._receive_on_account(250, DUE)
        self._assert_held(plan, "isn't matched yet")
        with self._at(MISSED + timedelta(1)):
            self._match(other, payment.move_id)
        self._assert_released(plan)

    def test_unmatched_payment_that_covers_all_but_the_tolerance(self):
        plan = self._agree()
        self._receive_on_account(245, DUE)
        self._assert_held(plan, "isn't matched yet")

    def test_unmatched_payment_that_is_too_small(self):
        plan = self._agree()
        self._receive_on_account(200, DUE)
        self._run_on(MISSED)
        self._assert_plan(plan, "accelerated")

    def test_statement_line_waits(self):
        plan = self._agree()
        line = self._import_statement_line(250, DUE)
        self._assert_held(plan, "isn't matched yet")
        with self._at(MISSED + timedelta(1)):
            self._match_statement_line(line, self.invoice)
        self._assert_released(plan, "active")

    def test_statement_line_that_names_the_plan_alone(self):
        plan = self._agree()
        for reference in (f"Rate {plan.name} 1", f"rate{plan.name.replace('/', '')}"):
            with self.subTest(reference):
                line = self._import_statement_line(
                    250, DUE, partner_id=False, payment_ref=reference
                )
                self._assert_held(plan, "isn't matched yet")
                line.unlink()

    def test_statement_line_that_names_another_plan(self):
        plan = self._agree()
        for reference in f"{plan.name}7", "Transfer":
            self._import_statement_line(
                250, DUE, partner_id=False, payment_ref=reference
            )
        self._run_on(MISSED)
        self._assert_plan(plan, "accelerated")

    def test_dispute(self):
        plan = self._agree()
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": self.invoice.id,
                    "reason_id": self.env.ref(
                        "collection_calls.collection_reason_quality"
                    ).id,
                }
            )
        )
        self._assert_held(plan, "open dispute")
        with self._at(MISSED + timedelta(1)):
            dispute.action_withdraw()
        self._assert_released(plan)

    def test_debtor_on_hold(self):
        plan = self._agree()
        case = plan.with_user(self.collector)._get_case()
        case.action_hold("hardship", "Random")
        self._assert_held(plan, "is on hold")
        case.action_release("Settled")
        self._assert_released(plan)

    def _employ(self):
        """A plan of a person who gets an employer once it runs."""
        person = self.env["res.partner"].create({"name": "Herr Klein"})
        move = self._create_claim(1000, 30, partner=person)
        plan = self._agree(move, rule=self._create_rule_for_everybody())
        case = plan.with_user(self.collector)._get_case()
        person.parent_id = self._create_debtor("Neumann AG")
        self.assertNotEqual(person.commercial_partner_id, person)
        return plan, case

    def test_money_of_a_person_who_has_an_employer_now(self):
        plan, _case = self._employ()
        self._receive_on_account(250, DUE, partner_id=plan.partner_id.id)
        self._assert_held(plan, "isn't matched yet")

    def test_hold_on_a_person_who_has_an_employer_now(self):
        plan, case = self._employ()
        case.action_hold("hardship", "Random")
        self._run_on(MISSED)
        self._assert_plan(plan, "active")
        self.assertIn("is on hold", plan.hold_note)
        case.action_release("Settled")
        plan.with_user(self.collector)._get_case().action_hold("legal", "Random")
        self._run_on(MISSED)
        self._assert_plan(plan, "active")

    def test_hold_in_another_company(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        cases = self.env["collection.case"].sudo()
        case = cases._get_or_create(self.debtor, other)
        case.action_hold("legal", "Random")
        plan = self._agree()
        self._run_on(MISSED)
        self._assert_plan(plan, "accelerated")

    def test_invoice_being_corrected(self):
        plan = self._agree()
        invoice = self.invoice.with_user(self.accountant)
        with self._at(MISSED):
            invoice.button_draft()
        self._assert_held(plan, "set back to draft")
        with self._at(MISSED + timedelta(1)):
            invoice.action_post()
        self._assert_released(plan)

    def test_manager_waits_for_an_invoice_being_corrected(self):
        plan = self._agree()
        invoice = self.invoice.with_user(self.accountant)
        manager = plan.with_user(self.manager)
        with self._at(MISSED):
            plan.sudo()._refresh_now()
            invoice.button_draft()
            self.assertFalse(manager.can_accelerate)
            with self._refused(UserError, "set back to draft and being corrected"):
                manager.action_accelerate("No answer")
            invoice.action_post()
            self.env.cr.flush()
            manager.action_accelerate("No answer")
        self._assert_plan(plan, "accelerated", left=1000)

    def test_manager_is_told_what_speaks_against_it(self):
        plan = self._agree()
        with self._at(MISSED):
            plan.sudo()._refresh_now()
            manager = plan.with_user(self.manager)
            told = manager._get_consequences("accelerate")
            self.assertNotIn("Attention", told)
            plan.with_user(self.collector)._get_case().action_hold("hardship", "Random")
            self._receive_on_account(100, MISSED)
            self.env["collection.dispute"].with_user(self.collector).create(
                {
                    "move_id": self.invoice.id,
                    "reason_id": self.env.ref(
                        "collection_calls.collection_reason_quality"
                    ).id,
                }
            )
            told = manager._get_consequences("accelerate")
            self.assertIn("is on hold", told)
            self.assertIn("a dispute about these invoices is open", told)
            self.assertRegex(told, r"100\.00 of this debtor isn't matched yet")
            manager.action_accelerate("They agreed to it")
        self._assert_plan(plan, "accelerated")

    def test_one_reason_after_another(self):
        plan = self._agree()
        case = plan.with_user(self.collector)._get_case()
        case.action_hold("hardship", "Random")
        payment = self._receive_on_account(250, DUE)
        self._run_on(MISSED)
        self.assertIn("isn't matched yet", plan.hold_note)
        with self._at(MISSED):
            self._match(self._create_claim(250, 5), payment.move_id)
        self._run_on(MISSED + timedelta(1))
        self.assertIn("is on hold", plan.hold_note)
        [to_do] = self._get_to_dos(plan, "check")
        self.assertIn("is on hold", to_do.summary)

    def test_arrears_paid_while_held(self):
        plan = self._agree()
        plan.with_user(self.collector)._get_case().action_hold("other", "Random")
        self._run_on(MISSED)
        with self._at(MISSED):
            self._receive(self.invoice, 250, MISSED)
            self._assert_plan(plan, "active", arrears=0)
        self.assertFalse(plan.hold_note)
        self.assertFalse(self._get_to_dos(plan, "check"))

    def test_notice_is_held_back_too(self):
        plan = self._agree(rule=self.business)
        case = plan.with_user(self.collector)._get_case()
        self._run_on(LATE)
        with self._at(LATE):
            self._deliver(plan.sudo().notice_letter_id)
        case.action_hold("legal", "Random")
        self._run_on(LATE + timedelta(11))
        self._assert_plan(plan, "notice")
        self.assertIn("is on hold", plan.hold_note)
        case.action_release("Settled")
        self._run_on(LATE + timedelta(12))
        self._assert_plan(plan, "accelerated")


@tagged("post_install", "-at_install")
class TestPlanAgain(CollectionCallsPlanCommon):
    """Reinstated, cancelled, replaced, reopened."""

    def _accelerate(self, **vals):
        plan = self._agree(**vals)
        self._run_on(MISSED)
        self.assertEqual(plan.state, "accelerated")
        return plan

    def test_reinstated(self):
        plan = self._accelerate()
        manager = plan.with_user(self.manager)
        with self._at(MISSED):
            with self._refused(AccessError, "Only a collection manager"):
                plan.action_reinstate("They called")
            with self._refused(UserError, "Say why"):
                manager.action_reinstate("")
            with self._refused(UserError, "in the past"):
                manager.action_reinstate("They called", DUE)
            manager.action_reinstate("They called")
        self._assert_plan(plan, "active", paid=0, left=1000, arrears=250)
        self.assertEqual(plan.date_respite, MISSED + timedelta(7))
        self.assertFalse(plan.date_accelerated)
        self.assertTrue(self.invoice.no_followup)
        event = self._get_last_event(plan)
        self.assertEqual((event.kind, event.reason), ("reinstated", "They called"))
        [letter] = self._get_letters(plan, "reinstatement")
        self.assertIn("250.00", letter.body)
        self.assertEqual(plan.installment_ids[0].state, "due")
        self.assertEqual(plan.installment_ids[1].state, "upcoming")

    def test_respite(self):
        plan = self._accelerate()
        with self._at(MISSED):
            plan.with_user(self.manager).action_reinstate("Once")
        for days in range(8):
            self._run_on(MISSED + timedelta(days))
            self._assert_plan(plan, "active", arrears=250)
        self._run_on(MISSED + timedelta(8))
        self._assert_plan(plan, "accelerated")
        kinds = self._get_events(plan)
        self.assertEqual(
            kinds,
            [
                "activated",
                "missed",
                "accelerated",
                "reinstated",
                "missed",
                "accelerated",
            ],
        )
        with self._at(MISSED + timedelta(8)):
            with self._refused(UserError, r"as often as its rule allows \(1\)"):
                plan.with_user(self.manager).action_reinstate("Twice")

    def test_paid_within_the_respite(self):
        plan = self._accelerate()
        with self._at(MISSED):
            plan.with_user(self.manager).action_reinstate("Once")
            self._receive(self.invoice, 250, MISSED)
        self._run_on(MISSED + timedelta(8))
        self._assert_plan(plan, "active", paid=250, arrears=0)

    def test_promise_made_meanwhile(self):
        plan = self._accelerate()
        with self._at(MISSED):
            promise = self._promise(self.invoice)
            self._assert_verdict(promise, "open")
            plan.with_user(self.manager).action_reinstate("Better so")
            self._assert_verdict(promise, "superseded")
        self._assert_plan(plan, "active")

    def test_another_plan_runs_meanwhile(self):
        plan = self._accelerate()
        with self._at(MISSED):
            other = self._agree(count=2)
            self.assertEqual(plan.state, "cancelled")
            self.assertEqual(self._get_events(plan)[-1], "cancelled")
            self.assertIn(other.name, self._get_last_event(plan).reason)
            with self._refused(UserError, "is “Cancelled”"):
                plan.with_user(self.manager).action_reinstate("Back")
        self._assert_plan(other, "active", left=1000)

    def test_money_for_the_new_plan_is_not_the_old_ones(self):
        plan = self._agree()
        self._receive(self.invoice, 100)
        self._assert_plan(plan, "active", paid=100)
        plan.with_user(self.manager).action_cancel("Too fast for them")
        other = self._agree(count=2)
        self._receive(self.invoice, 450)
        self._assert_plan(other, "active", paid=450, left=450)
        self._assert_plan(plan, "cancelled", paid=100, left=900, arrears=0)

    def test_cancelled(self):
        plan = self._agree()
        with self._refused(AccessError, "Only a collection manager"):
            plan.action_cancel("Wrong")
        manager = plan.with_user(self.manager)
        with self._refused(UserError, "Say why"):
            manager.action_cancel(False)
        manager.action_cancel("Wrong")
        self._assert_plan(plan, "cancelled", arrears=0)
        self.assertEqual(self._get_events(plan), ["activated", "cancelled"])
        self.assertEqual(self._get_last_event(plan).reason, "Wrong")
        traces = self._count_traces(plan)
        self._run_on(MISSED)
        self.assertEqual(self._count_traces(plan), traces)
        with self._refused(UserError, "is “Cancelled”"):
            manager.action_cancel("Again")

    def test_draft_cancelled_by_the_collector(self):
        plan = self._plan(self.invoice)
        plan.action_cancel("They don't want it")
        self._assert_plan(plan, "cancelled")

    def test_cancelled_with_arrears(self):
        plan = self._agree()
        self._run_on(DUE + timedelta(1))
        plan.with_user(self.manager).action_cancel("Wrong")
        self._assert_plan(plan, "cancelled", arrears=0)

    def test_completed_is_over(self):
        plan = self._agree()
        self._receive(self.invoice, 1000)
        self._assert_plan(plan, "completed")
        with self._refused(UserError, "is “Completed”"):
            plan.with_user(self.manager).action_cancel("No")


@tagged("post_install", "-at_install")
class TestPlanSimulation(CollectionCallsPlanCommon):
    def test_says_what_the_night_will_do_and_does_nothing(self):
        plan = self._agree()
        other = self._agree(self._create_claim(100, 5), rule=self.business)
        cron = self.env.ref("collection_calls.ir_cron_run_plans")
        plans = self.env["collection.plan"].with_user(self.collector)
        with self._at(MISSED - timedelta(1)):
            cron.nextcall = f"{MISSED} 04:15:00"
            traces = self._count_traces(plan)
            [row] = plans._simulate_run()
            self.assertEqual((row["plan"], row["step"]), (plan, "accelerate"))
            self.assertEqual(row["amount"], 250)
            self.assertIn("Accelerate:", plan.tonight)
            self.assertIn("Nothing to do", other.tonight)
            self.env.flush_all()
            self.assertEqual(self._count_traces(plan), traces)
            self.assertEqual(plan.state, "active")
        self._run_on(MISSED)
        self._assert_plan(plan, "accelerated")
        self._assert_plan(other, "active")

    def test_nothing_is_announced_twice(self):
        plan = self._agree()
        plan.sudo()._get_case().action_hold("legal", "Random")
        self._run_on(MISSED)
        cron = self.env.ref("collection_calls.ir_cron_run_plans")
        with self._at(MISSED):
            cron.nextcall = f"{MISSED + timedelta(1)} 04:15:00"
            self.assertFalse(plan.with_user(self.collector)._simulate_run())


@tagged("post_install", "-at_install")
class TestPlanFaults(CollectionCallsPlanCommon):
    """One failing plan doesn't stop the others, and the next night mends it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_invoice = cls._create_claim(400, 5)

    def _fail(self, method, plan):
        """Let a method fail for this plan."""
        plans = self.registry["collection.plan"]
        original = getattr(plans, method)

        def fail(self, *args, **kwargs):
            if plan in self:
                raise ValueError("our fault")
            return original(self, *args, **kwargs)

        return patch.object(plans, method, fail)

    def test_unreadable_plan(self):
        one, other = self._agree(), self._agree(self.other_invoice)
        for days in range(2):
            with self._fail("_prepare_ledger", one), mute_logger(OUR_LOG):
                self._run_on(MISSED + timedelta(days))
        self.assertEqual((one.state, other.state), ("active", "accelerated"))
        self.assertEqual((one.is_stale, other.is_stale), (True, False))
        [report] = one.sudo().activity_ids
        self.assertIn("could not be evaluated", report.summary)
        self.assertEqual(report.user_id, self.collector)
        self._run_on(MISSED + timedelta(2))
        self._assert_plan(one, "accelerated")
        self.assertFalse(one.is_stale)
        self.assertFalse(report.exists())

    def test_failing_step(self):
        one, other = self._agree(), self._agree(self.other_invoice)
        with self._fail("_accelerate", one), mute_logger(OUR_LOG):
            self._run_on(MISSED)
        self.assertEqual((one.state, other.state), ("active", "accelerated"))
        self.assertTrue(one.is_stale, "it has to be tried again, and somebody told")
        self.assertNotIn("accelerated", self._get_events(one))
        self._run_on(MISSED + timedelta(1))
        self._assert_plan(one, "accelerated")
        self.assertFalse(one.is_stale)
        self.assertEqual(self._get_events(one).count("missed"), 1)

    def test_failing_note(self):
        plan = self._agree(rule=self.consumer)
        with self._fail("_miss", plan), mute_logger(OUR_LOG):
            self._run_on(MISSED)
        self.assertEqual(self._get_events(plan), ["activated"])
        self._run_on(MISSED + timedelta(1))
        self.assertEqual(self._get_events(plan), ["activated", "missed"])

    def test_failure_while_the_accountant_works(self):
        """The payment stands, and the next night judges the plan."""
        plan = self._agree()
        with self._fail("_refresh_one", plan), mute_logger(OUR_LOG):
            self._receive(self.invoice, 1000)
            self.env.cr.flush()
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(plan.state, "active")
        self.assertTrue(plan.is_stale)
        self._run_on(TODAY)
        self._assert_plan(plan, "completed", paid=1000)
        self.assertFalse(plan.is_stale)

    def test_plans_that_are_over_or_not_agreed_yet(self):
        """They are marked as well where a payment couldn't be judged: nothing more."""
        cancelled = self._agree()
        cancelled.with_user(self.manager).action_cancel("Wrong")
        completed = self._agree()
        draft = self._plan(self.other_invoice)
        self._receive(self.invoice, 1000)
        self.env.cr.flush()
        plans = cancelled + completed + draft
        events = [self._get_events(plan) for plan in plans]
        plans.sudo().is_stale = True
        self._run_on(MISSED)
        self.assertEqual(plans.mapped("state"), ["cancelled", "completed", "draft"])
        self.assertEqual([self._get_events(plan) for plan in plans], events)
        self.assertEqual(set(plans.mapped("is_stale")), {False})
        self.assertFalse(plans.sudo().activity_ids)


@tagged("post_install", "-at_install")
class TestPlanCosts(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        claims = [
            cls._create_claim(100, 5, partner=cls._create_debtor(f"Debtor {number}"))
            for number in range(MANY)
        ]
        cls.claims = cls.env["account.move"].union(*claims)

    def _agree_on_all(self, **vals):
        return self.env["collection.plan"].union(
            *(self._agree(claim, **vals) for claim in self.claims)
        )

    def _count_queries(self, act):
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.cr.flush()
        return self.cr.sql_log_count - before

    def _assert_flat(self, plans, day):
        few = plans[:FEW]
        with self._at(day):
            plans._run_scheduled()
            few._run_scheduled()  # what is only read once
            costs = self._count_queries(few._run_scheduled)
            all_costs = self._count_queries(plans._run_scheduled)
        self.assertEqual(all_costs, costs)
        self.assertLess(costs, 30)

    def test_unchanged_plans(self):
        plans = self._agree_on_all().sudo()
        self._assert_flat(plans, date(2026, 3, 12))
        self.assertEqual(set(plans.mapped("state")), {"active"})

    def test_unchanged_plans_in_arrears(self):
        """What may hold them back is looked up for all at once."""
        plans = self._agree_on_all(rule=self.consumer).sudo()
        self._assert_flat(plans, MISSED)
        self.assertEqual(set(plans.mapped("state")), {"active"})
        self.assertEqual(set(plans.mapped("amount_arrears")), {25})

    def test_accelerations(self):
        """What each step takes: its event with the evidence, its letter, its call."""
        plans = self._agree_on_all().sudo()
        costs = []
        for some in plans[:1], plans[1 : 1 + FEW], plans[1 + FEW :]:
            with self._at(MISSED):
                costs.append(self._count_queries(some._run_scheduled))
        self.assertEqual(set(plans.mapped("state")), {"accelerated"})
        each = (costs[2] - costs[1]) / (MANY - 1 - FEW - FEW)
        self.assertLess(each, 90, costs)

    def test_batches_and_progress(self):
        plans = self._agree_on_all()
        remaining = []

        def note(self, processed=0, *, remaining=None, deactivate=False):
            progress.append((processed, remaining))
            return 60

        progress = remaining
        run = "odoo.addons.collection_calls.models.plan.nightly_run"
        cron = self.registry["ir.cron"]
        with (
            self._at(date(2026, 3, 12)),
            patch(f"{run}.BATCH", 10),
            patch.object(cron, "_commit_progress", note),
        ):
            self.env["collection.plan"]._cron_run()
        self.assertEqual(progress, [(0, MANY), (10, None), (10, None), (4, None)])
        self.assertEqual(len(plans), MANY)
