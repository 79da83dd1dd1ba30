"""Receivables month by month, and what is to come in: counted by hand."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import (
    TODAY,
    CollectionCallsAccountant,
    CollectionCallsCaseCommon,
    CollectionCallsPlanCommon,
)

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


@tagged("post_install", "-at_install")
class TestReceivableReport(CollectionCallsAccountant, CollectionCallsCaseCommon):
    """On 10 March 2026, with nothing but what each test bills."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice.button_draft()

    def _bill(self, amount, billed, due, **vals):
        days = (TODAY - due).days
        return self._create_claim(amount, days, invoice_date=billed, **vals)

    def _read(self, month, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["collection.receivable.report"].with_user(
            user or self.manager
        )
        return reports.search(
            [("month", "=", month), ("company_id", "=", self.company.id)]
        )

    def _assert_month(self, month, **figures):
        row = self._read(month)
        for name, figure in figures.items():
            self.assertAlmostEqual(row[name], figure, 4, name)

    def test_nothing_was_billed(self):
        self._assert_month(
            MARCH, billed_amount=0, receivable_amount=0, overdue_amount=0, dso=0
        )
        self.assertFalse(self._read(MARCH).effectiveness)

    def test_twelve_months_up_to_today(self):
        months = self.env["collection.receivable.report"].with_user(self.manager)
        rows = months.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rows), 12)
        self.assertEqual((rows[0].month, rows[0].day), (MARCH, TODAY))
        self.assertEqual(rows[1].day, date(2026, 2, 28))
        self.assertEqual(rows[-1].month, date(2025, 4, 1))

    def test_days_sales_outstanding_by_countback(self):
        """212,000 of 70,000, 80,000 and 100,000: all of the last two, 32 of 70."""
        january = self._bill(70_000, date(2026, 1, 10), date(2026, 2, 10))
        self._bill(80_000, date(2026, 2, 10), date(2026, 3, 12))
        self._bill(100_000, date(2026, 3, 2), date(2026, 4, 2))
        self._receive(january, 38_000, date(2026, 3, 3))
        days = 10 + 28 + 31 * 32 / 70
        self._assert_month(MARCH, receivable_amount=212_000, dso=days)
        self._assert_month(FEBRUARY, receivable_amount=150_000, dso=28 + 31)
        self._assert_month(JANUARY, receivable_amount=70_000, dso=31)

    def test_days_without_billing_count(self):
        self._bill(900, date(2026, 1, 10), date(2026, 2, 10))
        self._assert_month(MARCH, billed_amount=0, dso=10 + 28 + 31)

    def test_more_open_than_ever_was_billed(self):
        """An opening balance has no month to be counted against: all of them."""
        account = self.company_data["default_account_receivable"]
        other = self.company_data["default_account_revenue"]
        sides = ((account, 500, 0, self.debtor), (other, 0, 500, self.debtor))
        entry = self.env["account.move"].create(
            {
                "date": date(2021, 12, 31),
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": account.id,
                            "debit": debit,
                            "credit": credit,
                            "partner_id": partner.id,
                        },
                    )
                    for account, debit, credit, partner in sides
                ],
            }
        )
        entry.action_post()
        first = date(2023, 4, 1)
        self._assert_month(MARCH, receivable_amount=500, dso=(TODAY - first).days + 1)

    def test_collection_effectiveness(self):
        """Opened with 6,200, billed 10,890, closed with 6,340, 3,590 of it current."""
        old = self._bill(6_200, date(2026, 2, 3), date(2026, 3, 5))
        new = self._bill(7_300, date(2026, 3, 2), date(2026, 3, 9))
        self._bill(3_590, date(2026, 3, 2), date(2026, 3, 31))
        self._receive(old, 6_200, date(2026, 3, 6))
        self._receive(new, 4_550, date(2026, 3, 6))
        self._assert_month(
            MARCH,
            billed_amount=10_890,
            receivable_amount=6_340,
            overdue_amount=2_750,
            collected_amount=10_750,
            collectable_amount=13_500,
            effectiveness=10_750 / 13_500,
        )

    def test_what_was_matched_later_was_open_then(self):
        claim = self._bill(1_000, date(2026, 1, 10), date(2026, 2, 10))
        self._receive(claim, 600, date(2026, 3, 5))
        self._assert_month(JANUARY, receivable_amount=1_000, overdue_amount=0)
        self._assert_month(FEBRUARY, receivable_amount=1_000, overdue_amount=1_000)
        self._assert_month(MARCH, receivable_amount=400, overdue_amount=400)

    def test_credits_lower_what_their_own_debtor_owes(self):
        self._bill(1_000, date(2026, 1, 10), date(2026, 2, 10))
        other = self._create_debtor("Other Ltd")
        self._bill(300, date(2026, 1, 10), date(2026, 2, 10), partner=other)
        self._receive_on_account(450, date(2026, 2, 20), partner_id=other.id)
        self._assert_month(FEBRUARY, receivable_amount=850, overdue_amount=1_000)

    def test_due_on_the_day_is_not_overdue(self):
        self._bill(1_000, date(2026, 1, 10), TODAY)
        self._assert_month(MARCH, receivable_amount=1_000, overdue_amount=0)

    def test_drafts_and_the_future_do_not_count(self):
        self._bill(1_000, date(2026, 2, 10), date(2026, 2, 20)).button_draft()
        self._bill(700, date(2026, 3, 20), date(2026, 4, 20))
        self._assert_month(MARCH, billed_amount=0, receivable_amount=0)

    def test_several_months_are_a_mean(self):
        self._bill(1_200, date(2026, 3, 2), date(2026, 4, 2))
        self.env.flush_all()
        reports = self.env["collection.receivable.report"].with_user(self.manager)
        [values] = reports._read_group(
            [("month", ">=", FEBRUARY), ("company_id", "=", self.company.id)],
            [],
            ["billed_amount:avg", "receivable_amount:avg", "dso:avg"],
        )
        self.assertEqual(values, (600, 600, 10))

    def test_managers_see_their_companies(self):
        reports = self.env["collection.receivable.report"]
        with self.assertRaises(AccessError):
            reports.with_user(self.collector).search([])
        found = reports.with_user(self.manager).search([])
        self.assertEqual(found.company_id, self.manager.company_ids)


