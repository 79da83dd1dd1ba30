"""What people are asked to tell a debtor, and whether it is still true.

``collection_to_do`` is what promises, plans, disputes and calls share: each says which
of its to-dos are true now, and in which words. ``mail_activity`` remembers what a
planned call was made from. ``truth`` has each source say what is true of it, and drops
whatever isn't when a case is brought up to date. ``purpose`` keeps on a call why it was
held.
"""

from . import collection_to_do
from . import mail_activity
from . import truth
from . import purpose
