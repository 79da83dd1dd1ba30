"""Nobody is pressed who must not be: what comes together, comes late, or comes twice.

A promise of 1,000 for 20 March; a plan of four times 250 from 20 March on; it is 10
March.
"""

from datetime import date, timedelta

from odoo.tests import tagged

from ..engine import contact_gate as engine
from ..models.contact.gate import Question
from .common import TODAY
from .test_collection_obstacles import (
    AFTER,
    PLAN_CRON,
    REMIND,
    CollectionObstacleCommon,
)

DEADLINE = date(2026, 3, 22)  # two days of tolerance


@tagged("post_install", "-at_install")
class TestCollectionObstaclesFurther(CollectionObstacleCommon):
    def _end(self, end, day):
        with self._at(day):
            end()
            self.env.cr.flush()

    # ------------------------------------------------- holds, blocked, left out

    def test_two_obstacles_at_once_are_given_back_once(self):
        """A hold from 10 to 20 March, blocked from 15 March to 9 April: thirty days."""
        promise = self._promise(self.invoice)
        release = self._stop("hold")
        unblock = self._stop("blocked", date(2026, 3, 15))
        self._end(release, "2026-03-20")
        self.assertEqual((promise.held_code, promise.date_held), ("blocked", TODAY))
        self._end(unblock, "2026-04-09")
        self.assertEqual(promise.held_days, 30)

    def test_one_obstacle_after_the_other(self):
        """Two days on hold, and five days blocked a little later: seven days."""
        promise = self._promise(self.invoice)
        tolerance = promise.date_deadline
        self._end(self._stop("hold"), "2026-03-12")
        self.assertEqual(promise.date_deadline, tolerance + timedelta(2))
        self._end(self._stop("blocked", date(2026, 3, 14)), "2026-03-19")
        self.assertEqual(promise.date_deadline, tolerance + timedelta(7))

    def test_an_obstacle_that_ends_on_the_same_day(self):
        """Nothing was lost, nothing is given back."""
        promise = self._promise(self.invoice)
        deadline = promise.date_deadline
        self._end(self._stop("hold"), TODAY)
        self.assertEqual((promise.held_days, promise.date_deadline), (0, deadline))
        self._remind(REMIND)
        self.assertEqual(len(self._mails(promise)), 1)

    def test_money_counts_while_nobody_is_pressed(self):
        """Who pays although nobody asks has kept the promise."""
        for kind in ("hold", "insolvency"):
            with self.subTest(kind=kind), self.env.cr.savepoint() as savepoint:
                promise = self._promise(self.invoice)
                self._stop(kind)
                with self._at("2026-03-18"):
                    self._receive(self.invoice, 1000, date(2026, 3, 18))
                self._evaluate_on(promise, AFTER)
                self._assert_verdict(promise, "kept", paid=1000)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_paid_in_the_days_that_were_given_back(self):
        """Held back from 20 to 30 March; paid on 1 April, within the new deadline."""
        promise = self._promise(self.invoice)
        self._end(self._stop("hold", date(2026, 3, 20)), "2026-03-30")
        with self._at("2026-04-01"):
            self._receive(self.invoice, 1000, date(2026, 4, 1))
        self._evaluate_on(promise, date(2026, 4, 3))
        self._assert_verdict(promise, "kept", paid=1000)

    def test_another_company_of_ours_is_not_on_hold(self):
        """A hold is a decision of one company; an insolvency noted for all is not."""
        promise = self._promise(self.invoice)
        other = self.env["res.company"].create({"name": "Other"})
        cases = self.env["collection.case"].sudo()
        elsewhere = cases._get_or_create(self.debtor, other)
        elsewhere.action_hold("legal", "Only here")
        self.env.cr.flush()
        self.assertFalse(promise._find_obstacles()[promise].code)
        rights = self.env["collection.contact.right"].sudo()
        rights.create(
            {"kind": "insolvency", "partner_id": self.debtor.id, "company_id": False}
        )
        self.env.cr.flush()
        self.assertEqual(promise.held_code, "insolvency")

    def test_snoozed_is_not_on_hold(self):
        """Who is called later has promised all the same."""
        promise = self._promise(self.invoice)
        self.case.action_snooze(date(2026, 3, 27), "On holiday")
        self.env.cr.flush()
        self.assertFalse(promise.held_code)
        self._remind(REMIND)
        self.assertEqual(len(self._mails(promise)), 1)

    def test_left_out_after_the_reminder(self):
        """One e-mail went out before; the verdict waits all the same."""
        promise = self._promise(self.invoice)
        self._remind(REMIND)
        self.assertEqual(len(self._mails(promise)), 1)
        self._stop("left_out", REMIND)
        self._remind(date(2026, 3, 20))
        self._evaluate_on(promise, AFTER)
        self.assertEqual(len(self._mails(promise)), 1)
        self._assert_verdict(promise, "open")

    def test_hold_in_the_middle_of_a_plan(self):
        """The first installment was paid; the second falls into the hold."""
        plan = self._agree()
        with self._at("2026-03-20"):
            self._receive(self.invoice, 250, date(2026, 3, 20))
        self._run_until(date(2026, 3, 25))
        end = self._stop("hold", date(2026, 4, 10))
        self._remind(date(2026, 4, 17), PLAN_CRON)
        self._run_until(date(2026, 4, 29), date(2026, 4, 10))
        self.assertEqual(plan.state, "active")
        self._end(end, "2026-04-30")
        self._run_until(date(2026, 5, 12), date(2026, 4, 30))
        self.assertEqual(plan.state, "active", "20 April, 3 days and 20 given back")
        self._run_until(date(2026, 5, 15), date(2026, 5, 13))
        self.assertEqual(plan.state, "accelerated")

    # ------------------------------------------------------------------- disputes

    def test_a_dispute_that_grows(self):
        promise = self._promise(self.invoice)
        self._dispute(400).amount = 700
        self.env.cr.flush()
        self._remind(REMIND)
        [mail] = self._mails(promise)
        self.assertIn("300.00", mail.body_html)
        self.assertEqual(promise._get_amount_to_remind(), 300)

    def test_a_promise_of_less_than_is_undisputed(self):
        """500 of 1,000 are promised, 400 are disputed: 500 are asked for."""
        promise = self._promise(self.invoice, 500)
        self._dispute(400)
        self.assertEqual(promise._get_amount_to_remind(), 500)

    def test_part_of_the_undisputed_was_paid(self):
        """1,000, of which 400 are disputed and 250 paid: 350 are asked for."""
        promise = self._promise(self.invoice)
        self._dispute(400)
        self._receive(self.invoice, 250, TODAY)
        self.env.cr.flush()
        self.assertEqual(promise._get_amount_to_remind(), 350)

    def test_no_more_than_the_disputed_part_is_left(self):
        """700 are disputed, 400 were paid: nobody is reminded of 600."""
        promise = self._promise(self.invoice)
        self._dispute(700)
        self._receive(self.invoice, 400, TODAY)
        self.env.cr.flush()
        self.assertEqual(promise._get_amount_to_remind(), 0)
        self._remind(REMIND)
        self.assertFalse(self._mails(promise))

    def test_a_dispute_that_ends_before_the_reminder(self):
        promise = self._promise(self.invoice)
        dispute = self._dispute(400)
        with self._at("2026-03-12"):
            dispute.action_reject("Delivered as ordered")
            self.env.cr.flush()
        self.assertEqual(promise._get_amount_to_remind(), 1000)

    def test_a_dispute_about_another_invoice(self):
        promise = self._promise(self._create_claim(500, days_overdue=5))
        self._dispute(1000)
        self._remind(REMIND)
        [mail] = self._mails(promise)
        self.assertIn("500.00", mail.body_html)
        self.assertFalse(promise.held_code)

    # ------------------------------------------------------ rights of collectors

    def _ask(self, document="reminder", channel="email", person=None):
        gate = self.env["collection.contact.gate"]
        question = Question(self.debtor, document, channel, person)
        return gate._ask(self.company, [question])[0]

    def _wish(self, kind, **vals):
        rights = self.env["collection.contact.right"].with_user(self.collector)
        vals = {"kind": kind, "partner_id": self.debtor.id, **vals}
        return rights.create({"company_id": self.company.id, **vals})

    def test_wishes_of_one_person_leave_the_others(self):
        anna, bert = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.debtor.id,
                    "email": f"{name}@m.example",
                }
                for name in ("anna", "bert")
            ]
        )
        self._wish("no_email", contact_id=anna.id)
        self.assertFalse(self._ask(person=anna).is_allowed)
        self.assertTrue(self._ask(person=bert).is_allowed)
        self.assertTrue(self._ask().is_allowed)

    def test_a_wish_that_was_for_yesterday(self):
        yesterday = TODAY - timedelta(1)
        right = self._wish("no_email", date_from=yesterday, date_until=yesterday)
        self.assertFalse(right.is_standing)
        self.assertTrue(self._ask().is_allowed)

    def test_a_wish_that_was_said_last_week(self):
        """It counts from when it is noted; the day on which it was said is told."""
        right = self._wish("by_post", date_from=TODAY - timedelta(7))
        self.assertFalse(self._ask().is_allowed)
        self.assertIn("03/03/2026", right.sentence)

    def test_the_same_wish_twice(self):
        """One of them ends: the other one stands."""
        one, other = self._wish("no_email"), self._wish("no_email")
        one.with_user(self.manager).action_end("Noted twice")
        self.assertFalse(self._ask().is_allowed)
        other.with_user(self.manager).action_end("Took it back")
        self.assertTrue(self._ask().is_allowed)

    def test_an_archived_debtor_may_ask_for_something(self):
        self.debtor.active = False
        right = self._wish("no_contact")
        self.assertTrue(right.is_standing)
        self.assertFalse(self._ask("reminder", engine.LETTER).is_allowed)

    def test_insolvent_and_on_hold(self):
        """The hold ends, the insolvency doesn't: nobody is asked."""
        promise = self._promise(self.invoice)
        release = self._stop("hold")
        self._stop("insolvency")
        self._end(release, "2026-03-12")
        self.assertEqual(promise.held_code, "insolvency")
        self._remind(REMIND)
        self.assertFalse(self._mails(promise))

    def test_the_deadline_of_the_scenario(self):
        self.assertEqual(self._promise(self.invoice).date_deadline, DEADLINE)
