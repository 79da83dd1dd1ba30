import io
from datetime import timedelta
from unittest.mock import patch

from pypdf import PdfReader

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

from .common import TODAY, CollectionCallsLedger, CollectionCallsWizardCommon

REPORT = "collection_calls.report_call_letter"


@tagged("post_install", "-at_install")
class TestCollectionLetter(CollectionCallsWizardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.debtor.write({"street": "Bauhof 3", "zip": "10115", "city": "Berlin"})
        cls.contact.write({"email": False, "street": "Weg 1", "zip": "10117"})
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "DE02120300000000202051",
                "partner_id": cls.company.partner_id.id,
                "company_id": cls.company.id,
            }
        )
        cls.in_euro = cls._create_claim(500, 20, currency_id=cls.euro.id)

    def _hold(self, promised=0):
        wizard = self._go_to("close")
        call = wizard.call_id
        if promised:
            self._promise(call, promised)
        wizard.outcome_id = self.no_commitment
        wizard.action_done()
        return call

    def _promise(self, call, amount):
        claim = self.invoice._get_collection_claims()
        self.env["collection.promise"].with_user(self.collector).create(
            {
                "call_id": call.id,
                "date_promised": TODAY + timedelta(days=4),
                "line_ids": [{"move_line_id": claim.id, "amount": amount}],
            }
        )

    def _render(self, call):
        reports = self.env["ir.actions.report"].with_user(self.collector)
        return reports._render_qweb_html(REPORT, call.ids)[0].decode()

    def test_address_of_the_person_in_the_company(self):
        call = self._hold()
        self.assertEqual(
            call._get_letter_address()[:4],
            ["Müller Bau GmbH", "Frau Weber", "Weg 1", "10117 Berlin"],
        )
        self.contact.type = "other"  # has an address of its own, or none
        self.contact.write({"street": False, "zip": False, "city": False})
        self.debtor.street = "Bauhof 3"
        self.assertEqual(
            call._get_letter_address()[:4],
            ["Müller Bau GmbH", "Frau Weber", "Bauhof 3", "10117 Berlin"],
        )

    def test_letter_says_all_that_matters(self):
        text = self._render(self._hold(promised=400))
        for part in (
            "Müller Bau GmbH",
            "Frau Weber",
            "Tuesday, March 10, 2026",
            "We spoke about",
            self.invoice.name,
            "1,000.00",
            "400.00",
            "03/14/2026",
            self.collector.name,
            self.company.name,
            self.invoice.payment_reference,
            self.in_euro.payment_reference,
            "DE02120300000000202051",
        ):
            self.assertIn(part, text)

    def test_letter_in_the_language_of_the_debtor(self):
        call = self._hold()
        for language, day, line in (
            ("de_DE", "Dienstag, 10. März 2026", "Wir haben über"),
            ("fr_FR", "mardi 10 mars 2026", "Nous avons parlé de"),
        ):
            self.contact.lang = language
            text = self._render(call)
            self.assertIn(day, text)
            self.assertIn(line, text)

    def test_payment_slip(self):
        call = self._hold(promised=400)
        (slip,) = call._get_payment_slips()
        self.assertEqual(slip["bank"], self.bank)
        payments = {row["reference"]: row for row in slip["payments"]}
        ours = payments[self.invoice.payment_reference]
        euro = payments[self.in_euro.payment_reference]
        self.assertEqual((ours["amount"], euro["amount"]), (400, 500))

    def test_qr_code_where_the_account_has_one(self):
        """With or without the libraries that Odoo draws with."""
        call = self._hold()
        bank = type(self.bank)
        code = {"barcode_type": "QR", "value": "BCD", "width": 128, "height": 128}
        with (
            patch.object(
                bank, "_get_available_qr_methods", lambda self: [("x", "X", 1)]
            ),
            patch.object(
                bank, "_get_qr_code_generation_params", lambda self, **vals: code
            ),
        ):
            self.assertIn("qr_codes", self._render(call))
            reports = self.registry["ir.actions.report"]
            with patch.object(reports, "barcode", side_effect=OSError):
                (slip,) = call._get_payment_slips()
        for payment in slip["payments"]:
            self.assertIn("data:image/svg+xml;base64,", payment["qr"])

    def test_what_is_paid_is_not_asked_for(self):
        call = self._hold()
        self._pay(self.invoice, 1000)
        (slip,) = call._get_payment_slips()
        (payment,) = slip["payments"]
        self.assertEqual(payment["reference"], self.in_euro.payment_reference)
        self.assertEqual([row["open"] for row in call._get_letter_claims()], [0, 500])

    def test_what_is_disputed_is_not_asked_for(self):
        call = self._hold()
        self.env["collection.dispute"].with_user(self.collector).create(
            {
                "move_id": self.invoice.id,
                "amount": 300,
                "reason_id": self.env.ref(
                    "collection_calls.collection_reason_quality"
                ).id,
            }
        )
        (slip,) = call._get_payment_slips()
        self.assertEqual([row["amount"] for row in slip["payments"]], [700, 500])

    def test_without_a_bank_account(self):
        call = self._hold()
        self.bank.sudo().active = False
        (self.invoice | self.in_euro).partner_bank_id = False
        (slip,) = call._get_payment_slips()
        self.assertFalse(slip["bank"])
        self.assertIn(self.invoice.payment_reference, self._render(call))


@tagged("post_install", "-at_install")
class TestCollectionLetterPdf(CollectionCallsLedger, AccountTestInvoicingHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_ledger()

    def test_letter_is_one_page_in_every_language(self):
        reports = self.env["ir.actions.report"].with_user(self.collector)
        if reports.get_wkhtmltopdf_state() == "install":
            self.skipTest("wkhtmltopdf is not installed")
        moves = [self._create_claim(100 + count, 30) for count in range(6)]
        claims = moves[0].union(*moves)._get_collection_claims()
        call = self._log(
            outcome=self.env.ref(
                "collection_calls.collection_call_outcome_no_commitment"
            ),
            verified_by="address",
            claim_ids=[Command.create({"move_line_id": claim.id}) for claim in claims],
        )
        call.action_done()
        for language in "en_US", "de_DE", "fr_FR":
            self.debtor.lang = language
            pdf, kind = reports.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(REPORT, call.ids)
            self.assertEqual(kind, "pdf")
            (page,) = PdfReader(io.BytesIO(pdf)).pages
            # Builds of wkhtmltopdf without a patched Qt leave no text to search in.
            self.assertGreater(len(page.get_contents().get_data()), 5000, language)
