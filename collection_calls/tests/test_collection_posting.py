"""Letters to post: one list for calls and plans, printed into one PDF."""

import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import MANY, TODAY, CollectionCallsPlanCommon

NOWHERE = "http://127.0.0.1:9"  # no style sheet: the text can be searched


class CollectionPostingCommon(CollectionCallsPlanCommon):
    """Letters of a call and of a plan to debtors without an e-mail address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = False
        cls.other = cls._create_debtor("Zweite GmbH", lang="en_US")
        cls.other_invoice = cls._create_claim(300, 20, partner=cls.other)
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )
        cls.env["collection.plan.letter"].sudo().search([]).is_obsolete = True

    def _confirm_call(self, **vals):
        call = self._log(
            outcome=self.no_commitment,
            partner=self.other,
            verified_by="address",
            claim_ids=self._as_claims(self.other_invoice),
            **vals,
        )
        call.action_done()
        call._confirm()
        return call

    def _get_postings(self, user=None):
        self.env.flush_all()
        return (
            self.env["collection.posting"]
            .with_user(user or self.collector)
            .search([("partner_id", "in", (self.debtor | self.other).ids)])
        )


@tagged("post_install", "-at_install")
class TestCollectionPosting(CollectionPostingCommon):
    def test_letters_of_calls_and_of_plans(self):
        call = self._confirm_call()
        plan = self._agree(contact_id=self.contact.id)
        rows = {row.reference: row for row in self._get_postings()}
        self.assertEqual(set(rows), {call.name, plan.name})
        of_call, of_plan = rows[call.name], rows[plan.name]
        self.assertEqual((of_call.kind, of_plan.kind), ("call", "agreement"))
        self.assertEqual((of_call.date, of_plan.date), (TODAY, TODAY))
        self.assertEqual(of_call.contact_id, self.other)
        self.assertEqual(of_plan.contact_id, self.contact)
        self.assertEqual(of_call.lang, "en_US")
        self.assertEqual(of_call.company_id, self.company)
        self.assertEqual(of_call.confirmation_state, "to_send")
        self.assertEqual(of_call.action_open_source()["res_id"], call.id)
        self.assertEqual(of_plan.action_open_source()["res_id"], plan.id)

    def test_what_was_just_written(self):
        """Nothing is read that waits to be written."""
        self._confirm_call()
        self._get_postings()
        self.other.lang = False
        postings = self.env["collection.posting"].with_user(self.collector)
        mine = [("partner_id", "=", self.other.id)]
        self.assertEqual(len(postings.search(mine)), 1)
        self.assertFalse(postings.search([*mine, ("lang", "=", "en_US")]))

    def test_day_on_the_calendar_of_the_company(self):
        """Half past midnight in Berlin is the day before in UTC."""
        with self._at("2026-03-09", "23:30"):
            self._confirm_call()
        self.assertEqual(self._get_postings().date, TODAY)

    def test_only_what_waits(self):
        by_mail = self._confirm_call()
        with self._at("2026-03-11"):
            cancelled = self._confirm_call()
            cancelled.with_user(self.manager).action_cancel("Logged by mistake")
        self.other.email = "office@zweite.example"
        by_mail.action_resend_confirmation()
        dropped = self._agree()
        dropped.with_user(self.manager).action_cancel("A mistake")
        self.assertFalse(self._get_postings())

    def test_posted(self):
        call = self._confirm_call()
        letter = self._agree().letter_ids
        postings = self._get_postings()
        self.assertEqual(len(postings), 2)
        postings.action_mark_posted()
        self.assertEqual(call.confirmation_state, "posted")
        self.assertEqual(letter.confirmation_state, "posted")
        self.assertEqual(letter.confirmation_date, TODAY)
        self.assertFalse(self._get_postings())
        for action in "action_mark_posted", "action_print":
            with self._refused(UserError, "don't wait any more"):
                getattr(postings, action)()

    def test_printed_is_noted(self):
        call = self._confirm_call()
        posting = self._get_postings()
        self.assertFalse(posting.print_date)
        action = posting.action_print()
        self.assertEqual(action["report_name"], "collection_calls.report_posting")
        self.assertEqual(call.confirmation_print_date, TODAY)
        self.assertEqual(self._get_postings().print_date, TODAY)
        self.assertEqual(call.confirmation_state, "to_send")

    def test_a_copy_for_the_files_is_not_noted(self):
        call = self._confirm_call()
        call.with_user(self.collector).action_mark_posted()
        call.with_user(self.collector).action_print_confirmation()
        self.assertFalse(call.confirmation_print_date)

    def test_send_by_email_after_all(self):
        call = self._confirm_call()
        posting = self._get_postings()
        with self._refused(UserError, "no valid e-mail address"):
            posting.action_resend_confirmation()
        self.other.email = "office@zweite.example"
        posting.action_resend_confirmation()
        self.assertEqual(call.confirmation_channel, "email")

    def test_queries_dont_grow(self):
        for number in range(MANY // 2):
            debtor = self._create_debtor(f"Debtor {number}")
            self._agree(self._create_claim(100, 20, partner=debtor), count=1)
            call = self._log(
                partner=debtor, outcome=self.no_commitment, verified_by="address"
            )
            call.action_done()
            call._confirm()
        postings = self.env["collection.posting"].sudo()
        postings = postings.search([("partner_id", "like", "Debtor ")])
        self._assert_same_queries(
            postings, ["reference", "kind", "date", "partner_id", "contact_id"]
        )

    def test_rights(self):
        self._confirm_call()
        self._agree()
        postings = self._get_postings()
        clerk = self._create_user("account.group_account_invoice")
        with self.assertRaises(AccessError):
            postings.with_user(clerk).read(["reference"])
        with self.assertRaises(AccessError):
            postings.with_user(clerk).action_mark_posted()
        for user in self.collector, self.manager:
            with self.assertRaises(AccessError):
                postings.with_user(user).write({"date": TODAY})

    def test_nothing_of_another_company(self):
        self._confirm_call()
        postings = self._get_postings()
        company = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", company)
        self.assertFalse(self._get_postings(stranger))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            postings.with_user(stranger).action_mark_posted()
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(stranger)._render_qweb_html(
                "collection_calls.report_posting", postings.ids
            )


@tagged("post_install", "-at_install")
class TestCollectionDocumentPdf(CollectionPostingCommon):
    """With the wkhtmltopdf of the machine, whatever build it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("report.url", NOWHERE)

    def setUp(self):
        super().setUp()
        self.reports = self.env["ir.actions.report"].with_user(self.collector)
        self.assertEqual(
            self.reports.get_wkhtmltopdf_state(), "ok", "these tests make PDFs"
        )

    def _print(self, report, ids):
        """The text of each page."""
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            pdf, kind = self.reports.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(f"collection_calls.{report}", ids)
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(pdf)).pages
        return [" ".join(page.extract_text().split()) for page in pages]

    def test_several_letters_in_the_order_of_the_list(self):
        call = self._confirm_call()
        plan = self._agree()
        late = self._agree(self._create_claim(777, 5, partner=self.other), count=1)
        rows = {row.reference: row for row in self._get_postings()}
        order = [late.name, call.name, plan.name]
        pages = self._print("report_posting", [rows[name].id for name in order])
        self.assertEqual(len(pages), 3)
        for page, name in zip(pages, order, strict=True):
            self.assertIn(name, page)
        self.assertIn("777.00", pages[0])
        self.assertIn("300.00", pages[1])
        self.assertIn("1,000.00", pages[2])

    def test_several_calls(self):
        calls = self._confirm_call() | self._confirm_call()
        pages = self._print("report_call_letter", calls.ids)
        self.assertEqual(len(pages), 2)
        for page, call in zip(pages, calls, strict=True):
            self.assertIn(call.name, page)

    def test_letter_and_agreement_of_a_plan(self):
        plan = self._agree()
        for report, ids in (
            ("report_plan_letter", plan.letter_ids.ids),
            ("report_plan_agreement", plan.ids),
        ):
            (page,) = self._print(report, ids)
            for part in plan.name, "1,000.00", "June 20, 2026", "falls due at once":
                self.assertIn(part, page)

    def test_long_agreement_takes_two_pages(self):
        plan = self._plan(self._create_claim(2400, 30), count=24)
        pages = self._print("report_plan_agreement", plan.ids)
        self.assertEqual(len(pages), 2)
        self.assertIn("signature of the debtor", pages[1])

    def test_full_call_sheet_is_one_page(self):
        for number in range(12):
            self._create_claim(100 + number, days_overdue=10, invoice_origin="S0001")
        for number in range(6):
            self.env["res.partner"].create(
                {
                    "name": f"Person {number}",
                    "function": "Head of Accounts Payable",
                    "parent_id": self.debtor.id,
                    "phone": f"030 2312504{number}",
                    "email": f"person{number}@mueller.example",
                }
            )
        for number in range(8):
            self._log(statement="The money comes next week. " * 6).action_done()
            move = self._create_claim(10, days_overdue=1)
            self._promise(move, 10, days=number + 1)
        self.env.cr.flush()
        cases = self.env["collection.case"].search(
            [("partner_id", "in", (self.debtor | self.other).ids)]
        )
        pages = self._print("report_case_sheet", cases.ids)
        self.assertEqual(len(pages), 2)
        for page, case in zip(pages, cases, strict=True):
            self.assertIn("CONFIDENTIAL", page)
            self.assertIn(case.partner_id.name, page)

    def test_other_reports_are_left_alone(self):
        """All records at once, as Odoo does it."""
        rendered = []

        def render(reports, report_ref, docids, data=None):
            rendered.append(docids)
            return b"<html><main><div class='article'>A</div></main></html>", "html"

        base = self.registry["ir.actions.report"]
        partners = (self.debtor | self.other).ids
        report = self.env["ir.actions.report"].create(
            {
                "name": "Partners",
                "model": "res.partner",
                "report_name": "web.report_layout",
            }
        )
        with (
            patch.object(base, "_render_qweb_html", render),
            patch.object(base, "_run_wkhtmltopdf", lambda *args, **kwargs: b""),
            patch.object(base, "_merge_pdfs", side_effect=UserError("enough")),
        ):
            for own in False, True:
                report.is_collection_document = own
                try:
                    self.reports._render_qweb_pdf_prepare_streams(
                        report.report_name, {}, partners
                    )
                except Exception:
                    self.assertFalse(own, "an empty PDF can't be split")
        self.assertEqual(rendered, [partners, partners[:1], partners[1:]])


