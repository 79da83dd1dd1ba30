"""The decision on a plan: for every combination of rule, facts and day that matters."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from collection_calls.engine.acceleration import (
    ACCELERATE,
    ACCELERATED,
    ACTIVE,
    COMPLETE,
    CURE,
    DISSOLVE,
    HOLD,
    NOTHING,
    NOTICE,
    PROPOSE,
    SEND_NOTICE,
    Decision,
    Facts,
    Rule,
    asks_for_step,
    decide,
)
from collection_calls.engine.allocation import Receipt, allocate, arrears
from collection_calls.engine.allocation import missed as count_missed
from collection_calls.engine.allocation import missed_ever as count_missed_ever
from collection_calls.engine.schedule import MONTHLY, build

DAY = timedelta(days=1)
TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - DAY
TOTAL = 100

TRIGGERS = ("missed", "returned_payment", "new_overdue")
REASONS = {
    NOTHING: {
        "on_schedule",
        "within_grace",
        "respite",
        "notice_running",
        "notice_undelivered",
        "accelerated",
    },
    COMPLETE: {"paid_off"},
    CURE: {"cured"},
    HOLD: {"pending_money", "dispute", "hold", "notice_bounced"},
    PROPOSE: {*TRIGGERS, "not_cured"},
    SEND_NOTICE: {*TRIGGERS},
    ACCELERATE: {*TRIGGERS, "not_cured"},
}
# the steps that the debtor feels, or that a person is asked to take
CONSEQUENCES = (PROPOSE, SEND_NOTICE, ACCELERATE)

# With a tolerance of 5 and 20 % of 100: just below, at and above each border.
ARREARS = (0, 5, 19, 20)
MISSES = ((0, 0), (0, 2), (1, 2), (2, 2))
INCIDENTS = ((False, False), (True, False), (False, True))
OBSTACLES = ((False, False), (True, False), (False, True))
BOTH = (False, True)


def all_facts(states, residuals=(TOTAL,)):
    for values in product(
        states,
        residuals,
        ARREARS,
        MISSES,
        (0, 15),
        INCIDENTS,
        OBSTACLES,
        BOTH,
        (None, TODAY, YESTERDAY),
        (None, TODAY),
    ):
        state, residual, due, misses, pending, incident, obstacle, *rest = values
        yield Facts(
            state, TOTAL, residual, due, *misses, pending, *incident, *obstacle, *rest
        )


def all_rules():
    for values in product(
        (0, 5),
        ((1, True), (2, True), (2, False)),
        (0, 20),
        BOTH,
        BOTH,
        (0, 14),
        BOTH,
    ):
        tolerance, count, *rest = values
        yield Rule(3, tolerance, *count, *rest)


RULES = tuple(all_rules())


@pytest.fixture(scope="module")
def cases():
    """Facts, rule, step and reason: more than a million decisions."""
    return [
        (facts, rule, decision.step, decision.reason)
        for facts in all_facts((ACTIVE, NOTICE))
        for rule in RULES
        for decision in (decide(facts, rule, TODAY),)
    ]


def test_every_plan_has_one_known_step_and_reason(cases):
    assert len(cases) == 2 * 4 * 4 * 2 * 3 * 3 * 2 * 3 * 2 * len(RULES)
    found = {}
    for _facts, _rule, step, reason in cases:
        found.setdefault(step, set()).add(reason)
    expected = {step: REASONS[step] - {"accelerated"} for step in REASONS}
    del expected[COMPLETE]
    assert found == expected


def test_no_consequence_without_arrears_above_the_tolerance(cases):
    assert not [
        (facts, rule)
        for facts, rule, step, _reason in cases
        if step in CONSEQUENCES and facts.arrears <= rule.tolerance
    ]


def test_a_required_notice_is_never_skipped(cases):
    for facts, rule, step, _reason in cases:
        if step == ACCELERATE and facts.state == ACTIVE:
            assert rule.notice_days == 0
        elif step == ACCELERATE:
            assert facts.cure_deadline == YESTERDAY and not facts.has_notice_bounced
        elif step == SEND_NOTICE:
            assert rule.notice_days and facts.state == ACTIVE


def test_without_automatic_a_person_decides(cases):
    for _facts, rule, step, _reason in cases:
        if step in CONSEQUENCES:
            assert rule.automatic == (step != PROPOSE)


def test_money_that_covers_the_arrears_holds(cases):
    for facts, rule, step, reason in cases:
        covered = facts.pending >= facts.arrears - rule.tolerance
        assert not (covered and step in CONSEQUENCES)
        assert covered or reason != "pending_money"


def test_an_obstacle_holds(cases):
    for facts, _rule, step, reason in cases:
        if step in CONSEQUENCES:
            assert not (facts.is_disputed or facts.is_on_hold)
            assert facts.state == ACTIVE or not facts.has_notice_bounced
        elif reason == "notice_bounced":
            assert facts.state == NOTICE and facts.has_notice_bounced


def test_what_is_held_back_would_go_on_without_the_obstacle(cases):
    """Only a bounced notice holds by itself, until another one is delivered."""
    free = {"pending": 0, "is_disputed": False, "is_on_hold": False}
    held = [(facts, rule) for facts, rule, step, _reason in cases if step == HOLD]
    for facts, rule in held[::7]:  # every seventh: it takes its time
        without = decide(replace(facts, **free), rule, TODAY)
        bounced = facts.state == NOTICE and facts.has_notice_bounced
        assert without.step in ((HOLD,) if bounced else CONSEQUENCES)


def test_cured_is_who_got_notice_and_has_no_arrears_left(cases):
    for facts, rule, step, _reason in cases:
        cured = facts.state == NOTICE and facts.arrears <= rule.tolerance
        assert (step == CURE) == cured


def test_a_respite_stops_every_trigger(cases):
    for facts, _rule, step, reason in cases:
        if facts.state == ACTIVE and facts.respite:
            assert step == NOTHING and reason in ("respite", "on_schedule")


def test_an_active_plan_needs_its_trigger(cases):
    """What asks for a step, written down once more in other words."""
    for facts, rule, step, reason in cases:
        if facts.state != ACTIVE or facts.respite:
            continue
        counted = facts.missed if rule.consecutive else facts.missed_ever
        causes = [
            facts.missed > 0
            and counted >= rule.missed_count
            and facts.arrears >= rule.min_arrears_percent,  # the total is 100
            rule.on_returned_payment and facts.has_returned_payment,
            rule.on_new_overdue and facts.has_new_overdue,
        ]
        asked = facts.arrears > rule.tolerance and any(causes)
        assert (step == HOLD or step in CONSEQUENCES) == asked
        if step in CONSEQUENCES:
            assert reason == TRIGGERS[causes.index(True)]


def test_no_step_is_taken_twice(cases):
    """The next run finds the plan where the step left it, and nothing to do."""
    for facts, rule, step, _reason in cases:
        if step == ACCELERATE:
            after = replace(facts, state=ACCELERATED)
        elif step == SEND_NOTICE:
            after = replace(
                facts, state=NOTICE, cure_deadline=None, has_notice_bounced=False
            )
        elif step == CURE:
            after = replace(facts, state=ACTIVE)
        else:
            continue
        assert decide(after, rule, TODAY).step == NOTHING


def test_accelerated_stays_unless_paid_off():
    for facts, rule in product(all_facts((ACCELERATED,)), RULES[::7]):
        assert decide(facts, rule, TODAY) == Decision(NOTHING, "accelerated")


def test_paid_off_is_complete_whatever_else_is_true():
    every = all_facts((ACTIVE, NOTICE, ACCELERATED), residuals=(0, -1))
    for facts, rule in product(every, RULES[::17]):
        assert decide(facts, rule, TODAY) == Decision(COMPLETE, "paid_off")


@pytest.mark.parametrize("state", ["draft", "offered", "completed", "cancelled", ""])
def test_a_plan_that_does_not_run_gets_no_step(state):
    with pytest.raises(ValueError, match="state"):
        decide(Facts(state, 100, 100, 100, 3, 3), Rule(), TODAY)


money = st.integers(0, 1_000)
counts = st.integers(0, 5)
days = st.none() | st.dates(TODAY - 5 * DAY, TODAY + 5 * DAY)


@st.composite
def facts_of_any_size(draw):
    missed = draw(counts)
    return Facts(
        draw(st.sampled_from([ACTIVE, NOTICE, ACCELERATED])),
        1_000,
        draw(money),
        draw(money),
        missed,
        missed + draw(counts),
        draw(st.sampled_from([0, 0, 10, 500])),
        *(draw(st.booleans()) for _flag in range(5)),
        draw(days),
        draw(days),
    )


rules = st.builds(
    Rule,
    grace_days=counts,
    tolerance=st.sampled_from([0, 50]),
    missed_count=st.integers(1, 3),
    consecutive=st.booleans(),
    min_arrears_percent=st.sampled_from([0, 5, 10.0, 33.3]),
    on_returned_payment=st.booleans(),
    on_new_overdue=st.booleans(),
    notice_days=st.sampled_from([0, 14]),
    automatic=st.booleans(),
)


@given(facts_of_any_size(), rules)
def test_same_answer_when_asked_twice(facts, rule):
    decision = decide(facts, rule, TODAY)
    assert decide(replace(facts), replace(rule), TODAY) == decision
    assert decision.reason in REASONS[decision.step]


def severity(decision):
    ranks = [(COMPLETE,), (CURE,), (NOTHING,), (HOLD,), CONSEQUENCES]
    return next(rank for rank, steps in enumerate(ranks) if decision.step in steps)


@given(facts_of_any_size(), rules, money, counts, counts)
def test_doing_worse_never_has_fewer_consequences(facts, rule, more, missed, ever):
    worse = replace(
        facts,
        residual=facts.residual + more,
        arrears=facts.arrears + more,
        missed=facts.missed + missed,
        missed_ever=facts.missed_ever + missed + ever,
    )
    before, after = decide(facts, rule, TODAY), decide(worse, rule, TODAY)
    assert severity(before) <= severity(after)


@given(facts_of_any_size(), rules, money)
def test_money_that_turns_up_never_makes_it_worse(facts, rule, more):
    richer = replace(facts, pending=facts.pending + more)
    before, after = decide(facts, rule, TODAY), decide(richer, rule, TODAY)
    assert severity(after) <= severity(before)


@given(facts_of_any_size(), rules, st.integers(0, 10))
def test_waiting_never_takes_a_step_back(facts, rule, later):
    """Deadline and respite run out: the same facts have no fewer consequences."""
    before = decide(facts, rule, TODAY)
    after = decide(facts, rule, TODAY + later * DAY)
    assert severity(before) <= severity(after)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 1_000))
@example(3_000, 33, 11)  # floats make 1.1 * 3000 a little more than 3300
@example(3_000, 32, 11)
def test_a_percentage_is_compared_to_the_cent(total, due, tenths):
    assume(due <= total)
    rule = Rule(min_arrears_percent=tenths / 10)
    decision = decide(Facts(ACTIVE, total, total, due, 1, 1), rule, TODAY)
    assert (decision.step == ACCELERATE) == (due * 1_000 >= tenths * total)


# The rules that the addon ships, on plans that are easily reckoned.
ANY_INCIDENT = Rule(grace_days=3)
BUSINESS = Rule(grace_days=5, notice_days=10)
CONSUMER = Rule(missed_count=2, min_arrears_percent=10, notice_days=14, automatic=False)


def facts_of(count, received, today, rule, state=ACTIVE, **others):
    """A plan of ``count`` times 100.00 from 1 January 2026, and what was received."""
    total = count * 10_000
    plan = build(total, date(2026, 1, 1), MONTHLY, count=count)
    receipts = tuple(Receipt(day, amount) for day, amount in received if day <= today)
    paid = sum(receipt.amount for receipt in receipts)
    parts = allocate(plan, paid, 0)
    patience = (today, rule.grace_days, rule.tolerance, others.get("respite"))
    return Facts(
        state,
        total,
        total - paid,
        arrears(parts, today),
        count_missed(parts, *patience),
        count_missed_ever(plan, receipts, 0, *patience),
        **others,
    )


def judge(rule, count, received, today, state=ACTIVE, **others):
    facts = facts_of(count, received, today, rule, state, **others)
    return decide(facts, rule, today)


def test_any_incident_makes_the_rest_due_after_three_days():
    """Due on Thursday 1 January: nothing until Sunday the 4th, the rest on the 5th."""
    assert judge(ANY_INCIDENT, 10, [], date(2026, 1, 1)).reason == "on_schedule"
    assert judge(ANY_INCIDENT, 10, [], date(2026, 1, 4)).reason == "within_grace"
    due = judge(ANY_INCIDENT, 10, [], date(2026, 1, 5))
    assert due == Decision(ACCELERATE, "missed")


def test_a_cent_short_is_an_incident_unless_tolerated():
    received = [(date(2026, 1, 1), 9_999)]
    today = date(2026, 1, 5)
    assert judge(ANY_INCIDENT, 10, received, today).step == ACCELERATE
    patient = replace(ANY_INCIDENT, tolerance=1)
    assert judge(patient, 10, received, today) == Decision(NOTHING, "within_grace")


def test_business_has_ten_days_to_cure():
    """Notice on 7 January, 5 days after the due day have passed; cure to the 17th."""
    assert judge(BUSINESS, 10, [], date(2026, 1, 6)).step == NOTHING
    notice = judge(BUSINESS, 10, [], date(2026, 1, 7))
    assert notice == Decision(SEND_NOTICE, "missed")
    sent = {"state": NOTICE, "cure_deadline": date(2026, 1, 17)}
    running = judge(BUSINESS, 10, [], date(2026, 1, 17), **sent)
    assert running == Decision(NOTHING, "notice_running")
    paid = [(date(2026, 1, 17), 10_000)]
    assert judge(BUSINESS, 10, paid, date(2026, 1, 18), **sent).step == CURE
    over = judge(BUSINESS, 10, [], date(2026, 1, 18), **sent)
    assert over == Decision(ACCELERATE, "not_cured")


def test_a_notice_that_is_not_delivered_starts_no_clock():
    waiting = judge(BUSINESS, 10, [], date(2026, 1, 31), state=NOTICE)
    assert waiting == Decision(NOTHING, "notice_undelivered")
    bounced = judge(
        BUSINESS, 10, [], date(2026, 1, 31), state=NOTICE, has_notice_bounced=True
    )
    assert bounced == Decision(HOLD, "notice_bounced")


def test_a_consumer_must_miss_two_and_a_tenth():
    """12 installments: two are 16.7 %. 24: two are 8.3 %, three are 12.5 %."""
    assert judge(CONSUMER, 12, [], date(2026, 2, 1)).reason == "within_grace"
    assert judge(CONSUMER, 12, [], date(2026, 2, 2)) == Decision(PROPOSE, "missed")
    assert judge(CONSUMER, 24, [], date(2026, 2, 2)).reason == "within_grace"
    assert judge(CONSUMER, 24, [], date(2026, 3, 2)) == Decision(PROPOSE, "missed")


def test_exactly_a_tenth_is_enough():
    """20 installments of 100.00, two missed: 200.00 of 2,000.00."""
    assert judge(CONSUMER, 20, [], date(2026, 2, 2)) == Decision(PROPOSE, "missed")
    cent = [(date(2026, 1, 1), 1)]
    assert judge(CONSUMER, 20, cent, date(2026, 2, 2)).reason == "within_grace"


def test_late_twice_counts_where_misses_need_not_be_consecutive():
    """January comes in February, and March doesn't come."""
    received = [
        (date(2026, 1, 20), 10_000),
        (date(2026, 2, 1), 10_000),
    ]
    today = date(2026, 3, 2)
    twice = Rule(missed_count=2, consecutive=False)
    assert judge(twice, 12, received, date(2026, 2, 20)).reason == "on_schedule"
    assert judge(twice, 12, received, today) == Decision(ACCELERATE, "missed")
    in_a_row = replace(twice, consecutive=True)
    assert judge(in_a_row, 12, received, today).reason == "within_grace"


