"""Ten seconds to take back what a slip has closed; evidence stays evidence."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TODAY, CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionTakeBack(CollectionCallsWizardCommon):
    def _slip(self, outcome=None, **vals):
        wizard = self._open()
        wizard.action_next()
        if vals:
            wizard.write(vals)
        action = wizard.action_end_with((outcome or self.voicemail).id)
        self.env.cr.flush()
        return wizard.call_id, action["params"]

    def _pass(self, seconds):
        self.clock.tick(timedelta(seconds=seconds))

    def _take_back(self, call, **params):
        action = call.action_take_back(**params)
        self.env.cr.flush()
        wizard = self.env[action["res_model"]].with_user(self.collector)
        return wizard.browse(action["res_id"])

    def test_the_notification_names_debtor_and_outcome(self):
        call, params = self._slip()
        self.assertIn("Müller Bau GmbH: Voicemail", params["message"])
        self.assertEqual(params["call_id"], call.id)
        self.assertTrue(params["can_undo"])

    def test_it_goes_on_where_it_was(self):
        call, _params = self._slip(statement="Put me through")
        self._pass(9)
        wizard = self._take_back(call)
        again = wizard.call_id
        self.assertNotEqual(again, call)
        self.assertEqual((again.state, wizard.step), ("ongoing", "call"))
        self.assertEqual(again.statement, "Put me through")
        for name in "contact_id", "phone", "date_start", "is_dialled", "occasion":
            self.assertEqual(again[name], call[name], name)
        wizard.verified_by = "address"
        wizard.action_next()
        self.assertEqual(wizard.step, "understand")

    def test_evidence_tells_what_happened(self):
        call, _params = self._slip()
        again = self._take_back(call).call_id
        self.assertEqual(call.state, "cancelled")
        self.assertIn(again.name, call.cancel_reason)
        self.assertEqual(call.outcome_id, self.voicemail, "what it said stays")
        links = self.env["collection.chain.link"].sudo()
        kinds = links.search(
            [("res_model", "=", call._name), ("res_id", "=", call.id)], order="id"
        ).mapped("kind")
        self.assertEqual(kinds, ["closed", "cancelled"])

    def test_what_was_planned_is_planned_again(self):
        self.env.cr.flush()
        case = self.debtor.sudo().collection_case_id
        told, tried = (
            case._schedule_call(TODAY, self.collector, summary)
            for summary in ("Rejected", "Try again")
        )
        told.automated = False  # somebody planned it: it is still to be said
        call, _params = self._slip()
        self.assertTrue(call.settled_to_dos)
        self._take_back(call)
        self.assertEqual(case._get_call_activities(), told | tried)
        self.assertEqual(set((told | tried).mapped("date_deadline")), {TODAY})

    def test_too_late(self):
        call, _params = self._slip()
        self._pass(31)
        with self._refused(UserError, "can't be taken back any more"):
            call.action_take_back()
        self.assertEqual(call.state, "done")

    def test_not_twice(self):
        call, _params = self._slip()
        self._take_back(call)
        with self._refused(UserError, "can't be taken back any more"):
            call.action_take_back()

    def test_not_by_a_colleague(self):
        call, _params = self._slip()
        colleague = self._create_user("group_collection_user", login="colleague")
        with self._refused(UserError, "by whoever closed it"):
            call.with_user(colleague).action_take_back()
        reader = self._create_user("account.group_account_invoice")
        with self.assertRaises(AccessError):
            call.with_user(reader).action_take_back()

    def test_not_what_somebody_has_heard(self):
        """The right party, and a wish: a manager cancels those."""
        wizard = self._go_to("close")
        params = wizard.action_done()["params"]
        self.assertFalse(params["can_undo"])
        no_calls = self.env.ref("collection_calls.collection_call_outcome_no_calls")
        _call, params = self._slip(no_calls)
        self.assertFalse(params["can_undo"])

    def test_in_a_session_the_session_goes_on(self):
        call, _params = self._slip()
        wizard = self._take_back(call, is_session=True, skipped_ids=[])
        self.assertTrue(wizard.is_session)

    def test_a_taken_back_call_is_no_attempt(self):
        call, _params = self._slip()
        case = call.case_id
        self._take_back(call)
        self.assertEqual(case.attempt_count, 0)
