"""Every workbook opened again and compared with the database."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytz
from openpyxl.utils.cell import range_boundaries

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..report import (
    collection_workbook,
    workbook,
)
from ..report import collection_workbook_plans as plans
from ..report import collection_workbook_statement as statement
from ..report.collection_workbook_call_list import CASE_FIELDS
from .common import TODAY, CollectionCallsAccountant, CollectionCallsCaseCommon

HEAD = 5  # the row of the labels
NASTY = ("=cmd|' /C calc'!A0", "+49 30 1234", "-1+1", "@SUM(A1)", "http://example.com")


class CollectionCallsWorkbookCommon(
    CollectionCallsAccountant, CollectionCallsCaseCommon
):
    """Workbooks are written by the collector and read with openpyxl."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.dollar = cls.company.currency_id

    def _write(self, kind, user=None, company=None, **asked):
        """The file, as openpyxl reads formulas, and as it reads their values."""
        model = self.env[f"collection.workbook.{kind}"].with_user(
            user or self.collector
        )
        file = io.BytesIO()
        model._write_file(file, company or self.company, **asked)
        return (
            openpyxl.load_workbook(file),
            openpyxl.load_workbook(file, data_only=True),
        )

    def _get_rows(self, sheet):
        """The rows of a sheet as dictionaries by label, totals left out."""
        labels = [cell.value for cell in sheet[HEAD]]
        last = range_boundaries(sheet.auto_filter.ref)[3]
        return [
            dict(zip(labels, row, strict=True))
            for row in sheet.iter_rows(HEAD + 1, last, values_only=True)
            if any(value is not None for value in row)
        ]

    def _get_totals(self, sheet):
        """The rows below: {label: {label of the column: value}}"""
        labels = [cell.value for cell in sheet[HEAD]]
        last = range_boundaries(sheet.auto_filter.ref)[3]
        rows = sheet.iter_rows(last + 1, values_only=True)
        return {row[0]: dict(zip(labels, row, strict=True)) for row in rows if row[0]}

    def _get_cell(self, sheet, label, row=HEAD + 1):
        labels = [cell.value for cell in sheet[HEAD]]
        return sheet.cell(row, labels.index(label) + 1)

    def _assert_says(self, row, record, names):
        """Each cell says what its field does."""
        zone = pytz.timezone("Europe/Berlin")
        for name in names:
            field, value = record._fields[name], record[name]
            label = field._description_string(record.env)
            if field.type == "many2one":
                value = value.name if name == "currency_id" else value.display_name
            elif field.type == "selection":
                value = dict(field._description_selection(record.env)).get(value)
            elif field.type == "datetime" and value:
                value = pytz.utc.localize(value).astimezone(zone).replace(tzinfo=None)
            elif field.type == "date" and value:
                value = datetime.combine(value, datetime.min.time())
            elif field.type == "boolean":
                value = "Yes" if value else None
            elif field.type in ("float", "monetary"):
                self.assertAlmostEqual(row[label], value, 6, name)
                continue
            empty = 0 if field.type == "integer" else None
            self.assertEqual(row[label], value or empty, name)


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
        formulas, book = self._write("call.list", cases=self.cases)
        rows = self._get_rows(book["Aging"])
        claims = self._get_rows(book["Claims"])
        for row in rows:
            of_age = [c["Open in USD"] for c in claims if c["Age"] == row["Age"]]
            self.assertEqual(row["Claims"], len(of_age))
            self.assertAlmostEqual(row["Open"], sum(of_age), 6)
        self.assertEqual(len(rows), 4)
        self.assertAlmostEqual(sum(row["Share"] for row in rows), 1)
        text = self._get_cell(formulas["Aging"], "Open").value
        self.assertRegex(text, r"^=SUMIF\('?Claims'?!\$F\$6:\$F\$\d+,A6,")
        self.assertEqual(len(formulas["Aging"]._charts), 1)

    def test_layout(self):
        formulas, _book = self._write("call.list", cases=self.cases)
        for sheet in formulas:
            self.assertEqual(sheet.freeze_panes, f"B{HEAD + 1}")
            self.assertTrue(sheet.auto_filter.ref.startswith(f"A{HEAD}:"))
            self.assertEqual(sheet.page_setup.fitToWidth, 1)
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
        self.env["res.lang"]._activate_lang("de_DE")
        self.env.ref("base.module_collection_calls")._update_translations(["de_DE"])
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
        for number in range(50):
            self._create_claim(10 + number, 40, self._create_debtor(f"D {number}"))
        self.env.cr.flush()
        everybody = self.env["collection.case"].search(
            [("partner_id.name", "=like", "D %")]
        )
        self.assertEqual(len(everybody), 50)
        counts = []
        for cases in everybody[:5], everybody[:5], everybody:
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
        self.patch(workbook, "MOST_ROWS", HEAD + 1)
        with self._refused(UserError, "can't hold that many rows"):
            self._write("call.list", cases=self.cases)

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


