"""What must not make a rest due: corrections of ours, and what nobody asked for."""

from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import CollectionCallsPlanCommon

DUE = date(2026, 3, 20)
LATE = date(2026, 3, 26)  # missed with five days of grace


@tagged("post_install", "-at_install")
class TestPlanFairness(CollectionCallsPlanCommon):
    def _deliver_notice(self, plan, day):
        with self._at(day):
            self._deliver(self._get_letters(plan, "notice"))

    def test_notice_is_cured_by_what_it_asked_for(self):
        """The second installment falls due before the time of the notice is over."""
        plan = self._agree(rule=self.business)
        self._run_on(LATE)
        self._deliver_notice(plan, date(2026, 4, 11))
        self.assertEqual(plan.date_cure, date(2026, 4, 21))
        with self._at(date(2026, 4, 21)):
            self._receive(self.invoice, 250, date(2026, 4, 21))
            self._assert_plan(plan, "active", paid=250)
        self._run_on(date(2026, 4, 22))
        self._assert_plan(plan, "active", arrears=250)
        self._run_on(date(2026, 4, 26))
        self._assert_plan(plan, "notice", arrears=250)
        self.assertEqual(len(self._get_letters(plan, "notice")), 2)

    def test_notice_is_not_cured_by_less(self):
        plan = self._agree(rule=self.business)
        self._run_on(LATE)
        self._deliver_notice(plan, date(2026, 4, 11))
        with self._at(date(2026, 4, 21)):
            self._receive(self.invoice, 240, date(2026, 4, 21))
        self._run_on(date(2026, 4, 22))
        self._assert_plan(plan, "accelerated", left=760)

    def test_offer_keeps_its_rule(self):
        plan = self._plan(self.invoice, rule=self.business)
        plan.action_offer()
        self.business.sudo().notice_days = 0
        plan.action_activate()
        self.assertEqual(plan.notice_days, 10)

    def test_offer_that_is_taken_back_follows_the_rule_again(self):
        plan = self._plan(self.invoice, rule=self.business)
        plan.action_offer()
        self.business.sudo().notice_days = 7
        plan.action_draft()
        self.assertEqual(plan.notice_days, 7)

    def test_claim_that_is_gone_holds_the_plan(self):
        """Core deletes one of two receivable items when there is one due date left."""
        halves = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (10, 40)
                ],
            }
        )
        invoice = self._create_claim(
            500, 30, invoice_payment_term_id=halves.id, invoice_date_due=False
        )
        lost = invoice._get_collection_claims()[0]
        plan = self._activate(
            self._plan(
                invoice,
                claim_ids=[{"move_line_id": claim.id} for claim in lost],
            )
        )
        invoice.button_draft()
        invoice.invoice_payment_term_id = False
        invoice.action_post()
        self.env.cr.flush()
        self.assertFalse(lost.exists())
        self._run_on(date(2026, 3, 24))
        self.assertEqual(plan.state, "active")
        self.assertIn("its claim is gone", plan.hold_note)
        self.assertEqual(len(self._get_to_dos(plan, "check")), 1)

    def test_tolerance_in_the_currency_of_the_plans_company(self):
        yen = self.env.ref("base.JPY")
        japan = self.setup_other_company(currency_id=yen.id)["company"]
        plan = self._plan(self.invoice)
        plan.sudo().with_company(japan).rule_id = self.business
        self.assertEqual(plan.tolerance_amount, self.business.tolerance_amount)

    def test_small_rest_is_somebodys_to_do(self):
        plan = self._agree()
        with self._at(DUE):
            self._receive(self.invoice, 997, DUE)
        self._run_on(date(2026, 6, 21))
        self.assertFalse(plan.hold_note)
        self._run_on(date(2026, 6, 24))
        self._run_on(date(2026, 6, 25))
        self._assert_plan(plan, "active", left=3, arrears=3)
        self.assertIn("write it off", plan.hold_note)
        self.assertEqual(len(self._get_to_dos(plan, "check")), 1)

    def test_arrears_are_those_of_now_when_people_act(self):
        """Since the night another installment has fallen due."""
        plan = self._agree(rule=self.business)
        self._run_on(LATE)
        manager = plan.with_user(self.manager)
        plan.sudo().write({"state": "active", "date_noticed": False})
        with self._at(date(2026, 4, 21)):
            manager.action_send_notice()
        event = self._get_last_event(plan)
        self.assertEqual((event.kind, event.amount), ("notice", 500))

    def test_nothing_is_missed_while_money_waits(self):
        plan = self._agree()
        with self._at(DUE):
            payment = self._receive_on_account(250, DUE)
        self._run_on(date(2026, 3, 24))
        self._assert_plan(plan, "active")
        self.assertEqual(self._get_events(plan), ["activated"])
        self.assertFalse(self._get_calls(plan))
        payment.action_cancel()
        self._run_on(date(2026, 3, 25))
        self._assert_plan(plan, "accelerated")
        self.assertEqual(self._get_events(plan), ["activated", "missed", "accelerated"])

    def test_money_that_was_here_counts_for_what_is_matched_later(self):
        """Part of it was matched before the plan, the rest after."""
        other = self._create_claim(300, 5)
        payment = self._receive_on_account(500)
        self._match(payment.move_id, other)
        self._match(payment.move_id, self.invoice)
        plan = self._agree()
        self.assertEqual(plan.amount_total, 800)
        self._unmatch(other)
        self._match(payment.move_id, self.invoice)
        self._assert_plan(plan, "active", paid=300, left=500)
        self.assertEqual(plan.installment_ids[0].state, "paid")

    def test_corrected_match_is_no_returned_payment(self):
        other = self._create_claim(100, -60)
        plan = self._agree()
        payment = self._receive_on_account(100)
        self._match(payment.move_id, self.invoice)
        self._assert_plan(plan, "active", paid=100)
        with self._at(date(2026, 3, 21)):
            self._unmatch(payment.move_id)
            self._match(payment.move_id, other)
            self._assert_plan(plan, "active", paid=0, arrears=250)
        self.assertFalse(plan.has_returned_payment)
        self._run_on(date(2026, 3, 22))
        self._assert_plan(plan, "active")

    def test_returned_payment_is_told_from_one_that_waits(self):
        plan = self._agree()
        payment = self._receive_on_account(100)
        self._match(payment.move_id, self.invoice)
        self._assert_plan(plan, "active", paid=100)
        with self._at(date(2026, 3, 21)):
            self._unmatch(payment.move_id)
            self._assert_plan(plan, "active", paid=0)
            self.assertFalse(plan.has_returned_payment)
            payment.action_cancel()
        self._run_on(date(2026, 3, 22))
        self.assertTrue(plan.has_returned_payment)
        self._assert_plan(plan, "accelerated")

    def test_reinstatement_forgives_invoices_that_were_overdue(self):
        plan = self._agree()
        self._create_claim(50, -5)  # due on 15 March
        self._run_on(date(2026, 3, 24))
        self._assert_plan(plan, "accelerated")
        with self._at(date(2026, 3, 25)):
            plan.with_user(self.manager).action_reinstate("Being clarified")
            self._receive(self.invoice, 250, date(2026, 3, 25))
        self._run_on(date(2026, 4, 21))
        self._assert_plan(plan, "active", arrears=250)
        self._run_on(date(2026, 4, 24))
        self._assert_plan(plan, "accelerated")

    def test_decision_is_the_same_alone_and_together(self):
        """What another plan of the debtor pays is another invoice, either way."""
        first = self._agree(days=1)
        self._run_on(date(2026, 3, 15))
        self._assert_plan(first, "accelerated")
        with self._at(date(2026, 3, 16)):
            second = self._agree(self._create_claim(400, -1), days=2)
        with self._at(date(2026, 3, 19)):
            plans_sudo = (first | second).sudo()
            together = plans_sudo._get_decisions()[second.sudo()]
            alone = second.sudo()._get_decisions()[second.sudo()]
        self.assertEqual(together, alone)

    def test_auditors_read_journal_items(self):
        """They see no plans; no field of ours may keep them from the rest."""
        self._agree()
        auditor = self._create_user("account.group_account_readonly")
        items = self.env["account.move.line"].with_user(auditor)
        [values] = items.browse(self.invoice._get_collection_claims().ids).read()
        self.assertEqual(values["amount_residual"], 1000)
        partner = self.debtor.with_user(auditor)
        self.assertEqual(partner.collection_overdue_amount, 1000)

    def test_letter_of_a_reinstatement_names_days_that_can_be_kept(self):
        plan = self._agree()
        self._run_on(date(2026, 3, 24))
        with self._at(date(2026, 3, 25)):
            plan.with_user(self.manager).action_reinstate(
                "They called", date(2026, 3, 25) + timedelta(5)
            )
        body = self._get_letters(plan, "reinstatement").body
        self.assertIn("March 30, 2026", body)
        self.assertNotIn("March 20, 2026", body)
        with self._at(date(2026, 3, 26)):
            plan.invalidate_recordset(["incident_note"])
            self.assertIn("03/30/2026", plan.incident_note)

    def test_payments_carry_the_reference_of_the_letters(self):
        plan = self._agree().with_user(self.accountant)
        context = plan.action_register_payment()["context"]
        dialog = self.env["account.payment.register"].with_user(self.accountant)
        payment = dialog.with_context(**context).create({})._create_payments()
        self.assertEqual((payment.memo, payment.amount), (plan.name, 250))
