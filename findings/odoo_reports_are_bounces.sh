#!/bin/sh
# Odoo 19.0 (Debian package odoo-19, 19.0.0+dfsg-1), mail gateway: a report that an e-mail
# is late, was delivered, or was read is taken for a bounce of that e-mail.
#
# Guess: of delivery reports (RFC 3464) those with "Action: failed" count as a bounce, as
# that field is there to tell; a receipt of the reader (RFC 8098) is posted like a reply,
# or left alone.
# Seen: every multipart/report is a bounce. The notification of the recipient becomes
# "bounce" for Action delayed, delivered, relayed and expanded, and for a receipt whose
# References name our e-mail. Out-of-office replies are posted as replies, told to all.
#
# For us: a plan's notice would count as not delivered because a server was slow for four
# hours, and a letter be posted beside the e-mail; because the debtor has read it, too. Of
# our own e-mails, models/letter/mail_thread.py asks engine/incoming.py what a report says.
#
# Runs on this checkout's Odoo (dev/), in a database of its own without our addon.
set -eu
cd "$(dirname "$0")/.."
base=finding_reports_$$
trap 'dev/odoo db drop "$base" >/dev/null 2>&1 || true' EXIT
dev/odoo -d "$base" -i mail --stop-after-init --no-http --log-level=error
seen=$(dev/odoo shell -d "$base" --no-http --log-level=critical <<'PYTHON'
env = env(user=1)
person = env["res.partner"].create({"name": "Weber", "email": "weber@mueller.example"})
HEAD = """From: {sender}
To: catchall@ours.example
Subject: Report
Message-ID: <{kind}@mueller.example>
References: {original}
MIME-Version: 1.0
Content-Type: multipart/report; report-type={report}; boundary="B"

--B
Content-Type: text/plain

This is a report.

--B
"""
STATUS = """Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mueller.example

Final-Recipient: rfc822; weber@mueller.example
Action: {kind}
Status: 4.4.1

--B
Content-Type: text/rfc822-headers

Message-ID: {original}

--B--
"""
RECEIPT = """Content-Type: message/disposition-notification

Final-Recipient: rfc822; weber@mueller.example
Original-Message-ID: {original}
Disposition: manual-action/MDN-sent-manually; displayed

--B--
"""
for kind in ("failed", "delayed", "delivered", "relayed", "expanded", "displayed"):
    mail = person.message_post(
        body="Notice", message_type="auto_comment", partner_ids=person.ids
    )
    is_receipt = kind == "displayed"
    raw = (HEAD + (RECEIPT if is_receipt else STATUS)).format(
        kind=kind,
        original=mail.message_id,
        sender="weber@mueller.example" if is_receipt else "MAILER-DAEMON@mx.example",
        report="disposition-notification" if is_receipt else "delivery-status",
    )
    env["mail.thread"].message_process(False, raw)
    print("SEEN", kind, mail.notification_ids.notification_status)
env.cr.rollback()
PYTHON
)
seen=$(echo "$seen" | grep -o 'SEEN.*' | cut -d' ' -f2-)
expected="failed bounce
delayed bounce
delivered bounce
relayed bounce
expanded bounce
displayed bounce"
echo "Odoo 19.0.0+dfsg-1, what is said of an e-mail, and what Odoo makes of it:"
echo "$seen"
if [ "$seen" != "$expected" ]; then
    echo "This has changed; expected was:" >&2
    echo "$expected" >&2
    exit 1
fi
