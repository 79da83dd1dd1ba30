import base64
import io
import json
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from PIL import Image
from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Datetime
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..engine.retention import PURPOSES, SAID
from ..models.retention import emptying, registry
from ..models.retention.places import Scope
from .common import TODAY, CollectionCallsPlanCommon

NEXT_YEAR = date(2027, 3, 10)
NOWHERE = "http://127.0.0.1:9"  # no style sheet: the text can be searched


class RetentionCommon(CollectionCallsPlanCommon):
    """A case that is closed on the day on which its invoice was paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.retention = cls.env["collection.retention"].sudo()
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )

    def _keep(self, months=12, **ages):
        ages = dict.fromkeys(PURPOSES, months) | ages
        self.company.write(
            {f"collection_retention_{name}": age for name, age in ages.items()}
        )

    def _hold_call(self, **vals):
        call = self._log(
            outcome=self.no_commitment,
            verified_by="address",
            **{"statement": "The roof leaks", "next_call_date": False, **vals},
        )
        call.action_done()
        self.env.cr.flush()
        return call

    def _close_case(self):
        self._receive(self.invoice)
        self.env.cr.flush()
        self.assertEqual(self._get_case().situation, "closed")

    def _get_case(self, debtor=None):
        self.env.invalidate_all()
        debtor = debtor or self.debtor
        return self.env["collection.case"].search(
            [("partner_id", "=", debtor.id), ("company_id", "=", self.company.id)]
        )

    def _empty_on(self, day):
        self.env.cr.flush()
        with self._at(day, "02:00"):
            self._run_cron("ir_cron_empty_personal_data")
        self.env.invalidate_all()

    def _get_logs(self):
        return (
            self.env["collection.retention.log"]
            .sudo()
            .search([("company_id", "=", self.company.id)])
        )


@tagged("post_install", "-at_install")
class TestCollectionRetention(RetentionCommon):
    def test_every_text_is_classified(self):
        """A new text field needs a purpose, or a reason why it has none.

        Add it to HOLDERS or to IMPERSONAL in models/retention/registry.py.
        """
        self.assertEqual(self.retention._get_unclassified(), [])

    def test_a_new_text_is_noticed(self):
        call = registry.HOLDERS["collection.call"]
        texts = {n: p for n, p in call.texts.items() if n != "improvement"}
        less = {**registry.HOLDERS, "collection.call": call._replace(texts=texts)}
        with patch.object(registry, "HOLDERS", less):
            found = self.retention._get_unclassified()
        self.assertEqual(found, ["collection.call.improvement"])

    def test_what_is_classified_exists(self):
        for model, holder in self.retention._get_holders().items():
            fields = self.env[model]._fields
            for name in holder.texts:
                self.assertTrue(fields[name].store, f"{model}.{name}")
                self.assertIn(holder.texts[name], PURPOSES)
        for model, names in self.retention._get_impersonal().items():
            for name in () if isinstance(names, str) else names:
                self.assertIn(name, self.env[model]._fields)

    def test_everything_is_kept_by_default(self):
        call = self._hold_call()
        self._close_case()
        self._empty_on(date(2060, 1, 1))
        self.assertEqual(call.statement, "The roof leaks")
        self.assertFalse(self._get_logs())

    def test_each_purpose_goes_at_its_own_age_on_the_day_itself(self):
        self._keep(0, said=12, numbers=13)
        call = self._hold_call(phone="030 2312599")
        self._close_case()
        self._empty_on(NEXT_YEAR - timedelta(1))
        self.assertEqual(call.statement, "The roof leaks")
        self._empty_on(NEXT_YEAR)
        self.assertFalse(call.statement)
        self.assertTrue(call.phone_e164)
        self._empty_on(date(2027, 4, 10))
        self.assertFalse(call.phone or call.phone_e164 or call.phone_display)
        self.assertEqual(call.state, "done")
        self.assertEqual(call.outcome_id, self.no_commitment)
        self.assertEqual(set(self._get_logs().mapped("purpose")), {"said", "numbers"})
        said = self._get_logs().filtered(lambda log: log.purpose == SAID)
        self.assertEqual((said.debtor_count, said.field_count), (1, 1))
        self.assertEqual(said.kind, "retention")

    def test_the_age_counts_from_the_last_thing_that_happened(self):
        self._keep()
        self._close_case()
        self._live_until(date(2026, 9, 1))
        call = self._hold_call(statement="Asked for an address")
        self._empty_on(NEXT_YEAR)
        self.assertTrue(call.statement)
        self._empty_on(date(2027, 9, 1))
        self.assertFalse(call.statement)

    def test_what_an_accountant_was_asked_goes_too(self):
        """It stands on the invoice, with what the debtor said in it."""
        self._keep()
        says_paid = self.env.ref("collection_calls.collection_reason_paid")
        calls = [
            self._hold_call(
                reason_id=says_paid.id,
                right_party_verified=True,
                claim_ids=self._as_claims(self.invoice),
                paid_reference=reference,
            )
            for reference in ("Blaubeere-1", "Blaubeere-2")
        ]
        invoice = self.invoice.sudo()
        done, waiting = invoice.activity_ids.sorted()
        self.assertIn("Blaubeere", done.summary)
        done.action_feedback(feedback="Matched")
        invoice.message_post(body=f"Filed. {calls[0].name}")
        self._close_case()
        self._empty_on(NEXT_YEAR)
        activities = (done + waiting).exists().mapped("summary")
        self.assertEqual(set(activities), {False})
        told = " ".join(invoice.message_ids.mapped("body"))
        self.assertNotIn("Blaubeere", told)
        self.assertIn("Filed", told)

    def test_a_case_that_is_open_is_left_alone(self):
        self._keep()
        call = self._hold_call()
        self._empty_on(date(2030, 1, 1))
        self.assertTrue(call.statement)

    def test_what_holds_it_back(self):
        self._keep()
        call = self._hold_call()
        other = self._create_claim(100, days_overdue=-600)  # not yet due
        self._close_case()

        def hold():
            return (
                self.env["collection.legal.hold"]
                .with_user(self.manager)
                .create({"partner_id": self.debtor.id, "reason": "Lawsuit"})
            )

        def dispute():
            return (
                self.env["collection.dispute"]
                .with_user(self.collector)
                .create(
                    {
                        "move_id": other.id,
                        "reason_id": self.env.ref(
                            "collection_calls.collection_reason_quality"
                        ).id,
                    }
                )
            )

        for block in (
            hold,
            dispute,
            lambda: self._promise(other),
            lambda: self._agree(other),
            lambda: self._log(),
            lambda: (
                self._get_case()
                .sudo()
                .write({"hold": "legal", "hold_reason": "Lawsuit"})
            ),
        ):
            with self.subTest(block), self.cr.savepoint() as savepoint:
                block()
                self.env.flush_all()
                with self._at(date(2027, 6, 1)):
                    self.assertFalse(self.retention._read_due(self.company))
                savepoint.rollback()
                self.env.invalidate_all()
        self._empty_on(NEXT_YEAR)
        self.assertFalse(call.statement)

    def test_what_is_noted_later_goes_a_month_later(self):
        self._keep()
        call = self._hold_call()
        self._close_case()
        self._empty_on(NEXT_YEAR)
        note = call.with_user(self.collector).message_post(body="He called again")
        self._empty_on(NEXT_YEAR + timedelta(1))
        self.assertIn("called again", note.body)
        self._empty_on(NEXT_YEAR + timedelta(30))
        self.assertFalse(note.body)

    def test_a_run_that_was_stopped_is_gone_on_with(self):
        self._keep()
        calls = self._hold_call()
        for number in range(4):
            debtor = self._create_debtor(f"Debtor {number}")
            claim = self._create_claim(10, 30, partner=debtor)
            calls += self._hold_call(partner=debtor)
            self._receive(claim)
        self._close_case()
        with patch.object(emptying, "BATCH", 2), self._at(NEXT_YEAR):
            self.assertEqual(self.retention._empty_next(self.company), 2)
            self.env.invalidate_all()
            self.assertEqual(len(calls.filtered("statement")), 3)
            self.assertEqual(self.retention._count_due(self.company), 3)
            self._run_cron("ir_cron_empty_personal_data")
            self.env.invalidate_all()
            self.assertFalse(calls.filtered("statement"))
            self.assertEqual(self.retention._count_due(self.company), 0)

    def test_a_conflict_is_no_failure(self):
        """Somebody notes something at that moment: all of it is done again."""
        self._keep()
        call = self._hold_call()
        self._close_case()
        empty = self.registry["collection.retention"]._empty
        errors = [SerializationFailure]

        def fail(model, *args):
            if errors:
                raise errors.pop()()
            return empty(model, *args)

        with (
            patch.object(self.registry["collection.retention"], "_empty", fail),
            self.assertNoLogs("odoo.addons.collection_calls", "WARNING"),
        ):
            self._empty_on(NEXT_YEAR)
        self.assertFalse(errors or call.statement)
        purposes = self._get_logs().mapped("purpose")
        self.assertEqual(len(purposes), len(set(purposes)), "once each")

    def test_emptying_costs_the_same_for_one_debtor_and_for_many(self):
        self._keep()
        counts = []
        for number in (1, 1, 10):  # the first fills caches
            for each in range(number):
                debtor = self._create_debtor(f"Debtor {each}")
                claim = self._create_claim(10, 30, partner=debtor)
                self._hold_call(partner=debtor)
                self._receive(claim)
            self.env.cr.flush()
            self.env.invalidate_all()
            with self._at(NEXT_YEAR):
                before = self.cr.sql_log_count
                done = self.retention._empty_batch(self.company)
                counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(done), number)
        self.assertEqual(*counts[1:])

    def test_another_companys_texts_stay(self):
        self._keep()
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", other)
        call = (
            self.env["collection.call"]
            .with_user(stranger)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "outcome_id": self.no_answer.id,
                    "company_id": other.id,
                    "statement": "Said elsewhere",
                    "next_call_date": False,
                }
            )
        )
        call.action_done()
        self._hold_call()
        self._close_case()
        self._empty_on(NEXT_YEAR)
        self.assertEqual(call.statement, "Said elsewhere")

    def test_the_preview_tells_and_does_nothing(self):
        self._keep()
        call = self._hold_call()
        call.with_user(self.collector).message_post(body="A note")
        self._close_case()
        preview = self.env["collection.retention.preview"]
        with self._at(NEXT_YEAR):
            action = preview.with_user(self.manager).action_preview()
            lines = self.env[action["res_model"]].with_user(self.manager)
            lines = lines.search(action["domain"])
            said = lines.filtered(lambda line: line.purpose == SAID)
            self.assertEqual(said.partner_id, self.debtor)
            self.assertEqual(said.date_closed, TODAY)
            self.assertEqual(said.field_count, 1)
            self.assertGreaterEqual(said.note_count, 1)
            self.assertEqual(call.statement, "The roof leaks")
            with self._refused(AccessError, ""):
                preview.with_user(self.collector).action_preview()
        self._empty_on(NEXT_YEAR)
        log = self._get_logs().filtered(lambda log: log.purpose == SAID)
        self.assertEqual(log.field_count, said.field_count)
        self.assertEqual(log.note_count, said.note_count)

    def test_the_log_stays(self):
        self._keep()
        self._hold_call()
        self._close_case()
        self._empty_on(NEXT_YEAR)
        log = self._get_logs()[0]
        with self._refused(UserError, "stays as it is"):
            log.field_count = 0
        with self._refused(UserError, "stays as it is"):
            log.unlink()
        with self._refused(UserError, "stays as it is"):
            log.copy()
        with self._refused(AccessError, ""):
            log.with_user(self.collector).read(["purpose"])

    def test_ages_are_never_negative(self):
        with (
            mute_logger("odoo.sql_db"),
            self._refused(IntegrityError, "collection_retention_ages"),
        ):
            self.company.collection_retention_said = -1
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestCollectionLegalHold(RetentionCommon):
    def _set(self, user=None, **vals):
        return (
            self.env["collection.legal.hold"]
            .with_user(user or self.manager)
            .create({"partner_id": self.debtor.id, "reason": "Lawsuit", **vals})
        )

    def test_managers_set_and_lift_it(self):
        hold = self._set(partner_id=self.contact.id)
        self.assertEqual(hold.partner_id, self.debtor)
        self.assertEqual((hold.user_id, hold.date), (self.manager, TODAY))
        debtor = self.debtor.with_user(self.collector)
        self.assertIn("Lawsuit", debtor.collection_legal_hold_note)
        case = self._get_case().with_user(self.collector)
        self.assertIn("Lawsuit", case.legal_hold_note)
        hold.action_lift()
        self.env.invalidate_all()
        self.assertFalse(hold.is_active)
        self.assertEqual(hold.lifted_by_id, self.manager)
        self.assertFalse(debtor.collection_legal_hold_note or case.legal_hold_note)
        with self._refused(AccessError, ""):
            self._set(self.collector)

    def test_it_ends_by_itself(self):
        hold = self._set(date_until=TODAY + timedelta(1))
        holds = self.env["collection.legal.hold"].with_user(self.manager)
        domain = [("is_active", "=", True), ("id", "=", hold.id)]
        self.assertTrue(hold.is_active and holds.search(domain))
        with self._at(TODAY + timedelta(2)):
            self.env.invalidate_all()
            self.assertFalse(hold.is_active or holds.search(domain))

    def test_why_it_was_set_stays(self):
        hold = self._set()
        with self._refused(UserError, "stays as it was"):
            hold.reason = "Something else"
        with self._refused(UserError, "lift it"):
            hold.sudo().unlink()
        hold.date_until = TODAY + timedelta(9)
        hold.action_lift()
        with self._refused(UserError, "lifted already"):
            hold.date_until = False

    def test_nobody_sets_it_in_anothers_name(self):
        hold = self._set(user_id=self.collector.id, date=TODAY - timedelta(90))
        self.assertEqual((hold.user_id, hold.date), (self.manager, TODAY))

    def test_bad_input(self):
        with self._refused(ValidationError, "Say why"):
            self._set(reason="  ")
        with self._refused(ValidationError, "before it begins"):
            self._set(date_until=TODAY - timedelta(1))

    def test_it_follows_its_debtor(self):
        self._keep()
        call = self._hold_call()
        self._close_case()
        self._set()
        holding = self._create_debtor("Müller Holding AG")
        self.debtor.write({"parent_id": holding.id, "is_company": False})
        self._empty_on(date(2030, 1, 1))
        self.assertTrue(call.statement)


@tagged("post_install", "-at_install")
class TestCollectionErasure(RetentionCommon):
    def _ask(self, partner=None, user=None, **vals):
        return (
            self.env["collection.erasure"]
            .with_user(user or self.manager)
            .create(
                {
                    "partner_id": (partner or self.debtor).id,
                    "reason": "Letter of 9 March",
                    **vals,
                }
            )
        )

    def test_a_manager_erases_with_a_reason(self):
        call = self._hold_call()
        self._close_case()
        erasure = self._ask()
        self.assertFalse(erasure.refusals)
        self.assertIn("What Was Said", erasure.consequences)
        self.assertTrue(call.statement)
        action = erasure.action_erase()
        self.env.invalidate_all()
        self.assertFalse(call.statement)
        logs = self.env["collection.retention.log"].with_user(self.manager)
        logs = logs.search(action["domain"])
        self.assertEqual(set(logs.mapped("kind")), {"erasure"})
        self.assertEqual(logs.partner_id, self.debtor)
        self.assertEqual(logs[0].reason, "Letter of 9 March")
        self.assertEqual(logs.user_id, self.manager)
        self.assertEqual(self._ask().consequences, "Nothing is stored that could go.")

    def test_what_stands_against_it_is_told(self):
        call = self._hold_call()
        erasure = self._ask()
        self.assertIn("still owes", erasure.refusals)
        with self._refused(UserError, r"17\(3\)\(e\)"):
            erasure.action_erase()
        self._close_case()
        self.env["collection.legal.hold"].with_user(self.manager).create(
            {"partner_id": self.debtor.id, "reason": "Lawsuit"}
        )
        with self._refused(UserError, "legal hold"):
            self._ask().action_erase()
        self.assertTrue(call.statement)

    def test_only_managers_and_only_with_a_reason(self):
        self._hold_call()
        self._close_case()
        with self._refused(AccessError, ""):
            self._ask(user=self.collector)
        with self._refused(UserError, "Say who asked"):
            self._ask(reason=" ").action_erase()
        retention = self.env["collection.retention"]
        with self._refused(AccessError, "Only a collection manager"):
            retention.with_user(self.collector)._erase(
                self.debtor, self.company, PURPOSES, "Because"
            )
        other = self.setup_other_company()["company"]
        with self._refused(AccessError, "no access"):
            retention.with_user(self.manager)._erase(
                self.debtor, other, PURPOSES, "Because"
            )

    def test_letters_stay_as_long_as_the_law_has_us_keep_them(self):
        plan = self._agree()
        letter = plan.letter_ids
        self.assertTrue(letter.body)
        self._close_case()
        self.assertEqual(plan.state, "completed")
        self._ask().action_erase()
        self.env.invalidate_all()
        self.assertTrue(letter.body)
        erasure = self._ask(include_by_law=True)
        self.assertIn("Letters", erasure.consequences)
        erasure.action_erase()
        self.env.invalidate_all()
        self.assertFalse(letter.body or letter.subject)
        self.assertEqual(plan.amount_total, 1000)

    def test_of_a_contact_goes_what_this_person_said(self):
        mine = self._hold_call(contact_id=self.contact.id)
        others = self._hold_call(statement="Said by somebody else")
        self._close_case()
        self._ask(self.contact).action_erase()
        self.env.invalidate_all()
        self.assertFalse(mine.statement)
        self.assertEqual(others.statement, "Said by somebody else")

    def test_the_dialog_belongs_to_who_opened_it(self):
        erasure = self._ask()
        colleague = self._create_user("group_collection_manager", login="colleague")
        with self._refused(AccessError, ""):
            erasure.with_user(colleague).read(["reason"])


@tagged("post_install", "-at_install")
class TestCollectionPersonalData(RetentionCommon, HttpCase):
    def _gather(self, partner=None, user=None):
        partner = (partner or self.debtor).with_user(user or self.manager)
        return partner._get_collection_personal_data()

    def test_a_person_is_told_everything(self):
        call = self._hold_call(claim_ids=self._as_claims(self.invoice))
        call.with_user(self.collector).message_post(
            body="He was angry",
            attachments=[("photo.txt", b"x")],
        )
        self._agree()
        data = self._gather()
        text = json.dumps(data, ensure_ascii=False)
        for told in ("The roof leaks", "He was angry", "photo.txt", call.name):
            self.assertIn(told, text)
        models = {s["model"] for s in data["companies"][0]["sections"]}
        self.assertLessEqual(
            {
                "collection.case",
                "collection.call",
                "collection.call.claim",
                "collection.plan",
                "collection.plan.event",
                "collection.plan.letter",
                "collection.plan.installment",
            },
            models,
        )
        self.assertEqual(len(data["companies"][0]["keeping"]), len(PURPOSES))

    def test_a_person_is_told_how_long_it_is_kept(self):
        self.company.collection_retention_said = 1
        self.company.collection_retention_numbers = 18
        self.company.collection_retention_letters = 0
        [told] = self._gather()["companies"]
        kept = {row["purpose"]: row["kept"] for row in told["keeping"]}
        self.assertEqual(kept["What Was Said"], "One month after the matter was closed")
        numbers = kept["Phone Numbers and Addresses"]
        self.assertEqual(numbers, "18 months after the matter was closed")
        self.assertEqual(kept["Letters and E-Mails"], "No period was set")

    def test_a_person_is_told_what_they_asked_for_and_what_was_sent(self):
        rights = self.env["collection.contact.right"].with_user(self.collector)
        monday = {"weekday": "0", "hour_from": 14, "hour_to": 16}
        rights.create(
            [
                {
                    "kind": "hours",
                    "wording": "Monday afternoon",
                    "hours_ids": [Command.create(monday)],
                    "partner_id": self.debtor.id,
                },
                {
                    "kind": "no_email",
                    "wording": "Everywhere",
                    "partner_id": self.debtor.id,
                    "company_id": False,
                },
            ]
        )
        self.env["collection.contact.log"].sudo().create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "channel": "email",
                "document": "reminder",
            }
        )
        [company] = self._gather()["companies"]
        sections = {section["model"]: section for section in company["sections"]}
        wishes = json.dumps(sections["collection.contact.right"])
        self.assertIn("Monday afternoon", wishes)
        self.assertIn("Everywhere", wishes)
        [hours] = sections["collection.contact.hours"]["records"]
        self.assertIn("14.0", [field["text"] for field in hours["fields"]])
        [written] = sections["collection.contact.log"]["records"]
        self.assertIn("Reminder", [field["text"] for field in written["fields"]])

    def test_it_is_told_in_the_persons_language(self):
        self._keep(0, said=6)
        self.debtor.lang = "fr_FR"
        self._hold_call()
        [company] = self._gather()["companies"]
        call = next(s for s in company["sections"] if s["model"] == "collection.call")
        labels = {f["name"]: f["label"] for f in call["records"][0]["fields"]}
        french = self.env["collection.call"].with_user(self.manager)
        french = french.with_context(lang="fr_FR")
        self.assertEqual(
            labels["statement"], french.fields_get(["statement"])["statement"]["string"]
        )

    def test_it_is_for_managers_of_the_company(self):
        self._hold_call()
        with self._refused(AccessError, "Only a collection manager"):
            self._gather(user=self.collector)
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_manager", other)
        text = json.dumps(self._gather(user=stranger), ensure_ascii=False)
        self.assertNotIn("The roof leaks", text)

    def test_of_a_contact_it_tells_what_this_person_said(self):
        self._hold_call(contact_id=self.contact.id)
        self._hold_call(statement="Said by somebody else")
        text = json.dumps(self._gather(self.contact), ensure_ascii=False)
        self.assertIn("The roof leaks", text)
        self.assertNotIn("somebody else", text)

    def test_it_is_printed(self):
        self._hold_call()
        report = self.env["ir.actions.report"].with_user(self.manager)
        name = "collection_calls.report_personal_data"
        html, _kind = report._render_qweb_html(name, self.debtor.ids)
        self.assertIn("The roof leaks", html.decode())
        with self._refused(AccessError, "is for"):
            report.with_user(self.collector)._render_qweb_html(name, self.debtor.ids)

    def test_it_is_a_pdf(self):
        """With the wkhtmltopdf of the machine, whatever build it is."""
        self._hold_call()
        rights = self.env["collection.contact.right"].with_user(self.collector)
        rights.create(
            {
                "kind": "no_calls",
                "wording": "Write to me instead",
                "partner_id": self.debtor.id,
            }
        )
        self.env["ir.config_parameter"].set_param("report.url", NOWHERE)
        reports = self.env["ir.actions.report"].with_user(self.manager)
        reports = reports.with_context(force_report_rendering=True)
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            pdf, kind = reports._render_qweb_pdf(
                "collection_calls.report_personal_data", self.debtor.ids
            )
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(pdf)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for told in ("The roof leaks", "Write to me instead", self.debtor.name):
            self.assertIn(told, text)

    def test_a_signature_is_told_as_its_image(self):
        plan = self._agree()
        image = io.BytesIO()
        Image.new("RGB", (60, 20), "navy").save(image, "PNG")
        png = base64.b64encode(image.getvalue())
        signed = {"signer_name": "Eva Weber", "signature": png, "channel": "portal"}
        plan.sudo()._note_answer("accepted", signed)
        [company] = self._gather()["companies"]
        sections = {section["model"]: section for section in company["sections"]}
        [acceptance] = sections["collection.acceptance"]["records"]
        told = {field["name"]: field["value"] for field in acceptance["fields"]}
        self.assertEqual(told["signature"], png.decode())
        self.assertEqual(told["signer_name"], "Eva Weber")
        links = {
            f["name"] for s in sections.values() for f in s["records"][0]["fields"]
        }
        self.assertNotIn("access_token", links, "who has it may sign")
        self.env["ir.config_parameter"].set_param("report.url", NOWHERE)
        reports = self.env["ir.actions.report"].with_user(self.manager)
        reports = reports.with_context(force_report_rendering=True)
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            pdf, _kind = reports._render_qweb_pdf(
                "collection_calls.report_personal_data", self.debtor.ids
            )
        pages = PdfReader(io.BytesIO(pdf)).pages
        self.assertEqual(sum(len(page.images) for page in pages), 1)

    def test_it_is_downloaded(self):
        self._hold_call()
        action = self.debtor.with_user(self.manager).action_download_collection_data()
        self.manager.password = "a-long-password"
        self.env.cr.flush()
        self.authenticate(self.manager.login, "a-long-password")
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("The roof leaks", answer.text)
        self.assertEqual(answer.json()["person"], self.debtor.display_name)
        self.assertIn("no-store", answer.headers["Cache-Control"])
        with self._refused(AccessError, ""):
            self.debtor.with_user(self.collector).action_download_collection_data()


@tagged("post_install", "-at_install")
class TestCollectionRetentionProof(RetentionCommon):
    """Secrets are planted wherever they can stand; then the database is searched."""

    secret = "Xq7Geheimnis"
    number = "2312 ?5099"  # of a telephone, however it is written

    def _plant(self):
        """Everything that can be recorded of the debtor, and a secret in each text."""
        claims = [self._create_claim(100, days_overdue=30) for _number in range(3)]
        secret = self.secret
        call = self._log(
            outcome=self.no_commitment,
            contact_id=self.contact.id,
            verified_by="address",
            statement=secret,
            phone="030 23125099",
            reason_id=self.env.ref("collection_calls.collection_reason_no_money").id,
            claim_ids=self._as_claims(self.invoice),
            next_call_date=False,
        )
        call.answer_ids[0].answer_text = secret
        call.action_done()
        cancelled = self._hold_call(statement=secret)
        cancelled.with_user(self.manager).action_cancel(secret)
        promise = self._promise(claims[0])
        plan = self._agree(claims[1])
        page = plan.with_user(self.env.ref("base.user_root"))
        day = self.company._get_collection_today()
        page._request_day(day, words=secret, contact=self.contact)
        page._request_correction("030 23125099", words=secret, contact=self.contact)
        self._plant_page(call, page)
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": claims[2].id,
                    "reason_id": self.env.ref(
                        "collection_calls.collection_reason_quality"
                    ).id,
                    "statement": secret,
                    "call_id": call.id,
                }
            )
        )
        tracked = {"tracking_disable": False, "mail_notrack": False}
        dispute.with_context(**tracked).action_reject(secret)
        self.env.cr.flush()
        person = self.contact.with_user(self.collector).with_context(**tracked)
        for phone in ("+49 30 23125099", "+49 30 23125043"):
            person.env["collection.contact.correction"]._correct(
                person, {"phone": phone}
            )
            self.env.cr.flush()
        hold = (
            self.env["collection.legal.hold"]
            .with_user(self.manager)
            .create({"partner_id": self.debtor.id, "reason": secret})
        )
        hold.action_lift()
        self._plant_confirmation(call)
        self._plant_wishes(call)
        records = [call, cancelled, promise, plan, dispute, hold, self._get_case()]
        for record in records:
            self._note(record)
        self._note(self.contact)
        self._track(dispute, "resolution", secret)
        self._track(self.contact, "phone", "+49 30 23125099")
        for move in (self.invoice, *claims):
            self._receive(move)
        self.env.cr.flush()
        return records

    def _plant_page(self, call, page):
        """A link that was sent, and what was signed and written on the page."""
        secret = self.secret
        page._note_page_event("opened")
        signed = {"signer_name": secret, "signer_role": secret, "signature": b"UE5H"}
        page._note_answer("accepted", {**signed, "ip_address": "203.0.113.7"})
        self.env["collection.link"].sudo().create(
            {
                "call_id": call.id,
                "contact_id": self.contact.id,
                "address": f"{secret}@mueller.example",
                "channel": "email",
                "token_digest": "0" * 64,
                "date_expiry": Datetime.now(),
            }
        )
        self.env["collection.answer"].sudo().create(
            {
                "plan_id": page.id,
                "partner_id": page.partner_id.id,
                "company_id": page.company_id.id,
                "subject": secret,
                "text": secret,
                "email_from": f"{secret}@mueller.example",
                "message_key": "0" * 64,
                "date": Datetime.now(),
            }
        )

    def _plant_confirmation(self, call):
        """What was sent, with a file, and what was printed to be posted."""
        file = self.env["ir.attachment"].create(
            {
                "name": f"{self.secret}.txt",
                "raw": f"{self.secret} confirmed".encode(),
                "res_model": "mail.template",
            }
        )
        template = self.env.ref("collection_calls.mail_template_call_confirmation")
        template.attachment_ids = file
        self.contact.email = "weber@mueller.example"
        call._confirm()
        template.attachment_ids = False
        file.unlink()
        self.env.cr.flush()
        self.assertTrue(call.confirmation_body and call.confirmation_subject)
        self.assertEqual(call.confirmation_attachment_ids.name, f"{self.secret}.txt")

    def _plant_wishes(self, call):
        """Wishes that were taken back, also one that counted in all companies."""
        secret = self.secret
        told = {"wording": secret, "said_by": secret, "partner_id": self.debtor.id}
        rights = self.env["collection.contact.right"].with_user(self.collector)
        monday = {"weekday": "0", "hour_from": 14, "hour_to": 16}
        wishes = rights.create(
            [
                {
                    "kind": "not_at_number",
                    "number": "030 23125099",
                    "call_id": call.id,
                    "company_id": self.company.id,
                    **told,
                },
                {
                    "kind": "hours",
                    "hours_ids": [Command.create(monday)],
                    "company_id": self.company.id,
                    **told,
                },
                {
                    "kind": "no_contact",
                    "contact_id": self.contact.id,
                    "company_id": False,
                    **told,
                },
            ]
        )
        wishes.with_user(self.manager).action_end(secret)
        return wishes

    def _track(self, record, name, value):
        """A tracked change on the last note of the collector."""
        messages = self.env["mail.message"].sudo()
        self.env["mail.tracking.value"].sudo().create(
            {
                "mail_message_id": messages.search(
                    [
                        ("model", "=", record._name),
                        ("res_id", "=", record.id),
                        ("author_id", "=", self.collector.partner_id.id),
                        ("subtype_id", "=", self.env.ref("mail.mt_note").id),
                    ],
                    limit=1,
                ).id,
                "field_id": self.env["ir.model.fields"]._get(record._name, name).id,
                "new_value_char": value,
            }
        )

    def _note(self, record):
        """A note with a file, an e-mail to the debtor, a file and an activity."""
        noted = record.with_user(self.collector)
        if record._name == "collection.legal.hold":
            noted = record.with_user(self.manager)
        if record._name == "res.partner":
            noted = noted.sudo()  # as somebody who edits contacts, too
        secret = self.secret

        noted.message_post(
            body=secret,
            subject=secret,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachments=[(f"{secret}.txt", f"{secret} {record}".encode())],
        )
        if record._name == "res.partner":
            return
        self.env["ir.attachment"].sudo().create(
            {
                "name": f"{secret}.txt",
                "raw": f"{secret} of {record}".encode(),
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        noted.message_post(
            body=secret,
            subject=secret,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.debtor.ids,
            mail_auto_delete=False,
        )
        record.sudo().message_post(
            body=secret,
            message_type="email",
            email_from=f"{secret} <weber@mueller.example>",
            author_id=False,
        )
        if "activity_ids" in record._fields:
            for is_done in (False, True):
                activity = record.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    note=secret,
                    summary=secret,
                    user_id=self.collector.id,
                )
                if is_done:
                    activity.action_feedback(feedback=secret)

    def _plant_by_registry(self):
        """A secret in every text field of every model that holds some."""
        self.env.flush_all()
        debtors = self.debtor.ids
        scope = Scope(self.company.id, debtors)
        for model, holder in self.retention._get_holders().items():
            rows = self.env.execute_query(
                self.retention._select_records(model, holder, scope)
            )
            self.assertTrue(rows, f"No {model} is planted: prove that it is emptied")
            table = self.env[model]._table
            for name in holder.texts:
                planted = f"{self.secret} {name}"
                if self.env[model]._fields[name].type == "json":
                    planted = json.dumps(planted)
                self.env.cr.execute(
                    f'UPDATE "{table}" SET "{name}" = %s WHERE id = ANY(%s)',
                    [planted, [row[0] for row in rows]],
                )
        for table in ("mail_mail", "mail_notification"):
            self.env.cr.execute(
                f"""
                UPDATE {table} SET failure_reason = %s
                  FROM mail_message m
                 WHERE m.id = mail_message_id AND m.model LIKE 'collection.%%'
                """,
                [self.secret],
            )
            self.assertTrue(self.env.cr.rowcount)
        self.env.invalidate_all()
        # What was planted past the addon is what the chain knows of.
        links = self.env["collection.chain.link"]
        for model in links._get_chained_models():
            links._seal(self.env[model].sudo().search([]), "first")

    def _find(self, pattern):
        """Where a text stands in the database: columns of all tables."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT columns.table_name,
                   columns.column_name,
                   CASE WHEN data_type = 'bytea'
                        THEN format('encode(%I, ''escape'')', column_name)
                        ELSE format('%I::text', column_name)
                   END
              FROM information_schema.columns
              JOIN information_schema.tables USING (table_schema, table_name)
             WHERE table_schema = current_schema
               AND table_type = 'BASE TABLE'
               AND data_type IN
                   ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'bytea')
            """
        )
        columns = {}
        for table, column, text in self.env.cr.fetchall():
            columns.setdefault(table, {})[column] = text
        # Copies for screens that are open: Odoo deletes them the next day.
        columns.pop("bus_bus", None)
        # Odoo's own lists of who isn't called, which count for everybody who writes.
        columns.pop("phone_blacklist", None)
        found = []
        for table, texts in columns.items():
            hits = ", ".join(f"bool_or({text} ~ %s)" for text in texts.values())
            self.env.cr.execute(f'SELECT {hits} FROM "{table}"', [pattern] * len(texts))
            [row] = self.env.cr.fetchall()
            found += [(table, n) for n, hit in zip(texts, row, strict=True) if hit]
        return sorted(set(found))

    def test_nothing_is_left_and_figures_events_and_chain_stand(self):
        records = self._plant()
        self._plant_by_registry()
        self._chain_up()
        planted = {table for table, _column in self._find(self.secret)}
        self.assertLessEqual(
            {
                "collection_call",
                "collection_call_answer",
                "collection_case",
                "collection_contact_right",
                "collection_dispute",
                "collection_legal_hold",
                "collection_plan_event",
                "collection_plan_letter",
                "collection_promise",
                "ir_attachment",
                "mail_activity",
                "mail_mail",
                "mail_message",
                "mail_notification",
                "mail_tracking_value",
            },
            planted,
        )
        self.assertIn(("mail_tracking_value", "new_value_char"), self._find("23125099"))
        figures = self._read_figures(records)
        files = self._get_files()
        self.assertTrue(files)
        self._keep(12)
        self._empty_on(date(2027, 9, 10))
        self.assertEqual(self._find(self.secret), [])
        self.assertEqual(self._find(self.number), [])
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertEqual([path for path in files if path.exists()], [])
        self.assertEqual(self._read_figures(records), figures)
        self._assert_wishes_are_shown()
        self._chain_up()
        check = self.env["collection.chain.check"].with_user(self.manager)
        check = check.browse(check.action_check()["res_id"])
        self.assertEqual(check.finding_ids.mapped("description"), [])
        self.assertGreater(check.link_count, 0)
        # What goes once can't be put back unnoticed.
        self.env.cr.execute(
            "UPDATE collection_call SET statement = %s WHERE id = %s",
            [self.secret, records[0].id],
        )
        self.env.invalidate_all()
        check = check.browse(check.action_check()["res_id"])
        self.assertEqual(check.finding_count, 1)

    def test_a_person_is_told_every_text(self):
        """Whatever the registry says is somebody's is in the report."""
        self._plant()
        self._plant_by_registry()
        data = self.debtor.with_user(self.manager)._get_collection_personal_data()
        [company] = data["companies"]
        told = {section["model"]: str(section) for section in company["sections"]}
        count = 0
        for model, holder in self.retention._get_holders().items():
            self.assertIn(model, told)
            for name in holder.texts:
                with self.subTest(f"{model}.{name}"):
                    self.assertIn(f"{self.secret} {name}", told[model])
                    count += 1
        self.assertGreater(count, 40)

    def test_nothing_is_left_after_an_erasure(self):
        self._plant()
        self._plant_by_registry()
        self._chain_up()
        erasure = self.env["collection.erasure"].with_user(self.manager)
        erasure = erasure.create(
            {
                "partner_id": self.debtor.id,
                "reason": "Letter of 9 March",
                "include_by_law": True,
            }
        )
        erasure.action_erase()
        self.assertEqual(self._find(self.secret), [])
        self.assertEqual(self._find(self.number), [])

    def _assert_wishes_are_shown(self):
        """Emptied wishes open wherever they are shown, and can't count again."""
        wishes = self.env["collection.contact.right"].with_user(self.manager)
        wishes = wishes.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(len(wishes), 3)
        for wish in wishes:
            self.assertFalse(wish.number or wish.number_e164 or wish.blacklisted)
            self.assertTrue(wish.sentence and wish.display_name)
        self.assertEqual(wishes.hours_ids.mapped("weekday"), ["0"])
        for view in ("list", "form"):
            arch = wishes.get_view(view_type=view)
            specification = {name: {} for name in arch["models"][wishes._name]}
            wishes.web_read(specification)
        wishes.sudo()._validate_fields(["partner_id", "call_id", "date_from"])

    def test_a_wish_that_stands_keeps_its_number(self):
        """Else nobody could keep to it; what was said goes."""
        self._keep(12)
        self._hold_call()
        rights = self.env["collection.contact.right"].with_user(self.collector)
        wish = rights.create(
            {
                "kind": "not_at_number",
                "number": "030 23125099",
                "wording": self.secret,
                "partner_id": self.debtor.id,
            }
        )
        self._close_case()
        self._empty_on(NEXT_YEAR)
        self.assertFalse(wish.wording)
        self.assertEqual(wish.number_e164, "+493023125099")
        self.assertTrue(wish.sudo().blacklisted)
        erasure = self.env["collection.erasure"].with_user(self.manager)
        vals = {"partner_id": self.debtor.id, "reason": "Letter of 9 March"}
        erasure.create(vals).action_erase()
        self.env.invalidate_all()
        self.assertTrue(wish.number)
        listed = self.env["phone.blacklist"]
        number = [("number", "=", "+493023125099")]
        self.assertTrue(listed.search(number))
        wish.with_user(self.manager).action_end(self.secret)
        self.assertFalse(listed.search(number))
        erasure.create(vals).action_erase()
        self.env.invalidate_all()
        self.assertFalse(wish.number or wish.number_e164 or wish.sudo().blacklisted)
        self.assertEqual(self._find(self.secret), [])

    def test_what_counts_in_all_companies_goes_with_the_last_one(self):
        self._keep(12)
        self._hold_call()
        rights = self.env["collection.contact.right"].with_user(self.collector)
        vals = {"kind": "no_email", "wording": self.secret, "company_id": False}
        wish = rights.create({"partner_id": self.debtor.id, **vals})
        self._close_case()
        other = self.setup_other_company()["company"]
        cases = self.env["collection.case"].sudo()
        elsewhere = cases._get_or_create(self.debtor, other)
        elsewhere.situation = "to_call"
        self._empty_on(NEXT_YEAR)
        self.assertTrue(wish.wording)
        elsewhere.situation = "closed"
        hold = self.env["collection.legal.hold"].sudo()
        hold = hold.create(
            {
                "partner_id": self.debtor.id,
                "company_id": other.id,
                "reason": "Lawsuit",
            }
        )
        self._empty_on(NEXT_YEAR + timedelta(31))
        self.assertTrue(wish.wording)
        hold.action_lift()
        self._empty_on(NEXT_YEAR + timedelta(62))
        self.assertFalse(wish.wording)

    def _chain_up(self):
        self.env.cr.flush()
        self._run_cron("ir_cron_chain_evidence")
        self.env.invalidate_all()

    def _get_files(self):
        """Where the planted files are on the disk."""
        attachments = self.env["ir.attachment"].sudo()
        found = attachments.search(
            [("name", "=like", f"{self.secret}%"), ("res_field", "=", False)]
        )
        return [Path(found._full_path(each.store_fname)) for each in found]

    def _read_figures(self, records):
        """What is no text: states, days, amounts, counts and what belongs to what."""
        self.env.invalidate_all()
        kept = []
        for record in records:
            names = [
                name
                for name, field in record._fields.items()
                if field.store
                and field.type
                in ("date", "datetime", "float", "monetary", "selection", "many2one")
                and not name.startswith(("write_", "message_", "activity_"))
            ]
            kept.append(record.sudo().read(names, load=""))
        plans = self.env["collection.plan.event"].sudo()
        events = plans.search([("company_id", "=", self.company.id)])
        kept.append(events.read(["kind", "date", "amount", "user_id", "plan_id"]))
        return kept
