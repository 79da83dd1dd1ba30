"""A night that disturbs nobody: conflicts, short transactions, and where it goes on."""

from datetime import date, timedelta
from unittest.mock import patch

from psycopg2.errors import (
    DeadlockDetected,
    LockNotAvailable,
    SerializationFailure,
    UniqueViolation,
)

from odoo.service.server import thread_local
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine import pace
from .common import TODAY, CollectionCallsPlanCommon

MODELS = "odoo.addons.collection_calls.models"
OUR_LOG = f"{MODELS}.agreement.collection_agreement"
NIGHT = f"{MODELS}.night.collection_night"
SECONDS = "odoo.addons.base.models.ir_cron.MIN_TIME_PER_JOB"
AFTER = date(2026, 3, 24)
MISSED = date(2026, 3, 24)  # the first installment's grace is over
DEBTORS = 14


class CollectionNightCommon(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch(f"{NIGHT}.PAUSE", 0.001))

    def _claims(self, count=DEBTORS):
        return [
            self._create_claim(100, 5, partner=self._create_debtor(f"Debtor {number}"))
            for number in range(count)
        ]

    def _run_cut_down(self, name, runs, day, hour="08:00", **sizes):
        """Runs of a scheduled action with time for one record: Odoo asks ten times"""
        with self._at(day, hour), patch(SECONDS, 0):
            for _run in range(runs):
                self._run_cron(name)

    def _note_turns(self, model, method):
        """Patch what does the work, so that it notes whose turn it was."""
        turns = []
        records = self.registry[model]
        original = getattr(records, method)

        def note(self, *args):
            turns.extend(self.ids)
            return original(self, *args)

        return turns, patch.object(records, method, note)


