from . import link
from . import personal_data
from . import portal
from . import workbook
