"""What promises and plans share.

``collection_agreement`` says who agreed with whom, has whatever a payment touches
judged once a transaction, and reminds of what falls due soon. ``succession`` follows
claims that are corrected, invoiced anew or moved, ``evidence`` tells what counted;
``obstacles`` is why nobody is pressed meanwhile, and gives the lost days back;
``written_word`` is what the debtor answered in writing, ``awaited`` what is done as
long as they haven't, ``reply_slip`` what they sign on paper and send back.
"""

from . import collection_agreement
from . import obstacles
from . import succession
from . import evidence
from . import written_word
from . import awaited
from . import reply_slip
