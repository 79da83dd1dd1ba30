"""What an e-mail is: an answer, a machine's, or a report."""

from email import message_from_string, policy

import pytest

from collection_calls.engine import incoming as engine

WRITTEN = "From: Eva Weber <weber@mueller.example>\nSubject: Re: Your plan\n"


def _read(headers, body="Yes."):
    return message_from_string(f"{headers}\n{body}\n", policy=policy.SMTP)


def _report(*actions, kind="delivery-status"):
    blocks = "".join(
        f"\nFinal-Recipient: rfc822; weber@mueller.example\nAction: {action}\n"
        for action in actions
    )
    return _read(
        "From: Mail System <MAILER-DAEMON@mx.example>\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="B"\n',
        "--B\nContent-Type: text/plain\n\nReport.\n\n"
        f"--B\nContent-Type: message/{kind}\n\nReporting-MTA: dns; mx.example\n{blocks}"
        "\n--B--",
    )


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Auto-Submitted: no\n",
        "Auto-Submitted: No (typed by hand)\n",
        "Precedence: list\nList-Id: <office.mueller.example>\n",
        "Precedence: first-class\n",
        "X-Auto-Response-Suppress: OOF\n",
        "X-Auto-Response-Suppress: DR, RN, NRN\n",
        "Return-Path: <weber@mueller.example>\n",
        "X-Mailer: Automatic 1.0\n",
    ],
)
def test_people(headers):
    assert engine.classify(_read(WRITTEN + headers)) == engine.ANSWER


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "auto-submitted: AUTO-GENERATED\n",
        "Auto-Submitted: auto-replied; owner-email=weber@mueller.example\n",
        "Auto-Submitted: auto-notified (vacation)\n",
        "X-Auto-Response-Suppress: All\n",
        "X-Auto-Response-Suppress: OOF, all\n",
        "Precedence: auto_reply\n",
        "Precedence: Bulk\n",
        "Precedence: junk\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: Re: Your plan\n",
        "Return-Path: <>\n",
    ],
)
def test_machines(headers):
    assert engine.classify(_read(WRITTEN + headers)) == engine.AUTOMATIC


def test_no_word_of_a_subject_counts():
    headers = "From: weber@mueller.example\nSubject: Automatic reply: we can't pay\n"
    assert engine.classify(_read(headers)) == engine.ANSWER


def test_reports():
    assert engine.classify(_report("failed")) == engine.REPORT
    for sender in ("MAILER-DAEMON", "MAILER-DAEMON@mx.example", "postmaster@x.example"):
        assert engine.classify(_read(f"From: {sender}\n")) == engine.REPORT
    receipt = _report(kind="disposition-notification")
    assert engine.classify(receipt) == engine.REPORT


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["failed"], True),
        (["Failed"], True),
        (["delayed"], False),
        (["delivered"], False),
        (["relayed"], False),
        (["delivered", "failed"], True),
        ([], True),
    ],
)
def test_what_a_report_says(actions, expected):
    assert engine.has_failed(_report(*actions)) is expected


def test_receipts_and_plain_reports():
    assert not engine.has_failed(_report(kind="disposition-notification"))
    assert engine.has_failed(_read("From: MAILER-DAEMON\n", "Unknown user."))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Fwd: Your plan", True),
        (" WG: Ihr Plan", True),
        ("TR: Votre plan", True),
        ("Re: Fwd: Your plan", False),
        ("Forward planning", False),
        (None, False),
        ("", False),
    ],
)
def test_forwarded(subject, expected):
    assert engine.is_forwarded(subject) is expected
