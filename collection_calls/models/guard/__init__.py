"""Who may record what in whose name, and who may read what debtors said.

``collection_authorship`` keeps users from recording in a colleague's name or long
after the event, and says who recorded something and when.
``collection_confidential`` closes the chatter of what is told in confidence.
Which fields clients never fill says ``collection_guard``, beside the agreements.
"""

from . import collection_authorship
from . import collection_confidential
