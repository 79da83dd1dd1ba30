"""The scheduled actions, the company's days, faults, and what evaluation costs."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import (
    FEW,
    MANY,
    TODAY,
    CollectionCallsAccountant,
    CollectionCallsPromiseCommon,
)

MONDAY = date(2026, 3, 16)
FRIDAY = date(2026, 3, 13)
AFTER = date(2026, 3, 24)
MODELS = "odoo.addons.collection_calls.models"
OUR_LOG = f"{MODELS}.agreement.collection_agreement"


@tagged("post_install", "-at_install")
class TestPromiseCron(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = "office@mueller.example"

    def _get_reminders(self, promise):
        template = self.env.ref("collection_calls.mail_template_promise_reminder")
        subjects = template._render_field("subject", promise.ids)
        return promise.sudo().message_ids.filtered(
            lambda message: message.subject == subjects[promise.id]
        )

    def _get_calls(self, promise):
        return promise.sudo()._get_case()._get_call_activities()

    def _remind_at(self, day, hour="07:00"):
        with self._at(day, hour):
            self._run_cron("ir_cron_remind_promises")

    def test_evaluated_by_the_schedule(self):
        kept = self._promise(self._create_claim(100, 5))
        broken = self._promise(self.invoice)
        self._receive(kept.line_ids.move_id, 100)
        with self._at(AFTER, "04:00"):
            self._run_cron("ir_cron_evaluate_promises")
            self._run_cron("ir_cron_evaluate_promises")
        self.assertEqual(kept.state, "kept")
        self.assertEqual(broken.state, "broken")
        call = self._get_calls(broken)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.collector)
        self.assertEqual(call.date_deadline, AFTER)
        self.assertIn(broken.name, call.summary)

    def test_case_is_the_collectors(self):
        """Not the accountant's whose payment was the first that concerned it."""
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(promise.sudo()._get_case().user_id, self.collector)

    def test_reminded_on_friday_before_monday(self):
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self.assertEqual(promise.date_remind, FRIDAY)
        with self._at(FRIDAY - timedelta(1), "07:00"):
            self._run_cron("ir_cron_remind_promises")
        self.assertFalse(promise.date_reminded)
        for _time in range(2):
            with self._at(FRIDAY, "07:00"):
                self._run_cron("ir_cron_remind_promises")
        self.assertEqual(promise.date_reminded, FRIDAY)
        self.assertEqual(len(self._get_reminders(promise)), 1)
        call = self._get_calls(promise)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.date_deadline, FRIDAY)

    def test_not_reminded_on_the_day_of_the_promise(self):
        """Nor on the day of the payment, which is too late."""
        promise = self._promise(self.invoice, days=1)
        self.assertFalse(promise.date_remind)
        for days in (0, 1, 2):
            self._remind_at(TODAY + timedelta(days))
        self.assertFalse(promise.date_reminded)
        self.assertFalse(self._get_reminders(promise))

    def test_reminded_late_but_not_on_the_day(self):
        """The server was down on Friday: Sunday is early enough, Monday isn't."""
        one = self._promise(self.invoice, date_promised=MONDAY)
        self._remind_at(MONDAY - timedelta(1))
        self.assertEqual(one.date_reminded, MONDAY - timedelta(1))
        other = self._promise(self._create_claim(100, 5), date_promised=MONDAY)
        self._remind_at(MONDAY)
        self.assertFalse(other.date_reminded)

    def test_reminded_from_seven_on_the_companys_clock(self):
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self._remind_at(FRIDAY, "05:59")
        self.assertFalse(promise.date_reminded)
        self._remind_at(FRIDAY, "06:00")
        self.assertEqual(promise.date_reminded, FRIDAY)

    def test_reminded_in_the_morning_far_west(self):
        self.company.partner_id.tz = "Pacific/Honolulu"
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self._remind_at(FRIDAY, "16:59")
        self.assertFalse(promise.date_reminded)
        self._remind_at(FRIDAY, "17:00")
        self.assertEqual(promise.date_reminded, FRIDAY)

    def test_reminded_of_what_is_missing(self):
        other = self._create_claim(500, 5)
        promise = self._promise(self.invoice + other, date_promised=MONDAY)
        self._receive(self.invoice, 900)
        self.env.cr.flush()
        self._remind_at(FRIDAY)
        self.assertEqual(
            promise._get_reminder_lines(),
            [
                {"label": self.invoice.name, "amount": 100},
                {"label": other.name, "amount": 500},
            ],
        )
        body = self._get_reminders(promise).body
        self.assertIn("600.00", body)
        self.assertNotIn("1,500.00", body)

    def test_reminded_of_no_more_than_is_missing(self):
        """Money on one claim counts for the whole promise."""
        other = self._create_claim(500, 5)
        promise = self._promise(self.invoice + other, amount=400)
        self._receive(self.invoice, 500)
        self.env.cr.flush()
        self.assertEqual(promise.amount_missing, 300)
        amounts = [line["amount"] for line in promise._get_reminder_lines()]
        self.assertEqual(sum(amounts), 300)

    def test_reminded_of_live_claims_only(self):
        other = self._create_claim(500, 5)
        promise = self._promise(self.invoice + other, date_promised=MONDAY)
        self._promise(other, days=20)
        [line] = promise._get_reminder_lines()
        self.assertEqual(line, {"label": self.invoice.name, "amount": 1000})

    def test_not_reminded_before_a_manager_confirms(self):
        self.company.collection_promise_horizon_days = 2
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self.assertTrue(promise.needs_confirmation)
        self._remind_at(FRIDAY)
        self.assertFalse(promise.date_reminded)
        promise.with_user(self.manager).action_confirm()
        self._remind_at(FRIDAY)
        self.assertEqual(promise.date_reminded, FRIDAY)

    def test_reminder_waits_in_the_mail_queue(self):
        promise = self._promise(self.invoice, date_promised=MONDAY)
        promise.sudo().message_subscribe(self.manager.partner_id.ids)
        self._remind_at(FRIDAY)
        [mail] = self._get_reminders(promise).mail_ids
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.debtor)

    def _assert_collector_writes(self, promise):
        self.assertEqual(promise.date_reminded, FRIDAY)
        self.assertEqual(len(self._get_calls(promise)), 1)
        [to_do] = promise.sudo()._get_case().activity_ids - self._get_calls(promise)
        self.assertIn(promise.name, to_do.summary)
        self.assertEqual(to_do.user_id, self.collector)

    def test_broken_template(self):
        # Odoo tries a template when it is saved, if there is a promise to try it on.
        template = self.env.ref("collection_calls.mail_template_promise_reminder")
        template.body_html = '<p>Dear <t t-out="object.no_such_method()"/></p>'
        promise = self._promise(self.invoice, date_promised=MONDAY)
        with mute_logger(OUR_LOG, "odoo.addons.mail.models.mail_render_mixin"):
            self._remind_at(FRIDAY)
            self._remind_at(FRIDAY, "10:00")
        self._assert_collector_writes(promise)

    def test_deleted_template(self):
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self.env.ref("collection_calls.mail_template_promise_reminder").unlink()
        with mute_logger(OUR_LOG):
            self._remind_at(FRIDAY)
        self._assert_collector_writes(promise)

    def test_invalid_address(self):
        self.debtor.email = "ask at the gate"
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self._remind_at(FRIDAY)
        self.assertFalse(self._get_reminders(promise))
        self.assertEqual(len(self._get_calls(promise)), 1)

    def test_not_reminded_of_what_is_paid(self):
        promise = self._promise(self.invoice, date_promised=MONDAY)
        self._receive(self.invoice, 1000)
        self.env.cr.flush()
        with self._at(FRIDAY, "07:00"):
            self._run_cron("ir_cron_remind_promises")
        self.assertFalse(self._get_reminders(promise))

    def test_reminder_without_an_address(self):
        self.debtor.email = False
        promise = self._promise(self.invoice, date_promised=MONDAY)
        with self._at(FRIDAY, "07:00"):
            self._run_cron("ir_cron_remind_promises")
        self.assertFalse(self._get_reminders(promise))
        self.assertEqual(len(self._get_calls(promise)), 1)


