"""What the tests share, a helper class a subject.

``world`` builds the accounting world that the classes share. ``ledger`` has a debtor,
invoices and users; ``day`` puts them on a day that doesn't pass. On that day stand
``dispute``, ``wizard`` (calls), ``promise`` and, on top of promises, ``case`` (the call
list), ``plan`` and ``workbook``. ``accountant`` pays, credits and reconciles, and is
mixed in where that is needed, as is ``online``, which pays on the debtor's page.
``walk`` goes over all that the addon brings, ``senders`` over what sends something.
"""

from . import senders, walk
from .accountant import CollectionCallsAccountant
from .case import CollectionCallsCaseCommon
from .day import CollectionCallsCommon
from .dispute import CollectionCallsDisputeCommon
from .ledger import FEW, LANGUAGES, MANY, TODAY, CollectionCallsLedger
from .online import CollectionCallsOnline, CollectionCallsProvider
from .plan import CollectionCallsPlanCommon
from .promise import CollectionCallsPromiseCommon
from .wizard import STEPS, CollectionCallsWizardCommon
from .workbook import HEAD, CollectionCallsWorkbookCommon
