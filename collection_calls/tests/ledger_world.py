"""What an accountant's year brings besides invoices and payments, booked in Odoo.

Everything happens around Friday, 20 March 2026: until then money keeps the promise, and
on that day the first of four installments is due, with three days of grace. On
Tuesday's :data:`NIGHT` both are judged.
"""

from datetime import date

from odoo.fields import Command

from .common import TODAY, CollectionCallsPlanCommon

DUE = date(2026, 3, 20)
IN_TIME = date(2026, 3, 19)
NIGHT = date(2026, 3, 24)
LATE = date(2026, 3, 30)
NOT_BROKEN = ("open", "to_check", "kept")


class CollectionCallsLedgerWorld(CollectionCallsPlanCommon):
    """One debtor, one invoice over 1,000, and either a promise or a plan on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._configure(collection_bank_days=True)
        cls.bank = cls.company_data["default_journal_bank"]
        cls.miscellaneous = cls.company_data["default_journal_misc"]
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.revenue = cls.company_data["default_account_revenue"]
        cls.expense = cls.company_data["default_account_expense"]
        cls.other = cls._create_debtor("Schmidt Dach GmbH")

    @classmethod
    def _configure(cls, company=None, **vals):
        """Settings of the company."""
        (company or cls.company).sudo().write(vals)

    # ------------------------------------------------------------------ agreements

    def _word(self, moves=None, days=8, **vals):
        """A promise for Wednesday: with two days of tolerance, it ends on Friday."""
        promise = self._promise(moves or self.invoice, days=days, **vals)
        self.env.cr.flush()
        return promise

    def _judge_on(self, day=NIGHT):
        """What scheduled actions do in the night of a day, for all there is."""
        self._run_on(day, "03:15")
        promises = self.env["collection.promise"].sudo()
        with self._at(day, "03:20"):
            promises.search(
                promises._get_to_evaluate_domain(), order="id"
            )._evaluate_scheduled()
            self.env.cr.flush()
            self.env["collection.case"].sudo()._refresh()

    def _assert_waits(self, agreement):
        """Nobody is pressed tonight, and one to-do says what to look after."""
        self.env.cr.flush()
        if agreement._name == "collection.promise":
            self.assertEqual(agreement.state, "to_check")
        else:
            self.assertEqual(agreement.state, "active")
            self.assertTrue(agreement.hold_note)
        kind = agreement._name.rpartition(".")[-1]
        to_dos = agreement.sudo().activity_search(
            [f"collection_calls.mail_activity_type_check_{kind}"]
        )
        self.assertEqual(len(to_dos), 1)

    def _assert_failed(self, agreement):
        self.env.cr.flush()
        is_promise = agreement._name == "collection.promise"
        self.assertEqual(agreement.state, "broken" if is_promise else "accelerated")

    def _assert_first_paid(self, plan):
        """The first installment is paid, the others are as they were."""
        self.env.cr.flush()
        self.assertEqual(plan.state, "active")
        left = plan.installment_ids.mapped("amount_residual")
        agreed = plan.installment_ids.mapped("amount")
        self.assertEqual(left, [0, *agreed[1:]])
        self.assertEqual(plan.installment_ids[0].state, "paid")

    def _get_case_of(self, debtor=None, company=None):
        """The debtor's case as the database has it once the transaction has ended."""
        self.env.cr.flush()
        self.env.invalidate_all()
        return (
            self.env["collection.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", (debtor or self.debtor).id),
                    ("company_id", "=", (company or self.company).id),
                ]
            )
        )

    # ---------------------------------------------------------------------- ledger

    def _book(self, *lines, day=TODAY, journal=None, post=True):
        """An entry of the accountant's.

        :param lines: tuples of an account, a balance, and perhaps a partner
        """
        entry = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "move_type": "entry",
                    "date": day,
                    "journal_id": (journal or self.miscellaneous).id,
                    "line_ids": [
                        Command.create(
                            {
                                "name": "Booked by hand",
                                "account_id": account.id,
                                "balance": balance,
                                "partner_id": partner[0].id if partner else False,
                            }
                        )
                        for account, balance, *partner in lines
                    ],
                }
            )
        )
        if post:
            entry.action_post()
        return entry

    def _import_nameless(self, amount=1000, day=IN_TIME, **vals):
        """A statement line that the bank names no known partner for."""
        line = self._import_statement_line(amount, day, partner_id=False, **vals)
        self.assertFalse(line.partner_id)
        return line

    def _settle_line(self, line, move, *others):
        """Match a statement line with an invoice, the difference on other accounts.

        :param others: tuples of an account and a balance
        """
        claims = self._get_receivables(move).filtered(lambda item: not item.reconciled)
        _liquidity, suspense, _other = line._seek_for_lines()
        rest = -line.amount - sum(balance for _account, balance in others)
        line.move_id.with_context(skip_readonly_check=True).write(
            {
                "line_ids": [
                    Command.update(
                        suspense.id,
                        {
                            "account_id": claims.account_id.id,
                            "partner_id": move.commercial_partner_id.id,
                            "balance": rest,
                        },
                    ),
                    *(
                        Command.create(
                            {
                                "name": "Difference",
                                "account_id": account.id,
                                "balance": balance,
                            }
                        )
                        for account, balance in others
                    ),
                ]
            }
        )
        (suspense + claims).reconcile()

    def _redate(self, payment, day, **vals):
        """Correct the date of a payment: draft, change, post."""
        payment = payment.with_user(self.accountant)
        payment.action_draft()
        payment.write({"date": day, **vals})
        payment.action_post()
        self.env.cr.flush()

    def _correct_invoice(self, move, price=None, **vals):
        """Back to draft, something is changed, posted again."""
        move = move.with_user(self.accountant)
        move.button_draft()
        self.env.cr.flush()
        if price:
            move.invoice_line_ids.price_unit = price
        move.write(vals)
        move.action_post()
        self.env.cr.flush()

    def _invoice_anew(self, move, price=None, post=True, day=IN_TIME):
        """*Reverse and Create Invoice*: the debt is the same, with another number."""
        with self._at(day):
            dialog = (
                self.env["account.move.reversal"]
                .with_user(self.accountant)
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"date": day, "journal_id": move.journal_id.id})
            )
            new = self.env["account.move"].browse(dialog.modify_moves()["res_id"])
            new = new.with_user(self.accountant)
            if price:
                new.invoice_line_ids.price_unit = price
            if post:
                new.invoice_date = day
                new.action_post()
            self.env.cr.flush()
        return new

    def _move_to_account(self, items, account, day=TODAY):
        """Move claims to another receivable account: doubtful debts, for instance.

        :return: what is owed there
        """
        dialog = (
            self.env["account.automatic.entry.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move.line", active_ids=items.ids)
            .create(
                {
                    "action": "change_account",
                    "date": day,
                    "journal_id": self.miscellaneous.id,
                    "destination_account_id": account.id,
                }
            )
        )
        action = dialog.do_action()
        self.env.cr.flush()
        entry = self.env["account.move"].browse(action["res_id"])
        return entry.line_ids.filtered(lambda item: item.account_id == account)

    def _cancel(self, entry):
        """Take an entry back: unmatched, reset to draft, cancelled."""
        entry = entry.with_user(self.accountant)
        entry.line_ids.remove_move_reconcile()
        entry.button_draft()
        entry.button_cancel()
        self.env.cr.flush()

    # ---------------------------------------------------------------------- online

    @classmethod
    def _accept_cards(cls):
        """A provider of card payments, a dummy."""
        cls.method = cls.env.ref("payment.payment_method_unknown").sudo()
        cls.provider = (
            cls.env["payment.provider"]
            .sudo()
            .create(
                {
                    "name": "Cards",
                    "code": "none",
                    "state": "test",
                    "company_id": cls.company.id,
                    "payment_method_ids": [Command.set(cls.method.ids)],
                }
            )
        )
        cls.method.active = True

    def _transact(self, state="pending", amount=1000, day=DUE, moves=None, **vals):
        moves = self.invoice if moves is None else moves
        with self._at(day):
            transaction = (
                self.env["payment.transaction"]
                .sudo()
                .create(
                    {
                        "provider_id": self.provider.id,
                        "payment_method_id": self.method.id,
                        "reference": f"T-{amount}-{len(moves)}-{state}-{day}",
                        "amount": amount,
                        "currency_id": self.company.currency_id.id,
                        "partner_id": self.debtor.id,
                        "operation": "online_redirect",
                        "invoice_ids": [Command.set(moves.ids)],
                        **vals,
                    }
                )
            )
            # Computed by the provider's code; the dummy can't authorize.
            self.provider.support_manual_capture = "full_only"
            setters = {
                "pending": transaction._set_pending,
                "authorized": transaction._set_authorized,
                "done": transaction._set_done,
                "cancel": transaction._set_canceled,
                "error": lambda: transaction._set_error("No cover"),
            }
            if state in setters:
                setters[state]()
            self.env.cr.flush()
        self.assertEqual(transaction.state, state)
        return transaction


class CollectionCallsWithoutEntry(CollectionCallsLedgerWorld):
    """Payments have no entry: the statement settles their invoices."""

    def setUp(self):
        super().setUp()
        self.patch(
            self.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda moves: "in_payment",
        )
        self.bank.inbound_payment_method_line_ids.payment_account_id = False

    def _pay_without_entry(self, amount=1000, day=IN_TIME, validate=True, move=None):
        move = move or self.invoice
        open_before = move.amount_residual
        payment = self._receive(move, amount, day)
        if validate:
            payment.action_validate()
        self.env.cr.flush()
        self.assertFalse(payment.move_id)
        self.assertEqual(payment.state, "paid" if validate else "in_process")
        self.assertEqual(move.amount_residual, open_before)
        return payment
