"""There is an outcome for busy lines now: unanswered calls aren't said to be any more.

As far as nobody has written another description. Translations are those of the new one.
"""

from odoo import SUPERUSER_ID, api

OLD = "Nobody picked up, or the line was busy."
NEW = "It rang, and nobody picked up."


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    unanswered = env.ref(
        "collection_calls.collection_call_outcome_no_answer", raise_if_not_found=False
    )
    if unanswered and unanswered.with_context(lang="en_US").description == OLD:
        cr.execute(
            """
            UPDATE collection_call_outcome
               SET description = jsonb_build_object('en_US', %s)
             WHERE id = %s
            """,
            [NEW, unanswered.id],
        )
        unanswered.invalidate_recordset(["description"])
