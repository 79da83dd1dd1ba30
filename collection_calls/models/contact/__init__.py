from . import collection_contact_clock
from . import facts
from . import collection_contact_hours
from . import sentences
from . import collection_contact_policy
from . import calling_days
