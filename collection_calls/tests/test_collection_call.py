from datetime import date, datetime, timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsCommon


@tagged("post_install", "-at_install")
class TestCollectionCall(CollectionCallsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_claim(1000, days_overdue=30)
        cls.item = cls.invoice.line_ids.filtered("date_maturity")

    def test_number_and_case(self):
        first, second = self._log(), self._log()
        self.assertTrue(first.name.startswith("CALL/2026/"))
        self.assertNotEqual(first.name, second.name)
        self.assertEqual(first.case_id, second.case_id)
        self.assertEqual(first.case_id.partner_id, self.debtor)
        self.assertEqual(first.case_id.user_id, self.collector)

    def test_call_with_contact_is_a_call_with_its_company(self):
        call = self._log(partner=self.contact)
        self.assertEqual(call.partner_id, self.debtor)
        self.assertEqual(call.contact_id, self.contact)
        self.assertEqual(call.phone, self.contact.phone)

    def test_phone_forms(self):
        call = self._log(phone="030/23125-042")
        self.assertEqual(call.phone, "030/23125-042", "as typed")
        self.assertEqual(call.phone_e164, "+493023125042")
        self.assertEqual(call.phone_display, "+49 30 23125042")

    def test_number_stays_as_it_was_dialled(self):
        call = self._log(phone="030/23125-042")
        call.action_done()
        self.debtor.country_id = self.env.ref("base.us")
        self.debtor.phone = "+1 212 555 0123"
        self.env.invalidate_all()
        self.assertEqual(call.phone, "030/23125-042")
        self.assertEqual(call.phone_e164, "+493023125042")
        self.assertEqual(call.phone_display, "+49 30 23125042")

    def test_phone_of_another_country_and_withheld_number(self):
        self.assertEqual(
            self._log(phone="0033 1 99 00 12 34").phone_e164, "+33199001234"
        )
        call = self._log(phone=False, direction="incoming")
        self.assertFalse(call.phone_e164)

    def test_log_form_proposes_contact_phone_claims_and_next_day(self):
        """The dialog behind the button, as the collector fills it in."""
        action = self.invoice.with_user(self.collector).action_log_collection_call()
        model = self.env[action["res_model"]].with_user(self.collector)
        view = action["views"][0][0]
        with Form(model.with_context(**action["context"]), view=view) as form:
            self.assertEqual(form.partner_id, self.debtor)
            self.assertEqual(form.contact_id, self.contact, "the only one")
            self.assertEqual(form.phone, self.contact.phone)
            form.outcome_id = self.no_answer
            self.assertEqual(form.next_call_date, date(2026, 3, 11))
        call = form.record
        self.assertEqual(call.claim_ids.move_id, self.invoice)
        call.action_done()
        self.assertEqual(call.state, "done")
        self.assertEqual(call.date_end, datetime(2026, 3, 10, 9))

    def test_claims_keep_what_was_open_at_the_call(self):
        call = self._log(claim_ids=[Command.create({"move_line_id": self.item.id})])
        call.action_done()
        self._pay(self.invoice, 400)
        claim = call.claim_ids
        self.assertEqual(self.item.amount_residual_currency, 600)
        self.assertEqual(claim.amount_residual, 1000)
        self.assertEqual(claim.days_overdue, 30)
        self.invoice.button_draft()
        name = self.invoice.name
        self.invoice.with_context(force_delete=True).unlink()
        self.assertEqual((claim.label, claim.amount_residual), (name, 1000))

    def test_duration_in_minutes(self):
        start = datetime(2026, 3, 9, 14)
        call = self._log(date_start=start, date_end=start + timedelta(minutes=7.5))
        self.assertEqual(call.duration, 7.5)

    def test_done_schedules_the_next_call(self):
        call = self._log()
        call.action_done()
        activity = call.case_id.activity_ids
        self.assertEqual(activity, call.next_activity_id)
        self.assertEqual(activity.date_deadline, date(2026, 3, 11))
        self.assertEqual(activity.user_id, self.collector)
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("collection_calls.mail_activity_type_collection_call"),
        )

    def test_done_twice_schedules_once(self):
        call = self._log()
        call.action_done()
        call.action_done()
        self.assertEqual(len(call.case_id.activity_ids), 1)

    def test_next_call_replaces_the_planned_one(self):
        first = self._log()
        first.action_done()
        second = self._log(
            outcome=self.dispute, right_party_verified=True, verified_by="address"
        )
        second.action_done()
        self.assertEqual(first.case_id.activity_ids, second.next_activity_id)
        self.assertEqual(second.next_activity_id.date_deadline, date(2026, 3, 17))

    def test_call_without_next_date_settles_what_was_due(self):
        self._log(next_call_date=TODAY).action_done()
        call = self._log(next_call_date=False)
        call.action_done()
        self.assertFalse(call.case_id.activity_ids)
        activities = self.env["mail.activity"].with_user(self.collector)
        settled = activities.with_context(active_test=False).search(
            [("res_model", "=", "collection.case"), ("res_id", "=", call.case_id.id)]
        )
        self.assertEqual(len(settled), 1, "done, not deleted")

    def test_call_without_next_date_leaves_later_calls_planned(self):
        planned = self._log(next_call_date=date(2026, 3, 20))
        planned.action_done()
        self._log(next_call_date=False).action_done()
        self.assertEqual(self._get_next_call(planned.case_id), date(2026, 3, 20))

    def test_done_call_is_closed_to_edits(self):
        call = self._log(
            outcome=self.dispute,
            right_party_verified=True,
            verified_by="address",
            claim_ids=[Command.create({"move_line_id": self.item.id})],
        )
        call.action_done()
        for user in self.collector, self.manager:
            closed = call.with_user(user)
            for vals in (
                {"statement": "Never mind"},
                {"outcome_id": self.promise.id},
                {"date_end": datetime(2026, 3, 10, 8, 59)},
                {"next_call_date": TODAY},
                {"state": "ongoing"},
                {"claim_ids": [Command.clear()]},
            ):
                with self.assertRaises(UserError, msg=vals):
                    closed.write(vals)
            with self.assertRaises(UserError):
                closed.claim_ids.amount_residual = 1
            with self.assertRaises(UserError):
                closed.claim_ids.unlink()
        self.assertFalse(call.statement)
        call.message_post(body="Annotated")
        self.assertIn("Annotated", call.message_ids[0].body)

    def test_debtor_case_and_snapshot_are_fixed(self):
        call = self._log(claim_ids=[Command.create({"move_line_id": self.item.id})])
        stranger = self._create_debtor("Somebody else")
        other = self._log(partner=stranger)
        for record, vals in (
            (call, {"partner_id": stranger.id}),
            (call, {"case_id": other.case_id.id}),
            (call, {"cancel_reason": "None"}),
            (call.case_id, {"partner_id": stranger.id}),
            (call.case_id, {"call_ids": [Command.unlink(call.id)]}),
            (call.claim_ids, {"amount_residual": 1}),
        ):
            with self.assertRaises(UserError, msg=vals), self.cr.savepoint():
                record.write(vals)
        cases = self.env["collection.case"].with_user(self.collector)
        with self._refused(ValidationError, "is a contact"):
            cases.create({"partner_id": self.contact.id})

    def test_claims_are_not_moved_into_a_closed_call(self):
        call = self._log(claim_ids=[Command.create({"move_line_id": self.item.id})])
        closed = self._log()
        closed.action_done()
        with self._refused(UserError, "is closed"):
            call.claim_ids.call_id = closed

    def test_imported_call_is_evidence_and_plans_nothing(self):
        call = self._log(
            self.manager,
            state="done",
            date_start=datetime(2026, 2, 3, 10),
            claim_ids=[Command.create({"move_line_id": self.item.id})],
        )
        self.assertEqual(call.state, "done")
        self.assertEqual(call.duration, 0, "nobody knows when it ended")
        self.assertFalse(call.case_id.activity_ids)

    def test_shipped_outcomes_are_archived_not_deleted(self):
        with self._refused(UserError, "Archive"):
            self.no_answer.with_user(self.manager).unlink()
        self.no_answer.with_user(self.manager).active = False

    def test_cancel_is_for_managers_with_a_reason(self):
        call = self._log()
        call.action_done()
        with self.assertRaises(AccessError):
            call.action_cancel("Wrong customer")
        with self.assertRaises(UserError):
            call.with_user(self.manager).action_cancel("  ")
        self.assertEqual(call.state, "done")
        call.with_user(self.manager).action_cancel("Wrong customer")
        self.assertEqual(
            (call.state, call.cancel_reason), ("cancelled", "Wrong customer")
        )
        self.assertFalse(call.case_id.activity_ids, "what it planned is taken back")

    def test_cancel_dialog(self):
        call = self._log()
        wizard = self.env["collection.call.cancel"].with_user(self.manager)
        wizard.create(
            {"call_ids": [Command.set(call.ids)], "reason": "Twice"}
        ).action_confirm()
        self.assertEqual(call.state, "cancelled")

    def test_never_deleted(self):
        # As superuser: not even the administrator deletes evidence.
        call = self._log().sudo()
        with self.assertRaises(UserError):
            call.unlink()
        call.action_done()
        with self.assertRaises(UserError):
            call.unlink()

    # ----------------------------------------------------------------- bad input

    def test_impossible_phone_number(self):
        for number in "12", "call me", "+49 30 12345678901234567":
            with self._refused(ValidationError, "Nobody can dial"):
                self._log(phone=number)

    def test_end_before_start(self):
        with self._refused(ValidationError, "can't end before it starts"):
            self._log(
                date_start=datetime(2026, 3, 10, 8), date_end=datetime(2026, 3, 10, 7)
            )

    def test_call_in_the_future(self):
        with self._refused(ValidationError, "can't lie in the future"):
            self._log(date_start=datetime(2026, 3, 10, 9, 1))

    def test_outcome_and_right_party_must_agree(self):
        with self._refused(ValidationError, "needs the right party"):
            self._log(outcome=self.dispute)
        with self._refused(ValidationError, "was not reached"):
            self._log(right_party_verified=True, verified_by="address")
        call_back = self.env.ref("collection_calls.collection_call_outcome_call_back")
        self.assertTrue(self._log(outcome=call_back, right_party_verified=True))

    def test_what_only_the_right_party_can_say(self):
        reason = self.env.ref("collection_calls.collection_reason_forgotten")
        for vals in (
            {"debt_acknowledged": "yes"},
            {"reason_id": reason.id},
            {"payment_date": TODAY},
            {"improvement": "Send invoices by e-mail"},
        ):
            with self._refused(ValidationError, "Only the right party"):
                self._log(**vals)

    def test_close_needs_outcome_and_verification(self):
        with self._refused(ValidationError, "Choose the outcome"):
            self._log(outcome=self.no_answer, outcome_id=False).action_done()
        with self._refused(ValidationError, "how you verified"):
            self._log(outcome=self.dispute, right_party_verified=True).action_done()

    def test_next_call_is_needed_and_not_past(self):
        call_back = self.env.ref("collection_calls.collection_call_outcome_call_back")
        call = self._log(outcome=call_back)
        with self._refused(ValidationError, "needs a day"):
            call.action_done()
        self.assertEqual(call.state, "ongoing", "still there, to be completed")
        call.next_call_date = TODAY - timedelta(days=1)
        with self._refused(ValidationError, "can't lie in the past"):
            call.action_done()
        call.next_call_date = TODAY
        call.action_done()
        self.assertEqual(call.state, "done")

    def test_partner_of_another_company(self):
        other = self.setup_other_company()["company"]
        stranger = self._create_debtor("Stranger", company_id=other.id)
        with self.assertRaises(UserError):
            self._log(user=self.env.user, partner=stranger)

    def test_contact_of_another_debtor(self):
        with self._refused(ValidationError, "doesn't belong to"):
            self._log(contact_id=self._create_debtor("Somebody else").id)

    def test_claim_of_another_debtor(self):
        stranger = self._create_debtor("Somebody else")
        item = self._create_claim(50, 5, stranger).line_ids.filtered("date_maturity")
        with self._refused(ValidationError, "is not owed by"):
            self._log(claim_ids=[Command.create({"move_line_id": item.id})])

    def test_retry_outcome_needs_days(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self.no_answer.with_user(self.manager).retry_days = 0
            self.env.flush_all()
