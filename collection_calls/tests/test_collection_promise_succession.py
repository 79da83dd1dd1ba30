"""Newer promises on the same claims, corrections during the call, merged debtors."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsAccountant, CollectionCallsPromiseCommon

AFTER = date(2026, 3, 24)


@tagged("post_install", "-at_install")
class TestPromiseSuccession(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_claim(500, days_overdue=10)

    def test_whole(self):
        old = self._promise(self.invoice + self.other)
        new = self._promise(self.invoice + self.other, days=15)
        self._assert_verdict(old, "superseded", due=0)
        self.assertEqual(old.superseded_by_id, new)
        self.assertEqual(old.amount, 1500)
        self._evaluate_on(old + new, AFTER)
        self._assert_verdict(old, "superseded")
        self._assert_verdict(new, "open", due=1500)

    def test_part(self):
        old = self._promise(self.invoice + self.other)
        new = self._promise(self.invoice, days=15)
        self._assert_verdict(old, "open", due=500)
        self._assert_verdict(new, "open", due=1000)
        self._receive(self.invoice, 1000)
        self._assert_verdict(old, "open", paid=0, due=500)
        self._assert_verdict(new, "kept", paid=1000)
        self._receive(self.other, 500)
        self._assert_verdict(old, "kept", paid=500)

    def test_by_another_collector(self):
        """Who may not see the older promise takes its claim all the same."""
        old = self._promise(self.invoice)
        new = self._promise(self.invoice, user=self.manager)
        self._assert_verdict(old, "superseded")
        self._assert_verdict(new, "open")

    def test_undone_payment_leaves_the_claim_to_the_newer_promise(self):
        old = self._promise(self.invoice, amount=500)
        self._receive(self.invoice, 500)
        self._assert_verdict(old, "kept")
        new = self._promise(self.invoice)
        self._unmatch(self.invoice)
        self._assert_verdict(old, "superseded")
        self.assertEqual(old.superseded_by_id, new)
        self._assert_verdict(new, "open", due=500)

    def test_merged_debtors_keep_their_promises(self):
        twin = self._create_debtor("Müller Bau")
        move = self._create_claim(700, 10, partner=twin)
        promises = self._promise(self.invoice) + self._promise(move)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.debtor + twin).ids, self.debtor
        )
        self.env.invalidate_all()
        self.assertEqual(promises.partner_id, self.debtor)
        self.assertEqual(promises.mapped("state"), ["open", "open"])
        self._receive(move, 700)
        self._assert_verdict(promises[1], "kept", paid=700)


@tagged("post_install", "-at_install")
class TestPromiseCorrection(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    """What is recorded during a call may be corrected until it ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_claim(500, days_overdue=10)

    def setUp(self):
        super().setUp()
        self.call = self._log(
            outcome=self.promise, right_party_verified=True, verified_by="address"
        )

    def _promise_in_call(self, moves, **vals):
        return self._promise(moves, call_id=self.call.id, **vals)

    def test_deleted(self):
        old = self._promise(self.invoice + self.other)
        new = self._promise_in_call(self.invoice)
        new.unlink()
        self._assert_verdict(old, "open", due=1500)
        self.assertFalse(old.superseded_by_id)
        self.assertTrue(self.invoice.no_followup)

    def test_deleted_after_the_old_deadline(self):
        old = self._promise(self.invoice)
        with self._at(AFTER):
            self._promise_in_call(self.invoice).unlink()
            self._assert_verdict(old, "open", due=1000)
        self._evaluate_on(old, AFTER)
        self._assert_verdict(old, "broken")

    def test_deleted_without_an_older_one(self):
        self._promise_in_call(self.invoice).unlink()
        self.assertFalse(self.invoice.no_followup)

    def test_day(self):
        promise = self._promise_in_call(self.invoice)
        promise.date_promised = TODAY + timedelta(6)
        self.assertEqual(promise.date_deadline, TODAY + timedelta(8))
        self._evaluate_on(promise, TODAY + timedelta(9))
        self._assert_verdict(promise, "broken")

    def test_amount(self):
        promise = self._promise_in_call(self.invoice)
        promise.line_ids.amount = 600
        self.assertEqual(promise.amount, 600)
        self.assertEqual(promise.amount_due, 600)
        with self._refused(ValidationError, "only"):
            promise.line_ids.amount = 1001

    def test_limits_hold(self):
        promise = self._promise_in_call(self.invoice)
        self.assertTrue(self.invoice.no_followup)
        promise.date_promised = TODAY + timedelta(200)
        self.assertTrue(promise.needs_confirmation)
        self.assertFalse(self.invoice.no_followup)
        promise.date_promised = TODAY + timedelta(5)
        self.assertFalse(promise.needs_confirmation)
        self.assertTrue(self.invoice.no_followup)

    def test_added_claim(self):
        old = self._promise(self.other)
        promise = self._promise_in_call(self.invoice)
        promise.line_ids = self._get_line_commands(self.other._get_collection_claims())
        self.assertEqual(promise.amount_due, 1500)
        self._assert_verdict(old, "superseded")

    def test_removed_claim(self):
        old = self._promise(self.other)
        promise = self._promise_in_call(self.invoice + self.other)
        self._assert_verdict(old, "superseded")
        line = promise.line_ids.filtered(lambda line: line.move_id == self.other)
        promise.line_ids = [Command.delete(line.id)]
        self.assertEqual(promise.amount_due, 1000)
        self._assert_verdict(old, "open", due=500)

    def test_last_claim_stays(self):
        promise = self._promise_in_call(self.invoice)
        with self._refused(ValidationError, "at least one invoice"):
            promise.line_ids.unlink()

    def test_claim_of_a_line_is_fixed(self):
        promise = self._promise_in_call(self.invoice)
        claim = self.other._get_collection_claims()
        with self._refused(UserError, "Remove the invoice"):
            promise.line_ids.move_line_id = claim

    def test_nothing_after_the_call(self):
        promise = self._promise_in_call(self.invoice)
        self.call.next_call_date = TODAY + timedelta(9)
        self.call.action_done()
        refused = {
            "date": lambda: promise.write({"date_promised": TODAY}),
            "amount": lambda: promise.line_ids.write({"amount": 1}),
            "lines": lambda: promise.line_ids.unlink(),
            "all": lambda: promise.unlink(),
            "added": lambda: promise.line_ids.create(
                {
                    "promise_id": promise.id,
                    "move_line_id": self.other._get_collection_claims().id,
                }
            ),
        }
        for what, act in refused.items():
            with self.subTest(what), self._refused(UserError, "can't be changed"):
                act()
        self.assertEqual(promise.amount, 1000)


