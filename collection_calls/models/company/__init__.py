from . import collection_refresh_mark
from . import res_company
from . import res_config_settings
