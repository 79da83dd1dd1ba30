"""§ 498 BGB (German Civil Code), loans to consumers in installments: a test a sentence.

The sentences are told in our words. What Odoo has to do for them (the notice, its offer
of a talk, when its two weeks run) is tested in the addon, by the same names.
"""

from datetime import date, timedelta

import pytest

from collection_calls.engine import acceleration, allocation, schedule
from collection_calls.engine.acceleration import (
    ACCELERATE,
    ACTIVE,
    NOTHING,
    NOTICE,
    PROPOSE,
    Facts,
    Rule,
    decide,
    least_arrears_percent,
)

FIRST = date(2026, 1, 1)
SHORT, LONG = 36, 38  # months: three years are over on 1 January 2029
TWO_WEEKS = timedelta(days=14)


def consumer_rule(installments):
    """The rule that the addon ships, on a plan with these installments."""
    days = [installment.due for installment in installments]
    return Rule(
        missed_count=2,
        consecutive=True,
        min_arrears_percent=least_arrears_percent(10, 5, min(days), max(days)),
        notice_days=14,
        automatic=False,
    )


def judge(count, paid, today, total=None, state=ACTIVE, **facts):
    """The decision on a loan of ``count`` monthly installments of 100.00.

    :param int paid: in cents, all of it in time
    """
    total = total or count * 10_000
    plan = schedule.build(total, FIRST, schedule.MONTHLY, count=count)
    rule = consumer_rule(plan)
    parts = allocation.allocate(plan, paid, 0)
    missed = allocation.missed(parts, today, rule.grace_days, rule.tolerance)
    known = Facts(
        state,
        total,
        total - paid,
        allocation.arrears(parts, today),
        missed,
        missed,
        **facts,
    )
    return decide(known, rule, today)


def day_after(month, year=2026):
    """The day after the installment of a month was due."""
    return date(year, month, 2)


class TestParagraph1Sentence1Number1LetterA:
    """At least two successive installments are overdue in whole or in part."""

    def test_one_missed_is_not_enough(self):
        assert judge(5, 0, day_after(1)).step == NOTHING, "though it is 20 %"

    def test_two_missed_in_whole(self):
        assert judge(12, 0, day_after(2)).step == PROPOSE

    def test_two_missed_in_part(self):
        """Of January a cent is missing, of February all but a cent: both are missed."""
        assert judge(5, 9_999, day_after(2)).step == PROPOSE
        assert judge(5, 10_000, day_after(2)).step == NOTHING, "January is paid"

    def test_two_that_do_not_follow_each_other_are_never_missed_together(self):
        """Money pays the earliest first: a gap closes before the next one opens."""
        assert judge(5, 10_000, day_after(2)).step == NOTHING
        assert judge(5, 20_000, day_after(3)).step == NOTHING
        assert judge(5, 10_000, day_after(3)).step == PROPOSE


class TestParagraph1Sentence1Number1LetterB:
    """Overdue are 10 % of the nominal amount, or 5 % of a term beyond three years."""

    def test_ten_percent_up_to_three_years(self):
        """Of 36 installments three are 8.3 %, four are 11.1 %."""
        assert judge(SHORT, 0, day_after(3)).step == NOTHING
        assert judge(SHORT, 0, day_after(4)).step == PROPOSE

    def test_exactly_ten_percent_is_enough(self):
        assert judge(20, 0, day_after(2)).step == PROPOSE
        assert judge(20, 1, day_after(2)).step == NOTHING

    def test_five_percent_beyond_three_years(self):
        """Of 38 installments one is 2.6 %, two are 5.3 %."""
        assert judge(LONG, 0, day_after(1)).step == NOTHING
        assert judge(LONG, 0, day_after(2)).step == PROPOSE

    def test_exactly_five_percent_is_enough(self):
        """40 installments of 100.00, two missed: 200.00 of 4,000.00."""
        assert judge(40, 0, day_after(2)).step == PROPOSE
        assert judge(40, 1, day_after(2)).step == NOTHING

    def test_of_the_nominal_amount_and_not_of_what_is_left(self):
        """Half is paid: two of 36 are 5.6 % of the loan, and 11.8 % of the rest."""
        assert judge(SHORT, 170_000, date(2027, 7, 2)).step == NOTHING

    @pytest.mark.parametrize(
        ("last", "percent"),
        [
            (date(2028, 12, 31), 10),
            (date(2029, 1, 1), 10),  # three years, and not more
            (date(2029, 1, 2), 5),
            (date(2036, 1, 1), 5),
            (FIRST, 10),
        ],
    )
    def test_the_border_is_a_day(self, last, percent):
        assert least_arrears_percent(10, 5, FIRST, last) == percent

    @pytest.mark.parametrize(
        ("first", "last", "percent"),
        [
            (date(2028, 2, 29), date(2031, 2, 28), 10),
            (date(2028, 2, 29), date(2031, 3, 1), 5),
            (date(2025, 2, 28), date(2028, 2, 28), 10),
            (date(2025, 2, 28), date(2028, 2, 29), 5),
            (date(9997, 1, 1), date(9999, 12, 31), 10),  # the calendar's end
        ],
    )
    def test_leap_days(self, first, last, percent):
        assert least_arrears_percent(10, 5, first, last) == percent

    def test_a_rule_without_another_percentage_keeps_the_usual_one(self):
        assert least_arrears_percent(10, 0, FIRST, date(2036, 1, 1)) == 10
        assert least_arrears_percent(10, 5, None, None) == 10, "no schedule yet"


class TestParagraph1Sentence1Number2:
    """Two weeks to pay what is overdue, given in vain, before all of it is demanded."""

    noticed = date(2026, 2, 2)
    deadline = noticed + TWO_WEEKS

    def _judge(self, paid, today, deadline=deadline, **facts):
        return judge(12, paid, today, state=NOTICE, cure_deadline=deadline, **facts)

    def test_nothing_falls_due_before_the_deadline_is_over(self):
        assert self._judge(0, self.deadline).reason == "notice_running"
        assert self._judge(0, self.deadline + timedelta(1)).step == PROPOSE

    def test_no_deadline_runs_before_the_notice_has_arrived(self):
        late = self.deadline + TWO_WEEKS
        assert self._judge(0, late, deadline=None).reason == "notice_undelivered"

    def test_the_deadline_asks_for_what_is_overdue_and_not_for_more(self):
        """January and February paid on the last day: the loan goes on."""
        after = self.deadline + timedelta(1)
        assert self._judge(20_000, after).step == acceleration.CURE
        assert self._judge(19_999, after).step == PROPOSE

    def test_a_notice_is_never_skipped(self):
        rule = Rule(missed_count=2, min_arrears_percent=10, notice_days=14)
        facts = Facts(ACTIVE, 1_000, 1_000, 200, 2, 2)
        assert decide(facts, rule, self.noticed).step == acceleration.SEND_NOTICE
        assert decide(facts, rule, self.noticed).step != ACCELERATE


class TestParagraph2:
    """Loans on real estate: 2.5 % of the nominal amount instead."""

    @pytest.mark.parametrize(
        ("arrears", "step"), [(2_499, NOTHING), (2_500, acceleration.SEND_NOTICE)]
    )
    def test_a_rule_of_two_and_a_half_percent(self, arrears, step):
        rule = Rule(missed_count=2, min_arrears_percent=2.5, notice_days=14)
        facts = Facts(ACTIVE, 100_000, 100_000, arrears, 2, 2)
        assert decide(facts, rule, FIRST).step == step
