"""No call of earlier versions was held with somebody who represents the debtor.

The new column would be computed from whom people work for today; whoever has changed
employers since was spoken to as one of the debtor's.
"""


def migrate(cr, version):
    if version:
        cr.execute(
            """
            ALTER TABLE collection_call
            ADD COLUMN IF NOT EXISTS with_representative boolean
            """
        )
