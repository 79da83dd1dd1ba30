"""The partner who owes.

``res_partner`` has figures and notes, ``currencies`` what is owed as it was billed,
``contacts`` says whom to call by which number, ``actions`` opens calls, plans and
lists. ``collection_dossier`` gathers what is known before a call,
``collection_contact_correction`` writes what was corrected in one, or on the debtor's
page, and ``base_partner_merge`` and ``moves`` keep cases together when debtors become
one, or part of another.
"""

from . import collection_dossier
from . import collection_contact_correction
from . import res_partner
from . import currencies
from . import contacts
from . import actions
from . import moves
from . import wishes
from . import base_partner_merge