def test_a_returned_payment_does_not_wait_for_the_grace_days():
    rule = replace(ANY_INCIDENT, on_returned_payment=True)
    today = date(2026, 1, 2)
    returned = judge(rule, 10, [], today, has_returned_payment=True)
    assert returned == Decision(ACCELERATE, "returned_payment")
    paid = [(date(2026, 1, 1), 10_000)]
    assert judge(rule, 10, paid, today, has_returned_payment=True).step == NOTHING


def test_a_transfer_on_its_way_holds_back_the_step():
    """100.00 lack: 99.99 lying around isn't enough, 100.00 is."""
    today = date(2026, 1, 5)
    short = judge(ANY_INCIDENT, 10, [], today, pending=9_999)
    assert short.step == ACCELERATE
    enough = judge(ANY_INCIDENT, 10, [], today, pending=10_000)
    assert enough == Decision(HOLD, "pending_money")


def test_reinstated_with_a_respite():
    """Until 31 January nothing counts; on 1 February January's is missed."""
    respite = {"respite": date(2026, 1, 31)}
    on_it = judge(ANY_INCIDENT, 10, [], date(2026, 1, 31), **respite)
    assert on_it == Decision(NOTHING, "respite")
    after = judge(ANY_INCIDENT, 10, [], date(2026, 2, 1), **respite)
    assert after == Decision(ACCELERATE, "missed")


