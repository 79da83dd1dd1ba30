"""Statements and installment plans as workbooks, compared with the database."""

from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..report.workbook import collection_workbook_plans as plans
from ..report.workbook import collection_workbook_statement as statement
from .common import TODAY, CollectionCallsWorkbookCommon


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
        _formulas, book = self._write("statement", debtor=self.debtor, with_notes=True)
        [row] = self._get_rows(book["Promises"])
        self._assert_says(row, promise, statement.PROMISE_FIELDS)
        rows = self._get_rows(book["Installment Plans"])
        for row, part in zip(rows, plan.installment_ids, strict=True):
            self._assert_says(row, part, statement.PART_FIELDS)
        rows = {row["Number"]: row for row in self._get_rows(book["Calls"])}
        self._assert_says(rows[call.name], call, statement.CALL_FIELDS)
        self.assertEqual(rows[call.name]["What Was Said"], "Paid on Friday")

    def test_calls_say_what_their_outcome_was_called(self):
        call = self._speak_on(TODAY - timedelta(days=3))
        self.assertEqual(call.state, "done")
        before = call.outcome_id.name
        call.outcome_id.sudo().name = "Renamed"
        self.env.cr.flush()
        _formulas, book = self._write("statement", debtor=self.debtor, with_notes=True)
        [row] = self._get_rows(book["Calls"])
        self.assertEqual(row["Outcome"], before)

    def test_long_notes_and_control_characters(self):
        notes = ("x" * 40_000, "😀" * 20_000, "a\x00b\x0bc\r\nd".replace("\x00", ""))
        calls = [
            self._speak_on(TODAY - timedelta(days=day), statement=note)
            for day, note in enumerate(notes, 1)
        ]
        formulas, _book = self._write("statement", debtor=self.debtor, with_notes=True)
        rows = {row["Number"]: row for row in self._get_rows(formulas["Calls"])}
        said = [rows[call.name]["What Was Said"] for call in calls]
        self.assertEqual(said[0], "x" * 32_766 + "…")
        self.assertTrue(said[1].endswith("…"))
        for text in said:
            self.assertLessEqual(len(text.encode("utf-16-le")) // 2, 32_767)
        self.assertEqual(said[2], "abc\nd")

    def test_totals_of_nothing(self):
        """A formula never sums up its own cell: Excel would complain about a circle."""
        debtor = self._create_debtor("Owes nothing")
        formulas, book = self._write("statement", debtor=debtor)
        for sheet in formulas:
            self.assertFalse(self._get_rows(book[sheet.title]))
            for cell in sheet["A6":"Z9"]:
                for one in cell:
                    self.assertNotIn(f"{one.coordinate}:", str(one.value), sheet.title)
        totals = self._get_totals(book["Claims"])
        self.assertEqual(totals["Total"]["Open"], 0)

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
            self.assertEqual(row["Installments Due"], len(due))
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

    def test_statements_do_not_depend_on_the_number_of_plans(self):
        plans = self.env["collection.plan"].union(
            *(
                self._plan(self._create_claim(100, 9, self._create_debtor(f"D {n}")))
                for n in range(12)
            )
        )
        counts = []
        for some in plans[:3], plans[:3], plans:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._write("plans", plans=some)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_none_is_running(self):
        draft = self._plan(self.invoice, activate=False)
        with self._refused(UserError, "None of these plans is running"):
            self._write("plans", plans=draft)
