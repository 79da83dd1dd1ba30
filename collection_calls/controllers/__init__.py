from . import personal_data
from . import portal
from . import requests
from . import workbook
