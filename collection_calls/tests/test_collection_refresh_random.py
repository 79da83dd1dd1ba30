"""Events in whatever order keep cases as a full refresh makes them."""

import random
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, CollectionCallsAccountant, CollectionCallsCaseCommon

SEEDS = range(8)
STEPS = 12


@tagged("post_install", "-at_install")
class TestRefreshRandom(CollectionCallsAccountant, CollectionCallsCaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency("EUR", rates=[("1900-01-01", 3.0)])

    def test_random_sequences(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self._walk(random.Random(seed))

    def _walk(self, dice):
        self.dice = dice
        self.moves = self.invoice | self.env["account.move"]
        self.notes, self.payments, self.agreements = [], [], []
        actions = (
            [self._invoice, self._pay_some, self._credit_some, self._promise_some]
            + [self._plan_some, self._dispute_some, self._undo_payment, self._decide]
            + [self._import_line, self._hold, self._toggle, self._undo_match]
            + [self._call_some, self._reach_some, self._move_call]
        )
        done = []
        for _step in range(STEPS):
            act = dice.choice(actions)
            done.append(act.__name__)
            try:
                with self.cr.savepoint():
                    act()
            except (UserError, IndexError):  # Odoo or we refuse it
                done[-1] += " (refused)"
            with self.subTest(done=done):
                self._assert_settled()
                self._assert_sound()

    def _assert_sound(self):
        case = self._get_case()
        buckets = sum(
            case[f"bucket_{name}"] for name in ("1_30", "31_60", "61_90", "over_90")
        )
        currency = case.currency_id
        self.assertLessEqual(currency.compare_amounts(case.overdue_amount, buckets), 0)
        left = case.overdue_amount - case.protected_amount - case.disputed_amount
        left -= max(case.pending_amount, 0)
        self.assertFalse(
            currency.compare_amounts(case.collectible_amount, max(left, 0))
        )
        self.assertEqual(case.situation == "closed", not case.overdue_amount)
        points = case.priority_points or {}
        self.assertEqual(case.priority, sum(points.values()))
        self.assertEqual(bool(case.next_call_date), bool(case.next_call_code))
        if case.hold:
            self.assertFalse(case.next_call_date)
        elif case._get_call_activities():
            self.assertEqual(case.next_call_code, "planned")
        partner = self.debtor.with_user(self.collector)
        self.assertEqual(
            (case.overdue_amount, case.overdue_count),
            (partner.collection_overdue_amount, partner.collection_overdue_count),
        )

    def _some(self):
        open_moves = self.moves.filtered(lambda move: move.amount_residual)
        return self.dice.choice(open_moves)

    def _amount(self, move):
        return round(move.amount_residual * self.dice.choice([0.3, 0.5, 1]), 2)

    # ---------------------------------------------------------------------- actions

    def _invoice(self):
        currency = self.dice.choice([self.foreign, self.company.currency_id])
        self.moves |= self._create_claim(
            self.dice.randint(1, 500),
            self.dice.randint(-10, 100),
            currency_id=currency.id,
            partner=self.dice.choice([self.debtor, self.contact]),
        )

    def _pay_some(self):
        move = self._some()
        self.payments.append(self._receive(move, self._amount(move)))

    def _undo_payment(self):
        payment = self.dice.choice(self.payments)
        if self.dice.random() < 0.5:
            payment.action_draft()
        payment.action_cancel()

    def _credit_some(self):
        move = self._some()
        self._credit(move, self._amount(move), match=self.dice.random() < 0.5)

    def _undo_match(self):
        self._unmatch(self.dice.choice(self.moves))

    def _promise_some(self):
        self.agreements.append(self._promise(self._some()))

    def _plan_some(self):
        self.agreements.append(self._plan(self._some()))

    def _dispute_some(self):
        move = self._some()
        self.agreements.append(self._dispute(self._amount(move), move))

    def _decide(self):
        """Take something back, the way its model knows."""
        agreement = self.dice.choice(self.agreements).with_user(self.manager)
        if agreement._name == "collection.promise":
            agreement.action_void("Random")
        elif agreement._name == "collection.plan":
            agreement.action_cancel("Random")
        else:
            agreement.action_withdraw()

    def _import_line(self):
        line = self._import_statement_line(self.dice.randint(1, 200))
        if self.dice.random() < 0.5:
            self._match_statement_line(line, self._some())

    def _hold(self):
        hold = self.dice.choice(["legal", False])
        self._get_case().write({"hold": hold, "hold_reason": hold and "Random"})

    def _call_some(self):
        self._log(next_call_date=self._day()).action_done()

    def _reach_some(self):
        self._speak_on(TODAY, next_call_date=self._day())

    def _day(self):
        return self.dice.choice([False, TODAY + timedelta(self.dice.randint(0, 9))])

    def _move_call(self):
        """Whatever people do with a planned call in Odoo's own dialogs."""
        call = self.dice.choice(self._get_case().sudo()._get_call_activities())
        act = self.dice.choice(["move", "done", "delete"])
        if act == "move":
            call.date_deadline = TODAY + timedelta(self.dice.randint(-5, 5))
        elif act == "done":
            call.action_feedback()
        else:
            call.unlink()

    def _toggle(self):
        move = self._some()
        if self.dice.random() < 0.5:
            move.no_followup = not move.no_followup
        else:
            move.action_toggle_block_payment()
