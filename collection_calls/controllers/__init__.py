from . import link
from . import overdue
from . import personal_data
from . import portal
from . import payment
from . import requests
from . import seen
from . import workbook
