"""The ledger on one day that doesn't pass."""

from datetime import date

from freezegun import freeze_time

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

from .ledger import FEW, MANY, CollectionCallsLedger
from .world import NOW, World


class CollectionCallsCommon(CollectionCallsLedger, AccountTestInvoicingCommon):
    """The ledger on the frozen 10 March 2026, 9:00 UTC (10:00 in Berlin).

    Its classes share the :class:`~.world.World` of the process, which has all that
    :class:`AccountTestInvoicingCommon` and :meth:`_set_up_ledger` make. A class that
    needs another clock, chart of accounts or context mixes the ledger into one of
    core's classes itself, as those of the tours do.
    """

    books_ahead = False  # whether payments are booked before their day

    @classmethod
    def setUpClass(cls):
        cls.clock = cls.startClassPatcher(freeze_time(NOW))
        world = World.enter(cls)
        super(BaseCommon, cls).setUpClass()  # what comes between is in the world
        world.show_to(cls)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.clock.move_to, NOW)

    def _live_until(self, day):
        """Let the days pass up to this one, if it isn't over; it is nine o'clock UTC.

        Inside of :meth:`_at` no day passes, nor where :attr:`books_ahead` is set.
        """
        self.env.cr.flush()  # what happened before is judged on its own day
        if day > date.today() and not self.books_ahead:
            self.clock.move_to(f"{day} 09:00:00")

    @classmethod
    def _gc_filestore(cls):
        """Later: the world's own files aren't in the database that others see."""

    def _run_cron(self, name):
        """Run a scheduled action as the server does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"collection_calls.{name}").method_direct_trigger()

    def _assert_same_queries(self, records, fnames):
        """Reading FEW records takes as many queries as reading MANY."""
        # As the web client does: ids, and nothing in the cache.
        records = records.with_user(self.collector).browse(records.ids)
        counts = []
        for some in records, records[:FEW], records:  # the first fills caches of rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.read(fnames)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(len(records), MANY)
        self.assertEqual(counts[1], counts[2], f"{records._name}: {fnames}")
