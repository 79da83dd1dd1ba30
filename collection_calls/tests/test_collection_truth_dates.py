"""Money and deadlines count on the days that the books and the law say."""

from datetime import date, datetime
from itertools import pairwise

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import TODAY
from .ledger_world import (
    DUE,
    IN_TIME,
    LATE,
    NIGHT,
    CollectionCallsLedgerWorld,
)

FRIDAY = date(2026, 3, 13)
SATURDAY, SUNDAY, MONDAY, TUESDAY, WEDNESDAY = (
    date(2026, 3, day) for day in (21, 22, 23, 24, 25)
)


@tagged("post_install", "-at_install")
class TestRedatedMoney(CollectionCallsLedgerWorld):
    """An accountant corrects the date of a payment that is matched already."""

    def _receive_on(self, day, amount, dated):
        with self._at(day):
            payment = self._receive(self.invoice, amount, dated)
            self.env.cr.flush()
        return payment

    def test_broken_promise_was_kept(self):
        promise = self._word()
        payment = self._receive_on(IN_TIME, 1000, LATE)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0)
        self.assertEqual(self._get_case_of().broken_promise_count, 1)
        with self._at(WEDNESDAY):
            self._redate(payment, IN_TIME)
            self._assert_verdict(promise, "kept", paid=1000)
        self.assertEqual(self._get_case_of().broken_promise_count, 0)
        self._judge_on(date(2026, 3, 26))
        self._assert_verdict(promise, "kept", paid=1000)

    def test_kept_promise_was_broken(self):
        promise = self._word()
        payment = self._receive_on(IN_TIME, 1000, IN_TIME)
        self._assert_verdict(promise, "kept", paid=1000)
        with self._at(TUESDAY):
            self._redate(payment, MONDAY)
            self._assert_verdict(promise, "open", paid=0)
        self._judge_on(WEDNESDAY)
        self._assert_verdict(promise, "broken", paid=0)
        self.assertEqual(self._get_case_of().broken_promise_count, 1)

    def test_promise_follows_every_correction(self):
        promise = self._word()
        payment = self._receive_on(IN_TIME, 1000, IN_TIME)
        for day, state in (
            (MONDAY, "broken"),
            (DUE, "kept"),
            (TUESDAY, "broken"),
            (TODAY, "kept"),
        ):
            with self._at(WEDNESDAY):
                self._redate(payment, day)
            self._judge_on(date(2026, 3, 26))
            self._assert_verdict(promise, state)

    def test_day_before_the_promise_counts_for_nothing(self):
        """Money that had come before leaves less to be paid, and keeps nothing."""
        promise = self._word(amount=600)
        payment = self._receive_on(IN_TIME, 1000, IN_TIME)
        self._assert_verdict(promise, "kept")
        with self._at(DUE):
            self._redate(payment, date(2026, 3, 9))
            self._assert_verdict(promise, "void", paid=0)

    def test_amount_is_corrected_too(self):
        """Odoo takes the match off then: the money waits to be matched again."""
        promise = self._word()
        payment = self._receive_on(IN_TIME, 1000, LATE)
        self._judge_on(NIGHT)
        with self._at(WEDNESDAY):
            self._redate(payment, IN_TIME, amount=400)
            self._match(self.invoice, payment.move_id)
        self._judge_on(date(2026, 3, 26))
        self._assert_verdict(promise, "partial", paid=400)

    def test_statement_line_is_corrected(self):
        promise = self._word()
        with self._at(IN_TIME):
            line = self._import_statement_line(1000, LATE)
            self._match_statement_line(line, self.invoice)
        self._judge_on(NIGHT)
        self._assert_failed(promise)
        with self._at(WEDNESDAY):
            line.move_id.button_draft()
            line.date = IN_TIME
            line.move_id.action_post()
        self._assert_verdict(promise, "kept", paid=1000)

    def test_collector_may_look_again_at_what_failed(self):
        promise = self._word()
        self._judge_on(NIGHT)
        self._assert_failed(promise)
        form = promise.with_user(self.collector).get_view(view_type="form")
        arch = form["arch"]
        start = arch.index('name="action_evaluate"')
        button = arch[arch.rindex("<", 0, start) : arch.index(">", start)]
        hidden = button.partition('invisible="')[2].partition('"')[0]
        self.assertFalse(safe_eval(hidden, {"id": promise.id, "state": "broken"}))
        with self._at(NIGHT):
            promise.with_user(self.collector).action_evaluate()
            self._assert_failed(promise)

    def test_plan_that_seemed_in_arrears(self):
        plan = self._agree()
        payment = self._receive_on(IN_TIME, 250, LATE)
        self._run_on(MONDAY)
        self._assert_verdict_of_plan(plan, "active", arrears=250)
        with self._at(MONDAY):
            self._redate(payment, IN_TIME)
            self._assert_verdict_of_plan(plan, "active", arrears=0)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_plan_that_seemed_on_schedule(self):
        plan = self._agree()
        payment = self._receive_on(IN_TIME, 250, IN_TIME)
        self._assert_verdict_of_plan(plan, "active", arrears=0)
        with self._at(MONDAY):
            self._redate(payment, LATE)
            self._assert_verdict_of_plan(plan, "active", arrears=250)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def _assert_verdict_of_plan(self, plan, state, arrears):
        self.env.cr.flush()
        self.assertEqual((plan.state, plan.amount_arrears), (state, arrears))

    def test_missed_installments_are_counted_anew(self):
        """Paid in time after all: a rule that counts over time must not count it."""
        counting = self.any_incident.sudo().copy(
            {"name": "Two over time", "missed_count": 2, "consecutive": False}
        )
        plan = self._agree(rule=counting)
        payment = self._receive_on(WEDNESDAY, 250, WEDNESDAY)
        self._judge_on(date(2026, 3, 26))
        with self._at(date(2026, 3, 27)):
            self._redate(payment, IN_TIME)
        self._judge_on(date(2026, 4, 24))
        self.assertEqual(plan.state, "active")


