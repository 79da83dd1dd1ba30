"""Once a day all cases are brought up to date, from each company's midnight on."""

from datetime import datetime
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..hooks import post_init_hook
from .common import TODAY, CollectionCallsAccountant, CollectionCallsCaseCommon

BATCH = "odoo.addons.collection_calls.models.case.refresh.BATCH"
OUR_LOG = "odoo.addons.collection_calls.models.agreement.collection_agreement"
NIGHT = "odoo.addons.collection_calls.models.night.collection_night"
SECONDS = "odoo.addons.base.models.ir_cron.MIN_TIME_PER_JOB"


@tagged("post_install", "-at_install")
class TestRefreshNight(
    CronMixinCase, CollectionCallsAccountant, CollectionCallsCaseCommon
):
    def _forget(self):
        """Spoil all figures behind the addon's back, as if the day had just begun."""
        self.env.cr.flush()
        self.env.cr.execute("UPDATE collection_case SET overdue_amount = 7")
        self.env.invalidate_all()
        self.env["res.company"].search([])._forget_refreshed()

    def _create_debtors(self, count):
        debtors = [self._create_debtor(f"Debtor {number}") for number in range(count)]
        for debtor in debtors:
            self._create_claim(10, 5, partner=debtor)
        return debtors

    def _note_batches(self):
        """Patch what refreshes a batch, so that it notes whom it was asked for."""
        batches = []
        cases = self.registry["collection.case"]
        refresh = cases._refresh_debtors

        def note(records, debtor_ids):
            batches.append((records.env.company, debtor_ids))
            return refresh(records, debtor_ids)

        return batches, patch.object(cases, "_refresh_debtors", note)

    def test_goes_on_where_the_clock_stopped_it(self):
        """Odoo calls it ten times, each for one batch, and then once more."""
        debtors = self._create_debtors(14)
        self._forget()
        batches, noting = self._note_batches()
        with patch(BATCH, 1), patch(SECONDS, 0), noting:
            for _run in range(2):
                self._run_cron("ir_cron_refresh_cases")
        done = [debtor_id for _company, [debtor_id] in batches]
        self.assertEqual(len(done), len(set(done)), "each is done once")
        self.assertGreater(len(done), 10)
        for debtor in debtors:
            self.assertEqual(self._get_case(debtor).overdue_amount, 10)
        self.assertFalse(self.company._is_refresh_due(), "it ends")

    def test_changed_strategy_begins_again(self):
        """Also in the middle: those who were done don't know of it."""
        self._create_debtors(14)
        self._forget()
        batches, noting = self._note_batches()
        with patch(BATCH, 1), patch(SECONDS, 0), noting:
            self._run_cron("ir_cron_refresh_cases")
            self.assertEqual(len(batches), 10)
            self.strategy.weight_age = 0
            for _run in range(2):
                self._run_cron("ir_cron_refresh_cases")
        self.assertFalse(self.company._is_refresh_due())
        self.assertEqual(batches[10], batches[0])
        self.assertEqual(batches[-1][1][0], max(ids[0] for _company, ids in batches))

    def test_each_company_from_its_own_midnight(self):
        """It is one o'clock in the morning in Tokyo, and 16 hours later in Los Angeles.

        The first time both are due; an hour later nobody is.
        """
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self.company.partner_id.tz = "America/Los_Angeles"
        other.partner_id.tz = "Asia/Tokyo"
        self._create_claim(50, 5, company_id=other.id)
        self.env.cr.flush()
        both, refreshed = {self.company, other}, []
        for day, hour in ((10, "16:00"), (10, "17:00"), (11, "08:00"), (11, "16:00")):
            batches, noting = self._note_batches()
            with noting, self._at(TODAY.replace(day=day), hour):
                self._run_on_time()
            refreshed.append({company for company, _debtor_ids in batches} & both)
        self.assertEqual(refreshed, [both, set(), {self.company}, {other}])

    def _run_on_time(self):
        """Run the scheduled action as the clock does, not by hand."""
        cron = self.env.ref("collection_calls.ir_cron_refresh_cases")
        cron.nextcall = datetime(2026, 3, 1)
        self._run_cron("ir_cron_refresh_cases")

    def test_by_hand_all_of_it(self):
        """Whoever runs it before its time means it, however often."""
        for _time in range(2):
            self._run_cron("ir_cron_refresh_cases")
            self.assertFalse(self.company._is_refresh_due())
            self.env.cr.execute("UPDATE collection_case SET overdue_amount = 7")
            self._run_cron("ir_cron_refresh_cases")
            self._assert_figures(overdue_amount=1000)

    def test_hourly_run_has_nothing_to_do(self):
        self._run_on_time()
        batches, noting = self._note_batches()
        with noting:
            self._run_on_time()
        self.assertFalse(batches)

    def test_company_without_debtors(self):
        other = self.setup_other_company()["company"]
        self._run_cron("ir_cron_refresh_cases")
        self.assertFalse(other._is_refresh_due())

    def test_ledger_that_was_there_before(self):
        """Whoever installs the addon has a call list a minute later."""
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM collection_case")
        self.env.invalidate_all()
        with self.capture_triggers("collection_calls.ir_cron_refresh_cases") as soon:
            post_init_hook(self.env)
        self.assertTrue(soon.records)
        self._run_on_time()
        self.assertEqual(self._get_case().overdue_amount, 1000)

    # ---------------------------------------------------------------------- failures

    def test_one_bad_debtor_is_left_out(self):
        """Alone, and logged once: the others of the batch are done."""
        bad, *others = self._create_debtors(9)
        self._forget()
        cases = self.registry["collection.case"]
        refresh = cases._refresh_debtors

        def fail(records, debtor_ids):
            if bad.id in debtor_ids:
                raise ValueError("our fault")
            return refresh(records, debtor_ids)

        with (
            patch.object(cases, "_refresh_debtors", fail),
            self.assertLogs(OUR_LOG, "ERROR") as logged,
        ):
            self._run_cron("ir_cron_refresh_cases")
        self.assertEqual(len(logged.output), 1)
        self.assertIn(f"Case of debtor {bad.id} left out", logged.output[0])
        self.assertEqual(self._get_case(bad).overdue_amount, 7)
        for debtor in [self.debtor, *others]:
            self.assertNotEqual(self._get_case(debtor).overdue_amount, 7)
        self.assertFalse(self.company._is_refresh_due())

    def test_conflict_is_tried_again(self):
        """Without a word; what can't be done now is done by the next run."""
        self._forget()
        cases = self.registry["collection.case"]

        def fail(*_args):
            raise SerializationFailure()

        with (
            patch.object(cases, "_refresh_debtors", fail),
            patch(f"{NIGHT}.PAUSE", 0.001),
            self.assertNoLogs(OUR_LOG, "ERROR"),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            self._run_cron("ir_cron_refresh_cases")
        self.assertTrue(self.company._is_refresh_due())
        self._run_cron("ir_cron_refresh_cases")
        self._assert_figures(overdue_amount=1000)

    def test_locked_in_one_order(self):
        """Whoever comes with several debtors: they can't wait for each other."""
        debtors = self._create_debtors(3)
        self.env.cr.flush()
        cases = self.env["collection.case"].sudo()
        seen = []
        execute = Cursor.execute

        def note(cursor, query, *args, **kwargs):
            seen.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", note):
            cases._refresh_debtors([debtor.id for debtor in reversed(debtors)])
        [first, *_others] = [query for query in seen if "collection_case" in query]
        self.assertRegex(first, r'ORDER BY "collection_case"."id"\s+FOR NO KEY UPDATE')
