"""The debtor's page, and what they do there.

``collection_link`` is the link that is sent while the call goes on, and the proof that
opens it. ``collection_page_visit`` keeps when a page was opened, accepted, paid or
answered, ``page_events`` notes that and tells the collectors at once. ``rate_limit``
says how often a page answers.
"""

from . import rate_limit
from . import collection_page_visit
from . import collection_link
from . import page_events
