from . import collection_workbook
from . import collection_workbook_claims
from . import collection_workbook_call_list
from . import collection_workbook_statement
from . import collection_workbook_plans
from . import collection_workbook_performance
from . import res_company
