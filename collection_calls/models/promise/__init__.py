"""A debtor's word to pay an amount by a day.

``recording`` takes it down, within the company's limits; ``facts`` reads the ledger and
``evaluation`` turns that into a verdict by :mod:`...engine.promise`: kept, broken, to
check. ``reminders`` come the day before. ``collection_promise_line`` is for one claim.
"""

from . import collection_promise
from . import recording
from . import facts
from . import evaluation
from . import reminders
from . import collection_promise_line
