from . import collection_call_cancel
from . import collection_call_wizard