@tagged("post_install", "-at_install")
class TestNightConflicts(CollectionNightCommon):
    """Another transaction was faster: that is no failure."""

    def _fail(self, model, method, error, times=1):
        """Let a method fail so often, and then succeed."""
        records = self.registry[model]
        original = getattr(records, method)
        left = [times]

        def fail(self, *args, **kwargs):
            if left[0]:
                left[0] -= 1
                raise error()
            return original(self, *args, **kwargs)

        return patch.object(records, method, fail)

    def _run_quietly(self, name, day):
        with (
            self.assertNoLogs("odoo.addons.collection_calls", "WARNING"),
            self.assertNoLogs("odoo.sql_db", "ERROR"),
            mute_logger("odoo.addons.base.models.ir_cron"),
            self._at(day, "08:00"),
        ):
            self._run_cron(name)

    def _assert_untold(self, *records):
        for record in records:
            record_sudo = record.sudo()
            self.assertFalse(record_sudo.is_stale)
            self.assertFalse(record_sudo.is_failure_reported)
            self.assertFalse(
                record_sudo.activity_ids.filtered(
                    lambda to_do: "could not be" in (to_do.summary or "")
                )
            )

    def test_tried_again(self):
        promises = self._promise(self.invoice)
        promises += self._promise(self._create_claim(100, 5))
        for number, error in enumerate(
            (SerializationFailure, DeadlockDetected, LockNotAvailable, UniqueViolation)
        ):
            with self.subTest(error=error):
                promises.sudo().state = "open"
                promises.line_ids.sudo().state = "open"
                with self._fail("collection.promise", "_conclude", error):
                    day = AFTER + timedelta(number)
                    self._run_quietly("ir_cron_evaluate_promises", day)
                self.assertEqual(set(promises.mapped("state")), {"broken"})
                self._assert_untold(*promises)

    def test_left_to_the_next_run(self):
        """All that nobody is in the way of is done, and nobody hears of the rest."""
        one, other = self._agree(), self._agree(self._create_claim(100, 5))
        take_step = self.registry["collection.plan"]._take_step

        def fail(self, decision, *evidence):
            if self == one:
                raise SerializationFailure()
            return take_step(self, decision, *evidence)

        with patch.object(self.registry["collection.plan"], "_take_step", fail):
            self._run_quietly("ir_cron_run_plans", MISSED)
        self.assertEqual((one.state, other.state), ("active", "accelerated"))
        self._assert_untold(one, other)
        self.assertEqual(self._get_events(one), ["activated"], "all of it is undone")
        self._run_quietly("ir_cron_run_plans", MISSED + timedelta(1))
        self.assertEqual(one.state, "accelerated")

    def test_conflict_in_the_commit(self):
        """What follows from the work fails with it, and is done again with it."""
        plan = self._agree()
        with self._fail("collection.case", "_refresh_affected", SerializationFailure):
            self._run_quietly("ir_cron_run_plans", MISSED)
        self._assert_plan(plan, "accelerated", left=1000)
        self.assertEqual(self._get_events(plan).count("accelerated"), 1)
        self.assertEqual(len(self._get_letters(plan, "acceleration")), 1)
        self.assertEqual(len(self._get_calls(plan)), 1)

    def test_reminder(self):
        promise = self._promise(self.invoice)
        day = promise.date_remind
        with self._fail("collection.promise", "_remind", SerializationFailure):
            self._run_quietly("ir_cron_remind_promises", day)
        self.assertEqual(promise.date_reminded, day)
        self.assertEqual(len(self._get_calls(promise)), 1)

    def test_request_is_run_again(self):
        """Odoo does that: the error goes on, and isn't told of as a failure of ours."""
        promise = self._promise(self.invoice)
        with (
            self._fail("collection.promise", "_conclude", SerializationFailure),
            patch.object(thread_local, "rpc_model_method", "x", create=True),
            self.assertNoLogs("odoo.addons.collection_calls", "WARNING"),
            self._at(AFTER, "08:00"),
            self.assertRaises(SerializationFailure),
            self.cr.savepoint(),
        ):
            promise.sudo()._evaluate(scheduled=True)
        self._assert_untold(promise)

    def test_the_same_record_again_and_again_is_our_fault(self):
        """Who tries again sees what another one made: if not, somebody is told."""
        promise = self._promise(self.invoice)
        with (
            self._fail("collection.promise", "_conclude", UniqueViolation, times=99),
            self.assertLogs(OUR_LOG, "ERROR"),
            self._at(AFTER, "08:00"),
        ):
            self._run_cron("ir_cron_evaluate_promises")
        self.assertTrue(promise.is_stale)

    def test_refreshing_cases(self):
        self.env.cr.execute("UPDATE collection_case SET overdue_amount = 7")
        self.env.invalidate_all()
        self.env["res.company"].search([])._forget_refreshed()
        with self._fail("collection.case", "_refresh_debtors", LockNotAvailable):
            self._run_quietly("ir_cron_refresh_cases", TODAY)
        self.assertEqual(self.debtor.collection_case_id.overdue_amount, 1000)

    def test_turn_of_another_server(self):
        """As long as it is at work nothing is done, and asked for again."""
        promise = self._promise(self.invoice)
        night = self.registry["collection.night"]
        with (
            patch.object(night, "_is_alone", lambda self: False),
            patch(f"{NIGHT}.PATIENCE", 0.005),
            mute_logger("odoo.addons.base.models.ir_cron"),
            self._at(AFTER),
        ):
            self._run_cron("ir_cron_evaluate_promises")
        self.assertEqual(promise.state, "open")
        cron = self.env.ref("collection_calls.ir_cron_evaluate_promises")
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", cron.id)])
        self.assertEqual(progress.sorted("id")[-1:].remaining, 1)


