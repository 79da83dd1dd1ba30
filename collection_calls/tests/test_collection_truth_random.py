"""Whatever an accountant does, in whatever order: nobody is pressed for money that may
be here, events and nights come to the same, and what is undone was never there."""

import random
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY
from .ledger_world import CollectionCallsLedgerWorld

SEEDS = range(6)
STEPS = 9


@tagged("post_install", "-at_install")
class TestRandomHistories(CollectionCallsLedgerWorld):
    """A promise and a plan of one debtor, and weeks of bookings of all kinds.

    What is not matched is remembered here, apart from what the addon makes of it: in
    the night in which something is broken or accelerated, it must not cover the gap.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planned = cls._create_claim(900, 20)

    def test_random_histories(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                savepoint = self.cr.savepoint()
                self._live(random.Random(seed))
                self._undo_everything()
                savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.clock.move_to(f"{TODAY} 09:00:00")

    # ------------------------------------------------------------------- the weeks

    def _live(self, dice):
        self.dice = dice
        self.money, self.done = [], []  # [entry, amount, day] of what isn't matched
        self.payments, self.day = self.env["account.payment"], TODAY
        self.promise = self._word(days=dice.choice([3, 8, 11, 18]))
        self.plan = self._agree(self.planned, count=3, days=dice.choice([10, 11, 14]))
        actions = [
            self._pay_invoice,
            self._pay_on_account,
            self._import_with_partner,
            self._import_nameless_line,
            self._match_some,
            self._unmatch_some,
            self._redate_some,
            self._credit_some,
        ]
        for _step in range(STEPS):
            act = dice.choice(actions)
            try:
                with self.cr.savepoint():
                    act()
                self.done.append((str(self.day), act.__name__))
            except (UserError, IndexError):
                self.done.append((str(self.day), act.__name__, "refused"))
            with self.subTest(done=self.done):
                self._assert_events_are_nights()
                self._pass_days(dice.randint(0, 6))

    def _pass_days(self, number):
        for _day in range(number):
            before = self.promise.state, self.plan.state
            covered = self._get_covered()
            self.day += timedelta(1)
            self.clock.move_to(f"{self.day} 09:00:00")
            with self._at(self.day, "03:15"):
                self._night()
            if self.promise.state in ("broken", "partial") and before[0] == "open":
                self.assertNotIn("promise", covered)
            if self.plan.state == "accelerated" and before[1] == "active":
                self.assertNotIn("plan", covered)

    def _night(self):
        plans, promises = self.plan.sudo(), self.promise.sudo()
        if plans.state in ("active", "notice", "accelerated"):
            plans._run_scheduled()
        if promises.state in ("open", "to_check"):
            promises._evaluate_scheduled()
        self.env.cr.flush()
        self.env.invalidate_all()

    def _get_covered(self):
        """What the money that lies around unmatched would cover tomorrow night."""
        covered = set()
        in_time = sum(
            amount for _entry, amount, day in self.money if day <= self._get_deadline()
        )
        if in_time >= self.promise.amount_due - self.promise.amount_paid:
            covered.add("promise")
        here = sum(amount for _entry, amount, day in self.money if day <= self.day)
        due = sum(
            part.amount_residual
            for part in self.plan.installment_ids
            if part.date_due <= self.day
        )
        if here >= due:
            covered.add("plan")
        return covered

    def _get_deadline(self):
        return self.promise.date_deadline

    # ------------------------------------------------------------------ what happens

    def _pay_invoice(self):
        move = self.dice.choice([self.invoice, self.planned])
        amount = self.dice.choice([100, 300, move.amount_residual])
        self.payments |= self._receive(move, amount, self.day)

    def _pay_on_account(self):
        amount = self.dice.choice([150, 300, 1000])
        payment = self._receive_on_account(amount, self.day)
        self.payments |= payment
        self.money.append((payment.move_id, amount, self.day))

    def _import_with_partner(self):
        amount = self.dice.choice([200, 300, 1000])
        line = self._import_statement_line(amount, self.day)
        self.money.append((line, amount, self.day))

    def _import_nameless_line(self):
        amount = self.dice.choice([300, 1000])
        text = self.dice.choice([self.invoice.name, self.plan.name, self.promise.name])
        line = self._import_nameless(amount, self.day, payment_ref=f"Danke {text}")
        self.money.append((line, amount, self.day))

    def _match_some(self):
        entry, amount, day = self.dice.choice(
            [known for known in self.money if known[0]._name == "account.move"]
        )
        move = self.dice.choice([self.invoice, self.planned])
        if not move.amount_residual:
            raise IndexError
        self._match(move, entry)
        self.money.remove((entry, amount, day))
        rest = -sum(self._get_receivables(entry).mapped("amount_residual"))
        if rest > 0:
            self.money.append((entry, rest, day))

    def _unmatch_some(self):
        matched = self.payments.filtered("reconciled_invoice_ids")
        payment = self.dice.choice(matched)
        self._unmatch(payment.move_id)
        self.money = [known for known in self.money if known[0] != payment.move_id]
        self.money.append((payment.move_id, payment.amount, payment.date))

    def _redate_some(self):
        payment = self.dice.choice(self.payments)
        day = payment.date - timedelta(self.dice.randint(0, 3))
        day = max(day, TODAY)
        self._redate(payment, day)
        self.money = [
            (entry, amount, day if entry == payment.move_id else when)
            for entry, amount, when in self.money
        ]

    def _credit_some(self):
        move = self.dice.choice([self.invoice, self.planned])
        if move.amount_residual <= 60:
            raise IndexError
        self._credit(move, 50, self.day)

    # ------------------------------------------------------------------ what holds

    def _assert_events_are_nights(self):
        """What an event has made of them is what a second look makes of them."""
        self.env.cr.flush()
        self.env.invalidate_all()
        seen = self._read()
        self.promise.sudo()._evaluate()
        self.plan.sudo()._evaluate()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._read(), seen)
        self._assert_consistent(self.plan)

    def _read(self):
        promise, plan = self.promise, self.plan
        return (
            promise.state,
            promise.amount_due,
            promise.amount_paid,
            plan.state,
            plan.amount_paid,
            plan.amount_residual,
            plan.installment_ids.mapped("amount_residual"),
        )

    def _undo_everything(self):
        """All matches undone, the claims are owed as on the first day."""
        for move in self.invoice, self.planned:
            self._unmatch(move)
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(self.promise.amount_paid, 0)
        self.assertEqual(self.promise.amount_due, 1000)
        self.assertEqual((self.plan.amount_paid, self.plan.amount_residual), (0, 900))