@tagged("post_install", "-at_install")
class TestMoneyDatedAhead(CollectionCallsLedgerWorld):
    books_ahead = True

    """A receipt counts at its accounting date, and not before."""

    SEPTEMBER = date(2026, 9, 15)

    def test_september_pays_nothing_in_march(self):
        plan = self._agree()
        self._receive(self.invoice, 250, self.SEPTEMBER)
        self.env.cr.flush()
        self.assertEqual(plan.installment_ids[0].state, "upcoming")
        self.assertEqual(plan.installment_ids[-1].amount_residual, 250)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_september_keeps_no_promise(self):
        promise = self._word()
        self._receive(self.invoice, 1000, self.SEPTEMBER)
        self._judge_on(NIGHT)
        self._assert_verdict(promise, "broken", paid=0)

    def test_cheque_dated_ahead_pays_on_its_day(self):
        plan = self._agree()
        self._receive(self.invoice, 250, IN_TIME)
        self.env.cr.flush()
        self.assertEqual(plan.installment_ids[0].state, "upcoming")
        self._judge_on(IN_TIME)
        self._assert_first_paid(plan)
        self._judge_on(NIGHT)
        self._assert_first_paid(plan)

    def test_cheque_dated_ahead_keeps_the_promise_on_its_day(self):
        promise = self._word()
        self._receive(self.invoice, 1000, IN_TIME)
        self._assert_verdict(promise, "open")
        self._judge_on(IN_TIME)
        self._assert_verdict(promise, "kept", paid=1000)

    def test_unmatched_money_dated_ahead_holds_nothing_back(self):
        plan = self._agree()
        self._receive_on_account(250, self.SEPTEMBER)
        self._judge_on(NIGHT)
        self._assert_failed(plan)

    def test_paid_off_ahead_is_not_completed_yet(self):
        plan = self._agree()
        self._receive(self.invoice, 1000, self.SEPTEMBER)
        self.env.cr.flush()
        self.assertEqual(plan.state, "active")


