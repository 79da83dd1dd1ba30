"""The start page: its figures counted by hand, and the records behind each."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import (
    TODAY,
    CollectionCallsAccountant,
    CollectionCallsCaseCommon,
)


def find_figures(values):
    """All figures in what the page was told, however deep."""
    if isinstance(values, dict):
        if "action" in values:
            yield values
        values = list(values.values())
    if isinstance(values, list):
        for value in values:
            yield from find_figures(value)


@tagged("post_install", "-at_install")
class TestCollectionOverview(CollectionCallsAccountant, CollectionCallsCaseCommon):
    """On Tuesday, 10 March 2026; the week begins on Sunday, as in American English."""

    def setUp(self):
        super().setUp()
        self.case.sudo().user_id = self.collector
        self.other = self._create_debtor("Other Ltd", phone="030 23125 044")
        self.claim = self._create_claim(400, days_overdue=95, partner=self.other)
        self.env.cr.flush()
        self._get_case(self.other).sudo().user_id = self.manager

    def _get_figures(self, user=None, everybody=None):
        self.env.cr.flush()
        self.env.invalidate_all()
        overview = self.env["collection.overview"].with_user(user or self.collector)
        return overview.get_figures(everybody)

    def _get_parts(self, tile, *names, user=None, everybody=None):
        parts = self._get_figures(user, everybody)[tile]["parts"]
        return [tuple(part[name] for name in names) for part in parts]

    def _fill(self):
        """Something in each tile, of the collector and of the manager."""
        self._speak_on(date(2026, 3, 3))
        self._call_on(TODAY)
        self._receive(self.invoice, 200, date(2026, 3, 4))
        promised = self._create_claim(300, days_overdue=40)
        self._promise(promised, days=2)
        planned = self._create_claim(500, days_overdue=70, partner=self.other)
        self._plan(planned).sudo().user_id = self.manager
        with self._at("2026-02-10"):
            old = self._promise(self._create_claim(50, days_overdue=35), days=3)
        self._evaluate_on(old.sudo(), TODAY)
        self.env.cr.flush()

    def _assert_lists(self, user, everybody=None):
        """Each figure opens as many records as it says, and amounts to them."""
        figures = list(find_figures(self._get_figures(user, everybody)))
        for figure in figures:
            action = figure["action"]
            records = self.env[action["res_model"]].with_user(user)
            found = records.search(action["domain"])
            self.assertEqual(len(found), figure["count"], action)
        self.assertGreater(len(figures), 40)

    def test_each_figure_opens_its_records(self):
        self._fill()
        for user in self.collector, self.manager:
            for everybody in False, True:
                with self.subTest(user=user.login, everybody=everybody):
                    self._assert_lists(user, everybody)

    def test_work_of_today(self):
        work = self._get_figures()["work"]
        self.assertEqual((work["done"]["count"], work["left"]["count"]), (0, 1))
        self._call_on(TODAY)
        self._log()
        work = self._get_figures(everybody=True)["work"]
        self.assertEqual((work["done"]["count"], work["left"]["count"]), (1, 0))
        self.assertEqual([part["count"] for part in work["parts"]], [1, 0])
        cases = self.env["collection.case"].with_user(self.collector)
        self.assertEqual(cases.search([("is_called_today", "=", True)]), self.case)
        self.assertTrue(self.case.is_called_today)
        self.assertFalse(self.case.is_left_today)
        self.assertNotIn(self.case, cases.search([("is_called_today", "=", False)]))

    def test_team_of_today(self):
        """Who has how many left, has called how many, and is on the line."""
        third = self._create_debtor("Third Ltd", phone="030 23125 055")
        self._create_claim(200, days_overdue=20, partner=third)
        self._call_on(TODAY)
        self._log(user=self.manager, partner=self.other)
        team = self._get_figures(self.manager)["team"]
        rows = {
            row["name"]: [row[name]["count"] for name in ("left", "done", "talking")]
            for row in team["rows"]
        }
        self.assertEqual(rows.pop("Nobody's yet"), [1, 0, 0])
        self.assertEqual(rows[self.collector.name], [0, 1, 0])
        self.assertEqual(rows[self.manager.name], [1, 0, 1])
        self._assert_lists(self.manager, everybody=True)

    def test_only_managers_look_at_the_team(self):
        self.assertIsNone(self._get_figures(everybody=True)["team"])
        self.assertIsNone(self._get_figures(self.manager, everybody=False)["team"])

    def test_whom_nobody_can_call(self):
        self.debtor.phone = self.contact.phone = False
        work = self._get_figures()["work"]
        self.assertEqual(work["left"]["count"], 0)
        self.assertEqual([part["count"] for part in work["parts"]], [0, 1])

    def test_promised_this_week(self):
        """What has become of it, day by day; last and next week are left out."""
        for days, amount in (1, 100), (2, 60), (4, 30), (5, 1000):
            self._promise(self._create_claim(amount, days_overdue=20), days=days)
        with self._at("2026-03-07"):
            kept = self._promise(self._create_claim(70, days_overdue=20), days=1)
        self._receive(kept.line_ids.move_id, 70, date(2026, 3, 8))
        promised = self._get_figures()["promised"]
        self.assertEqual((promised["count"], promised["amount"]), (4, 260))
        days = promised["days"]
        amounts = [day["amount"] for day in days]
        self.assertEqual(amounts, [70, 0, 0, 100, 60, 0, 30])
        self.assertEqual([day["label"] for day in days][:2], ["Sun", "Mon"])
        self.assertEqual([day["is_today"] for day in days].index(True), 2)
        kept, waiting, broken = days[0]["parts"]
        self.assertEqual((kept["amount"], kept["tone"]), (70, "success"))
        self.assertEqual((waiting["count"], broken["count"]), (0, 0))
        self.assertEqual(days[3]["parts"][1]["tone"], "secondary", "protected")

    def test_week_of_the_user(self):
        german = self.env["res.lang"]._lang_get("de_DE")
        self.assertEqual(german.week_start, "1")
        self.collector.lang = "de_DE"
        overview = self.env["collection.overview"].with_user(self.collector)
        week = overview._get_week()
        self.assertEqual((week[0], week[-1]), (date(2026, 3, 9), date(2026, 3, 15)))

    def test_kept_rate(self):
        """Of promises whose deadline is over: who pays early waits for it."""
        promises = self.env["collection.promise"]
        for amount, paid in (100, 100), (100, 40), (300, 0), (100, 100):
            with self._at("2026-02-10"):
                move = self._create_claim(amount, days_overdue=40)
                promises |= self._promise(move, days=3)
                if paid:
                    self._receive(move, paid, date(2026, 2, 11))
                self.env.cr.flush()
        early = self._create_claim(900, days_overdue=20)
        self._promise(early, days=10)
        self._receive(early, 900)
        self._evaluate_on(promises.sudo(), date(2026, 3, 1))
        kept = self._get_figures()["kept"]
        self.assertEqual((kept["count"], kept["rate"]), (4, 0.5))
        self.assertEqual(kept["amount_rate"], 0.4)
        parts = [(part["count"], part["amount"]) for part in kept["parts"]]
        self.assertEqual(parts, [(2, 200), (1, 100), (1, 300)])

    def test_no_promise_has_no_rate(self):
        kept = self._get_figures()["kept"]
        self.assertEqual((kept["count"], kept["rate"]), (0, None))

    def test_aging_is_mine_and_nobody_s_or_everybody_s(self):
        nobody = self._create_debtor("Nobody's Ltd")
        self._create_claim(20, days_overdue=50, partner=nobody)
        self._get_case(nobody).sudo().user_id = False
        names = "count", "amount"
        mine = [(1, 1000), (1, 20), (0, 0), (0, 0)]
        self.assertEqual(self._get_parts("aging", *names), mine)
        everybody = [(1, 1000), (1, 20), (0, 0), (1, 400)]
        found = self._get_parts("aging", *names, user=self.manager)
        self.assertEqual(found, everybody, "managers begin with all")
        found = self._get_parts("aging", *names, everybody=True)
        self.assertEqual(found, everybody)

    def test_credits_are_deducted_from_what_is_overdue(self):
        self._create_claim(120, days_overdue=5, move_type="out_refund")
        self.env.cr.flush()
        aging = self._get_figures()["aging"]
        self.assertEqual((aging["amount"], aging["credits"]), (880, 120))
        self.assertEqual(aging["amount"], self._get_case().overdue_amount)
        self.assertEqual(aging["parts"][0]["amount"], 1000)

    def test_amounts_of_another_company_are_converted(self):
        euro = self.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        other = self.setup_other_company(currency_id=euro.id)["company"]
        self._create_case_of(other, 100)
        names = "count", "amount"
        one = [(1, 1000), (0, 0), (0, 0), (0, 0)]
        self.assertEqual(self._get_parts("aging", *names), one, "not switched on")
        self.collector.sudo().company_ids |= other
        overview = self.env["collection.overview"].with_user(self.collector)
        both = overview.with_context(allowed_company_ids=(self.company | other).ids)
        parts = both.get_figures()["aging"]["parts"]
        self.assertEqual([(p["count"], p["amount"]) for p in parts][0], (2, 1050))

    def _create_case_of(self, company, amount):
        cases = self.env["collection.case"].sudo().with_company(company)
        case = cases.with_context(allowed_company_ids=company.ids).create(
            {"partner_id": self.debtor.id, "company_id": company.id, "user_id": False}
        )
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE collection_case SET bucket_1_30 = %s WHERE id = %s",
            [amount, case.id],
        )
        self.env.invalidate_all()

    def test_plans_in_trouble(self):
        late = self._plan(
            self._create_claim(800, days_overdue=20), start=0, installments=4
        )
        self._plan(self._create_claim(90, days_overdue=20), start=5)
        late.env.cr.flush()
        accelerated = self._plan(
            self._create_claim(600, days_overdue=20), start=0, installments=2
        )
        with self._at(TODAY + timedelta(1)):
            runs = (late | accelerated).sudo()
            runs._run()
            accelerated.with_user(self.manager).action_accelerate("They told us so")
            self.env.cr.flush()
            found = self._get_parts("plans", "label", "count", "amount")
            tile = self._get_figures()["plans"]
        self.assertEqual(
            found,
            [
                ("Accelerated", 1, 600),
                ("Notice", 0, 0),
                ("In Arrears", 1, 200),
                ("On Track", 1, 90),
            ],
        )
        self.assertEqual((tile["count"], tile["amount"]), (2, 800))

    def test_money_after_calls(self):
        self._speak_on(date(2026, 3, 3))
        self._speak_on(date(2026, 2, 3))
        self._call_on(TODAY)
        self._receive(self.invoice, 200, date(2026, 2, 4))  # too long ago
        self._receive(self.invoice, 300, date(2026, 3, 5))
        received = self._get_figures()["received"]
        self.assertEqual((received["count"], received["amount"]), (1, 300))
        self.assertEqual(received["calls"], 2)
        amounts = [part["amount"] for part in received["parts"]]
        self.assertEqual(amounts, [0, 0, 300, 0])

    def test_answered_by_the_same_number_of_statements(self):
        counts = []
        for _more in range(2):
            self._get_figures(everybody=True)  # fills caches of rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            overview = self.env["collection.overview"].with_user(self.collector)
            figures = overview.get_figures(True)
            counts.append(self.cr.sql_log_count - before)
            for number in range(25):
                debtor = self._create_debtor(f"Debtor {number}")
                claim = self._create_claim(10, days_overdue=20, partner=debtor)
                self._promise(claim, days=1)
                self._call_on(TODAY, partner=debtor)
        self.assertGreater(figures["aging"]["count"], 25)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 100)

    def test_nothing_of_another_company(self):
        self._fill()
        company = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", company)
        figures = self._get_figures(stranger, everybody=True)
        self.assertTrue(figures["is_empty"])
        for figure in find_figures(figures):
            self.assertFalse(figure["count"], figure)
        self.assertFalse(self._get_figures()["is_empty"])

    def test_only_for_those_who_collect(self):
        portal = new_test_user(self.env, "test_portal", groups="base.group_portal")
        for user in (
            portal,
            self._create_user("base.group_user"),
            self._create_user("account.group_account_invoice"),
        ):
            with self.assertRaises(AccessError, msg=user.login):
                self._get_figures(user)
