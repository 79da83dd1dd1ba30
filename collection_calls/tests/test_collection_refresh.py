"""Figures of cases against ledgers computed by hand."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import (
    FEW,
    MANY,
    TODAY,
    CollectionCallsAccountant,
    CollectionCallsCaseCommon,
)


@tagged("post_install", "-at_install")
class TestCollectionRefresh(CollectionCallsAccountant, CollectionCallsCaseCommon):
    def setUp(self):
        super().setUp()
        self.bank = self.company_data["default_journal_bank"]

    def _assert_as_on_partner(self):
        """Cases and partners say the same of what is overdue."""
        case = self._get_case()
        partner = self.debtor.with_user(self.collector).with_company(case.company_id)
        self.assertEqual(
            (case.overdue_amount, case.overdue_count, case.oldest_due_date),
            (
                partner.collection_overdue_amount,
                partner.collection_overdue_count,
                partner.collection_oldest_due_date,
            ),
        )

    # ---------------------------------------------------------------------- overdue

    def test_one_overdue_invoice(self):
        self._create_claim(700, days_overdue=0)
        self._assert_figures(
            overdue_amount=1000,
            protected_amount=0,
            disputed_amount=0,
            collectible_amount=1000,
            overdue_count=1,
            oldest_due_date=date(2026, 2, 8),
            days_overdue=30,
            bucket_1_30=1000,
            pending_amount=0,
            last_call_id=self.env["collection.call"],
            last_contact_date=False,
            attempt_count=0,
            broken_promise_count=0,
            situation="to_call",
            currency_id=self.company.currency_id,
        )
        self.assertFalse(self.case.user_id, "nobody's yet")
        self._assert_as_on_partner()

    def test_buckets(self):
        """Ages at the boundaries; the invoice of 30 days is there already."""
        ages = [(0, 1), (1, 2), (31, 4), (60, 8), (61, 16), (90, 32), (91, 64)]
        for days, amount in ages:
            self._create_claim(amount, days_overdue=days)
        self._assert_figures(
            bucket_1_30=1002,
            bucket_31_60=12,
            bucket_61_90=48,
            bucket_over_90=64,
            overdue_amount=1126,
            overdue_count=7,
            days_overdue=91,
        )
        with self._at(TODAY + timedelta(days=1)):
            self.env["collection.case"]._refresh()
            self._assert_figures(
                bucket_1_30=3,
                bucket_31_60=1004,
                bucket_61_90=24,
                bucket_over_90=96,
                overdue_count=8,
            )
            self._assert_as_on_partner()

    def test_aging_is_the_bucket_of_the_oldest_claim(self):
        for days, aging in ((31, "31_60"), (61, "61_90"), (91, "over_90")):
            self._create_claim(1, days_overdue=days)
            self._assert_figures(aging=aging)
        [group] = self.env["collection.case"].formatted_read_group(
            [("id", "=", self.case.id)], ["aging"], ["__count"]
        )
        self.assertEqual((group["aging"], group["__count"]), ("over_90", 1))

    def test_aging_moves_on_by_night(self):
        self._assert_figures(aging="1_30")
        with self._at(TODAY + timedelta(days=1)):
            self.env["collection.case"]._refresh()
            self._assert_figures(aging="31_60")

    def test_credits_are_deducted_never_below_zero(self):
        self._create_claim(40, 0, move_type="out_refund")
        self._assert_figures(
            overdue_amount=960, collectible_amount=960, bucket_1_30=1000
        )
        self._receive_on_account(60)
        self._assert_figures(overdue_amount=900, situation="to_call")
        self._receive_on_account(1000)
        self._assert_figures(
            overdue_amount=0, collectible_amount=0, overdue_count=1, situation="closed"
        )
        self._assert_as_on_partner()

    def test_partial_payment(self):
        self._receive(self.invoice, 400)
        self._assert_figures(overdue_amount=600, bucket_1_30=600, overdue_count=1)

    def test_contacts_of_the_debtor(self):
        self._create_claim(50, 10, partner=self.contact)
        self._assert_figures(overdue_amount=1050, overdue_count=2)
        cases = self.env["collection.case"]
        self.assertFalse(cases.search([("partner_id", "=", self.contact.id)]))
        self.assertFalse(cases._refresh(self.contact))

    def test_excluded_and_blocked_are_left_out(self):
        excluded = self._create_claim(100, days_overdue=10)
        blocked = self._create_claim(200, days_overdue=10)
        self._assert_figures(overdue_amount=1300)
        excluded.no_followup = True
        self._assert_figures(overdue_amount=1200)
        blocked.action_toggle_block_payment()
        self._assert_figures(overdue_amount=1000, overdue_count=1)
        excluded.no_followup = False
        blocked.action_toggle_block_payment()
        self._assert_figures(overdue_amount=1300, overdue_count=3)
        self._assert_as_on_partner()

    def test_several_terms(self):
        halves = [
            Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
            for days in (0, 60)
        ]
        term = self.env["account.payment.term"].create(
            {"name": "Half now, half in 60 days", "line_ids": halves}
        )
        move = self._create_claim(
            100, days_overdue=0, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        self._assert_figures(overdue_amount=1050, overdue_count=2)
        self._dispute(80, move)
        self._assert_figures(disputed_amount=50, collectible_amount=1000)

    # ------------------------------------------------------------------- currencies

    def test_rate_of_today(self):
        """300 at 2 and 100 at 4; a rate of tomorrow changes what they are worth."""
        usd = self.company.currency_id
        eur, gbp = (
            self.setup_other_currency(code, rates=rates)
            for code, rates in (
                ("EUR", [("1900-01-01", 3.0), ("2026-03-01", 2.0)]),
                ("GBP", [("1900-01-01", 4.0), ("2026-03-11", 5.0)]),
            )
        )
        self.assertNotIn(usd, eur | gbp)
        self._create_claim(300, 40, currency_id=eur.id)
        self._create_claim(100, 80, currency_id=gbp.id)
        note = self._create_claim(10, 0, move_type="out_refund", currency_id=gbp.id)
        self.assertEqual(note.state, "posted")
        self._assert_figures(
            overdue_amount=1000 + 150 + 25 - 2.5,
            bucket_31_60=150,
            bucket_61_90=25,
            overdue_count=3,
        )
        self._assert_as_on_partner()
        with self._at(TODAY + timedelta(days=1)):
            self.env["collection.case"]._refresh()
            self._assert_figures(overdue_amount=1000 + 150 + 20 - 2, bucket_61_90=20)
            self._assert_as_on_partner()

    def test_archived_currency_as_it_was_booked(self):
        eur = self.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        self._create_claim(300, 40, currency_id=eur.id)
        eur.active = False
        self.env["collection.case"]._refresh()
        self._assert_figures(overdue_amount=1150)

    def test_each_claim_is_rounded(self):
        """What is made of the claims adds up to the cent."""
        eur = self.setup_other_currency("EUR", rates=[("1900-01-01", 3.0)])
        moves = self.env["account.move"].union(
            *(
                self._create_claim(10, days, currency_id=eur.id)
                for days in (1, 31, 61, 91)
            )
        )
        self._assert_figures(
            overdue_amount=1013.32,
            bucket_1_30=1003.33,
            bucket_31_60=3.33,
            bucket_61_90=3.33,
            bucket_over_90=3.33,
        )
        self._promise(moves[0])
        self._dispute(10, moves[1])
        self._dispute(5, moves[2])
        self._assert_figures(
            protected_amount=3.33, disputed_amount=5, collectible_amount=1004.99
        )

    # ------------------------------------------------------- protected and disputed

    def test_promised(self):
        self._promise(self.invoice)
        self.assertTrue(self.invoice.no_followup, "by us: overdue all the same")
        self._assert_figures(
            overdue_amount=1000,
            protected_amount=1000,
            collectible_amount=0,
            situation="promised",
        )
        self._assert_as_on_partner()

    def test_partly_promised(self):
        """Nobody duns a claim on which something is promised."""
        self._promise(self.invoice, amount=400)
        self._create_claim(200, days_overdue=5)
        self._assert_figures(
            overdue_amount=1200,
            protected_amount=1000,
            collectible_amount=200,
            situation="to_call",
        )

    def test_promise_to_confirm_protects_nothing(self):
        promise = self._promise(self.invoice, days=300)
        self.assertTrue(promise.needs_confirmation)
        self._assert_figures(protected_amount=0, situation="to_call")
        promise.with_user(self.manager).action_confirm()
        self._assert_figures(protected_amount=1000, situation="promised")

    def test_promised_of_what_is_not_due_yet(self):
        self._promise(self._create_claim(500, days_overdue=-5))
        self._assert_figures(protected_amount=0, collectible_amount=1000)

    def test_on_plan_and_accelerated(self):
        future = self._create_claim(500, days_overdue=-20)
        plan = self._plan(self.invoice | future)
        self._assert_figures(
            overdue_amount=1000,
            protected_amount=1000,
            situation="on_plan",
            bucket_1_30=1000,
        )
        day = TODAY + timedelta(days=15)
        with self._at(day):
            plan.sudo()._run()
            self.assertEqual(plan.state, "accelerated")
            self._assert_figures(
                overdue_amount=1500,
                protected_amount=0,
                collectible_amount=1500,
                overdue_count=2,
                bucket_1_30=500,
                bucket_31_60=1000,
                situation="to_call",
            )
            self._assert_as_on_partner()

    def test_disputed(self):
        dispute = self._dispute(1000)
        self._assert_figures(
            overdue_amount=1000,
            disputed_amount=1000,
            collectible_amount=0,
            situation="disputed",
        )
        partner = self.debtor.with_user(self.collector)
        self.assertEqual(partner.collection_disputed_amount, 1000)
        dispute.action_withdraw()
        self._assert_figures(disputed_amount=0, situation="to_call")

    def test_partly_disputed(self):
        dispute = self._dispute(300)
        self._assert_figures(
            disputed_amount=300, collectible_amount=700, situation="to_call"
        )
        dispute.amount = 250
        self._assert_figures(disputed_amount=250, collectible_amount=750)
        self._receive(self.invoice, 800)
        self._assert_figures(
            overdue_amount=200, disputed_amount=200, situation="disputed"
        )

    def test_admitted_is_not_collected_until_it_is_credited(self):
        dispute = self._dispute(300)
        dispute.sudo().action_accept()
        self._assert_figures(disputed_amount=300, collectible_amount=700)

    def test_disputed_and_protected_counts_once(self):
        other = self._create_claim(500, days_overdue=5)
        self._dispute(300)
        self._promise(self.invoice)
        self._assert_figures(
            overdue_amount=1500,
            protected_amount=1000,
            disputed_amount=0,
            collectible_amount=500,
        )
        self._dispute(500, other)
        self._assert_figures(disputed_amount=500, situation="promised")
        more = self._create_claim(2000, days_overdue=5)
        self._dispute(2000, more)
        self._assert_figures(disputed_amount=2500, situation="disputed")

    def test_dispute_of_what_is_not_due_yet(self):
        self._dispute(500, self._create_claim(500, days_overdue=-5))
        self._assert_figures(disputed_amount=0, collectible_amount=1000)

    def test_hold(self):
        self.case.action_hold("hardship", "Random")
        self._assert_figures(situation="on_hold", collectible_amount=1000)
        self.case.action_release("Settled")
        self._assert_figures(situation="to_call")

    # ---------------------------------------------------------------------- pending

    def test_money_on_its_way(self):
        line = self._import_statement_line(250)
        self._assert_figures(overdue_amount=1000, pending_amount=250)
        self._match_statement_line(line, self.invoice)
        self._assert_figures(overdue_amount=750, pending_amount=0)

    def test_payment_in_process(self):
        self.patch(
            self.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda moves: "in_payment",
        )
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        payment = self._receive(self.invoice, 300)
        self.assertFalse(payment.move_id)
        self._assert_figures(overdue_amount=1000, pending_amount=300)
        payment.action_cancel()
        self._assert_figures(pending_amount=0)

    def test_pending_in_another_currency(self):
        eur = self.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        self._import_statement_line(70, foreign_currency_id=eur.id, amount_currency=100)
        self._assert_figures(pending_amount=50)

    # ------------------------------------------------------------ calls and promises

    def test_calls_and_attempts(self):
        self._call_on(date(2026, 3, 2))
        self._assert_figures(attempt_count=1, last_contact_date=False)
        reached = self._speak_on(date(2026, 3, 3))
        self._assert_figures(
            attempt_count=0,
            last_call_id=reached,
            last_contact_date=datetime(2026, 3, 3, 8),
        )
        self._call_on(date(2026, 3, 4))
        self._call_on(date(2026, 3, 5), direction="incoming")
        last = self._call_on(date(2026, 3, 6))
        self._log()  # goes on
        self._assert_figures(
            attempt_count=2,
            last_call_id=last,
            last_contact_date=datetime(2026, 3, 3, 8),
        )
        last.with_user(self.manager).action_cancel("Twice")
        reached.with_user(self.manager).action_cancel("Another debtor")
        self._assert_figures(attempt_count=2, last_contact_date=False)

    def test_broken_promises_of_twelve_months(self):
        promise = self._promise(self.invoice, days=1)
        self._evaluate_on(promise, date(2026, 3, 20))
        self._assert_figures(broken_promise_count=1, situation="to_call")
        self.assertEqual(promise.date_deadline, date(2026, 3, 13))
        for day, count in ((date(2027, 3, 13), 1), (date(2027, 3, 14), 0)):
            with self._at(day):
                self.env["collection.case"]._refresh()
                self._assert_figures(broken_promise_count=count)

    # --------------------------------------------------------------- close and reopen

    def test_closed_and_opened_again_with_its_history(self):
        self._call_on(date(2026, 3, 2))
        case = self._get_case()
        payment = self._receive(self.invoice, 1000)
        self._assert_figures(
            case,
            overdue_amount=0,
            overdue_count=0,
            oldest_due_date=False,
            days_overdue=0,
            bucket_1_30=0,
            situation="closed",
            attempt_count=1,
        )
        payment.action_cancel()
        self._assert_figures(
            case, overdue_amount=1000, situation="to_call", attempt_count=1
        )
        self.assertEqual(self._get_case(), case)
        self.assertEqual(len(case.call_ids), 1)

    def test_missing_cases_are_made(self):
        late, in_time, covered = map(self._create_debtor, ("Late", "In Time", "Paid"))
        self._create_claim(10, 5, partner=late)
        self._create_claim(10, -5, partner=in_time)
        self._create_claim(10, 5, partner=covered)
        self._create_claim(10, 5, partner=covered, move_type="out_refund")
        cases = self.env["collection.case"].sudo()
        self.env.cr.flush()
        cases.search([("partner_id", "=", late.id)]).unlink()
        created = cases._refresh(late | in_time | covered)
        self.assertEqual(created.partner_id, late)
        self.assertFalse(created.user_id)
        self.assertEqual(created.situation, "to_call")
        self.assertFalse(cases._refresh(), "nothing is left to do")
        self.assertFalse(cases._refresh(self.env["res.partner"]))

    def test_many_debtors_in_parts(self):
        for number in range(5):
            debtor = self._create_debtor(f"Debtor {number}")
            self._create_claim(1, days_overdue=number + 1, partner=debtor)
        self.env.cr.flush()
        whole = self._read_rows()
        self.env.cr.execute("UPDATE collection_case SET overdue_amount = 7")
        cases = self.env["collection.case"].sudo()
        with patch(f"{cases._refresh.__module__}.MOST", 2):
            changed = cases._refresh()
        self.assertEqual(len(changed), 6)
        self.assertEqual(self._read_rows(), whole)

    def test_case_goes_to_who_calls_first(self):
        self._log()
        self.assertEqual(self.case.user_id, self.collector)
        self._log(user=self.manager)
        self.assertEqual(self.case.user_id, self.collector)

    # --------------------------------------------------------------- rights, companies

    def test_companies_stay_apart(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(900, days_overdue=100, company_id=other.id)
        self._assert_figures(overdue_amount=1000)
        elsewhere = self._get_case(company=other).sudo()
        self._assert_figures(
            elsewhere, overdue_amount=900, bucket_over_90=900, situation="to_call"
        )
        with self.assertRaises(AccessError):
            elsewhere.with_user(self.collector).read(["overdue_amount"])
        stranger = self._create_user("group_collection_user", other)
        self.assertEqual(
            self.env["collection.case"].with_user(stranger).search([]), elsewhere
        )

    def test_days_of_each_company(self):
        """At 23:00 UTC it is tomorrow in Tokyo already."""
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        other.partner_id.tz = "Asia/Tokyo"
        self.company.partner_id.tz = "UTC"
        for company in self.company, other:
            self._create_claim(1, days_overdue=0, company_id=company.id)
        both = (self.company | other).ids
        cases = self.env["collection.case"].with_context(allowed_company_ids=both)
        with self._at(TODAY, "23:00"):
            cases._refresh()
            self._assert_figures(overdue_amount=1000)
            self._assert_figures(self._get_case(company=other).sudo(), overdue_amount=1)

    def test_only_the_companies_of_the_environment(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self.env.cr.flush()
        self.env.cr.execute("UPDATE collection_case SET overdue_amount = 7")
        cases = self.env["collection.case"]
        self.assertFalse(cases.with_context(allowed_company_ids=other.ids)._refresh())
        changed = cases.with_user(self.collector)._refresh()
        self.assertIn(self.case, changed)
        self._assert_figures(overdue_amount=1000)

    def test_nobody_types_figures(self):
        for user in self.collector, self.manager:
            with self._refused(UserError, "follow from the ledger"):
                self.case.with_user(user).overdue_amount = 5
        cases = self.env["collection.case"].with_user(self.collector)
        debtor = self._create_debtor("New")
        with self._refused(UserError, "follow from the ledger"):
            cases.create({"partner_id": debtor.id, "situation": "on_plan"})
        case = cases.with_context(default_overdue_amount=9).create(
            {"partner_id": debtor.id}
        )
        self._assert_figures(case, overdue_amount=0, situation="closed")

    def test_invoicing_users_read(self):
        clerk = self._create_user("account.group_account_invoice")
        self.assertEqual(self.case.with_user(clerk).overdue_amount, 1000)
        with self.assertRaises(AccessError):
            self.case.with_user(clerk).action_hold("legal", "Random")

    def test_figures_alone_keep_no_debtor(self):
        debtor = self._create_debtor("By mistake")
        move = self._create_claim(10, 5, partner=debtor)
        self.assertEqual(self._get_case(debtor).situation, "to_call")
        move.button_draft()
        move.unlink()
        self.assertEqual(self._get_case(debtor).situation, "closed")
        debtor.unlink()
        self.assertFalse(self._get_case(debtor))

    # ------------------------------------------------------------------- statements

    def test_statements(self):
        """Equally many for FEW and MANY debtors, and for new cases and old ones."""
        debtors = self.env["res.partner"]
        for number in range(MANY):
            debtors |= self._create_debtor(f"Debtor {number}")
        self._create_entry(debtors)
        self.env.cr.flush()
        cases = self.env["collection.case"]
        counts = []
        for some in debtors, debtors[:FEW], debtors, None:
            self.env.cr.execute(
                "DELETE FROM collection_case WHERE partner_id = ANY(%s)", [debtors.ids]
            )
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            created = cases._refresh(some)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(created), len(debtors if some is None else some))
            self.assertEqual(set(created.mapped("phone_problem")), {"missing"})
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(max(counts), 60)
        before = self.cr.sql_log_count
        self.assertFalse(cases._refresh())
        self.assertLessEqual(self.cr.sql_log_count - before, 15)

    def _create_entry(self, debtors):
        """A claim on each debtor in one entry: as good as invoices, made at once."""
        claims = [
            Command.create(
                {
                    "account_id": self.company_data["default_account_receivable"].id,
                    "partner_id": debtor.id,
                    "debit": 100,
                    "date_maturity": TODAY - timedelta(days=5),
                }
            )
            for debtor in debtors
        ]
        revenue = Command.create(
            {
                "account_id": self.company_data["default_account_revenue"].id,
                "credit": 100 * len(debtors),
            }
        )
        journal = self.company_data["default_journal_sale"]
        entry = self.env["account.move"].create(
            {"journal_id": journal.id, "line_ids": [*claims, revenue]}
        )
        entry.action_post()
