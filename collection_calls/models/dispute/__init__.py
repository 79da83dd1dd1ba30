from . import collection_dispute_decision
from . import collection_dispute
