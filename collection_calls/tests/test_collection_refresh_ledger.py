"""What accountants do without writing the records that figures are about."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import CollectionCallsAccountant, CollectionCallsCaseCommon


@tagged("post_install", "-at_install")
class TestRefreshLedger(CollectionCallsAccountant, CollectionCallsCaseCommon):
    def setUp(self):
        super().setUp()
        self.env.cr.flush()

    def _merge(self, source, target):
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((source | target).ids, target, extra_checks=False)

    # -------------------------------------------------------------- statement lines

    def test_reconciliation_of_a_statement_line_undone(self):
        line = self._import_statement_line(250)
        self._match_statement_line(line, self.invoice)
        self._assert_figures(overdue_amount=750, pending_amount=0)
        line.action_undo_reconciliation()
        self._assert_figures(overdue_amount=1000, pending_amount=250)
        self._assert_settled()

    def test_suspense_becomes_a_credit_of_the_debtor(self):
        line = self._import_statement_line(250)
        self._assert_figures(overdue_amount=1000, pending_amount=250)
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self._get_receivables(self.invoice).account_id
        self._assert_figures(overdue_amount=750, pending_amount=0)
        self._assert_settled()

    def test_suspense_becomes_something_else(self):
        line = self._import_statement_line(250)
        self._assert_figures(pending_amount=250)
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.company_data["default_account_revenue"]
        self._assert_figures(overdue_amount=1000, pending_amount=0)
        self._assert_settled()

    def test_suspense_replaced(self):
        """As bank reconciliation widgets do: other items in its place."""
        line = self._import_statement_line(250)
        self._assert_figures(pending_amount=250)
        _liquidity, suspense, _other = line._seek_for_lines()
        credit = {
            "name": "On account",
            "account_id": self._get_receivables(self.invoice).account_id.id,
            "partner_id": self.debtor.id,
            "balance": -250,
        }
        line.move_id.with_context(
            force_delete=True, skip_readonly_check=True
        ).line_ids = [Command.delete(suspense.id), Command.create(credit)]
        self._assert_figures(overdue_amount=750, pending_amount=0)
        self._assert_settled()

    # --------------------------------------------------------------------- debtors

    def test_posted_item_of_another_debtor(self):
        """Who owes it no longer is told as well."""
        other = self._create_debtor("Other")
        self._create_claim(50, 5, partner=other)
        self.env.cr.flush()
        items = self._get_receivables(self.invoice).sudo()
        items.write({"partner_id": other.id})
        self._assert_figures(overdue_amount=0, situation="closed")
        self.assertEqual(self._get_case(other).overdue_amount, 1050)

    def test_merged_into_a_debtor_without_a_case(self):
        target = self._create_debtor("Mueller Bau")
        self._receive_on_account(300, partner_id=target.id)
        self.env.cr.flush()
        self.assertFalse(self._get_case(target))
        self._merge(self.debtor, target)
        self._assert_figures(self._get_case(target), overdue_amount=700)
        self._assert_settled()

    def test_merged_with_a_debtor_who_has_only_credits(self):
        source = self._create_debtor("Mueller Bau")
        self._receive_on_account(300, partner_id=source.id)
        self.env.cr.flush()
        self._merge(source, self.debtor)
        self._assert_figures(overdue_amount=700)
        self._assert_settled()

    # -------------------------------------------------------------------- payments

    def test_payment_without_an_entry_is_paid(self):
        """By the statement that pays its invoice: nobody writes that."""
        self._book_by_statement_only()
        payment = self._receive(self.invoice, 1000)
        self._assert_figures(pending_amount=1000)
        line = self._import_statement_line(1000)
        self._match_statement_line(line, self.invoice)
        self._assert_figures(pending_amount=0, situation="closed")
        self.assertEqual(payment.state, "paid")
        self._assert_settled()

    def _book_by_statement_only(self):
        """As an accounting app does: payments have no entry, the statement has."""
        self.patch(
            self.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda moves: "in_payment",
        )
        bank = self.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids.payment_account_id = False

    def test_refund_of_a_vendor_who_is_a_debtor(self):
        self._book_by_statement_only()
        refund = self._receive_on_account(300, partner_type="supplier")
        self.assertEqual((refund.state, refund.move_id.id), ("in_process", False))
        self._assert_figures(pending_amount=0)
        self._receive_on_account(200)
        self._assert_figures(pending_amount=200)

    def test_archived_currency_on_its_way(self):
        """It has no rate of today: as it was booked then."""
        eur = self.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        self._book_by_statement_only()
        self._import_statement_line(70, foreign_currency_id=eur.id, amount_currency=100)
        self._receive_on_account(30, currency_id=eur.id)
        self._assert_figures(pending_amount=50 + 15)
        eur.active = False
        self.env["collection.case"]._refresh(self.debtor)
        self._assert_figures(pending_amount=70 + 15)

    def test_disputes_of_others_are_not_read(self):
        """Those of one debtor are looked up where one case is refreshed."""
        self._dispute(400)
        other = self._create_debtor("Other")
        self._dispute(20, self._create_claim(50, 5, partner=other))
        self.env.cr.flush()
        facts = self.env["collection.case.facts"]
        found = self.env.execute_query(
            facts._get_disputes_sql(self.company, self.debtor.ids)
        )
        self.assertEqual([move_id for move_id, _amount in found], self.invoice.ids)
        self._assert_settled()
