"""What people are asked to tell a debtor, and whether it is still true.

``collection_to_do`` is what promises, plans, installments, disputes, calls and requests
share: each says which of its to-dos are true now, and in which words. ``mail_activity``
remembers what a planned call was made from, and tells it in the reader's language.
``truth`` has each source say what is true of it, and drops whatever isn't when a case
is brought up to date. ``occasion`` keeps on a call why it was held.
"""

from . import collection_to_do
from . import mail_activity
from . import truth
from . import occasion