class CollectionCallsBankDaysCommon(CollectionCallsLedgerWorld):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strict = cls.any_incident.sudo().copy({"name": "Strict", "grace_days": 0})

    def _close(self, day, until=None, company=None, **vals):
        """A public holiday of a company, or a closure of several days."""
        company = company or self.company
        leaves = self.env["resource.calendar.leaves"]
        # Whose it is follows from the calendar, else from who enters it.
        return leaves.with_company(company).create(
            {
                "name": "Closed",
                "calendar_id": False,
                "date_from": datetime(day.year, day.month, day.day),
                "date_to": datetime.combine(until or day, datetime.max.time()).replace(
                    microsecond=0
                ),
                **vals,
            }
        )


@tagged("post_install", "-at_install")
class TestBankDays(CollectionCallsBankDaysCommon):
    """What has to be paid on a day without banks may be paid on the next (§ 193 BGB)"""

    def test_promise_for_friday(self):
        promise = self._word(days=3)
        self.assertEqual(promise.date_promised, FRIDAY)
        self.assertEqual(promise.tolerance_days, 2)
        self.assertEqual(promise.date_deadline, date(2026, 3, 16))
        self._judge_on(date(2026, 3, 16))
        self._assert_verdict(promise, "open")
        self._judge_on(date(2026, 3, 17))
        self._assert_failed(promise)

    def test_promise_for_friday_is_kept_on_monday(self):
        promise = self._word(days=3)
        with self._at(date(2026, 3, 17)):
            self._receive(self.invoice, 1000, date(2026, 3, 16))
            self._assert_verdict(promise, "kept", paid=1000)

    def test_promise_for_saturday(self):
        promise = self._word(days=11, tolerance_days=0)
        self.assertEqual(promise.date_promised, SATURDAY)
        self.assertEqual(promise.date_deadline, MONDAY)
        self._judge_on(MONDAY)
        self._assert_verdict(promise, "open")
        self._judge_on(TUESDAY)
        self._assert_failed(promise)

    def test_plan_due_on_saturday(self):
        plan = self._agree(days=11, rule=self.strict)
        self.assertEqual(plan.installment_ids[0].date_due, SATURDAY)
        for day in (SUNDAY, MONDAY):
            self._judge_on(day)
            self.assertEqual(plan.state, "active", day)
            self.assertNotEqual(plan.installment_ids[0].state, "missed", day)
        self._judge_on(TUESDAY)
        self._assert_failed(plan)

    def test_plan_due_on_saturday_is_paid_on_monday(self):
        plan = self._agree(days=11, rule=self.strict)
        with self._at(MONDAY):
            self._receive(self.invoice, 250, MONDAY)
        self._judge_on(TUESDAY)
        self._assert_first_paid(plan)

    def test_grace_that_ends_on_sunday(self):
        lenient = self.any_incident.sudo().copy({"name": "Two days", "grace_days": 2})
        plan = self._agree(rule=lenient)
        self._judge_on(MONDAY)
        self.assertEqual(plan.state, "active")
        self._judge_on(TUESDAY)
        self._assert_failed(plan)

    def test_public_holiday(self):
        self._close(MONDAY)
        plan = self._agree(days=11, rule=self.strict)
        promise = self._word(self._create_claim(500, 5), days=11, tolerance_days=0)
        self.assertEqual(promise.date_deadline, TUESDAY)
        self._judge_on(TUESDAY)
        self.assertEqual((plan.state, promise.state), ("active", "open"))
        self._judge_on(WEDNESDAY)
        self.assertEqual((plan.state, promise.state), ("accelerated", "broken"))

    def test_holiday_of_the_companys_calendar(self):
        self._close(MONDAY, calendar_id=self.company.resource_calendar_id.id)
        promise = self._word(days=11, tolerance_days=0)
        self.assertEqual(promise.date_deadline, TUESDAY)

    def test_holiday_that_is_declared_later(self):
        """A strike of the banks: what is agreed already moves, too."""
        plan = self._agree(days=11, rule=self.strict)
        promise = self._word(self._create_claim(500, 5), days=11, tolerance_days=0)
        self._close(MONDAY)
        self._judge_on(TUESDAY)
        self.assertEqual((plan.state, promise.state), ("active", "open"))

    def test_holidays_of_others_do_not_count(self):
        other = self.setup_other_company()["company"]
        self._close(MONDAY, company=other)
        colleague = (
            self.env["resource.resource"]
            .sudo()
            .create(
                {
                    "name": "On leave",
                    "calendar_id": self.company.resource_calendar_id.id,
                }
            )
        )
        self._close(MONDAY, resource_id=colleague.id)
        promise = self._word(days=11, tolerance_days=0)
        self.assertEqual(promise.date_deadline, MONDAY)

    def test_cure_that_ends_on_saturday(self):
        plan = self._agree(rule=self.business)
        self._run_on(date(2026, 3, 26))
        with self._at(date(2026, 4, 1)):
            self._deliver(self._get_letters(plan, "notice"))
        self._judge_on(date(2026, 4, 12))
        self.assertEqual(plan.state, "notice")
        self._judge_on(date(2026, 4, 13))
        self.assertEqual(plan.state, "notice")
        self._judge_on(date(2026, 4, 14))
        self._assert_failed(plan)

    def test_switched_off(self):
        self._configure(collection_bank_days=False)
        promise = self._word(days=11, tolerance_days=0)
        other = self._create_claim(500, 5)
        plan = self._agree(other, days=11, rule=self.strict)
        self.assertEqual(promise.date_deadline, SATURDAY)
        self._judge_on(SUNDAY)
        self.assertEqual((plan.state, promise.state), ("accelerated", "broken"))

    def test_weekdays_stay(self):
        promise = self._word()
        self.assertEqual(promise.date_deadline, DUE)
        self._judge_on(SATURDAY)
        self._assert_failed(promise)


