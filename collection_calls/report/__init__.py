"""What comes out of the records: analyses on the screen, Excel workbooks, print.

``analysis`` counts calls, promises and plans for pivots and graphs, ``workbook`` writes
files for Excel and mails some of them, ``document`` lays out what is printed. No rule
of the business stands in here, and the models import nothing from it.
"""

from . import analysis
from . import document
from . import workbook
