"""What a planned call is about, as codes that all who plan one share."""

BROKEN, PARTIAL = "broken", "partial"
MISSED, NOTICE, ACCELERATED = "missed", "notice", "accelerated"
REJECTED, WITHDRAWN = "rejected", "withdrawn"
REMIND = "remind"
# What the debtor said on the page: objected to an invoice, asked for something.
OBJECTED, REQUESTED = "objected", "requested"
# News that only the right person may hear: an attempt that reaches nobody leaves them
# to do.
TO_TELL = (
    BROKEN,
    PARTIAL,
    MISSED,
    NOTICE,
    ACCELERATED,
    REJECTED,
    WITHDRAWN,
    REMIND,
    OBJECTED,
    REQUESTED,
)
# One conversation is about all of these: the newest stands for the others.
TOLD_TOGETHER = (BROKEN, PARTIAL)
# Only an answer ends these: a conversation alone leaves them to do.
TO_ANSWER = (REQUESTED,)
FOLLOW_UP = "follow_up"
# Solutions of a call whose next call reminds of what was agreed.
AGREED = ("promise", "plan")
# To-dos beside the telephone.
WRITE, CREDIT_NOTE, LEFT_OPEN = "write", "credit_note", "left_open"
# Promised on the page, without a call.
PROMISED = "promised"
