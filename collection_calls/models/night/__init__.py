"""How scheduled actions work, so that they disturb nobody.

``collection_night`` takes records in short transactions, alone, and goes on where the
last run stopped; ``collection_round`` remembers where that was. ``conflicts`` says what
is tried again because another transaction was faster. ``collection_backlog`` keeps what
a payment couldn't have judged at once, as the night had it in hand.
"""

from . import collection_night
from . import collection_round
from . import collection_backlog
