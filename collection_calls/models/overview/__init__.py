"""The start page: its tiles, each figure with the list behind it.

``work`` has the tiles about today's work, ``money`` those about what came in,
``waiting`` what debtors haven't answered yet, ``team`` how far each collector is.
"""

from . import collection_overview
from . import work
from . import money
from . import waiting
from . import team
