"""The debtor's word in writing: awaited, reminded of, required, on paper."""

import base64
from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TODAY, CollectionCallsWizardCommon
from .test_collection_answer import CollectionAnswerCommon

PLAN_CRON, PROMISE_CRON = "ir_cron_remind_installments", "ir_cron_remind_promises"
LATE = date(2026, 3, 27)  # the first installment was missed by the 23rd
PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")
SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>')
HTML = base64.b64encode(b"<!DOCTYPE html><html><script>1</script></html>")


@tagged("post_install", "-at_install")
class TestCollectionWrittenWord(CollectionAnswerCommon):
    def _leave(self, plan=None):
        """The confirmation of a plan arrives."""
        self._deliver((plan or self.plan).letter_ids[-1:])

    def _remind_on(self, day, cron=PLAN_CRON):
        self.env.cr.flush()
        with self._at(day, "08:00"):
            self._run_cron(cron)

    def _mails(self, plan=None):
        return (plan or self.plan).sudo().message_ids.mail_ids

    # ------------------------------------------------------------------- awaited

    def test_awaited_when_it_leaves(self):
        self.assertFalse(self.plan.answer_state)
        self._leave()
        self.assertEqual(self.plan.answer_state, "awaited")
        self.assertEqual(self.plan.date_awaited, TODAY)
        self.assertFalse(self.plan.answer_channel or self.plan.answer_date)

    def test_answered_by_email(self):
        self._leave()
        answer = self._receive(self._write())
        self.assertEqual(
            (self.plan.answer_state, self.plan.answer_channel), ("answered", "email")
        )
        answer.action_accept()
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(self.plan.answer_state, "accepted")
        self._receive(self._write("Thank you.", 2))
        self.assertEqual(self.plan.answer_state, "accepted", "as it was")

    def test_objected_by_email(self):
        self._leave()
        answer = self._receive(self._write("The roof leaks."))
        disputes = self.env["collection.dispute"].with_user(self.collector)
        disputes.with_context(**answer.action_record_dispute()["context"]).create(
            {"reason_id": self.env.ref("collection_calls.collection_reason_quality").id}
        )
        self.assertEqual(self.plan.answer_state, "objected")

    def test_nothing_to_accept(self):
        case = self.case
        mail = case.message_post(body="Hello", message_type="auto_comment")
        answer = self._receive(self._write(message=mail))
        with self._refused(UserError, "could be accepted"):
            answer.action_accept()

    def test_what_was_said_before_it_left_stays(self):
        self._receive(self._write())
        self._leave()
        self.assertEqual(self.plan.answer_state, "answered")

    def test_not_confirmed_by_the_debtor(self):
        domain = "[('state', 'in', ['offered', 'active', 'notice']), "
        domain += "('answer_state', '!=', 'accepted')]"
        view = self.env.ref("collection_calls.collection_plan_view_search")
        self.assertIn(domain, view.arch.replace("\n", ""))
        plans = self.env["collection.plan"].with_user(self.collector)
        unconfirmed = [
            ("state", "in", ["offered", "active", "notice"]),
            ("answer_state", "!=", "accepted"),
        ]
        self.assertIn(self.plan, plans.search(unconfirmed))
        self.plan._set_answer("accepted", "portal")
        self.assertNotIn(self.plan, plans.search(unconfirmed))

    # ------------------------------------------------------------------ reminders

    def test_reminded_then_a_to_do(self):
        self._leave()
        before = self._mails()
        self._remind_on(TODAY + timedelta(6))
        self.assertEqual(self._mails(), before)
        day = TODAY + timedelta(7)
        self._remind_on(day)
        self._remind_on(day)
        mail = self._mails() - before
        self.assertEqual(len(mail), 2, "and the installment's own reminder")
        mail = mail.filtered(lambda mail: "please confirm" in mail.subject)
        self.assertEqual(len(mail), 1)
        self.assertIn(self.plan.access_token, mail.body_html)
        self.assertNotIn("1,000", mail.subject)
        log = self.env["collection.contact.log"].sudo().search([], limit=1)
        self.assertEqual((log.document, log.partner_id), ("reminder", self.debtor))
        self._remind_on(TODAY + timedelta(13))
        self.assertFalse(self.plan.sudo().answer_activity_id)
        for _again in range(2):
            self._remind_on(TODAY + timedelta(14))
        to_do = self.plan.sudo().answer_activity_id
        self.assertEqual(to_do.user_id, self.collector)
        self.assertIn("isn't confirmed", to_do.summary)
        self.assertEqual(
            len(self.plan.sudo().activity_ids.filtered(lambda a: a == to_do)), 1
        )
        self._receive(self._write(), TODAY + timedelta(15))
        self.assertFalse(to_do.active)

    def test_never_where_it_is_off(self):
        self.company.collection_answer_reminder_days = 0
        self._leave()
        self._remind_on(TODAY + timedelta(8))
        self.assertFalse(self.plan.date_answer_reminded)

    def test_nobody_is_reminded_who_must_not_be(self):
        self._leave()
        self.case.with_user(self.collector).action_hold("legal", "Insolvency opened")
        self._remind_on(TODAY + timedelta(8))
        self.assertFalse(self.plan.date_answer_reminded)

    def test_who_wants_no_email_is_asked_for(self):
        self._leave()
        self.env["collection.contact.right"].with_user(self.collector).create(
            {"kind": "by_post", "partner_id": self.debtor.id}
        )
        before = self._mails()
        self._remind_on(TODAY + timedelta(8))
        self.assertEqual(self._mails(), before)
        self.assertTrue(self.plan.sudo().answer_activity_id)

    def test_who_has_accepted_is_left_alone(self):
        self._leave()
        self.plan._set_answer("accepted", "portal")
        self._remind_on(TODAY + timedelta(8))
        self.assertFalse(self.plan.date_answer_reminded)

    # -------------------------------------------------------------------- required

    def test_no_acceleration_without_acceptance(self):
        rule = self.any_incident.sudo().copy(
            {"name": "Signed", "requires_acceptance": True}
        )
        plan = self._agree(self._create_claim(1000, 5), rule=rule)
        self.assertTrue(plan.requires_acceptance)
        self.assertIn("accepted the plan in writing", plan.rule_sentence)
        rule.requires_acceptance = False
        self.assertTrue(plan.requires_acceptance, "the plan keeps its terms")
        self._run_on(LATE)
        self._assert_plan(plan, "active")
        self.assertEqual(plan.hold_code, "not_accepted")
        self.assertIn("acceptance in writing", plan.hold_note)
        plan._set_answer("accepted", "portal")
        self._run_on(LATE + timedelta(1))
        self._assert_plan(plan, "accelerated")

    # -------------------------------------------------------------------- on paper

    def _fill_in(self, plan=None, **vals):
        slips = self.env["collection.reply.slip"].with_user(self.collector)
        return slips.create(
            {
                "plan_id": (plan or self.plan).id,
                "date": TODAY,
                "signer_name": "Eva Weber",
                "scan": PDF,
                "scan_name": "slip.pdf",
                **vals,
            }
        )

    def test_the_slip_came_back(self):
        self._leave()
        self._fill_in(signer_role="Owner").action_confirm()
        self.assertEqual(
            (self.plan.answer_state, self.plan.answer_channel), ("accepted", "letter")
        )
        acceptance = self.plan.acceptance_ids
        self.assertEqual(acceptance.kind, "accepted")
        self.assertEqual(acceptance.channel, "letter")
        self.assertEqual(acceptance.signer_name, "Eva Weber")
        self.assertEqual(acceptance.user_id, self.collector)
        self.assertTrue(acceptance.text_hash)
        message = self.plan.sudo().message_ids[0]
        self.assertIn("Eva Weber", message.body)
        self.assertEqual(message.attachment_ids.name, "slip.pdf")
        self.assertEqual(message.attachment_ids.res_id, self.plan.id)
        with self._refused(UserError, "can't be accepted now"):
            self._fill_in().action_confirm()

    def test_an_offer_becomes_active(self):
        plan = self._plan(self._create_claim(1000, 5), rule=self.business)
        plan.action_offer()
        self._fill_in(plan).action_confirm()
        self._assert_plan(plan, "active")
        self.assertEqual(plan.answer_state, "accepted")

    def test_what_is_no_slip(self):
        for vals, text in (
            ({"scan": SVG, "scan_name": "slip.svg"}, "This is no scan"),
            ({"scan": HTML, "scan_name": "slip.pdf"}, "This is no scan"),
            ({"signer_name": "  "}, "who has signed"),
            ({"date": TODAY + timedelta(1)}, "Nobody can have signed"),
            ({"date": date(2020, 1, 1)}, "Nobody can have signed"),
        ):
            with self._refused(ValidationError, text):
                self._fill_in(**vals).action_confirm()
        self.assertFalse(self.plan.acceptance_ids)

    def test_letter_with_slip_and_code(self):
        letter = self.plan.letter_ids
        lang = letter.lang or "en_US"
        render = self.env["ir.qweb"]._render
        html = render(
            "collection_calls.report_plan_letter_document",
            {"letter": letter.with_user(self.collector), "lang": lang},
            lang=lang,
        )
        self.assertIn('name="reply_slip"', html)
        self.assertIn("data:image/svg+xml;base64,", html)
        self.plan._set_answer("accepted", "letter")
        html = render(
            "collection_calls.report_plan_letter_document",
            {"letter": letter, "lang": lang},
            lang=lang,
        )
        self.assertNotIn('name="reply_slip"', html)


