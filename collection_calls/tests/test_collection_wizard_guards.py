from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionWizardGuards(CollectionCallsWizardCommon):
    """What must not happen in a call, whoever tries and whatever is on file."""

    def test_collector_of_another_company_opens_nothing(self):
        call = self._open().call_id
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", other)
        wizards = self.env["collection.call.wizard"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.create({"call_id": call.id})
        own = wizards.create({"partner_id": self._create_debtor("Theirs").id})
        with self._refused(UserError, "Open the other call"):
            own.call_id = call

    def test_colleague_does_not_take_over_my_call(self):
        call = self._open().call_id
        colleague = self._create_user("group_collection_user", login="colleague")
        for attempt in (
            lambda mine: mine.write({"statement": "Never said"}),
            lambda mine: mine.action_discard(),
            lambda mine: mine.action_done(),
        ):
            with self._refused(AccessError, "is held by"):
                attempt(call.with_user(colleague))
        call.with_user(self.manager).statement = "Said by phone"

    def test_nobody_verified_corrects_nothing(self):
        call = self._log(contact_id=self.contact.id, contact_email="evil@x.example")
        call.action_done()
        self.assertEqual(self.contact.email, "weber@mueller.example")

    def test_our_own_people_are_not_corrected(self):
        self.contact.user_ids = self._create_user("base.group_user", login="insider")
        wizard = self._go_to("close")
        wizard.write({"contact_city": "Nowhere", "outcome_id": self.no_commitment.id})
        with self._refused(ValidationError, "has a user account"):
            wizard.action_done()

    def test_another_person_on_the_line_has_other_data(self):
        colleague = self.env["res.partner"].create(
            {
                "name": "Herr Kurz",
                "parent_id": self.debtor.id,
                "email": "kurz@m.example",
            }
        )
        wizard = self._go_to("close")
        self.assertEqual(wizard.contact_email, "weber@mueller.example")
        wizard.contact_id = colleague
        wizard.action_back()
        wizard.action_next()
        self.assertEqual(wizard.contact_email, "kurz@m.example")
        wizard.outcome_id = self.no_commitment
        wizard.action_done()
        self.assertEqual(colleague.email, "kurz@m.example")
        self.assertFalse(colleague.phone)

    def test_the_only_contact_is_on_the_line(self):
        self.assertEqual(self._open(self.debtor).contact_id, self.contact)
        company = self._create_debtor("Dupont & Fils", phone="+33 4 72 00 00 01")
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": company.id} for name in ("Ann", "Bea")]
        )
        self.assertFalse(self._open(company).contact_id, "nobody can tell")
        self.assertFalse(company._get_collection_contact(), "nobody can tell")
        people[1].phone = "+33 4 72 00 00 02"
        self.assertEqual(company._get_collection_contact(), people[1])
        people[0].type = "invoice"
        self.assertEqual(company._get_collection_contact(), people[0])

    def test_dialled_number_does_not_become_the_contacts(self):
        wizard = self._open()
        wizard.phone = "+49 171 3920012"
        wizard = self._go_to("close", wizard)
        wizard.outcome_id = self.no_commitment
        wizard.action_done()
        self.assertEqual(self.contact.phone, "030 23125043")
        self.assertEqual(wizard.phone, "+49 171 3920012")

    def test_bad_data_on_file_does_not_stop_the_call(self):
        self.debtor.phone = "see contact"
        self.contact.write({"phone": "ask Mr Kurz", "email": "a@x, b@x"})
        wizard = self._open()
        self.assertFalse(wizard.phone)
        self.assertIn("ask Mr Kurz", wizard.dossier)
        wizard = self._go_to("close", wizard)
        self.assertFalse(wizard.contact_phone)
        wizard.write(
            {"contact_phone": "030 23125 077", "outcome_id": self.no_commitment.id}
        )
        wizard.action_done()
        self.assertEqual(self.contact.phone, "+49 30 23125077")

    def test_typed_dates_stay(self):
        self.debtor.is_company = False
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        wizard.answer_ids[1].answer_weekday = "4"
        wizard.outcome_id = self.promise
        wizard.payment_date = date(2026, 3, 20)
        self.assertEqual(wizard.next_call_date, date(2026, 3, 19), "still proposed")
        wizard.next_call_date = date(2026, 3, 18)
        wizard.answer_ids[2].answer_text = "All of it"
        wizard.payment_date = date(2026, 3, 24)
        self.assertEqual(wizard.payment_date, date(2026, 3, 24))
        self.assertEqual(wizard.next_call_date, date(2026, 3, 18))

    def test_answers_survive_a_slip(self):
        self.debtor.is_company = False
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        wizard.answer_ids[0].answer_yes_no = "yes"
        wizard.reason_id = self.env.ref("collection_calls.collection_reason_quality")
        wizard.reason_id = self.no_money
        answers = {a.question: a.answer_yes_no for a in wizard.answer_ids}
        self.assertEqual(answers["Do you work?"], "yes")
        self.assertEqual(len(answers), 3)

    def test_reason_recorded_in_the_same_breath(self):
        call = self._log(
            outcome=self.dispute, verified_by="address", reason_id=self.no_money.id
        )
        call.action_done()
        asked = len(call.answer_ids)  # a company: nothing about its payday
        self.assertEqual((call.state, asked), ("done", 2))

    def test_solving_ends_with_an_outcome(self):
        wizard = self._go_to("solve")
        with self._refused(ValidationError, "Choose what was agreed"):
            wizard.action_next()
        wizard.outcome_id = self.promise
        with self._refused(ValidationError, "“Pays On”"):
            wizard.action_next()
        wizard.payment_date = date(2026, 3, 9)
        with self._refused(ValidationError, "can't lie in the past"):
            wizard.action_next()
        self.assertEqual((wizard.step, wizard.outcome_id), ("solve", self.promise))
        wizard.action_back()
        self.assertEqual(wizard.step, "understand", "back is always open")
        wizard.payment_date = date(2026, 3, 20)
        self.assertEqual(self._go_to("close", wizard).step, "close")

    def test_promise_needs_a_day_to_come(self):
        wizard = self._go_to("close")
        wizard.write({"outcome_id": self.promise.id, "next_call_date": TODAY})
        with self._refused(ValidationError, "needs a day"):
            wizard.action_done()
        wizard.payment_date = date(2026, 3, 9)
        with self._refused(ValidationError, "can't lie in the past"):
            wizard.action_done()

    def test_recap_doesnt_contradict_itself(self):
        wizard = self._go_to("solve")
        wizard.write(
            {"payment_date": date(2026, 3, 20), "outcome_id": self.no_commitment.id}
        )
        wizard.action_next()
        self.assertNotIn("You pay", wizard.recap)

    def test_payment_links_need_the_right_party(self):
        with self._refused(UserError, "Verify the person first"):
            self._open(self.invoice).action_mail_payment_links()

    def test_next_call_goes_to_somebody_who_is_there(self):
        gone = self._create_user("group_collection_user", login="gone")
        case = self._open().call_id.case_id
        case.user_id = gone
        gone.sudo().active = False
        self._log().action_done()
        self.assertEqual(case.activity_ids.user_id, self.collector)

    def test_failed_attempt_leaves_what_was_agreed(self):
        agreed = self._log(
            outcome=self.promise,
            verified_by="address",
            payment_date=date(2026, 3, 21),
            claim_ids=self._as_claims(self.invoice),
        )
        agreed.action_done()
        self._log().action_done()
        days = agreed.case_id.activity_ids.mapped("date_deadline")
        self.assertEqual(sorted(days), [date(2026, 3, 11), date(2026, 3, 20)])

    def test_call_logged_later_has_no_invented_end(self):
        call = self._log(date_start=datetime(2026, 3, 9, 14))
        call.action_done()
        self.assertFalse(call.date_end)
        self.assertEqual(call.duration, 0)

    def test_deleted_note_on_a_closed_call(self):
        call = self._log()
        call.action_done()
        note = call.with_user(self.manager).message_post(body="Rang twice")
        for delete in (
            lambda: note.with_user(self.collector).unlink(),
            lambda: call.write({"message_ids": [Command.delete(note.id)]}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                delete()
        self.assertTrue(note.exists())
