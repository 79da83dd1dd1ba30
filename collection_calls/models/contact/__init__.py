"""Who may be called when.

``collection_contact_policy`` holds the rules and the hours that they permit, ``facts``
tells the debtor's clock and what has happened, ``sentences`` what is against a call.
``collection_holiday`` has what a company adds to the public holidays at the debtors'.
"""

from . import collection_contact_policy
from . import collection_holiday
from . import facts
from . import sentences
