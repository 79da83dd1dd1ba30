"""Who is calling, or looked for: debtors by what people know of them.

``res_partner`` finds by number, in whatever notation, by name and customer number,
``account_move`` by invoice, reference and order; both have the indexes for it.
``collection_finder`` puts them together for the page *They Call Us*,
``collection_case`` for the search of the call list. ``incoming`` opens the call of
whoever was found.
"""

from . import account_move
from . import res_partner
from . import collection_finder
from . import collection_case
from . import incoming
