"""Whatever an accountant does, in whatever order: nobody is pressed for money that may
be here, events and nights come to the same, and what is undone was never there."""

import logging
from datetime import date, timedelta
from unittest import SkipTest

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY
from .test_collection_truth_claims import CollectionCallsTermsCommon

try:
    from hypothesis import HealthCheck, Phase, given, note, settings
    from hypothesis import strategies as st
except ImportError:  # needed by these tests alone
    given = None

_logger = logging.getLogger(__name__)

HISTORIES = 2  # each brings every kind of entry once, in another order
ORDERS = 1  # the first is the other way round
PATIENCE = 4  # days for which a verdict waits for statements
GRACE = 3
KINDS = (
    "pay_invoice",
    "pay_on_account",
    "pay_by_terminal",
    "pay_online",
    "import_with_partner",
    "import_nameless_line",
    "settle_with_fee",
    "settle_in_general_journal",
    "book_in_branch",
    "match_some",
    "unmatch_some",
    "redate_some",
    "credit_some",
    "return_some",
    "change_term",
    "invoice_again",
    "move_to_doubtful",
    "join_group",
    "dispute_some",
    "complete_books",
    "shut_down",
)
ON_ONE_DAY = (
    "pay_invoice",
    "settle_with_fee",
    "settle_in_general_journal",
    "credit_some",
    "import_nameless_line",
)
ENDED = ("broken", "partial", "accelerated")


def _try_out(history, number):
    """Run a function of ``data`` that draws, the same few examples every time."""
    settings(
        max_examples=number,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # to shrink a history of weeks takes hours
        suppress_health_check=list(HealthCheck),
    )(given(st.data())(history))()


