"""The debtor's page: an agreement as the debtor sees, signs, pays and answers it.

``agreement_page`` says where the page is, who may see it and what it shows,
``page_events`` is told of everything that a debtor does there, and ``answering`` is
what comes of accepting and declining. ``collection_acceptance`` is the evidence of it:
the text as it was signed, by whom, when and from where. The routes are in
``controllers/portal``.
"""

from . import agreement_page
from . import page_events
from . import collection_acceptance
from . import answering
