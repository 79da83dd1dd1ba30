from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsWizardCommon

LATER = "2026-03-11 20:00:00"  # 21:00 in Berlin


@tagged("post_install", "-at_install")
class TestCollectionCallRestart(CollectionCallsWizardCommon):
    """A call that was left on Tuesday is opened again on Wednesday."""

    def _leave(self):
        """A conversation that was left without an outcome."""
        wizard = self._go_to("solve")
        wizard.write(
            {
                "statement": "The roof leaks",
                "reason_id": self.no_money.id,
                "debt_acknowledged": "yes",
                "outcome_id": self.no_commitment.id,
            }
        )
        wizard.answer_ids[:1].answer_text = "On Friday"
        return wizard.call_id

    def _assert_restarted(self, call):
        self.assertEqual(call.step, "prepare")
        self.assertEqual(call.date_start, fields.Datetime.now())
        self.assertFalse(call.policy_date)
        self.assertFalse(call.verified_by or call.right_party_verified)

    def test_what_was_said_stays(self):
        call = self._leave()
        claims, answers = call.claim_ids, call.answer_ids.filtered("answer_text")
        with freeze_time(LATER):
            self.assertEqual(self._open().call_id, call)
            self._assert_restarted(call)
        self.assertEqual(call.statement, "The roof leaks")
        self.assertEqual(call.claim_ids, claims)
        self.assertEqual(call.answer_ids & answers, answers)

    def test_what_holds_for_tuesday_is_in_the_chatter(self):
        call = self._leave()
        with freeze_time(LATER):
            call.action_resume()
            self._assert_restarted(call)
        self.assertFalse(call.outcome_id or call.reason_id or call.debt_acknowledged)
        note = call.message_ids[0].body
        for text in (
            "Tuesday, March 10, 2026",
            "Customer number",
            self.no_commitment.name,
            self.no_money.name,
        ):
            self.assertIn(text, note)

    def test_is_asked_about_again(self):
        hours = [
            Command.create({"weekday": str(day), "hour_from": 8, "hour_to": 12})
            for day in range(7)
        ]
        self.env["collection.contact.policy"].sudo().create(
            {"name": "Mornings", "hours_ids": hours}
        )
        wizard = self._open()
        wizard.action_next()
        with freeze_time(LATER):
            wizard = self._open()
            self.assertIn("Wednesday, 21:00 there", wizard.policy_note)
            with self._refused(ValidationError, "is against this call"):
                wizard.action_end_with(self.voicemail.id)
            wizard.policy_override_reason = "Asked us to"
            wizard.action_end_with(self.voicemail.id)
        self.assertEqual(str(wizard.date_start), LATER)
        self.assertTrue(wizard.call_id.is_against_policy)

    def test_says_anew_why_it_is_dialled_nevertheless(self):
        """The reason and the breaches of Tuesday are kept."""
        hours = [Command.create({"weekday": "0", "hour_from": 8, "hour_to": 12})]
        self.env["collection.contact.policy"].sudo().create(
            {"name": "Mondays", "hours_ids": hours}
        )
        wizard = self._open()
        wizard.policy_override_reason = "Asked us to"
        wizard.action_next()
        call = wizard.call_id
        breaches = call.policy_breaches
        with freeze_time(LATER):
            wizard = self._open()
            self.assertIn("Asked us to", call.message_ids[0].body)
            with self._refused(ValidationError, "is against this call"):
                wizard.action_next()
            with self._refused(UserError, "was dialled"):
                wizard.action_discard()
            wizard.policy_override_reason = "Wants to pay now"
            wizard.action_end_with(self.voicemail.id)
        for breach in breaches.splitlines():
            self.assertIn(breach, call.policy_breaches)

    def test_call_with_times(self):
        at = f"{TODAY} 08:00:00"
        call = self._log(date_start=at, date_end=at)
        with freeze_time(LATER):
            call.action_resume()
            self._assert_restarted(call)
        self.assertFalse(call.date_end)

    def test_same_day_goes_on(self):
        call = self._go_to("understand").call_id
        with freeze_time(f"{TODAY} 22:59:00"):  # 23:59 in Berlin
            self.assertEqual(self._open().call_id, call)
        self.assertEqual(call.step, "understand")
        self.assertTrue(call.verified_by and call.policy_date)

    def test_binding_call_is_left_alone(self):
        call = self._leave()
        self.env["collection.dispute"].with_user(self.collector).create(
            {
                "move_id": self.invoice.id,
                "call_id": call.id,
                "reason_id": self.env.ref(
                    "collection_calls.collection_reason_quality"
                ).id,
            }
        )
        with freeze_time(LATER):
            self.assertNotEqual(self._open().call_id, call)
            call.action_resume()
        self.assertEqual((call.step, call.verified_by), ("solve", "customer_number"))

    def test_colleague_does_not_restart_it(self):
        call = self._leave()
        colleague = self._create_user("group_collection_user", login="colleague")
        with freeze_time(LATER), self._refused(AccessError, "is held by"):
            call.with_user(colleague).action_resume()
        self.assertEqual(call.step, "solve")
