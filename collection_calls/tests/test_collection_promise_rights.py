"""Who may do what with promises."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged

from .common import TODAY, CollectionCallsPromiseCommon


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

    def test_nothing_is_guessed_from_the_context(self):
        """Nor from the defaults that users save for themselves."""
        self.env["ir.default"].with_user(self.collector).set(
            "collection.promise", "confirmed_by_id", self.collector.id, user_id=True
        )
        proposed = {
            "state": "kept",
            "amount": 5,
            "amount_paid": 1000,
            "date_reminded": TODAY,
            "date_deadline": TODAY,
            "is_withdrawn": True,
            "limit_note": "It is 60 days ahead; up to 30 are usual.",
            "needs_confirmation": False,
            "confirmed_by_id": self.manager.id,
            "superseded_by_id": 1,
            "name": "PTP/0",
            "active": False,  # of the activity for the manager
        }
        promises = self.env["collection.promise"].with_user(self.collector)
        promises = promises.with_context(
            **{f"default_{name}": value for name, value in proposed.items()}
        )
        [line] = self._get_line_commands(self.invoice._get_collection_claims())
        promise = promises.create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "date_promised": TODAY + timedelta(60),
                "line_ids": [line],
            }
        )
        self.assertTrue(promise.needs_confirmation)
        self.assertIn("60 days ahead", promise.limit_note)
        self.assertFalse(promise.confirmed_by_id)
        self.assertFalse(promise.date_reminded)
        self.assertFalse(promise.is_withdrawn)
        self.assertFalse(promise.line_ids.superseded_by_id)
        self.assertEqual(promise.date_deadline, TODAY + timedelta(62))
        self.assertEqual((promise.state, promise.line_ids.state), ("open", "open"))
        self.assertEqual((promise.amount, promise.amount_paid), (1000, 0))
        self.assertNotEqual(promise.name, "PTP/0")
        self.assertFalse(self.invoice.no_followup)
        confirm = "collection_calls.mail_activity_type_confirm_promise"
        self.assertTrue(promise.sudo().activity_search([confirm]))

    def test_nothing_stored_is_written_after_the_call(self):
        """All that is stored is evidence, but for chatter and activities."""
        call = self._log(
            outcome=self.promise, right_party_verified=True, verified_by="address"
        )
        in_call = self._promise(self.invoice, call_id=call.id)
        call.next_call_date = TODAY + timedelta(9)
        call.action_done()
        alone = self._promise(self._create_claim(500, 5))
        for promise in in_call + alone, (in_call + alone).with_user(self.manager):
            for record in (*promise, *promise.line_ids):
                self._assert_fixed(record, set())

    def test_verdict_is_never_written(self):
        """Not even in the call, whatever else may be corrected there."""
        call = self._log(
            outcome=self.promise, right_party_verified=True, verified_by="address"
        )
        promise = self._promise(self.invoice, call_id=call.id)
        facts = {
            "partner_id",
            "contact_id",
            "company_id",
            "user_id",
            "date_made",
            "date_promised",
            "tolerance_days",
            "payment_method",
            "call_id",
            "answer_id",
        }
        self._assert_fixed(promise, facts)
        self._assert_fixed(promise.line_ids, {"amount"})

    def _assert_fixed(self, record, facts):
        chatter = {
            "activity_ids",
            "message_follower_ids",
            "message_main_attachment_id",
        }
        stored = {name for name, field in record._fields.items() if field.store}
        names = stored - chatter - facts - set(MAGIC_COLUMNS) - {"line_ids"}
        self.assertIn("state", names)
        for name in names:
            value = record._fields[name].convert_to_write(record.sudo()[name], record)
            with self.subTest(f"{record}.{name}"), self._refused(UserError, "."):
                record.write({name: value})

    def test_collector_does_not_correct_without_a_call(self):
        promise = self._promise(self.invoice)
        with self._refused(UserError, "can't be changed"):
            promise.date_promised = "2026-03-11"
        with self._refused(UserError, "can't be changed"):
            promise.unlink()

    def test_collector_does_not_correct_in_a_colleagues_call(self):
        colleague = self._create_user("group_collection_user", login="colleague")
        call = self._log(
            outcome=self.promise, right_party_verified=True, verified_by="address"
        )
        promise = self._promise(self.invoice, call_id=call.id)
        theirs = self._as(colleague, promise)
        for act in (
            lambda: theirs.write({"date_promised": TODAY}),
            lambda: theirs.line_ids.write({"amount": 1}),
            theirs.line_ids.unlink,
            theirs.unlink,
            lambda: self._promise(self.invoice, user=colleague, call_id=call.id),
        ):
            with self._refused(AccessError, "is held by"):
                act()
        self._as(self.manager, promise).line_ids.amount = 600
        self.assertEqual(promise.amount, 600)

    def test_promise_belongs_to_a_call_with_the_debtor(self):
        verified = {
            "outcome": self.promise,
            "right_party_verified": True,
            "verified_by": "address",
        }
        with self._refused(ValidationError, "was verified"):
            self._promise(self.invoice, call_id=self._log().id)
        stranger = self._log(partner=self._create_debtor("Other"), **verified)
        with self._refused(ValidationError, "was held with Other"):
            self._promise(self.invoice, call_id=stranger.id)
        call = self._log(**verified)
        promise = self._promise(self.invoice, call_id=call.id)
        with self._refused(ValidationError, "was held with Other"):
            promise.call_id = stranger
        with self._refused(UserError, "can't be changed"):
            promise.call_id = False
        call.next_call_date = TODAY + timedelta(9)
        call.action_done()
        claims = self.invoice._get_collection_claims()
        vals = {
            "partner_id": self.debtor.id,
            "company_id": self.company.id,
            "date_promised": TODAY,
            "line_ids": self._get_line_commands(claims),
        }
        promises = self.env["collection.promise"].with_user(self.collector)
        with self._refused(UserError, "is closed"):
            promises.create(dict(vals, call_id=call.id))
        with self._refused(UserError, "is closed"):
            promises.with_context(default_call_id=call.id).create(vals)
        imported = promises.sudo().create(dict(vals, call_id=call.id))
        self.assertEqual(imported.call_id, call)
        call.with_user(self.manager).action_cancel("wrong")
        with self._refused(ValidationError, "was verified"):
            promises.sudo().create(dict(vals, call_id=call.id))

    def test_line_cannot_be_slipped_in(self):
        promise = self._promise(self.invoice)
        claim = self._create_claim(500, 5)._get_collection_claims()
        lines = self.env["collection.promise.line"].with_user(self.collector)
        for context, vals in (
            ({}, {"promise_id": promise.id, "move_line_id": claim.id}),
            ({"default_promise_id": promise.id}, {"move_line_id": claim.id}),
            ({"default_promise_id": promise.id, "default_move_line_id": claim.id}, {}),
        ):
            with self._refused(UserError, "can't be changed"):
                lines.with_context(**context).create(vals)
        self.assertEqual(promise.amount, 1000)

    def test_line_is_checked_whoever_adds_it(self):
        call = self._log(
            outcome=self.promise, right_party_verified=True, verified_by="address"
        )
        promise = self._promise(self.invoice, call_id=call.id)
        other = self._create_claim(10, 5, partner=self._create_debtor("Other"))
        lines = self.env["collection.promise.line"].with_user(self.collector)
        lines = lines.with_context(default_promise_id=promise.id)
        with self._refused(ValidationError, "is no open claim on Müller"):
            lines.create({"move_line_id": other._get_collection_claims().id})
        claim = self._create_claim(500, 5)._get_collection_claims()
        with self._refused(ValidationError, "of which only"):
            lines.create({"move_line_id": claim.id, "amount": 501})

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
