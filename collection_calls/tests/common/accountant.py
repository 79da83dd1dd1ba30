"""Payments, credit notes and bank statements."""

from .ledger import TODAY


class CollectionCallsAccountant:
    """What an accountant does every day, done as the accountant."""

    def _receive(self, moves, amount=0, day=TODAY, **vals):
        """Register a payment for these invoices on ``day``."""
        self._live_until(day)
        moves = moves.with_user(self.accountant)
        return self._pay(moves, amount, payment_date=day, **vals)

    def _receive_on_account(self, amount, day=TODAY, **vals):
        """A posted payment of the debtor that isn't matched with anything."""
        self._live_until(day)
        payment = (
            self.env["account.payment"]
            .with_user(self.accountant)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.debtor.id,
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "amount": amount,
                    "date": day,
                    **vals,
                }
            )
        )
        payment.action_post()
        return payment

    def _get_receivables(self, moves):
        return moves.with_user(self.accountant).line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )

    def _match(self, *moves):
        """Reconcile the open receivable items of these entries."""
        items = self._get_receivables(self.env["account.move"].union(*moves))
        items.filtered(lambda item: not item.reconciled).reconcile()

    def _unmatch(self, move):
        self._get_receivables(move).remove_move_reconcile()

    def _credit(self, move, amount, day=TODAY, match=True):
        """Credit ``amount`` of an invoice with a credit note dated ``day``.

        Odoo matches the two, unless the note is told not to know the invoice.
        """
        dialog = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"date": day, "journal_id": move.journal_id.id})
        )
        note = self.env["account.move"].browse(dialog.refund_moves()["res_id"])
        note = note.with_user(self.accountant)
        note.invoice_line_ids.price_unit = amount
        note.invoice_date = day
        if not match:
            note.reversed_entry_id = False
        note.action_post()
        return note

    def _import_statement_line(self, amount, day=TODAY, **vals):
        """A line of the bank statement that waits to be reconciled."""
        self._live_until(day)
        return (
            self.env["account.bank.statement.line"]
            .with_user(self.accountant)
            .create(
                {
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "date": day,
                    "payment_ref": "Transfer",
                    "partner_id": self.debtor.id,
                    "amount": amount,
                    **vals,
                }
            )
        )

    def _match_statement_line(self, line, move):
        """Reconcile a statement line with an invoice, as far as it goes."""
        claims = self._get_receivables(move)
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = claims.account_id
        (suspense + claims).reconcile()
