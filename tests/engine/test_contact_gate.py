"""Right × channel × document, and the sentences of Regulation F, one test each."""

from datetime import date, datetime, timezone

import pytest

from collection_calls.engine import contact_gate as gate
from collection_calls.engine import contact_window as window

PHONE, SMS, EMAIL = gate.PHONE, gate.SMS, gate.EMAIL
LETTER, PORTAL, TODO = gate.LETTER, gate.PORTAL, gate.TODO
BERLIN = ("Europe/Berlin",)
NUMBER = "+493023125042"
MONDAY_AFTERNOON = (((14 * 60, 16 * 60),), (), (), (), (), (), ())

ALL = {PHONE, SMS, EMAIL, LETTER, PORTAL, TODO}
# What is left of the channels: for what presses, for what answers, for what binds.
LEFT = {
    "no_calls": [ALL - {PHONE, TODO}] * 3,
    "not_at_number": [ALL - {PHONE, SMS}] * 3,
    "not_at_place": [ALL - {PHONE, SMS}] * 3,
    "hours": [ALL] * 3,
    "in_writing": [{EMAIL, LETTER, PORTAL}] * 3,
    "no_email": [ALL - {EMAIL}] * 3,
    "by_post": [{LETTER}] * 3,
    "no_contact": [set(), set(), {LETTER}],
    "represented": [{EMAIL, LETTER}] * 3,
    "represented, nobody knows by whom": [set(), set(), {LETTER}],
    "insolvency": [set(), ALL, ALL],
    "insolvency, without administrator": [set(), ALL, {LETTER}],
}
KINDS_OF_DOCUMENTS = (gate.PRESSING, gate.ANSWERING, gate.BINDING)


def right(name, **facts):
    kind = name.split(",")[0]
    if kind in ("represented", "insolvency") and kind == name:
        facts["representative"] = "lawyer"
    return gate.Right(kind, number=NUMBER, **facts)


def judge(document, channel, *rights, **more):
    return gate.judge(document, channel, rights, NUMBER, **more)


@pytest.mark.parametrize("name", LEFT)
@pytest.mark.parametrize("channel", gate.CHANNELS)
@pytest.mark.parametrize("document", gate.DOCUMENTS)
def test_matrix(name, channel, document):
    [number] = [n for n, kind in enumerate(KINDS_OF_DOCUMENTS) if document in kind]
    left = LEFT[name][number]
    passage = judge(document, channel, right(name))
    assert passage.is_allowed == (channel in left)
    assert set(passage.channels) == left
    assert (passage.right is None) == passage.is_allowed


@pytest.mark.parametrize("name", LEFT)
@pytest.mark.parametrize("channel", gate.CHANNELS)
@pytest.mark.parametrize("document", gate.DOCUMENTS)
def test_matrix_for_whoever_represents_them(name, channel, document):
    """Nothing that the debtor asked for binds them, but for a number."""
    passage = judge(document, channel, right(name), is_representative=True)
    expected = True
    if name in ("not_at_number", "not_at_place"):
        expected = channel not in (PHONE, SMS)
    elif name == "insolvency, without administrator":  # a lawyer is no administrator
        expected = (
            channel
            in LEFT[name][[document in kind for kind in KINDS_OF_DOCUMENTS].index(True)]
        )
    assert passage.is_allowed == expected


def test_a_lawyer_is_not_called_past_the_administrator():
    lawyer = gate.Right("represented", representative="lawyer")
    insolvent = gate.Right("insolvency")
    passage = judge("call", PHONE, lawyer, insolvent, is_representative=True)
    assert not passage.is_allowed


def test_who_it_is_may_be_noted_later():
    """“She has a lawyer”, and a week later the lawyer writes."""
    somebody = gate.Right("represented")
    lawyer = gate.Right("represented", representative="lawyer")
    assert not judge("reminder", EMAIL, somebody).is_allowed
    passage = judge("reminder", EMAIL, somebody, lawyer)
    assert passage.is_allowed and passage.representative == "lawyer"
    assert not judge("call", PHONE, somebody, lawyer).is_allowed


@pytest.mark.parametrize("name", ["no_email", "by_post", "in_writing", "no_contact"])
@pytest.mark.parametrize("document", gate.DOCUMENTS)
def test_what_is_written_goes_to_whoever_represents_them(name, document):
    """The debtor's wish is about their own address: the lawyer's stays open."""
    represented = right("represented")
    for channel in gate.WRITTEN:
        passage = judge(document, channel, right(name), represented)
        assert passage.is_allowed and passage.representative == "lawyer"
    for channel in gate.CHANNELS:
        if channel not in gate.WRITTEN:
            assert not judge(document, channel, right(name), represented).is_allowed


