from . import collection_agreement
from . import collection_agreement_parties
from . import collection_reminder
from . import collection_guard
