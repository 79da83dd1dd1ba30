"""What collectors did as a workbook, compared with calls and promises."""

from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import TODAY, CollectionCallsWorkbookCommon


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
        self.company.collection_backdating_days = 60
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