@tagged("post_install", "-at_install")
class TestPromiseVoid(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    """What was recorded by mistake is taken back by a manager, and stays visible."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_claim(500, days_overdue=10)

    def _void(self, promise):
        wizard = self.env["collection.promise.void"].with_user(self.manager)
        wizard.create(
            {"promise_ids": promise.ids, "reason": "wrong customer"}
        ).action_confirm()

    def _assert_withdrawn(self, promises):
        for promise in promises:
            self._assert_verdict(promise, "void", paid=0, due=0)
            self.assertTrue(promise.is_withdrawn)
            self.assertEqual(set(promise.line_ids.mapped("state")), {"void"})

    def test_only_managers(self):
        promise = self._promise(self.invoice)
        with self._refused(AccessError, "Only a collection manager"):
            promise.action_void("wrong customer")
        with self._refused(UserError, "Say why"):
            promise.with_user(self.manager).action_void(" ")
        with self.assertRaises(AccessError):
            self.env["collection.promise.void"].with_user(self.collector).create({})

    def test_alone(self):
        promise = self._promise(self.invoice, days=60)
        self._void(promise)
        self._assert_withdrawn(promise)
        self.assertFalse(promise.needs_confirmation)
        self.assertFalse(promise.sudo().activity_ids)
        message = promise.sudo().message_ids.filtered("body")[0]
        self.assertIn("wrong customer", message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)

    def test_protection_ends(self):
        promise = self._promise(self.invoice)
        self.assertTrue(self.invoice.no_followup)
        self._void(promise)
        self.assertFalse(self.invoice.no_followup)
        self.assertFalse(self.invoice.collection_promise_note)

    def test_never_judged_again(self):
        promise = self._promise(self.invoice)
        self._void(promise)
        self._receive(self.invoice, 1000)
        self._evaluate_on(promise, AFTER)
        self._assert_withdrawn(promise)
        self._unmatch(self.invoice)
        self._assert_withdrawn(promise)

    def test_kept_one(self):
        promise = self._promise(self.invoice)
        self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept")
        self._void(promise)
        self._assert_withdrawn(promise)

    def test_older_stands_again(self):
        old = self._promise(self.invoice + self.other)
        new = self._promise(self.invoice)
        self._void(new)
        self._assert_withdrawn(new)
        self._assert_verdict(old, "open", due=1500)
        self.assertTrue(self.invoice.no_followup)
        self._receive(self.invoice + self.other, 1500, group_payment=True)
        self._assert_verdict(old, "kept", paid=1500)

    def test_newer_keeps_the_claim(self):
        """Also once the one in between is gone; each gives back what it took."""
        first = self._promise(self.invoice)
        second = self._promise(self.invoice)
        third = self._promise(self.invoice)
        self._void(second)
        self._assert_verdict(first, "superseded")
        self.assertEqual(first.superseded_by_id, third)
        self._assert_verdict(third, "open")
        self._void(third)
        self._assert_withdrawn(second + third)
        self._assert_verdict(first, "open", due=1000)

    def test_all_at_once(self):
        promises = self._promise(self.invoice) + self._promise(self.invoice)
        self._void(promises)
        self._assert_withdrawn(promises)
        self.assertFalse(self.invoice.no_followup)
        self._assert_verdict(self._promise(self.invoice), "open", due=1000)

    def test_does_not_count_in_a_row(self):
        self.company.collection_promise_max_in_row = 1
        self._void(self._promise(self.invoice))
        self.assertFalse(self._promise(self.invoice).needs_confirmation)

    def test_stands_again_only_where_nothing_stands(self):
        old = self._promise(self.invoice)
        new = self._promise(self.invoice)
        old.sudo().line_ids._stand_again()
        self._assert_verdict(old, "superseded")
        self.assertEqual(old.superseded_by_id, new)

    def test_claims_are_told_once(self):
        old = self._promise(self.invoice + self.other)
        new = self._promise(self.invoice, days=15)
        self.assertIn("500.00", self.debtor.collection_promise_note)
        self.assertIn("1,000.00", self.debtor.collection_promise_note)
        self.assertNotIn("1,500.00", self.debtor.collection_promise_note)
        self.assertIn(new.name, self.invoice.collection_promise_note)
        self.assertNotIn(old.name, self.invoice.collection_promise_note)
