"""When a debtor may be called: by hand, and against looking at every minute.

What is expected is reckoned with ``zoneinfo``, the engine reckons with ``pytz``. Clocks
are changed on days of the past, on which both sources of time zones agree: countries
change their minds about the future.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from collection_calls.engine.contact_window import (
    ANY_HOUR,
    BREACHES,
    HOLIDAY,
    HORIZON_DAYS,
    HOUR,
    OPT_OUT,
    TOO_MANY,
    TOO_SOON,
    Breach,
    Consent,
    Contact,
    Policy,
    breaches,
    is_agreed,
    next_permitted,
)

UTC = timezone.utc
NEVER = datetime.max.replace(tzinfo=UTC)
DAY, HOURS, MINUTE = timedelta(1), timedelta(hours=1), timedelta(minutes=1)
BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"


def at(zone, *when):
    """A moment as the clocks of a time zone show it, in UTC."""
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def daily(start, end):
    return (((start * 60, end * 60),),) * 7


def codes(policy, contact, moment):
    return tuple(breach.code for breach in breaches(policy, contact, moment))


# Regulation F, as it is written.
REGULATION_F = Policy(
    max_attempts=7, attempt_days=7, days_after_contact=7, hours=daily(8, 21)
)
NEW_YORKER = Contact((NEW_YORK,))


def test_the_eighth_call_in_seven_days_is_one_too_many():
    """Seven calls on Monday 1 to Sunday 7 June: the next on Monday the 8th."""
    calls = tuple(at(NEW_YORK, 2026, 6, day, 18, 30) for day in range(1, 8))
    contact = replace(NEW_YORKER, attempts=calls[:6])
    assert next_permitted(REGULATION_F, contact, calls[6]) == calls[6]
    contact = replace(NEW_YORKER, attempts=calls)
    moment = at(NEW_YORK, 2026, 6, 7, 19)
    midnight = at(NEW_YORK, 2026, 6, 8)
    assert breaches(REGULATION_F, contact, moment) == (Breach(TOO_MANY, midnight),)
    opening = at(NEW_YORK, 2026, 6, 8, 8)
    assert next_permitted(REGULATION_F, contact, moment) == opening
    eight = replace(contact, attempts=(*calls, opening))
    day_after = at(NEW_YORK, 2026, 6, 9, 8)
    assert next_permitted(REGULATION_F, eight, opening) == day_after


def test_seven_calls_on_one_day_are_enough_for_a_week():
    calls = tuple(at(NEW_YORK, 2026, 6, 1, hour) for hour in range(9, 16))
    contact = replace(NEW_YORKER, attempts=calls[::-1])  # in whatever order
    until = next_permitted(REGULATION_F, contact, at(NEW_YORK, 2026, 6, 1, 16))
    assert until == at(NEW_YORK, 2026, 6, 8, 8)


def test_the_day_of_the_conversation_is_the_first_of_seven():
    """Spoken to late on Monday 1 June: called again on Monday the 8th."""
    contact = replace(NEW_YORKER, last_contact=at(NEW_YORK, 2026, 6, 1, 20, 59))
    moment = at(NEW_YORK, 2026, 6, 7, 20, 59)
    midnight = at(NEW_YORK, 2026, 6, 8)
    assert breaches(REGULATION_F, contact, moment) == (Breach(TOO_SOON, midnight),)
    opening = at(NEW_YORK, 2026, 6, 8, 8)
    assert next_permitted(REGULATION_F, contact, moment) == opening


def test_days_are_those_of_the_debtor():
    """20:30 on Monday in New York is Tuesday in UTC, and counts as Monday."""
    spoken = at(NEW_YORK, 2026, 6, 1, 20, 30)
    assert spoken.date() == date(2026, 6, 2)
    contact = Contact((NEW_YORK,), attempts=(spoken,) * 7, last_contact=spoken)
    found = breaches(REGULATION_F, contact, spoken)
    assert {breach.until for breach in found} == {at(NEW_YORK, 2026, 6, 8)}


def test_one_day_after_a_contact_is_that_day():
    contact = Contact((BERLIN,), last_contact=at(BERLIN, 2026, 6, 1, 9))
    moment = at(BERLIN, 2026, 6, 1, 17)
    policy = Policy(days_after_contact=1)
    assert next_permitted(policy, contact, moment) == at(BERLIN, 2026, 6, 2)
    assert next_permitted(Policy(), contact, moment) == moment


def test_without_a_limit_a_contact_to_come_is_none():
    monday = at(BERLIN, 2026, 6, 1, 9)
    contact = Contact((BERLIN,), attempts=(monday,), last_contact=monday)
    assert next_permitted(Policy(), contact, monday - DAY) == monday - DAY
    rest = Policy(days_after_contact=1)
    assert codes(rest, contact, monday - DAY) == (TOO_SOON,)


def test_the_horizon_ends_with_its_last_moment():
    policy, contact = Policy(hours=daily(8, 9)), Contact((BERLIN,))
    closing = at(BERLIN, 2026, 6, 1, 9)
    opening = closing + 23 * HOURS
    assert next_permitted(policy, contact, opening - DAY, 0) == opening - DAY
    assert next_permitted(policy, contact, closing, 23 / 24) == opening
    assert next_permitted(policy, contact, closing, 22 / 24) is None


def test_a_span_ends_before_its_end():
    policy = Policy(hours=daily(8, 21))
    contact = Contact((BERLIN,))
    opening, closing = at(BERLIN, 2026, 6, 1, 8), at(BERLIN, 2026, 6, 1, 21)
    instant = timedelta(microseconds=1)
    assert codes(policy, contact, opening - instant) == (HOUR,)
    assert codes(policy, contact, opening) == ()
    assert codes(policy, contact, closing - instant) == ()
    assert breaches(policy, contact, closing) == (Breach(HOUR, opening + DAY),)
    assert next_permitted(policy, contact, opening - instant) == opening


def test_from_friday_afternoon_to_monday_morning():
    week = (((8 * 60, 12 * 60), (13 * 60, 15 * 60)),) * 5 + ((), ())
    policy, contact = Policy(hours=week), Contact((BERLIN,))
    friday = at(BERLIN, 2026, 6, 5, 12)
    assert next_permitted(policy, contact, friday) == friday + HOURS
    assert next_permitted(policy, contact, friday + 3 * HOURS) == at(
        BERLIN, 2026, 6, 8, 8
    )


def test_the_same_weekday_a_week_on():
    only_monday = (((540, 600),), (), (), (), (), (), ())
    monday = at(BERLIN, 2026, 6, 1, 10)
    found = next_permitted(Policy(hours=only_monday), Contact((BERLIN,)), monday)
    assert found == at(BERLIN, 2026, 6, 8, 9)


def test_spans_may_overlap_and_come_in_any_order():
    policy = Policy(hours=(((600, 720), (480, 660), (480, 500)),) * 7)
    contact = Contact((BERLIN,))
    assert not breaches(policy, contact, at(BERLIN, 2026, 6, 1, 8, 30))
    found = next_permitted(policy, contact, at(BERLIN, 2026, 6, 1, 7))
    assert found == at(BERLIN, 2026, 6, 1, 8)


def test_holidays():
    """Good Friday to Easter Monday 2026, with a weekend between."""
    holidays = frozenset(date(2026, 4, day) for day in (3, 4, 5, 6))
    contact = Contact((BERLIN,), holidays=holidays)
    policy = Policy(hours=daily(9, 17), respects_holidays=True)
    friday = at(BERLIN, 2026, 4, 3, 10)
    midnight = at(BERLIN, 2026, 4, 7)
    assert breaches(policy, contact, friday) == (Breach(HOLIDAY, midnight),)
    assert next_permitted(policy, contact, friday) == midnight + 9 * HOURS
    careless = replace(policy, respects_holidays=False)
    assert next_permitted(careless, contact, friday) == friday


def test_closed_for_some_hours():
    """24 December 2026 from noon, on the clock of wherever the debtor is."""
    eve = (datetime(2026, 12, 24, 12), datetime(2026, 12, 25))
    contact = Contact((BERLIN,), closings=(eve,))
    policy = Policy(hours=daily(9, 17), respects_holidays=True)
    noon, midnight = at(BERLIN, 2026, 12, 24, 12), at(BERLIN, 2026, 12, 25)
    assert codes(policy, contact, noon - MINUTE) == ()
    assert breaches(policy, contact, noon) == (Breach(HOLIDAY, midnight),)
    assert next_permitted(policy, contact, noon) == midnight + 9 * HOURS
    assert codes(replace(policy, respects_holidays=False), contact, noon) == ()
    there = replace(contact, zones=(NEW_YORK,))
    assert codes(policy, there, at(NEW_YORK, 2026, 12, 24, 11, 59)) == ()
    assert codes(policy, there, at(NEW_YORK, 2026, 12, 24, 12)) == (HOLIDAY,)


def test_closings_that_follow_each_other():
    """Closed from noon, a holiday after it, and open in between."""
    day = datetime(2026, 12, 24)
    contact = Contact(
        (BERLIN,),
        holidays=frozenset({date(2026, 12, 25)}),
        closings=((day + 8 * HOURS, day + 10 * HOURS), (day + 9 * HOURS, day + DAY)),
    )
    policy = Policy(respects_holidays=True)
    eight = at(BERLIN, 2026, 12, 24, 8)
    assert next_permitted(policy, contact, eight) == at(BERLIN, 2026, 12, 26)
    assert next_permitted(policy, contact, eight - MINUTE) == eight - MINUTE


def test_nothing_ends_an_opt_out():
    contact = Contact((BERLIN,), is_opted_out=True)
    moment = at(BERLIN, 2026, 6, 1, 10)
    assert breaches(Policy(), contact, moment) == (Breach(OPT_OUT, None),)
    assert next_permitted(Policy(), contact, moment) is None


def test_every_breach_is_named_in_its_order():
    moment = at(BERLIN, 2026, 6, 1, 22)
    policy = replace(REGULATION_F, respects_holidays=True)
    contact = Contact(
        (BERLIN,), (moment,) * 7, moment, frozenset({date(2026, 6, 1)}), True
    )
    assert codes(policy, contact, moment) == BREACHES
    assert BREACHES == (OPT_OUT, TOO_MANY, TOO_SOON, HOUR, HOLIDAY)


def test_a_long_rest_has_an_end_beyond_the_horizon():
    spoken = at(BERLIN, 2026, 1, 15, 10)
    contact = Contact((BERLIN,), last_contact=spoken)
    policy = Policy(days_after_contact=180)
    end = at(BERLIN, 2026, 7, 14)
    assert breaches(policy, contact, spoken) == (Breach(TOO_SOON, end),)
    assert next_permitted(policy, contact, spoken) is None
    assert next_permitted(policy, contact, spoken, horizon_days=180) == end


# Several time zones.


def test_the_hour_must_suit_all_time_zones():
    """8 to 21 h from coast to coast: 8 h in the west is 11 h in the east."""
    contact = Contact((NEW_YORK, "America/Los_Angeles"))
    policy = Policy(hours=daily(8, 21))
    moment = at(NEW_YORK, 2026, 6, 1, 9)
    opening = at(NEW_YORK, 2026, 6, 1, 11)
    assert breaches(policy, contact, moment) == (Breach(HOUR, opening),)
    closing = at(NEW_YORK, 2026, 6, 1, 21)
    assert next_permitted(policy, contact, closing) == opening + DAY


@pytest.mark.parametrize("zones", [(BERLIN, LORD_HOWE), (LORD_HOWE, BERLIN)])
def test_time_zones_too_far_apart_have_no_hour_in_common(zones):
    contact = Contact(zones)
    policy = Policy(hours=daily(9, 17))
    moment = at(BERLIN, 2026, 6, 1, 10)
    assert breaches(policy, contact, moment) == (Breach(HOUR, None),)
    assert next_permitted(policy, contact, moment, horizon_days=366) is None


def test_without_permitted_hours_nobody_is_called():
    policy = Policy(hours=((),) * 7)
    moment = at(BERLIN, 2026, 6, 1, 10)
    assert breaches(policy, Contact((BERLIN,)), moment) == (Breach(HOUR, None),)
    assert next_permitted(policy, Contact((BERLIN,)), moment) is None


def test_a_holiday_lasts_until_it_is_over_everywhere():
    """1 January begins in Auckland and ends in Honolulu, 47 hours later."""
    contact = Contact(
        ("Pacific/Auckland", "Pacific/Honolulu"),
        holidays=frozenset({date(2026, 1, 1)}),
    )
    policy = Policy(respects_holidays=True)
    begin = at("Pacific/Auckland", 2026, 1, 1)
    end = at("Pacific/Honolulu", 2026, 1, 2)
    assert end - begin == 47 * HOURS
    assert next_permitted(policy, contact, begin - MINUTE) == begin - MINUTE
    assert breaches(policy, contact, begin) == (Breach(HOLIDAY, end),)


# Days on which clocks are changed.


def test_hours_that_begin_in_a_gap_begin_after_it():
    """There is no 2:30 on 30 March in Berlin, nor 2:15 on 5 October on Lord Howe."""
    policy = Policy(hours=(((150, 240),),) * 7)
    found = next_permitted(policy, Contact((BERLIN,)), at(BERLIN, 2025, 3, 30))
    assert found == at(BERLIN, 2025, 3, 30, 3) == datetime(2025, 3, 30, 1, tzinfo=UTC)
    policy = Policy(hours=(((135, 240),),) * 7)
    night = at(LORD_HOWE, 2025, 10, 5)
    found = next_permitted(policy, Contact((LORD_HOWE,)), night)
    assert found == at(LORD_HOWE, 2025, 10, 5, 2, 30) == night + 2 * HOURS


def test_seconds_do_not_matter_to_where_clocks_change():
    """The gap of 30 March in Berlin, looked at from an odd moment."""
    odd = at(BERLIN, 2025, 3, 30, 0, 0, 59, 999_999)
    found = next_permitted(Policy(hours=(((150, 240),),) * 7), Contact((BERLIN,)), odd)
    assert found == at(BERLIN, 2025, 3, 30, 3)
    just_before = found - timedelta(microseconds=1)
    policy = Policy(hours=(((120, 240),),) * 7)
    assert next_permitted(policy, Contact((BERLIN,)), just_before) == found


def test_hours_within_a_gap_wait_for_the_next_day():
    policy = Policy(hours=(((120, 180),),) * 7)
    found = next_permitted(policy, Contact((NEW_YORK,)), at(NEW_YORK, 2025, 3, 9))
    assert found == at(NEW_YORK, 2025, 3, 10, 2)


def test_an_hour_that_is_shown_twice_is_permitted_twice():
    """1 to 2 h on 2 November in New York, where 2 h becomes 1 h."""
    policy, contact = Policy(hours=(((60, 90),),) * 7), Contact((NEW_YORK,))
    first = at(NEW_YORK, 2025, 11, 2, 1)
    assert next_permitted(policy, contact, first) == first
    assert next_permitted(policy, contact, first + HOURS / 2) == first + HOURS
    assert next_permitted(policy, contact, first + 1.5 * HOURS) == first + 25 * HOURS


def test_a_day_that_begins_at_one():
    """In Havana there is no midnight on 9 March 2025."""
    contact = Contact(
        ("America/Havana",), last_contact=at("America/Havana", 2025, 3, 8, 12)
    )
    found = next_permitted(Policy(days_after_contact=1), contact, contact.last_contact)
    assert (
        found == contact.last_contact + 12 * HOURS == at("America/Havana", 2025, 3, 9)
    )


def test_a_day_that_never_was():
    """Samoa went from 29 to 31 December 2011 to change sides of the date line."""
    apia = "Pacific/Apia"
    contact = Contact((apia,), last_contact=at(apia, 2011, 12, 29, 12))
    policy = Policy(days_after_contact=1, hours=daily(8, 18))
    found = next_permitted(policy, contact, contact.last_contact)
    assert found == at(apia, 2011, 12, 31, 8) == contact.last_contact + 20 * HOURS


# What callers must not pass.


def test_moments_must_be_aware():
    naive = datetime(2026, 6, 1, 10)
    with pytest.raises(ValueError, match="time zone"):
        breaches(Policy(), Contact((BERLIN,)), naive)
    with pytest.raises(ValueError, match="time zone"):
        next_permitted(Policy(), Contact((BERLIN,)), naive)
    with pytest.raises(ValueError, match="time zone"):
        Contact((BERLIN,), attempts=(naive,))
    with pytest.raises(ValueError, match="time zone"):
        Contact((BERLIN,), last_contact=naive)


def test_a_time_zone_is_needed():
    with pytest.raises(ValueError, match="time zone"):
        Contact(())
    with pytest.raises(pytz.UnknownTimeZoneError):
        breaches(Policy(), Contact(("Nowhere",)), datetime.now(UTC))


@pytest.mark.parametrize(
    "hours",
    [(), ANY_HOUR[:6], (((540, 540),),) * 7, (((0, 1441),),) * 7, (((-1, 9),),) * 7],
)
def test_hours_must_be_those_of_a_week(hours):
    with pytest.raises(ValueError, match="week"):
        Policy(hours=hours)


# For every policy, debtor and moment.

# All boundaries lie on the grid: clocks differ by multiples of a quarter of an hour.
GRID = timedelta(minutes=15)
SPAN = 5  # days that are looked through
ZONES = (BERLIN, NEW_YORK, LORD_HOWE) + (
    "America/Havana",
    "Asia/Kathmandu",
    "Pacific/Honolulu",
    "Pacific/Auckland",
)
# Just before the clocks change in Berlin, New York, on Lord Howe and in Havana.
CHANGES = [
    datetime(*day, tzinfo=UTC)
    for day in (
        (2025, 3, 29),
        (2025, 10, 25),
        (2025, 3, 8),
        (2025, 11, 1),
        (2025, 4, 5),
        (2025, 10, 4),
        (2025, 6, 1),
    )
]


@cache
def clock(zone, moment):
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def expected(policy, contact, moment):
    """What forbids a call, written down once more in other words."""
    found = set()
    if contact.is_opted_out:
        found.add(OPT_OUT)
    for zone in contact.zones:
        shown = clock(zone, moment)
        today, minute = shown.date(), shown.hour * 60 + shown.minute
        if not any(a <= minute < b for a, b in policy.hours[today.weekday()]):
            found.add(HOUR)
        if policy.respects_holidays and today in contact.holidays:
            found.add(HOLIDAY)
        ago = [(today - clock(zone, call).date()).days for call in contact.attempts]
        count = sum(days < policy.attempt_days for days in ago)
        if policy.max_attempts and count >= policy.max_attempts:
            found.add(TOO_MANY)
        if contact.last_contact and policy.days_after_contact:
            spoken = clock(zone, contact.last_contact).date()
            if (today - spoken).days < policy.days_after_contact:
                found.add(TOO_SOON)
    return tuple(code for code in BREACHES if code in found)


def look_through(policy, contact, moment, days, step):
    """The first permitted moment, by looking at all of them."""
    for count in range(timedelta(days) // step + 1):
        if not expected(policy, contact, moment + count * step):
            return moment + count * step
    return None


quarters = st.integers(0, 96).map(lambda count: count * 15)
spans = st.tuples(quarters, quarters).filter(lambda span: span[0] < span[1])
weeks = st.one_of(
    st.just(ANY_HOUR),
    st.sampled_from([daily(0, 3), daily(2, 3), daily(8, 21), daily(9, 17)]),
    st.tuples(*[st.lists(spans, max_size=2).map(tuple)] * 7),
)
policies = st.builds(
    Policy,
    max_attempts=st.integers(0, 3),
    attempt_days=st.integers(0, 4),
    days_after_contact=st.integers(0, 4),
    hours=weeks,
    respects_holidays=st.booleans(),
)
moments = st.builds(
    lambda start, quarter: start + quarter * GRID,
    st.sampled_from(CHANGES),
    st.integers(0, 2 * 96),
)


@st.composite
def cases(draw):
    """A policy, a debtor and a moment."""
    moment = draw(moments)
    past = st.integers(-3, 4 * 96).map(lambda quarter: moment - quarter * GRID)
    days = st.integers(-1, SPAN).map(lambda day: moment.date() + day * DAY)
    contact = Contact(
        zones=draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3).map(tuple)),
        attempts=draw(st.lists(past, max_size=4).map(tuple)),
        last_contact=draw(st.none() | past),
        holidays=draw(st.frozensets(days, max_size=2)),
        is_opted_out=draw(st.sampled_from([False] * 9 + [True])),
    )
    return draw(policies), contact, moment


@given(cases())
def test_breaches_are_the_expected_ones(case):
    policy, contact, moment = case
    for steps in range(8):
        later = moment + 13 * steps * GRID
        assert codes(policy, contact, later) == expected(policy, contact, later)


@settings(max_examples=200)
@given(cases())
def test_the_proposed_moment_is_the_first_permitted(case):
    found = next_permitted(*case, horizon_days=SPAN)
    assert found == look_through(*case, SPAN, GRID)
    assert found is None or (found >= case[2] and not breaches(case[0], case[1], found))


@given(cases())
def test_a_breach_lasts_as_long_as_it_says(case):
    policy, contact, moment = case
    for breach in breaches(policy, contact, moment):
        if breach.code == OPT_OUT:
            assert breach.until is None
            continue
        until = breach.until
        if until:
            assert until > moment and until.tzinfo is UTC
            assert breach.code not in codes(policy, contact, until)
        end = min(until or NEVER, moment + SPAN * DAY)
        for steps in range((end - moment) // GRID):
            assert breach.code in expected(policy, contact, moment + steps * GRID)


@given(cases(), st.data())
def test_who_is_stricter_never_permits_earlier(case, data):
    policy, contact, moment = case
    other, more, _moment = data.draw(cases())
    draw = st.integers(0, 3)
    stricter = Policy(
        max_attempts=data.draw(st.integers(1, policy.max_attempts or 9)),
        attempt_days=policy.attempt_days + data.draw(draw),
        days_after_contact=policy.days_after_contact + data.draw(draw),
        hours=tuple(
            tuple((max(a, 480), b) for a, b in day if b > 480) for day in policy.hours
        ),
        respects_holidays=policy.respects_holidays or other.respects_holidays,
    )
    warier = Contact(
        zones=contact.zones + more.zones,
        attempts=contact.attempts + more.attempts,
        last_contact=contact.last_contact or more.last_contact,
        holidays=contact.holidays | more.holidays,
        is_opted_out=contact.is_opted_out or more.is_opted_out,
    )
    lenient = next_permitted(policy, contact, moment) or NEVER
    assert lenient <= (next_permitted(stricter, contact, moment) or NEVER)
    assert lenient <= (next_permitted(policy, warier, moment) or NEVER)


@given(cases(), st.integers(1, 3 * 96))
def test_who_waits_is_not_permitted_earlier(case, quarters):
    """And until the proposed moment, the proposal stays the same."""
    policy, contact, moment = case
    later = moment + quarters * GRID
    first = next_permitted(policy, contact, moment) or NEVER
    second = next_permitted(policy, contact, later, HORIZON_DAYS) or NEVER
    assert second >= max(first, later)
    if later <= first < NEVER:
        assert second == first


@given(cases(), st.permutations(ZONES))
def test_order_and_repetition_change_nothing(case, order):
    policy, contact, moment = case
    zones = tuple(sorted(contact.zones, key=order.index)) * 2
    shuffled = replace(contact, zones=zones, attempts=contact.attempts[::-1])
    assert breaches(policy, shuffled, moment) == breaches(policy, contact, moment)


@given(cases(), st.sampled_from(ZONES))
def test_a_moment_is_the_same_in_every_time_zone(case, zone):
    policy, contact, moment = case
    there = moment.astimezone(ZoneInfo(zone))
    assert breaches(policy, contact, there) == breaches(policy, contact, moment)
    found = next_permitted(policy, contact, there)
    assert found == next_permitted(policy, contact, moment)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (BERLIN, (2025, 3, 30)),
        (BERLIN, (2025, 10, 26)),
        (NEW_YORK, (2025, 3, 9)),
        (NEW_YORK, (2025, 11, 2)),
        (LORD_HOWE, (2025, 4, 6)),
        (LORD_HOWE, (2025, 10, 5)),
        ("Pacific/Apia", (2011, 12, 29)),
        ("America/St_Johns", (2010, 11, 6)),  # 0:01 became 23:01 of the day before
    ],
)
@pytest.mark.parametrize(
    "hours", [((60, 127),), ((121, 149), (151, 179)), ((0, 1), (1439, 1440))]
)
def test_every_minute_of_the_days_on_which_clocks_change(zone, day, hours):
    """From every minute the first permitted one, for hours that begin at any minute."""
    policy, contact = Policy(hours=(hours,) * 7), Contact((zone,))
    minutes = [at(zone, *day) + count * MINUTE for count in range(28 * 60)]
    first = look_through(policy, contact, minutes[-1], 2, MINUTE)
    for moment in reversed(minutes):
        if not expected(policy, contact, moment):
            first = moment
        assert next_permitted(policy, contact, moment) == first


# Consent: whoever wants to be called on a day is called, however often and soon.

MONDAY, THURSDAY = (2026, 6, 1), (2026, 6, 4)


def agreed(given, day, ended=None):
    """A consent to calls on a day."""
    return Consent(given, date(*day), ended)


def spoken(*consents, **facts):
    """Somebody in New York who was spoken to on Monday at ten."""
    return replace(
        NEW_YORKER,
        last_contact=at(NEW_YORK, *MONDAY, 10),
        consents=consents,
        **facts,
    )


def test_a_call_that_was_agreed_may_be_soon():
    """On Monday they ask to be called on Thursday: then, and not on Wednesday."""
    contact = spoken(agreed(at(NEW_YORK, *MONDAY, 10), THURSDAY))
    opening = at(NEW_YORK, *THURSDAY, 8)
    assert codes(REGULATION_F, contact, at(NEW_YORK, 2026, 6, 3, 16)) == (TOO_SOON,)
    assert next_permitted(REGULATION_F, contact, at(NEW_YORK, *MONDAY, 11)) == opening
    assert codes(REGULATION_F, contact, opening) == ()
    assert codes(REGULATION_F, contact, at(NEW_YORK, 2026, 6, 5, 8)) == (TOO_SOON,)


def test_a_call_that_was_agreed_may_be_one_too_many():
    calls = tuple(at(NEW_YORK, *MONDAY, hour) for hour in range(9, 16))
    contact = replace(
        NEW_YORKER, attempts=calls, consents=(agreed(calls[-1], THURSDAY),)
    )
    assert codes(REGULATION_F, contact, at(NEW_YORK, 2026, 6, 3, 16)) == (TOO_MANY,)
    assert codes(REGULATION_F, contact, at(NEW_YORK, *THURSDAY, 16)) == ()


def test_hours_and_holidays_stay_when_a_call_was_agreed():
    contact = spoken(agreed(at(NEW_YORK, *MONDAY, 10), THURSDAY))
    assert codes(REGULATION_F, contact, at(NEW_YORK, *THURSDAY, 7)) == (HOUR,)
    policy = replace(REGULATION_F, respects_holidays=True)
    closed = replace(contact, holidays=frozenset([date(*THURSDAY)]))
    assert codes(policy, closed, at(NEW_YORK, *THURSDAY, 10)) == (HOLIDAY,)


def test_a_consent_lasts_for_seven_days_with_the_day_of_it():
    """Given on Monday, it is over with Sunday."""
    given = at(NEW_YORK, *MONDAY, 10)
    calls = tuple(at(NEW_YORK, 2026, 6, day, 9) for day in range(2, 9))
    for day, is_over in ((7, False), (8, True)):
        contact = Contact(
            (NEW_YORK,), attempts=calls, consents=(agreed(given, (2026, 6, day)),)
        )
        moment = at(NEW_YORK, 2026, 6, day, 16)
        assert is_agreed(contact, moment) != is_over
        assert (codes(REGULATION_F, contact, moment) == (TOO_MANY,)) == is_over


def test_a_consent_ends_when_they_are_spoken_to():
    """The call in which they are was placed with it, the one after it isn't."""
    given, again = at(NEW_YORK, *MONDAY, 10), at(NEW_YORK, *THURSDAY, 10)
    contact = spoken(agreed(given, THURSDAY, ended=again))
    assert is_agreed(contact, again)
    assert not is_agreed(contact, again + MINUTE)
    later = replace(contact, last_contact=again)
    assert codes(REGULATION_F, later, again + HOURS) == (TOO_SOON,)


