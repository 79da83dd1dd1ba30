"""What a debtor objects to.

``collection_dispute`` says what is disputed and how much of it still counts,
``decisions`` how a dispute ends: accepted, rejected or withdrawn.
"""

from . import collection_dispute
from . import decisions
