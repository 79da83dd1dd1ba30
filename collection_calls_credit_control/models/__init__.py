"""No credit control on claims that are promised or paid by installments.

``credit_control_policy`` leaves them out of a run, with those for which nobody is
pressed (``account_move_line``); ``credit_control_line`` leaves them out of every other
way to a line, ``credit_control_communication`` out of what is sent or printed.
``account_move`` looks after lines that are there when a claim becomes protected.
"""

from . import account_move_line
from . import account_move
from . import credit_control_communication
from . import credit_control_line
from . import credit_control_policy