def test_nobody_consents_to_what_was_before():
    given = at(NEW_YORK, *THURSDAY, 10)
    contact = replace(NEW_YORKER, consents=(agreed(given, THURSDAY),))
    assert not is_agreed(contact, given - MINUTE)
    assert is_agreed(contact, given)


def test_a_consent_counts_on_every_clock():
    """It is Thursday in both of them until it is Friday in Berlin."""
    contact = spoken(agreed(at(NEW_YORK, *MONDAY, 10), THURSDAY))
    both = replace(contact, zones=(NEW_YORK, BERLIN))
    midnight = at(NEW_YORK, *THURSDAY, 0)
    assert not is_agreed(both, midnight - MINUTE)
    assert is_agreed(both, midnight)
    assert is_agreed(both, at(BERLIN, *THURSDAY, 23, 59))
    assert not is_agreed(both, at(BERLIN, 2026, 6, 5))
    assert is_agreed(contact, at(BERLIN, 2026, 6, 5))


def test_an_hour_that_was_agreed_is_on_their_day():
    """One on Friday morning in Berlin is on Thursday evening in New York."""
    hour = at(BERLIN, 2026, 6, 5, 1)
    contact = spoken(Consent(at(NEW_YORK, *MONDAY, 10), hour))
    assert is_agreed(contact, hour)
    assert is_agreed(contact, at(NEW_YORK, *THURSDAY, 9))
    assert not is_agreed(contact, at(NEW_YORK, 2026, 6, 5, 9))
