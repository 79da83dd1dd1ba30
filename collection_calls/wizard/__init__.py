from . import collection_call_cancel
