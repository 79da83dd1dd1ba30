from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsWizardCommon

TEMPLATE = "collection_calls.mail_template_call_confirmation"
UNKNOWN = "550 5.1.1 <weber@mueller.example> is unknown"


@tagged("post_install", "-at_install")
class TestCollectionConfirmation(CollectionCallsWizardCommon):
    """What Odoo's mail queue does is told here; tests/system has a real server."""

    def _hold(self, **vals):
        """A call in five steps, closed by the collector."""
        wizard = self._go_to("close")
        wizard.write({"outcome_id": self.no_commitment.id, **vals})
        wizard.action_done()
        self.assertEqual(wizard.state, "done")
        return wizard.call_id

    def _hold_without_address(self):
        self.contact.email = False
        return self._hold()

    def _get_mail(self, call):
        # As superuser: the queue belongs to the administrator.
        return call.confirmation_message_id.sudo().mail_ids

    def _get_letters(self, call):
        activities = call.case_id.sudo().with_context(active_test=False).activity_ids
        return activities.filtered(lambda todo: "Print and post" in todo.summary)

    def _deliver(self, call):
        """Odoo's queue after a server took the e-mail."""
        mail = self._get_mail(call)
        mail.state = "sent"
        mail._postprocess_sent_message(self.contact.ids, [])
        self._run_cron("ir_cron_read_deliveries")

    def _fail(self, call, reason=UNKNOWN):
        """Odoo's queue after a server refused the e-mail."""
        mail = self._get_mail(call)
        mail.state = "exception"
        mail._postprocess_sent_message([], [], reason, "unknown")
        self._run_cron("ir_cron_read_deliveries")

    def _bounce(self, call):
        """Odoo's mail gateway after the e-mail came back."""
        notification = call.confirmation_message_id.sudo().notification_ids
        notification.write(
            {"notification_status": "bounce", "failure_type": "mail_bounce"}
        )
        self._run_cron("ir_cron_read_deliveries")

    # ------------------------------------------------------------------- sending

    def test_one_email_to_the_person_and_to_nobody_else(self):
        case = self.debtor.with_user(self.collector).collection_case_id
        wizard = self._go_to("close")
        note = self.env.ref("mail.mt_note")
        wizard.call_id.sudo().message_subscribe(
            (self.manager | self.collector).partner_id.ids, note.ids
        )
        wizard.outcome_id = self.no_commitment
        wizard.action_done()
        wizard.call_id._send_confirmation()
        call = wizard.call_id
        message = call.confirmation_message_id
        self.assertIn(message, call.message_ids)
        self.assertTrue(message.is_internal or message.subtype_id == note)
        notification = message.sudo().notification_ids
        self.assertEqual(notification.res_partner_id, self.contact)
        self.assertEqual(notification.notification_status, "ready")
        mail = self._get_mail(call)
        self.assertEqual(mail.state, "outgoing", "the queue sends it, not the call")
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertEqual(
            (call.confirmation_state, call.confirmation_channel), ("to_send", "email")
        )
        self.assertNotIn(self.contact, call.message_partner_ids)
        self.assertFalse(self._get_letters(call) | case.activity_ids)

    def test_the_queue_is_woken(self):
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)])
        self._hold()
        woken = self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)])
        self.assertEqual(len(woken - triggers), 1)

    def test_never_within_the_transaction(self):
        wizard = self._go_to("close")
        wizard.outcome_id = self.no_commitment
        with patch.object(self.registry["mail.mail"], "send") as send:
            wizard.with_context(mail_notify_force_send=True).action_done()
        send.assert_not_called()

    def test_in_the_language_of_the_debtor(self):
        for language, subject, line in (
            ("de_DE", "Telefongespräch", "Wir haben über"),
            ("fr_FR", "entretien téléphonique", "Nous avons parlé de"),
        ):
            self.contact.lang = language
            message = self._hold().confirmation_message_id
            self.assertIn(subject, message.subject)
            self.assertIn(line, message.body)

    def test_template_is_the_users(self):
        template = self.env.ref(TEMPLATE).sudo()
        template.write({"subject": "Hello", "body_html": "<p>Goodbye</p>"})
        call = self._hold()
        self.assertEqual(call.confirmation_message_id.subject, "Hello")
        self.assertIn("Goodbye", self._get_mail(call).body_html)

    def test_nothing_to_confirm(self):
        call = self._hold(send_confirmation=False)
        self.assertFalse(call.confirmation_state)
        logged = self._log(outcome=self.no_commitment, verified_by="address")
        logged.action_done()
        self.assertFalse(logged.confirmation_state)
        with self._refused(UserError, "has no letter"):
            call.action_print_confirmation()

    # ------------------------------------------------------------------ delivery

    def test_sent(self):
        call = self._hold()
        self._deliver(call)
        self.assertEqual(call.confirmation_state, "sent")
        self.assertEqual(call.confirmation_date, TODAY)
        self.assertFalse(self._get_letters(call))

    def test_one_activity_however_often_it_fails(self):
        call = self._hold()
        for _attempt in range(3):
            self._get_mail(call).mark_outgoing()
            self._fail(call)
        self.assertEqual(
            (call.confirmation_state, call.confirmation_channel), ("failed", "letter")
        )
        letter = self._get_letters(call)
        self.assertEqual(letter.user_id, self.collector)
        self.assertIn(call.name, letter.summary)
        self.assertIn("&lt;weber@mueller.example&gt;", letter.note)
        self.assertEqual(call.state, "done")

    def test_a_late_success_settles_the_activity(self):
        call = self._hold()
        self._fail(call)
        self._get_mail(call).mark_outgoing()
        self._deliver(call)
        self.assertEqual(
            (call.confirmation_state, call.confirmation_channel), ("sent", "email")
        )
        self.assertFalse(self._get_letters(call).active)

    def test_a_passing_failure_is_none(self):
        """Odoo writes a failure before it sends, and takes it back after that."""
        call = self._hold()
        notification = call.confirmation_message_id.sudo().notification_ids
        notification.notification_status = "exception"
        self.assertEqual(call.confirmation_state, "to_send")
        self._deliver(call)
        self.assertEqual(call.confirmation_state, "sent")
        self.assertFalse(self._get_letters(call))

    def test_bounce(self):
        call = self._hold()
        self._deliver(call)
        self._bounce(call)
        self._bounce(call)
        self.assertEqual(call.confirmation_state, "failed")
        self.assertFalse(call.confirmation_date)
        self.assertEqual(len(self._get_letters(call)), 1)

    def test_taken_out_of_the_queue(self):
        for take_out in "cancel", "unlink":
            call = self._hold()
            getattr(self._get_mail(call), take_out)()
            self._run_cron("ir_cron_read_deliveries")
            self.assertEqual(call.confirmation_state, "failed", take_out)
            self.assertIn("mail queue", self._get_letters(call)[-1].note)

    def test_the_mail_queue_never_fails_because_of_us(self):
        call = self._hold()
        with (
            patch.object(
                self.registry["collection.call"], "_wake", side_effect=OSError
            ),
            self.assertLogs("odoo.addons.collection_calls", "ERROR"),
        ):
            self._fail(call)
        notification = call.confirmation_message_id.sudo().notification_ids
        self.assertEqual(notification.notification_status, "exception")

    def test_a_call_that_fails_does_not_stop_the_others(self):
        calls = self._hold() | self._hold()
        for call in calls:
            mail = self._get_mail(call)
            mail.state = "sent"
            mail._postprocess_sent_message(self.contact.ids, [])
        model = self.registry["collection.call"]
        with (
            patch.object(model, "_get_delivery", side_effect=[OSError, ("sent", "")]),
            self.assertLogs("odoo.addons.collection_calls", "ERROR"),
        ):
            self._run_cron("ir_cron_read_deliveries")
        self.assertEqual(
            sorted(calls.mapped("confirmation_state")), ["sent", "to_send"]
        )

    # ------------------------------------------------------------------- letters

    def test_no_address_makes_a_letter(self):
        call = self._hold_without_address()
        self.assertEqual(
            (call.confirmation_state, call.confirmation_channel), ("to_send", "letter")
        )
        self.assertFalse(call.confirmation_message_id)
        self.assertEqual(len(self._get_letters(call)), 1)
        call._send_confirmation()
        self.assertEqual(len(self._get_letters(call)), 1)

    def test_what_is_no_address_makes_a_letter(self):
        self.contact.email = "weber at mueller"
        self.assertEqual(self._hold().confirmation_channel, "letter")

    def test_broken_template_makes_a_letter(self):
        # As superuser: templates belong to the administrator.
        template = self.env.ref(TEMPLATE).sudo()
        template.body_html = '<p>Dear <t t-out="object.no_such_method()"/></p>'
        with (
            self.assertLogs("odoo.addons.collection_calls", "ERROR"),
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            call = self._hold()
        self.assertEqual(
            (call.confirmation_state, call.confirmation_channel), ("failed", "letter")
        )
        self.assertIn("template is broken", self._get_letters(call).note)
        template.body_html = "<p>Mended</p>"
        call.action_resend_confirmation()
        self.assertIn("Mended", self._get_mail(call).body_html)

    def test_template_without_recipient_makes_a_letter(self):
        self.env.ref(TEMPLATE).sudo().partner_to = False
        call = self._hold()
        self.assertEqual(call.confirmation_state, "failed")
        self.assertIn("no recipient", self._get_letters(call).note)

    def test_posted(self):
        call = self._hold_without_address()
        action = call.action_print_confirmation()
        self.assertEqual(action["report_name"], "collection_calls.report_call_letter")
        call.action_mark_posted()
        self.assertEqual(
            (call.confirmation_state, call.confirmation_date), ("posted", TODAY)
        )
        self.assertFalse(self._get_letters(call).active)
        with self._refused(UserError, "waits for no letter"):
            call.action_mark_posted()
        with self._refused(UserError, "was sent already"):
            call.action_resend_confirmation()
        self.assertTrue(call.action_print_confirmation(), "a copy for the files")

    def test_posted_stays_posted(self):
        call = self._hold()
        self._fail(call)
        call.action_mark_posted()
        self._get_mail(call).mark_outgoing()
        self._fail(call)
        self.assertEqual(call.confirmation_state, "posted")
        self.assertEqual(len(self._get_letters(call)), 1)

    def test_an_email_is_not_posted(self):
        call = self._hold()
        with self._refused(UserError, "waits for no letter"):
            call.action_mark_posted()

    def test_cancelled_call_asks_for_no_letter(self):
        call = self._hold_without_address()
        call.with_user(self.manager).action_cancel("Logged by mistake")
        self.assertFalse(self._get_letters(call))
        with self._refused(UserError, "waits for no letter"):
            call.action_mark_posted()

    # ---------------------------------------------------------------- once more

    def test_send_again_to_the_right_address(self):
        call = self._hold()
        with self._refused(UserError, "on its way"):
            call.action_resend_confirmation()
        self._fail(call)
        first = self._get_mail(call)
        self.contact.email = "weber@mueller-bau.example"
        call.action_resend_confirmation()
        second = self._get_mail(call)
        self.assertEqual(
            (first.state, second.state), ("cancel", "outgoing"), "one of them is sent"
        )
        self.assertEqual(
            (call.confirmation_state, call.confirmation_channel), ("to_send", "email")
        )
        with self._refused(UserError, "on its way"):
            call.action_resend_confirmation()
        self._deliver(call)
        self.assertEqual(call.confirmation_state, "sent")
        self.assertEqual(len(self._get_letters(call)), 1)
        self.assertFalse(self._get_letters(call).active)

    def test_send_again_and_fail_again(self):
        call = self._hold()
        self._fail(call)
        call.action_resend_confirmation()
        self._fail(call)
        self.assertEqual(call.confirmation_state, "failed")
        self.assertEqual(len(self._get_letters(call)), 1)

    def test_send_once_an_address_is_known(self):
        call = self._hold_without_address()
        with self._refused(UserError, "no valid e-mail address"):
            call.action_resend_confirmation()
        self.contact.email = "weber@mueller.example"
        call.action_resend_confirmation()
        self._deliver(call)
        self.assertEqual(call.confirmation_state, "sent")

    # -------------------------------------------------------------------- rights

    def test_rights(self):
        invoicing = self._create_user("account.group_account_invoice")
        call = self._hold_without_address()
        for action in (
            "action_print_confirmation",
            "action_mark_posted",
            "action_resend_confirmation",
        ):
            with self.assertRaises(AccessError, msg=action):
                getattr(call.with_user(invoicing), action)()
        self.assertEqual(call.with_user(invoicing).confirmation_state, "to_send")
        for user in self.collector, self.manager:
            for name, value in (
                ("confirmation_state", "posted"),
                ("confirmation_channel", "email"),
                ("confirmation_date", TODAY),
            ):
                with self.assertRaises(UserError):
                    call.with_user(user)[name] = value
                with self.assertRaises(UserError):
                    self._log(user)[name] = value
        typed = self._log(confirmation_state="posted", confirmation_date=TODAY)
        self.assertFalse(typed.confirmation_state or typed.confirmation_date)

    def test_a_colleague_posts_the_letter(self):
        call = self._hold_without_address()
        colleague = self._create_user("group_collection_user", login="colleague")
        call.with_user(colleague).action_mark_posted()
        self.assertFalse(self._get_letters(call).active)
