from . import base_partner_merge
from . import collection_dossier
from . import contacts
from . import actions
from . import collection_contact_correction
from . import res_partner
