"""The start page: six tiles, each figure with the list behind it.

``work`` has the tiles about today's work, ``money`` those about what came in.
"""

from . import collection_overview
from . import work
from . import money
