"""The ledger on one day that doesn't pass."""

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

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(NOW))
        world = World.enter(cls)
        super(BaseCommon, cls).setUpClass()  # what comes between is in the world
        world.show_to(cls)

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
