"""Regulation F (12 CFR 1006), sentence by sentence: hours, frequency, voicemail.

Each test names the sentence that it is about, as it stood on 30 November 2021 when the
regulation came into force, and calls it what it is: the policy that we ship. Where the
policy is stricter than the law, the test says so.
"""

from datetime import datetime, timedelta

from odoo.tests import tagged

from ..engine import prompt
from .test_collection_contact_policy import CollectionContactCommon

NEW_YORK, LOS_ANGELES, CHICAGO = "+1 212 555 2368", "+1 213 555 2368", "+1 312 555 2368"
FREEPHONE = "+1 800 555 2368"
# 10 March 2026 is a Tuesday; clocks in the United States are 4 hours behind UTC in New
# York, 5 in Chicago, 7 in Los Angeles since the 8th.
DAY = timedelta(1)


@tagged("post_install", "-at_install")
class TestCollectionRegulationF(CollectionContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_backdating_days = 60  # calls of other days are logged
        cls.regulation_f.active = True
        cls.jane = cls._create_debtor(
            "Jane Doe",
            is_company=False,
            phone=NEW_YORK,
            country_id=cls.usa.id,
            tz=False,
        )

    def _get_breaches(self, moment, debtor=None, **vals):
        """What is against a call at a moment in UTC."""
        debtor = debtor or self.jane
        call = self._log(partner=debtor, phone=debtor.phone, **vals)
        return call._get_breaches(datetime.fromisoformat(moment))

    def _called(self, moment, debtor=None, **vals):
        """A call that was held at a moment in UTC, reaching nobody unless told."""
        start = datetime.fromisoformat(moment)
        return self._log(
            partner=debtor or self.jane,
            date_start=start,
            date_end=start,
            state="done",
            **vals,
        )

    def _spoke(self, moment, **vals):
        return self._called(moment, outcome=self.promise, verified_by="address", **vals)

    # ----------------------------------------------------------- § 1006.6(b)(1)(i)

    def test_6_b_1_i_a_time_before_8_am_is_inconvenient(self):
        """“… a time before 8:00 a.m. … local time at the consumer's location is
        inconvenient.”
        """
        [told, _from] = self._get_breaches("2026-03-10 11:59")
        self.assertIn("7:59 there (New York)", told)
        self.assertEqual(self._get_breaches("2026-03-10 12:00"), [])

    def test_6_b_1_i_a_time_after_9_pm_is_inconvenient(self):
        """“… and after 9:00 p.m. local time at the consumer's location is
        inconvenient.”

        Stricter: at 9:00 itself nobody is called either.
        """
        self.assertEqual(self._get_breaches("2026-03-11 00:59"), [])
        [told, _from] = self._get_breaches("2026-03-11 01:00")
        self.assertIn("21:00 there (New York)", told)

    def test_6_b_1_i_it_is_the_time_at_the_consumers_location(self):
        """“… local time at the consumer's location …”: not at the collector's."""
        john = self.jane.copy({"name": "John", "phone": LOS_ANGELES, "tz": False})
        self.assertEqual(self._get_breaches("2026-03-11 03:59", john), [])
        self.assertTrue(self._get_breaches("2026-03-10 14:59", john))
        self.jane.tz = "America/Los_Angeles"  # moved, and kept her number
        self.assertTrue(self._get_breaches("2026-03-10 14:59"))
        self.assertEqual(self._get_breaches("2026-03-11 03:59"), [])

    def test_6_b_1_i_where_several_locations_are_known(self):
        """Comment 6(b)(1)(i)–2: where the location can't be told, a time that would be
        convenient in all of the locations at which the information indicates that the
        consumer might be.
        """
        self.jane.phone = FREEPHONE  # from Guam to Newfoundland
        self.assertTrue(self._get_breaches("2026-03-10 16:00"), "noon in New York")
        self.assertEqual(self._get_breaches("2026-03-09 22:15"), [])

    def test_6_b_1_i_no_day_is_different(self):
        """The sentence names hours alone: Sundays and public holidays have the same."""
        self.assertEqual(self._get_breaches("2026-03-15 16:00"), [])
        self.assertEqual(self._get_breaches("2026-07-04 16:00"), [])

    def test_6_b_1_i_it_binds_attempts_as_well(self):
        """“… must not communicate or attempt to communicate …”: it is asked before the
        number is dialled.
        """
        call = self._log(partner=self.jane, phone=NEW_YORK)
        self.assertFalse(call.is_dialled)
        self.assertIn("Tuesday, 5:00 there (New York)", call.policy_note)
        self.assertEqual(call.policy_mode, "block")

    def test_6_b_1_i_calls_of_the_consumer_are_no_breach(self):
        """Who calls chooses the time."""
        self.assertEqual(
            self._get_breaches("2026-03-10 05:00", direction="incoming"), []
        )

    # ------------------------------------------------------------ § 1006.14(b)(2)(i)

    def test_14_b_2_i_A_more_than_seven_times_within_seven_consecutive_days(self):
        """“(A) More than seven times within seven consecutive days”."""
        for day in range(2, 9):
            self._called(f"2026-03-0{day} 16:00")
        [told, until] = self._get_breaches("2026-03-08 17:00")
        self.assertIn("attempt number 8 within 7 days; 7 are allowed", told)
        self.assertIn("Monday, March 9, 2026, 8:00 there", until)
        self.assertEqual(self._get_breaches("2026-03-09 16:00"), [])

    def test_14_b_2_i_A_seven_times_are_allowed(self):
        for day in range(2, 8):
            self._called(f"2026-03-0{day} 16:00")
        self.assertEqual(self._get_breaches("2026-03-08 16:00"), [])

    def test_14_b_2_i_A_to_a_particular_person_about_a_particular_debt(self):
        """“… places a telephone call to a particular person in connection with the
        collection of a particular debt”: another consumer's calls don't count.

        Stricter: the debts of one consumer are counted together.
        """
        john = self.jane.copy({"name": "John"})
        for day in range(2, 9):
            self._called(f"2026-03-0{day} 16:00", john)
        self.assertEqual(self._get_breaches("2026-03-08 17:00"), [])

    def test_14_b_2_i_B_seven_days_after_a_telephone_conversation(self):
        """“(B) Within a period of seven consecutive days after having had a telephone
        conversation with the person … The date of the telephone conversation is the
        first day of the seven-consecutive-day period.”
        """
        self._spoke("2026-03-02 16:00")
        [told, until] = self._get_breaches("2026-03-08 23:00")
        self.assertIn("Monday, March 2, 2026", told)
        self.assertIn("Monday, March 9, 2026, 8:00 there", until)
        self.assertEqual(self._get_breaches("2026-03-09 12:00"), [])

    def test_14_b_2_i_B_who_had_called_does_not_matter(self):
        """“… after having had a telephone conversation …”."""
        self._spoke("2026-03-02 16:00", direction="incoming")
        self.assertTrue(self._get_breaches("2026-03-08 16:00"))

    def test_14_b_2_i_B_the_date_is_that_of_the_consumer(self):
        """Half past nine in the evening in New York is the next day in UTC."""
        self._spoke("2026-03-03 00:30")  # Monday, 19:30 there
        self.assertEqual(self._get_breaches("2026-03-09 12:00"), [])

    # -------------------------------------------------------------- § 1006.14(b)(3)

    def test_14_b_3_ii_calls_that_are_not_connected_to_the_dialed_number(self):
        """“Not connected to the dialed number”: who marks an outcome as no attempt
        leaves such calls out. Stricter: as shipped, only wrong numbers are.
        """
        no_answer = self.no_answer.with_user(self.manager)
        for day in range(2, 9):
            self._called(f"2026-03-0{day} 16:00", outcome=no_answer)
        self.assertTrue(self._get_breaches("2026-03-08 17:00"))
        no_answer.is_attempt = False
        self.assertEqual(self._get_breaches("2026-03-08 17:00"), [])

    # ------------------------------------------------------------------ § 1006.2(j)

    def _get_voicemail(self, lang="en_US"):
        script = self.env.ref("collection_calls.collection_script_voicemail")
        return script.with_user(self.collector).with_context(lang=lang).body

    def test_2_j_1_required_content(self):
        """“(i) A business name … (ii) A request that the consumer reply to the message;
        (iii) The name or names of one or more natural persons whom the consumer can
        contact … and (iv) A telephone number …”.
        """
        body = self._get_voicemail()
        said = set(prompt.placeholders(body))
        self.assertLessEqual({"company", "collector", "company_phone"}, said)
        self.assertIn("call me back", body)

    def test_2_j_1_i_the_name_does_not_indicate_debt_collection(self):
        """“A business name … that does not indicate that the debt collector is in the
        debt collection business”: what reveals it is found in what is said.
        """
        self.assertTrue(prompt.revealing("This is the Debt Collection Department"))

    def test_2_j_2_optional_content(self):
        """“(i) A salutation; (ii) The date and time …”: the message is for somebody."""
        said = set(prompt.placeholders(self._get_voicemail()))
        self.assertEqual(said - {"company", "collector", "company_phone"}, {"contact"})

    def test_2_j_no_other_content(self):
        """“… and that includes no other content.” In no language."""
        for lang in ("en_US", "de_DE", "fr_FR"):
            body = self._get_voicemail(lang)
            self.assertEqual(prompt.revealing(body), [], lang)
            self.assertLessEqual(set(prompt.placeholders(body)), prompt.PUBLIC, lang)
