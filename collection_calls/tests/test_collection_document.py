"""What debtors get on paper: in their language, with every amount, day and clause."""

from datetime import date, timedelta

from lxml import html

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsPlanCommon

IBAN = "DE02 1203 0000 0000 2020 51"
WORDS = {
    "en_US": {
        "total": "1,000.00",
        "part": "250.00",
        "today": "Tuesday, March 10, 2026",
        "first": "Friday, March 20, 2026",
        "last": "Saturday, June 20, 2026",
        "late": "Tuesday, March 24, 2026",
        "clause": "the whole rest falls due at once",
        "slip": "How to pay",
        "due": "02/08/2026",
        "promised": "03/14/2026",
    },
    "de_DE": {
        "total": "1.000,00",
        "part": "250,00",
        "today": "Dienstag, 10. März 2026",
        "first": "Freitag, 20. März 2026",
        "last": "Samstag, 20. Juni 2026",
        "late": "Dienstag, 24. März 2026",
        "clause": "wird der gesamte Restbetrag sofort fällig",
        "slip": "So zahlen Sie",
        "due": "08.02.2026",
        "promised": "14.03.2026",
    },
    "fr_FR": {
        "total": "1 000,00",
        "part": "250,00",
        "today": "mardi 10 mars 2026",
        "first": "vendredi 20 mars 2026",
        "last": "samedi 20 juin 2026",
        "late": "mardi 24 mars 2026",
        "clause": "la totalité du solde devient immédiatement exigible",
        "slip": "Comment payer",
        "due": "08/02/2026",
        "promised": "14/03/2026",
    },
}


