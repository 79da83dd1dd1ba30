"""The one door through the guards of evidence.

Notes, e-mails, tracked changes and files of evidence are guarded against everybody, the
superuser included: most of what rewrites them in Odoo runs as superuser. What has to
touch them all the same goes through :func:`open_door`, at the narrowest place::

    open_door(messages).write({"body": ""})

The door is an object in the context that is compared by identity. A client can send a
context, but not this object; nor does it survive JSON, a scheduled action or a restart.

Those who go through it: cases that are merged take their chatter along
(``case/collection_case``), a record that may be deleted takes its own chatter and files
with it (:meth:`.collection_evidence.CollectionEvidence.unlink`), e-mails that came in
keep to whom they were addressed (``letter/mail_thread``), and retention empties what is
old enough. Events of plans, and claims and answers of closed calls, open to it as well.
Calls and disputes have a ``_write_closed`` instead, agreements and letters are written
by the superuser alone.
"""

KEY = "collection_evidence_door"


class _Door:
    __slots__ = ()

    def __repr__(self):
        return "<door>"


_DOOR = _Door()


def open_door(records):
    """The same records, in an environment in which their evidence may be touched."""
    return records.with_context(**{KEY: _DOOR})


def is_door_open(env):
    """Whether the code that runs came through :func:`open_door`."""
    return env.context.get(KEY) is _DOOR


def changes(record, vals, names):
    """Whether ``vals`` change one of the fields ``names`` of a record.

    Odoo writes many a value once more that is there already.
    """
    for name in names & vals.keys():
        field = record._fields[name]
        if field.type in ("one2many", "many2many"):
            return True
        new = field.convert_to_cache(vals[name], record, validate=False)
        if field.convert_to_record(new, record) != record[name]:
            return True
    return False
