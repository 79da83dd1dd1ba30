"""Who clicks twice has done it once; after an outage, one click sends all e-mails."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import (
    FEW,
    MANY,
    TODAY,
    CollectionCallsPlanCommon,
    CollectionCallsWizardCommon,
)


@tagged("post_install", "-at_install")
class TestCollectionTwice(CollectionCallsWizardCommon):
    def test_done(self):
        wizard = self._go_to("close")
        wizard.outcome_id = self.no_commitment
        first = wizard.action_done()
        call = wizard.call_id
        before = (call.date_end, call.message_ids, call.case_id.activity_ids)
        for again in (
            wizard.action_done,
            wizard.action_done,
            lambda: wizard.action_end_with(self.voicemail.id),
        ):
            action = again()
            self.assertEqual(action["params"]["message"], first["params"]["message"])
        self.assertEqual(call.outcome_id, self.no_commitment)
        after = (call.date_end, call.message_ids, call.case_id.activity_ids)
        self.assertEqual(after, before)

    def test_short_call(self):
        wizard = self._open()
        wizard.action_end_with(self.voicemail.id)
        wizard.action_end_with(self.voicemail.id)
        self.assertEqual(wizard.call_id.state, "done")
        self.assertEqual(len(wizard.call_id.case_id.call_ids), 1)


@tagged("post_install", "-at_install")
class TestCollectionPlanTwice(CollectionCallsPlanCommon):
    def test_activate(self):
        plan = self._agree()
        before = self._count_traces(plan)
        for _click in range(2):
            self.assertTrue(plan.action_activate())
        self.assertEqual(self._count_traces(plan), before)
        self._assert_plan(plan, "active", left=1000)

    def test_activate_what_is_over(self):
        plan = self._agree()
        plan.with_user(self.manager).action_cancel("Wrong")
        with self._refused(UserError, "can't be done any more"):
            plan.action_activate()

    def test_new_plan(self):
        wizard = (
            self.env["collection.plan.wizard"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "claim_ids": self.invoice._get_collection_claims().ids,
                    "date_start": TODAY,
                }
            )
        )
        actions = [wizard.action_agree() for _click in range(3)]
        [plan_id] = {action["res_id"] for action in actions}
        plans = self.env["collection.plan"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        self.assertEqual(plans.ids, [plan_id])
        self.assertEqual(plans.state, "active")


@tagged("post_install", "-at_install")
class TestCollectionMailOutage(CollectionCallsPlanCommon):
    """The mail server was down: all that didn't leave goes out again, at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letters = cls.env["collection.plan.letter"]

    def _write(self, count):
        """Letters whose e-mails didn't leave."""
        letters = self.letters
        for number in range(count):
            name = f"Debtor {number}"
            debtor = self._create_debtor(name, email=f"d{number}@debtor.example")
            plan = self._agree(self._create_claim(100, 5, partner=debtor), count=1)
            letters |= plan.letter_ids
        mails = letters.sudo().confirmation_message_id.mail_ids
        mails.state = "exception"
        for mail in mails:
            mail._postprocess_sent_message([], [], "Connection refused", "mail_smtp")
        self._run_cron("ir_cron_read_letter_deliveries")
        self.assertEqual(set(letters.mapped("confirmation_state")), {"failed"})
        return letters.with_user(self.collector)

    def _get_postings(self, letters):
        self.env.flush_all()
        postings = self.env["collection.posting"].with_user(self.collector)
        return postings.search([("letter_id", "in", letters.ids)])

    def test_all_at_once(self):
        letters = self._write(3)
        mails = letters.sudo().confirmation_message_id.mail_ids
        self.assertTrue(self._get_postings(letters).action_resend_confirmation())
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertEqual(letters.sudo().confirmation_message_id.mail_ids, mails)
        self.assertEqual(set(letters.mapped("confirmation_state")), {"to_send"})
        self.assertEqual(set(letters.mapped("confirmation_channel")), {"email"})
        self._run_cron("ir_cron_read_letter_deliveries")
        self.assertEqual(set(letters.mapped("confirmation_state")), {"to_send"})
        for letter in letters:
            self._deliver(letter)
        self.assertEqual(set(letters.mapped("confirmation_state")), {"sent"})
        self.assertFalse(self._get_postings(letters))
        self.assertFalse(letters.sudo().confirmation_activity_id.filtered("active"))

    def test_clicked_twice(self):
        letters = self._write(2)
        postings = self._get_postings(letters)
        postings.action_resend_confirmation()
        with self._refused(UserError, "don't wait any more"):
            postings.action_resend_confirmation()
        with self._refused(UserError, "None of them can be sent"):
            letters.action_resend_confirmation()
        self.assertEqual(len(letters.sudo().confirmation_message_id.mail_ids), 2)

    def test_those_that_cannot_be_sent_stay(self):
        letters = self._write(3)
        letters.sudo()[0].partner_id.email = False
        action = letters.action_resend_confirmation()
        self.assertIn("2 of 3 go out", action["params"]["message"])
        self.assertEqual(
            letters.mapped("confirmation_state"), ["failed", "to_send", "to_send"]
        )
        self.assertEqual(self._get_postings(letters).letter_id, letters[0])

    def test_failed_again(self):
        letters = self._write(2)
        letters.action_resend_confirmation()
        for mail in letters.sudo().confirmation_message_id.mail_ids:
            mail.state = "exception"
            mail._postprocess_sent_message([], [], "Still down", "mail_smtp")
        self._run_cron("ir_cron_read_letter_deliveries")
        self.assertEqual(set(letters.mapped("confirmation_state")), {"failed"})
        self.assertEqual(len(self._get_postings(letters)), 2)

    def test_costs_the_same_however_many(self):
        letters, costs = self._write(MANY + FEW + 2), []
        for some in letters[:2], letters[2 : 2 + FEW], letters[2 + FEW :]:
            postings = self._get_postings(some)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            postings.action_resend_confirmation()
            self.env.cr.flush()
            costs.append(self.cr.sql_log_count - before)
        self.assertEqual(costs[1], costs[2])
