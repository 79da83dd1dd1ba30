"""Who may record what in whose name, and who may read what debtors said.

``collection_guard`` keeps clients from writing what only the ledger or a manager says.
``collection_authorship`` keeps users from recording in a colleague's name or long
after the event, and says who recorded something and when.
``collection_confidential`` closes the chatter of what is told in confidence,
``ir_attachment`` its files.
"""

from . import collection_guard
from . import collection_authorship
from . import collection_confidential
from . import ir_attachment
