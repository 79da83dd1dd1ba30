"""Where scheduled work goes on that was stopped: apart from Odoo.

All records are done in the order of their ids, in rounds. A run that is stopped, by the
clock or by somebody who kills it, is gone on with by the next one. On another day a new
round begins, there where the last one was stopped, so that the last ones of them have
their turn however slow it is.
"""

from bisect import bisect_right
from typing import NamedTuple


class Round(NamedTuple):
    """How far a round has come.

    It begins after the id ``first`` and ends with it. ``last`` is the last one that is
    done, None if nobody is. ``skipped`` are those that couldn't be done when it was
    their turn: they get another one at the end.
    """

    first: int = 0
    last: int | None = None
    skipped: tuple = ()

    def get_queue(self, ids):
        """Those whose turn is still to come, in order.

        :param ids: of all the records that there are something to do with, ascending
        :rtype: list[int]
        """
        middle = bisect_right(ids, self.first)
        circle = [*ids[middle:], *ids[:middle]]
        if self.last is not None:
            circle = circle[
                bisect_right(circle, self._place(self.last), key=self._place) :
            ]
        again = set(ids).intersection(self.skipped)
        return circle + [record_id for record_id in self.skipped if record_id in again]

    def _place(self, record_id):
        return record_id <= self.first, record_id

    def go_on(self, done, skipped=()):
        """The round after these had their turn.

        :param done: ids, in the order of the queue
        :param skipped: those of them with whom nothing could be done; who is skipped
            twice waits for the next round
        """
        fresh = [record_id for record_id in done if record_id not in self.skipped]
        rest = [record_id for record_id in self.skipped if record_id not in done]
        rest += [record_id for record_id in skipped if record_id in fresh]
        last = fresh[-1] if fresh else self.last
        return self._replace(last=last, skipped=tuple(rest))

    def renew(self):
        """The round of another day, from where this one was stopped."""
        return Round(self.last if self.last is not None else self.first)
