from . import account_move_reversal
from . import collection_call_cancel
from . import collection_call_wizard
from . import collection_dispute_reject
from . import collection_plan_wizard
from . import collection_plan_decision
from . import collection_plan_simulation
from . import collection_promise_void
