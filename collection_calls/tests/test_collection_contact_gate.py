"""Every contact passes one gate: senders, right × channel × document, recipients."""

import itertools
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..engine import contact_gate as engine
from ..models.contact.gate import Answer, Question
from .common import TODAY, senders
from .test_collection_obstacles import REMIND, CollectionObstacleCommon

ADDON = Path(__file__).parents[1]
# Who does it: (file, function) → which function of the same file asks the gate first,
# or why nobody has to be asked.
INSIDE = "to a colleague, about our own work"
BESIDE = {"collection_calls_sms": {("collection_link.py", "_text"): "_pass_gate"}}
SENDERS = {
    ("agreement/collection_agreement.py", "_post_reminder"): "_pass_gate",
    ("agreement/collection_agreement.py", "_report_failure"): INSIDE,
    ("agreement/collection_agreement.py", "_ask_for_one_debtor"): INSIDE,
    ("agreement/awaited.py", "_post_answer_reminder"): "_pass_gate",
    ("agreement/awaited.py", "_ask_for_written_word"): INSIDE,
    ("call/payment_links.py", "_post_payment_links"): "_pass_gate",
    ("call/follow_up.py", "_schedule_improvement"): INSIDE,
    ("call/left_open.py", "_tell_of_left"): INSIDE,
    ("call/paid_already.py", "_ask_to_match"): INSIDE,
    ("call/confirmation.py", "_post_confirmation"): "letter/collection_confirmation.py",
    ("case/collection_case.py", "_schedule_call"): "_get_why_not_called",
    ("company/books.py", "_ask_for_statements"): INSIDE,
    ("dispute/decisions.py", "_schedule_clearing"): INSIDE,
    ("dispute/decisions.py", "_schedule_credit_note"): INSIDE,
    ("letter/collection_answer.py", "_ask_to_read"): INSIDE,
    ("letter/collection_confirmation.py", "_schedule_letter"): "_ask_gate",
    ("plan/collection_plan_letter.py", "_post_confirmation"): (
        "letter/collection_confirmation.py"
    ),
    ("plan/steps.py", "_dissolve"): INSIDE,
    ("plan/steps.py", "_hold"): INSIDE,
    ("plan/steps.py", "_propose"): INSIDE,
    ("portal/collection_link.py", "_post_mail"): "_pass_gate",
    ("portal/answering.py", "_ask_to_look"): INSIDE,
    ("portal/answering.py", "_tell_answer"): INSIDE,
    ("promise/collection_promise_line.py", "_carry_over"): INSIDE,
    ("promise/evaluation.py", "_ask_to_check"): INSIDE,
    ("promise/recording.py", "_ask_to_confirm"): INSIDE,
    ("promise/recording.py", "_void"): INSIDE,
    ("request/collection_reply.py", "_ask_to_tell"): INSIDE,
    ("request/collection_reply.py", "_post_reply"): "_pass_gate",
    ("request/wishes.py", "_attach_to_dispute"): INSIDE,
    ("request/wishes.py", "_take_promise"): INSIDE,
    ("promise/reminders.py", "_ask_to_write"): "_ask_gate",
    ("report/workbook/weekly_mail.py", "_mail_collection_workbooks"): INSIDE,
}
# What the shipped templates and reports are to the gate.
TEMPLATES = {
    "mail_template_call_confirmation": engine.CONFIRMATION,
    "mail_template_payment_links": engine.PAYMENT_LINK,
    "mail_template_link": engine.OFFER,
    "mail_template_promise_reminder": engine.REMINDER,
    "mail_template_installment_reminder": engine.REMINDER,
    "mail_template_answer_reminder_plan": engine.REMINDER,
    "mail_template_answer_reminder_promise": engine.REMINDER,
    "mail_template_offer_reply": engine.CONFIRMATION,
    "mail_template_correction_reply": engine.CONFIRMATION,
    "mail_template_dispute_reply": engine.CONFIRMATION,
    "mail_template_plan_offer": engine.OFFER,
    "mail_template_plan_agreement": engine.CONFIRMATION,
    "mail_template_plan_notice": engine.NOTICE,
    "mail_template_plan_acceleration": engine.ACCELERATION,
    "mail_template_plan_reinstatement": engine.REINSTATEMENT,
    "mail_template_weekly_workbooks": None,  # to managers
}
# Lists and sheets for ourselves, and what somebody asked to be told.
OWN_LETTERS = ("collection.case", "collection.posting", "res.partner")

