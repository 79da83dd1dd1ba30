"""What an e-mail that comes in is: somebody's answer, a machine's, or a report.

Only the headers and the structure tell, never the words of a subject: those are in any
language, and people write them, too. Sources are RFC 3834 (automatic responses), RFC
3464 (delivery status notifications), RFC 8098 (receipts) and, for what came before
them, what servers in use write.

Header by header:

===========================  =========================================================
``Auto-Submitted``           any value but ``no`` is a machine's (RFC 3834, section 5)
``X-Auto-Response-Suppress`` ``All``, as Exchange writes into automatic replies; a
                             single kind to suppress stands on e-mails of people, too
``Precedence``               ``auto_reply``, ``bulk`` and ``junk``; ``list`` is also on
                             what people write to a group
``X-Autoreply``,             whatever they say
``X-Autorespond``
``Return-Path``              empty: nobody wants a reply to it (RFC 5321, section 4.5.5)
===========================  =========================================================
"""

from email.utils import parseaddr

ANSWER, AUTOMATIC, REPORT = "answer", "automatic", "report"
MACHINES = ("X-Autoreply", "X-Autorespond")
PRECEDENCES = ("auto_reply", "bulk", "junk")
POSTMASTERS = ("mailer-daemon", "postmaster")
FAILED = "failed"  # the only action of RFC 3464 that says that it won't arrive
FORWARDED = ("fw:", "fwd:", "wg:", "tr:", "i:", "rv:", "doorst:")


def classify(message):
    """Say what an e-mail is.

    :param email.message.Message message: as it came in
    :return: :data:`ANSWER`, :data:`AUTOMATIC` (an out-of-office reply, an
        acknowledgment of receipt) or :data:`REPORT` (of delivery, or of reading)
    """
    if message.get_content_type() == "multipart/report":
        return REPORT
    local_part = parseaddr(str(message.get("From", "")))[1].split("@")[0]
    if local_part.lower() in POSTMASTERS:
        return REPORT
    return AUTOMATIC if _is_automatic(message) else ANSWER


def _is_automatic(message):
    submitted = _get_word(message, "Auto-Submitted")
    if submitted and submitted != "no":
        return True
    suppressed = str(message.get("X-Auto-Response-Suppress", "")).lower()
    if "all" in [each.strip() for each in suppressed.split(",")]:
        return True
    if _get_word(message, "Precedence") in PRECEDENCES:
        return True
    if any(message.get(name) for name in MACHINES):
        return True
    path = message.get("Return-Path")
    return path is not None and str(path).strip() in ("", "<>")


def _get_word(message, name):
    """The value of a header without its comment and its parameters."""
    value = str(message.get(name, ""))
    return value.split(";")[0].split("(")[0].strip().lower()


def has_failed(message):
    """Whether a report says that an e-mail won't arrive.

    One that says that it is delayed, was delivered, relayed or expanded, or that it was
    read, says no such thing. What names no action is read as a failure, as reports of
    before RFC 3464 are.

    :param email.message.Message message: of which :func:`classify` says that it is a
        :data:`REPORT`
    """
    types = {part.get_content_type() for part in message.walk()}
    if "message/disposition-notification" in types:
        return False
    actions = [
        str(fields.get("Action", "")).strip().lower()
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
        for fields in _get_blocks(part)
    ]
    actions = [action for action in actions if action]
    return not actions or FAILED in actions


def _get_blocks(part):
    """The blocks of fields of a delivery status: of the message, then a recipient."""
    blocks = part.get_payload()
    return blocks if isinstance(blocks, list) else []


def is_forwarded(subject):
    """Whether a subject says, as common programs write it, that it was forwarded."""
    return (subject or "").strip().lower().startswith(FORWARDED)
