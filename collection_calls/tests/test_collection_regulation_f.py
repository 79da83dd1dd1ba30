"""Regulation F (12 CFR 1006), sentence by sentence: hours, places, frequency, media.

Each test names the sentence that it is about, as it stands since 30 November 2021 when
the regulation came into force, and calls it what it is: the policy that we ship. Where
the policy is stricter than the law, the test says so.

=================  ===================================================================
§ 1006.6(b)(1)     below: time (i) and place (ii)
(b)(2)             an attorney: below, and ``tests/engine/test_contact_gate.py``
(b)(3)             the employer prohibits it: a place, as (b)(1)(ii)
(b)(4)             below
(c)                ``tests/engine/test_contact_gate.py``. Stricter: it need not be said
                   in writing
§ 1006.14(b)(1)    asks for the collector's intent. Out of scope: nobody can compute it;
                   what presumes it can be, below
(b)(2)             below; (ii) presumes a violation where (i) doesn't presume compliance
(b)(3)             below
(b)(4)             what a particular debt is. Out of scope: debts are counted together
(h)                the media, ``tests/engine/test_contact_gate.py`` and below; there is
                   no § 1006.6(h)
§ 1006.2(j)        below
=================  ===================================================================
"""

from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..engine import prompt
from ..models.contact.gate import Question
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

    def test_6_b_1_i_a_time_known_to_be_inconvenient(self):
        """“At any unusual time, or at a time that the debt collector knows or should
        know is inconvenient to the consumer.” They say which time isn't.
        """
        hours = {"weekday": "1", "hour_from": 10, "hour_to": 12}
        self._wish("hours", hours_ids=[Command.create(hours)])
        self.assertEqual(self._get_breaches("2026-03-10 15:59"), [], "Tuesday")
        for moment in "2026-03-10 13:59", "2026-03-10 16:00", "2026-03-11 15:00":
            wish, _when = self._get_breaches(moment)
            self.assertIn("Calls only Tuesday 10:00–12:00", wish)

    # ---------------------------------------------------------- § 1006.6(b)(1)(ii)

    def _wish(self, kind, **vals):
        rights = self.env["collection.contact.right"].with_user(self.collector)
        vals = {"kind": kind, "partner_id": self.jane.id, **vals}
        return rights.create({"company_id": self.company.id, **vals})

    def test_6_b_1_ii_a_place_known_to_be_inconvenient(self):
        """“At any unusual place, or at a place that the debt collector knows or should
        know is inconvenient to the consumer.” Such as work: its number doesn't ring.
        """
        moment = "2026-03-10 16:00"
        self._wish("not_at_place", number=CHICAGO, wording="Never at work")
        call = self._log(partner=self.jane, phone=CHICAGO)
        told = call._get_breaches(datetime.fromisoformat(moment))
        self.assertIn("Not there: +1 312-555-2368", told[0])
        self.assertEqual(self._get_breaches(moment), [], "at home")

    def test_6_b_1_ii_letters_go_elsewhere(self):
        """An address belongs to a place; an e-mail doesn't (comment 1 on (ii))."""
        self.jane.street = "Home Street 1"
        work = self.jane.create(
            {
                "name": "Jane at Acme",
                "parent_id": self.jane.id,
                "email": "jane@acme.example",
                "street": "Work Street 2",
                "phone": CHICAGO,
            }
        )
        right = self._wish("not_at_place", contact_id=work.id)
        self.assertEqual(right.number, CHICAGO)
        gate = self.env["collection.contact.gate"]
        letter, email = gate._ask(
            self.company,
            [
                Question(self.jane, "reminder", channel, work)
                for channel in ("letter", "email")
            ],
        )
        self.assertEqual((letter.is_allowed, letter.recipient), (True, self.jane))
        self.assertEqual((email.is_allowed, email.recipient), (True, work))

    # ---------------------------------------------------------------- § 1006.6(b)(2)

    def test_6_b_2_represented_by_an_attorney(self):
        """“… if the debt collector knows the consumer is represented by an attorney
        with respect to such debt and knows, or can readily ascertain, the attorney's
        name and address”: the attorney is called instead.
        """
        attorney = self.env["res.partner"].create(
            {"name": "Kern LLP", "phone": CHICAGO, "country_id": self.usa.id}
        )
        self._wish("represented", representative_id=attorney.id)
        moment = datetime.fromisoformat("2026-03-10 16:00")
        [told, _until] = self._get_breaches("2026-03-10 16:00")
        self.assertIn("Represented by Kern LLP", told)
        call = self._log(partner=self.jane, contact_id=attorney.id, phone=CHICAGO)
        self.assertEqual(call._get_breaches(moment), [])

    # ---------------------------------------------------------------- § 1006.6(b)(4)

    def test_6_b_4_consent_of_the_consumer_or_permission_of_a_court(self):
        """“(i) The prior consent of the consumer, given directly to the debt collector
        …; or (ii) The express permission of a court”: managers know of them, and say
        which it is.
        """
        call = self._log(partner=self.jane, phone=NEW_YORK)
        with self._refused(UserError, "Only a collection manager"):
            call.action_done()
        call.policy_override_reason = "Wants to be called at five, before work"
        call.with_user(self.manager).action_done()
        self.assertIn("5:00 there (New York)", call.policy_breaches)

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

    def _agreed(self, moment, day, hour=0, partner=None):
        """A conversation in which she asked to be called back on a day."""
        return self._called(
            moment,
            partner,
            outcome=self.env.ref("collection_calls.collection_call_outcome_call_back"),
            verified_by="address",
            next_call_date=day,
            next_call_time=hour,
        )

    def test_14_b_3_i_with_prior_consent_after_a_conversation(self):
        """“Placed with such person's prior consent given directly to the debt collector
        …”: on the day that she named, and on no other.
        """
        self._agreed("2026-03-02 16:00", "2026-03-05")
        [_told, until] = self._get_breaches("2026-03-04 16:00")
        self.assertIn("Thursday, March 5, 2026, 8:00 there", until)
        self.assertEqual(self._get_breaches("2026-03-05 16:00"), [])
        self.assertTrue(self._get_breaches("2026-03-05 12:59"), "at 7:59")
        self.assertTrue(self._get_breaches("2026-03-06 16:00"))

    def test_14_b_3_i_with_prior_consent_after_seven_calls(self):
        """Such calls “do not count toward the telephone call frequencies”."""
        self._agreed("2026-03-02 15:00", "2026-03-05")
        for hour in range(13, 20):
            self._called(f"2026-03-05 {hour}:30")
        self.assertEqual(self._get_breaches("2026-03-05 21:00"), [])
        self.assertIn("is allowed 7", self._get_breaches("2026-03-06 15:00")[0])
        self.assertEqual(self._get_breaches("2026-03-09 16:00"), [])

    def test_14_b_3_i_within_seven_consecutive_days(self):
        """“… and within a period no longer than seven consecutive days after receiving
        the prior consent, with the date the debt collector receives prior consent
        counting as the first day of the seven-consecutive-day period.”
        """
        for day, is_over in (("2026-03-01", False), ("2026-03-02", True)):
            debtor = self.jane.copy({"name": "John"})
            self._agreed("2026-02-23 16:00", day, partner=debtor)
            for hour in range(13, 20):
                self._called(f"2026-02-28 {hour}:30", debtor)
            found = self._get_breaches(f"{day} 16:00", debtor)
            self.assertEqual(bool(found), is_over, day)

    def test_14_b_3_i_until_they_have_spoken(self):
        """Comment 2 on it: the consent ends with the conversation."""
        self._agreed("2026-03-02 16:00", "2026-03-05")
        self._spoke("2026-03-05 15:00")
        [told, until] = self._get_breaches("2026-03-05 17:00")
        self.assertIn("The last conversation was on Thursday, March 5", told)
        self.assertIn("Thursday, March 12, 2026", until)

    def test_14_b_3_i_an_hour_that_was_agreed(self):
        """Whatever the conversation came to."""
        self._spoke(
            "2026-03-02 16:00", next_call_date="2026-03-05", next_call_time=18.5
        )
        self.assertEqual(self._get_breaches("2026-03-05 17:30"), [])

    def test_14_b_3_i_what_we_think_fit_is_no_consent(self):
        """A next call that nobody asked for; and somebody else's asking."""
        self._spoke("2026-03-02 16:00", next_call_date="2026-03-05")
        self.assertTrue(self._get_breaches("2026-03-05 16:00"))
        for day in range(2, 9):
            self._called(
                f"2026-03-0{day} 16:00",
                outcome=self.env.ref(
                    "collection_calls.collection_call_outcome_call_back"
                ),
                next_call_date="2026-03-08",
            )
        self.assertTrue(self._get_breaches("2026-03-08 17:00"), "unverified")

    def test_14_b_3_ii_calls_that_are_not_connected_to_the_dialed_number(self):
        """“Not connected to the dialed number”: busy, or not in service. Whoever has an
        outcome for it marks it as no attempt, as *Busy* is. Calls that nobody answers
        and those that a machine answers are connected (comment 1 on it), and count.
        """
        for day in range(2, 9):
            self._called(f"2026-03-0{day} 16:00", outcome=self.no_answer)
        self.assertTrue(self._get_breaches("2026-03-08 17:00"))
        john = self.jane.copy({"name": "John"})
        busy = self.no_answer.with_user(self.manager).copy(
            {"name": "Busy", "is_attempt": False}
        )
        for day in range(2, 9):
            self._called(f"2026-03-0{day} 16:00", john, outcome=busy)
        self.assertEqual(self._get_breaches("2026-03-08 17:00", john), [])
        shipped = self.env.ref("collection_calls.collection_call_outcome_busy")
        mary = self.jane.copy({"name": "Mary"})
        for day in range(2, 9):
            self._called(f"2026-03-0{day} 16:00", mary, outcome=shipped)
        self.assertEqual(self._get_breaches("2026-03-08 17:00", mary), [])

    def test_14_b_3_iii_calls_with_the_consumers_attorney(self):
        """“With the persons described in § 1006.6(d)(1)(ii) through (vi)”, of whom the
        consumer's attorney is the first: such calls are no calls of hers.
        """
        attorney = self.env["res.partner"].create(
            {"name": "Kern LLP", "phone": CHICAGO, "country_id": self.usa.id}
        )
        right = self._wish("represented", representative_id=attorney.id)
        with_them = {"contact_id": attorney.id, "phone": CHICAGO}
        for day in range(2, 9):
            self._spoke(f"2026-03-0{day} 16:00", **with_them)
        moment = datetime.fromisoformat("2026-03-08 17:00")
        again = self._log(partner=self.jane, **with_them)
        self.assertTrue(again.with_representative)
        self.assertEqual(again._get_breaches(moment), [], "as often as needed")
        right.with_user(self.manager).action_end("Not represented any more")
        self.assertEqual(self._get_breaches("2026-03-08 17:00"), [])

    # ------------------------------------------------------------------ § 1006.14(h)

    def test_14_h_2_i_opting_out_is_not_confirmed(self):
        """“… may send an electronic confirmation of the person's request to opt out”:
        it may. Stricter: nothing is sent.
        """
        before = self.env["mail.mail"].search_count([])
        self._wish("no_email")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_14_h_2_ii_who_calls_is_spoken_with(self):
        """“… may respond once through the same medium”: whoever calls though they
        asked for no calls is spoken with.
        """
        self._wish("no_calls")
        self.assertTrue(self._get_breaches("2026-03-10 16:00"))
        self.assertEqual(
            self._get_breaches("2026-03-10 16:00", direction="incoming"), []
        )

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
        """“(i) A salutation; (ii) The date and time of the message; (iii) Suggested
        dates and times for the consumer to reply …; and (iv) A statement that … the
        consumer may speak to any of the company's representatives …”. Ours greets.
        """
        said = set(prompt.placeholders(self._get_voicemail()))
        self.assertEqual(said - {"company", "collector", "company_phone"}, {"contact"})

    def test_2_j_no_other_content(self):
        """“… and that includes no other content.” In no language."""
        for lang in ("en_US", "de_DE", "fr_FR"):
            body = self._get_voicemail(lang)
            self.assertEqual(prompt.revealing(body), [], lang)
            self.assertLessEqual(set(prompt.placeholders(body)), prompt.PUBLIC, lang)
