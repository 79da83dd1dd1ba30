"""The link to the debtor's page, sent as a text message while the call goes on."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.collection_calls.tests.test_collection_portal_link import (
    CollectionLinkCommon,
)
from odoo.addons.sms.tools.sms_api import SmsApi

MOBILE = "+49 1512 3456789"
E164 = "+4915123456789"


@tagged("post_install", "-at_install")
class TestLinkBySms(CollectionLinkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.write({"phone": MOBILE, "email": False})
        cls.debtor.email = False

    def _send_text(self, wizard=None):
        wizard = wizard or self._agree()
        wizard.action_send_link_by_sms()
        link = wizard.call_id.link_ids.sorted("id")[-1:].sudo()
        return wizard, link, link.sms_id

    def _process(self, state="success"):
        """Odoo's scheduled action sends what waits; the provider answers."""
        sent = []

        def answer(api, messages, delivery_reports_url=False):
            sent.extend(messages)
            return [
                {"uuid": number["uuid"], "state": state}
                for message in messages
                for number in message["numbers"]
            ]

        self.env.flush_all()
        waiting = self.env["sms.sms"].sudo().search([("state", "=", "outgoing")])
        with patch.object(SmsApi, "_send_sms_batch", answer):
            waiting._send(unlink_failed=False, unlink_sent=True)
        self.env.invalidate_all()
        return sent

    def test_it_goes_to_the_mobile_of_the_person(self):
        wizard, link, sms = self._send_text()
        self.assertEqual((link.channel, link.state), ("sms", "sent"))
        self.assertEqual(link.address, MOBILE)
        self.assertEqual(sms.number, E164)
        self.assertEqual(sms.state, "outgoing", "it leaves after the commit")
        self.assertIn("/my/collection/", sms.body)
        plan = self._plan_of(wizard)
        for secret in (plan.name, self.invoice.name, "1,000", "166", "Müller"):
            self.assertNotIn(secret, sms.body)
        log = self.env["collection.contact.log"].sudo().search([], limit=1)
        self.assertEqual((log.channel, log.document), ("sms", "offer"))
        self.assertIn(MOBILE, wizard.call_id.sudo().message_ids[0].body)

    def test_the_link_opens_and_is_kept_nowhere(self):
        _wizard, link, sms = self._send_text()
        token = sms.body.split("/my/collection/")[1].split()[0]
        self.assertEqual(self.env["collection.link"]._find(token), link)
        [message] = self._process()
        self.assertIn(token, message["content"])
        self.assertFalse(sms.body)
        self.assertTrue(sms.to_delete)
        self.assertEqual(link.state, "sent")

    def test_a_failure_is_told_in_the_call(self):
        wizard, link, sms = self._send_text()
        self._process("insufficient_credit")
        self.assertEqual(link.state, "failed")
        wizard._reload()
        status = wizard.link_status
        self.assertEqual(status["tone"], "danger")
        self.assertIn("Insufficient Credit", status["sentence"])
        self.assertIn("didn't leave", wizard.call_id.sudo().message_ids[0].body)
        self.assertFalse(sms.body)

    def test_the_number_that_was_called(self):
        self.contact.phone = "030 23125043"
        wizard = self._agree()
        wizard.call_id.sudo().phone = "0151 98765432"
        _wizard, _link, sms = self._send_text(wizard)
        self.assertEqual(sms.number, "+4915198765432")

    def test_no_text_message_to_a_landline(self):
        self.contact.phone = "030 23125043"
        wizard = self._agree()
        with self._refused(UserError, "no mobile number"):
            wizard.action_send_link_by_sms()
        self.assertFalse(wizard.call_id.link_ids)

    def test_the_phone_blacklist(self):
        self.env["phone.blacklist"].sudo()._add([E164])
        with self._refused(UserError, "phone blacklist"):
            self._agree().action_send_link_by_sms()

    def test_what_the_debtor_asked_for(self):
        wizard = self._agree()
        rights = self.env["collection.contact.right"].with_user(self.collector)
        for kind, vals in (
            ("in_writing", {}),
            ("by_post", {}),
            ("not_at_number", {"number": MOBILE}),
        ):
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                rights.create(
                    {
                        "kind": kind,
                        "partner_id": self.debtor.id,
                        "company_id": self.company.id,
                        **vals,
                    }
                )
                with self._refused(UserError, "No link may be sent"):
                    wizard.action_send_link_by_sms()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_who_may_not_send_it(self):
        wizard = self._agree()
        colleague = self._create_user("group_collection_user", login="other_collector")
        reader = self._create_user("account.group_account_invoice", login="a_reader")
        for user in (colleague, reader):
            with self.assertRaises(AccessError):
                wizard.call_id.with_user(user).action_send_link_by_sms()
            with self.assertRaises(AccessError):
                wizard.with_user(user).action_send_link_by_sms()
        self.assertFalse(self.env["sms.sms"].sudo().search([("number", "=", E164)]))

    def test_by_email_after_all(self):
        wizard, link, sms = self._send_text()
        self.contact.email = "weber@mueller.example"
        wizard.action_send_link()
        self.assertEqual(link.state, "replaced")
        self.assertEqual(sms.state, "canceled", "it hadn't left")
        self.assertFalse(sms.body)
        second = wizard.call_id.link_ids.sorted("id")[-1:]
        self.assertEqual((second.channel, second.state), ("email", "sent"))
