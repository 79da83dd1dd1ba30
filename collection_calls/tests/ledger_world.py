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
