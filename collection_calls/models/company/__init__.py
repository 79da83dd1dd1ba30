"""What a company chooses: its limits, its days, hours and clock, its strategy.

``res_company`` has the settings and their checks, ``res_config_settings`` shows them.
"""

from . import res_company
from . import res_config_settings