@tagged("post_install", "-at_install")
class TestCollectionDocumentRights(CollectionPostingCommon, HttpCase):
    """Odoo hides a report from other groups, and prints it for who knows its name."""

    def _get_documents(self):
        """What a debtor's documents are made of, by report."""
        call = self._confirm_call()
        plan = self._agree()
        postings = self._get_postings()
        case = plan._get_case()
        self.env.cr.flush()
        return {
            "report_call_letter": call,
            "report_plan_letter": plan.letter_ids,
            "report_plan_agreement": plan,
            "report_posting": postings[0],
            "report_case_sheet": case,
        }

    def _fetch(self, report, record, user):
        """:return: the answer's code and text"""
        self.authenticate(user.login if user else None, user.login if user else None)
        answer = self.url_open(
            f"/report/html/collection_calls.{report}/{record.id}", timeout=60
        )
        return answer.status_code, answer.text

    def _assert_shut(self, user):
        with mute_logger("odoo.http"):
            for report, record in self._get_documents().items():
                for name in self.debtor.name, self.other.name:
                    code, text = self._fetch(report, record, user)
                    self.assertNotEqual(code, 200, report)
                    self.assertNotIn(name, text, report)

    def test_collectors(self):
        for report, record in self._get_documents().items():
            code, text = self._fetch(report, record, self.collector)
            self.assertEqual(code, 200, report)
            self.assertTrue(self.debtor.name in text or self.other.name in text, report)

    def test_invoicing_users(self):
        self._assert_shut(self._create_user("account.group_account_invoice"))

    def test_debtors_in_the_portal(self):
        self._assert_shut(self._create_user("base.group_portal"))

    def test_collectors_of_another_company(self):
        company = self.setup_other_company()["company"]
        self._assert_shut(self._create_user("group_collection_user", company))
