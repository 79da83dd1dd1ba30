"""Who may be contacted when, how, and about what.

``gate`` is what everything passes that goes out; ``gate_calls`` has calls pass it, too.
``collection_contact_right`` is what debtors asked for or are entitled to,
``representative`` who is contacted instead of them, ``addressee`` whatever is written
to somebody, ``collection_contact_log`` what went out.
``collection_contact_policy`` holds the rules and the hours that they permit, ``facts``
tells the debtor's clock and what has happened, ``sentences`` what is against a call.
``collection_holiday`` has what a company adds to the public holidays at the debtors'.
"""

from . import collection_contact_policy
from . import collection_holiday
from . import facts
from . import sentences
from . import collection_contact_right
from . import hours
from . import collection_contact_log
from . import gate
from . import representative
from . import gate_calls
from . import addressee
