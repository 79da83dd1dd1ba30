"""Have lists tell what planned calls are about in the language of whoever reads them.

What the addon planned before is known by its summary alone, in one language. What it
was about is found by whoever planned it; the summary stays as it is.
"""


def migrate(cr, version):
    if not version:
        return
    for table, code, values, where in (
        (
            "collection_call",
            "'call'",
            "jsonb_build_object('id', source.id)",
            "source.state = 'done'",
        ),
        (
            "collection_promise",
            "CASE source.state WHEN 'broken' THEN 'promise_broken'"
            " WHEN 'partial' THEN 'promise_partial' ELSE 'promise_reminder' END",
            "jsonb_build_object('promise', source.name, 'day', source.date_promised)",
            "source.state IN ('broken', 'partial', 'open')",
        ),
        (
            "collection_plan",
            "CASE source.state WHEN 'accelerated' THEN 'plan_accelerated'"
            " WHEN 'notice' THEN 'plan_notice' ELSE 'plan_missed' END",
            "jsonb_build_object('plan', source.name)",
            "source.state IN ('accelerated', 'notice', 'active')",
        ),
    ):
        cr.execute(
            f"""
            UPDATE mail_activity activity
               SET collection_code = {code},
                   collection_values = {values}
              FROM {table} source
             WHERE source.next_activity_id = activity.id
               AND activity.collection_code IS NULL
               AND {where}
            """  # noqa: S608 (nothing of it comes from outside)
        )
