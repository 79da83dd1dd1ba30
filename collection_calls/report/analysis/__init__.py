"""Analyses: queries over calls, promises and plans, for pivots, graphs, the overview.

Which dimensions, clock, exchange rates and ages all have, and how a rate is summed up:
``collection_report``. Whom calls reached, and the money that came in after them:
``collection_call_report``. How many promises were kept: ``collection_promise_report``.
What became of plans: ``collection_plan_report``. What was open month by month, DSO and
collection effectiveness: ``collection_receivable_report``. What is to come in and when:
``collection_forecast_report``.
"""

from . import collection_report
from . import collection_call_report
from . import collection_forecast_report
from . import collection_plan_report
from . import collection_promise_report
from . import collection_receivable_report
