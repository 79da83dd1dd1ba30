from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import FEW, MANY
from .test_collection_contact_policy import CollectionContactCommon

NOW = datetime(2026, 3, 10, 9)  # Tuesday, 10:00 in Berlin


@tagged("post_install", "-at_install")
class TestCollectionContactBreach(CollectionContactCommon):
    """What the policy says, to a collector."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_backdating_days = 60  # calls of other days are logged

    def _attempt(self, days_ago=1, outcome=None, partner=None, **vals):
        """A call that was held days ago, at this hour."""
        vals.setdefault("date_start", NOW - timedelta(days_ago))
        vals.setdefault("date_end", vals["date_start"])
        return self._log(outcome=outcome, partner=partner, state="done", **vals)

    def _get_breaches(self, day="2026-03-10", hour="09:00", call=None):
        with self._at(day, hour):
            call = call or self._log(outcome=None)
            return call._get_breaches()

    def _at(self, day, hour):
        return freeze_time(f"{day} {hour}:00")

    def _allowed(self, when, place="Berlin"):
        return f"The next call is allowed from {when} there ({place}) on."

    def test_nothing_is_said_without_a_policy(self):
        self._opt_out("+493023125042")
        self.assertEqual(self._get_breaches(), [])
        self._policy()
        self.assertTrue(self._get_breaches())

    def _opt_out(self, number):
        self.env["phone.blacklist"].create({"number": number})

    def test_attempts(self):
        self._policy(max_attempts=2)
        for days_ago in 7, 6:
            self._attempt(days_ago)
        self.assertEqual(self._get_breaches(), [], "a week ago is over")
        self._attempt(1)
        self.assertEqual(
            self._get_breaches(),
            [
                "This is attempt number 3 within 7 days; 2 are allowed.",
                self._allowed("Wednesday, March 11, 2026, 0:00"),
            ],
        )

    def test_attempts_a_day(self):
        self._policy(max_attempts=1, attempt_days=1)
        self._attempt(0)
        self.assertEqual(
            self._get_breaches()[0],
            "This is attempt number 2 of the day; 1 are allowed.",
        )

    def test_what_is_no_attempt(self):
        self._policy(max_attempts=1)
        wrong = self.env.ref("collection_calls.collection_call_outcome_wrong_number")
        self._attempt(outcome=wrong)
        self._attempt(direction="incoming")
        self._attempt(partner=self._create_debtor("Another"))
        self._attempt().with_user(self.manager).action_cancel("By mistake")
        self._log()  # still ongoing
        self.assertEqual(self._get_breaches(), [])
        self._attempt()
        self.assertTrue(self._get_breaches())

    def test_attempts_for_another_company(self):
        self._policy(max_attempts=1)
        other = self.setup_other_company()["company"]
        theirs = self._create_user("group_collection_user", other)
        self._attempt(company_id=other.id, user=theirs)
        self.assertEqual(self._get_breaches(), [])

    def test_days_after_a_conversation(self):
        self._policy(days_after_contact=7)
        said = {"outcome": self.promise, "verified_by": "address"}
        self._attempt(7, **said)
        self.assertEqual(self._get_breaches(), [])
        self._attempt(6, direction="incoming", **said)
        self.assertEqual(
            self._get_breaches(),
            [
                "The last conversation was on Wednesday, March 4, 2026; the next call"
                " is allowed 7 days after it.",
                self._allowed("Wednesday, March 11, 2026, 0:00"),
            ],
        )

    def test_twice_on_the_day_of_a_conversation(self):
        policy = self._policy(days_after_contact=1)
        self._attempt(0, outcome=self.promise, verified_by="address")
        self.assertIn("no second call on the same day", self._get_breaches()[0])
        policy.days_after_contact = 0
        self.assertEqual(self._get_breaches(), [])

    def test_hours(self):
        self._policy(hours_ids=self._hours(*((day, 8, 20) for day in range(6))))
        self.assertEqual(self._get_breaches(), [])
        self.assertEqual(
            self._get_breaches(hour="19:00"),
            [
                "It is Tuesday, 20:00 there (Berlin); calls are allowed Monday to"
                " Saturday from 8:00 to 20:00.",
                self._allowed("Wednesday, March 11, 2026, 8:00"),
            ],
        )
        self.assertEqual(
            self._get_breaches("2026-03-28", "19:30")[1],
            self._allowed("Monday, March 30, 2026, 8:00"),
        )

    def test_hour_of_the_debtor_the_number_and_the_company(self):
        self._policy(hours_ids=self._hours(*((day, 8, 20) for day in range(7))))
        call = self._log()
        self.assertEqual(self._get_breaches(call=call), [])
        self.debtor.write({"tz": "America/New_York", "country_id": self.usa.id})
        self.assertIn("Tuesday, 5:00 there (New York)", call._get_breaches()[0])
        japan = self.env.ref("base.jp")
        self.contact.write({"tz": "Asia/Tokyo", "country_id": japan.id})
        call.contact_id = self.contact
        self.assertEqual(call._get_breaches(), [], "18:00 in Tokyo")
        self.debtor.tz = self.contact.tz = False
        call.phone = "+1 212 555 2368"
        self.assertIn("(New York)", call._get_breaches()[0])
        call.phone = False
        self.assertEqual(self.debtor.country_id, japan, "Odoo moves the debtor, too")
        self.assertEqual(call._get_breaches(), [], "Japan has one clock")
        self.debtor.country_id = self.usa
        self.company.partner_id.tz = "Pacific/Auckland"
        self.assertIn("22:00 there (Auckland)", call._get_breaches()[0])

    def test_time_zone_of_whoever_created_the_contact(self):
        """Odoo fills in the user's: nobody in New York reads the clock of Berlin."""
        self._policy(hours_ids=self._hours(*((day, 8, 20) for day in range(7))))
        partners = self.env["res.partner"].with_context(tz="Europe/Berlin")
        debtor = partners.create(
            {"name": "Jane", "phone": "+1 212 555 2368", "country_id": self.usa.id}
        )
        self.assertEqual(debtor.tz, "Europe/Berlin")
        call = self._log(partner=debtor)
        self.assertIn("Tuesday, 5:00 there (New York)", call._get_breaches()[0])
        debtor.country_id = False
        self.assertIn("Tuesday, 5:00 there (New York)", call._get_breaches()[0])
        debtor.phone = call.phone = False
        self.assertEqual(call._get_breaches(), [])

    def test_number_in_several_zones(self):
        """A freephone number may ring from Guam to Newfoundland."""
        self._policy(hours_ids=self._hours(*((day, 8, 20) for day in range(7))))
        call = self._log(phone="+1 800 555 2368")
        for time, is_allowed in ((21, 59), False), ((22, 0), True), ((22, 30), False):
            found = call._get_breaches(datetime(2026, 3, 9, *time))
            self.assertEqual(not found, is_allowed, time)
        self.assertIn(
            "time zones; in all of them, the next call is allowed from Tuesday, March"
            " 10, 2026, 23:00 (Berlin) on.",
            found[-1],
        )

    def test_no_hour_in_sight(self):
        self._policy(hours_ids=self._hours((0, 8, 8.5)))
        call = self._log(phone="+1 800 555 2368")
        self.assertEqual(
            call._get_breaches()[-1], "No call is allowed within the next 60 days."
        )

    def _close_on(self, day, days=1, **vals):
        """A public holiday in Berlin."""
        start = datetime.fromisoformat(f"{day} 00:00") - timedelta(hours=1)
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Founders' Day",
                "date_from": start,
                "date_to": start + timedelta(days, seconds=-1),
                "calendar_id": self.company.resource_calendar_id.id,
                **vals,
            }
        )

    def test_public_holidays(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        policy = self._policy(respects_holidays=True)
        self._close_on("2026-03-10", days=2)
        self.assertEqual(
            self._get_breaches(),
            [
                "Tuesday, March 10, 2026 is a public holiday: Founders' Day.",
                self._allowed("Thursday, March 12, 2026, 0:00"),
            ],
        )
        self.assertEqual(self._get_breaches("2026-03-12"), [])
        policy.respects_holidays = False
        self.assertEqual(self._get_breaches(), [])

    def test_public_holidays_of_a_working_schedule(self):
        schedule = self.env["resource.calendar"].create(
            {"name": "Austria", "tz": "Europe/Vienna", "company_id": self.company.id}
        )
        policy = self._policy(respects_holidays=True)
        self._close_on("2026-03-10", calendar_id=schedule.id)
        self.assertEqual(self._get_breaches(), [])
        policy.holiday_calendar_id = schedule
        self.assertTrue(self._get_breaches())

    def test_time_off_that_is_no_public_holiday(self):
        self._policy(respects_holidays=True)
        somebody = (
            self.env["resource.resource"]
            .sudo()
            .create({"name": "Clara", "company_id": self.company.id})
        )
        self._close_on("2026-03-10", resource_id=somebody.id)
        self._close_on("2026-03-10", time_type="other")
        self.assertEqual(self._get_breaches(), [])

    def test_opt_out(self):
        self._policy()
        call = self._log()
        self.assertEqual(call._get_breaches(), [])
        self._opt_out("+493023125042")
        self.assertEqual(
            call._get_breaches(),
            [
                "030 23125 042 is on the phone blacklist: nobody there wants to be"
                " called.",
                "No call to this number is allowed while it is on that list.",
            ],
        )
        call.phone = "030 23125043"
        self.assertEqual(call._get_breaches(), [], "another number of the debtor")

    def test_every_breach_is_named(self):
        self._policy(
            max_attempts=1,
            days_after_contact=3,
            hours_ids=self._hours((0, 8, 20)),
            respects_holidays=True,
        )
        self._attempt(outcome=self.promise, verified_by="address")
        self._close_on("2026-03-10")
        self._opt_out("+493023125042")
        self.assertEqual(len(self._get_breaches()), 5 + 1)

    def test_in_the_language_of_the_collector(self):
        self._policy(max_attempts=1)
        self._attempt()
        call = self._log().with_context(lang="de_DE")
        self.assertIn("Montag, 16. März 2026", call._get_breaches()[-1])

    def test_queries_do_not_depend_on_the_number_of_debtors(self):
        self.european.active = True
        self.european.max_attempts = 1
        debtors = self.env["res.partner"].create(
            [
                {
                    "name": f"Debtor {number}",
                    "phone": f"030 2312{number:04}",
                    "country_id": self.germany.id,
                    "is_company": number % 2,
                }
                for number in range(MANY)
            ]
        )
        for debtor in debtors[:20]:
            self._attempt(partner=debtor)
        policies = self.policies.with_user(self.collector)
        debtors = debtors.with_user(self.collector)
        company = self.company.with_user(self.collector)
        counts = []
        for some in debtors, debtors[:FEW], debtors:  # the first fills caches of rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            findings = policies._get_debtor_findings(company, some)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[2], 26)
        found = [debtor for debtor, finding in findings.items() if finding.sentences]
        self.assertEqual(found, list(debtors[:20]))
        self.assertEqual(findings[debtors[0]].policy, self.european)
        permitted = findings[debtors[0]].permitted
        self.assertEqual(permitted, datetime(2026, 3, 16, 7), "8:00 in Berlin")
