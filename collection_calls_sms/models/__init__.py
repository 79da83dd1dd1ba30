"""The link to the debtor's page as a text message.

``collection_call`` says to which number, ``collection_link`` what goes out and whether
it left, ``sms_sms`` hears of that; ``collection_retention`` says what isn't personal.
"""

from . import collection_call
from . import collection_link
from . import sms_sms
from . import collection_retention
