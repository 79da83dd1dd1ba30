"""What debtors ask for and propose on their pages.

``collection_debtor_page`` is what such a page is: of an agreement, or of what is
overdue without one. ``collection_request`` is what it all has in common that is asked
for there: about what, on whose list.
``collection_offer`` is another day or a schedule that a debtor proposes, ``decisions``
what becomes of it, ``corrections`` new contact data to check; ``wishes`` takes down
what comes from the page, once and within the company's limits, ``files`` what is
attached. ``collection_reply`` tells them by e-mail what became of it, ``page`` shows
it, and ``lapsing`` closes what nothing is left of. ``dossier`` tells of it before a
call, and ``limits`` is what the company lets debtors propose.
"""

from . import collection_debtor_page
from . import collection_request
from . import collection_offer
from . import collection_reply
from . import decisions
from . import corrections
from . import files
from . import wishes
from . import page
from . import lapsing
from . import dossier
from . import limits