def test_no_emails_and_an_administrator():
    """What answers goes to the administrator by e-mail; nothing presses."""
    wishes = right("no_email"), right("insolvency")
    assert judge("confirmation", EMAIL, *wishes).is_allowed
    assert not judge("reminder", EMAIL, *wishes).is_allowed


def test_no_emails_and_nobody_knows_the_lawyer():
    wishes = right("no_email"), gate.Right("represented")
    assert not judge("confirmation", EMAIL, *wishes).is_allowed
    assert judge("notice", LETTER, *wishes).is_allowed


@pytest.mark.parametrize("document", gate.DOCUMENTS)
@pytest.mark.parametrize("channel", gate.CHANNELS)
@pytest.mark.parametrize("kind", [*gate.CLOSED, "no_contact"])
def test_what_a_representative_asks_for_binds_contacts_with_them(
    kind, channel, document
):
    """As the same wish of a debtor binds contacts with the debtor."""
    theirs = gate.Right(kind, is_theirs=True)
    represented = right("represented")
    number = [document in kinds for kinds in KINDS_OF_DOCUMENTS].index(True)
    asked = channel in LEFT[kind][number]
    with_them = judge(document, channel, theirs, represented, is_representative=True)
    assert with_them.is_allowed == asked
    past_them = judge(document, channel, theirs, represented)
    assert past_them.is_allowed == (asked and channel in gate.WRITTEN)


@pytest.mark.parametrize("kind", gate.CLOSED)
def test_what_a_representative_asked_for_does_not_bind_the_debtor(kind):
    """As after the mandate has ended."""
    theirs = gate.Right(kind, is_theirs=True)
    assert judge("reminder", EMAIL, theirs).channels == gate.CHANNELS


def test_letters_avoid_a_place():
    """Where no address of the place is known, only its number is avoided."""
    work = gate.Right("not_at_place", place="work")
    assert gate.is_avoided([work], "work")
    assert not gate.is_avoided([work], "home")
    assert not gate.is_avoided([gate.Right("not_at_place")], None)
    assert not gate.is_avoided([gate.Right("no_calls", place="work")], "work")


def test_matrix_is_as_large_as_it_should_be():
    assert {name.split(",")[0] for name in LEFT} == set(gate.KINDS)
    assert len(LEFT) * len(gate.CHANNELS) * len(gate.DOCUMENTS) >= 8 * 5 * 6


def test_without_rights_everything_is_allowed():
    for document in gate.DOCUMENTS:
        assert judge(document, EMAIL).channels == gate.CHANNELS


def test_wishes_add_up():
    wishes = right("no_calls"), right("no_email")
    assert set(judge("reminder", EMAIL, *wishes).channels) == {SMS, LETTER, PORTAL}


def test_binding_always_finds_a_way():
    """Whatever was asked for, and all of it at once: the letter is left."""
    rights = [right(name) for name in LEFT]
    for document in gate.BINDING:
        assert judge(document, LETTER, *rights[:6]).is_allowed
        for one in rights:
            assert judge(document, LETTER, one).is_allowed


def test_another_number_may_ring():
    one = gate.Right("not_at_number", number="+4930111")
    assert judge("call", PHONE, one).is_allowed


def test_the_administrator_comes_before_the_lawyer():
    lawyer = gate.Right("represented", representative="lawyer")
    administrator = gate.Right("insolvency", representative="administrator")
    passage = judge("acceleration", LETTER, lawyer, administrator)
    assert passage.representative == "administrator"


def test_unknown_words_are_refused():
    with pytest.raises(ValueError):
        judge("call", "fax")
    with pytest.raises(ValueError):
        judge("threat", PHONE)


# ------------------------------------------------------------- hours and quiet days


def utc(*moment):
    return datetime(*moment, tzinfo=timezone.utc)


def test_hours_that_were_asked_for():
    asked = gate.Right("hours", hours=MONDAY_AFTERNOON)
    morning, afternoon = utc(2026, 3, 9, 9), utc(2026, 3, 9, 14)
    assert gate.breached_hours([asked], BERLIN, morning) == (asked,)
    assert gate.breached_hours([asked], BERLIN, afternoon) == ()


def test_hours_count_on_every_clock():
    """14 to 16 in Berlin is 13 to 15 in London: both at once is 14 to 15 there."""
    asked = gate.Right("hours", hours=MONDAY_AFTERNOON)
    zones = ("Europe/Berlin", "Europe/London")
    assert gate.breached_hours([asked], zones, utc(2026, 3, 9, 13, 30))
    assert not gate.breached_hours([asked], zones, utc(2026, 3, 9, 14, 30))


