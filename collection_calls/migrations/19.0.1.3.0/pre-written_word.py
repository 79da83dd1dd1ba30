"""Nobody is asked for an answer to what left before: the new columns start empty."""

from odoo.tools import sql

COLUMNS = {
    "collection_call": {
        "answer_state": "varchar",
        "answer_channel": "varchar",
        "answer_date": "timestamp",
    },
    "collection_plan": {"requires_acceptance": "boolean"},
}


def migrate(cr, version):
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            if not sql.column_exists(cr, table, name):
                sql.create_column(cr, table, name, kind)