def test_late_money_never_takes_the_acceleration_back():
    late = [(date(2026, 2, 1), 50_000)]
    stays = judge(ANY_INCIDENT, 10, late, date(2026, 2, 2), state=ACCELERATED)
    assert stays == Decision(NOTHING, "accelerated")
    all_of_it = [(date(2026, 2, 1), 100_000)]
    paid_off = judge(ANY_INCIDENT, 10, all_of_it, date(2026, 2, 2), state=ACCELERATED)
    assert paid_off == Decision(COMPLETE, "paid_off")


def test_only_money_completes_a_plan():
    facts = Facts(ACTIVE, 300, 0, 0, 0, 0)
    assert decide(facts, Rule(), TODAY).step == COMPLETE
    credited = replace(facts, is_credited=True)
    assert decide(credited, Rule(), TODAY) == Decision(DISSOLVE, "credited")
    accelerated = replace(credited, state=ACCELERATED)
    assert decide(accelerated, Rule(), TODAY) == Decision(DISSOLVE, "credited")


@pytest.mark.parametrize("notice_days", [0, 10])
def test_no_step_on_books_that_end_before_the_deadline(notice_days):
    rule = Rule(notice_days=notice_days)
    facts = Facts(ACTIVE, 300, 300, 100, 1, 1, is_unbooked=True)
    assert decide(facts, rule, TODAY) == Decision(HOLD, "stale_books")
    booked = replace(facts, is_unbooked=False)
    assert decide(booked, rule, TODAY).step in (SEND_NOTICE, ACCELERATE)


