"""When a debtor may be called: the whole decision, apart from Odoo.

The limits are those of Regulation F (12 CFR 1006), which other policies loosen or
tighten:

- § 1006.14(b)(2)(i)(A) presumes harassment in "more than seven" calls "within seven
  consecutive days".
- (B) presumes it in any call "within a period of seven consecutive days after having
  had a telephone conversation"; "the date of the telephone conversation is the first
  day of the seven-consecutive-day period". Who had called whom doesn't matter.
- (b)(3)(i) leaves out calls "placed with such person's prior consent given directly to
  the debt collector and within a period no longer than seven consecutive days after
  receiving the prior consent, with the date the debt collector receives prior consent
  counting as the first day". The consent ends when they have spoken (comment 2 on it).
- § 1006.6(b)(1)(i) takes "a time before 8:00 a.m. and after 9:00 p.m. local time at the
  consumer's location" for inconvenient.

As it counts by date, so do we: in days of the debtor's calendar and not in spans of 24
hours. Seven days are the day itself and the six before, so that what happened on a
Monday is over when the next Monday begins. It counts by debt; callers choose what they
count, and leave out what the law does (such as calls that were not connected).

Who may be in several time zones has a call at the same moment in all of them: it must
be permitted by every clock and every calendar. Clocks that are put forward or back
count as they show: an hour that is shown twice is permitted twice.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

import pytz

OPT_OUT, HOUR, HOLIDAY = "opt_out", "hour", "holiday"
TOO_MANY, TOO_SOON = "too_many_attempts", "too_soon_after_contact"

HORIZON_DAYS = 60
CONSENT_DAYS = 7  # the day on which it was given included
ANY_HOUR = (((0, 24 * 60),),) * 7
SECOND = timedelta(seconds=1)
NEVER = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Policy:
    """At most ``max_attempts`` in ``attempt_days``, the day itself included; none on
    the day of a contact and on those after it that make up ``days_after_contact``.
    Zero means no limit.

    ``hours`` has for each weekday from Monday the spans in which to call, in minutes of
    the day; their ends are too late.

    :raise ValueError: if that is no week, or a span has no length or leaves the day
    """

    max_attempts: int = 0
    attempt_days: int = 7
    days_after_contact: int = 0
    hours: tuple[tuple[tuple[int, int], ...], ...] = ANY_HOUR
    respects_holidays: bool = False

    def __post_init__(self):
        spans = [span for day in self.hours for span in day]
        if len(self.hours) != 7 or not all(0 <= a < b <= 24 * 60 for a, b in spans):
            raise ValueError(f"These are not the hours of a week: {self.hours!r}")


@dataclass(frozen=True)
class Consent:
    """That the debtor agreed to be called on a day: on that of an (aware) moment, if
    ``day`` is one, else on that of their own calendar.

    ``given`` is when they said so, ``ended`` when they were spoken to again, None if
    that hasn't happened.
    """

    given: datetime
    day: date | datetime
    ended: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """What is known of a debtor. Moments are aware.

    ``zones`` are the names of the time zones in which the debtor may be. ``attempts``
    are the moments of the calls to the debtor that count; later ones than the moment
    in question count as well. ``last_contact`` is when the right person was last spoken
    to. ``holidays`` are the days on which nobody there is called, ``closings`` pairs of
    naive moments on the clocks there between which nobody is: 24 December from noon.
    ``consents`` are to calls, however often and soon; hours and holidays stay.

    :raise ValueError: without any time zone, and for moments that are not aware
    """

    zones: tuple[str, ...]
    attempts: tuple[datetime, ...] = ()
    last_contact: datetime | None = None
    holidays: frozenset[date] = frozenset()
    is_opted_out: bool = False
    closings: tuple[tuple[datetime, datetime], ...] = ()
    consents: tuple[Consent, ...] = ()

    def __post_init__(self):
        if not self.zones:
            raise ValueError("Without a time zone nobody knows the hour")
        for moment in (*self.attempts, self.last_contact):
            _check_aware(moment)


@dataclass(frozen=True)
class Breach:
    """What forbids a call, and the next moment at which it is over by itself, in UTC.

    None if that doesn't happen: the debtor opted out, or within ``HORIZON_DAYS`` all
    time zones have no permitted hour in common.
    """

    code: str
    until: datetime | None


def breaches(policy, contact, moment):
    """Name everything that forbids a call at an (aware) moment.

    :rtype: tuple[Breach, ...]
    :raise pytz.UnknownTimeZoneError: if nobody knows one of the time zones
    """
    moment = _utc(moment)
    found = [Breach(OPT_OUT, None)] if contact.is_opted_out else []
    for code, rule in RULES.items():
        if _passed(rule, policy, contact, moment) > moment:
            end = moment + timedelta(HORIZON_DAYS) if code == HOUR else NEVER
            found.append(Breach(code, _first((rule,), policy, contact, moment, end)))
    return tuple(found)


def next_permitted(policy, contact, moment, horizon_days=HORIZON_DAYS):
    """The first moment, from an (aware) moment on, that nothing forbids.

    :return: in UTC; None if there is none within ``horizon_days``
    :raise pytz.UnknownTimeZoneError: if nobody knows one of the time zones
    """
    if contact.is_opted_out:
        return None
    moment = _utc(moment)
    end = moment + timedelta(horizon_days)
    return _first(RULES.values(), policy, contact, moment, end)


def is_agreed(contact, moment):
    """Whether a call at an (aware) moment is one to which the debtor has agreed.

    :raise pytz.UnknownTimeZoneError: if nobody knows one of the time zones
    """
    return all(
        _agreed_from(contact, zone, clock) == clock
        for zone in map(pytz.timezone, contact.zones)
        for clock in [_clock(zone, _utc(moment))]
    )


def shared_clock(zones, moment):
    """The first of some time zones if all of them show the same time, else None.

    :param moment: aware
    :raise pytz.UnknownTimeZoneError: if nobody knows one of the time zones
    """
    moment = _utc(moment)
    clocks = {_clock(pytz.timezone(name), moment) for name in zones}
    return next(iter(zones)) if len(clocks) == 1 else None


# A rule looks at what one clock shows, and answers with the time from which on it
# permits a call; that is not ahead if it permits one now. The answer holds as long as
# the clock runs evenly. It may be too early for another rule or clock, never too late.


def _too_many(policy, contact, zone, clock):
    """Until the last ``max_attempts`` don't all count any more."""
    if not 0 < policy.max_attempts <= len(contact.attempts):
        return clock
    days = sorted(_clock(zone, attempt).date() for attempt in contact.attempts)
    until = _midnight(days[-policy.max_attempts] + timedelta(policy.attempt_days))
    return min(until, _agreed_from(contact, zone, clock))


