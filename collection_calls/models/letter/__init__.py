"""Everything that is written to a debtor, and whether it arrived.

``collection_letter`` is what a letter says (language, bank account, payment slip),
``collection_confirmation`` how it goes out and what its delivery means;
``mail_notification`` hears of that. ``collection_answer`` is what the debtor answered,
``answer_reading`` what became of it; ``mail_thread`` tells answers from automatic
replies and reports. ``collection_posting`` lists what has to be posted on paper,
``ir_actions_report`` guards what is printed, and ``mail_template`` has each e-mail in
one language.
"""

from . import collection_confirmation
from . import collection_letter
from . import collection_posting
from . import ir_actions_report
from . import mail_notification
from . import mail_template
from . import collection_answer
from . import answer_reading
from . import mail_thread
