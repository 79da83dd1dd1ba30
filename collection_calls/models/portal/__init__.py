"""The debtor's page: an agreement as the debtor sees, signs, pays and answers it.

``agreement_page`` says where the page is, who may see it and what it shows, and
``answering`` is what comes of accepting and declining; ``overdue_page`` is the page of
what is overdue without an agreement. ``collection_acceptance`` is the
evidence of it: the text as it was signed, by whom, when and from where. ``page_events``
is told of everything that a debtor does there, keeps when (``collection_page_visit``)
and tells the collectors; ``waiting`` is what waits for the debtor. ``collection_link``
is the link that is sent while the call goes on, and the proof that opens it;
``link_status`` tells the collector on the line how far the debtor has come.
``rate_limit`` says how often a page answers. ``payment`` says what can be paid online,
``res_company`` whether anybody takes it, ``payment_transaction`` what becomes of it,
``account_move`` what core's own pages say of invoices that were agreed on; ``ir_http``
has scripts speak the page's language. The routes are in ``controllers/``.
"""

from . import rate_limit
from . import agreement_page
from . import overdue_page
from . import collection_page_visit
from . import page_events
from . import collection_acceptance
from . import answering
from . import payment_transaction
from . import res_company
from . import payment
from . import account_move
from . import collection_link
from . import link_status
from . import waiting
from . import ir_http