@tagged("post_install", "-at_install")
class TestNightGoesOn(CollectionNightCommon):
    """With time for one record at a time, each has its turn once."""

    def _assert_each_once(self, turns, records):
        mine = [record_id for record_id in turns if record_id in records.ids]
        self.assertEqual(sorted(mine), records.sorted("id").ids)

    def test_promises(self):
        promises = self.env["collection.promise"].union(
            *(self._promise(claim) for claim in self._claims())
        )
        turns, noting = self._note_turns("collection.promise", "_evaluate_scheduled")
        with noting, patch(f"{MODELS}.promise.evaluation.BATCH", 1):
            self._run_cut_down("ir_cron_evaluate_promises", 1, AFTER)
            self.assertEqual(len(turns), 10)
            self._run_cut_down("ir_cron_evaluate_promises", 1, AFTER)
        self._assert_each_once(turns, promises)
        self.assertEqual(set(promises.mapped("state")), {"broken"})

    def test_plans_that_stay_as_they_are(self):
        plans = self.env["collection.plan"].union(
            *(self._agree(claim) for claim in self._claims())
        )
        turns, noting = self._note_turns("collection.plan", "_run_scheduled")
        with noting, patch(f"{MODELS}.plan.nightly_run.BATCH", 1):
            for days in range(2):
                turns.clear()
                self._run_cut_down("ir_cron_run_plans", 2, TODAY + timedelta(days))
                self._assert_each_once(turns, plans)

    def test_next_day_goes_on_where_it_stopped(self):
        """The last ones of them have their turn, too, however slow it is."""
        plans = self.env["collection.plan"].union(
            *(self._agree(claim) for claim in self._claims())
        )
        turns, noting = self._note_turns("collection.plan", "_run_scheduled")
        with noting, patch(f"{MODELS}.plan.nightly_run.BATCH", 1):
            for days in range(3):
                self._run_cut_down("ir_cron_run_plans", 1, TODAY + timedelta(days))
        mine = [plan_id for plan_id in turns if plan_id in plans.ids]
        self.assertEqual(set(mine), set(plans.ids))
        counts = [mine.count(plan_id) for plan_id in plans.ids]
        self.assertLessEqual(max(counts) - min(counts), 1)

    def test_plans_with_steps(self):
        plans = self.env["collection.plan"].union(
            *(self._agree(claim) for claim in self._claims(4))
        )
        with patch(f"{MODELS}.plan.nightly_run.BATCH", 1):
            self._run_cut_down("ir_cron_run_plans", 1, MISSED)
        self.assertEqual(set(plans.mapped("state")), {"accelerated"})
        for plan in plans:
            self.assertEqual(self._get_events(plan).count("accelerated"), 1)

    def test_reminders_of_promises(self):
        promises = self.env["collection.promise"].union(
            *(self._promise(claim) for claim in self._claims())
        )
        turns, noting = self._note_turns("collection.promise", "_remind_each")
        size = patch(f"{MODELS}.agreement.collection_agreement.REMIND_BATCH", 1)
        with noting, size:
            day = promises[0].date_remind
            self._run_cut_down("ir_cron_remind_promises", 2, day)
        self._assert_each_once(turns, promises)
        self.assertEqual(set(promises.mapped("date_reminded")), {day})

    def test_reminders_that_fail_hold_up_nobody(self):
        promises = self.env["collection.promise"].union(
            *(self._promise(claim) for claim in self._claims())
        )
        remind = self.registry["collection.promise"]._remind

        def fail(self):
            if self in promises[:12]:
                raise ValueError("our fault")
            return remind(self)

        size = patch(f"{MODELS}.agreement.collection_agreement.REMIND_BATCH", 1)
        failing = patch.object(self.registry["collection.promise"], "_remind", fail)
        day = promises[0].date_remind
        with size, failing, mute_logger(OUR_LOG):
            self._run_cut_down("ir_cron_remind_promises", 2, day)
        reminded = promises.filtered("date_reminded")
        self.assertEqual(reminded, promises[12:])

    def test_reminders_of_installments(self):
        claims = self._claims(4)
        for claim in claims:
            claim.partner_id.email = f"d{claim.id}@debtor.example"
        plans = [self._agree(claim) for claim in claims]
        size = patch(f"{MODELS}.agreement.collection_agreement.REMIND_BATCH", 1)
        with size:
            self._run_cut_down("ir_cron_remind_installments", 1, date(2026, 3, 17))
        for plan in plans:
            self.assertTrue(plan.installment_ids[0].date_reminded)

    def test_deliveries(self):
        claims = self._claims()
        for claim in claims:
            claim.partner_id.email = f"d{claim.id}@debtor.example"
        plans = self.env["collection.plan"].union(*(self._agree(c) for c in claims))
        letters = plans.letter_ids.sudo()
        for mail in letters.confirmation_message_id.mail_ids:
            mail.state = "sent"
            mail._postprocess_sent_message(mail.recipient_ids.ids, [])
        turns, noting = self._note_turns("collection.plan.letter", "_read_deliveries")
        with noting, patch(f"{MODELS}.letter.collection_confirmation.BATCH", 1):
            self._run_cut_down("ir_cron_read_letter_deliveries", 2, TODAY)
        self._assert_each_once(turns, letters)
        self.assertEqual(set(letters.mapped("confirmation_state")), {"sent"})

    def test_statement_lines(self):
        """All of them are looked at before anybody is judged."""
        promise = self._promise(self.invoice)
        lines = self.env["account.bank.statement.line"]
        for number in range(DEBTORS):
            lines |= self._import_statement_line(
                10, partner_id=False, payment_ref=f"Transfer {number}"
            )
        self.env.cr.flush()
        lines.sudo().collection_recognized_on = False
        turns, noting = self._note_turns(
            "account.bank.statement.line", "_recognize_in_family"
        )
        judged, judging = self._note_turns("collection.promise", "_evaluate_scheduled")
        size = patch(f"{MODELS}.ledger.account_bank_statement_line.BATCH", 1)
        with noting, judging, size:
            self._run_cut_down("ir_cron_evaluate_promises", 1, AFTER)
            self.assertFalse(judged)
            self._run_cut_down("ir_cron_evaluate_promises", 1, AFTER)
        self._assert_each_once(turns, lines)
        self.assertEqual(promise.state, "broken")


