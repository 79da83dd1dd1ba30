"""Calls are proposed on the days on which the company calls."""

from datetime import date, datetime, timedelta
from random import Random

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .common import TODAY, CollectionCallsCaseCommon

TUESDAY, THURSDAY = "1", "3"


@tagged("post_install", "-at_install")
class TestCollectionCallingDays(CronMixinCase, CollectionCallsCaseCommon):
    def _call_on_weekdays(self, *weekdays):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Calling hours",
                "company_id": self.company.id,
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Morning",
                                "dayofweek": weekday,
                                "hour_from": 9,
                                "hour_to": 12,
                            }
                        )
                        for weekday in weekdays
                    ),
                ],
            }
        )
        self.company.collection_calling_calendar_id = calendar
        return calendar

    def test_without_calling_hours_they_are_the_working_days(self):
        self.assertFalse(self.company.collection_calling_calendar_id)
        for number in range(14):
            for days in range(8):
                day = TODAY + timedelta(number)
                self.assertEqual(
                    self.company._get_collection_calling_day(day, days),
                    self.company._get_collection_working_day(day, days),
                    (day, days),
                )

    def test_every_tuesday_and_thursday_morning(self):
        self._call_on_weekdays(TUESDAY, THURSDAY)
        for day, days, expected in (
            (TODAY, 0, TODAY),
            (TODAY, 1, date(2026, 3, 12)),
            (TODAY, 2, date(2026, 3, 12)),
            (TODAY, 3, date(2026, 3, 17)),
            (date(2026, 3, 13), 0, date(2026, 3, 17)),
        ):
            found = self.company._get_collection_calling_day(day, days)
            self.assertEqual(found, expected, (day, days))

    def test_public_holiday(self):
        calendar = self._call_on_weekdays(TUESDAY, THURSDAY)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 11, 23),
                "date_to": datetime(2026, 3, 12, 22, 59),
            }
        )
        found = self.company._get_collection_calling_day(date(2026, 3, 11))
        self.assertEqual(found, date(2026, 3, 17))

    def test_nobody_ever_calls(self):
        """A schedule without hours says nothing about days: Monday to Friday."""
        self._call_on_weekdays()
        found = self.company._get_collection_calling_day(date(2026, 3, 14))
        self.assertEqual(found, date(2026, 3, 16))

    def _work_on_weekdays(self, *weekdays):
        calendar = self._call_on_weekdays(*weekdays)
        self.company.resource_calendar_id = calendar
        self.company.collection_calling_calendar_id = False

    def test_one_working_day_a_week(self):
        self._work_on_weekdays(TUESDAY)
        for days, expected in ((14, date(2026, 6, 16)), (50, date(2027, 2, 23))):
            found = self.company._get_collection_calling_day(TODAY, days)
            self.assertEqual(found, expected, days)

    def test_alone_as_among_others(self):
        """What else is asked for in the same breath changes nothing."""
        chance = Random(19)
        works = [(), (TUESDAY,), (TUESDAY, THURSDAY), tuple("01234")]
        for weekdays in works:
            for calling in works:
                self._work_on_weekdays(*weekdays)
                self._call_on_weekdays(*calling)
                self._close_for_months()
                starts = {
                    (TODAY + timedelta(chance.randrange(400)), chance.randrange(60))
                    for _number in range(12)
                }
                together = self.company._get_collection_calling_days(starts)
                for start in starts:
                    alone = self.company._get_collection_calling_day(*start)
                    self.assertEqual(together[start], alone, (weekdays, calling, start))

    def _close_for_months(self):
        """Everybody is away for longer than is looked ahead."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": False,
                "company_id": self.company.id,
                "date_from": datetime(2026, 8, 1),
                "date_to": datetime(2026, 12, 31),
            }
        )

    def test_proposals_of_strategies(self):
        with self.capture_triggers("collection_calls.ir_cron_refresh_cases") as soon:
            self._call_on_weekdays(TUESDAY, THURSDAY)
        self.assertTrue(soon.records)
        self._run_cron("ir_cron_refresh_cases")
        self._assert_next(date(2026, 2, 12), "first")
        self._call_on(date(2026, 3, 6))
        self._assert_next(date(2026, 3, 10), "retry")

    def test_another_working_schedule_moves_proposals(self):
        schedule = self.company.resource_calendar_id.copy()
        with self.capture_triggers("collection_calls.ir_cron_refresh_cases") as soon:
            self.company.resource_calendar_id = schedule
        self.assertTrue(soon.records)
        with self.capture_triggers("collection_calls.ir_cron_refresh_cases") as soon:
            self.company.name = "Another name"
        self.assertFalse(soon.records)

    def test_proposals_of_calls(self):
        self._call_on_weekdays(TUESDAY, THURSDAY)
        call = self._log()
        self.assertEqual(call.next_call_date, date(2026, 3, 12))
        call.next_call_date = date(2026, 3, 11)  # that was agreed
        call.action_done()
        self._assert_next(date(2026, 3, 11), "planned")

    def test_setting(self):
        """As administrator: settings are theirs."""
        calendar = self._call_on_weekdays(TUESDAY)
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.collection_calling_calendar_id, calendar)