@tagged("post_install", "-at_install")
class TestPromiseDays(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    """At 23:30 UTC the company in Berlin has its next day already."""

    def test_made_on_the_companys_day(self):
        with self._at(TODAY, "23:30"):
            promise = self._promise(self.invoice, days=0)
        self.assertEqual(promise.date_made, TODAY + timedelta(1))

    def test_broken_on_the_companys_day(self):
        promise = self._promise(self.invoice)
        deadline = promise.date_deadline
        with self._at(deadline, "22:30"):
            promise._evaluate(scheduled=True)
        self.assertEqual(promise.state, "open")
        with self._at(deadline, "23:30"):
            promise._evaluate(scheduled=True)
        self.assertEqual(promise.state, "broken")

    def test_far_west(self):
        self.company.partner_id.tz = "Pacific/Honolulu"
        promise = self._promise(self.invoice)
        self.assertEqual(promise.date_made, TODAY - timedelta(1))


@tagged("post_install", "-at_install")
class TestPromiseFaults(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def _assert_mended(self, promise):
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(promise.state, "open")
        self.assertTrue(promise.is_stale)
        self._run_cron("ir_cron_evaluate_promises")
        self.assertEqual(promise.state, "kept")
        self.assertFalse(promise.is_stale)

    def _receive_while(self, method):
        promises = self.registry["collection.promise"]
        with (
            patch.object(promises, method, side_effect=ValueError("our fault")),
            mute_logger(OUR_LOG),
        ):
            self._receive(self.invoice, 1000)
            self.env.cr.flush()

    def test_fault_in_the_verdict(self):
        promise = self._promise(self.invoice)
        self._receive_while("_conclude")
        self._assert_mended(promise)

    def test_fault_in_the_facts(self):
        promise = self._promise(self.invoice)
        self._receive_while("_get_touched")
        self._assert_mended(promise)

    def test_fault_in_the_database(self):
        """Even where the transaction itself is spoilt for a moment."""
        promise = self._promise(self.invoice)
        promises = self.registry["collection.promise"]

        def spoil(self, *args):
            self.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(promises, "_get_touched", spoil),
            mute_logger(OUR_LOG, "odoo.sql_db"),
        ):
            self._receive(self.invoice, 1000)
            self.env.cr.flush()
        self._assert_mended(promise)

    def test_veto_of_another_module(self):
        """What others refuse stays refused, whatever we do in the same transaction."""
        promise = self._promise(self.invoice)
        self.env.cr.flush()
        self._receive(self.invoice, 1000)

        veto = UserError("No payments today")

        @self.env.cr.precommit.add
        def refuse():
            raise veto

        with self.assertRaisesRegex(UserError, "No payments today"):
            self.env.cr.flush()
        self.assertEqual(promise.state, "kept", "our hook ran first")

    def test_fault_leaves_what_others_have_pending(self):
        promise = self._promise(self.invoice)
        self.env.cr.flush()
        ran = []
        self.invoice.ref = "pending"

        def work():
            self.invoice.ref = "ours"
            raise ValueError("our fault")

        self.env.cr.precommit.add(lambda: ran.append(True))
        with mute_logger(OUR_LOG):
            self.assertFalse(promise._attempt(work, "failed"))
        self.assertFalse(ran, "not yet: the transaction goes on")
        self.assertEqual(self.invoice.ref, "pending")
        self.env.cr.flush()
        self.assertTrue(ran)

    def test_one_unreadable_promise_does_not_stop_the_schedule(self):
        promises = self._promise(self.invoice)
        promises += self._promise(self._create_claim(100, 5))
        prepare = self.registry["collection.promise"]._prepare_facts

        def fail_first(self, *args):
            if self == promises[0]:
                raise ValueError("our fault")
            return prepare(self, *args)

        facts = patch.object(
            self.registry["collection.promise"], "_prepare_facts", fail_first
        )
        for days in range(2):
            with facts, mute_logger(OUR_LOG), self._at(AFTER + timedelta(days)):
                self._run_cron("ir_cron_evaluate_promises")
        self.assertEqual(promises.mapped("state"), ["open", "broken"])
        self.assertEqual(promises.mapped("is_stale"), [True, False])
        report = promises[0].sudo().activity_ids
        self.assertEqual(len(report), 1, "not again each night")
        self.assertEqual(report.user_id, self.collector)
        with self._at(AFTER):
            self._run_cron("ir_cron_evaluate_promises")
        self.assertEqual(promises[0].state, "broken")
        self.assertFalse(report.exists())

    def test_one_fault_does_not_stop_the_others(self):
        promises = self._promise(self.invoice)
        promises += self._promise(self._create_claim(100, 5))
        conclude = self.registry["collection.promise"]._conclude

        def fail_first(self, verdict, *evidence):
            if self == promises[0]:
                raise ValueError("our fault")
            conclude(self, verdict, *evidence)

        with (
            patch.object(self.registry["collection.promise"], "_conclude", fail_first),
            mute_logger(OUR_LOG),
        ):
            self._evaluate_on(promises, AFTER)
        self.assertEqual(promises.mapped("state"), ["open", "broken"])
        self.assertEqual(promises.mapped("is_stale"), [True, False])


@tagged("post_install", "-at_install")
class TestPromiseCosts(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def _count_queries(self, act):
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.cr.flush()
        return self.cr.sql_log_count - before

    def test_evaluation_of_many(self):
        claims = [
            self._create_claim(100, 5, partner=self._create_debtor(f"Debtor {number}"))
            for number in range(MANY)
        ]
        promises = self.env["collection.promise"].union(
            *(self._promise(claim) for claim in claims)
        )
        few = promises[:FEW].sudo()
        with self._at(date(2026, 3, 12)):
            few._evaluate(scheduled=True)  # what is only read once
            costs = self._count_queries(lambda: few._evaluate(scheduled=True))
            all_costs = self._count_queries(
                lambda: promises.sudo()._evaluate(scheduled=True)
            )
        self.assertEqual(set(promises.mapped("state")), {"open"})
        self.assertEqual(all_costs, costs)

    def test_broken_promises(self):
        """What each verdict takes: its evidence, the call, the case."""
        claims = [
            self._create_claim(100, 5, partner=self._create_debtor(f"Debtor {number}"))
            for number in range(MANY)
        ]
        promises = self.env["collection.promise"].union(
            *(self._promise(claim, days=1) for claim in claims)
        )
        costs = []
        for some in promises[:1], promises[1 : 1 + FEW], promises[1 + FEW :]:
            with self._at(date(2026, 3, 16)):
                costs.append(
                    self._count_queries(
                        lambda some=some: some.sudo()._evaluate(scheduled=True)
                    )
                )
        self.assertEqual(set(promises.mapped("state")), {"broken"})
        each = (costs[2] - costs[1]) / (MANY - 1 - FEW - FEW)
        self.assertLess(each, 50, costs)

    def test_payment_without_a_promise(self):
        """What we add to every payment: one look whether something is promised."""
        one, two = (self._create_claim(100, 5) for _number in range(2))
        touched = self.registry["collection.promise"]._evaluate_touched
        counts = []

        def count(promises):
            before = self.cr.sql_log_count
            touched(promises)
            counts.append(self.cr.sql_log_count - before)

        self._receive(one, 100)  # what is only read once
        self.env.cr.flush()
        with patch.object(
            self.registry["collection.promise"], "_evaluate_touched", count
        ):
            self._receive(two, 100)
            self.env.cr.flush()
        self.assertLessEqual(max(counts), 5)
        self.assertLessEqual(sum(counts), 15)

    def test_touched_once(self):
        promise = self._promise(self.invoice)
        promises = self.registry["collection.promise"]
        evaluate = promises._evaluate
        judged = []

        def count(self, scheduled=False):
            judged.append(self)
            return evaluate(self, scheduled)

        with patch.object(promises, "_evaluate", count):
            for _time in range(5):
                promise._touch(self.invoice.ids)
            self.env.cr.flush()
        self.assertEqual(judged, [promise.sudo()])
