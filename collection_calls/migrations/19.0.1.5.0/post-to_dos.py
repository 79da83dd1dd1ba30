"""Planned calls say what they were made from, so that they end with it.

What they are about follows from the state of their source: an older version deleted or
kept them whatever became of it. Calls that tell of a dispute aren't linked to it and
stay as people find them.
"""

SOURCES = {
    "collection_promise": (
        "collection.promise",
        """
        CASE source.state WHEN 'broken' THEN 'broken'
                          WHEN 'partial' THEN 'partial'
                          ELSE 'remind' END
        """,
    ),
    "collection_plan": (
        "collection.plan",
        """
        CASE source.state WHEN 'accelerated' THEN 'accelerated'
                          WHEN 'notice' THEN 'notice'
                          ELSE 'missed' END
        """,
    ),
    "collection_call": ("collection.call", "'follow_up'"),
    "collection_offer": ("collection.offer", "'requested'"),
    "collection_contact_correction": ("collection.contact.correction", "'requested'"),
}


def migrate(cr, version):
    if not version:
        return
    for table, (model, topic) in SOURCES.items():
        cr.execute(
            f"""
            UPDATE mail_activity AS planned
               SET collection_topic = {topic},
                   collection_source_model = %s,
                   collection_source_id = source.id
              FROM {table} AS source
             WHERE source.next_activity_id = planned.id
               AND planned.active
               AND planned.collection_topic IS NULL
            """,
            [model],
        )