def test_next_moment_satisfies_policy_wish_and_quiet_days():
    contact = window.Contact(zones=BERLIN)
    touched = window.Contact(zones=BERLIN, attempts=(utc(2026, 3, 9, 8),) * 3)
    checks = [
        (window.Policy(hours=(((8 * 60, 15 * 60),),) * 7), contact),
        (window.Policy(hours=MONDAY_AFTERNOON), contact),
        (window.Policy(max_attempts=3, attempt_days=7), touched),
    ]
    expected = utc(2026, 3, 16, 13)  # the Monday after, 14 o'clock
    assert gate.next_permitted(checks, utc(2026, 3, 9, 9)) == expected
    assert gate.next_permitted([], utc(2026, 3, 9, 9)) == utc(2026, 3, 9, 9)


def test_hours_without_anything_in_common():
    contact = window.Contact(zones=BERLIN)
    checks = [
        (window.Policy(hours=(((8 * 60, 9 * 60),),) * 7), contact),
        (window.Policy(hours=MONDAY_AFTERNOON), contact),
    ]
    assert gate.next_permitted(checks, utc(2026, 3, 9, 9)) is None


def test_days_given_back():
    since, today = date(2026, 3, 15), date(2026, 4, 15)
    given = gate.days_given_back
    assert given(since, today, date(2026, 3, 20)) == 31
    assert given(since, today, date(2026, 3, 15)) == 31
    assert given(since, today, date(2026, 3, 14)) == 0  # it was over before
    assert given(None, today, date(2026, 3, 20)) == 0
    assert given(today, today, date(2026, 5, 1)) == 0


# ---------------------------------------------------------------------- Regulation F


def test_regulation_f_1006_6_b_1_ii_a_place_that_is_inconvenient():
    """Not at a place known to be inconvenient: media that belong to a place, as its
    landline and its address; others, as e-mail, go on."""
    place = gate.Right("not_at_place", number=NUMBER, place="work")
    assert not judge("call", PHONE, place).is_allowed
    assert gate.is_avoided([place], "work")
    assert judge("reminder", EMAIL, place).is_allowed
    assert judge("reminder", LETTER, place).is_allowed, "to another address"
    assert gate.judge("call", PHONE, [place], "+491701234567").is_allowed


def test_regulation_f_1006_6_b_2_represented_by_an_attorney():
    """Not with the consumer, if represented by an attorney whose name and address are
    known; the attorney may be contacted."""
    attorney = right("represented")
    for channel in (PHONE, SMS, PORTAL, TODO):
        assert not judge("reminder", channel, attorney).is_allowed
    passage = judge("reminder", EMAIL, attorney)
    assert passage.is_allowed and passage.representative == "lawyer"
    assert judge("call", PHONE, attorney, is_representative=True).is_allowed


def test_regulation_f_1006_6_c_1_i_refuses_to_pay():
    """Who refuses to pay and says so in writing hears no more: the same wish."""
    assert not judge("reminder", LETTER, right("no_contact")).is_allowed


def test_regulation_f_1006_6_c_1_ii_wants_communication_to_cease():
    """No further communication, nor attempts, by whatever medium."""
    for channel in gate.CHANNELS:
        assert not judge("call", channel, right("no_contact")).is_allowed
        assert not judge("reminder", channel, right("no_contact")).is_allowed


def test_regulation_f_1006_6_c_2_i_efforts_are_terminated():
    """That efforts end may be said: it binds, as a reinstatement does."""
    assert judge("reinstatement", LETTER, right("no_contact")).is_allowed


def test_regulation_f_1006_6_c_2_ii_remedies_that_may_be_invoked():
    """That ordinary remedies may be invoked may be said: a notice."""
    assert judge("notice", LETTER, right("no_contact")).is_allowed


def test_regulation_f_1006_6_c_2_iii_remedy_that_is_going_to_be_invoked():
    """That a remedy is invoked may be said: the acceleration."""
    assert judge("acceleration", LETTER, right("no_contact")).is_allowed


def test_regulation_f_1006_14_h_1_medium_that_must_not_be_used():
    """What somebody asked not to be used isn't used for anything; others are."""
    for kind, medium in {
        "no_calls": PHONE,
        "no_email": EMAIL,
        "not_at_number": SMS,
    }.items():
        for document in gate.DOCUMENTS:
            passage = judge(document, medium, right(kind))
            assert not passage.is_allowed
            assert LETTER in passage.channels


def test_regulation_f_1006_14_h_2_iii_medium_that_a_law_requires():
    """Where a law wants it delivered in writing, the letter goes all the same."""
    for kind in ("no_calls", "no_email", "by_post", "no_contact"):
        assert judge("notice", LETTER, right(kind)).is_allowed