class CollectionDocumentCommon(CollectionCallsPlanCommon):
    """A debtor without an e-mail address, and an account to pay to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"email": False, "street": "Bauhof 3", "city": "Berlin"})
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": IBAN,
                "partner_id": cls.company.partner_id.id,
                "company_id": cls.company.id,
            }
        )
        cls.invoice.partner_bank_id = cls.bank

    def _render(self, report, records, user=None, **context):
        """The text of a document, on one line."""
        reports = self.env["ir.actions.report"].with_user(user or self.collector)
        page, _kind = reports.with_context(**context)._render_qweb_html(
            f"collection_calls.{report}", records.ids
        )
        return " ".join(html.fromstring(page.decode()).text_content().split())

    def _assert_says(self, text, language, names, *more):
        """Check that a text has these :data:`WORDS`, and more."""
        for part in [WORDS[language][name] for name in names] + list(more):
            self.assertIn(part, text, language)


@tagged("post_install", "-at_install")
class TestLettersOfPlans(CollectionDocumentCommon):
    def _write_all(self, language):
        """A plan that went through everything, and its letters by kind."""
        self.debtor.lang = language
        self.invoice = self._create_claim(
            1000, days_overdue=30, partner_bank_id=self.bank.id
        )
        plan = self._plan(self.invoice)
        plan.action_offer()
        self._activate(plan)
        self._run_on(date(2026, 3, 24))
        self.assertEqual(plan.state, "accelerated")
        with self._at("2026-03-24"):
            plan.with_user(self.manager).action_reinstate("A misunderstanding")
            self.env.cr.flush()
        letters = plan.letter_ids.grouped("kind")
        return plan, {kind: letters[kind] for kind in letters}

    def _assert_letters(self, language):
        plan, letters = self._write_all(language)
        always = ["slip"]
        for kind, names in {
            "offer": ["total", "part", "first", "last", "clause", "today"],
            "agreement": ["total", "part", "first", "last", "clause", "today"],
            "acceleration": ["total", "clause"],
            "reinstatement": ["total", "part", "last", "clause"],
        }.items():
            text = self._render("report_plan_letter", letters[kind])
            self._assert_says(
                text,
                language,
                names + always,
                plan.name,
                IBAN,
                self.debtor.name,
                self.company.name,
            )

    def test_english(self):
        self._assert_letters("en_US")

    def test_german(self):
        self._assert_letters("de_DE")

    def test_french(self):
        self._assert_letters("fr_FR")

    def test_notice(self):
        for language, days in {
            "en_US": "within 10 days",
            "de_DE": "innerhalb von 10 Tagen",
            "fr_FR": "10 jours",
        }.items():
            self.debtor.lang = language
            move = self._create_claim(1000, 30, partner_bank_id=self.bank.id)
            plan = self._agree(move, rule=self.business)
            self._run_on(date(2026, 3, 26))
            notice = self._get_letters(plan, "notice")
            text = self._render("report_plan_letter", notice)
            self._assert_says(
                text, language, ["part", "total", "first", "slip"], days, IBAN
            )

    def test_slip_asks_for_what_was_due(self):
        plan, letters = self._write_all("en_US")
        asked = {
            kind: letter._get_payment_slips()[0]["payments"][0]["amount"]
            for kind, letter in letters.items()
        }
        self.assertEqual(
            asked,
            {
                "offer": 250,
                "agreement": 250,
                "acceleration": 1000,
                "reinstatement": 250,
            },
        )
        (payment,) = letters["offer"]._get_payment_slips()[0]["payments"]
        self.assertEqual(payment["reference"], plan.name)

    def test_slip_and_text_name_the_same_account(self):
        """That of the invoice, whatever other accounts the company has."""
        self.env["res.partner.bank"].create(
            {
                "acc_number": "FIRST-1",
                "sequence": -1,
                "partner_id": self.company.partner_id.id,
                "company_id": self.company.id,
            }
        )
        plan = self._agree()
        text = self._render("report_plan_letter", plan.letter_ids)
        self.assertNotIn("FIRST-1", text)
        self.assertEqual(text.count(IBAN), 2)

    def test_a_copy_bears_the_day_of_the_post(self):
        plan = self._agree()
        letter = plan.letter_ids
        with self._at("2026-03-12"):
            text = self._render("report_plan_letter", letter)
            self.assertIn("Thursday, March 12, 2026", text)
            letter.with_user(self.collector).action_mark_posted()
        with self._at("2026-04-22"):
            text = self._render("report_plan_letter", letter)
            self.assertIn("Thursday, March 12, 2026", text)
            self.assertNotIn("Wednesday, April 22, 2026", text)


@tagged("post_install", "-at_install")
class TestLetterOfPromise(CollectionDocumentCommon):
    def test_in_three_languages(self):
        for language in WORDS:
            self.debtor.lang = language
            move = self._create_claim(1000, 30, partner_bank_id=self.bank.id)
            call = self._log(
                outcome=self.env.ref(
                    "collection_calls.collection_call_outcome_promise"
                ),
                verified_by="address",
                claim_ids=self._as_claims(move),
                promise_ids=[
                    Command.create(
                        {
                            "date_promised": date(2026, 3, 14),
                            "line_ids": self._get_line_commands(
                                move._get_collection_claims(), 400
                            ),
                        }
                    )
                ],
            )
            call.action_done()
            text = self._render("report_call_letter", call)
            self._assert_says(
                text,
                language,
                ["total", "today", "due", "promised", "slip"],
                "400",
                move.payment_reference,
                IBAN,
            )
            self.assertNotIn(WORDS[language]["clause"], text)


@tagged("post_install", "-at_install")
class TestPlanAgreement(CollectionDocumentCommon):
    def test_in_three_languages(self):
        for language in WORDS:
            self.debtor.lang = language
            move = self._create_claim(1000, 30, partner_bank_id=self.bank.id)
            plan = self._agree(move)
            text = self._render("report_plan_agreement", plan)
            self._assert_says(
                text,
                language,
                ["total", "part", "today", "first", "last", "clause", "slip", "due"],
                plan.name,
                move.name,
                IBAN,
                self.debtor.name,
                self.company.name,
            )

    def test_draft_says_so(self):
        plan = self._plan(self.invoice)
        self.assertIn("DRAFT", self._render("report_plan_agreement", plan))
        plan.action_offer()
        self.assertNotIn("DRAFT", self._render("report_plan_agreement", plan))

    def test_who_signs(self):
        plan = self._plan(self.invoice, contact_id=self.contact.id)
        text = self._render("report_plan_agreement", plan)
        self.assertIn("represented by Frau Weber", text)
        self.assertIn(f"signature of the creditor {self.company.name}", text)
        self.assertIn(f"signature of the debtor {self.debtor.name}", text)
        self.assertIn("You acknowledge that you owe us", text)

    def test_down_payment_comes_first(self):
        plan = self._plan(
            self.invoice, count=3, down_payment=100, date_down_payment=TODAY
        )
        parts = plan._get_agreement_installments()
        self.assertEqual([part["number"] for part in parts], [0, 1, 2, 3])
        self.assertEqual([part["amount"] for part in parts], [100, 300, 300, 300])
        self.assertIn("Down payment", self._render("report_plan_agreement", plan))

    def test_says_what_was_agreed_whatever_was_paid(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        self.env.cr.flush()
        self.assertEqual(plan.amount_paid, 250)
        parts = plan._get_agreement_installments()
        self.assertEqual([part["amount"] for part in parts], [250] * 4)
        with self._at("2026-04-01"):
            text = self._render("report_plan_agreement", plan)
        self.assertIn("owe us $ 1,000.00, open on Tuesday, March 10, 2026", text)

    def test_offered_where_there_is_something_to_sign(self):
        report = self.env.ref("collection_calls.action_report_plan_agreement")
        reports = report.with_user(self.collector)
        plan = self._plan(self.invoice)
        for state, is_offered in {
            "draft": True,
            "active": True,
            "cancelled": False,
        }.items():
            plan.sudo().state = state
            self.env.flush_all()
            valid = reports.get_valid_action_reports(plan._name, plan.ids)
            self.assertEqual(report.id in valid, is_offered, state)


@tagged("post_install", "-at_install")
class TestCallSheet(CollectionDocumentCommon):
    def _get_case(self):
        self.env.cr.flush()
        return (
            self.env["collection.case"]
            .with_user(self.collector)
            .search([("partner_id", "=", self.debtor.id)])
        )

    def test_says_what_the_dossier_says(self):
        self.debtor.ref = "C4711"
        self.contact.function = "Accounting"
        self._promise(self.invoice, 400)
        text = self._render("report_case_sheet", self._get_case())
        for part in (
            "CONFIDENTIAL",
            self.debtor.name,
            "C4711",
            "Frau Weber",
            "Accounting",
            "+49 30 23125043",
            self.invoice.name,
            "02/08/2026",
            "30 days",
            "$ 1,000.00",
            "1–30 Days",
            "PTP/",
            "3 Understand",
        ):
            self.assertIn(part, text)

    def test_in_the_language_of_the_collector(self):
        self.debtor.lang = "fr_FR"
        case = self._get_case()
        self.assertIn("02/08/2026", self._render("report_case_sheet", case))
        text = self._render("report_case_sheet", case, lang="de_DE")
        self.assertIn("08.02.2026", text)
        self.assertIn("1.000,00", text)

    def test_cuts_what_doesnt_fit(self):
        for number in range(9):
            self._create_claim(100 + number, days_overdue=10)
        case = self._get_case()
        sheet = case._get_sheet()
        self.assertEqual((len(sheet["claims"]), sheet["claim_count"]), (7, 10))
        self.assertIn("… and 3 more", self._render("report_case_sheet", case))

    def test_ages_and_credits_add_up_to_what_is_overdue(self):
        """At the rate of today, whatever a payment was worth when it was booked."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        past = TODAY - timedelta(days=5)
        self.env["res.currency.rate"].sudo().create(
            [
                {
                    "currency_id": euro.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
                for day, rate in ((past, 0.8), (TODAY, 0.5))
            ]
        )
        self._receive_on_account(100, past, currency_id=euro.id)
        case = self._get_case()
        sheet = case._get_sheet()
        self.assertEqual(sheet["credits"], -200)
        claimed = sum(amount for _title, amount in sheet["aging"])
        self.assertEqual(claimed + sheet["credits"], case.overdue_amount)

    def test_what_is_full_leaves_fewer_lines_for_notes(self):
        case = self._get_case()
        empty = case._get_sheet()
        full = {
            **empty,
            "contacts": range(5),
            "claims": range(7),
            "history": range(7),
            "commitments": range(5),
        }
        self.assertGreater(case._count_note_lines(empty), case._count_note_lines(full))
        self.assertGreaterEqual(case._count_note_lines(full), 4)

    def test_what_is_against_a_call(self):
        case = self._get_case()
        case.action_hold("hardship", "Flood damage")
        text = self._render("report_case_sheet", case)
        self.assertIn("On hold: Flood damage", text)
