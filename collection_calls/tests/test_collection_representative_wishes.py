"""What whoever represents the debtor asks for, about themselves: “Only in writing, not
after five.” And what the debtor asked for, which is no matter of theirs."""

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..engine import contact_gate as engine
from ..models.contact.gate import Question
from .common import TODAY
from .test_collection_contact_right import CollectionRightCommon

KERN, OFFICE = "+49 89 23180500", "+49 89 23180510"


@tagged("post_install", "-at_install")
class TestCollectionRepresentativeWishes(CollectionRightCommon):
    WISH = "collection_calls.collection_contact_right_wizard_view_form"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = "office@mueller.example"
        partners = cls.env["res.partner"]
        cls.firm = partners.create(
            {"name": "Kanzlei Kern", "is_company": True, "phone": OFFICE}
        )
        cls.kern, cls.clerk = partners.create(
            [
                {
                    "name": "Dr. Kern",
                    "parent_id": cls.firm.id,
                    "phone": KERN,
                    "email": "kern@kanzlei.example",
                },
                {"name": "Clerk", "parent_id": cls.firm.id, "phone": OFFICE},
            ]
        )
        cls.env.cr.flush()

    def _represent(self, **vals):
        return self._wish("represented", representative_id=self.kern.id, **vals)

    def _ask(self, document="reminder", channel="email", debtor=None):
        questions = [Question(debtor or self.debtor, document, channel)]
        [answer] = self.env["collection.contact.gate"]._ask(self.company, questions)
        return answer

    def _is_shut(self, person=None, number=KERN):
        call = self._log(contact_id=(person or self.kern).id, phone=number)
        return bool(call._get_breaches())

    # ------------------------------------------------------- what the debtor asked for

    def test_no_emails_of_the_debtor_leave_the_lawyers_address(self):
        """The wish is about the debtor's own address."""
        self._wish("no_email")
        self.assertFalse(self._ask().is_allowed)
        right = self._represent()
        for document in engine.DOCUMENTS:
            answer = self._ask(document)
            self.assertTrue(answer.is_allowed, document)
            self.assertEqual(answer.recipient, self.kern, document)
        right.with_user(self.manager).action_end("Lawyer dismissed")
        self.assertFalse(self._ask().is_allowed)

    def test_nor_does_anything_else_that_they_asked_for(self):
        self._represent()
        for kind in ("by_post", "in_writing", "no_contact", "no_calls"):
            right = self._wish(kind)
            self.assertEqual(self._ask().recipient, self.kern, kind)
            self.assertTrue(self._ask().is_allowed, kind)
            self.assertFalse(self._ask("offer", "portal").is_allowed, kind)
            right.with_user(self.manager).action_end("Next one")

    def test_a_lawyer_whom_nobody_knows_opens_nothing(self):
        self._wish("no_email")
        self._wish("represented")
        self.assertFalse(self._ask("confirmation").is_allowed)
        self.assertTrue(self._ask("notice", "letter").is_allowed)

    def test_in_house_counsel_of_a_debtor_without_emails(self):
        self._wish("no_email")
        self.contact.email = "weber@mueller.example"
        self._wish("represented", representative_id=self.contact.id)
        self.assertEqual(self._ask().recipient, self.contact)
        self.assertTrue(self._ask().is_allowed)

    # ----------------------------------------------- what they ask for about themselves

    def test_only_in_writing_to_us(self):
        """Nobody is asked to call them any more; e-mails and letters go on."""
        self._represent()
        self.assertFalse(self._is_shut())
        right = self._wish("in_writing", contact_id=self.kern.id, wording="Write to us")
        self.assertIn("Dr. Kern: Only in writing. “Write to us”", right.sentence)
        for person, number in (self.kern, KERN), (self.clerk, OFFICE):
            self.assertTrue(self._is_shut(person, number), "the whole firm")
        self.assertTrue(self._ask().is_allowed)
        self.assertEqual(self._ask().recipient, self.kern)
        self.env.cr.flush()
        cases = self.env["collection.case"].with_user(self.collector)
        self.assertFalse(cases.get_calling_progress()["left"])
        case = self.debtor.with_user(self.collector).collection_case_id
        activity = case._schedule_next_call(TODAY, self.collector, "Promise broken")
        call = self.env.ref("collection_calls.mail_activity_type_collection_call")
        self.assertNotEqual(activity.activity_type_id, call)
        self.assertIn("Write to us", activity.note)
        right.with_user(self.manager).action_end("Took it back")
        self.assertFalse(self._is_shut())

    def test_not_after_five(self):
        """It is Tuesday, 10:00 in Berlin and in Munich."""
        self._represent()
        hours = [
            (0, 0, {"weekday": day, "hour_from": 9, "hour_to": 17}) for day in "01234"
        ]
        self._wish("hours", contact_id=self.kern.id, hours_ids=hours)
        self.assertFalse(self._is_shut())
        self.clock.move_to("2026-03-10 16:30:00")  # 17:30
        wish, when = self._log(contact_id=self.kern.id, phone=KERN)._get_breaches()
        self.assertIn("Dr. Kern: Calls only Monday–Friday 09:00–17:00", wish)
        self.assertIn("March 11, 2026, 9:00 there (Berlin)", when)

    def test_hours_of_the_debtor_beside_those_of_the_lawyer(self):
        """Each counts for calls with whoever asked for them."""
        evening = [(0, 0, {"weekday": "1", "hour_from": 17, "hour_to": 20})]
        morning = [(0, 0, {"weekday": "1", "hour_from": 9, "hour_to": 12})]
        self._wish("hours", hours_ids=evening)
        represented = self._represent()
        self._wish("hours", contact_id=self.kern.id, hours_ids=morning)
        self.assertFalse(self._is_shut())
        represented.with_user(self.manager).action_end("Lawyer dismissed")
        wish, _when = self._log()._get_breaches()
        self.assertIn("17:00–20:00", wish)

    def test_no_emails_to_us(self):
        self._represent()
        self._wish("no_email", contact_id=self.kern.id)
        self.assertFalse(self._ask().is_allowed)
        letter = self._ask(channel="letter")
        self.assertEqual((letter.is_allowed, letter.recipient), (True, self.kern))
        self.assertFalse(self._is_shut(), "they may be called")

    def test_no_contact_with_us(self):
        self._represent()
        self._wish("no_contact", contact_id=self.kern.id)
        self.assertTrue(self._is_shut())
        for channel in engine.WRITTEN:
            self.assertFalse(self._ask(channel=channel).is_allowed)
        notice = self._ask("notice", "letter")
        self.assertEqual((notice.is_allowed, notice.recipient), (True, self.kern))

    def test_it_ends_with_the_mandate(self):
        """It binds nobody else: neither the debtor nor the next lawyer."""
        right = self._represent()
        self._wish("no_email", contact_id=self.kern.id)
        self._wish("in_writing", contact_id=self.kern.id)
        right.with_user(self.manager).action_end("Lawyer dismissed")
        self.assertTrue(self._ask().is_allowed)
        self.assertFalse(self._log(contact_id=self.contact.id)._get_breaches())
        roth = self.env["res.partner"].create(
            {"name": "Dr. Roth", "phone": "+49 40 2312540", "email": "roth@k.example"}
        )
        self._wish("represented", representative_id=roth.id)
        self.assertEqual(self._ask().recipient, roth)
        self.assertTrue(self._ask().is_allowed)
        self.assertFalse(self._is_shut(roth, roth.phone))

    def test_it_is_asked_for_one_debtor(self):
        """They may be called for others, and stay off the blacklists."""
        other = self._create_debtor("Another Client", phone="+49 30 23125099")
        self._represent()
        self._represent(partner_id=other.id)
        for kind in "no_calls", "no_email":
            self._wish(kind, contact_id=self.kern.id)
        self.assertFalse(self._is_listed("+498923180500"))
        self.assertFalse(self._ask().is_allowed)
        self.assertTrue(self._ask(debtor=other).is_allowed)
        call = self._log(partner=other, contact_id=self.kern.id, phone=KERN)
        self.assertFalse(call._get_breaches())

    def test_in_house_counsel(self):
        """Somebody at the debtor's who represents them may ask for the same."""
        self._wish("represented", representative_id=self.contact.id)
        number = self.contact.phone
        self.assertFalse(self._is_shut(self.contact, number))
        self._wish("in_writing", contact_id=self.contact.id)
        self.assertTrue(self._is_shut(self.contact, number))

    # ----------------------------------------------------------------- how it is noted

    def test_while_talking_with_them(self):
        """*This person only* is whoever is on the line."""
        self._represent()
        wizard = self._open()
        self.assertEqual(wizard.contact_id, self.kern)
        right = self._note(wizard, "in_writing", for_whom="person")
        self.assertEqual((right.contact_id, right.number), (self.kern, False))
        self.assertTrue(wizard.policy_is_block)
        self.assertFalse(self._is_listed("+498923180500"))

    def test_on_the_case(self):
        """They can be chosen there, and nobody else outside can."""
        self._represent()
        self.env.cr.flush()
        case = self.debtor.with_user(self.collector).collection_case_id
        action = case.action_note_wish()
        forms = self.env[action["res_model"]].with_user(self.collector)
        with Form(forms.with_context(**action["context"]), self.WISH) as form:
            self.assertEqual(form.known_representative_id, self.kern)
            form.for_whom = "person"
            form.contact_id = self.kern
        form.save().action_note_hours("mornings")
        rights = self.env["collection.contact.right"].with_user(self.collector)
        right = rights.search([("partner_id", "=", self.debtor.id)], limit=1)
        self.assertEqual((right.kind, right.contact_id), ("hours", self.kern))
        stranger = self._create_debtor("Somebody Else")
        with self._refused(ValidationError, "doesn't belong to"):
            self._wish(contact_id=stranger.id)

    def test_who_represents_them_is_no_wish_of_the_lawyer(self):
        """Whoever was on the line: it is about the debtor."""
        self._represent()
        right = self._note(self._open(), "represented", for_whom="person")
        self.assertFalse(right.contact_id)
        for kind in "represented", "not_at_place":
            with self._refused(ValidationError, "doesn't belong to"):
                self._wish(kind, contact_id=self.kern.id, number=KERN)

    def test_who_said_it_is_shown(self):
        wizard = self._open()
        right = self._note(wizard, "no_calls", said_by="Her brother")
        self.assertIn("said by Her brother, unverified)", right.sentence)
        self.assertIn("said by Her brother", wizard.right_note)
        right = self._wish(said_by="Her brother")
        self.assertIn(f"{self.collector.name}, said by Her brother)", right.sentence)

    def test_all_wishes_are_seen_at_once(self):
        """The head of the call names each; wording and source are a click away."""
        wizard = self._open()
        self._note(wizard, "no_email", wording="No mails,\nplease!")
        self._note(wizard, "represented", representative_id=self.kern.id)
        [line] = [
            line for line in wizard.call_id._get_purpose() if line.label == "Rights"
        ]
        self.assertEqual(
            line.text, "No e-mails. Represented by Kanzlei Kern, Dr. Kern."
        )
        self.assertEqual(len(line.more), 2)
        self.assertIn("No mails,\nplease!", line.more[0])
