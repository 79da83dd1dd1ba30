"""What a company chooses: its limits, its days, hours and clock, its strategy.

``res_company`` has the settings and their checks, ``books`` the days on which money can
come and how far the books tell that it did; ``res_config_settings`` shows them.
"""

from . import res_company
from . import books
from . import res_config_settings
