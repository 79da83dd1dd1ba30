"""One accounting world a process, instead of one a class."""

import atexit
import threading
from unittest.mock import patch

from freezegun import freeze_time

from odoo.models import BaseModel
from odoo.modules.registry import Registry
from odoo.sql_db import Savepoint
from odoo.tests import TransactionCase
from odoo.tests.common import get_db_name

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .ledger import TODAY, CollectionCallsLedger

NOW = f"{TODAY} 09:00:00"
FACTS = ("company_data", "tax_number", "maxDiff")  # beside the records


class CollectionCallsBuilding(CollectionCallsLedger, AccountTestInvoicingCommon):
    """Sets up core's test company and our ledger. It has no tests."""

    _class_cleanups = []  # before Python 3.11, all classes share one

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_ledger()
        cls.env.cr.flush()

    @classmethod
    def _gc_filestore(cls):
        """Not while the world stands."""


class World:
    """Company, chart of accounts, products, users and our ledger, built once.

    Core builds them in every class: 2,954 statements. Here the first class does, in a
    transaction that stays open. Each class works on a savepoint of it, to which it is
    rolled back after the class; caches are emptied by core's own cleanups, as ever.

    An open transaction holds locks that others would wait for. So the world ends as
    soon as anybody else is at work: the first cursor that is opened between two of our
    classes, by a class with a world of its own or by another addon's, closes it. Our
    next class builds a new one. In any order, under any runner, nothing is committed.
    """

    current = None  # of this process

    @classmethod
    def enter(cls, test_class):
        """Lend the world to a class that is being set up, until its cleanups."""
        registry = Registry(get_db_name())
        if cls.current and not cls.current._suits(registry):
            cls.current._end()
        if not cls.current:
            cls.current = cls(registry)
        world = cls.current
        world._unguard()
        test_class.addClassCleanup(world._guard)  # the last of its cleanups
        world._lend()
        return world

    def __init__(self, registry):
        self.registry = registry
        self.thread = threading.current_thread()
        self.guard = None
        self.savepoint = None
        self.cr = registry.cursor()
        self.cr.close = self._rewind  # what core does after a class
        try:
            self._build()
        except BaseException:
            self._close()
            raise
        atexit.register(self._close)

    def _build(self):
        building = CollectionCallsBuilding
        with freeze_time(NOW):
            self._lend()
            try:
                building.setUpClass()
            finally:
                building.doClassCleanups()
        for _type, error, _traceback in building.tearDown_exceptions:
            raise error
        self.env = building.env
        self.facts = {
            name: value
            for name, value in vars(building).items()
            if isinstance(value, BaseModel) or name in FACTS
        }
        transaction = self.cr.transaction
        self.envs, self.default_env = list(transaction.envs), transaction.default_env
        self.savepoint = Savepoint(self.cr)

    def _suits(self, registry):
        return self.registry is registry and not self.cr.closed

    def show_to(self, test_class):
        """Give a class the records that core's set-up would have given it."""
        for name, value in self.facts.items():
            setattr(test_class, name, value)
        test_class.company_data = dict(self.facts["company_data"])
        test_class.env = self.env

    def _lend(self):
        """Let the next cursor that is opened, a class's own, be the world's."""

        def cursor():
            patcher.stop()
            return self.cr

        patcher = patch.object(self.registry, "cursor", cursor)
        patcher.start()

    def _rewind(self):
        """Take back what a class has done."""
        if not self.savepoint:
            return
        self.cr.clear()
        for hooks in (self.cr.postcommit, self.cr.prerollback, self.cr.postrollback):
            hooks.clear()
        transaction = self.cr.transaction
        transaction.envs.clear()
        transaction.envs.update(self.envs)
        transaction.default_env = self.default_env
        self.savepoint.rollback()

    def _guard(self):
        """Between two classes: end when somebody opens a cursor."""

        def cursor(readonly=False):
            if threading.current_thread() is self.thread:
                self._end()
            return type(self.registry).cursor(self.registry, readonly=readonly)

        self.guard = patch.object(self.registry, "cursor", cursor)
        self.guard.start()

    def _unguard(self):
        if self.guard:
            self.guard.stop()
            self.guard = None

    def _end(self):
        self._unguard()
        World.current = None
        self._close()
        atexit.unregister(self._close)
        TransactionCase._gc_filestore()

    def _close(self):
        self.cr.__dict__.pop("close", None)
        self.cr.close()
