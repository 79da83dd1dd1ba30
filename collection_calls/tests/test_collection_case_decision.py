"""What collectors decide about cases."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import TODAY, CollectionCallsCaseCommon

TOMORROW = TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestCollectionCaseDecision(CollectionCallsCaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case.sudo().user_id = cls.collector
        cls.env.cr.flush()

    def _decide(self, kind, case=None, **vals):
        case = case or self.case
        dialogs = self.env["collection.case.decision.wizard"].with_user(self.collector)
        dialog = Form(
            dialogs.with_context(
                active_model=case._name, active_ids=case.ids, default_kind=kind
            )
        )
        for name, value in vals.items():
            setattr(dialog, name, value)
        return dialog

    def _get_notes(self):
        return " ".join(self.case.sudo().message_ids.mapped("body"))

    def test_snooze(self):
        self.assertLessEqual(self.case.next_call_date, TODAY)
        dialog = self._decide("snooze", reason="The accountant is away", day=NEXT_WEEK)
        self.assertIn("not before", dialog.consequences)
        dialog.save().action_confirm()
        self._assert_figures(next_call_date=NEXT_WEEK, situation="to_call")
        self.assertEqual(self.case.next_call_reason, "The accountant is away")
        self.assertEqual(self.case._get_call_activities().user_id, self.collector)
        self.assertIn("The accountant is away", self._get_notes())
        self._assert_settled()

    def test_snooze_proposes_the_next_working_day(self):
        self.assertEqual(self._decide("snooze").day, TOMORROW)

    def test_snooze_takes_the_place_of_what_was_planned(self):
        self.case._schedule_next_call(TODAY, self.collector, "Call back")
        self.case.action_snooze(NEXT_WEEK, "Away")
        self.assertEqual(len(self.case._get_call_activities()), 1)
        self._assert_figures(next_call_date=NEXT_WEEK)

    def test_snooze_to_a_day_that_is_not_to_come(self):
        for day in (TODAY, TODAY - timedelta(days=1), False):
            with self._refused(ValidationError, "day to come"):
                self.case.action_snooze(day, "Away")

    def test_snooze_only_puts_off(self):
        self.case._schedule_next_call(NEXT_WEEK, self.collector, "Call back")
        with self._refused(UserError, "which is later"):
            self.case.action_snooze(TOMORROW, "Away")
        self.invoice.button_draft()
        self.env.cr.flush()
        with self._refused(UserError, "Nothing is overdue"):
            self.case.action_snooze(NEXT_WEEK + timedelta(days=9), "Away")

    def test_hold_and_release(self):
        self._decide("hold", hold="legal", reason="In court").save().action_confirm()
        self._assert_figures(
            hold="legal",
            hold_reason="In court",
            situation="on_hold",
            next_call_date=False,
        )
        with self._refused(ValidationError, "on hold for"):
            self.case.action_hold(False, "Whatever")
        with self._refused(UserError, "on hold already"):
            self.case.action_hold("other", "Again")
        self._decide("release", reason="Settled").save().action_confirm()
        self._assert_figures(hold=False, hold_reason=False, situation="to_call")
        self.assertLessEqual(self.case.next_call_date, TODAY)
        self.assertIn("In court", self._get_notes())
        self.assertIn("Settled", self._get_notes())
        with self._refused(UserError, "not on hold"):
            self.case.action_release("Again")

    def test_hold_comes_with_its_reason(self):
        """By import and by RPC, too."""
        for vals in (
            {"hold": "legal"},
            {"hold": "legal", "hold_reason": " "},
            {"hold_reason": "In court"},
        ):
            with self._refused(ValidationError, "Use “Put on Hold”"):
                self.case.write(vals)
        self.case.write({"hold": "legal", "hold_reason": "In court"})
        with self._refused(ValidationError, "and “Release”"):
            self.case.hold = False
        self.case.hold = "other"
        self.assertEqual(self._get_notes().count("On hold: In court"), 2)
        self.case.action_release("Settled")

    def test_hand_over(self):
        other = self._create_user("group_collection_user", login="other_collector")
        self.case._schedule_next_call(NEXT_WEEK, self.collector, "Call back")
        dialog = self._decide("reassign", user_id=other, reason="Holidays")
        dialog.save().action_confirm()
        self.assertEqual(self.case.user_id, other)
        self.assertEqual(self.case._get_call_activities().user_id, other)
        self.assertIn("Holidays", self._get_notes())

    def test_hand_over_by_id(self):
        other = self._create_user("group_collection_user", login="other_collector")
        self.case.action_reassign(other.id, "Holidays")
        self.assertEqual(self.case.user_id, other)

    def test_hand_over_to_somebody_who_cannot_collect(self):
        accountant = self._create_user("account.group_account_invoice")
        elsewhere = self._create_user(
            "group_collection_user", self.setup_other_company()["company"]
        )
        for user in (accountant, elsewhere, self.env["res.users"]):
            with self._refused(ValidationError, "can't collect"):
                self.case.action_reassign(user, "Holidays")
        for user in (accountant, elsewhere):
            with self._refused(ValidationError, "can't collect"):
                self.case.user_id = user
            with self._refused(ValidationError, "can't collect"):
                self.case.with_user(self.manager)._rebalance(user)

    def test_everything_has_a_reason(self):
        for decide in (
            lambda: self.case.action_snooze(NEXT_WEEK, " "),
            lambda: self.case.action_hold("legal", False),
            lambda: self.case.action_release(""),
            lambda: self.case.action_reassign(self.collector, None),
        ):
            with self._refused(ValidationError, "Say why"):
                decide()

    def test_many_at_once(self):
        debtors = [self._create_debtor(f"Debtor {number}") for number in range(12)]
        for debtor in debtors:
            self._create_claim(100, 20, partner=debtor)
        self.env.cr.flush()
        cases = self.env["collection.case"].with_user(self.collector).search([])
        cases.sudo().user_id = self.collector
        dialog = self._decide("snooze", cases, reason="Strike", day=NEXT_WEEK)
        self.assertIn("(13)", dialog.consequences)
        dialog.save().action_confirm()
        self.env.cr.flush()
        self.assertEqual(set(cases.mapped("next_call_date")), {NEXT_WEEK})

    def test_rights(self):
        accountant = self._create_user("account.group_account_invoice")
        stranger = self._create_user(
            "group_collection_user", self.setup_other_company()["company"]
        )
        portal = self._create_user("base.group_portal")
        decisions = (
            lambda case: case.action_snooze(NEXT_WEEK, "Away"),
            lambda case: case.action_hold("legal", "In court"),
            lambda case: case.action_release("Settled"),
            lambda case: case.action_reassign(self.collector, "Holidays"),
            lambda case: case.action_start_calling(),
        )
        for user in (accountant, stranger, portal):
            for decide in decisions[: 4 if user == stranger else 5]:
                with self.assertRaises(AccessError), self.cr.savepoint():
                    decide(self.case.with_user(user))

    def test_what_debtors_said_is_for_collectors(self):
        accountant = self._create_user("account.group_account_invoice")
        self.case.action_hold("hardship", "Is in hospital")
        self.env.cr.flush()
        case = self.case.with_user(accountant)
        self.assertEqual(case.situation, "on_hold")
        for name in ("hold", "hold_reason", "next_call_reason"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                case.read([name])
        message = self.case.sudo().message_ids.filtered(
            lambda message: "hospital" in message.body
        )
        self.assertTrue(message.with_user(self.collector).has_access("read"))
        self.assertFalse(message.with_user(accountant).has_access("read"))

    def test_cases_of_who_has_left_are_nobodys(self):
        other = self._create_user("group_collection_user", login="other_collector")
        self.case.sudo().user_id = other
        other.sudo().active = False
        self.env["collection.case"].sudo()._refresh(self.debtor)
        self.assertFalse(self._get_case().user_id)
