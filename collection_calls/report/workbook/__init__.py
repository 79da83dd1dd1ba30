"""Excel workbooks, in the language and on the calendar of one company.

How a workbook gets its name, language, sheets, columns: ``collection_workbook``. What a
claim is in them: ``collection_workbook_claims``. What is in each kind: the file named
for it. Which ones managers get by mail, and when: ``weekly_mail``. How cells, totals,
charts are written: ``xlsx``. How one is asked for: ``wizard/collection_export.py``.
"""

from . import collection_workbook
from . import collection_workbook_claims
from . import collection_workbook_call_list
from . import collection_workbook_statement
from . import collection_workbook_plans
from . import collection_workbook_performance
from . import weekly_mail
