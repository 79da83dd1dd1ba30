"""Whose clock counts, and which number is dialled: what issues have shown."""

from datetime import datetime

import pytz
from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_collection_contact_policy import CollectionContactCommon

ALL_DAYS = [(day, 8, 20) for day in range(7)]


@tagged("post_install", "-at_install")
class TestCollectionClock(CollectionContactCommon):
    """Calls are allowed from 8 to 20 h; what the wall shows is reckoned by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies.create({"name": "Day", "hours_ids": cls._hours(*ALL_DAYS)})

    def _is_allowed(self, number, moment, country=None, **vals):
        """Whether a debtor may be called at a moment in UTC."""
        country = country and self.env.ref(f"base.{country}")
        debtor = self._create_debtor(
            "Debtor", phone=number, country_id=country and country.id, tz=False, **vals
        )
        call = self._log(partner=debtor, phone=number)
        return not call._get_breaches(datetime.fromisoformat(moment))

    def _case(self, **vals):
        cases = self.env["collection.case"].with_user(self.collector)
        return cases._get_or_create(self._create_debtor("Debtor", **vals), self.company)

    def test_ten_past_seven_on_the_wall(self):
        for place, number, country, moment in (
            ("Algiers", "+213 21 65 43 21", "dz", "2025-07-08T06:10"),
            ("Tripoli", "+218 21 345 6789", "ly", "2025-07-08T05:10"),
            ("Managua", "+505 2250 1234", "ni", "2025-07-08T13:10"),
            ("Juba", "+211 977 123 456", "ss", "2025-07-08T05:10"),
            ("Kaliningrad", "+7 4012 123456", "ru", "2025-07-08T05:10"),
            ("Recife", "+55 81 2101 1234", "br", "2025-07-08T10:10"),
            ("Dawson Creek", "+1 250 782 1234", "ca", "2025-07-08T14:10"),
        ):
            for where in (country, None):
                with self.subTest(place=place, country=where):
                    self.assertFalse(self._is_allowed(number, moment, where))
                    later = moment.replace(":10", ":59")
                    self.assertFalse(self._is_allowed(number, later, where))
                    hour = datetime.fromisoformat(moment).hour + 1
                    opening = moment[:11] + f"{hour:02}:00"
                    self.assertTrue(self._is_allowed(number, opening, where))

    def test_half_past_eight_in_the_evening_on_the_wall(self):
        for place, number, country, moment, closing in (
            ("Chihuahua", "+52 614 410 1234", "mx", "2025-01-15T02:30", "01:59"),
            ("Parral", "+52 627 521 2345", "mx", "2025-07-15T02:30", "01:59"),
            ("Punta Arenas", "+56 61 222 1234", "cl", "2025-07-15T23:30", "22:59"),
            ("Coyhaique", "+56 67 221 2345", "cl", "2025-07-15T23:30", "22:59"),
            ("Saratov", "+7 8452 123456", "ru", "2025-07-15T16:30", "15:59"),
        ):
            for where in (country, None):
                with self.subTest(place=place, country=where):
                    self.assertFalse(self._is_allowed(number, moment, where))
                    before = moment[:11] + closing
                    self.assertTrue(self._is_allowed(number, before, where))

    def test_casablanca(self):
        """Morocco has one clock, whatever it shows in winter."""
        for where in ("ma", None):
            self.assertFalse(
                self._is_allowed("+212 522 43 21 00", "2025-07-08T06:10", where)
            )
            self.assertTrue(
                self._is_allowed("+212 522 43 21 00", "2025-07-08T07:00", where)
            )

    def test_mobiles_ring_in_their_own_country_alone(self):
        """Kazakhstan has had one clock since March 2024, Australia has three hours."""
        kazakh, australian = "+7 705 123 4567", "+61 412 345 678"
        for where in ("kz", None):
            self.assertTrue(self._is_allowed(kazakh, "2025-07-08T03:00", where))
            self.assertTrue(self._is_allowed(kazakh, "2025-07-08T14:59", where))
            self.assertFalse(self._is_allowed(kazakh, "2025-07-08T02:59", where))
        # 8:00 in Perth to 20:00 on Lord Howe Island, not from Cocos Island on
        self.assertTrue(self._is_allowed(australian, "2025-07-08T00:00", "au"))
        self.assertTrue(self._is_allowed(australian, "2025-07-08T09:29", "au"))
        self.assertFalse(self._is_allowed(australian, "2025-07-07T23:59", "au"))

    def test_half_past_ten_at_night_in_mumbai(self):
        self.assertFalse(self._is_allowed("+91 22 2345 6789", "2025-07-08T17:00", "in"))
        self.assertFalse(self._is_allowed("+91 22 2345 6789", "2025-07-08T17:00"))

    def test_number_of_another_country_rings_there(self):
        self.assertFalse(self._is_allowed("+1 212 555 2368", "2026-03-10T09:00", "de"))
        self.assertTrue(self._is_allowed("+1 212 555 2368", "2026-03-10T15:00", "de"))

    def test_source_of_the_clock_is_said(self):
        usa, brazil = self.usa.id, self.env.ref("base.br").id
        for expected, vals in (
            ("by country", {"phone": "030 23125042"}),
            ("by country", {"phone": False}),
            ("by number", {"phone": "+1 212 555 2368", "country_id": usa}),
            (
                "set on the contact",
                {"phone": "+1 212 555 2368", "country_id": usa, "tz": "US/Pacific"},
            ),
            ("by number", {"phone": "+55 81 2101 1234", "country_id": brazil}),
            ("unknown: our own clock counts", {"phone": False, "country_id": usa}),
            (
                "by number: 42 time zones",
                {"phone": "+1 800 555 2368", "country_id": usa},
            ),
        ):
            with self.subTest(**vals):
                self.assertEqual(self._case(**vals).local_time_source, expected)

    def test_source_is_said_in_the_wizard_and_on_the_sheet(self):
        call = self._log(partner=self.debtor)
        self.assertEqual(call._get_local_time_source(), "by country")
        case = self.env["collection.case"].with_user(self.collector)
        case = case._get_or_create(self.debtor, self.company)
        self.assertIn("by country", case._render_sheet())
        german = call.with_context(lang="de_DE")
        self.assertTrue(german._get_local_time_source())

    def test_reports_and_python_show_the_same_hour(self):
        """The database has zone data of another year than Python has."""
        self.company.collection_backdating_days = 9999  # calls of other years
        reports = self.env["collection.call.report"].with_user(self.manager)
        for zone in (
            "America/Vancouver",
            "America/Edmonton",
            "America/Winnipeg",
            "Africa/Casablanca",
            "Europe/Berlin",
            "Asia/Kathmandu",
        ):
            self.company.partner_id.tz = zone
            for moment in (
                "2026-12-15 08:30:00",
                "2026-07-15 23:30:00",
                "2025-10-26 00:59:59",
                "2025-10-26 01:00:00",
                "2003-01-01 00:30:00",
            ):
                with self.subTest(zone=zone, moment=moment):
                    start = datetime.fromisoformat(moment)
                    with freeze_time("2026-12-31 12:00:00"):
                        call = self._log(date_start=start, date_end=start, state="done")
                    self.env.flush_all()
                    row = reports.search([("call_id", "=", call.id)])
                    clock = pytz.utc.localize(start).astimezone(pytz.timezone(zone))
                    self.assertEqual(row.hour, f"{clock:%H}")
                    self.assertEqual(row.weekday, f"{clock:%u}")

    # ---------------------------------------------------------------------- numbers

    def test_a_note_does_not_get_round_the_blacklist(self):
        self.policies.search([]).active = False
        self._policy()
        self.env["phone.blacklist"].create({"number": "+491701234567"})
        for typed in (
            "0170 1234567",
            "0170 1234567 (mobil)",
            "0170 1234567 privat",
            "mobil: 0170-1234567",
            "0170 1234567 App. 12",
            "0170 1234567 (Buchhaltung 2)",
        ):
            call = self._log(phone=typed)
            self.assertEqual(call.phone_e164, "+491701234567", typed)
            self.assertTrue(call._get_breaches(), typed)

    def test_a_call_shows_its_extension(self):
        call = self._log(phone="030 2312542 App. 12")
        self.assertEqual(call.phone_display, "+49 30 2312542 ext. 12")
        self.assertEqual(call.phone_e164, "+49302312542")
        italian = self._create_debtor("Rossi", country_id=self.env.ref("base.it").id)
        call = self._log(partner=italian, phone="06 69812345 int. 12")
        self.assertEqual(call.phone_display, "+39 06 6981 2345 ext. 12")

    def test_two_numbers_are_offered_as_their_parts(self):
        with self.assertRaisesRegex(
            ValidationError,
            r"“089 12345 / 54321” holds several numbers. Enter the one to call:"
            r" \+49 89 12345, \+49 89 54321\.",
        ):
            self._log(phone="089 12345 / 54321")
        with self.assertRaisesRegex(ValidationError, r"Enter \+49 30 2312542 alone"):
            self._log(phone="030 2312542 bis 17 Uhr")
        with self.assertRaisesRegex(ValidationError, "letters among its digits"):
            self._log(phone="0800 FLOWERS")

    def test_two_numbers_of_a_debtor_are_not_dialled(self):
        case = self._case(phone="089 12345 / 54321")
        self.assertFalse(case.contact_number)
        self.assertEqual(case.phone_problem, "invalid")
        case = self._case(phone="089 12345 Buero")
        self.assertEqual(case.contact_number, "+49 89 12345")
        self.assertFalse(case.phone_problem)
