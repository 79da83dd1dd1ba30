from . import collection_report
from . import collection_call_report
from . import collection_plan_report
from . import collection_promise_report
