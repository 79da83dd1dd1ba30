"""What debtors answer by e-mail: raw messages through Odoo's own mail gateway."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsPlanCommon

GATEWAY = "odoo.addons.mail.models.mail_thread"
MISSED = date(2026, 3, 24)  # the night on which the first installment is missed
PART = """--B
Content-Type: text/plain; charset=utf-8

{text}

--B
{more}
--B--
"""
PHOTO = """Content-Type: image/png; name="roof.png"
Content-Disposition: attachment; filename="roof.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
"""
STATUS = """Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mueller.example

Final-Recipient: rfc822; office@mueller.example
Action: {action}
Status: 4.4.1

--B
Content-Type: text/rfc822-headers

Message-ID: {original}
Subject: Agreement
"""
RECEIPT = """Content-Type: message/disposition-notification

Final-Recipient: rfc822; office@mueller.example
Original-Message-ID: {original}
Disposition: manual-action/MDN-sent-manually; displayed
"""


class CollectionAnswerCommon(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountancy = cls.env["res.partner"].create(
            {
                "name": "Jana Roth",
                "email": "roth@mueller.example",
                "parent_id": cls.debtor.id,
            }
        )
        cls.collector.email = "clara@ours.example"

    def setUp(self):
        super().setUp()
        self.plan = self._agree(rule=self.business)
        self.mail = self.plan.letter_ids.sudo().confirmation_message_id
        self.case = self.plan.sudo()._get_case()

    def _write(self, text="I agree.", number=1, message=None, **headers):
        """A raw e-mail that answers one of ours, as a mail server hands it over."""
        original = (message or self.mail).message_id
        lines = {
            "From": "Office <office@mueller.example>",
            "To": "catchall@ours.example",
            "Subject": "Re: Agreement",
            "Date": "Tue, 10 Mar 2026 10:00:00 +0100",
            "Message-ID": f"<{number}@mueller.example>",
            "In-Reply-To": original,
            "References": original,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
        }
        lines.update({key.replace("_", "-"): each for key, each in headers.items()})
        head = "\n".join(f"{name}: {value}" for name, value in lines.items() if value)
        return f"{head}\n\n{text}\n"

    def _report(self, action=None, sender="MAILER-DAEMON@mx.mueller.example"):
        """What a mail server reports, or, without an action, a reader's receipt."""
        original = self.mail.message_id
        kind = "delivery-status" if action else "disposition-notification"
        more = STATUS if action else RECEIPT
        return self._write(
            PART.format(
                text="This is a report.",
                more=more.format(action=action, original=original),
            ),
            number=action or "receipt",
            From=f"Mail System <{sender}>",
            Subject="Report",
            Content_Type=f'multipart/report; report-type={kind}; boundary="B"',
        )

    def _receive(self, raw, day=TODAY):
        """Odoo's mail gateway; the answers that came of it, as the collector."""
        answers = self.env["collection.answer"].sudo()
        before = answers.search([])
        with self._at(day, "10:00"), mute_logger(GATEWAY):
            gateway = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
            gateway.message_process(False, raw)
            self.env.cr.flush()
        return (answers.search([]) - before).with_user(self.collector)

    def _get_to_dos_to_read(self):
        return self.case.activity_search(
            ["collection_calls.mail_activity_type_read_answer"]
        )


