from . import test_collection_access
from . import test_collection_call
from . import test_collection_case
from . import test_collection_company
from . import test_collection_overdue
from . import test_collection_script
from . import test_collection_tour
from . import test_collection_wizard
