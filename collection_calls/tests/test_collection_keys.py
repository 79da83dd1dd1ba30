"""A call without a mouse, and a second chance: journeys in a real browser."""

from datetime import date

from odoo.tests import HttpCase, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

from .common import CollectionCallsLedger

CALL_LIST = "/odoo/action-collection_calls.collection_case_action"


@tagged("post_install", "-at_install")
class TestCollectionKeys(
    CollectionCallsLedger, AccountTestInvoicingHttpCommon, HttpCase
):
    """One debtor is on the list. The browser has its own clock: days are past or far
    off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_ledger()
        user = cls._create_user("group_collection_user", login="collector_keys")
        cls.invoice = cls._create_claim(1234, 10, today=date(2020, 3, 10))
        cls.env.cr.flush()
        cls.debtor.sudo().collection_case_id.user_id = user
        cls.env.cr.flush()

    def _play(self, name):
        self.start_tour(CALL_LIST, f"collection_calls_{name}", login="collector_keys")
        self.env.invalidate_all()
        calls = self.env["collection.call"].sudo()  # the env's user is no collector
        return calls.search([("partner_id", "=", self.debtor.id)], order="id")

    def test_voicemail_in_two_keys(self):
        call = self._play("keys_voicemail")
        voicemail = self.env.ref("collection_calls.collection_call_outcome_voicemail")
        self.assertEqual((call.state, call.outcome_id), ("done", voicemail))

    def test_promise_by_keyboard(self):
        call = self._play("keys_promise")
        self.assertEqual((call.state, call.outcome_id), ("done", self.promise))
        self.assertEqual(call.verified_by, "customer_number")
        self.assertEqual(call.promise_ids.amount, 1234)
        self.assertEqual(call.promise_ids.date_promised, date(2099, 1, 15))

    def test_card_overlay_back_and_pause(self):
        calls = self._play("keys_card")
        self.assertNotIn("done", calls.mapped("state"))

    def test_undo_of_a_slip(self):
        slip, call = self._play("undo")
        self.assertEqual(slip.state, "cancelled")
        self.assertIn(call.name, slip.cancel_reason)
        self.assertEqual((call.state, call.outcome_id), ("done", self.no_answer))

    def test_back_of_the_browser_in_the_middle_of_a_sentence(self):
        call = self._play("back_of_the_browser")
        self.assertEqual(call.statement, "The roof leaks")
