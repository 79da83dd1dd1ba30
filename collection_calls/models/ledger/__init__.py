"""What accounting knows, and how we hear of a change.

``account_partial_reconcile``, ``account_move`` and ``account_move_line`` notice what is
matched, posted, moved and deleted. ``collection_ledger`` tells receipts from credits,
``money_under_way`` what waits to be matched, ``account_bank_statement_line`` whose it
seems to be, and ``collection_overdue`` what everybody owes, in one query; ``lineage``
knows the other numbers and accounts of a debt.
``collection_followup_mark`` tells others to leave alone what is protected.
"""

from . import collection_followup_mark
from . import account_move
from . import account_move_line
from . import account_partial_reconcile
from . import collection_claim_snapshot
from . import collection_ledger
from . import lineage
from . import money_under_way
from . import account_bank_statement_line
from . import collection_overdue