@tagged("post_install", "-at_install")
class TestRandomHistories(CollectionCallsTermsCommon):
    """A promise and a plan of a shop, and weeks of bookings of all kinds.

    The plan is about an invoice and an opening balance. What isn't matched is told by
    Odoo's own fields, apart from what the addon makes of it: in the night in which
    something is broken or accelerated, it must not cover the gap.
    """

    @classmethod
    def setUpClass(cls):
        if given is None:
            _logger.warning(
                "Random histories of the ledger are not tried: the Python package"
                " hypothesis isn't installed."
            )
            raise SkipTest("the Python package hypothesis isn't installed")
        super().setUpClass()
        cls._configure(
            collection_fresh_books=True, collection_fresh_books_days=PATIENCE
        )
        cls._accept_cards()
        cls.group = cls._create_debtor("Shops Inc.")
        cls.debtor = cls.shop = cls._create_debtor("Shop 7", parent_id=cls.group.id)
        cls.env["res.partner.bank"].create(
            {"acc_number": "DE89370400440532013000", "partner_id": cls.shop.id}
        )
        cls.branch = cls.env["res.company"].create(
            {"name": "North Branch", "parent_id": cls.company.id}
        )
        cls.env.cr.precommit.run()  # the chart of accounts
        together = cls.company | cls.branch
        cls.env.user.company_ids |= together
        cls.accountant.company_ids = [Command.set(together.ids)]
        cls.doubtful = cls.receivable.copy({"code": "121999", "name": "Doubtful Debts"})
        # A card terminal: the statement settles, its payments have no entry.
        cls.terminal = cls.inbound_payment_method_line.copy({"name": "Terminal"})
        cls.terminal.payment_account_id = False

    def setUp(self):
        super().setUp()
        self.patch(
            self.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda moves: "in_payment",
        )

    # ---------------------------------------------------------------- what is tried

    def test_random_histories(self):
        def live(data):
            with self._in_a_world_of_its_own(data):
                for kind in data.draw(st.permutations(KINDS), "kinds"):
                    self._happen(kind)
                    self._assert_events_are_nights()
                    self._pass_days(self._choose(0, 0, 1, 2))
                self._undo_everything()

        _try_out(live, HISTORIES)

    def test_order_of_bookings(self):
        """What is booked on one day, for nobody asks in which order."""

        def live(data):
            kinds = data.draw(st.permutations(ON_ONE_DAY[::-1]), "kinds")
            found = [self._judge_in_order(data, each) for each in (ON_ONE_DAY, kinds)]
            self.assertEqual(*found)

        _try_out(live, ORDERS)

    def _judge_in_order(self, data, kinds):
        with self._in_a_world_of_its_own(data, simplest=True):
            for kind in kinds:
                getattr(self, f"_{kind}")()
            self.env.cr.flush()
            seen = [self._read()]
            for day in (12, 23, 24, 31):
                self.day = date(2026, 3, day)
                self.clock.move_to(f"{self.day} 09:00:00")
                self._night()
                seen.append((self._read(), self.promise.state, self.plan.state))
        return seen

    # ------------------------------------------------------------------- the weeks

    def _in_a_world_of_its_own(self, data, simplest=False):
        return _World(self, data, simplest)

    def _begin(self, data, simplest):
        self.data = None if simplest else data
        self.done, self.undo = [], []
        self.known = []  # money: [whose, what is open of it, its day], as functions
        self.payments, self.day = self.env["account.payment"], TODAY
        self.is_asleep = False
        word = self._create_claim(
            1000, 30, invoice_payment_term_id=self.halves.id, invoice_date_due=False
        )
        planned = self._create_claim(600, 20)
        opening = self._book(
            (self.receivable, 300, self.shop), (self.revenue, -300), day=TODAY
        )
        self.moves = {"promise": word, "plan": planned}
        early, late = word._get_collection_claims()
        claims = self._choose(early | late, late)
        self.promise = self._word(
            word,
            days=self._choose(8, 3, 11, 18),
            line_ids=[Command.create({"move_line_id": claim.id}) for claim in claims],
        )
        items = self._get_receivables(planned | opening)
        self.plan = self._agree(
            planned,
            count=3,
            days=self._choose(10, 11, 14),
            claim_ids=[{"move_line_id": item.id} for item in items],
        )
        self.env.flush_all()
        self.first = self._read()

    def _choose(self, *choices):
        if self.data is None:
            return choices[0]
        return choices[self.data.draw(st.integers(0, len(choices) - 1))]

    def _happen(self, kind):
        self.done.append(f"{self.day} {kind}")
        try:
            with self.cr.savepoint():
                getattr(self, f"_{kind}")()
        except (UserError, IndexError):  # Odoo refuses it, or there is nothing to do
            self.done.append("(refused)")

    def _pass_days(self, number):
        for _day in range(number):
            self.day += timedelta(1)
            self.clock.move_to(f"{self.day} 09:00:00")
            if not self.is_asleep:
                before = self.promise.state, self.plan.state
                waits = self._get_reasons_to_wait()
                self._night()
                after = self.promise.state, self.plan.state
                for was, agreement, reasons in zip(before, after, waits, strict=True):
                    if agreement in ENDED and was not in ENDED:
                        self.assertFalse(reasons, agreement)
            self.is_asleep = self.is_asleep and _day + 1 < number

    def _night(self):
        plans, promises = self.plan.sudo(), self.promise.sudo()
        with self._at(self.day, "03:15"):
            if plans.state in ("active", "notice", "accelerated"):
                plans._run_scheduled()
            if promises.state in ("open", "to_check"):
                promises._evaluate_scheduled()
            self.env.cr.flush()
        self.env.invalidate_all()

    def _get_reasons_to_wait(self):
        """Why tonight nothing may be broken, and nothing accelerated."""
        promise, plan = self.promise, self.plan
        gap = promise.amount_due - promise.amount_paid
        arrears = sum(
            part.amount_residual
            for part in plan.installment_ids
            if part.date_due <= self.day
        )
        unpaid = plan.installment_ids.filtered("amount_residual")[:1]
        of_promise, of_plan = [], []
        if self._sum_money("promise", promise.date_deadline) >= gap:
            of_promise.append("money under way")
        if self._sum_money("plan", self.day) >= arrears:
            of_plan.append("money under way")
        books = self._get_end_of_books()
        if books and books < promise.date_deadline:
            of_promise.append("stale books")
        if books and unpaid and books < unpaid.date_due + timedelta(GRACE):
            of_plan.append("stale books")
        disputes = self.moves["plan"].sudo().collection_dispute_ids
        if "open" in disputes.mapped("state"):
            of_plan.append("dispute")
        return of_promise, of_plan

    def _get_end_of_books(self):
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.bank.id), ("date", "<=", self.day)]
        )
        if not lines:
            return None
        told = max(self.bank.collection_books_until or TODAY, *lines.mapped("date"))
        return max(told, self.day - timedelta(PATIENCE + 1))

    # ----------------------------------------------------- money that isn't matched

    def _know(self, amount, day, whose=("promise", "plan")):
        self.known.append((whose, amount, day))

    def _sum_money(self, whose, last):
        return sum(
            amount()
            for purpose, amount, day in self.known
            if whose in purpose and day() <= last
        )

    def _know_entry(self, entry):
        self._know(
            lambda: (
                -sum(
                    item.amount_residual
                    for item in entry.line_ids
                    if item.account_type == "asset_receivable"
                    and item.balance < 0
                    and item.parent_state == "posted"
                )
            ),
            lambda: entry.date,
        )
        self.undo.append(lambda: self._cancel_entry(entry))

    def _cancel_entry(self, entry):
        entry = entry.with_user(self.accountant)
        self._unmatch(entry)
        payment = entry.origin_payment_id
        if payment:
            payment.action_draft()
            payment.action_cancel()
        else:
            entry.button_draft()
            entry.button_cancel()

    def _know_line(self, line):
        self._know(
            lambda: line.exists() and not line.is_reconciled and line.amount or 0,
            lambda: line.date,
        )
        self._undo_line(line)

    def _undo_line(self, line):
        def undo():
            self._unmatch(line.move_id)
            line.action_undo_reconciliation()
            line.unlink()

        self.undo.append(undo)

    # ------------------------------------------------------------------ what happens

    def _get_move(self):
        """An invoice of which something is open."""
        moves = self.moves["plan"], self.moves["promise"]
        still_open = [move for move in moves if move.amount_residual]
        if not still_open:
            raise IndexError
        return self._choose(*still_open)

    def _pay_invoice(self):
        move = self._get_move()
        amount = self._choose(100, 300, move.amount_residual)
        payments = self._receive(
            move, min(amount, move.amount_residual), self.day, group_payment=True
        )
        self.payments |= payments
        for payment in payments:
            self._know_entry(payment.move_id)

    def _pay_on_account(self):
        payment = self._receive_on_account(self._choose(300, 150, 1000), self.day)
        self.payments |= payment
        self._know_entry(payment.move_id)

    def _pay_by_terminal(self):
        whose = self._choose("promise", "plan")
        move = self.moves[whose]
        if not move.amount_residual:
            raise IndexError
        payment = self._receive(
            move,
            self._choose(300, move.amount_residual),
            self.day,
            payment_method_line_id=self.terminal.id,
            group_payment=True,
        )
        self.assertFalse(payment.move_id)

        def is_under_way():
            """Bank lines may be what has become of it."""
            claims = move.line_ids.matched_credit_ids.credit_move_id
            return payment.state == "in_process" and not claims.statement_line_id

        self._know(
            lambda: is_under_way() and payment.amount, lambda: payment.date, [whose]
        )
        self.undo.append(payment.action_cancel)

    def _pay_online(self):
        whose = self._choose("promise", "plan")
        transaction = self._transact(
            self._choose("pending", "authorized"),
            self._choose(300, 1000),
            self.day,
            self.moves[whose],
        )
        self._know(
            lambda: (
                transaction.state in ("pending", "authorized") and transaction.amount
            ),
            lambda: transaction.last_state_change.date(),
            [whose],
        )
        self.undo.append(transaction._set_canceled)

    def _import_with_partner(self):
        line = self._import_statement_line(self._choose(300, 200, 1000), self.day)
        self._know_line(line)

    def _import_nameless_line(self):
        vals = self._choose(
            {"payment_ref": f"Danke {self.moves['promise'].name}"},
            {"ref": self.plan.name},
            {"narration": self.promise.name},
            {"account_number": "DE89 3704 0044 0532 0130 00"},
            {"partner_name": "shop  7"},
        )
        line = self._import_nameless(self._choose(300, 1000), self.day, **vals)
        self._know_line(line)

    def _settle_with_fee(self):
        move = self._get_move()
        line = self._import_statement_line(195, self.day)
        self._undo_line(line)
        self._settle_line(line, move, (self.expense, 5))

    def _settle_in_general_journal(self):
        entry = self._book(
            (self.bank.default_account_id, 195),
            (self.expense, 5),
            (self.receivable, -200, self.shop),
            day=self.day,
        )
        if self._choose(True, False):
            self._match(self._get_move(), entry)
        self._know_entry(entry)

    def _book_in_branch(self):
        entry = self._book(
            (self.bank.default_account_id, 300),
            (self.receivable, -300, self.shop),
            day=self.day,
            post=False,
        )
        entry.company_id = self.branch
        entry.action_post()
        self._know_entry(entry)

    def _match_some(self):
        free = self.payments.move_id.filtered(
            lambda entry: any(
                item.amount_residual < 0 for item in self._get_receivables(entry)
            )
        )
        self._match(self._get_move(), free[0])

    def _unmatch_some(self):
        self._unmatch(self.payments.filtered("reconciled_invoice_ids")[0].move_id)

    def _redate_some(self):
        payment = self.payments[0]
        day = payment.date - timedelta(self._choose(1, 0, 2, 3))
        self._redate(payment, max(day, TODAY))

    def _credit_some(self):
        move = self._get_move()
        if move.amount_residual <= 60:
            raise IndexError
        self._undo_note(self._credit(move, 50, self.day))

    def _undo_note(self, note):
        self.undo.append(lambda: self._cancel_entry(note))

    def _return_some(self):
        """Money goes back, and is matched with nothing yet."""
        self._undo_line(self._import_statement_line(-300, self.day))

    def _change_term(self):
        move = self.moves["plan"]
        day = move.invoice_date_due
        self._correct_invoice(move, invoice_payment_term_id=self.halves.id)
        self.undo.append(
            lambda: self._correct_invoice(
                move, invoice_payment_term_id=False, invoice_date_due=day
            )
        )

    def _invoice_again(self):
        whose = self._choose("promise", "plan")
        move = self.moves[whose]
        new = self._invoice_anew(move, day=self.day)
        self.moves[whose] = new
        notes = move.reversal_move_ids

        def undo():
            self.moves[whose] = move
            self._cancel_entry(new)
            for note in notes:
                self._cancel_entry(note)

        self.undo.append(undo)

    def _move_to_doubtful(self):
        move = self._get_move()
        items = self._get_receivables(move).filtered("amount_residual")
        heirs = self._move_to_account(items, self.doubtful, self.day)
        self.undo.append(lambda: self._cancel_entry(heirs.move_id))

    def _join_group(self):
        self.shop.is_company = False
        self.undo.append(lambda: self.shop.write({"is_company": True}))

    def _dispute_some(self):
        """By a scheduled action: nobody has to be logged in."""
        reason = self.env.ref("collection_calls.collection_reason_quality")
        disputes = self.env["collection.dispute"].sudo()
        dispute = disputes.create(
            {
                "move_id": self._get_move().id,
                "amount": 100,
                "reason_id": reason.id,
            }
        )
        self.undo.append(dispute.with_user(self.manager).action_withdraw)

    def _complete_books(self):
        self.company.with_user(self.manager).action_complete_collection_books()

    def _shut_down(self):
        """No scheduled action runs for some days."""
        self.is_asleep = True
        self._pass_days(self._choose(2, 5))
        self.is_asleep = False

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
        """The claims are owed as on the first day, and nothing is paid."""
        ended = {self.promise.state, self.plan.state}.intersection(ENDED)
        for undo in reversed(self.undo):
            undo()
            self.env.cr.flush()
        self.env.invalidate_all()
        last, first = self._read(), self.first
        self.assertEqual((last[1:3], last[4:]), (first[1:3], first[4:]))
        if not ended and self.day <= self.promise.date_deadline:
            self.assertEqual(last, first)


class _World:
    """What happens in it has never happened afterwards."""

    def __init__(self, test, data, simplest):
        self.test, self.given = test, (data, simplest)

    def __enter__(self):
        self.savepoint = self.test.cr.savepoint()
        self.test._begin(*self.given)

    def __exit__(self, kind, *_exception):
        test = self.test
        if kind:
            note(f"On {test.day}, after {', '.join(test.done)}")
        self.savepoint.close(rollback=True)
        test.env.invalidate_all()
        test.clock.move_to(f"{TODAY} 09:00:00")
