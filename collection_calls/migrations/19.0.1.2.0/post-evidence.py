"""Let what is evidence already keep what it shows from now on.

Names of outcomes, reasons and rules are those of today: what they were called before
isn't known any more. What was mailed stands in the chatter.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.collection_calls.engine.promise import JUDGED


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for name, domain in (
        ("collection.call", [("state", "!=", "ongoing")]),
        ("collection.dispute", [("state", "!=", "open")]),
        ("collection.plan", [("state", "!=", "draft")]),
    ):
        env[name].search(domain)._keep_labels()
    env.flush_all()
    _keep_confirmations(cr)
    cr.execute(
        SQL(
            "UPDATE collection_promise SET is_judged = TRUE WHERE state = ANY(%s)",
            list(JUDGED),
        )
    )
    env.invalidate_all()


def _keep_confirmations(cr):
    cr.execute(
        """
        UPDATE collection_call call
           SET confirmation_subject = message.subject,
               confirmation_body = message.body
          FROM mail_message message
         WHERE message.id = call.confirmation_message_id
           AND call.confirmation_body IS NULL
        """
    )
    cr.execute(
        """
        INSERT INTO collection_call_confirmation_attachment_rel
                    (collection_call_id, ir_attachment_id)
        SELECT call.id, file.attachment_id
          FROM collection_call call
          JOIN message_attachment_rel file
            ON file.message_id = call.confirmation_message_id
            ON CONFLICT DO NOTHING
        """
    )
