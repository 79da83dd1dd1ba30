"""Who may do what with promises."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CollectionCallsPromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseRights(CollectionCallsPromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_user("account.group_account_invoice")

    def _as(self, user, promise):
        self.env.flush_all()
        self.env.invalidate_all()
        return promise.with_user(user)

    def test_collector_does_not_judge(self):
        promise = self._promise(self.invoice)
        for field, value in {
            "state": "kept",
            "amount": 5,
            "amount_due": 5,
            "amount_paid": 5,
            "date_deadline": "2030-01-01",
            "is_stale": True,
            "known_item_ids": [Command.clear()],
        }.items():
            with self.subTest(field), self._refused(UserError, "ledger alone"):
                promise.write({field: value})
        with self._refused(UserError, "ledger alone"):
            promise.line_ids.write({"state": "kept"})

    def test_collector_does_not_confirm(self):
        promise = self._promise(self.invoice, days=60)
        self.assertTrue(promise.needs_confirmation)
        for field in ("needs_confirmation", "limit_note", "confirmed_by_id"):
            with self.subTest(field), self._refused(UserError, "A manager confirms"):
                promise.write({field: False})
        with self._refused(AccessError, "Only a collection manager"):
            promise.action_confirm()

    def test_verdict_is_not_typed_when_created(self):
        promise = self._promise(
            self.invoice,
            days=60,
            state="kept",
            amount_paid=1000,
            needs_confirmation=False,
            name="PTP/0",
        )
        self.assertEqual(promise.state, "open")
        self.assertEqual(promise.amount_paid, 0)
        self.assertTrue(promise.needs_confirmation)
        self.assertNotEqual(promise.name, "PTP/0")
        claim = self.invoice._get_collection_claims()
        line = {"move_line_id": claim.id, "state": "void"}
        other = self._promise(self.invoice, line_ids=[Command.create(line)])
        self.assertEqual(other.line_ids.state, "open")
        self.assertEqual(promise.state, "superseded")

    def test_collector_does_not_correct_without_a_call(self):
        promise = self._promise(self.invoice)
        with self._refused(UserError, "can't be changed"):
            promise.date_promised = "2026-03-11"
        with self._refused(UserError, "can't be changed"):
            promise.unlink()

    def test_invoicing_user_reads_only(self):
        promise = self._as(self.clerk, self._promise(self.invoice))
        self.assertEqual(promise.amount, 1000)
        self.assertEqual(promise.line_ids.amount, 1000)
        self.assertEqual(promise.state, "open")
        for act in (
            lambda: promise.write({"payment_method": "cash"}),
            lambda: promise.line_ids.write({"amount": 1}),
            lambda: promise.read(["known_item_ids"]),
            promise.line_ids.unlink,
            promise.unlink,
            promise.action_confirm,
            promise.action_evaluate,
            lambda: self._promise(self.invoice, user=self.clerk),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()

    def test_other_company_sees_nothing(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        stranger = self._create_user("group_collection_manager", company=other)
        promise = self._as(stranger, self._promise(self.invoice))
        self.assertFalse(promise.search([("id", "=", promise.id)]))
        lines = self.env["collection.promise.line"].with_user(stranger)
        self.assertFalse(lines.search([("promise_id", "=", promise.id)]))
        for act in (
            lambda: promise.read(["amount"]),
            lambda: promise.write({"payment_method": "cash"}),
            promise.action_confirm,
            promise.action_evaluate,
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                act()

    def test_portal_user_sees_nothing(self):
        portal = new_test_user(
            self.env,
            "test_portal",
            groups="base.group_portal",
            partner_id=self.debtor.id,
        )
        promise = self._as(portal, self._promise(self.invoice))
        with self.assertRaises(AccessError):
            promise.read(["amount"])
        with self.assertRaises(AccessError):
            self.env["collection.promise.line"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            promise.search([])
