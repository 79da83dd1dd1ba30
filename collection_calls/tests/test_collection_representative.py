"""Whoever represents the debtor is called, and the debtor's own numbers stay shut."""

import json

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import TODAY
from .test_collection_contact_right import CollectionRightCommon

KERN, OFFICE = "+49 89 23180500", "+49 89 23180510"
DEBTORS = "030 23125042"


@tagged("post_install", "-at_install")
class TestCollectionRepresentative(CollectionRightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create(
            {"name": "Kanzlei Kern", "is_company": True, "phone": OFFICE}
        )
        cls.kern = cls.env["res.partner"].create(
            {
                "name": "Dr. Kern",
                "parent_id": cls.firm.id,
                "phone": KERN,
                "email": "kern@kanzlei.example",
            }
        )

    def _represent(self, **vals):
        return self._wish("represented", representative_id=self.kern.id, **vals)

    # --------------------------------------------------------------------- the call

    def test_somebody_else_says_who_represents_them(self):
        """In the middle of a call. It ends; the next one goes to Dr. Roth, who proves
        who she is, and promises for the debtor.
        """
        wizard = self._open()
        wizard.action_next()
        right = self._note(
            wizard,
            "represented",
            representative_name="Dr. Roth",
            representative_phone="089 23180500",
            representative_email="roth@kanzlei.example",
            said_by="Her brother",
        )
        roth = right.representative_id
        self.assertEqual(roth.phone, KERN)
        self.assertEqual(wizard.representative_id, roth)
        with self._refused(ValidationError, "the next one is with Dr. Roth"):
            wizard.action_reach_representative()
        wizard.action_end_with(
            self.env.ref("collection_calls.collection_call_outcome_third_party").id
        )
        self.assertFalse(wizard.call_id.with_representative)
        wizard = self._open()
        self.assertEqual((wizard.step, wizard.contact_id), ("prepare", roth))
        self.assertEqual(wizard.phone, KERN)
        self.assertFalse(wizard.policy_note or wizard.is_shut)
        wizard.action_next()
        with self._refused(ValidationError, "make sure that you speak with"):
            wizard.action_next()
        wizard.verified_by = "known_person"
        wizard.action_next()
        wizard.action_next()
        wizard.outcome_id = self.env.ref(
            "collection_calls.collection_call_outcome_promise"
        )
        wizard.payment_date = "2026-03-20"
        wizard.action_next()
        wizard.action_done()
        call = wizard.call_id
        self.assertEqual(call.state, "done")
        self.assertTrue(call.with_representative and call.right_party_verified)
        self.assertEqual(call.promise_ids.contact_id, roth)
        self.assertEqual(call.promise_ids.partner_id, self.debtor)
        self.assertEqual(call.promise_ids._get_recipient(), roth)

    def test_next_call_goes_to_them_by_itself(self):
        self._represent()
        self.env.cr.flush()
        case = self.debtor.with_user(self.collector).collection_case_id
        self.assertEqual(case.contact_number, KERN)
        self.assertFalse(case.policy_note)
        for record in self.debtor, self.contact, self.invoice:
            wizard = self._open(record)
            self.assertEqual(wizard.contact_id, self.kern)
            self.assertEqual(wizard.phone, KERN)
            self.assertFalse(wizard.policy_note)
            wizard.action_discard()

    def test_without_a_number_of_their_own_it_is_the_firms(self):
        self.kern.phone = False
        self._represent()
        self.assertEqual(self._open().phone, OFFICE)
        self.firm.phone = False
        self.assertFalse(self._open(user=self.manager).phone, "never the debtor's")

    def test_whoever_answers_there(self):
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": self.firm.id}
        )
        self._represent()
        call = self._log(contact_id=clerk.id, phone=OFFICE)
        self.assertEqual(call._get_breaches(), [])
        self.assertTrue(call.with_representative)

    def test_the_debtors_numbers_stay_shut(self):
        """Whoever is said to be called there."""
        self._represent(wording="Ask my lawyer")
        for number in DEBTORS, "+49 30 23125043":
            for person in self.kern, self.contact:
                call = self._log(contact_id=person.id, phone=number)
                self.assertIn("Ask my lawyer", call._get_breaches()[0])
        wizard = self._open()
        wizard.phone = DEBTORS
        self.assertTrue(wizard.policy_is_block)
        with self._refused(UserError, "Ask my lawyer"):
            wizard.action_next()

    def test_only_their_number_is_a_link(self):
        self._represent()
        wizard = self._open()
        self.assertIn("tel:+498923180500", wizard.dossier)
        self.assertEqual(wizard.dossier.count("tel:"), 1)
        self.assertIn("+49 30 23125042", wizard.dossier, "it can be read")
        wizard.action_next()
        self.assertEqual(wizard.dossier.count("tel:"), 1)
        managed = self._open(self.contact, user=self.manager)
        managed.policy_override_reason = "Ordered by the court"
        self.assertGreater(managed.dossier.count("tel:"), 1)

    def test_a_number_that_shall_not_ring_is_no_link(self):
        self._wish("not_at_number", number=DEBTORS)
        dossier = self._open().dossier
        self.assertIn("tel:+493023125043", dossier)
        self.assertNotIn("tel:+493023125042", dossier)

    def test_logged_afterwards(self):
        self._represent()
        calls = self.env["collection.call"].with_user(self.collector)
        view = "collection_calls.collection_call_view_form_log"
        for record in self.debtor, self.invoice:
            action = record.with_user(self.collector).action_log_collection_call()
            with Form(calls.with_context(**action["context"]), view) as form:
                self.assertEqual(form.contact_id, self.kern)
                self.assertEqual(form.phone, KERN)
                form.outcome_id = self.no_answer
            call = form.save()
            call.action_done()
            self.assertFalse(call.policy_breaches)

    def test_in_house_counsel(self):
        """Somebody at the debtor's: their number rings, and no other one there."""
        self._wish("represented", representative_id=self.contact.id)
        wizard = self._open(self.debtor)
        self.assertEqual(wizard.contact_id, self.contact)
        self.assertFalse(wizard.policy_note)
        self.assertTrue(self._log(phone=DEBTORS)._get_breaches())
        self.assertEqual(wizard.dossier.count("tel:"), 1)

    def test_in_another_country(self):
        """Their clock, and their way to write a number."""
        self.kern.write(
            {"phone": "(212) 555-2368", "country_id": self.env.ref("base.us").id}
        )
        self._represent()
        wizard = self._open()  # it is five in the morning there
        self.assertEqual(wizard.phone_e164, "+12125552368")
        self.assertEqual(wizard.local_time, "05:00")
        self.assertEqual(wizard.local_time_source, "by number")

    # ------------------------------------------------------------- what is not theirs

    def test_wishes_of_the_debtor_do_not_bind_them(self):
        self._represent()
        hours = {"weekday": "4", "hour_from": 8, "hour_to": 9}
        self._wish("no_calls")
        self._wish("by_post")
        self._wish("hours", hours_ids=[(0, 0, hours)])
        kern = {"contact_id": self.kern.id, "phone": KERN}
        self.assertEqual(self._log(**kern)._get_breaches(), [])
        self._wish("not_at_number", number=KERN)
        self.assertTrue(self._log(**kern)._get_breaches())

    def test_their_number_goes_on_ringing(self):
        """They say on the telephone that the debtor wants no calls: with a button, and
        as the outcome; and somebody notes it on the case."""
        self._represent()
        wizard = self._open()
        self.assertEqual(wizard.phone, KERN)
        self._note(wizard, "no_calls")
        wizard.action_next()
        outcome = self.env.ref("collection_calls.collection_call_outcome_no_calls")
        wizard.action_end_with(outcome.id)
        self.env.cr.flush()
        case = self.debtor.with_user(self.collector).collection_case_id
        action = case.action_note_wish()
        self.assertEqual(action["context"]["default_number"], KERN)
        forms = self.env[action["res_model"]].with_user(self.collector)
        forms.with_context(**action["context"]).create({}).action_note("in_writing")
        self.assertFalse(self._is_listed("+498923180500"))
        self.assertTrue(self._is_listed("+493023125042"), "the debtor's")
        self.assertFalse(self._open().policy_note)

    def test_administrator_comes_first(self):
        self._represent()
        administrator = self.env["res.partner"].create(
            {"name": "Amt", "phone": "+49 30 90140"}
        )
        insolvency = self._wish("insolvency", representative_id=administrator.id)
        wizard = self._open()
        self.assertEqual(wizard.contact_id, administrator)
        self.assertFalse(wizard.policy_note)
        self.assertTrue(self._log(contact_id=self.kern.id, phone=KERN)._get_breaches())
        insolvency.with_user(self.manager).action_end("Closed")
        self.assertFalse(self._log(contact_id=self.kern.id, phone=KERN)._get_breaches())

    def test_when_it_ends(self):
        """What was said stays; nobody calls them any more."""
        right = self._represent()
        call = self._log(
            contact_id=self.kern.id,
            phone=KERN,
            verified_by="known_person",
            outcome=self.no_commitment,
        )
        call.action_done()
        right.with_user(self.manager).action_end("Lawyer dismissed")
        self.assertEqual(call.contact_id, self.kern)
        self.assertEqual(self._open().contact_id, self.contact)

    def test_nobody_else_outside_is_called(self):
        stranger = self._create_debtor("Stranger", phone="+49 30 90140")
        with self._refused(ValidationError, "doesn't belong to"):
            self._log(contact_id=stranger.id)
        wizard = self._open()
        with self._refused(ValidationError, "Nobody has noted who represents"):
            wizard.action_reach_representative()

    def test_while_a_call_is_prepared(self):
        """One click in the red line changes over."""
        wizard = self._open()
        self._note(wizard, "represented", representative_id=self.kern.id)
        self.assertTrue(wizard.policy_is_block)
        wizard.action_reach_representative()
        self.assertEqual((wizard.contact_id, wizard.phone), (self.kern, KERN))
        self.assertFalse(wizard.policy_note)

    def test_their_number_is_checked(self):
        wizard = self._open()
        with self._refused(ValidationError, "has too few digits"):
            self._note(
                wizard,
                "represented",
                representative_name="Dr. Roth",
                representative_phone="089 1",
            )

    def test_it_goes_along(self):
        """The debtor becomes part of another one: the call stays with Dr. Kern."""
        self._represent()
        call = self._log(contact_id=self.kern.id, phone=KERN)
        group = self._create_debtor("Müller Holding")
        self.debtor.write({"is_company": False, "parent_id": group.id})
        self.assertEqual((call.partner_id, call.contact_id), (group, self.kern))
        self.assertTrue(call.with_representative)

    # ------------------------------------------------------------------ the session

    def _start(self):
        """What *Start Calling* opens: the five steps, or nothing."""
        self.env.cr.flush()
        cases = self.env["collection.case"].with_user(self.collector)
        action = cases.action_start_calling()
        wizards = self.env["collection.call.wizard"].with_user(self.collector)
        return wizards.browse(action.get("res_id", ()))

    def _get_left(self):
        self.env.cr.flush()
        cases = self.env["collection.case"].with_user(self.collector)
        return cases.get_calling_progress()["left"]

    def test_a_session_calls_whoever_represents_them(self):
        self._represent()
        self.assertEqual(self._get_left(), 1)
        wizard = self._start()
        self.assertEqual(wizard.partner_id, self.debtor)
        self.assertEqual((wizard.contact_id, wizard.phone), (self.kern, KERN))
        self.assertFalse(wizard.policy_note)

    def test_a_session_leaves_out_who_has_nobody_to_call(self):
        """Nobody knows who it is; they have no number, or one that shall not ring."""
        right = self._wish("represented")
        self.assertEqual(self._get_left(), 0)
        right.with_user(self.manager).action_end("We know")
        right = self._represent()
        self.firm.phone = False
        for number, left in (False, 0), ("12", 0), (KERN, 1):
            self.kern.phone = number
            self.assertEqual(self._get_left(), left, number)
        wish = self._wish("not_at_number", number=KERN)
        self.assertEqual(self._get_left(), 0)
        wish.with_user(self.manager).action_end("Rings again")
        self.kern.active = False
        self.assertEqual(self._get_left(), 0)
        self.kern.active = True
        insolvency = self._wish("insolvency", representative_id=self.kern.id)
        self.assertEqual(self._get_left(), 0, "nobody presses an administrator")
        insolvency.with_user(self.manager).action_end("Closed")
        self.assertEqual(self._get_left(), 1)
        right.with_user(self.manager).action_end("Lawyer dismissed")
        self.assertEqual(self._start().contact_id, self.contact)

    def test_a_session_needs_no_number_of_the_debtor(self):
        self.debtor.phone = self.contact.phone = False
        self.assertEqual(self._get_left(), 0)
        self._represent()
        self.assertEqual(self._get_left(), 1)
        overview = self.env["collection.overview"].with_user(self.collector)
        *_others, no_number = overview._get_work()["parts"]
        self.assertEqual(no_number["count"], 0)
        json.dumps(no_number["action"], default=str)
        self.assertEqual(self._start().phone, KERN)

    def test_a_session_after_a_wrong_number(self):
        """The debtor's was wrong before; then it is the representative's."""
        wrong = self.env.ref("collection_calls.collection_call_outcome_wrong_number")
        self.debtor.phone = False
        self._log(phone=self.contact.phone, outcome=wrong).action_done()
        self.assertEqual(self._get_left(), 0)
        self._represent()
        self.assertEqual(self._get_left(), 1)
        call = self._log(contact_id=self.kern.id, phone=KERN, outcome=wrong)
        call.action_done()
        self.assertEqual(self._get_left(), 0)
        self.kern.phone = OFFICE
        self.debtor.collection_case_id.sudo()._compute_phone_problem()
        self.assertEqual(self._get_left(), 1)

    def test_to_dos_are_to_call_them(self):
        self._represent()
        self.env.cr.flush()
        case = self.debtor.with_user(self.collector).collection_case_id
        call = self.env.ref("collection_calls.mail_activity_type_collection_call")
        activity = case._schedule_next_call(TODAY, self.collector, "Promise broken")
        self.assertEqual(activity.activity_type_id, call)
        self.kern.phone = self.firm.phone = False
        activity = case._schedule_next_call(TODAY, self.collector, "Promise broken")
        self.assertNotEqual(activity.activity_type_id, call)
        self.assertIn("Dr. Kern", activity.note)

    def test_sessions_cost_the_same_whatever_their_length(self):
        counts = []
        for _round in range(2):
            for number in range(8):
                debtor = self._create_debtor(f"Debtor {number}", phone=DEBTORS)
                self._create_claim(100, 30, partner=debtor)
                self._represent(partner_id=debtor.id)
            self.env.cr.flush()
            self.env.invalidate_all()
            cases = self.env["collection.case"].with_user(self.collector)
            cases.search_count(cases._get_my_work_domain())  # what is cached
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            cases.search_count(cases._get_my_work_domain())
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_lists_cost_the_same_whatever_their_length(self):
        debtors = self.env["res.partner"].concat(
            *(self._create_debtor(f"Debtor {n}", phone=DEBTORS) for n in range(24))
        )
        for debtor in debtors:
            self._represent(partner_id=debtor.id)
        cases = self.env["collection.case"].with_user(self.collector)
        cases = cases._get_or_create(debtors, self.company)
        self._assert_same_queries(cases, ["contact_number", "policy_note"])
