"""What debtors without e-mail sign on paper: of a plan, of a promise, of a call."""

import base64
from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TODAY, CollectionCallsPlanCommon
from .test_collection_portal_link import CollectionLinkCommon

PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")
SLIP = 'name="reply_slip"'


class ReplySlipCommon:
    def _fill_in(self, agreement, **vals):
        """The slip that came back, as it is entered from the agreement's button."""
        action = self.env.ref("collection_calls.collection_reply_slip_action")
        self.assertIn("active_model", action.context)
        field = "plan_id" if agreement._name == "collection.plan" else "promise_id"
        slips = self.env["collection.reply.slip"].with_user(self.collector)
        return slips.create(
            {
                field: agreement.id,
                "date": TODAY,
                "signer_name": "Eva Weber",
                "scan": PDF,
                "scan_name": "slip.pdf",
                **vals,
            }
        )

    def _render(self, template, lang="en_US", **values):
        name = f"collection_calls.{template}"
        return self.env["ir.qweb"]._render(name, {**values, "lang": lang}, lang=lang)


@tagged("post_install", "-at_install")
class TestCollectionReplySlip(ReplySlipCommon, CollectionCallsPlanCommon):
    def test_a_promise_is_accepted_on_paper(self):
        promise = self._promise(self.invoice)
        self._fill_in(promise, signer_role="Owner").action_confirm()
        self.assertEqual(
            (promise.answer_state, promise.answer_channel), ("accepted", "letter")
        )
        acceptance = promise.acceptance_ids
        self.assertEqual(acceptance.signer_name, "Eva Weber")
        self.assertEqual(acceptance.user_id, self.collector)
        self.assertTrue(acceptance.text_hash)
        [message] = promise.sudo().message_ids.filtered("attachment_ids")
        self.assertEqual(message.attachment_ids.res_id, promise.id)
        self.assertEqual(promise.state, "open", "nothing else follows from it")
        with self._refused(UserError, "can't be accepted now"):
            self._fill_in(promise).action_confirm()

    def test_the_day_on_the_slip_is_that_day_everywhere(self):
        """Also for colleagues whose clock is hours away; and nobody was on the page."""
        promise = self._promise(self.invoice)
        with self._at(TODAY + timedelta(3), "08:00"):
            self._fill_in(promise).action_confirm()
        self.assertFalse(promise.with_user(self.collector).page_note)
        for zone in "Pacific/Honolulu", "UTC", "Europe/Berlin", "Asia/Tokyo":
            local = promise.with_context(tz=zone)
            signed = fields.Datetime.context_timestamp(local, promise.answer_date)
            self.assertEqual(signed.date(), TODAY, zone)

    def test_a_slip_of_today_was_signed_by_now(self):
        promise = self._promise(self.invoice)
        with self._at(TODAY, "08:00"):
            self._fill_in(promise).action_confirm()
            self.assertLessEqual(promise.answer_date, fields.Datetime.now())

    def test_nobody_signs_before_it_was_promised(self):
        promise = self._promise(self.invoice)
        for day in (TODAY - timedelta(1), TODAY + timedelta(1)):
            with self._refused(ValidationError, "Nobody can have signed"):
                self._fill_in(promise, date=day).action_confirm()

    def test_a_promise_that_is_over(self):
        promise = self._promise(self.invoice)
        promise.with_user(self.manager).action_void("Wrong debtor")
        with self._refused(UserError, "can't be accepted now"):
            self._fill_in(promise).action_confirm()

    def test_the_document_of_a_promise_has_a_slip(self):
        promise = self._promise(self.invoice).with_user(self.collector)
        html = self._render("report_promise_agreement_document", promise=promise)
        self.assertIn(SLIP, html)
        self.assertIn(f"by 03/20/2026 ({promise.name})", html)
        self.assertIn("data:image/svg+xml;base64,", html)
        self._fill_in(promise).action_confirm()
        html = self._render("report_promise_agreement_document", promise=promise)
        self.assertNotIn(SLIP, html)


@tagged("post_install", "-at_install")
class TestCollectionReplySlipOfCall(ReplySlipCommon, CollectionLinkCommon):
    """What was agreed on the telephone with somebody who has no e-mail address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.debtor | cls.contact).email = False

    def _close(self, wizard):
        call = wizard.call_id
        while call.step != "close":
            wizard.action_next()
        wizard.action_done()
        self.env.cr.flush()
        self.assertEqual(call.confirmation_channel, "letter")
        return call.with_user(self.collector)

    def _write_letter(self, call):
        return self._render("report_call_letter_document", call=call)

    def test_a_plan(self):
        call = self._close(self._agree())
        [plan] = call.plan_ids
        html = self._write_letter(call)
        self.assertEqual(html.count(SLIP), 1)
        self.assertIn(f"I agree to the installment plan {plan.name}.", html)
        self.assertIn("data:image/svg+xml;base64,", html)
        self._fill_in(plan).action_confirm()
        self.assertEqual(plan.answer_state, "accepted")
        self.assertEqual(call.answer_state, "accepted")
        self.assertNotIn(SLIP, self._write_letter(call))

    def test_a_promise(self):
        call = self._close(self._promise_in_call())
        html = self._write_letter(call)
        self.assertEqual(html.count(SLIP), 1)
        self.assertIn(f"({call.promise_ids.name})", html)

    def test_what_is_kept_is_the_letter_without_the_slip(self):
        call = self._close(self._agree())
        call.action_print_confirmation()
        self.assertNotIn(SLIP, call.confirmation_body)
        self.assertIn(SLIP, self._write_letter(call))

    def test_not_signed_before_the_call(self):
        call = self._close(self._agree())
        with self._refused(ValidationError, "Nobody can have signed"):
            self._fill_in(call.plan_ids, date=date(2026, 3, 9)).action_confirm()
