"""What is asked in a dialog before something is done: they collect, models do it.

The five steps of a call: ``collection_call_wizard``; who is on the line:
``collection_call_person``. A new plan, decisions about one,
and what tonight's run would do: ``collection_plan_*``. Cases snoozed, held, handed over
or dealt out: ``collection_case_*``. Why a call, a dispute or a promise is given up:
``_cancel``, ``_reject``, ``_void``. Numbers that nobody can dial:
``collection_phone_correction``. What a debtor asks for:
``collection_contact_right_wizard``, what one proposes: ``collection_offer_answer``.
Which workbook to download: ``collection_export``.
What retention empties tonight: ``collection_retention_preview``; what a person asks to
have erased: ``collection_erasure``. The signed slip of a plan that came back by post:
``collection_reply_slip``.
All are ``collection_dialog``: they show nobody more than they may read.
"""

from . import collection_dialog
from . import account_move_reversal
from . import collection_call_cancel
from . import collection_call_person
from . import collection_call_wizard
from . import collection_case_decision
from . import collection_case_rebalance
from . import collection_contact_right_wizard
from . import collection_dispute_reject
from . import collection_erasure
from . import collection_export
from . import collection_phone_correction
from . import collection_plan_wizard
from . import collection_plan_decision
from . import collection_plan_simulation
from . import collection_offer_answer
from . import collection_promise_void
from . import collection_reply_slip
from . import collection_retention_preview
