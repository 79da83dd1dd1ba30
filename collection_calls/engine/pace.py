"""How much a scheduled action does before it commits: apart from Odoo.

Whoever registers a payment may have to wait for a row that such a transaction has
written. So it is kept short by the clock, whatever a record costs: where nothing
happens hundreds are done in a moment, where each one gets a letter a few are enough.
"""

import time

SECONDS = 0.4  # that a transaction may take, but for the record it is at then
FIRST = 20  # records, as long as nobody knows what they cost
FEWEST = 5  # to read fewer at once saves nothing
GROWTH = 2


class Pace:
    """The size of the next transaction, by what the last ones took.

    :param int most: records in one transaction, however fast they are done
    :param int first: records in the first one
    :param read: a function that returns seconds
    """

    def __init__(self, most, first=FIRST, read=time.monotonic):
        self.most = most
        self.size = max(1, min(first, most))
        self.read = read
        self.begin()

    @classmethod
    def unhurried(cls):
        """For whoever does all of it in one transaction."""
        return cls(most=1, read=lambda: 0)

    def begin(self):
        """A transaction begins."""
        self.start = self.read()
        self.is_tried = False
        self.stopped_at = None

    def is_over(self):
        """Whether what is to be done next has to wait for another transaction.

        The first thing in a transaction never has to: else nobody would get on.
        """
        if not self.is_tried:
            self.is_tried = True
            return False
        return self.read() - self.start >= SECONDS

    def stop_at(self, record_id):
        """This record, and all after it, have to wait for the next transaction."""
        self.stopped_at = record_id

    def walk(self, records):
        """Each of these records, as long as there is time."""
        for record in records:
            if self.is_over():
                self.stop_at(record.id)
                return
            yield record

    def adapt(self, count):
        """So many records were done in the transaction that ends."""
        elapsed = self.read() - self.start
        fitting = self.size * GROWTH
        if elapsed > 0:
            fitting = min(fitting, int(count * SECONDS / elapsed))
        self.size = min(max(fitting, FEWEST), self.most)

    def shrink(self):
        """Somebody was in the way: with fewer records at once, in that of fewer.

        :return: whether that is possible
        """
        if self.size == 1:
            return False
        self.size = max(1, self.size // 4)
        return True