def test_what_asks_for_a_step_on_the_day_of_the_books():
    """The incident of today may be none on the last day that is booked."""
    missed = Facts(ACTIVE, 300, 300, 100, 1, 1)
    assert asks_for_step(missed, Rule(), TODAY)
    assert not asks_for_step(replace(missed, missed=0), Rule(), TODAY)
    noticed = replace(missed, state=NOTICE, cure_deadline=YESTERDAY)
    assert asks_for_step(noticed, Rule(notice_days=10), TODAY)
    assert not asks_for_step(noticed, Rule(notice_days=10), YESTERDAY)


@pytest.mark.parametrize("state", [ACTIVE, NOTICE])
@pytest.mark.parametrize("is_accepted", [True, False])
@pytest.mark.parametrize("requires_acceptance", [True, False])
def test_what_was_not_accepted_in_writing(state, is_accepted, requires_acceptance):
    """A rule may want the debtor's written acceptance before any step."""
    rule = Rule(notice_days=10, requires_acceptance=requires_acceptance)
    late = TODAY - timedelta(1)
    facts = Facts(
        state, 100, 100, 50, 1, 1, cure_deadline=late, is_accepted=is_accepted
    )
    decision = decide(facts, rule, TODAY)
    if requires_acceptance and not is_accepted:
        assert (decision.step, decision.reason) == (HOLD, "not_accepted")
    else:
        assert decision.step == (SEND_NOTICE if state == ACTIVE else ACCELERATE)


def test_paid_off_needs_no_acceptance():
    rule = Rule(requires_acceptance=True)
    assert decide(Facts(ACTIVE, 100, 0, 0, 0, 0), rule, TODAY).step == COMPLETE
