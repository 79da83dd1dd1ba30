"""Evidence that stands, and secrets that go.

``collection_chained`` says which facts are sealed, and when; ``collection_chain_link``
is the chain, ``collection_chain_check`` tells what was done to it. ``registry`` says of
every text whose it is and for what purpose it is kept, ``places`` where else it stands.
``emptying`` empties what is due by night, ``erasure`` what a person asks for,
``collection_legal_hold`` stops both and ``collection_retention_log`` tells of them.
``personal_data`` is all that is stored about a person.
"""

from . import collection_chain_link
from . import collection_chained
from . import collection_chain_check
from . import registry
from . import places
from . import collection_legal_hold
from . import collection_retention_log
from . import collection_case
from . import res_company
from . import res_config_settings
from . import emptying
from . import erasure
from . import personal_data
