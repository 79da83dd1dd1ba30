from . import collection_followup_mark
from . import account_move
from . import account_move_line
from . import account_partial_reconcile
from . import collection_claim_snapshot
from . import collection_ledger
from . import collection_overdue
