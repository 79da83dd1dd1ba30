from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionOnTheLine(CollectionCallsWizardCommon):
    """Who answers isn't always who was asked for, nor somebody whom we know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third_party = cls.env.ref(
            "collection_calls.collection_call_outcome_third_party"
        )

    def _talk(self):
        wizard = self._open()
        wizard.action_next()
        return wizard

    def _name(self, wizard, name="Eva Roth", **vals):
        action = wizard.action_name_person()
        dialogs = self.env[action["res_model"]].with_user(wizard.env.user)
        dialog = dialogs.with_context(**action["context"]).create(
            {"name": name, **vals}
        )
        dialog.action_record()
        wizard._reload()
        return wizard.contact_id

    # ------------------------------------------------------------- somebody unknown

    def test_somebody_new_is_recorded_without_leaving_the_call(self):
        wizard = self._talk()
        person = self._name(wizard, role="Accounting", number="030 23125 077")
        self.assertEqual(person.parent_id, self.debtor)
        self.assertEqual(
            (person.name, person.function, person.phone, person.type),
            ("Eva Roth", "Accounting", "+49 30 23125077", "contact"),
        )
        self.assertEqual(wizard.step, "call")
        self.assertEqual(wizard.phone, "030 23125043", "the number that was dialled")
        wizard.verified_by = "position"
        wizard.action_next()
        self.assertEqual(wizard.step, "understand")

    def test_namesakes_are_completed_not_doubled(self):
        wizard = self._talk()
        person = self._name(wizard, " frau  weber", role="CFO", number="030 999999")
        self.assertEqual(person, self.contact)
        self.assertEqual(person.function, "CFO")
        self.assertEqual(person.phone, "030 23125043", "what stands isn't overwritten")

    def test_reception_is_not_proposed_for_calls(self):
        self._name(self._talk(), is_in_charge=False)
        person = self.debtor.child_ids - self.contact
        people = self.debtor._get_collection_people()[self.debtor]
        self.assertNotIn(person, people)

    def test_what_is_wrong_is_said(self):
        wizard = self._talk()
        with self._refused(ValidationError, "ask for the name"):
            self._name(wizard, "  ")
        with self._refused(ValidationError, "Nobody can dial"):
            self._name(wizard, number="12")
        self.assertEqual(self.debtor.child_ids, self.contact)

    def test_private_persons_speak_for_themselves(self):
        person = self.env["res.partner"].create({"name": "Jo Doe", "phone": "030 7777"})
        wizard = self._open(person)
        wizard.action_next()
        with self._refused(UserError, "private person"):
            self._name(wizard)

    def test_only_who_holds_the_call(self):
        call = self._talk().call_id
        colleague = self._create_user("group_collection_user", login="colleague")
        with self._refused(AccessError, "is held by"):
            call.with_user(colleague)._name_person("Eva Roth")
        with self._refused(UserError, "is closed"):
            closed = self._log()
            closed.action_done()
            closed._name_person("Eva Roth")

    def test_number_of_who_calls_us_is_proposed(self):
        partner = self.debtor.with_user(self.collector)
        action = partner.action_take_collection_call("0171 5550123")
        wizard = self.env["collection.call.wizard"].with_user(self.collector)
        wizard = wizard.browse(action["res_id"])
        context = wizard.action_name_person()["context"]
        self.assertEqual(context["default_number"], "0171 5550123")
        context = self._talk_of_another().action_name_person()["context"]
        self.assertFalse(context["default_number"], "we have called that one")

    def _talk_of_another(self):
        other = self._create_debtor("Other GmbH", phone="030 23125099")
        self._create_claim(10, 5, other)
        wizard = self._open(other)
        wizard.action_next()
        return wizard

    # ------------------------------------------------------------------ third party

    def _end_with_third_party(self, wizard):
        wizard.action_end_with(self.third_party.id)
        return wizard.call_id

    def test_third_party_is_not_who_was_asked_for(self):
        for wizard in (self._open(), self._talk()):
            call = self._end_with_third_party(wizard)
            with self.subTest(step=call.step):
                self.assertFalse(call.contact_id)
                self.assertEqual(call.phone, "030 23125043")
                self.assertIn(
                    "Asked for Frau Weber", "".join(call.message_ids.mapped("body"))
                )

    def test_third_party_who_said_their_name(self):
        wizard = self._talk()
        person = self._name(wizard, is_in_charge=False)
        self.assertEqual(self._end_with_third_party(wizard).contact_id, person)

    def test_third_party_whom_we_know(self):
        other = self.env["res.partner"].create(
            {"name": "Herr Braun", "parent_id": self.debtor.id}
        )
        wizard = self._talk()
        wizard.contact_id = other
        self.assertEqual(self._end_with_third_party(wizard).contact_id, other)

    def test_logged_calls_say_who_answered(self):
        call = self._log(outcome=self.third_party, contact_id=self.contact.id)
        call.action_done()
        self.assertEqual(call.contact_id, self.contact)

    def test_nobody_answered_whom_we_called(self):
        wizard = self._open()
        wizard.action_end_with(self.no_answer.id)
        self.assertEqual(wizard.call_id.contact_id, self.contact)
