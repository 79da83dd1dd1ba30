"""The call list as a workbook, opened again and compared with the database."""

import os
import tempfile
from datetime import timedelta
from tempfile import TemporaryDirectory
from unittest.mock import patch

from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.packager import Packager

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..report.workbook import collection_workbook
from ..report.workbook.collection_workbook_call_list import CASE_FIELDS
from ..report.workbook.xlsx import sheet as writer
from .common import FEW, HEAD, MANY, TODAY, CollectionCallsWorkbookCommon

NASTY = ("=cmd|' /C calc'!A0", "+49 30 1234", "-1+1", "@SUM(A1)", "http://example.com")


@tagged("post_install", "-at_install")
class TestWorkbookCallList(CollectionCallsWorkbookCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_debtor("Dupont & Fils", phone="+33 1 23 45 67 89")
        for age in (1, 30, 31, 60, 61, 90, 91, 200):
            cls._create_claim(10.01 * age, age, cls.other)
        cls.in_euro = cls._create_claim(500, 20, currency_id=cls.euro.id)
        cls._create_claim(70, -20, cls.other)
        cls.env.cr.flush()
        cls.cases = cls._get_case() | cls._get_case(cls.other)

    def test_every_cell_of_a_case(self):
        self._speak_on(TODAY - timedelta(days=3))
        _formulas, book = self._write("call.list", cases=self.cases)
        rows = self._get_rows(book["Call List"])
        by_debtor = {row["Debtor"]: row for row in rows}
        self.assertEqual(len(rows), 2)
        for case in self.cases.with_context(tz="Europe/Berlin"):
            row = by_debtor[case.partner_id.display_name]
            self._assert_says(row, case, CASE_FIELDS)
        priorities = [row["Priority"] for row in rows]
        self.assertEqual(priorities, sorted(priorities, reverse=True))

    def test_claims_add_up_to_the_cases(self):
        self._promise(self.invoice, 400)
        self._dispute(100, self._create_claim(300, 12, self.other))
        self._plan(self._create_claim(900, 40, self.other))
        self._receive(self.in_euro, 120, currency_id=self.euro.id)
        self._receive_on_account(77)
        self.env.cr.flush()
        _formulas, book = self._write("call.list", cases=self.cases)
        rows = self._get_rows(book["Claims"])
        for case in self.cases:
            mine = [r for r in rows if r["Debtor"] == case.partner_id.display_name]
            amounts = [row["Open in USD"] for row in mine]
            self.assertAlmostEqual(sum(amounts), case.overdue_amount, 6)
            overdue = [row["Invoice"] for row in mine if row["Age"] != "Credit"]
            self.assertEqual(len(overdue), case.overdue_count)
            for name in "bucket_1_30", "bucket_31_60", "bucket_61_90", "bucket_over_90":
                label = case._fields[name]._description_string(case.env)
                of_age = [r["Open in USD"] for r in mine if r["Age"] == label]
                self.assertAlmostEqual(sum(of_age), case[name], 6, name)
            held = [
                row["Open in USD"]
                for row in mine
                if row["Held Back By"] in ("Promised", "On Plan")
            ]
            self.assertAlmostEqual(sum(held), case.protected_amount, 6)
        self.assertIn("Disputed", [row["Held Back By"] for row in rows])

    def test_every_cell_of_a_claim(self):
        _formulas, book = self._write("call.list", cases=self.cases)
        rows = {row["Invoice"]: row for row in self._get_rows(book["Claims"])}
        items = (self.env["account.move.line"]).search(
            self.env["account.move.line"]._get_collection_overdue_domain(self.company)
        )
        self.assertEqual(len(rows), len(items))
        for item in items:
            row = rows[item.move_id.name]
            self.assertEqual(row["Debtor"], item.partner_id.display_name)
            self.assertEqual(row["Invoice Date"].date(), item.move_id.invoice_date)
            self.assertEqual(row["Due Date"].date(), item.date_maturity)
            self.assertEqual(row["Days Overdue"], (TODAY - item.date_maturity).days)
            self.assertEqual(row["Currency"], item.currency_id.name)
            self.assertAlmostEqual(row["Invoiced"], item.amount_currency, 6)
            self.assertAlmostEqual(row["Open"], item.amount_residual_currency, 6)
            worth = item.currency_id._convert(
                item.amount_residual_currency, self.dollar, self.company, TODAY
            )
            self.assertAlmostEqual(row["Open in USD"], worth, 6)

    def test_currencies_are_never_summed_up(self):
        formulas, book = self._write("call.list", cases=self.cases)
        totals = self._get_totals(book["Claims"])
        rows = self._get_rows(book["Claims"])
        self.assertIsNone(totals["Total"]["Open"])
        worth = sum(row["Open in USD"] for row in rows)
        self.assertAlmostEqual(totals["Total"]["Open in USD"], worth, 6)
        self.assertEqual(totals["Total EUR"]["Open"], 500)
        dollars = sum(r["Open"] for r in rows if r["Currency"] == "USD")
        self.assertAlmostEqual(totals["Total USD"]["Open"], dollars, 6)
        texts = self._get_totals(formulas["Claims"])
        self.assertTrue(texts["Total"]["Open in USD"].startswith("=SUBTOTAL(109,"))
        self.assertIn('"EUR"', texts["Total EUR"]["Open"])

    def test_aging_is_a_formula_over_the_claims(self):
        self._receive_on_account(77)
        self.env.cr.flush()
        formulas, book = self._write("call.list", cases=self.cases)
        rows = self._get_rows(book["Aging"])
        claims = self._get_rows(book["Claims"])
        for row in rows:
            of_age = [c["Open in USD"] for c in claims if c["Age"] == row["Age"]]
            self.assertEqual(row["Items"], len(of_age))
            self.assertAlmostEqual(row["Open"], sum(of_age), 6)
        self.assertEqual(len(rows), 5)
        self.assertEqual((rows[4]["Age"], rows[4]["Open"]), ("Credit", -77))
        self.assertAlmostEqual(sum(row["Share"] or 0 for row in rows), 1)
        total = self._get_totals(book["Aging"])["Total"]["Open"]
        self.assertAlmostEqual(total, sum(self.cases.mapped("overdue_amount")), 6)
        text = self._get_cell(formulas["Aging"], "Open").value
        self.assertRegex(text, r"^=SUMIF\('?Claims'?!\$F\$6:\$F\$\d+,A6,")
        self.assertEqual(len(formulas["Aging"]._charts), 1)

    def test_layout(self):
        formulas, _book = self._write("call.list", cases=self.cases)
        for sheet in formulas:
            self.assertEqual(sheet.freeze_panes, f"B{HEAD + 1}")
            self.assertTrue(sheet.auto_filter.ref.startswith(f"A{HEAD}:"))
            self.assertTrue(sheet.sheet_properties.pageSetUpPr.fitToPage)
            self.assertEqual(sheet.print_title_rows, f"${HEAD}:${HEAD}")
            self.assertEqual(sheet["A1"].value, self.company.name)
        sheet = formulas["Call List"]
        money = self._get_cell(sheet, "Overdue").number_format
        self.assertEqual(money, '"$"\\ #,##0.00;-"$"\\ #,##0.00;"–"')
        day = self._get_cell(sheet, "Next Call")
        self.assertEqual((day.number_format, day.is_date), ("mm/dd/yyyy", True))
        euro = [
            self._get_cell(formulas["Claims"], "Open", row).number_format
            for row in range(HEAD + 1, HEAD + 12)
            if self._get_cell(formulas["Claims"], "Currency", row).value == "EUR"
        ]
        self.assertEqual(euro, ['#,##0.00\\ "€";-#,##0.00\\ "€";"–"'])
        ages = [
            rule.formula
            for cells in sheet.conditional_formatting
            for rule in cells.rules
        ]
        self.assertIn(["90"], ages)

    def test_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "de_DE"
        formulas, _book = self._write("call.list", cases=self.cases)
        labels = [cell.value for cell in formulas.worksheets[0][HEAD]]
        german = self.env["collection.case"].with_context(lang="de_DE")
        for name in "overdue_amount", "user_id":
            self.assertIn(german._fields[name]._description_string(german.env), labels)
        at = labels.index(
            german._fields["next_call_date"]._description_string(german.env)
        )
        day = formulas.worksheets[0].cell(HEAD + 1, at + 1)
        self.assertEqual(day.number_format.replace("\\", ""), "dd.mm.yyyy")

    def test_statements_depend_on_batches_alone(self):
        for number in range(MANY):
            self._create_claim(10 + number, 40, self._create_debtor(f"D {number}"))
        self.env.cr.flush()
        everybody = self.env["collection.case"].search(
            [("partner_id.name", "=like", "D %")]
        )
        self.assertEqual(len(everybody), MANY)
        counts = []
        for cases in everybody[:FEW], everybody[:FEW], everybody:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._write("call.list", cases=cases)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_batches_follow_each_other(self):
        whole = self._write("call.list", cases=self.cases)[1]
        self.patch(collection_workbook, "BATCH", 1)
        parts = self._write("call.list", cases=self.cases)[1]
        for sheet in whole:
            self.assertEqual(
                list(sheet.values), list(parts[sheet.title].values), sheet.title
            )

    def test_more_rows_than_excel_has(self):
        self.patch(writer, "MOST_ROWS", HEAD + 1)
        with self._refused(UserError, "can't hold that many rows"):
            self._write("call.list", cases=self.cases)

    def test_nothing_is_left_behind(self):
        """Neither when it went well nor when it went wrong, however late."""
        folder = self.enterContext(TemporaryDirectory())
        self.patch(tempfile, "tempdir", folder)
        self._write("call.list", cases=self.cases)
        self.assertFalse(os.listdir(folder))
        broken = patch.object(Packager, "_write_styles_file", side_effect=OSError)
        full = patch.object(writer, "MOST_ROWS", HEAD + 1)
        for failure, error in (broken, FileCreateError), (full, UserError):
            with failure, self.assertRaises(error):
                self._write("call.list", cases=self.cases)
            self.assertFalse(os.listdir(folder), error)

    def test_text_stays_text(self):
        for number, name in enumerate(NASTY):
            self._create_claim(10, 20 + number, self._create_debtor(name))
        for name in "A\x07B\x1b[31m_x0041_", "<r>bold</r>":
            self._create_claim(10, 20, self._create_debtor(name))
        self.env.cr.flush()
        cases = self.env["collection.case"].search(
            [("company_id", "=", self.company.id)]
        )
        formulas, _book = self._write("call.list", cases=cases)
        found = {cell.value: cell for cell in formulas["Call List"]["A"]}
        for name in NASTY:
            self.assertIn(found[name].data_type, ("s", "inlineStr"), name)
            self.assertIsNone(found[name].hyperlink)
        # Excel takes _x005F_ for an underscore; openpyxl leaves it as it is.
        self.assertIn("AB[31m_x005F_x0041_", found)
        self.assertIn("<r>bold</r> ", found)
