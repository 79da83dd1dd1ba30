"""The call: five steps, and what is written down in each.

``conversation`` leads through the steps, ``policy_check`` asks whether the debtor may
be called now, ``contact`` has number and contact data, ``person`` who is on the line,
``dossier`` what is known before, ``purpose`` why they are called, in a few lines,
``wishes`` what they ask us not to do, ``representative`` who is called instead of them.
``commitments`` and ``installments`` are what is agreed, ``paid_already`` what they say
is paid, ``terms`` the one sum that is said, mailed and printed, ``payment_links`` how
it is paid online; ``invitation`` shows it on the debtor's screen meanwhile.
``follow_up`` is the next call, ``agreed_hour`` its hour on the debtor's clock,
``confirmation`` what goes out afterwards, ``written_word`` what the debtor answers to
that, ``left_open`` what becomes of calls that nobody closes, ``take_back`` of those
closed by a slip. Outcomes, reasons and scripts are what users configure.
"""

from . import collection_call
from . import contact
from . import person
from . import policy_check
from . import conversation
from . import commitments
from . import installments
from . import invitation
from . import follow_up
from . import terms
from . import payment_links
from . import paid_already
from . import agreed_hour
from . import confirmation
from . import written_word
from . import left_open
from . import take_back
from . import dossier
from . import purpose
from . import wishes
from . import representative
from . import collection_call_answer
from . import collection_call_claim
from . import collection_call_outcome
from . import collection_reason
from . import collection_script
