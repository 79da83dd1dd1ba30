"""Whether a debtor may be contacted like that: what was asked for, and what stands.

Every contact asks the same questions. What for: a *pressing* document asks for money;
an *answering* one writes down what was agreed in a conversation or sends what was asked
for in it; a *binding* one has legal effect, and a law wants it delivered whatever the
debtor prefers. By which channel. And what the debtor, a person there or somebody on
their behalf has asked for:

============================  ========================================================
``no_calls``                  no telephone calls
``not_at_number``             not at this number; other numbers may ring
``not_at_place``              not there, as at work: the number there doesn't ring, and
                              letters go elsewhere
``hours``                     calls only within these hours, on the debtor's clock
``in_writing``                neither calls nor text messages
``no_email``                  no e-mails
``by_post``                   by letter only
``no_contact``                nothing at all, but for what is binding, by letter
``represented``               whoever represents them instead of them
``insolvency``                no pressing; what is binding goes to the administrator
============================  ========================================================

Whoever represents them isn't bound by what they have asked for themselves: the wishes
are about contacts with the debtor, and an e-mail or a letter that goes to a lawyer is
none. Of a number that shall not ring, it is. What a representative asks for (only in
writing, not after five) binds contacts with the representative, and no others.

The model are 12 CFR 1006.6(c) (cease communication: what tells of a remedy may still be
sent), 1006.14(h) (no medium that a person has asked not to be used, unless a law wants
it), 1006.6(b)(1)(ii) (no inconvenient place), 1006.6(b)(2) (who is represented by an
attorney is contacted through the attorney) and, on insolvency, 11 U.S.C. 362(a)(6) and
§§ 87, 89 InsO.
"""

from dataclasses import dataclass
from datetime import timedelta

from . import contact_window as window

PHONE, SMS, EMAIL, LETTER = "phone", "sms", "email", "letter"
PORTAL, TODO = "portal", "todo"  # an invitation to the page; a to-do to call
CHANNELS = (PHONE, SMS, EMAIL, LETTER, PORTAL, TODO)
WRITTEN = (EMAIL, LETTER)  # in the order in which we try them

CALL, REMINDER = "call", "reminder"
CONFIRMATION, OFFER, PAYMENT_LINK = "confirmation", "offer", "payment_link"
NOTICE, ACCELERATION, REINSTATEMENT = "notice", "acceleration", "reinstatement"
PRESSING = (CALL, REMINDER)
ANSWERING = (CONFIRMATION, OFFER, PAYMENT_LINK)
BINDING = (NOTICE, ACCELERATION, REINSTATEMENT)
DOCUMENTS = (*PRESSING, *ANSWERING, *BINDING)
# What answers the debtor is part of the contact that it answers.
COUNTED = (*PRESSING, *BINDING)

NO_CALLS, NOT_AT_NUMBER, HOURS = "no_calls", "not_at_number", "hours"
NOT_AT_PLACE = "not_at_place"
IN_WRITING, NO_EMAIL, BY_POST = "in_writing", "no_email", "by_post"
NO_CONTACT, REPRESENTED, INSOLVENCY = "no_contact", "represented", "insolvency"
KINDS = (
    NO_CALLS,
    NOT_AT_NUMBER,
    NOT_AT_PLACE,
    HOURS,
    IN_WRITING,
    NO_EMAIL,
    BY_POST,
    NO_CONTACT,
    REPRESENTED,
    INSOLVENCY,
)
# Which channels a wish closes; the others follow from more than the channel.
CLOSED = {
    NO_CALLS: {PHONE, TODO},
    IN_WRITING: {PHONE, SMS, TODO},
    NO_EMAIL: {EMAIL},
    BY_POST: {PHONE, SMS, EMAIL, PORTAL, TODO},
}
# What these close depends on where it rings.
LOCAL = (NOT_AT_NUMBER, NOT_AT_PLACE)
# Who is contacted instead of the debtor.
REPRESENTING = (REPRESENTED, INSOLVENCY)
# As long as these stand, the debtor may not be called, however long one waits.
NEVER_CALLED = (NO_CALLS, IN_WRITING, BY_POST, NO_CONTACT, REPRESENTED, INSOLVENCY)

HOLD, BLOCKED, LEFT_OUT, DISPUTE = "hold", "blocked", "left_out", "dispute"
UNREAD_ANSWER = "answer"
OBSTACLES = (HOLD, INSOLVENCY, BLOCKED, LEFT_OUT, DISPUTE, UNREAD_ANSWER)


