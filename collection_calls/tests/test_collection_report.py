"""Figures of the analyses, counted by hand."""

from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import (
    TODAY,
    CollectionCallsAccountant,
    CollectionCallsCaseCommon,
    CollectionCallsPlanCommon,
)

CALLS, PROMISES, PLANS = (
    f"collection.{kind}.report" for kind in ("call", "promise", "plan")
)


class CollectionReportCase:
    def _group(self, model, groupby, *aggregates, user=None, domain=()):
        """What an analysis says: {group: its aggregates}."""
        self.env.flush_all()
        reports = self.env[model].with_user(user or self.collector)
        groups = reports._read_group(list(domain), [groupby], aggregates)
        return {key: tuple(values) for key, *values in groups}

    def _total(self, model, *aggregates, user=None, domain=()):
        self.env.flush_all()
        reports = self.env[model].with_user(user or self.collector)
        [values] = reports._read_group(list(domain), [], aggregates)
        return tuple(values)


@tagged("post_install", "-at_install")
class TestCollectionCallReport(
    CollectionReportCase, CollectionCallsAccountant, CollectionCallsCaseCommon
):
    """The invoice over 1,000 was due on 8 February 2026."""

    def _hold(self, *days):
        """Conversations on days of February."""
        return [self._speak_on(date(2026, 2, day)) for day in days]

    def _ring(self, *days, **vals):
        """Attempts that nobody answered on days of February."""
        return [self._call_on(date(2026, 2, day), **vals) for day in days]

    def _get_received(self, calls, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env[CALLS].with_user(user or self.collector)
        return [reports.browse(call.id).received_amount for call in calls]

    def _pay_on(self, day, amount, **vals):
        return self._receive(self.invoice, amount, date(2026, 2, day), **vals)

    def test_rates_by_collector(self):
        """A sum of attempts by a sum of attempts, not a mean of means."""
        self._ring(2, 3, 4)
        self._hold(5)
        self._ring(6, user=self.manager)
        self._call_on(
            date(2026, 2, 9),
            self.env.ref("collection_calls.collection_call_outcome_no_commitment"),
            user=self.manager,
            verified_by="address",
            direction="incoming",
        )
        names = "attempt_count:sum", "right_party_rate:avg", "contact_count:sum"
        self.assertEqual(
            self._group(CALLS, "user_id", *names),
            {self.collector: (4, 0.25, 1), self.manager: (1, 0, 1)},
        )
        self.assertEqual(self._total(CALLS, *names), (5, 0.2, 2))

    def test_no_rate_of_nothing(self):
        """Whoever tried nothing has no rate, rather than a bad one."""
        self._ring(2)
        [rates] = self._group(CALLS, "outcome_id", "promise_rate:avg").values()
        self.assertEqual(rates, (False,))

    def test_promise_rate(self):
        self._hold(2, 3)
        call = self._log(outcome=self.promise, verified_by="address")
        self._promise(self.invoice, 400, call_id=call.id)
        call.next_call_date = date(2026, 3, 19)
        call.action_done()
        names = "promise_count:sum", "promise_rate:avg", "promised_amount:sum"
        count, rate, amount = self._total(CALLS, *names)
        self.assertEqual((count, round(rate, 4), amount), (1, 0.3333, 400))

    def test_day_and_hour_are_the_company_s(self):
        """Half past eleven on a Monday in UTC is a Tuesday in Berlin."""
        self.company.collection_backdating_days = 60
        moment = datetime(2026, 2, 2, 23, 30)
        call = self._log(date_start=moment, date_end=moment, next_call_date=False)
        call.action_done()
        found = self._group(CALLS, "weekday", "__count")
        self.assertEqual(found, {"2": (1,)})
        self.assertEqual(self._group(CALLS, "hour", "__count"), {"00": (1,)})

    def test_weekdays_begin_with_monday_and_hours_with_midnight(self):
        self._ring(8, 9, 3)
        self.assertEqual(
            list(self._group(CALLS, "weekday", "__count")), ["1", "2", "7"]
        )

    def test_country_and_minutes(self):
        self.company.collection_backdating_days = 60
        france = self._create_debtor("Dupont", country_id=self.env.ref("base.fr").id)
        for minutes, partner in (4, self.debtor), (8, self.debtor), (3, france):
            start = datetime(2026, 2, 2, 9, 0)
            end = datetime(2026, 2, 2, 9, minutes)
            vals = {"date_start": start, "date_end": end, "next_call_date": False}
            self._log(partner=partner, **vals).action_done()
        names = "duration:sum", "duration_average:avg"
        self.assertEqual(
            self._group(CALLS, "country_id", *names),
            {self.germany: (12, 6), self.env.ref("base.fr"): (3, 3)},
        )

    def test_age_of_the_debt(self):
        """As it was on the day of the call, whatever was paid since."""
        self._create_claim(50, days_overdue=-20)
        self._ring(8, 9)  # 0 and 1 day overdue
        other = self._create_debtor("Other Ltd")
        old = self._create_claim(70, days_overdue=95, partner=other)
        self._speak_on(TODAY, partner=other, claim_ids=self._as_claims(old))
        self._receive(self.invoice)
        self.assertEqual(
            self._group(CALLS, "age_bucket", "__count"),
            {"1": (1,), "4": (1,), False: (1,)},
        )

    def test_money_counts_once(self):
        """The last conversation gets it, however often the phone rang since."""
        [first] = self._hold(2)
        [ring] = self._ring(5)
        self._pay_on(10, 300)
        self._pay_on(1, 100)  # before all calls
        self.assertEqual(self._get_received([first, ring]), [300, 0])
        [second] = self._hold(12)
        self._pay_on(12, 50)  # on the day of the call
        self._pay_on(17, 200)
        self._pay_on(27, 10)  # 15 days after
        found = self._get_received([first, ring, second])
        self.assertEqual(found, [300, 0, 250])
        self.assertEqual(self._total(CALLS, "received_amount:sum"), (550,))

    def test_fourteenth_day_and_unanswered_calls(self):
        """Where nobody was reached in time, the last attempt gets it."""
        calls = self._hold(2) + self._ring(3, 4)
        self._pay_on(16, 100)  # 14 days after the conversation
        self._pay_on(17, 200)
        self.assertEqual(self._get_received(calls), [100, 0, 200])

    def test_two_calls_on_one_day(self):
        calls = self._ring(3, 3)
        self._pay_on(3, 100)
        self.assertEqual(self._get_received(calls), [0, 100])

    def test_cancelled_call_gives_it_back(self):
        first, second = self._hold(2, 3)
        self._pay_on(4, 100)
        self.assertEqual(self._get_received([first, second]), [0, 100])
        second.with_user(self.manager).action_cancel("by mistake")
        self.assertEqual(self._get_received([first]), [100])

    def test_undone_and_credited_is_no_money(self):
        [call] = self._hold(2)
        self._credit(self.invoice, 100, date(2026, 2, 3))
        self.assertEqual(self._get_received([call]), [0])
        payment = self._pay_on(4, 900)
        self.assertEqual(self._get_received([call]), [900])
        self._unmatch(payment.move_id)
        self.assertEqual(self._get_received([call]), [0])

    def test_returned_money_did_not_come_in(self):
        """What the bank took back is matched with the payment that it undoes."""
        [call] = self._hold(2)
        payment = self._pay_on(3, 300)
        self._unmatch(payment.move_id)
        returned = self._receive_on_account(
            300, date(2026, 2, 5), payment_type="outbound"
        )
        self._match(payment.move_id, returned.move_id)
        items = self._get_receivables(payment.move_id)
        self.assertEqual(items.mapped("reconciled"), [True])
        self.assertEqual(self._get_received([call]), [0])
        self._pay_on(6, 200)
        self.assertEqual(self._get_received([call]), [200])

    def test_money_in_another_currency(self):
        """At the rate of today: 3 euros are a dollar."""
        euro = self.setup_other_currency("EUR", rates=[("1900-01-01", 3.0)])
        foreign = self._create_claim(
            600, days_overdue=20, currency_id=euro.id, invoice_user_id=False
        )
        [call] = self._hold(2)
        self._receive(foreign, 300, date(2026, 2, 3), currency_id=euro.id)
        self._pay_on(3, 10)
        self.assertEqual(self._get_received([call]), [110])

    def test_paid_by_somebody_else_and_to_another_debtor(self):
        other = self._create_debtor("Other Ltd")
        claim = self._create_claim(500, days_overdue=20, partner=other)
        [call] = self._hold(2)
        self._receive(claim, 500, date(2026, 2, 3))
        self.assertEqual(self._get_received([call]), [0])

    def test_row_opens_the_call(self):
        [call] = self._hold(2)
        self.env.flush_all()
        action = self.env[CALLS].with_user(self.collector).browse(call.id).action_open()
        self.assertEqual((action["res_model"], action["res_id"]), (call._name, call.id))

    def test_rights(self):
        self._hold(2)
        self.env.flush_all()
        company = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", company)
        portal = new_test_user(self.env, "test_portal", groups="base.group_portal")
        invoicing = self._create_user("account.group_account_invoice")
        for model in CALLS, PROMISES, PLANS:
            self.assertFalse(self.env[model].with_user(stranger).search([]))
            for user in portal, invoicing:
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
        self.assertTrue(self.env[CALLS].with_user(self.collector).search([]))
        with self.assertRaises(AccessError):
            self.env[CALLS].with_user(self.manager).create({})


@tagged("post_install", "-at_install")
class TestCollectionPromiseReport(
    CollectionReportCase, CollectionCallsAccountant, CollectionCallsCaseCommon
):
    def _promise_on(self, day, amount, paid=0, user=None):
        """A promise of an invoice of its own, paid before its deadline."""
        move = self._create_claim(amount, days_overdue=40)
        with self._at(day):
            promise = self._promise(move, days=3, user=user)
            if paid:
                self._receive(move, paid, day)
            self.env.cr.flush()
        return promise

    def setUp(self):
        super().setUp()
        day = date(2026, 2, 10)
        promises = (
            self._promise_on(day, 1000, 1000)
            | self._promise_on(day, 200, 50)
            | self._promise_on(day, 100)
            | self._promise_on(day, 100, 100, user=self.manager)
        )
        self._evaluate_on(promises.sudo(), date(2026, 3, 1))
        self.assertEqual(
            promises.mapped("state"), ["kept", "partial", "broken", "kept"]
        )
        self._promise(self.invoice)  # nobody judged it yet

    def test_rates_by_number_and_by_amount(self):
        names = "judged_count:sum", "kept_rate:avg", "kept_amount_rate:avg"
        groups = self._group(PROMISES, "user_id", *names)
        count, rate, by_amount = groups[self.collector]
        self.assertEqual(count, 3)
        self.assertAlmostEqual(rate, 1 / 3)
        self.assertAlmostEqual(by_amount, 1050 / 1300)
        self.assertEqual(groups[self.manager], (1, 1, 1))
        total = self._total(PROMISES, *names)
        self.assertEqual(total[:2], (4, 0.5))
        self.assertAlmostEqual(total[2], 1150 / 1400)

    def test_amounts_and_age(self):
        names = "amount:sum", "judged_amount:sum", "kept_amount:sum"
        self.assertEqual(self._total(PROMISES, *names), (2400, 1400, 1150))
        # Due 40 and 30 days ago; promised on 10 February and today.
        self.assertEqual(self._group(PROMISES, "age_bucket", "__count"), {"1": (5,)})

    def test_void_is_not_broken(self):
        move = self._create_claim(300, days_overdue=40)
        promise = self._promise(move, days=3)
        self._credit(move, 300)
        self.env.cr.flush()
        self.assertEqual(promise.state, "void")
        count, rate = self._total(PROMISES, "judged_count:sum", "kept_rate:avg")
        self.assertEqual((count, rate), (4, 0.5))


@tagged("post_install", "-at_install")
class TestCollectionPlanReport(CollectionReportCase, CollectionCallsPlanCommon):
    """Plans are made on 10 March, the first installment is due on the 20th."""

    def _agree_on(self, amount, **vals):
        return self._agree(self._create_claim(amount, days_overdue=10), **vals)

    def test_outcomes(self):
        paid = self._agree_on(1000)
        missed = self._agree_on(2000, rule=self.any_incident)
        noticed = self._agree_on(4000, rule=self.business)
        cancelled = self._agree_on(500, user=self.manager)
        self._plan(self.invoice)  # a draft never ran
        cancelled.action_cancel("Paid by a third party")
        day = date(2026, 3, 15)
        with self._at(day):
            self._receive(paid.claim_ids.move_id, 1000, day)
        day = date(2026, 3, 27)
        self._run_on(day)
        with self._at(day):
            self._receive(noticed.claim_ids.move_id, 1000, day)
            self.env.cr.flush()
        plans = paid | missed | noticed | cancelled
        self.assertEqual(
            plans.mapped("state"), ["completed", "accelerated", "active", "cancelled"]
        )
        self._assert_outcomes()

    def _assert_outcomes(self):
        self.assertEqual(
            self._group(PLANS, "outcome", "plan_count:sum", "amount_total:sum"),
            {
                "1_running": (1, 4000),
                "2_completed": (1, 1000),
                "4_accelerated": (1, 2000),
                "5_cancelled": (1, 500),
            },
        )
        rates = "completed_rate", "accelerated_rate", "cured_rate", "paid_rate"
        completed, accelerated, cured, received = self._total(
            PLANS, *(f"{rate}:avg" for rate in rates)
        )
        self.assertAlmostEqual(completed, 1 / 3, msg="of those that ended")
        self.assertEqual((accelerated, cured), (0.25, 1))
        self.assertAlmostEqual(received, 2000 / 7500)
        by_user = self._group(PLANS, "user_id", "completed_rate:avg")
        self.assertEqual(by_user, {self.collector: (0.5,), self.manager: (0,)})
        missed = self._group(PLANS, "rule_id", "missed_count:sum")
        self.assertEqual(missed[self.business], (1,))