EVERY = {*engine.CHANNELS}
# What each wish leaves: of what presses, of what answers, of what binds. An invitation
# to the portal is an e-mail; which number rings, only a call can say.
LEFT = {
    "no_calls": [EVERY - {"phone", "todo"}] * 3,
    "not_at_number": [EVERY] * 3,
    "not_at_place": [EVERY] * 3,
    "hours": [EVERY] * 3,
    "in_writing": [{"email", "letter", "portal"}] * 3,
    "no_email": [EVERY - {"email", "portal"}] * 3,
    "by_post": [{"letter"}] * 3,
    "no_contact": [set(), set(), {"letter"}],
    "represented": [{"email", "letter"}] * 3,
    "insolvency": [set(), EVERY, EVERY],
}


@tagged("post_install", "-at_install")
class TestCollectionContactGate(CollectionObstacleCommon):
    def _wish(self, kind, **vals):
        rights = self.env["collection.contact.right"].with_user(self.collector)
        vals = {"kind": kind, "partner_id": self.debtor.id, **vals}
        return rights.create({"company_id": self.company.id, **vals})

    @contextmanager
    def _shut(self):
        """The gate lets nothing through."""
        gate = self.env.registry["collection.contact.gate"]

        def refuse(self, company, questions, moment=None):
            return [Answer(False, q.debtor, "Shut.", "shut") for q in questions]

        with patch.object(gate, "_ask", refuse):
            yield

    # -------------------------------------------------------------------- senders

    def test_every_sender_is_known(self):
        """Whoever adds one has to say which gate it passes."""
        self.assertEqual(senders.find_unknown_senders(ADDON, SENDERS), [])

    def test_every_sender_to_a_debtor_asks(self):
        outside = {key: asks for key, asks in SENDERS.items() if asks != INSIDE}
        self.assertEqual(senders.find_unasked(ADDON, outside), [])

    def test_a_new_sender_is_found(self):
        """One that nobody has thought of; one that is known, and doesn't ask; and one
        that asks, but is called by somebody who doesn't, there or elsewhere."""
        sources = {
            "models/new/letters.py": "def _write(self): self.message_post(body='Pay!')",
            "wizard/nag.py": "def nag(self): self.env['mail.mail'].create({})",
            "controllers/text.py": "def text(self): self._message_sms('Pay!')",
            "report/raw.py": "def raw(self): self.env['ir.mail_server'].send_email(1)",
        }
        with TemporaryDirectory() as folder:
            addon = Path(folder)
            for name, source in sources.items():
                (addon / name).parent.mkdir(parents=True)
                (addon / name).write_text(source)
            self.assertEqual(
                senders.find_unknown_senders(addon, {}),
                [
                    "controllers/text.py: text sends",
                    "new/letters.py: _write sends",
                    "report/raw.py: raw sends",
                    "wizard/nag.py: nag sends",
                ],
            )
            known = {("new/letters.py", "_write"): "_pass_gate"}
            fault = ["new/letters.py: _write doesn't ask _pass_gate"]
            self.assertEqual(senders.find_unasked(addon, known), fault)
            asking = "\ndef _ask(self): self._pass_gate(1, 2, self._write)"
            path = addon / "models/new/letters.py"
            path.write_text(sources["models/new/letters.py"] + asking)
            self.assertEqual(senders.find_unasked(addon, known), [])
            (addon / "wizard/nag.py").write_text("def nag(self): self.all._write(1)")
            past = ["wizard/nag.py: _write is called past _pass_gate"]
            self.assertEqual(senders.find_unasked(addon, known), past)
            path.write_text(path.read_text() + "\ndef write(self): self._write()")
            self.assertEqual(senders.find_unasked(addon, known), fault)

    def test_no_action_sends_past_the_code(self):
        self.assertEqual(senders.find_sending_actions(self.env), [])

    def test_a_new_action_is_found(self):
        vals = {
            "name": "Pay!",
            "model_id": self.env["ir.model"]._get_id("collection.promise"),
            "state": "code",
            "code": "record.message_post(body='Pay!')",
        }
        action = self.env["ir.actions.server"].create(vals)
        self.env["ir.model.data"].create(
            {
                "module": "collection_calls",
                "name": "action_pay",
                "model": action._name,
                "res_id": action.id,
            }
        )
        found = senders.find_sending_actions(self.env)
        self.assertEqual(found, ["collection_calls.action_pay sends"])

    def test_addons_beside_ours_ask(self):
        """Glue addons leave the sending to us, or ask the gate as we do."""
        for addon in ADDON.parent.glob(f"{ADDON.name}_*"):
            known = BESIDE.get(addon.name, {})
            self.assertEqual(senders.find_unknown_senders(addon, known), [], addon.name)
            self.assertEqual(senders.find_unasked(addon, known), [], addon.name)

    def test_every_template_is_known(self):
        self.assertEqual(senders.find_unknown_templates(self.env, TEMPLATES), [])
        self.assertLessEqual({*TEMPLATES.values()} - {None}, {*engine.DOCUMENTS})

    def test_a_new_template_is_found(self):
        model = self.env["ir.model"]._get("collection.promise")
        template = self.env["mail.template"].create(
            {"name": "Pay!", "model_id": model.id, "partner_to": "{{ object.id }}"}
        )
        self.env["ir.model.data"].create(
            {
                "module": "collection_calls",
                "name": "mail_template_pay",
                "model": "mail.template",
                "res_id": template.id,
            }
        )
        find = senders.find_unknown_templates
        self.assertEqual(find(self.env, TEMPLATES), ["mail_template_pay is unknown"])
        known = {**TEMPLATES, "mail_template_pay": engine.REMINDER}
        fault = ["mail_template_pay doesn't ask who gets it"]
        self.assertEqual(find(self.env, known), fault)

    def test_letters_are_of_what_asks(self):
        """Every report that is a letter to a debtor is about an addressee.

        What is stored about a person goes to whoever asks for it.
        """
        self.assertEqual(senders.find_unasking_letters(self.env, OWN_LETTERS), [])

    def test_a_new_letter_is_found(self):
        self.env["ir.actions.report"].create(
            {
                "name": "Pay!",
                "model": "account.move",
                "report_name": "collection_calls.report_pay",
                "is_collection_document": True,
            }
        )
        found = senders.find_unasking_letters(self.env, OWN_LETTERS)
        self.assertEqual(found, ["collection_calls.report_pay is about account.move"])

    def test_nothing_leaves_through_a_shut_gate(self):
        """Reminders, confirmations, letters, links, and to-dos to call."""
        promise = self._promise(self.invoice)
        planned = self._plan(self._create_claim(1000, 5), rule=self.business)
        calls = self.case._get_call_activities()
        mails = self.env["mail.mail"].search([])
        with self._shut():
            self._activate(planned)
            self._remind(REMIND)
            self._run_until(date(2026, 3, 27), REMIND)
            self._evaluate_on(promise, date(2026, 3, 27))
            self.env.cr.flush()
        self.assertEqual(promise.state, "broken")
        self.assertEqual(self.env["mail.mail"].search([]), mails)
        self.assertEqual(self.case._get_call_activities(), calls)
        self.assertFalse(self.env["collection.contact.log"].sudo().search([]))
        self.assertFalse(planned.letter_ids.filtered("confirmation_state"))

    def test_who_does_not_ask_is_refused(self):
        promise = self._promise(self.invoice)
        shut = Answer(False, self.debtor, "Shut.", "shut")
        with self.assertRaises(ValueError):
            promise._mail_reminder(shut)

    # ---------------------------------------- right × channel × document, on records

    def test_matrix_on_records(self):
        """What the engine says of kinds, the gate says of records."""
        left = {
            "no_calls": {"reminder": "email", "notice": "email"},
            "in_writing": {"reminder": "email", "confirmation": "email"},
            "no_email": {"reminder": "letter", "confirmation": "letter"},
            "by_post": {"reminder": "letter", "acceleration": "letter"},
            "no_contact": {"reminder": None, "confirmation": None, "notice": "letter"},
            "represented": {"reminder": None, "confirmation": None, "notice": "letter"},
            "insolvency": {"reminder": None, "acceleration": "letter"},
            "hours": {"reminder": "email", "offer": "email"},
        }
        gate = self.env["collection.contact.gate"]
        for kind, documents in left.items():
            vals = {}
            if kind == "hours":
                hours = {"weekday": "0", "hour_from": 8, "hour_to": 9}
                vals["hours_ids"] = [(0, 0, hours)]
            right = self._wish(kind, **vals)
            for document, expected in documents.items():
                answers = gate._ask(
                    self.company,
                    [
                        Question(self.debtor, document, channel)
                        for channel in engine.WRITTEN
                    ],
                )
                found = [
                    channel
                    for channel, answer in zip(engine.WRITTEN, answers, strict=True)
                    if answer.is_allowed
                ]
                self.assertEqual(next(iter(found), None), expected, (kind, document))
            right.with_user(self.manager).action_end("Next one")
            # what it put on a blacklist is gone, too
            self.assertTrue(
                gate._ask(self.company, [Question(self.debtor, "reminder", "email")])[
                    0
                ].is_allowed
            )

    def test_whole_matrix_on_records(self):
        """Every right × channel × document: what the gate says of records."""
        lawyer = self.env["res.partner"].create(
            {"name": "Dr. Kern", "email": "kern@kanzlei.example"}
        )
        details = {
            "not_at_number": {"number": "030 23125042"},
            "not_at_place": {"number": "030 23125042"},
            "hours": {
                "hours_ids": [(0, 0, {"weekday": "0", "hour_from": 8, "hour_to": 9})]
            },
            "represented": {"representative_id": lawyer.id},
            "insolvency": {"representative_id": lawyer.id},
        }
        gate = self.env["collection.contact.gate"]
        pairs = list(itertools.product(engine.DOCUMENTS, engine.CHANNELS))
        self.assertEqual(set(LEFT), set(engine.KINDS))
        self.assertGreaterEqual(len(LEFT) * len(pairs), 8 * 5 * 6)
        for kind, (pressing, answering, binding) in LEFT.items():
            right = self._wish(kind, **details.get(kind, {}))
            expected = {
                (document, channel)
                for documents, channels in (
                    (engine.PRESSING, pressing),
                    (engine.ANSWERING, answering),
                    (engine.BINDING, binding),
                )
                for document in documents
                for channel in channels
            }
            answers = gate._ask(
                self.company, [Question(self.debtor, *pair) for pair in pairs]
            )
            answered = dict(zip(pairs, answers, strict=True))
            allowed = {pair for pair in pairs if answered[pair].is_allowed}
            self.assertEqual(allowed, expected, kind)
            for pair in expected & {("notice", "letter"), ("reminder", "email")}:
                gets = lawyer if kind in ("represented", "insolvency") else self.debtor
                self.assertEqual(answered[pair].recipient, gets, (kind, pair))
            for pair in set(pairs) - expected:
                self.assertTrue(answered[pair].reason, (kind, pair))
            right.with_user(self.manager).action_end("Next one")

    def test_asked_for_many_at_once(self):
        debtors = [self._create_debtor(f"D{n}", email="a@b.example") for n in range(24)]
        for debtor in debtors:
            self._wish("by_post", partner_id=debtor.id)
        gate = self.env["collection.contact.gate"]
        counts = []
        for some in debtors, debtors[:8], debtors:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            gate._ask(self.company, [Question(d, "reminder", "email") for d in some])
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_representative_gets_what_the_debtor_would(self):
        lawyer = self.env["res.partner"].create(
            {"name": "Dr. Kern", "email": "kern@kanzlei.example", "street": "Kai 1"}
        )
        promise = self._promise(self.invoice)
        plan = self._agree(self._create_claim(1000, 5))
        self._wish("represented", representative_id=lawyer.id)
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, lawyer)
        self.assertIn("Dr. Kern", self._mails(promise).body_html)
        self._run_until(date(2026, 3, 25), REMIND)
        self.assertEqual(plan.state, "accelerated")
        letter = self._get_letters(plan, "acceleration")
        self.assertEqual(letter.contact_id, lawyer)
        self.assertEqual(
            letter.sudo().confirmation_message_id.mail_ids.recipient_ids, lawyer
        )
        first, second, *_more = letter._get_letter_address()
        self.assertEqual((first, second), ("Dr. Kern", f"for {self.debtor.name}"))

    def test_by_post(self):
        """No e-mail: the letter waits to be posted."""
        plan = self._agree()
        right = self._wish("by_post", wording="Letters only")
        self._run_until(date(2026, 3, 25))
        letter = self._get_letters(plan, "acceleration")
        self.assertEqual(
            (letter.confirmation_state, letter.confirmation_channel),
            ("to_send", "letter"),
        )
        self.assertIn("Letters only", letter.sudo().confirmation_activity_id.note)
        with self._refused(UserError, "Letters only"):
            letter.with_user(self.collector).action_resend_confirmation()
        letter.with_user(self.collector).action_mark_posted()
        self.assertEqual(letter.confirmation_recipient_id, self.debtor)
        self.assertTrue(right.is_standing)

    def test_letter_of_somebody_who_wants_no_contact(self):
        plan = self._plan(self.invoice)
        self.debtor.email = False
        plan.action_offer()
        letter = self._get_letters(plan, "offer")
        self._wish("no_contact")
        for refuse in letter.action_print, letter.action_mark_posted:
            with self._refused(UserError, "may not be posted: No contact at all"):
                refuse()

    # ----------------------------------------------------------------- recipients

    def _person(self, **vals):
        return self.env["res.partner"].create(
            {
                "name": "Frau Weber",
                "parent_id": self.debtor.id,
                "email": "weber@mueller.example",
                **vals,
            }
        )

    def _billing(self):
        return self._person(
            name="Billing", type="invoice", email="billing@mueller.example"
        )

    def test_the_person_it_was_agreed_with(self):
        person = self._person()
        promise = self._promise(self.invoice, contact_id=person.id)
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, person)

    def test_who_changed_employers_hears_nothing(self):
        person, billing = self._person(), self._billing()
        promise = self._promise(self.invoice, contact_id=person.id)
        plan = self._agree(self._create_claim(1000, 5), contact_id=person.id)
        person.write(
            {
                "parent_id": self._create_debtor("New Employer").id,
                "email": "weber@new.example",
            }
        )
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, billing)
        self.assertIn("Billing", self._mails(promise).body_html)
        self.assertNotIn("Weber", self._mails(promise).body_html)
        self._run_until(date(2026, 3, 25), REMIND)
        letter = self._get_letters(plan, "acceleration")
        mail = letter.sudo().confirmation_message_id.mail_ids
        self.assertEqual(mail.recipient_ids, billing)
        self.assertNotIn("Weber", letter.body)

    def test_installment_reminder_of_who_changed_employers(self):
        person = self._person()
        plan = self._agree(contact_id=person.id)
        person.write({"parent_id": self._create_debtor("New Employer").id})
        self._remind(date(2026, 3, 17), "ir_cron_remind_installments")
        mail = self._mails(plan).filtered(lambda m: "next installment" in m.subject)
        self.assertEqual(mail.recipient_ids, self.debtor)

    def test_archived_person(self):
        person = self._person()
        plan = self._agree(contact_id=person.id)
        person.active = False
        self._run_until(date(2026, 3, 25))
        letter = self._get_letters(plan, "acceleration")
        self.assertEqual(letter.confirmation_channel, "email")
        mail = letter.sudo().confirmation_message_id.mail_ids
        self.assertEqual(mail.recipient_ids, self.debtor)
        self.assertNotIn("Frau Weber", letter._get_letter_address())

    def test_who_became_a_company_of_their_own(self):
        """Whoever owes for themselves doesn't hear of what others owe."""
        person = self._person()
        promise = self._promise(self.invoice, contact_id=person.id)
        person.is_company = True
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, self.debtor)

    def test_archived_invoice_contact(self):
        billing = self._billing()
        promise = self._promise(self.invoice)
        billing.active = False
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, self.debtor)

    def test_person_who_moved_to_a_sister_company(self):
        """It has the same owner, and another debt."""
        person = self._person()
        promise = self._promise(self.invoice, contact_id=person.id)
        person.parent_id = self._create_debtor("Sister", parent_id=self.debtor.id)
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, self.debtor)

    def test_representative_who_is_archived(self):
        """As if nobody knew who it is: nothing that presses."""
        lawyer = self.env["res.partner"].create(
            {"name": "Dr. Kern", "email": "kern@kanzlei.example"}
        )
        promise = self._promise(self.invoice)
        self._wish("represented", representative_id=lawyer.id)
        lawyer.active = False
        self._remind(REMIND)
        self.assertFalse(self._mails(promise))

    def test_nobody_named(self):
        """Whoever gets the invoices comes before the general address."""
        billing = self._billing()
        promise = self._promise(self.invoice)
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, billing)

    def test_invoice_contact_without_email(self):
        self._billing().email = False
        promise = self._promise(self.invoice)
        self._remind(REMIND)
        self.assertEqual(self._mails(promise).recipient_ids, self.debtor)

    # ------------------------------------------------------ blacklist, quiet days

    def test_email_blacklist(self):
        self.env["mail.blacklist"].create({"email": self.debtor.email})
        promise = self._promise(self.invoice)
        self._remind(REMIND)
        self.assertFalse(self._mails(promise))
        self.assertIn("blacklist", promise.sudo().message_ids[0].body)
        self.assertTrue(self.case._get_call_activities(), "but they are called")

    def test_quiet_days_over_all_channels(self):
        policy = (
            self.env["collection.contact.policy"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Quiet",
                    "max_contacts": 2,
                    "contact_days": 7,
                    "hours_ids": False,
                }
            )
        )
        self.assertIn("2 contacts by any channel in 7 days", policy.description)
        one = self._promise(self.invoice)
        self._log(date_start="2026-03-10 08:00:00", state="done")
        self.clock.move_to(f"{REMIND} 07:00:00")
        self._log(date_start=f"{REMIND} 06:30:00", state="done")
        self._run_cron("ir_cron_remind_promises")
        self.assertEqual(len(self._mails(one)), 1, "one call and one e-mail")
        other = self._promise(self._create_claim(100, 5), days=2)
        self.clock.move_to("2026-03-20 07:00:00")
        self._run_cron("ir_cron_remind_promises")
        self.assertFalse(self._mails(other) or other.date_reminded)
        breaches = self._log()._get_breaches()
        self.assertIn("heard from us often enough", breaches[0])
        self.assertIn("March 26, 2026", breaches[-1])
        self.assertEqual(TODAY.year, 2026)