@tagged("post_install", "-at_install")
class TestCollectionWrittenWordOfCall(CollectionCallsWizardCommon):
    """The call hears of what was answered to its confirmation."""

    def _hold(self):
        wizard = self._go_to("close")
        wizard.outcome_id = self.no_commitment
        wizard.action_done()
        return wizard.call_id

    def test_call(self):
        call = self._hold()
        self.assertFalse(call.answer_state)
        mail = call.confirmation_message_id.sudo().mail_ids
        mail.state = "sent"
        mail._postprocess_sent_message(self.contact.ids, [])
        self._run_cron("ir_cron_read_deliveries")
        self.assertEqual(call.answer_state, "awaited")
        raw = "\n".join(
            (
                f"From: {self.contact.email}",
                "To: catchall@ours.example",
                "Subject: Re: Our call",
                "Message-ID: <call@mueller.example>",
                f"In-Reply-To: {call.confirmation_message_id.message_id}",
                "",
                "That is right.",
            )
        )
        gateway = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
        gateway.message_process(False, raw)
        self.env.cr.flush()
        answer = call.written_answer_ids
        self.assertEqual(answer.contact_id, self.contact)
        self.assertEqual(
            (call.answer_state, call.answer_channel), ("answered", "email")
        )
        self.assertTrue(call.answer_date)
