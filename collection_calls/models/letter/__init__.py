from . import collection_confirmation
from . import collection_letter
from . import collection_posting
from . import ir_actions_report
from . import mail_message
from . import mail_notification