def _too_soon(policy, contact, zone, clock):
    if not (contact.last_contact and policy.days_after_contact):
        return clock
    day = _clock(zone, contact.last_contact).date()
    until = _midnight(day + timedelta(policy.days_after_contact))
    return min(until, _agreed_from(contact, zone, clock))


def _agreed_from(contact, zone, clock):
    """From when on the debtor wants to be called; ``clock`` itself if now."""
    agreed = datetime.max
    for consent in contact.consents:
        given, day = _clock(zone, consent.given), consent.day
        if isinstance(day, datetime):
            day = _clock(zone, day).date()
        start = max(_midnight(day), given, clock)
        # The call in which they were spoken to again was placed with their consent.
        ended = consent.ended and _clock(zone, consent.ended)
        is_over = start.date() > day or (ended and ended < start)
        if not is_over and day < given.date() + timedelta(CONSENT_DAYS):
            agreed = min(agreed, start)
    return agreed


def _hour(policy, contact, zone, clock):
    """From the beginning of the next span, at the latest on the same weekday again."""
    for days in range(8):
        midnight = _midnight(clock.date() + timedelta(days))
        for start, end in sorted(policy.hours[midnight.weekday()]):
            if clock < midnight + timedelta(minutes=end):
                return midnight + timedelta(minutes=start)
    return datetime.max


def _holiday(policy, contact, zone, clock):
    """Until midnight, or until what is closed for some hours opens again."""
    if not policy.respects_holidays:
        return clock
    if clock.date() in contact.holidays:
        return _midnight(clock.date() + timedelta(1))
    return max(
        [clock, *(end for start, end in contact.closings if start <= clock < end)]
    )


RULES = {TOO_MANY: _too_many, TOO_SOON: _too_soon, HOUR: _hour, HOLIDAY: _holiday}
BREACHES = (OPT_OUT, *RULES)


def _first(rules, policy, contact, moment, end):
    """The first moment until ``end`` that the rules permit, from boundary to boundary.

    No moment that they might permit is left out: a jump only passes moments at which
    one of them certainly forbids a call.
    """
    while moment <= end:
        later = max(_passed(rule, policy, contact, moment) for rule in rules)
        if later == moment:
            return moment
        moment = later
    return None


def _passed(rule, policy, contact, moment):
    """Until when a rule certainly forbids a call; ``moment`` if it doesn't."""
    latest = moment
    for name in contact.zones:
        zone = pytz.timezone(name)
        clock = _clock(zone, moment)
        permitted = rule(policy, contact, zone, clock)
        if permitted == datetime.max:
            return NEVER
        if permitted > clock:
            latest = max(latest, _when(zone, moment, permitted - clock))
    return latest


def _when(zone, moment, wait):
    """When a clock has run for that long, or sooner: when it is put forward or back."""
    offset = moment.astimezone(zone).utcoffset()
    start = moment.replace(microsecond=0)  # clocks are changed at whole seconds

    def is_changed(moment):
        return moment.astimezone(zone).utcoffset() != offset

    if not is_changed(moment + wait):
        return moment + wait
    seconds = range(wait // SECOND + 1)  # or in the one after them
    changed = bisect_left(
        seconds, True, key=lambda count: is_changed(start + count * SECOND)
    )
    return start + changed * SECOND


def _clock(zone, moment):
    """What the clocks of a time zone show."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _midnight(day):
    return datetime.combine(day, time())


def _utc(moment):
    _check_aware(moment)
    return moment.astimezone(timezone.utc)


def _check_aware(moment):
    if moment and moment.tzinfo is None:
        raise ValueError(f"The time zone of {moment} is missing")