@tagged("post_install", "-at_install")
class TestWorkbookStatement(CollectionCallsWorkbookCommon):
    def test_claims_credits_and_what_is_not_due(self):
        self._create_claim(70, -20)
        self._receive_on_account(150)
        accelerated = self._create_claim(60, 10)
        self._create_claim(33, 30, self._create_debtor("Someone else"))
        self.env.cr.flush()
        _formulas, book = self._write("statement", debtor=self.debtor)
        rows = self._get_rows(book["Claims"])
        overdue = [row for row in rows if row["Days Overdue"]]
        self.assertEqual([row["Open"] for row in overdue], [1000, 60])
        words = {row["Age"]: row["Open"] for row in rows if not row["Days Overdue"]}
        self.assertEqual(words, {"Not due yet": 70, "Credit": -150})
        credits = -words["Credit"]
        case = self._get_case()
        worth = sum(row["Open in USD"] for row in overdue) - credits
        self.assertAlmostEqual(worth, case.overdue_amount)
        self.assertIn(accelerated.name, [row["Invoice"] for row in rows])
        self.assertEqual(self._get_totals(book["Claims"])["Total"]["Open"], 980)

    def test_promises_schedule_and_calls(self):
        promise = self._promise(self.invoice, 400)
        plan = self._plan(self._create_claim(900, 40))
        call = self._speak_on(TODAY - timedelta(days=3), statement="Paid on Friday")
        self.env.cr.flush()
        _formulas, book = self._write("statement", debtor=self.debtor)
        [row] = self._get_rows(book["Promises"])
        self._assert_says(row, promise, statement.PROMISE_FIELDS)
        rows = self._get_rows(book["Installment Plans"])
        for row, part in zip(rows, plan.installment_ids, strict=True):
            self._assert_says(row, part, statement.PART_FIELDS)
        rows = {row["Number"]: row for row in self._get_rows(book["Calls"])}
        self._assert_says(rows[call.name], call, statement.CALL_FIELDS)
        self.assertEqual(rows[call.name]["What Was Said"], "Paid on Friday")

    def test_long_notes_and_control_characters(self):
        notes = ("x" * 40_000, "😀" * 20_000, "a\x00b\x0bc\r\nd".replace("\x00", ""))
        calls = [
            self._speak_on(TODAY - timedelta(days=day), statement=note)
            for day, note in enumerate(notes, 1)
        ]
        formulas, _book = self._write("statement", debtor=self.debtor)
        rows = {row["Number"]: row for row in self._get_rows(formulas["Calls"])}
        said = [rows[call.name]["What Was Said"] for call in calls]
        self.assertEqual(said[0], "x" * 32_766 + "…")
        self.assertTrue(said[1].endswith("…"))
        for text in said:
            self.assertLessEqual(len(text.encode("utf-16-le")) // 2, 32_767)
        self.assertEqual(said[2], "abc\nd")

    def test_nothing_of_another_company(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(77, 30, company_id=other.id)
        _formulas, book = self._write("statement", debtor=self.debtor)
        self.assertEqual([r["Open"] for r in self._get_rows(book["Claims"])], [1000])


@tagged("post_install", "-at_install")
class TestWorkbookPlans(CollectionCallsWorkbookCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_debtor("Dupont & Fils")
        cls.in_euro = cls._create_claim(300, 5, cls.other, currency_id=cls.euro.id)

    def test_plans_and_schedules(self):
        one = self._plan(self.invoice, 3)
        draft = self._plan(self._create_claim(50, 10), activate=False)
        two = self._plan(self.in_euro, 2, start=3)
        self._receive(self.invoice, 400)
        self.env.cr.flush()
        formulas, book = self._write("plans", plans=one | two | draft)
        rows = {r["Number"]: r for r in self._get_rows(book["Installment Plans"])}
        self.assertEqual(set(rows), {one.name, two.name})
        for plan in one | two:
            self._assert_says(rows[plan.name], plan, plans.PLAN_FIELDS)
        parts = (one | two).installment_ids.sorted(lambda p: (p.date_due, p.id))
        rows = self._get_rows(book["Schedules"])
        for row, part in zip(rows, parts, strict=True):
            self._assert_says(row, part, plans.SCHEDULE_FIELDS)
        totals = self._get_totals(book["Installment Plans"])
        self.assertEqual(totals["Total EUR"]["Left to Pay"], 300)
        self.assertEqual(totals["Total USD"]["Left to Pay"], 600)
        texts = self._get_totals(formulas["Installment Plans"])
        self.assertIn("SUMIF(", texts["Total EUR"]["Left to Pay"])

    def test_forecast_by_week_and_currency(self):
        one = self._plan(self.invoice, 3)
        two = self._plan(self.in_euro, 2, start=3)
        self.env.cr.flush()
        with self._at(TODAY + timedelta(days=12)):  # a Sunday; two are late
            formulas, book = self._write("plans", plans=one | two)
        rows = self._get_rows(book["Forecast"])
        parts = (one | two).installment_ids
        for row in rows:
            first, last = row["From"], row["Until"].date()
            first = first.date() if first else date.min
            due = parts.filtered(lambda p, a=first, b=last: a <= p.date_due <= b)
            for currency in self.dollar, self.euro:
                mine = due.filtered(lambda p, c=currency: p.currency_id == c)
                amount = sum(mine.mapped("amount_residual"))
                self.assertAlmostEqual(row[currency.name], amount)
            self.assertEqual(row["Installments"], len(due))
        self.assertIsNone(rows[0]["From"])
        self.assertEqual(rows[0]["Until"].date(), TODAY + timedelta(days=11))
        self.assertEqual(rows[1]["From"].date(), TODAY + timedelta(days=12))
        self.assertEqual(rows[1]["Until"], rows[1]["From"], "a Sunday")
        self.assertEqual(sum(row["USD"] for row in rows), 1000)
        self.assertEqual(sum(row["EUR"] for row in rows), 300)
        self.assertEqual(self._get_totals(book["Forecast"])["Total"]["EUR"], 300)
        text = self._get_cell(formulas["Forecast"], "EUR").value
        self.assertRegex(text, r"^=SUMIFS\('?Schedules'?!\$H\$6")
        self.assertEqual(len(formulas["Forecast"]._charts), 2)

    def test_none_is_running(self):
        draft = self._plan(self.invoice, activate=False)
        with self._refused(UserError, "None of these plans is running"):
            self._write("plans", plans=draft)


@tagged("post_install", "-at_install")
class TestWorkbookPerformance(CollectionCallsWorkbookCommon):
    def _fill(self, **asked):
        period = {"date_from": date(2026, 1, 1), "date_to": TODAY, **asked}
        return self._write("performance", self.manager, **period)

    def test_calls_of_each_collector_and_month(self):
        self._call_on(date(2025, 12, 31))
        self._call_on(date(2026, 2, 3))
        spoken = self._speak_on(date(2026, 2, 4))
        spoken.sudo()._write_closed({"date_end": spoken.date_start + timedelta(0, 90)})
        self._call_on(date(2026, 3, 2))
        self.env.cr.flush()
        formulas, book = self._fill()
        rows = self._get_rows(book["Calls"])
        months = [(r["Month"].date(), r["Calls"], r["Minutes"]) for r in rows]
        self.assertEqual(months, [(date(2026, 2, 1), 2, 1.5), (date(2026, 3, 1), 1, 0)])
        february = rows[0]
        self.assertEqual(february["Collector"], self.collector.name)
        self.assertEqual(february["Right-Party Contacts"], 1)
        self.assertEqual(february["Reached"], 0.5)
        self.assertEqual(self._get_cell(formulas["Calls"], "Reached").value[:4], "=IF(")
        [row] = self._get_rows(book["Collector Performance"])
        self.assertEqual((row["Calls"], row["Right-Party Contacts"]), (3, 1))
        total = self._get_totals(book["Calls"])["Total"]
        self.assertEqual((total["Calls"], total["Minutes"]), (3, 1.5))
        self.assertAlmostEqual(total["Reached"], 1 / 3)

    def test_month_is_the_companys(self):
        """Half past eleven in the evening in London is March in Berlin."""
        moment = datetime(2026, 2, 28, 23, 30)
        self._log(
            date_start=moment, date_end=moment, next_call_date=False
        ).action_done()
        _formulas, book = self._fill(date_from=date(2026, 3, 1))
        [row] = self._get_rows(book["Calls"])
        self.assertEqual(row["Month"].date(), date(2026, 3, 1))

    def test_promises_by_verdict_and_currency(self):
        kept = self._promise(self._create_claim(200, 5))
        broken = self._promise(self.invoice, 600)
        euro = self._create_claim(300, 5, currency_id=self.euro.id)
        still_open = self._promise(euro)
        mistake = self._promise(self._create_claim(40, 5))
        mistake.with_user(self.manager).action_void("Mistake")
        self._receive(kept.line_ids.move_id, 200)
        self.env.cr.flush()
        later = TODAY + timedelta(days=20)
        self._evaluate_on(broken, later)
        with self._at(later):
            _formulas, book = self._fill(date_to=later)
        rows = {r["Currency"]: r for r in self._get_rows(book["Promises"])}
        self.assertEqual(set(rows), {"EUR", "USD"})
        self.assertEqual((rows["EUR"]["Promises"], rows["EUR"]["Promised"]), (1, 300))
        self.assertEqual(still_open.state, "open")
        self.assertFalse(rows["EUR"]["Kept (Number)"])
        row = rows["USD"]
        self.assertEqual((row["Promises"], row["Promised"]), (2, 800))
        self.assertEqual((row["Kept"], row["Partly Kept"], row["Broken"]), (1, 0, 1))
        self.assertEqual(row["Kept (Number)"], 0.5)
        self.assertEqual(row["Expected by Then"], 800)
        self.assertEqual(row["Received by Then"], 200)
        self.assertEqual(row["Kept (Amount)"], 0.25)
        totals = self._get_totals(book["Promises"])
        self.assertEqual(totals["Total"]["Promises"], 3)
        self.assertIsNone(totals["Total"]["Kept (Amount)"], "currencies differ")
        self.assertEqual(totals["Total USD"]["Kept (Amount)"], 0.25)

    def test_nothing_happened(self):
        _formulas, book = self._fill()
        self.assertFalse(self._get_rows(book["Calls"]))
        self.assertFalse(self._get_totals(book["Promises"])["Total"]["Promises"])
