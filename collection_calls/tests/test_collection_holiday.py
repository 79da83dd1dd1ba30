"""Nobody is called on a holiday of their own country and region."""

from datetime import date, datetime
from unittest import skipUnless

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..engine import public_holidays
from .common import FEW, MANY
from .test_collection_contact_policy import CollectionContactCommon

NINE, NOON = "07:00", "10:00"  # in UTC, in summer; an hour earlier in winter
CORPUS_CHRISTI, LABOUR_DAY = "2026-06-04", "2026-05-01"


class CollectionHolidayCommon(CollectionContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies.create(
            {"name": "Days", "hours_ids": False, "respects_holidays": True}
        )
        cls.holidays = cls.env["collection.holiday"].with_user(cls.manager)
        cls.bavaria = cls.env.ref("base.state_de_by")
        cls.berlin = cls.env.ref("base.state_de_be")

    def _debtor(self, state=None, country=None, **vals):
        country = country and self.env.ref(f"base.{country}")
        vals["country_id"] = (country or state.country_id).id if country or state else 0
        vals["state_id"] = state and state.id
        return self._create_debtor("Debtor", **vals)

    def _get_breaches(self, debtor, day, hour=NINE, **context):
        call = self._log(partner=debtor).with_context(**context)
        return call._get_breaches(datetime.fromisoformat(f"{day} {hour}"))


@tagged("post_install", "-at_install")
class TestCollectionHoliday(CollectionHolidayCommon):
    """Days that the company enters: no list of holidays is needed."""

    def setUp(self):
        super().setUp()
        self.patch(public_holidays, "holidays", None)
        public_holidays.find_holidays.cache_clear()
        self.addCleanup(public_holidays.find_holidays.cache_clear)

    def _close(self, day="2026-03-10", **vals):
        return self.holidays.create({"name": "Fair", "date": day, **vals})

    def test_without_the_lists_of_countries(self):
        debtor = self._debtor(self.bavaria)
        self.assertEqual(self._get_breaches(debtor, CORPUS_CHRISTI), [])
        self.assertFalse(self.policies.search([], limit=1).has_public_holidays)

    def test_a_day_that_the_company_adds(self):
        self._close()
        self.assertEqual(
            self._get_breaches(self._debtor(self.berlin), "2026-03-10"),
            [
                "Tuesday, March 10, 2026 is a public holiday: Fair.",
                "The next call is allowed from Wednesday, March 11, 2026, 0:00 there"
                " (Berlin) on.",
            ],
        )

    def test_a_day_of_a_country_or_region(self):
        self._close(country_id=self.germany.id, state_id=self.bavaria.id)
        self.assertTrue(self._get_breaches(self._debtor(self.bavaria), "2026-03-10"))
        self.assertFalse(self._get_breaches(self._debtor(self.berlin), "2026-03-10"))
        self.assertFalse(self._get_breaches(self._debtor(country="de"), "2026-03-10"))
        self.holidays.search([]).state_id = False
        self.assertTrue(self._get_breaches(self._debtor(country="de"), "2026-03-10"))
        self.assertFalse(self._get_breaches(self._debtor(country="at"), "2026-03-10"))

    def test_a_day_of_every_year(self):
        fair = self._close("2020-12-31", is_yearly=True)
        debtor = self._debtor(self.berlin)
        self.assertTrue(self._get_breaches(debtor, "2026-12-31"))
        self.assertFalse(self._get_breaches(debtor, "2019-12-31"), "not before it")
        fair.date = "2024-02-29"
        self.assertTrue(self._get_breaches(debtor, "2028-02-29"))
        self.assertFalse(self._get_breaches(debtor, "2026-02-28"))
        self.assertFalse(self._get_breaches(debtor, "2026-03-01"))

    def test_half_a_day(self):
        """24 December from noon, on the debtor's clock."""
        self._close("2026-12-24", hour_from=12, name="Christmas Eve", is_yearly=True)
        debtor = self._debtor(self.berlin)
        self.assertEqual(self._get_breaches(debtor, "2026-12-24", "10:59"), [])
        self.assertEqual(
            self._get_breaches(debtor, "2026-12-24", "11:00"),
            [
                "Nobody works on Thursday, December 24, 2026 from 12:00 to 24:00:"
                " Christmas Eve.",
                "The next call is allowed from Friday, December 25, 2026, 0:00 there"
                " (Berlin) on.",
            ],
        )
        self.assertEqual(self._get_breaches(debtor, "2026-12-24", "23:00"), [])

    def test_half_a_day_of_the_schedule(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Christmas Eve",
                "date_from": datetime(2026, 12, 24, 11),
                "date_to": datetime(2026, 12, 24, 22, 59, 59),
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        debtor = self._debtor(self.berlin)
        self.assertEqual(self._get_breaches(debtor, "2026-12-24", "10:59"), [])
        found = self._get_breaches(debtor, "2026-12-24", "11:00")
        self.assertIn("from 12:00 to 24:00: Christmas Eve.", found[0])
        american = self._debtor(country="us", phone="+1 212 555 2368")
        self.assertEqual(self._get_breaches(american, "2026-12-24", "16:59"), [])
        self.assertTrue(self._get_breaches(american, "2026-12-24", "17:00"))

    def _leave(self, start, end, zone="Europe/Berlin"):
        """Time off for everybody, in UTC."""
        self.company.resource_calendar_id.tz = zone
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Works holiday",
                "date_from": datetime.fromisoformat(start),
                "date_to": datetime.fromisoformat(end),
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )

    def test_from_noon_to_noon(self):
        """New Year's Eve from twelve to two days later, twelve: half, whole, half."""
        self._leave("2026-12-31 11:00:00", "2027-01-02 11:00:00")
        debtor = self._debtor(self.berlin)
        for day, hour, is_closed in (
            ("2026-12-31", "10:59", False),
            ("2026-12-31", "11:00", True),
            ("2027-01-01", "07:00", True),
            ("2027-01-01", "22:00", True),
            ("2027-01-02", "10:59", True),
            ("2027-01-02", "11:00", False),
        ):
            breaches = self._get_breaches(debtor, day, hour)
            self.assertEqual(bool(breaches), is_closed, (day, hour))

    def test_closed_in_the_morning(self):
        """A works meeting until ten: the next call is allowed on the same day."""
        self._leave("2026-06-10 06:00:00", "2026-06-10 08:00:00")
        debtor = self._debtor(self.berlin)
        closed, when = self._get_breaches(debtor, "2026-06-10", "07:59")
        self.assertIn("from 8:00 to 10:00: Works holiday.", closed)
        self.assertIn("Wednesday, June 10, 2026, 10:00 there (Berlin)", when)
        self.assertFalse(self._get_breaches(debtor, "2026-06-10", "08:00"))
        self.assertFalse(self._get_breaches(debtor, "2026-06-10", "05:59"))

    def test_nine_to_four_is_a_day(self):
        """Who closes for all of it doesn't work on that day; an hour less, by hours."""
        self._leave("2026-06-10 07:00:00", "2026-06-10 14:00:00")
        self._leave("2026-06-11 07:00:00", "2026-06-11 13:00:00")
        debtor = self._debtor(self.berlin)
        self.assertTrue(self._get_breaches(debtor, "2026-06-10", "16:00"))
        self.assertFalse(self._get_breaches(debtor, "2026-06-11", "13:00"))
        self.assertTrue(self._get_breaches(debtor, "2026-06-11", "12:59"))

    def test_two_halves_of_a_day(self):
        """What a company adds, beside what the schedule says."""
        self._leave("2026-06-10 06:00:00", "2026-06-10 08:00:00")
        self._close("2026-06-10", hour_from=10, hour_to=14)
        debtor = self._debtor(self.berlin)
        closed, when = self._get_breaches(debtor, "2026-06-10", "07:00")
        self.assertIn("Works holiday", closed)
        self.assertIn("June 10, 2026, 14:00 there", when)
        self.assertIn("Fair", self._get_breaches(debtor, "2026-06-10", "09:00")[0])

    def test_half_a_day_in_two_time_zones(self):
        """Ours from noon in Berlin is from noon on the clock of whoever is called."""
        self._close("2026-12-24", hour_from=12, is_yearly=True)
        tokyo = self._debtor(country="jp", phone="+81 3 1234 5678")
        self.assertFalse(self._get_breaches(tokyo, "2026-12-24", "02:59"))
        self.assertTrue(self._get_breaches(tokyo, "2026-12-24", "03:00"))
        self.assertFalse(self._get_breaches(tokyo, "2026-12-24", "15:00"))

    def test_days_of_another_company(self):
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_manager", other)
        theirs = self.holidays.with_user(stranger).create(
            {"name": "Fair", "date": "2026-03-10", "company_id": other.id}
        )
        debtor = self._debtor(self.berlin)
        self.assertEqual(self._get_breaches(debtor, "2026-03-10"), [])
        self.assertFalse(self.holidays.search([("id", "=", theirs.id)]))

    def test_what_makes_no_sense(self):
        for vals, message in (
            ({"hour_from": 12, "hour_to": 12}, "begin before they end"),
            ({"hour_to": 25}, "between 0:00 and 24:00"),
            ({"effect": "open", "hour_from": 12}, "struck as a whole only"),
            (
                {"country_id": self.usa.id, "state_id": self.bavaria.id},
                "isn't a region of the country",
            ),
            ({"state_id": self.bavaria.id}, "isn't a region of the country"),
        ):
            with self.subTest(**vals), self.assertRaisesRegex(ValidationError, message):
                self._close(**vals)

    def test_the_region_goes_with_the_country(self):
        with Form(self.holidays) as form:
            form.name, form.date = "Fair", "2026-03-10"
            form.country_id = self.germany
            form.state_id = self.bavaria
            form.country_id = self.usa
            self.assertFalse(form.state_id)

    def test_only_managers_enter_days(self):
        fair = self._close().with_user(self.collector)
        self.assertTrue(fair.name)
        with self.assertRaises(AccessError):
            fair.name = "Another"

    def test_queries_do_not_depend_on_the_number_of_debtors(self):
        for number in range(FEW):
            self._close(f"2026-03-1{number}")
        countries = self.env["res.country"].search([], limit=MANY)
        debtors = (
            self.env["res.partner"]
            .create(
                [
                    {
                        "name": f"Debtor {number}",
                        "phone": f"+49 30 2312{number:04}",
                        "country_id": number % 2
                        and countries[number % len(countries)].id,
                        "is_company": True,
                    }
                    for number in range(MANY)
                ]
            )
            .with_user(self.collector)
        )
        policies = self.policies.with_user(self.collector)
        counts = []
        for some in debtors, debtors[:FEW], debtors:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            policies._get_debtor_findings(self.company, some)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
@skipUnless(public_holidays.is_available(), "the package holidays isn't installed")
class TestCollectionPublicHoliday(CollectionHolidayCommon):
    """Holidays of countries and regions, as the package says."""

    def test_corpus_christi_in_bavaria(self):
        self.assertEqual(
            self._get_breaches(self._debtor(self.bavaria), CORPUS_CHRISTI),
            [
                "Thursday, June 4, 2026 is a public holiday: Corpus Christi in"
                f" {self.bavaria.name}.",
                "The next call is allowed from Friday, June 5, 2026, 0:00 there"
                " (Berlin) on.",
            ],
        )
        self.assertEqual(
            self._get_breaches(self._debtor(self.berlin), CORPUS_CHRISTI), []
        )
        unknown = self._debtor(country="de")
        self.assertEqual(self._get_breaches(unknown, CORPUS_CHRISTI), [])

    def test_in_the_language_of_the_collector(self):
        for lang, name in (("de_DE", "Fronleichnam"), ("fr_FR", "Fronleichnam")):
            found = self._get_breaches(
                self._debtor(self.bavaria), CORPUS_CHRISTI, lang=lang
            )
            self.assertIn(name, found[0])

    def test_a_holiday_of_the_country(self):
        found = self._get_breaches(self._debtor(country="de"), LABOUR_DAY)
        self.assertIn("Labor Day in Germany", found[0])
        self.assertEqual(self._get_breaches(self._debtor(country="uk"), LABOUR_DAY), [])

    def test_where_the_number_rings_if_nothing_else_is_known(self):
        german = self._create_debtor(
            "Debtor", country_id=False, phone="+49 30 23125042"
        )
        self.assertTrue(self._get_breaches(german, LABOUR_DAY))
        nowhere = self._create_debtor("Debtor", country_id=False, phone=False)
        self.assertEqual(self._get_breaches(nowhere, LABOUR_DAY), [])

    def test_the_day_is_that_of_the_debtor(self):
        """1 January begins in Auckland when it is noon in Berlin."""
        debtor = self._debtor(country="nz", phone="+64 9 123 4567")
        self.assertEqual(self._get_breaches(debtor, "2025-12-31", "10:59"), [])
        self.assertTrue(self._get_breaches(debtor, "2025-12-31", "11:00"))

    def test_a_day_that_the_company_strikes(self):
        debtor = self._debtor(self.bavaria)
        struck = self.holidays.create(
            {
                "name": "We call nevertheless",
                "date": CORPUS_CHRISTI,
                "effect": "open",
                "country_id": self.germany.id,
                "state_id": self.bavaria.id,
            }
        )
        self.assertEqual(self._get_breaches(debtor, CORPUS_CHRISTI), [])
        struck.date = LABOUR_DAY
        self.assertTrue(self._get_breaches(debtor, CORPUS_CHRISTI))
        self.assertEqual(self._get_breaches(debtor, LABOUR_DAY), [])
        self.assertTrue(self._get_breaches(self._debtor(self.berlin), LABOUR_DAY))

    def test_policies_that_do_not_care(self):
        self.policies.search([]).respects_holidays = False
        self.assertEqual(self._get_breaches(self._debtor(country="de"), LABOUR_DAY), [])

    # -------------------------------------------------------------------- bank days

    def _deadline(self, state, day=CORPUS_CHRISTI):
        promises = self.env["collection.promise"]
        promise = promises.new(
            {
                "partner_id": self._debtor(state).id,
                "company_id": self.company.id,
                "date_promised": day,
                "tolerance_days": 0,
            }
        )
        promise._compute_date_deadline()
        return promise.date_deadline

    def test_bank_days_are_ours_unless_told_otherwise(self):
        self.assertEqual(self.company.collection_bank_days_place, "company")
        self.assertEqual(self._deadline(self.bavaria), date(2026, 6, 4))

    def test_bank_days_where_the_debtor_is(self):
        self.company.collection_bank_days_place = "both"
        self.assertEqual(self._deadline(self.bavaria), date(2026, 6, 5))
        self.assertEqual(self._deadline(self.berlin), date(2026, 6, 4))
        self.assertEqual(
            self._deadline(self.berlin, "2026-05-01"),
            date(2026, 5, 4),
            "Friday, 1 May, is followed by a weekend",
        )
        self.company.collection_bank_days = False
        self.assertEqual(self._deadline(self.bavaria), date(2026, 6, 4))

    def test_half_a_day_moves_no_deadline(self):
        self.company.collection_bank_days_place = "both"
        self.holidays.create({"name": "Eve", "date": "2026-12-24", "hour_from": 12})
        self.assertEqual(self._deadline(self.berlin, "2026-12-24"), date(2026, 12, 24))
        self.holidays.create({"name": "Strike", "date": "2026-12-24"})
        self.assertEqual(self._deadline(self.berlin, "2026-12-24"), date(2026, 12, 28))
