"""Nobody is pressed who must not be, and nobody loses time by it.

A promise of 1,000 for 20 March; a plan of four times 250 from 20 March on.
"""

from datetime import date, timedelta

from odoo.tests import tagged

from .common import TODAY, CollectionCallsPlanCommon

PROMISED = date(2026, 3, 20)
REMIND = date(2026, 3, 19)
AFTER = date(2026, 3, 24)
PROMISE_CRON, PLAN_CRON = "ir_cron_remind_promises", "ir_cron_remind_installments"


class CollectionObstacleCommon(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.env.cr.flush()

    @property
    def case(self):
        return self.debtor.with_user(self.collector).collection_case_id

    def _mails(self, record):
        """What went out about a promise or a plan."""
        return record.sudo().message_ids.mail_ids

    def _remind(self, day, cron=PROMISE_CRON):
        self.env.cr.flush()
        with self._at(day, "08:00"):
            self._run_cron(cron)

    def _dispute(self, amount, day=TODAY):
        with self._at(day):
            dispute = (
                self.env["collection.dispute"]
                .with_user(self.collector)
                .create(
                    {
                        "move_id": self.invoice.id,
                        "reason_id": self.quality.id,
                        "amount": amount,
                    }
                )
            )
            self.env.cr.flush()
        return dispute

    def _stop(self, kind, day=TODAY):
        """Make an obstacle come up on a day; what ends it again."""
        with self._at(day):
            end = getattr(self, f"_stop_by_{kind}")()
            self.env.cr.flush()
        return end

    def _stop_by_hold(self):
        self.case.action_hold("legal", "Insolvency opened")
        return lambda: self.case.action_release("It was closed")

    def _stop_by_blocked(self):
        self.invoice.action_toggle_block_payment()
        return self.invoice.action_toggle_block_payment

    def _stop_by_left_out(self):
        self.invoice.no_followup = True

        def end():
            self.invoice.no_followup = False

        return end

    def _stop_by_dispute(self):
        dispute = self._dispute(1000, date.today())
        return lambda: dispute.action_withdraw()

    def _stop_by_insolvency(self):
        right = (
            self.env["collection.contact.right"]
            .with_user(self.collector)
            .create({"kind": "insolvency", "partner_id": self.debtor.id})
        )
        return lambda: right.with_user(self.manager).action_end("It was closed")

    def _stop_by_answer(self):
        """The debtor writes; somebody takes longer to read it than is usual."""
        self.company.collection_answer_hold_days = 60
        case_sudo = self.case.sudo()
        message = case_sudo.message_post(
            body="Wait.", email_from="office@mueller.example", message_type="email"
        )
        answer_sudo = self.env["collection.answer"].sudo()._receive(case_sudo, message)
        return answer_sudo.with_user(self.collector).action_note


KINDS = ("hold", "blocked", "left_out", "dispute", "insolvency", "answer")


@tagged("post_install", "-at_install")
class TestCollectionObstacles(CollectionObstacleCommon):
    # ------------------------------------------------------------------- promises

    def _check_promise(self, kind):
        promise = self._promise(self.invoice)
        end = self._stop(kind)
        self.assertEqual((promise.held_code, promise.date_held), (kind, TODAY))
        self.assertIn("Nobody is asked for it", promise.held_note)
        calls = self.case._get_call_activities()
        self._remind(REMIND)
        self.assertFalse(self._mails(promise) or promise.date_reminded)
        self.assertEqual(self.case._get_call_activities(), calls)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "open")
        with self._at("2026-04-09"):  # thirty days later
            end()
            self.env.cr.flush()
        self.assertFalse(promise.held_code or promise.date_held)
        deadline = PROMISED + timedelta(promise.tolerance_days + 30)
        self.assertEqual((promise.held_days, promise.date_deadline), (30, deadline))
        self.assertIn(
            "Held back for 30 days, since 03/10/2026",
            promise.sudo().message_ids[0].body,
        )
        self._evaluate_on(promise, deadline)
        self._assert_verdict(promise, "open")
        self._evaluate_on(promise, deadline + timedelta(1))
        self._assert_verdict(promise, "broken")

    def test_promise_on_hold(self):
        self._check_promise("hold")

    def test_promise_of_a_blocked_invoice(self):
        self._check_promise("blocked")

    def test_promise_of_an_invoice_left_out(self):
        self._check_promise("left_out")

    def test_promise_of_a_disputed_invoice(self):
        self._check_promise("dispute")

    def test_promise_of_an_insolvent_debtor(self):
        self._check_promise("insolvency")

    def test_promise_of_a_debtor_who_has_written(self):
        self._check_promise("answer")

    def test_reminded_again_where_there_is_time(self):
        promise = self._promise(self.invoice)
        end = self._stop("hold")
        self._remind(REMIND)
        with self._at(REMIND, "09:00"):
            end()
            self.env.cr.flush()
        with self._at(REMIND, "10:00"):
            self._run_cron(PROMISE_CRON)
        self.assertEqual(len(self._mails(promise)), 1)

    def test_what_was_over_stays_over(self):
        promise = self._promise(self.invoice)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")
        end = self._stop("hold", AFTER)
        self._evaluate_on(promise, AFTER + timedelta(3))
        with self._at(AFTER + timedelta(5)):
            end()
            self.env.cr.flush()
        self._assert_verdict(promise, "broken")
        self.assertFalse(promise.held_days)

    def test_reminder_asks_for_what_is_not_disputed(self):
        promise = self._promise(self.invoice)
        self._dispute(400)
        self._remind(REMIND)
        [mail] = self._mails(promise)
        self.assertIn("600.00", mail.body_html)
        self.assertNotIn("1,000.00", mail.body_html)
        self.assertEqual(promise._get_amount_to_remind(), 600)

    def test_undisputed_part_was_paid(self):
        promise = self._promise(self.invoice)
        dispute = self._dispute(400)
        with self._at("2026-03-18"):
            self._receive(self.invoice, 600, date(2026, 3, 18))
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "open", paid=600)
        with self._at("2026-04-09"):
            dispute.action_reject("Delivered as ordered")
            self.env.cr.flush()
        self._evaluate_on(promise, date(2026, 4, 20))
        self._assert_verdict(promise, "open")
        self._evaluate_on(promise, date(2026, 5, 1))
        self._assert_verdict(promise, "partial", paid=600)

    def test_undisputed_part_was_not_paid(self):
        promise = self._promise(self.invoice)
        self._dispute(400)
        self._evaluate_on(promise, AFTER)
        self._assert_verdict(promise, "broken")

    def test_one_blocked_invoice_of_two(self):
        other = self._create_claim(500, days_overdue=5)
        promise = self._promise(self.invoice | other)
        self._stop("blocked")
        self._remind(REMIND)
        [mail] = self._mails(promise)
        self.assertIn("500.00", mail.body_html)
        self.assertEqual(promise._get_amount_to_remind(), 500)

    # ---------------------------------------------------------------------- plans

    def _check_plan(self, kind):
        plan = self._agree()
        end = self._stop(kind)
        self.assertEqual((plan.held_code, plan.date_held), (kind, TODAY))
        self._remind(date(2026, 3, 17), PLAN_CRON)
        self._run_until(date(2026, 4, 8))
        self.assertEqual(plan.state, "active")
        self.assertNotIn("missed", self._get_events(plan))
        self.assertFalse(plan.letter_ids.filtered(lambda x: x.kind != "agreement"))
        self.assertFalse(
            self._mails(plan) - plan.letter_ids.sudo().confirmation_message_id.mail_ids
        )
        with self._at("2026-04-09"):
            end()
            self.env.cr.flush()
        self._run_on(date(2026, 4, 9))
        event = self._get_last_event(plan)
        self.assertEqual(event.kind, "resumed")
        self.assertIn("30 days", event.reason)
        # 20 March, three days of grace, and thirty days given back
        self.assertEqual(plan.date_respite, date(2026, 4, 22))
        self._run_until(date(2026, 4, 22), date(2026, 4, 10))
        self.assertEqual(plan.state, "active")
        self._run_until(date(2026, 4, 24), date(2026, 4, 23))
        self.assertEqual(plan.state, "accelerated")

    def test_plan_on_hold(self):
        self._check_plan("hold")

    def test_plan_of_a_blocked_invoice(self):
        self._check_plan("blocked")

    def test_plan_of_an_invoice_left_out(self):
        self._check_plan("left_out")

    def test_plan_of_a_disputed_invoice(self):
        self._check_plan("dispute")

    def test_plan_of_an_insolvent_debtor(self):
        self._check_plan("insolvency")

    def test_plan_of_a_debtor_who_has_written(self):
        self._check_plan("answer")

    def test_cure_period_gets_the_days_back(self):
        plan = self._agree(rule=self.business)
        self._run_until(date(2026, 3, 26))
        self.assertEqual(plan.state, "notice")
        with self._at("2026-03-26", "05:00"):
            self._deliver(self._get_letters(plan, "notice"))
            self.env.cr.flush()
        cure = plan.date_cure
        self.assertEqual(cure, date(2026, 4, 5))
        end = self._stop("hold", date(2026, 4, 1))
        self._run_on(date(2026, 4, 7))
        self.assertEqual(plan.state, "notice")
        with self._at("2026-04-11"):
            end()
            self.env.cr.flush()
        self.assertEqual(plan.date_cure, date(2026, 4, 15))
        self._run_on(date(2026, 4, 15))
        self.assertEqual(plan.state, "notice")
        self._run_on(date(2026, 4, 16))
        self.assertEqual(plan.state, "accelerated")
