"""The youngest senders, run against everything that debtors may have asked for.

What is sent while a call goes on (the invitation to the page, payment links), what asks
for the debtor's written word, the letter with the reply slip, and answers to what was
asked for on the page: each by itself, with each right.
"""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..engine import contact_gate as engine
from .common import TODAY, CollectionCallsPlanCommon, CollectionCallsProvider
from .test_collection_portal_link import CollectionLinkCommon

DEBTOR, THEIRS, NOBODY = "debtor", "representative", None
# Who gets it: what is sent by e-mail in a call, what asks for the written word, the
# letter.
GETS = {
    "no_calls": (DEBTOR, DEBTOR, DEBTOR, DEBTOR),
    "not_at_number": (DEBTOR, DEBTOR, DEBTOR, DEBTOR),
    "not_at_place": (DEBTOR, DEBTOR, DEBTOR, DEBTOR),
    "hours": (DEBTOR, DEBTOR, DEBTOR, DEBTOR),
    "in_writing": (DEBTOR, DEBTOR, DEBTOR, DEBTOR),
    "no_email": (NOBODY, NOBODY, NOBODY, DEBTOR),
    "by_post": (NOBODY, NOBODY, NOBODY, DEBTOR),
    "no_contact": (NOBODY, NOBODY, NOBODY, NOBODY),
    "represented": (NOBODY, THEIRS, THEIRS, THEIRS),
    "insolvency": (THEIRS, THEIRS, NOBODY, THEIRS),
}


@tagged("post_install", "-at_install")
class TestCollectionContactSenders(
    CollectionCallsProvider, CollectionLinkCommon, CollectionCallsPlanCommon
):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lawyer = cls.env["res.partner"].create(
            {
                "name": "Dr. Kern",
                "email": "kern@kanzlei.example",
                "street": "Kai 1",
                "zip": "20457",
            }
        )
        cls.debtor.street = "Ufer 1"

    def _wish(self, kind):
        hours = {"weekday": "0", "hour_from": 8, "hour_to": 9}
        details = {
            "not_at_number": {"number": "+49 30 90140"},
            "not_at_place": {"number": "+49 30 90140"},
            "hours": {"hours_ids": [(0, 0, hours)]},
            "represented": {"representative_id": self.lawyer.id},
            "insolvency": {"representative_id": self.lawyer.id},
        }
        rights = self.env["collection.contact.right"].with_user(self.collector)
        return rights.create(
            {
                "kind": kind,
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                **details.get(kind, {}),
            }
        )

    def _try(self, kind, send):
        """Who gets what is sent although this was asked for; nothing of it stays.

        :param send: a function
        :return: partners
        """
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        savepoint = self.env.cr.savepoint()
        try:
            self._wish(kind)
            self.env.cr.flush()
            try:
                found = send()
            except UserError:
                return self.env["res.partner"]
            self.env.cr.flush()
            sent = mails.search([]) - before
            return found or sent.recipient_ids
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _who(self, partners):
        self.assertLessEqual(len(partners), 1, partners)
        if not partners:
            return NOBODY
        return THEIRS if partners == self.lawyer else DEBTOR

    def _assert_gets(self, number, send):
        self.assertEqual(set(GETS), set(engine.KINDS))
        for kind, expected in GETS.items():
            found = self._who(self._try(kind, send))
            self.assertEqual(found, expected[number], kind)

    def test_invitation_to_the_page(self):
        wizard = self._agree()

        def send():
            wizard.action_send_link()

        self._assert_gets(0, send)

    def test_payment_links(self):
        self._take_online()
        wizard = self._go_to("solve")
        wizard.outcome_id = self.env.ref(
            "collection_calls.collection_call_outcome_paid"
        )

        def send():
            wizard.action_mail_payment_links()

        self._assert_gets(1, send)

    def _close_with_plan(self):
        wizard = self._agree()
        wizard.action_next()
        wizard.action_done()
        self.env.cr.flush()
        return wizard.call_id.plan_ids

    def test_reminder_of_the_written_word(self):
        plan = self._close_with_plan()
        plan.sudo()._set_answer("awaited")
        plan.sudo().date_awaited = TODAY - timedelta(7)

        def send():
            plan.sudo()._follow_up_silence_each(_Walk())

        self._assert_gets(2, send)

    def test_letter_with_the_reply_slip(self):
        """It is printed, or refused, when somebody wants to post it."""
        self.debtor.email = self.contact.email = False
        rule = self.env.ref("collection_calls.collection_acceleration_rule_business")
        plan = self._plan(self.invoice, rule=rule)
        plan.action_offer()
        letter = plan.letter_ids
        self.assertTrue(plan._has_reply_slip())

        def send():
            letter.action_print()
            return letter._get_recipient()

        self._assert_gets(3, send)


class _Walk:
    """All of them, without a pace."""

    def walk(self, records):
        return records