@tagged("post_install", "-at_install")
class TestCrowdedSchedule(CollectionCallsBankDaysCommon):
    """After a shutdown, installments don't follow day upon day."""

    def _plan_over_new_year(self, **vals):
        self._close(date(2026, 12, 21), date(2027, 1, 10))
        return self._plan(
            self.invoice,
            date_start=date(2026, 12, 25),
            frequency="weekly",
            on_working_days=True,
            **vals,
        )

    def _assert_apart(self, days):
        """At least a whole working day lies between any two of them."""
        works = sorted(
            self.company._get_collection_working_days(days[0], days[-1]) | set(days)
        )
        places = [works.index(day) for day in days]
        gaps = [after - before for before, after in pairwise(places)]
        self.assertGreaterEqual(min(gaps), 2, days)

    def test_weekly(self):
        plan = self._plan_over_new_year()
        days = plan.installment_ids.mapped("date_due")
        self.assertEqual(days[0], date(2027, 1, 11))
        self._assert_apart(days)

    def test_many_of_them(self):
        plan = self._plan_over_new_year(count=10)
        self._assert_apart(plan.installment_ids.mapped("date_due"))

    def test_after_it_the_rhythm_is_as_before(self):
        plan = self._plan_over_new_year(count=10)
        self.assertEqual(plan.installment_ids[-1].date_due, date(2027, 2, 26))

    def test_without_a_shutdown_nothing_moves(self):
        plan = self._plan(
            self.invoice,
            date_start=date(2026, 12, 25),
            frequency="weekly",
            on_working_days=True,
        )
        days = [date(2026, 12, 25), *(date(2027, 1, day) for day in (1, 8, 15))]
        self.assertEqual(plan.installment_ids.mapped("date_due"), days)

    def test_preview_says_so(self):
        plan = self._plan_over_new_year()
        self.assertRegex(plan._render_preview(), "closer together")

    def test_still_pays_all(self):
        plan = self._plan_over_new_year(count=3)
        self.assertEqual(sum(plan.installment_ids.mapped("amount")), 1000)
        self.assertEqual(self._activate(plan).state, "active")