@tagged("post_install", "-at_install")
class TestCollectionAnswer(CollectionAnswerCommon):
    # ----------------------------------------------------------------- coming in

    def test_answer(self):
        answer = self._receive(
            self._write(
                "We agree.\n\n> You pay in four installments.\n> Our agreement is this."
            )
        )
        self.assertEqual(answer.partner_id, self.debtor)
        self.assertEqual(answer.contact_id, self.debtor)
        self.assertEqual(answer.plan_id, self.plan)
        self.assertEqual((answer.state, answer.is_unknown), ("unread", False))
        self.assertEqual(answer.text, "We agree.", "what it quotes is ours")
        self.assertEqual(answer.date_hold_until, TODAY + timedelta(5))
        plan = self.plan.with_user(self.collector)
        self.assertFalse(plan.page_note, "nobody was on the page")
        message = answer.sudo().mail_message_id
        self.assertIn(message, self.plan.message_ids)
        self.assertEqual(message.message_type, "email")
        case = self.case.with_user(self.collector)
        self.assertEqual(case.unread_answer_count, 1)
        action = case.action_view_answers()
        self.assertEqual(answer.search(action["domain"]), answer)
        to_do = self._get_to_dos_to_read()
        self.assertEqual(to_do.user_id, self.collector)
        self.assertIn(self.debtor.name, to_do.summary)

    def test_it_is_in_the_dossier(self):
        self._receive(self._write("We agree."))
        history = self.case.with_user(self.collector)._get_dossier_history()
        [entry] = [each for each in history if each["icon"] == "fa-reply"]
        self.assertEqual(
            (entry["text"], entry["who"], entry["said"]),
            ("Re: Agreement", self.debtor.name, "We agree."),
        )

    def test_the_same_message_twice_is_one_answer(self):
        self.assertTrue(self._receive(self._write()))
        self.assertFalse(self._receive(self._write()))
        answers = self.env["collection.answer"].sudo()
        again = answers._receive(self.plan.sudo(), answers.search([]).mail_message_id)
        self.assertFalse(again, "also if Odoo would take it twice")
        self.assertEqual(len(self._get_to_dos_to_read()), 1)

    def test_two_answers_are_one_to_do(self):
        first = self._receive(self._write("I agree.", 1))
        second = self._receive(self._write("But not before May.", 2))
        self.assertEqual(len(self._get_to_dos_to_read()), 1)
        first.action_note()
        self.assertTrue(self._get_to_dos_to_read())
        second.action_note()
        self.assertFalse(self._get_to_dos_to_read())

    def test_forwarded_within_the_debtors_company(self):
        answer = self._receive(
            self._write(
                "I look after it now.",
                From="Jana Roth <roth@mueller.example>",
                Subject="Fwd: Agreement",
            )
        )
        self.assertEqual(answer.contact_id, self.accountancy)
        self.assertTrue(answer.is_forwarded)
        self.assertFalse(answer.is_unknown)

    def test_reply_to_all_with_a_colleague(self):
        answer = self._receive(self._write(Cc="Clara <clara@ours.example>"))
        self.assertEqual(answer.contact_id, self.debtor)
        message = answer.sudo().mail_message_id
        self.assertIn(self.collector.partner_id, message.partner_ids)
        self.assertFalse(message.notification_ids, "they have it from the debtor")

    def test_what_a_colleague_replies_is_no_answer(self):
        raw = self._write(
            "Thank you.", From="Clara <clara@ours.example>", Cc="office@mueller.example"
        )
        self.assertFalse(self._receive(raw))
        self.assertIn("clara@ours.example", self.plan.message_ids[0].email_from)
        self.assertFalse(self._get_to_dos_to_read() or self.plan.held_code)

    def test_what_the_company_writes_is_no_answer(self):
        self.company.sudo().email = "info@ours.example"
        self.assertFalse(self._receive(self._write(From="info@ours.example")))

    def test_unknown_address(self):
        mails = self.env["mail.mail"].sudo().search([])
        answer = self._receive(self._write(From="Somebody <x@elsewhere.example>"))
        self.assertEqual(answer.email_from, '"Somebody" <x@elsewhere.example>')
        self.assertTrue(answer.is_unknown)
        self.assertFalse(answer.contact_id)
        self.assertEqual(answer.partner_id, self.debtor)
        self.assertTrue(self._get_to_dos_to_read())
        sent = self.env["mail.mail"].sudo().search([]) - mails
        self.assertFalse(sent.filtered("email_to"))
        self.assertFalse(sent.recipient_ids.filtered("partner_share"), "to us at most")
        self.assertNotIn(
            "x@elsewhere.example", self.plan.message_partner_ids.mapped("email")
        )

    def test_whoever_represents_them(self):
        lawyer = self.env["res.partner"].create(
            {"name": "Dr. Recht", "email": "recht@kanzlei.example"}
        )
        self.env["collection.contact.right"].with_user(self.collector).create(
            {
                "kind": "represented",
                "partner_id": self.debtor.id,
                "representative_id": lawyer.id,
                "representative_role": "lawyer",
            }
        )
        answer = self._receive(self._write(From="recht@kanzlei.example"))
        self.assertEqual(answer.contact_id, lawyer)
        self.assertFalse(answer.is_unknown)

    def test_portal_user_of_the_debtor(self):
        user = new_test_user(self.env, "test_portal_answer", groups="base.group_portal")
        user.partner_id.write(
            {"email": "portal@mueller.example", "parent_id": self.debtor.id}
        )
        answer = self._receive(self._write(From="portal@mueller.example"))
        self.assertEqual(answer.contact_id, user.partner_id)

    def test_with_a_file(self):
        answer = self._receive(
            self._write(
                PART.format(text="The roof leaks.", more=PHOTO),
                Content_Type='multipart/mixed; boundary="B"',
            )
        )
        self.assertEqual(answer.text, "The roof leaks.")
        self.assertEqual(answer.attachment_ids.mapped("name"), ["roof.png"])

    def test_html_is_shown_as_text(self):
        answer = self._receive(
            self._write(
                "<p>Yes <b>&lt;b&gt;</b><script>alert(1)</script></p>",
                Content_Type="text/html; charset=utf-8",
            )
        )
        self.assertNotIn("script", answer.text)
        self.assertIn("<b>", answer.text, "as typed; it is escaped when it is shown")

    def test_without_a_body(self):
        answer = self._receive(self._write(""))
        self.assertEqual((answer.state, bool(answer.text)), ("unread", False))

    def test_answer_to_a_call_and_to_a_promise(self):
        promise = self._promise(self._create_claim(500, 5)).sudo()
        mail = promise.message_post(body="Reminder", message_type="auto_comment")
        answer = self._receive(self._write(number=7, message=mail))
        self.assertEqual(answer.promise_id, promise.with_user(self.collector))
        call = self._log(outcome=self.no_answer).sudo()
        mail = call.message_post(body="Pay here", message_type="auto_comment")
        answer = self._receive(self._write(number=8, message=mail))
        self.assertEqual(answer.call_id, call.with_user(self.collector))

    # ------------------------------------------------------- machines and reports

    def test_automatic_replies_are_notes(self):
        """RFC 3834, and what servers wrote before it."""
        headers = (
            {"Auto_Submitted": "auto-replied"},
            {"X_Auto_Response_Suppress": "All"},
            {"Precedence": "auto_reply"},
            {"Return_Path": "<>"},
        )
        for number, header in enumerate(headers):
            raw = self._write("I am away.", number, Subject="Away", **header)
            self.assertFalse(self._receive(raw), header)
            message = self.plan.sudo().message_ids[0]
            self.assertEqual((message.subject, message.body), ("Away", message.body))
            self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
            self.assertFalse(message.notification_ids, "nobody is told")
        self.assertFalse(self._get_to_dos_to_read() or self.plan.held_code)

    def test_delivery_failure(self):
        self.assertFalse(self._receive(self._report("failed")))
        self.assertEqual(self.mail.notification_ids.notification_status, "bounce")
        self.assertIn("came back", self.plan.sudo().message_ids[0].body)
        self.assertFalse(self._get_to_dos_to_read())

    def test_delay_is_no_failure(self):
        before = self.mail.notification_ids.notification_status
        for action in ("delayed", "delivered", "relayed"):
            self.assertFalse(self._receive(self._report(action)))
            self.assertEqual(self.mail.notification_ids.notification_status, before)
            self.assertIn("has not failed", self.plan.sudo().message_ids[0].body)
        self.assertEqual(self.plan.letter_ids.confirmation_channel, "email")

    def test_receipt_of_the_reader_is_no_failure(self):
        before = self.mail.notification_ids.notification_status
        raw = self._report(sender="office@mueller.example")
        self.assertFalse(self._receive(raw))
        self.assertEqual(self.mail.notification_ids.notification_status, before)
        self.assertFalse(self._get_to_dos_to_read())

    def test_reports_on_what_is_not_ours_stay_core_s(self):
        partner = self.debtor.sudo()
        mail = partner.message_post(
            body="Hello", partner_ids=partner.ids, message_type="auto_comment"
        )
        self.mail, ours = mail, self.mail
        self._receive(self._report("delayed"))
        self.mail = ours
        self.assertEqual(mail.notification_ids.notification_status, "bounce")

    # ---------------------------------------------------------- until it is read

    def test_it_holds_the_notice_back(self):
        answer = self._receive(self._write(), MISSED - timedelta(1))
        self.assertEqual(self.plan.held_code, "answer")
        self.assertIn("nobody has read", self.plan.held_note)
        self._run_until(MISSED + timedelta(3), MISSED)
        self._assert_plan(self.plan, "active")
        self.assertFalse(self._get_letters(self.plan, "notice"))
        with self._at(MISSED + timedelta(3)):
            answer.action_note()
            self.env.cr.flush()
        self.assertFalse(self.plan.held_code)
        self.assertEqual(self._get_last_event(self.plan).kind, "resumed")

    def test_for_so_many_days_at_most(self):
        """Four days given back: those that it was held."""
        self.company.collection_answer_hold_days = 4
        self._receive(self._write(), date(2026, 3, 23))
        self._run_until(date(2026, 3, 26), date(2026, 3, 23))
        self.assertEqual(self.plan.held_code, "answer")
        self._run_on(date(2026, 3, 27))
        self.assertFalse(self.plan.held_code)
        self.assertIn("for 4 days", self._get_last_event(self.plan).reason)

    def test_not_at_all(self):
        self.company.collection_answer_hold_days = 0
        self.assertTrue(self._receive(self._write()))
        self.assertFalse(self.plan.held_code)

    def test_it_holds_the_verdict_on_a_promise_back(self):
        promise = self._promise(self._create_claim(500, 5), days=5)
        answer = self._receive(self._write(), promise.date_deadline)
        self._evaluate_on(promise, promise.date_deadline + timedelta(1))
        self._assert_verdict(promise, "open")
        with self._at(promise.date_deadline + timedelta(2)):
            answer.action_note()
            self.env.cr.flush()
        self.assertEqual(promise.held_days, 2)

    def test_other_debtors_go_on(self):
        other = self._create_debtor("Schmidt Holz GmbH")
        plan = self._agree(self._create_claim(1000, 5, partner=other))
        self._receive(self._write())
        self.assertFalse(plan.held_code)

    # ------------------------------------------------------------ what becomes of it

    def test_note(self):
        answer = self._receive(self._write())
        answer.action_note()
        self.assertEqual((answer.state, answer.read_by_id), ("note", self.collector))
        self.assertFalse(self._get_to_dos_to_read())

    def test_promise(self):
        invoice = self._create_claim(500, 5)
        answer = self._receive(self._write("I pay 500 on Friday."))
        action = answer.action_record_promise()
        self.assertEqual(action["context"]["default_partner_id"], self.debtor.id)
        promises = self.env["collection.promise"].with_user(self.collector)
        with Form(promises.with_context(**action["context"])) as form:
            form.date_promised = TODAY + timedelta(3)
        promise = form.save()
        self.assertEqual(promise.line_ids.move_id, invoice)
        self.assertEqual(promise.answer_id, answer)
        self.assertEqual(answer.state, "promise")
        self.assertFalse(self._get_to_dos_to_read())

    def test_dispute(self):
        answer = self._receive(self._write("The roof leaks."))
        action = answer.action_record_dispute()
        disputes = self.env["collection.dispute"].with_user(self.collector)
        reason = self.env.ref("collection_calls.collection_reason_quality")
        dispute = disputes.with_context(**action["context"]).create(
            {"reason_id": reason.id}
        )
        self.assertEqual(dispute.move_id, self.invoice)
        self.assertEqual(dispute.statement, "The roof leaks.")
        self.assertEqual(answer.state, "dispute")

    def test_answer_of_somebody_else(self):
        other = self._create_debtor("Schmidt Holz GmbH")
        invoice = self._create_claim(1000, 5, partner=other)
        answer = self._receive(self._write())
        with self._refused(ValidationError, "is not from Schmidt"):
            self._promise(invoice, answer_id=answer.id)

    # ------------------------------------------------------------------- guards

    def test_nobody_changes_it(self):
        answer = self._receive(self._write())
        for name, value in (("text", "No."), ("state", "note"), ("partner_id", 1)):
            with self._refused(UserError, "evidence"):
                answer.write({name: value})
        with self._refused(UserError, "evidence"):
            answer.sudo().unlink()
        with self.assertRaises(AccessError):
            answer.create({"partner_id": self.debtor.id})

    def test_who_reads_it(self):
        answer = self._receive(self._write())
        other = self.setup_other_company()["company"]
        for user in (
            self._create_user("account.group_account_invoice"),
            self._create_user("group_collection_user", other),
            new_test_user(self.env, "test_portal_reads", groups="base.group_portal"),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                answer.with_user(user).text  # noqa: B018

    def test_it_is_sealed(self):
        answer = self._receive(self._write())
        links = self.env["collection.chain.link"].sudo()
        domain = [("res_model", "=", answer._name), ("res_id", "=", answer.id)]
        self.assertEqual(links.search(domain).mapped("kind"), ["noted"])
        answer.action_note()
        self.env.cr.flush()
        self.assertEqual(links.search(domain).mapped("kind"), ["closed", "noted"])

    def test_as_many_statements_for_many_plans(self):
        """Looking for obstacles asks nothing more than it did."""
        self._receive(self._write())
        self._agree(self._create_claim(1000, 5))
        plans = self.env["collection.plan"].sudo().search([])
        plans[0]._find_obstacles()
        counts = []
        for some in (plans[0], plans):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some._find_obstacles()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)
