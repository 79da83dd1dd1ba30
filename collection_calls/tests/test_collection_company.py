from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, CollectionCallsCommon


@tagged("post_install", "-at_install")
class TestCollectionCompany(CollectionCallsCommon):
    def test_today_is_the_companys_day(self):
        company = self.company.with_user(self.collector)
        with freeze_time("2026-03-10 23:30:00"):
            self.assertEqual(company._get_collection_today(), date(2026, 3, 11))
            self.company.partner_id.tz = "America/New_York"
            self.assertEqual(company._get_collection_today(), date(2026, 3, 10))
            self.company.partner_id.tz = "Asia/Tokyo"
            self.assertEqual(company._get_collection_today(), date(2026, 3, 11))

    def test_day_of_a_moment_across_daylight_saving(self):
        day = self.company._get_collection_day
        self.assertEqual(day(datetime(2026, 3, 28, 23, 30)), date(2026, 3, 29))
        self.assertEqual(day(datetime(2026, 3, 29, 21, 30)), date(2026, 3, 29))
        self.assertEqual(day(datetime(2026, 3, 29, 22, 0)), date(2026, 3, 30))

    def test_claim_is_overdue_the_day_after(self):
        invoice = self._create_claim(100, days_overdue=0)
        self.assertFalse(invoice.collection_is_overdue)
        with freeze_time("2026-03-10 22:59:00"):
            self.env.invalidate_all()
            self.assertFalse(invoice.collection_is_overdue)
        with freeze_time("2026-03-10 23:00:00"):  # midnight in Berlin
            self.env.invalidate_all()
            self.assertTrue(invoice.collection_is_overdue)
            self.assertEqual(invoice.collection_days_overdue, 1)

    def test_working_days(self):
        company = self.company.with_user(self.collector)
        friday, monday = date(2026, 3, 13), date(2026, 3, 16)
        saturday = date(2026, 3, 14)
        working_day = company._get_collection_working_day
        self.assertEqual(working_day(TODAY), TODAY)
        self.assertEqual(working_day(TODAY, 1), date(2026, 3, 11))
        self.assertEqual(working_day(friday, 1), monday)
        self.assertEqual(working_day(friday, 5), date(2026, 3, 20))
        self.assertEqual(working_day(saturday), monday)
        self.assertEqual(working_day(saturday, 1), monday)

    def test_public_holidays_are_no_working_days(self):
        calendar = self.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 11, 0),
                "date_to": datetime(2026, 3, 11, 23, 59),
            }
        )
        self.assertEqual(
            self.company._get_collection_working_day(TODAY, 1), date(2026, 3, 12)
        )

    def test_holidays_of_another_company_are_working_days(self):
        other = self.setup_other_company()["company"]
        self.env["resource.calendar.leaves"].with_company(other).create(
            {
                "name": "Their holiday",
                "calendar_id": False,
                "company_id": other.id,
                "date_from": datetime(2026, 3, 11, 0),
                "date_to": datetime(2026, 3, 11, 23, 59),
            }
        )
        self.assertEqual(
            self.company._get_collection_working_day(TODAY, 1), date(2026, 3, 11)
        )

    def test_schedule_without_hours_means_monday_to_friday(self):
        friday, monday = date(2026, 3, 13), date(2026, 3, 16)
        for calendar in (
            self.company.resource_calendar_id.browse(),
            self.company.resource_calendar_id.copy({"attendance_ids": False}),
        ):
            calendar.attendance_ids.unlink()
            self.company.resource_calendar_id = calendar
            company = self.company.with_user(self.collector)
            self.assertEqual(company._get_collection_working_day(friday, 1), monday)
            self.assertEqual(company._get_collection_working_day_before(monday), friday)

    def test_working_day_before(self):
        before = self.company.with_user(
            self.collector
        )._get_collection_working_day_before
        self.assertEqual(before(date(2026, 3, 14)), date(2026, 3, 13), "a Saturday")
        self.assertEqual(before(date(2026, 3, 16)), date(2026, 3, 13), "a Monday")
        self.assertEqual(before(date(2026, 3, 12)), date(2026, 3, 11))
