from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import MANY, TODAY, CollectionCallsCommon


@tagged("post_install", "-at_install")
class TestCollectionOverdue(CollectionCallsCommon):
    """Figures on partners and invoices against ledgers computed by hand."""

    def setUp(self):
        super().setUp()
        self.partner = self.debtor.with_user(self.collector)

    def _figures(self):
        self.env.invalidate_all()
        return (
            self.partner.collection_overdue_amount,
            self.partner.collection_overdue_count,
            self.partner.collection_oldest_due_date,
        )

    def _create_credit_note(self, amount, **vals):
        return self._create_claim(amount, 0, move_type="out_refund", **vals)

    def test_nothing_overdue(self):
        self._create_claim(100, days_overdue=0)
        self._create_claim(100, days_overdue=-5)
        self.assertEqual(self._figures(), (0, 0, False))

    def test_overdue_sum_count_and_age(self):
        self._create_claim(100, days_overdue=1)
        oldest = self._create_claim(250, days_overdue=40, partner=self.contact)
        self.assertEqual(self._figures(), (350, 2, oldest.invoice_date_due))
        contact = self.contact.with_user(self.collector)
        self.assertEqual(contact.collection_overdue_amount, 350)

    def test_partial_payment(self):
        invoice = self._create_claim(100, days_overdue=10)
        self._pay(invoice, 30)
        self.assertEqual(self._figures()[:2], (70, 1))
        self._pay(invoice, 70)
        self.assertEqual(self._figures()[:2], (0, 0))
        self.assertFalse(invoice.collection_is_overdue)

    def test_open_credits_are_deducted_never_below_zero(self):
        self._create_claim(100, days_overdue=10)
        self._create_credit_note(40)
        self.assertEqual(self._figures()[:2], (60, 1))
        self._create_credit_note(90)
        self.assertEqual(self._figures()[:2], (0, 1))

    def test_excluded_and_blocked_are_left_out(self):
        excluded = self._create_claim(100, days_overdue=10)
        blocked = self._create_claim(200, days_overdue=10)
        self._create_claim(400, days_overdue=10)
        excluded.no_followup = True
        blocked.action_toggle_block_payment()
        self.assertEqual(self._figures()[:2], (400, 1))

    def test_drafts_and_cancelled_are_left_out(self):
        invoice = self._create_claim(100, days_overdue=10)
        invoice.button_draft()
        self.assertEqual(self._figures()[:2], (0, 0))
        invoice.button_cancel()
        self.assertEqual(self._figures()[:2], (0, 0))

    def test_only_the_due_part_of_several_terms(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in 60 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 60}
                    ),
                ],
            }
        )
        invoice = self._create_claim(
            100, days_overdue=0, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        self.assertEqual(self._figures()[:2], (50, 1))
        self.assertTrue(invoice.collection_is_overdue)
        self.assertEqual(invoice.collection_days_overdue, 14)

    def test_other_currency_in_company_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        self._create_claim(100, days_overdue=10, currency_id=currency.id)
        self.assertEqual(self._figures()[:2], (50, 1))

    def test_other_company_stays_apart(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(100, days_overdue=10)
        self._create_claim(900, days_overdue=10, company_id=other.id)
        self.assertEqual(self._figures()[:2], (100, 1))
        elsewhere = self.debtor.with_company(other)
        self.assertEqual(elsewhere.collection_overdue_amount, 900)

    def test_search_amount(self):
        self._create_claim(100, days_overdue=10)
        solvent = self._create_debtor("Pays in time")
        partners = self.env["res.partner"].with_user(self.collector)

        def found(operator, value):
            both = [("id", "in", (self.debtor | self.contact | solvent).ids)]
            domain = [("collection_overdue_amount", operator, value)]
            return partners.search(both + domain)

        late = self.debtor | self.contact
        self.assertEqual(found(">", 0), late)
        self.assertEqual(found(">=", 100), late)
        self.assertFalse(found(">", 100))
        self.assertEqual(found("=", 0), solvent)
        self.assertEqual(found("!=", 0), late)
        self.assertEqual(found("<", 50), solvent)
        self.assertEqual(found(">=", 0), late | solvent)

    def test_search_overdue_invoices(self):
        late = self._create_claim(100, days_overdue=1)
        in_time = self._create_claim(100, days_overdue=0)
        moves = self.env["account.move"].with_user(self.collector)
        mine = [("partner_id", "=", self.debtor.id)]
        self.assertEqual(
            moves.search(mine + [("collection_is_overdue", "=", True)]), late
        )
        self.assertEqual(
            moves.search(mine + [("collection_is_overdue", "=", False)]), in_time
        )

    def test_log_call_about_overdue_claims_only(self):
        late = self._create_claim(100, days_overdue=1)
        self._create_claim(100, days_overdue=0)
        context = self.contact.with_user(self.collector).action_log_collection_call()[
            "context"
        ]
        self.assertEqual(context["default_partner_id"], self.debtor.id)
        self.assertEqual(context["default_contact_id"], self.contact.id)
        items = [command[2]["move_line_id"] for command in context["default_claim_ids"]]
        self.assertEqual(items, late.line_ids.filtered("date_maturity").ids)

    def test_log_call_about_selected_invoices(self):
        first = self._create_claim(100, days_overdue=1)
        second = self._create_claim(100, days_overdue=0)
        both = (first | second).with_user(self.collector)
        context = both.action_log_collection_call()["context"]
        self.assertEqual(len(context["default_claim_ids"]), 2)
        stranger = self._create_claim(100, 1, self._create_debtor("Somebody else"))
        with self._refused(UserError, "one customer at a time"):
            (both | stranger).action_log_collection_call()
        self._pay(first, 100)
        with self._refused(UserError, "Nothing is left to pay"):
            first.with_user(self.collector).action_log_collection_call()

    def test_calls_on_partner_and_invoice(self):
        invoice = self._create_claim(100, days_overdue=1)
        item = invoice.line_ids.filtered("date_maturity")
        about = {"claim_ids": [Command.create({"move_line_id": item.id})]}
        call = self._log(**about)
        cancelled = self._log(**about)
        cancelled.with_user(self.manager).action_cancel("Twice")
        self._log()
        move = invoice.with_user(self.collector)
        self.env.invalidate_all()
        self.assertEqual(move.collection_call_count, 1)
        self.assertEqual(self.partner.collection_call_count, 2)
        self.assertEqual(self.partner.collection_last_call_date, call.date_start)
        action = move.action_view_collection_calls()
        calls = self.env["collection.call"].with_user(self.collector)
        self.assertEqual(calls.search(action["domain"]), call)

    # ------------------------------------------------------------------- queries

    def test_lists_cost_the_same_whatever_their_length(self):
        debtors = self.env["res.partner"]
        invoices = self.env["account.move"]
        for number in range(MANY):
            debtors |= self._create_debtor(f"Debtor {number}")
            invoices |= self._create_claim(100, days_overdue=5, partner=debtors[-1])
            item = invoices[-1].line_ids.filtered("date_maturity")
            self._log(
                partner=debtors[-1],
                next_call_date=TODAY,
                claim_ids=[Command.create({"move_line_id": item.id})],
            ).action_done()
        for records in debtors, invoices:
            shown = records.with_user(self.collector).fields_get(attributes=["type"])
            ours = [name for name in shown if name.startswith("collection_")]
            self._assert_same_queries(records, ours)
        cases = debtors.with_user(self.collector).collection_case_id
        figures = [
            "overdue_amount",
            "overdue_count",
            "days_overdue",
            "last_call_date",
            "next_call_date",
            "activity_ids",
            "phone",
        ]
        self._assert_same_queries(cases, figures)
        self._assert_same_queries(
            cases.call_ids, ["phone_display", "duration", "claim_ids", "case_id"]
        )
