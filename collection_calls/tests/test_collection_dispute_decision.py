from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import TODAY, CollectionCallsDisputeCommon

DECISIONS = ("action_accept",), ("action_reject", "No"), ("action_withdraw",)


@tagged("post_install", "-at_install")
class TestCollectionDisputeDecision(CollectionCallsDisputeCommon):
    """How disputes end, and who may end them."""

    def setUp(self):
        super().setUp()
        self.objection = self._dispute(
            amount=300, statement="The roof leaks", user_id=self.invoicing.id
        )

    def _as(self, user):
        self.env.invalidate_all()
        return self.objection.with_user(user)

    def _planned_call(self):
        return self._get_case().activity_ids

    def _get_case(self):
        self.env.invalidate_all()
        return self.debtor.with_user(self.collector).collection_case_id

    def _make_credit_note(self, action, amount):
        """What the accountant does in Odoo's own dialog and on the draft."""
        wizards = self.env[action["res_model"]].with_user(self.invoicing)
        with Form(wizards.with_context(**action["context"])) as form:
            self.assertIn(self.objection.name, form.reason)
        credit_note = self.env["account.move"].browse(
            form.record.refund_moves()["res_id"]
        )
        credit_note.invoice_line_ids.price_unit = amount
        credit_note.with_user(self.invoicing).action_post()
        (credit_note | self.invoice).line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        ).reconcile()
        return credit_note

    # -------------------------------------------------------------------- accept

    def test_accept_offers_odoos_credit_note(self):
        dispute = self._as(self.invoicing)
        action = dispute.action_accept()
        self.assertEqual(dispute.state, "accepted")
        self.assertEqual(dispute.date_closed, TODAY)
        self.assertFalse(dispute.activity_ids, "settled")
        self.assertEqual(action["res_model"], "account.move.reversal")
        self.assertEqual(action["context"]["active_ids"], self.invoice.ids)
        reason = action["context"]["default_reason"]
        self.assertIn(self.quality.name, reason)
        self.assertIn("300.00", reason)
        self.assertEqual(self.invoice.amount_residual, 1000, "nothing was posted")
        credit_note = self._make_credit_note(action, 300)
        self.assertEqual(self.invoice.amount_residual, 700)
        self.assertEqual(dispute.credit_note_ids, credit_note)
        self.assertIn(self.objection.name, credit_note.ref)
        domain = dispute.action_view_credit_notes()["domain"]
        self.assertEqual(credit_note.search(domain), credit_note)
        self.assertEqual(dispute.amount_open, 0)

    def test_reason_in_the_debtors_language(self):
        self.quality.sudo().with_context(lang="fr_FR").name = "Pas satisfait"
        self.debtor.lang = "fr_FR"
        action = self._as(self.invoicing).action_accept()
        self.assertIn("Pas satisfait", action["context"]["default_reason"])

    def test_credit_note_lowers_an_open_dispute_to_the_residual(self):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        action = wizard.create({"journal_id": self.invoice.journal_id.id})
        credit_note = self.env["account.move"].browse(action.refund_moves()["res_id"])
        credit_note.invoice_line_ids.price_unit = 900
        credit_note.action_post()
        (credit_note | self.invoice).line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self.invoice.amount_residual, 100)
        self.assertEqual(self.objection.amount_open, 100)
        self.assertFalse(credit_note.collection_settled_dispute_id)

    def test_copy_of_a_credit_note_settles_nothing(self):
        credit_note = self._make_credit_note(
            self._as(self.invoicing).action_accept(), 300
        )
        self.assertFalse(credit_note.copy().collection_settled_dispute_id)

    def test_credit_note_dialog_again(self):
        dispute = self._as(self.invoicing)
        with self._refused(UserError, "for an accepted dispute"):
            dispute.action_create_credit_note()
        dispute.action_accept()
        action = dispute.action_create_credit_note()
        self.assertEqual(action["res_model"], "account.move.reversal")

    def test_nothing_to_credit_any_more(self):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        action = wizard.create({"journal_id": self.invoice.journal_id.id})
        action.modify_moves()
        self.assertEqual(self.invoice.payment_state, "reversed")
        self.assertEqual(self.objection.amount_open, 0)
        self.assertIs(self._as(self.invoicing).action_accept(), True)
        self.assertEqual(self.objection.state, "accepted")

    def test_collector_hands_over_what_takes_a_credit_note(self):
        with self._refused(AccessError, "takes invoicing rights"):
            self._as(self.collector).action_accept()
        self.assertEqual(self.objection.state, "open")

    def test_manager_accepts_and_the_owner_makes_the_credit_note(self):
        dispute = self._as(self.manager)
        self.assertIs(dispute.action_accept(), True)
        self.assertEqual(dispute.state, "accepted")
        activity = dispute.activity_ids
        self.assertEqual(activity.user_id, self.invoicing)
        self.assertIn("credit note", activity.summary)

    # --------------------------------------------------------- reject and withdraw

    def test_rejection_needs_a_reason(self):
        for reason in False, "", "  ":
            with self._refused(UserError, "Say why"):
                self._as(self.collector).action_reject(reason)

    def test_rejection_goes_on_the_call_list(self):
        dispute = self._as(self.collector)
        dispute.action_reject(" The delivery note is signed ")
        self.assertEqual(dispute.state, "rejected")
        self.assertEqual(dispute.resolution, "The delivery note is signed")
        self.assertEqual(dispute.date_closed, TODAY)
        self.assertEqual(dispute.amount_open, 0, "collectible again")
        self.assertFalse(dispute.activity_ids)
        call = self._planned_call()
        self.assertEqual(call.date_deadline, TODAY)
        self.assertEqual(call.user_id, self.collector)
        self.assertIn("was rejected", call.summary)

    def test_reject_dialog(self):
        wizard = self.env["collection.dispute.reject"].with_user(self.invoicing)
        wizard.create(
            {"dispute_ids": [Command.set(self.objection.ids)], "reason": "Signed"}
        ).action_confirm()
        self.assertEqual(self.objection.state, "rejected")

    def test_withdrawal_goes_on_the_call_list(self):
        self._as(self.collector).action_withdraw()
        self.assertEqual(self.objection.state, "withdrawn")
        self.assertIn("was withdrawn", self._planned_call().summary)

    def test_call_agreed_for_later_stays_planned(self):
        self._log(next_call_date=date(2026, 3, 20)).action_done()
        self._as(self.collector).action_withdraw()
        days = self._planned_call().mapped("date_deadline")
        self.assertEqual(sorted(days), [TODAY, date(2026, 3, 20)])

    def test_call_goes_to_somebody_who_is_there(self):
        case = self._get_case()
        leaver = self._create_user("group_collection_user", login="leaver")
        case.user_id = leaver
        leaver.active = False
        self._as(self.invoicing).action_reject("No")
        self.assertEqual(self._planned_call().user_id, self.collector)

    def test_each_state_is_in_the_chatter(self):
        self.env.cr.flush()  # it was opened in a transaction of its own
        # Tests switch tracking off; people don't.
        dispute = self._as(self.collector).with_context(
            tracking_disable=False, mail_notrack=False
        )
        dispute.action_reject("The delivery note is signed")
        self.env.flush_all()
        self.cr.precommit.run()
        self.env.invalidate_all()
        tracked = self.objection.sudo().message_ids.tracking_value_ids
        self.assertIn("Rejected", tracked.mapped("new_value_char"))
        self.assertIn("The delivery note is signed", tracked.mapped("new_value_char"))

    # ------------------------------------------------------------------ evidence

    def test_closed_dispute_is_closed_to_edits(self):
        self._as(self.invoicing).action_accept()
        for user in self.collector, self.manager:
            closed = self._as(user)
            for name, *arguments in (
                ("write", {"amount": 1}),
                ("write", {"statement": "Never mind"}),
                ("write", {"user_id": self.collector.id}),
                ("write", {"state": "open"}),
                *DECISIONS,
            ):
                with self._refused(UserError, "is closed"):
                    getattr(closed, name)(*arguments)
            note = closed.message_post(body="Annotated")
            with self._refused(UserError, "are evidence"):
                note.unlink()

    def test_facts_of_an_open_dispute_are_fixed(self):
        dispute = self._as(self.collector)
        other = self._create_claim(10, days_overdue=5)
        for vals in (
            {"move_id": other.id},
            {"state": "accepted"},
            {"resolution": "None"},
            {"name": "DISP/1"},
            {"date_opened": TODAY},
        ):
            with self._refused(UserError, "can't be edited"):
                dispute.write(vals)
        with self._refused(UserError, "starts open"):
            self._dispute(other, state="accepted")
        dispute.write({"statement": "The roof leaks since May", "amount": 200})
        self.assertEqual(dispute.amount_open, 200)

    def test_never_deleted(self):
        with self._refused(UserError, "can't be deleted"):
            self.objection.sudo().unlink()
        with self.assertRaises(AccessError):
            self._as(self.manager).unlink()

    def test_note_on_an_open_dispute_can_be_taken_back(self):
        self._as(self.collector).message_post(body="Typo").unlink()

    # -------------------------------------------------------------------- rights

    def test_invoicing_user_reads_all_but_what_was_said(self):
        dispute = self._as(self.invoicing)
        self.assertEqual(dispute.amount_open, 300)
        with self.assertRaises(AccessError):
            dispute.read(["statement"])
        with self.assertRaises(AccessError):
            dispute.amount = 10
        with self.assertRaises(AccessError):
            self._dispute(
                self._create_claim(10, days_overdue=5), creator=self.invoicing
            )
        self.assertTrue(dispute.message_post(body="I ask the warehouse"))

    def test_invoicing_user_closes_what_he_owns_only(self):
        colleague = self._create_user(
            "account.group_account_invoice", login="colleague"
        )
        for action in (
            lambda dispute: dispute.action_reject("No"),
            lambda dispute: dispute.action_withdraw(),
        ):
            with self.assertRaises(AccessError):
                action(self._as(colleague))
        self._as(self.invoicing).action_withdraw()
        self.assertEqual(self.objection.state, "withdrawn")

    def test_employee_portal_and_other_companies_see_nothing(self):
        portal = new_test_user(self.env, "test_portal", groups="base.group_portal")
        employee = self._create_user("base.group_user")
        stranger = self._create_user("group_collection_manager", self.other)
        for user in portal, employee, stranger:
            dispute = self._as(user)
            for name, *arguments in ("read", ["name"]), *DECISIONS:
                with self.assertRaises(AccessError, msg=f"{user.login} {name}"):
                    getattr(dispute, name)(*arguments)
            with self.assertRaises(AccessError, msg=user.login):
                self._dispute(creator=user)
        self.assertFalse(self.objection.with_user(stranger).search([]))
        partner = self.debtor.with_user(stranger)
        self.assertFalse(partner.collection_disputed_amount)
        with self.assertRaises(AccessError):
            self.debtor.with_user(employee).read(["collection_disputed_amount"])
