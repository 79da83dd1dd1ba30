"""The installment plan and the rule by which its rest falls due.

``facts`` reads the ledger, ``nightly_run`` decides by :mod:`...engine.acceleration`,
``steps`` does what was decided: so it goes when an installment is missed. ``drafting``
and ``schedule`` make a plan and its dates, ``preview`` shows them. ``decisions`` are
the buttons, ``options`` says which of them fit now, ``correspondence`` what is written,
``acceleration_terms`` puts a rule into words.
"""

from . import acceleration_terms
from . import collection_acceleration_rule
from . import schedule
from . import collection_plan
from . import drafting
from . import facts
from . import nightly_run
from . import steps
from . import decisions
from . import correspondence
from . import preview
from . import options
from . import collection_plan_claim
from . import collection_plan_event
from . import collection_plan_installment
from . import collection_plan_letter
