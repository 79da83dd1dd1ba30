from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MANY, TODAY, CollectionCallsDisputeCommon


@tagged("post_install", "-at_install")
class TestCollectionDispute(CollectionCallsDisputeCommon):
    """What a dispute is, and what it does to the figures."""

    def test_open_with_the_three_values_of_the_contract(self):
        dispute = self._dispute(amount=300)
        self.assertTrue(dispute.name.startswith("DISP/2026/"))
        self.assertEqual(dispute.state, "open")
        self.assertEqual(dispute.partner_id, self.debtor)
        self.assertEqual(dispute.company_id, self.company)
        self.assertEqual(dispute.currency_id, self.invoice.currency_id)
        self.assertEqual((dispute.amount, dispute.amount_open), (300, 300))
        self.assertEqual(dispute.date_opened, TODAY)
        self.assertFalse(dispute.date_closed)

    def test_all_that_is_open_unless_told_otherwise(self):
        self._pay(self.invoice, 400)
        self.assertEqual(self._dispute().amount, 600)

    def test_dialog_on_the_invoice(self):
        action = self.invoice.with_user(self.collector).action_open_collection_dispute()
        model = self.env["collection.dispute"].with_user(self.collector)
        view = action["views"][0][0]
        with Form(model.with_context(**action["context"]), view=view) as form:
            self.assertEqual(form.partner_id, self.debtor)
            self.assertEqual(form.amount, 1000)
            self.assertEqual(form.user_id, self.collector)
            form.amount = 250
            form.reason_id = self.quality
            form.statement = "The top is cracked"
        self.assertEqual(form.record.amount_open, 250)
        self.assertEqual(self.invoice.collection_disputed_amount, 250)

    def test_contact_on_the_invoice_is_not_the_debtor(self):
        invoice = self._create_claim(100, days_overdue=5, partner=self.contact)
        self.assertEqual(self._dispute(invoice).partner_id, self.debtor)

    def test_dispute_opens_a_case(self):
        self.assertFalse(self.debtor.with_user(self.collector).collection_case_id)
        self._dispute()
        self.env.invalidate_all()
        case = self.debtor.with_user(self.collector).collection_case_id
        self.assertEqual(case.user_id, self.collector)

    # --------------------------------------------------------------------- owner

    def test_salesperson_who_may_see_it_owns_it(self):
        self.invoice.invoice_user_id = self.invoicing
        self.assertEqual(self._dispute().user_id, self.invoicing)

    def test_salesperson_who_may_not_see_it_doesnt(self):
        self.invoice.invoice_user_id = self._create_user("base.group_user")
        self.assertEqual(self._dispute().user_id, self.collector)

    def test_salesperson_who_left_or_works_elsewhere_doesnt(self):
        for change in {"active": False}, {"company_ids": [Command.set(self.other.ids)]}:
            gone = self._create_user("group_collection_user", login=f"gone {change}")
            invoice = self._create_claim(10, 5, invoice_user_id=gone.id)
            if "company_ids" in change:
                change["company_id"] = self.other.id
            gone.write(change)
            self.assertEqual(self._dispute(invoice).user_id, self.collector)

    def test_owner_must_be_able_to_see_it(self):
        employee = self._create_user("base.group_user")
        with self._refused(ValidationError, "can't see disputes of"):
            self._dispute(user_id=employee.id)
        stranger = self._create_user("group_collection_user", self.other)
        with self.assertRaises(UserError):
            self._dispute(user_id=stranger.id)

    def test_owner_has_five_working_days(self):
        dispute = self._dispute(user_id=self.invoicing.id)
        activity = dispute.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.invoicing)
        self.assertEqual(activity.date_deadline, date(2026, 3, 17))
        self.assertIn(self.invoice.name, activity.summary)

    def test_new_owner_gets_the_activity(self):
        dispute = self._dispute()
        dispute.user_id = self.invoicing
        self.assertEqual(dispute.activity_ids.user_id, self.invoicing)
        self.assertEqual(len(dispute.activity_ids), 1)

    # ----------------------------------------------------------- what stands open

    def test_undisputed_rest_is_paid_and_the_dispute_stands(self):
        dispute = self._dispute(amount=300)
        self._pay(self.invoice, 700)
        self.assertEqual(dispute.amount_open, 300)
        self._pay(self.invoice, 200)
        self.assertEqual(dispute.amount_open, 100)
        self._pay(self.invoice, 100)
        self.assertEqual(dispute.amount_open, 0)
        self.assertEqual(dispute.amount, 300, "what was said stays")

    def test_payment_taken_back(self):
        dispute = self._dispute()
        self._pay(self.invoice, 1000)
        self.assertEqual(dispute.amount_open, 0)
        self.invoice.line_ids.remove_move_reconcile()
        self.assertEqual(dispute.amount_open, 1000)

    def test_invoice_taken_back(self):
        dispute = self._dispute()
        self.invoice.button_draft()
        self.assertEqual(dispute.amount_open, 0)
        self.invoice.action_post()
        self.assertEqual(dispute.amount_open, 1000)

    def test_amount_is_judged_when_it_is_said(self):
        for amount in 0, -1:
            with self._refused(ValidationError, "more than zero"):
                self._dispute(amount=amount)
        with self._refused(ValidationError, "is more than what is open"):
            self._dispute(amount=1000.01)
        dispute = self._dispute(amount=1000)
        self._pay(self.invoice, 400)
        with self._refused(ValidationError, "At most .*600"):
            dispute.amount = 700
        dispute.amount = 600
        dispute.statement = "Later payments don't put old words in question"

    def test_what_can_be_disputed(self):
        draft = self.invoice.copy()
        paid = self._create_claim(10, days_overdue=5)
        self._pay(paid, 10)
        refund = self._create_claim(10, days_overdue=5, move_type="out_refund")
        bill = self._create_claim(10, days_overdue=5, move_type="in_invoice")
        for move in draft, paid, refund, bill:
            with self._refused(UserError, "nothing is left to pay"):
                self._dispute(move)
        with self._refused(UserError, "Choose the invoice"):
            self.env["collection.dispute"].create({"reason_id": self.quality.id})
        self.assertTrue(self._dispute(self._create_claim(10, days_overdue=-5)))

    def test_one_open_dispute_per_invoice(self):
        dispute = self._dispute(amount=300)
        with self._refused(UserError, f"Go on with {dispute.name}"):
            self._dispute()
        dispute.action_withdraw()
        self.assertTrue(self._dispute(), "another one after that")

    def test_database_keeps_the_second_one_out(self):
        other = self._dispute(self._create_claim(10, days_overdue=5))
        self._dispute()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "move_open_uniq"),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE collection_dispute SET move_id = %s WHERE id = %s",
                [self.invoice.id, other.id],
            )

    def test_disputed_invoice_is_not_deleted(self):
        self._dispute()
        self.invoice.button_draft()
        with self._refused(UserError, "disputed invoice is evidence"):
            self.invoice.with_context(force_delete=True).unlink()

    # ---------------------------------------------------------------------- call

    def _verified_call(self, **vals):
        return self._log(
            outcome=self.dispute,
            right_party_verified=True,
            verified_by="address",
            **vals,
        )

    def test_dispute_heard_in_a_call(self):
        call = self._verified_call()
        dispute = self._dispute(call_id=call.id)
        self.assertEqual(call.dispute_ids, dispute)
        self.assertEqual(call.dispute_count, 1)
        action = call.action_view_disputes()
        self.assertEqual(dispute.search(action["domain"]), dispute)
        with self._refused(ValidationError, "Only the right party"):
            call.write({"outcome_id": False, "verified_by": False})

    def test_call_writes_its_disputes(self):
        call = self._verified_call()
        vals = {"move_id": self.invoice.id, "reason_id": self.quality.id}
        call.write({"dispute_ids": [Command.create(vals)]})
        self.assertEqual(call.dispute_ids.amount, 1000)
        call.action_done()
        with self._refused(UserError, "is closed"):
            call.write({"dispute_ids": [Command.clear()]})

    def test_call_with_somebody_else(self):
        call = self._verified_call(partner=self._create_debtor("Somebody else"))
        with self._refused(ValidationError, "who doesn't owe"):
            self._dispute(call_id=call.id)

    def test_call_in_which_nobody_was_verified(self):
        with self._refused(ValidationError, "Nobody who may dispute"):
            self._dispute(call_id=self._log().id)
        call = self._verified_call()
        call.with_user(self.manager).action_cancel("Twice")
        with self._refused(ValidationError, "Nobody who may dispute"):
            self._dispute(call_id=call.id)

    # ------------------------------------------------------------------- figures

    def _figures(self, company=None):
        self.env.invalidate_all()
        partner = self.debtor.with_user(self.collector)
        partner = partner.with_company(company or self.company)
        return partner.collection_dispute_count, partner.collection_disputed_amount

    def test_figures_on_partner_and_invoice(self):
        self.assertEqual(self._figures(), (0, 0))
        self._dispute(amount=300)
        self._dispute(self._create_claim(50, days_overdue=5)).action_withdraw()
        self.assertEqual(self._figures(), (2, 300))
        invoice = self.invoice.with_user(self.collector)
        self.assertEqual(invoice.collection_dispute_count, 1)
        self.assertEqual(invoice.collection_disputed_amount, 300)
        self.assertEqual(self.contact.collection_disputed_amount, 300)
        disputes = self.env["collection.dispute"].with_user(self.collector)
        for record, count in (self.debtor, 2), (self.contact, 2), (invoice, 1):
            record = record.with_user(self.collector)
            action = record.action_view_collection_disputes()
            self.assertEqual(disputes.search_count(action["domain"]), count)

    def test_another_currency_at_todays_rate(self):
        currency = self.setup_other_currency(
            "EUR", rates=[("1900-01-01", 2.0), (str(TODAY), 4.0), ("2026-03-11", 8.0)]
        )
        invoice = self._create_claim(100, days_overdue=10, currency_id=currency.id)
        dispute = self._dispute(invoice, amount=80)
        self.assertEqual(dispute.currency_id, currency)
        self.assertEqual(invoice.collection_disputed_amount, 80)
        self.assertEqual(self._figures(), (1, 20))
        self._dispute(amount=300)
        self.assertEqual(self._figures(), (2, 320))
        self._pay(invoice, 50, currency_id=currency.id)
        self.assertEqual(dispute.amount_open, 50)
        self.assertEqual(self._figures(), (2, 312.5))

    def test_figures_of_overdue_invoices_only(self):
        self._dispute(amount=300)
        self._dispute(self._create_claim(50, days_overdue=-5))
        overdue = Domain("move_id.collection_is_overdue", "=", True)
        debtor = self.debtor.with_user(self.collector)
        amounts = debtor._get_collection_disputed(self.company, overdue)
        self.assertEqual(dict(amounts), {self.debtor.id: 300})

    def test_other_company_stays_apart(self):
        self.env.user.company_ids |= self.other
        self.collector.company_ids |= self.other
        theirs = self._create_claim(900, days_overdue=10, company_id=self.other.id)
        self._dispute(amount=300)
        dispute = self._dispute(theirs.with_company(self.other))
        self.assertEqual(dispute.company_id, self.other)
        self.assertEqual(self._figures(), (1, 300))
        self.assertEqual(self._figures(self.other), (1, 900))

    def test_lists_cost_the_same_whatever_their_length(self):
        debtors = self.env["res.partner"]
        disputes = self.env["collection.dispute"]
        for number in range(MANY):
            debtors |= self._create_debtor(f"Debtor {number}")
            disputes |= self._dispute(self._create_claim(100, 5, debtors[-1]))
        shown = [
            "collection_disputed_amount",
            "collection_dispute_count",
        ]
        self._assert_same_queries(debtors, shown)
        self._assert_same_queries(disputes.move_id, shown)
        self._assert_same_queries(
            disputes,
            [
                "name",
                "partner_id",
                "move_id",
                "amount",
                "amount_open",
                "user_id",
                "activity_ids",
                "credit_note_ids",
            ],
        )

    def test_merged_debtors_keep_their_disputes(self):
        double = self._create_debtor("Mueller Bau GmbH")
        dispute = self._dispute(self._create_claim(50, 5, double), amount=20)
        self._dispute(amount=300)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.debtor | double).ids, self.debtor)
        self.assertTrue(dispute.exists())
        self.assertEqual(dispute.partner_id, self.debtor)
        self.assertEqual(self._figures(), (2, 320))
        self.env.add_to_compute(dispute._fields["partner_id"], dispute)
        self.assertEqual(dispute.partner_id, self.debtor, "as the invoice says")
