from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CollectionCallsWizardCommon
from .test_collection_contact_policy import CollectionContactCommon

REASON = "Asked us to call back at noon"
AGAINST = "is against this call"
BLOCKED = "blocks this call"


@tagged("post_install", "-at_install")
class TestCollectionContactCall(CollectionContactCommon, CollectionCallsWizardCommon):
    """Calls outside of the hours: it is 10:00 in Berlin, calls begin at 12:00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.policies.create(
            {
                "name": "After lunch",
                "hours_ids": cls._hours(*((day, 12, 20) for day in range(7))),
            }
        )
        cls.note = (
            "It is Tuesday, 10:00 there (Berlin); calls are allowed from 12:00 to"
            " 20:00.\nThe next call is allowed from Tuesday, March 10, 2026, 12:00"
            " there (Berlin) on."
        )

    def _log_form(self):
        calls = self.env["collection.call"].with_user(self.collector)
        view = "collection_calls.collection_call_view_form_log"
        form = Form(calls.with_context(default_partner_id=self.debtor.id), view)
        form.outcome_id = self.no_answer
        return form

    def test_warned_before_dialling(self):
        wizard = self._open()
        self.assertEqual(wizard.policy_note, self.note)
        self.assertFalse(wizard.policy_is_block)
        wizard.phone = "030 23125099"
        with self._refused(ValidationError, AGAINST):
            wizard.action_next()
        self.assertEqual((wizard.step, wizard.phone), ("prepare", "030 23125099"))
        with self._refused(ValidationError, "from Tuesday, March 10, 2026, 12:00"):
            wizard.action_next()
        wizard.policy_override_reason = " "
        with self._refused(ValidationError, "Reason to Call Nevertheless"):
            wizard.action_next()
        wizard.policy_override_reason = REASON
        wizard.action_next()
        self.assertEqual(wizard.step, "call")
        self.assertFalse(wizard.policy_note, "it is dialled")

    def test_numbers_are_no_links_before_a_reason(self):
        wizard = self._open()
        self.assertTrue(wizard.is_shut)
        self.assertNotIn("tel:", wizard.dossier)
        self.assertIn("+49 30 23125042", wizard.dossier)
        wizard.policy_override_reason = REASON
        self.assertFalse(wizard.is_shut)
        self.assertIn("tel:", wizard.dossier)
        wizard.action_next()
        self.assertIn("tel:", wizard.dossier)

    def test_numbers_are_no_links_where_only_a_manager_may_call(self):
        self.policy.mode = "block"
        for user, is_shut in ((self.collector, True), (self.manager, False)):
            wizard = self._open(user=user)
            self.assertNotIn("tel:", wizard.dossier)
            wizard.policy_override_reason = REASON
            self.assertEqual(wizard.is_shut, is_shut)
            self.assertEqual("tel:" in wizard.dossier, not is_shut)

    def test_evidence_stays_on_the_call(self):
        wizard = self._open()
        wizard.policy_override_reason = REASON
        call = self._go_to("close", wizard).call_id
        self.assertEqual(call.policy_breaches, self.note)
        wizard.action_done()
        self.assertEqual(call.state, "done")
        self.assertEqual(call.policy_breaches, self.note)
        self.assertEqual(call.policy_override_reason, REASON)
        self.policy.active = False
        self.assertEqual(call.policy_breaches, self.note)
        for change in (
            {"policy_override_reason": "Another one"},
            {"policy_breaches": False},
            {"is_against_policy": False},
        ):
            with self._refused(UserError, "."):
                call.write(change)

    def test_reason_stays_until_the_call_is_closed(self):
        wizard = self._open()
        wizard.policy_override_reason = REASON
        wizard.action_next()
        wizard.policy_override_reason = " "
        with self._refused(ValidationError, "before you close the call"):
            wizard.action_end_with(self.voicemail.id)
        self.assertEqual(wizard.state, "ongoing")
        self.assertEqual(wizard.policy_breaches, self.note, "so the reason is shown")
        wizard.policy_override_reason = REASON
        wizard.action_end_with(self.voicemail.id)
        self.assertEqual(wizard.state, "done")

    def test_evidence_is_never_typed(self):
        typed = {"policy_breaches": "Nothing", "policy_date": "2026-03-10 09:00:00"}
        call = self._log(**typed)
        self.assertFalse(call.policy_breaches or call.policy_date)
        for name, value in typed.items():
            with self._refused(UserError, "can't be edited"):
                call.write({name: value})
        with self._refused(ValidationError, AGAINST):
            call.action_done()

    def test_call_at_a_permitted_hour(self):
        with freeze_time("2026-03-10 11:00:00"):
            wizard = self._go_to("close")
            self.assertFalse(wizard.policy_note)
            wizard.action_done()
        self.assertFalse(wizard.call_id.policy_breaches)

    def test_long_call(self):
        """What counts is when it was dialled."""
        with freeze_time("2026-03-10 18:59:00"):
            wizard = self._open()
            wizard.action_next()
        with freeze_time("2026-03-10 19:10:00"):
            wizard.action_end_with(self.voicemail.id)
        self.assertEqual(wizard.state, "done")
        self.assertFalse(wizard.call_id.policy_breaches)

    def test_long_preparation(self):
        with freeze_time("2026-03-10 10:50:00"):
            wizard = self._open()
            self.assertTrue(wizard.policy_note)
        with freeze_time("2026-03-10 11:00:00"):
            wizard.action_end_with(self.voicemail.id)
        self.assertFalse(wizard.call_id.policy_breaches)

    def test_ended_before_the_second_step(self):
        wizard = self._open()
        with self._refused(ValidationError, AGAINST):
            wizard.action_end_with(self.voicemail.id)
        wizard.policy_override_reason = REASON
        wizard.action_end_with(self.voicemail.id)
        self.assertEqual(wizard.call_id.policy_breaches, self.note)

    def test_dialled_again(self):
        """Going back to dial another number asks again and forgets nothing."""
        with freeze_time("2026-03-10 11:00:00"):
            wizard = self._open()
            wizard.action_next()
            wizard.action_back()
            self.env["phone.blacklist"].create({"number": "+493023125043"})
            wizard.phone = "030 23125043"
            with self._refused(ValidationError, "phone blacklist"):
                wizard.action_next()
            wizard.policy_override_reason = REASON
            wizard.action_next()
            wizard.action_back()
            wizard.phone = "030 23125042"
            wizard.action_next()
        self.assertIn("phone blacklist", wizard.call_id.policy_breaches)

    def test_asked_again_about_another_number(self):
        self.policy.mode = "block"
        self.env["phone.blacklist"].create({"number": "+493023125043"})
        with freeze_time("2026-03-10 11:00:00"):
            wizard = self._open()
            wizard.phone = "030 23125042"
            wizard.action_next()
            wizard.phone = "030 23125043"
            self.assertIn("phone blacklist", wizard.policy_note)
            with self._refused(UserError, BLOCKED):
                wizard.action_end_with(self.voicemail.id)
            with self._refused(UserError, BLOCKED):
                wizard.action_next()
            self.assertTrue(wizard.is_dialled)
            wizard.phone = "030 23125042"
            wizard.action_end_with(self.voicemail.id)
        self.assertFalse(wizard.call_id.policy_breaches)

    def test_asked_again_about_another_direction(self):
        self.policy.mode = "block"
        wizard = self._open()
        wizard.call_id.direction = "incoming"
        wizard.action_next()
        wizard.call_id.direction = "outgoing"
        with self._refused(UserError, BLOCKED):
            wizard.action_end_with(self.voicemail.id)

    def test_somebody_else_answers(self):
        """Who answered is noted at night, but was dialled before."""
        with freeze_time("2026-03-10 18:59:00"):
            wizard = self._open()
            wizard.action_next()
        with freeze_time("2026-03-10 19:10:00"):
            wizard.contact_id = False
            self.assertFalse(wizard.call_id.policy_date)
            wizard.action_end_with(self.voicemail.id)
        self.assertFalse(wizard.call_id.policy_breaches)

    def test_same_number_or_verified_person(self):
        with freeze_time("2026-03-10 11:00:00"):
            wizard = self._open()
            wizard.action_next()
            dialled = wizard.call_id.policy_date
            wizard.phone = wizard.phone
            self.assertEqual(wizard.call_id.policy_date, dialled)
            wizard.verified_by = "address"
            wizard.contact_id = False
        self.assertEqual(wizard.call_id.policy_date, dialled)

    def test_verified_on_the_line(self):
        """Back to Prepare in the middle of a conversation, nobody dials again."""
        with freeze_time("2026-03-10 18:59:00"):
            wizard = self._go_to("call")
            wizard.action_back()
        with freeze_time("2026-03-10 19:10:00"):
            wizard.action_next()
        self.assertFalse(wizard.call_id.policy_breaches)

    def test_blocked(self):
        self.policy.mode = "block"
        wizard = self._open()
        self.assertTrue(wizard.policy_is_block)
        wizard.policy_override_reason = REASON
        with self._refused(UserError, BLOCKED):
            wizard.action_next()
        with self._refused(
            UserError, "12:00 there .* on.\n\nOnly a collection manager"
        ):
            wizard.action_next()
        with self._refused(UserError, BLOCKED):
            wizard.action_end_with(self.voicemail.id)
        self.assertEqual(wizard.policy_override_reason, REASON)
        wizard.action_discard()
        self.assertEqual(wizard.state, "cancelled")

    def test_manager_passes(self):
        self.policy.mode = "block"
        wizard = self._open(user=self.manager)
        with self._refused(ValidationError, AGAINST):
            wizard.action_next()
        wizard.policy_override_reason = REASON
        wizard.action_next()
        wizard.action_end_with(self.voicemail.id)
        call = wizard.call_id
        self.assertEqual(
            (
                call.state,
                call.user_id,
                call.policy_breaches,
                call.policy_override_reason,
            ),
            ("done", self.manager, self.note, REASON),
        )

    def test_incoming_calls_are_never_blocked(self):
        self.policy.mode = "block"
        self.env["phone.blacklist"].create({"number": "+493023125042"})
        call = self._log(direction="incoming")
        self.assertEqual(call._get_breaches(), [])
        self.assertFalse(call.policy_note)
        call.action_done()
        self.assertEqual(call.state, "done")
        self.assertFalse(call.policy_breaches)

    def test_incoming_call_in_five_steps(self):
        self.policy.mode = "block"
        wizard = self._open()
        wizard.call_id.direction = "incoming"
        wizard._reload()
        self.assertFalse(wizard.policy_note)
        self._go_to("close", wizard).action_done()
        self.assertFalse(wizard.call_id.policy_breaches)

    def test_logged_call(self):
        form = self._log_form()
        self.assertEqual(form.policy_note, self.note)
        self.assertEqual(form.policy_mode, "warn")
        with self.assertRaisesRegex(AssertionError, "policy_override_reason"):
            form.save()
        form.policy_override_reason = REASON
        call = form.save()
        call.action_done()
        self.assertEqual(call.policy_breaches, self.note)

    def test_logged_call_of_another_hour(self):
        form = self._log_form()
        form.date_start = datetime(2026, 3, 9, 14)
        self.assertFalse(form.policy_mode)
        form.date_start = datetime(2026, 3, 9, 20)
        self.assertTrue(form.policy_mode)
        form.direction = "incoming"
        self.assertFalse(form.policy_mode)

    def test_logged_call_is_asked_for_a_reason_by_the_server(self):
        call = self._log(statement="Nobody there")
        with self._refused(ValidationError, AGAINST):
            call.action_done()
        self.assertEqual((call.state, call.statement), ("ongoing", "Nobody there"))
        call.policy_override_reason = REASON
        call.action_done()
        self.assertEqual(call.state, "done")

    def test_logged_call_is_blocked(self):
        self.policy.mode = "block"
        form = self._log_form()
        form.policy_override_reason = REASON
        call = form.save()
        with self._refused(UserError, BLOCKED):
            call.action_done()
        call.with_user(self.manager).action_done()
        self.assertEqual(call.policy_breaches, self.note)

    def test_refused_log_has_a_way_out(self):
        """The form saves what was typed before “Log Call” is refused."""
        self.policy.mode = "block"
        cases = self.env["collection.case"].with_user(self.collector)
        for leave in "action_discard", "action_skip", "action_pause":
            call = self._log()
            with self._refused(UserError, BLOCKED):
                call.action_done()
            action = cases.action_start_calling()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            wizard = wizard.with_user(self.collector)
            self.assertEqual((wizard.call_id, wizard.step), (call, "prepare"))
            getattr(wizard, leave)()
            self.assertEqual(call.state, "cancelled")

    def test_refused_log_of_a_conversation_stays(self):
        self.policy.mode = "block"
        call = self._log(statement="The roof leaks")
        with self._refused(UserError, "Something is recorded"):
            call.action_discard()

    def test_backdating_saves_no_attempt(self):
        self.company.collection_backdating_days = 30
        self.policy.write(
            {"mode": "block", "max_attempts": 1, "hours_ids": [Command.clear()]}
        )
        self._log().action_done()
        for moment in "2026-03-10 08:30:00", "2026-03-05 08:30:00":
            call = self._log(date_start=moment)
            with self._refused(UserError, BLOCKED):
                call.action_done()
        call = self._log(date_start="2026-02-24 08:30:00")
        call.action_done()
        self.assertFalse(call.is_against_policy, "two weeks before")

    def test_many_logged_calls(self):
        calls = self._log(policy_override_reason=REASON) | self._log(
            partner=self._create_debtor(
                "Tokyo", tz="Asia/Tokyo", country_id=self.env.ref("base.jp").id
            )
        )
        calls.action_done()
        self.assertEqual(calls.mapped("policy_breaches"), [self.note, False])

    def test_evidence_from_elsewhere_comes_in(self):
        self.policy.mode = "block"
        call = self._log(state="done")
        self.assertEqual(call.state, "done")
        self.assertEqual(call.policy_breaches, self.note)
        self.assertTrue(call.is_against_policy, "so it is reported")
        call = self._log(state="done", date_start="2026-03-09 14:00:00")
        self.assertFalse(call.is_against_policy, "it was held at a permitted hour")
        call = self._log(state="done", direction="incoming")
        self.assertFalse(call.is_against_policy)

    def test_filter(self):
        against = self._log(policy_override_reason=REASON)
        against.action_done()
        self._log(state="done", direction="incoming")
        view = self.env.ref("collection_calls.collection_call_view_search")
        self.assertIn("('is_against_policy', '=', True)", view.arch)
        calls = self.env["collection.call"].with_user(self.collector)
        self.assertEqual(calls.search([("is_against_policy", "=", True)]), against)

    def test_report(self):
        """Who called nevertheless, what was against it, and why."""
        self._log(policy_override_reason=REASON).action_done()
        self._log(state="done", direction="incoming")
        calls = self.env["collection.call"].with_user(self.manager)
        action = calls.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_call_action_against_policy"
        )
        self.assertEqual(action["views"][0][1], "list")
        self.assertEqual(action["domain"], '[("state", "=", "done")]')
        view = calls.get_view(*action["views"][0])["arch"]
        [row] = calls.search_read(
            [("is_against_policy", "=", True)],
            ["user_id", "policy_breaches", "policy_override_reason"],
        )
        for name in row.keys() - {"id"}:
            self.assertIn(f'name="{name}"', view)
        self.assertEqual(row["user_id"][0], self.collector.id)
        self.assertEqual(row["policy_breaches"], self.note)
        self.assertEqual(row["policy_override_reason"], REASON)
        counted = calls._read_group(
            [], ["user_id", "is_against_policy"], ["__count"], order="is_against_policy"
        )
        self.assertEqual(
            counted, [(self.collector, False, 1), (self.collector, True, 1)]
        )

    def test_invoicing_users_read_calls_without_the_reason(self):
        call = self._log(policy_override_reason=REASON)
        call.action_done()
        invoicing = self._create_user("account.group_account_invoice")
        theirs = call.with_user(invoicing)
        self.env.invalidate_all()
        self.assertEqual(theirs.policy_breaches, self.note)
        for name in "policy_override_reason", "policy_note":
            with self.assertRaises(AccessError):
                theirs.read([name])
        form = theirs.get_view(view_type="form")["arch"]
        self.assertNotIn("policy_override_reason", form)

    def test_colleague_leaves_no_trace(self):
        call = self._log()
        colleague = self._create_user("group_collection_user", login="colleague")
        with self.assertRaises(AccessError), self.cr.savepoint():
            call.with_user(colleague).action_done()
        self.assertFalse(call.policy_date)
