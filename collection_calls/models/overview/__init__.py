"""The start page: its tiles, each figure with the list behind it.

``work`` has the tiles about today's work, ``money`` those about what came in,
``waiting`` what debtors haven't answered yet.
"""

from . import collection_overview
from . import work
from . import money
from . import waiting
