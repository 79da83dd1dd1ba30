from . import collection_call_wizard
