"""One debtor in one company: the row of the call list.

``figures`` brings amounts up to date in one statement, from ``figure_facts``, and
``currencies`` tells them as they were billed;
``ranking`` sorts the list by :mod:`...engine.priority`, from ``ranking_facts``, and
proposes the next call. ``refresh`` says when and for whom, ``events`` what triggers it.
``session`` hands out the next case, ``assignment`` its collector; ``decisions`` are
hold and snooze. ``home`` is what the form shows beside, and opens.
``collection_strategy`` says who gets on the list, ``debtor_filter`` what it may ask
about debtors.
"""

from . import collection_case
from . import figure_facts
from . import figures
from . import currencies
from . import refresh
from . import ranking_facts
from . import assignment
from . import ranking
from . import decisions
from . import session
from . import contact
from . import wishes
from . import home
from . import collection_strategy
from . import debtor_filter
from . import events