@tagged("post_install", "-at_install")
class TestNightIsShort(CollectionNightCommon):
    """Transactions end by the clock, whatever was thought before."""

    def _run_slowly(self, model, method, name, day):
        """Let each step take a fifth of a second; the records between two commits"""
        commits, clock = [[]], [0.0]
        records = self.registry[model]
        original = getattr(records, method)
        commit = self.registry["ir.cron"]._commit_progress

        def step(self, *args):
            clock[0] += 0.2
            commits[-1].append(self.id)
            return original(self, *args)

        def note(self, *args, **kwargs):
            commits.append([])
            return commit(self, *args, **kwargs)

        init = pace.Pace.__init__

        def slow(self, *args, **kwargs):
            init(self, *args, **{**kwargs, "read": lambda: clock[0]})

        with (
            patch.object(records, method, step),
            patch.object(self.registry["ir.cron"], "_commit_progress", note),
            patch.object(pace.Pace, "__init__", slow),
            self._at(day, "08:00"),
        ):
            self._run_cron(name)
        return [ids for ids in commits if ids]

    def test_plans(self):
        plans = [self._agree(claim) for claim in self._claims(9)]
        done = self._run_slowly(
            "collection.plan", "_take_step", "ir_cron_run_plans", MISSED
        )
        self.assertLessEqual(max(map(len, done)), 3)
        self.assertEqual(sorted(sum(done, [])), sorted(plan.id for plan in plans))
        self.assertEqual({plan.state for plan in plans}, {"accelerated"})

    def test_promises(self):
        promises = [self._promise(claim) for claim in self._claims(9)]
        done = self._run_slowly(
            "collection.promise", "_conclude", "ir_cron_evaluate_promises", AFTER
        )
        self.assertLessEqual(max(map(len, done)), 3)
        self.assertEqual(sorted(sum(done, [])), sorted(each.id for each in promises))
        self.assertEqual({each.state for each in promises}, {"broken"})


@tagged("post_install", "-at_install")
class TestNightMakesWay(CollectionNightCommon):
    """Who registers a payment while the night has the plan in hand doesn't wait."""

    def _pay_while_locked(self, method="_claim", model="collection.night"):
        def locked(*_args):
            raise LockNotAvailable("Somebody else is at it")

        with (
            patch.object(self.registry[model], method, locked),
            self.assertNoLogs("odoo.addons.collection_calls", "WARNING"),
        ):
            self._receive(self.invoice, 1000)
            self.env.cr.flush()
        self.assertEqual(self.invoice.amount_residual, 0)

    def _get_backlog(self):
        return self.env["collection.backlog"].sudo().search([])

    def test_promise_is_judged_a_moment_later(self):
        promise = self._promise(self.invoice)
        self._pay_while_locked()
        self.assertEqual(promise.state, "open")
        self.assertFalse(promise.is_stale)
        self.assertIn("collection.promise", self._get_backlog().mapped("kind"))
        cron = self.env.ref("collection_calls.ir_cron_catch_up")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(triggers, "right after the commit")
        self._run_cron("ir_cron_catch_up")
        self.assertEqual(promise.state, "kept")
        self.assertFalse(self._get_backlog())

    def test_plan_is_judged_a_moment_later(self):
        plan = self._agree()
        self._pay_while_locked()
        self.assertEqual(plan.state, "active")
        self._run_cron("ir_cron_catch_up")
        self._assert_plan(plan, "completed", paid=1000, left=0)

    def test_case_is_refreshed_a_moment_later(self):
        case = self.debtor.collection_case_id
        self._pay_while_locked("_lock_debtors", "collection.case")
        self.assertEqual(case.overdue_amount, 1000)
        self._run_cron("ir_cron_catch_up")
        self.assertEqual(case.overdue_amount, 0)

    def test_deleted_meanwhile(self):
        backlog = self.env["collection.backlog"]
        backlog._put(
            "collection.promise",
            [self.env["account.move"].search([], order="id desc", limit=1).id + 1000],
        )
        self._run_cron("ir_cron_catch_up")
        self.assertFalse(self._get_backlog())

    def test_nobody_reads_the_backlog_but_administrators(self):
        for name in "collection.backlog", "collection.round":
            for user in self.collector, self.manager, self.accountant:
                self.assertFalse(self.env[name].with_user(user).has_access("read"))
