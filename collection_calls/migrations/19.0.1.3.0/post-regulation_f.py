"""Calls that the person has agreed to don't count any more: the note says so, too.

As far as nobody has written another one. Translations are those of the new note.
"""

from odoo import SUPERUSER_ID, api

OLD = (
    "and the law leaves out calls to which the person had consented within the last"
    " seven days and calls that were not connected to the dialled number (12 CFR"
    " 1006.14(b)(3)), the policy counts them."
)
NEW = (
    "and the law leaves out calls that were not connected to the dialled number (12 CFR"
    " 1006.14(b)(3)(ii)), the policy counts them unless their outcome counts as no"
    " attempt. Both leave out calls on the day on which the person wanted to be called,"
    " within seven days, and calls with their attorney (12 CFR 1006.14(b)(3))."
)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    policy = env.ref(
        "collection_calls.collection_contact_policy_regulation_f",
        raise_if_not_found=False,
    )
    note = policy and policy.with_context(lang="en_US").note
    if note and OLD in note:
        policy.env.cr.execute(
            """
            UPDATE collection_contact_policy
               SET note = jsonb_build_object('en_US', %s)
             WHERE id = %s
            """,
            [note.replace(OLD, NEW), policy.id],
        )
        policy.invalidate_recordset(["note"])