@tagged("post_install", "-at_install")
class TestForecastReport(CollectionCallsPlanCommon):
    """What debtors have agreed to pay, by the day on which it is to come in."""

    def _read(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["collection.forecast.report"].with_user(user or self.collector)
        return rows.search([("partner_id", "=", self.debtor.id)])

    def test_promises_and_installments(self):
        plan = self._agree()
        promise = self._promise(self._create_claim(300, days_overdue=40), days=2)
        rows = self._read()
        self.assertEqual(rows.plan_id, plan)
        self.assertEqual(rows.promise_id, promise)
        expected = sorted(
            [
                ("promise", promise.date_promised, 300),
                *(
                    ("installment", part.date_due, part.amount)
                    for part in plan.installment_ids
                ),
            ],
            key=lambda row: row[1],
        )
        self.assertEqual([(row.kind, row.date, row.amount) for row in rows], expected)
        self.assertEqual(rows[0].action_open()["res_id"], promise.id)
        self.assertEqual(rows[-1].action_open()["res_id"], plan.id)

    def test_what_came_in_is_no_more_expected(self):
        plan = self._agree()
        first = plan.installment_ids[0]
        claim = self._create_claim(300, days_overdue=40)
        self._promise(claim, days=2)
        self._receive(claim, 100)
        self._receive(plan.claim_ids.move_id[:1], first.amount + 10)
        self._run_on(TODAY)
        amounts = {row.kind: row.amount for row in self._read().sorted("date")[:2]}
        self.assertEqual(amounts["promise"], 200)
        self.assertEqual(amounts["installment"], plan.installment_ids[1].amount - 10)

    def test_drafts_and_accelerated_plans_have_no_day(self):
        plan = self._plan(self.invoice)
        self.assertFalse(self._read())
        self._activate(plan)
        self.assertTrue(self._read())
        plan.sudo().action_cancel("Agreed by mistake")
        self.assertFalse(self._read())

    def test_another_company_sees_nothing(self):
        self._agree()
        company = self.env["res.company"].create({"name": "Another Company"})
        stranger = self._create_user("collection_calls.group_collection_user", company)
        self.assertFalse(self._read(stranger))
