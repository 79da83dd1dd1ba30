"""What is evidence stands, whoever asks.

``collection_evidence`` asks a model which of its records are evidence, keeps those from
being deleted and shows what was configured as it was called then. ``mail_message``,
``mail_tracking_value``, ``mail_mail`` and ``ir_attachment`` guard the chatter and the
files of every model that inherits it. ``door`` is the only way past all of them.
"""

from . import door
from . import collection_evidence
from . import mail_message
from . import mail_tracking_value
from . import mail_mail
from . import ir_attachment
