from . import collection_overview_tile
from . import collection_overview_work
from . import collection_overview_money
from . import collection_overview
