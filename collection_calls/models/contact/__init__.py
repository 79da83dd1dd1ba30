"""Who may be called when.

``collection_contact_policy`` holds the rules and the hours that they permit, ``facts``
tells the debtor's clock and what has happened, ``sentences`` what is against a call.
"""

from . import collection_contact_policy
from . import facts
from . import sentences