@dataclass(frozen=True)
class Right:
    """What was asked for, or holds by law, as far as it is about this contact.

    ``key`` tells it from others, for callers. ``hours`` has for each weekday from
    Monday the spans in minutes of the day, as :class:`.contact_window.Policy` has them;
    ``number`` is the one in E.164 that shall not ring; ``place`` the address to which
    nothing shall be posted. ``representative`` is whoever is contacted instead, if that
    is known. Both are anything that is true. ``is_theirs`` says that whoever represents
    the debtor asked for it, about themselves.
    """

    kind: str
    key: object = None
    number: str = ""
    hours: tuple = window.ANY_HOUR
    representative: object = None
    place: object = None
    is_theirs: bool = False


@dataclass(frozen=True)
class Passage:
    """What the gate says: ``right`` is what is against it, ``channels`` are those that
    are left for the document. ``representative`` is who gets it instead of the debtor.
    """

    is_allowed: bool
    right: Right | None = None
    channels: tuple[str, ...] = ()
    representative: object = None


def judge(document, channel, rights, number="", is_representative=False):
    """Whether a document may take a channel.

    Hours aren't looked at, see :func:`next_permitted`: they pass by themselves.

    :param str number: in E.164, that is about to be called
    :param bool is_representative: whether it is the representative who is contacted
    :rtype: Passage
    :raise ValueError: if nobody knows the document or the channel
    """
    if document not in DOCUMENTS or channel not in CHANNELS:
        raise ValueError(f"Nobody knows {document!r} by {channel!r}")
    instead = representative(rights)
    against = {
        each: next(
            (
                right
                for right in rights
                if _is_against(
                    right, document, each, number, is_representative, instead
                )
            ),
            None,
        )
        for each in CHANNELS
    }
    left = tuple(each for each in CHANNELS if against[each] is None)
    return Passage(against[channel] is None, against[channel], left, instead)


def _is_against(right, document, channel, number, is_representative, instead):
    if right.kind == HOURS:
        return False
    if right.kind in LOCAL:
        return channel in (PHONE, SMS) and bool(number) and number == right.number
    if right.kind == INSOLVENCY:
        return _is_against_insolvency(right, document, channel, is_representative)
    # What is written finds its way to a representative who is known.
    reaches_them = is_representative or bool(instead) and channel in WRITTEN
    if right.is_theirs != reaches_them:
        return False
    if right.kind == NO_CONTACT:
        return document not in BINDING or channel != LETTER
    if right.kind == REPRESENTED:
        return _is_past_representative(document, channel)
    return channel in CLOSED[right.kind]


def _is_against_insolvency(right, document, channel, is_representative):
    """The administrator may be called; nobody else is, not even a lawyer."""
    if right.representative and is_representative:
        return False
    if document in PRESSING:
        return True
    return not right.representative and document in BINDING and channel != LETTER


def _is_past_representative(document, channel):
    """Whether that must not reach the debtor, though somebody represents them.

    As long as nobody knows who it is (it may be noted later, by itself), only what is
    binding is sent, and to the debtor.
    """
    return document not in BINDING or channel != LETTER


def representative(rights):
    """Who is contacted instead of the debtor: an administrator before anybody else.

    :return: None if nobody is, or nobody knows who
    """
    order = sorted(rights, key=lambda right: right.kind != INSOLVENCY)
    return next(
        (
            right.representative
            for right in order
            if right.kind in REPRESENTING and right.representative
        ),
        None,
    )


def is_avoided(rights, address):
    """Whether nothing is posted to an address, as a place where they don't want it."""
    places = [right.place for right in rights if right.kind == NOT_AT_PLACE]
    return bool(address) and address in places


def breached_hours(rights, zones, moment):
    """Those that want a call at other hours than an (aware) moment.

    :param zones: names of the time zones in which the debtor may be
    """
    contact = window.Contact(zones=zones)
    return tuple(
        right
        for right in rights
        if right.kind == HOURS
        and window.breaches(window.Policy(hours=right.hours), contact, moment)
    )


def next_permitted(checks, moment, horizon_days=window.HORIZON_DAYS):
    """The first moment, from an (aware) moment on, against which nothing is.

    :param checks: pairs of a :class:`.contact_window.Policy` and what it judges, a
        :class:`.contact_window.Contact`
    :return: in UTC; None if there is none within ``horizon_days``
    """
    end = moment + timedelta(horizon_days)
    while moment <= end:
        found = [
            window.next_permitted(policy, contact, moment, horizon_days)
            for policy, contact in checks
        ]
        if None in found:
            return None
        latest = max(found, default=moment)
        if latest == moment or all(each == latest for each in found):
            return latest
        moment = latest
    return None


def days_given_back(since, today, deadline):
    """How many days a deadline moves because nobody was pressed since a day.

    As long as that lasted; none if the deadline was over when it began.
    """
    if not since or not deadline or deadline < since:
        return 0
    return max((today - since).days, 0)
