from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionCallPlan(CollectionCallsWizardCommon):
    """From what is said on the telephone to a plan that runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_claim(500, days_overdue=5)
        cls.installments = cls.env.ref("collection_calls.collection_call_outcome_plan")

    def _solve(self, **vals):
        wizard = self._go_to("solve")
        wizard.write({"outcome_id": self.installments.id, **vals})
        return wizard, wizard.call_id

    def _agree(self, **vals):
        wizard, call = self._solve(payment_date=date(2026, 3, 31), **vals)
        wizard.action_next()
        wizard.action_done()
        return call

    def _plan(self, moves, **vals):
        """A plan that runs on these invoices."""
        claims = moves._get_collection_claims()
        plan = (
            self.env["collection.plan"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "claim_ids": [{"move_line_id": claim.id} for claim in claims],
                    "date_start": date(2026, 3, 20),
                    **vals,
                }
            )
        )
        plan.action_activate()
        return plan

    def _promise(self, move):
        claims = move._get_collection_claims()
        return (
            self.env["collection.promise"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "date_promised": date(2026, 3, 20),
                    "line_ids": [
                        Command.create({"move_line_id": claim.id}) for claim in claims
                    ],
                }
            )
        )

    # -------------------------------------------------------------- while talking

    def test_a_schedule_is_proposed_as_soon_as_the_day_is_known(self):
        wizard, call = self._solve()
        self.assertEqual(call.plan_installment_count, 3)
        self.assertEqual(
            call.plan_rule_id,
            self.env["collection.acceleration.rule"]._get_default(self.company),
        )
        self.assertIn("On which day is the first installment paid?", wizard.plan_error)
        self.assertFalse(wizard.plan_preview)
        wizard.payment_date = date(2026, 3, 31)
        self.assertFalse(wizard.plan_error)
        self.assertIn("paid off on", wizard.plan_preview)
        self.assertIn("Sunday, May 31, 2026", wizard.plan_preview, "the last day")
        self.assertEqual(wizard.plan_preview.count("500.00"), 4, "total and 3 parts")

    def test_the_schedule_follows_what_is_typed(self):
        wizard, _call = self._solve()
        with Form(wizard) as form:
            form.payment_date = date(2026, 3, 31)
            self.assertIn("500.00", form.plan_preview)
            form.plan_frequency = "weekly"
            self.assertIn("Tuesday, April 14, 2026", form.plan_preview)
            form.plan_schedule_by = "amount"
            self.assertIn("How much is an installment?", form.plan_error)
            self.assertFalse(form.plan_preview)
            form.plan_installment_amount = 400
            self.assertIn("300.00", form.plan_preview, "the last takes the rest")
            form.plan_down_payment = 300
            self.assertIn("down payment", form.plan_preview)
            form.plan_down_payment = 1500
            self.assertIn("has to be less than the whole", form.plan_error)
            form.plan_down_payment = 0

    def test_what_is_impossible_says_why(self):
        wizard, call = self._solve(payment_date=date(2026, 3, 31))
        self.company.collection_plan_max_days = 365
        refused = [
            ({"payment_date": date(2026, 3, 9)}, "is past"),
            ({"payment_date": False}, "On which day"),
            ({"plan_installment_count": 0}, "How many installments"),
            ({"plan_installment_count": -1}, "How many installments"),
            ({"plan_installment_count": 5000}, "too many installments"),
            ({"plan_schedule_by": "amount"}, "How much is an installment"),
            ({"plan_frequency": False}, "How often"),
            ({"plan_installment_count": 60}, "up to 365 are allowed"),
            (
                {"plan_down_payment": 100, "payment_date": date(2026, 3, 10)},
                "comes before the first installment",
            ),
        ]
        fine = {
            "payment_date": date(2026, 3, 31),
            "plan_schedule_by": "count",
            "plan_installment_count": 3,
            "plan_frequency": "monthly",
            "plan_down_payment": 0,
        }
        for terms, why in refused:
            with self.subTest(terms=terms):
                wizard.write({**fine, **terms})
                self.assertIn(why, wizard.plan_error)
                self.assertFalse(wizard.plan_preview)
                for button in wizard.action_next, wizard.action_done:
                    with self._refused(ValidationError, why):
                        button()
                for name, value in terms.items():
                    self.assertEqual(wizard[name], value, "typed, and still there")
        self.assertFalse(call.plan_ids)
        self.assertEqual(call.state, "ongoing")

    def test_limits_of_the_company_bind_collectors_alone(self):
        self.company.collection_plan_min_amount = 2000
        wizard, call = self._solve(payment_date=date(2026, 3, 31))
        self.assertIn("Plans begin at", wizard.plan_error)
        with self._refused(ValidationError, "Plans begin at"):
            call.action_done()
        _preview, error = call.with_user(self.manager)._preview_plan(wizard)
        self.assertFalse(error)

    def test_several_currencies(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._create_claim(700, days_overdue=5, currency_id=euro.id)
        wizard, _call = self._solve(payment_date=date(2026, 3, 31))
        self.assertIn("A plan has one currency", wizard.plan_error)

    def test_claims_of_another_plan_are_left_out(self):
        plan = self._plan(self.second)
        wizard, call = self._solve(payment_date=date(2026, 3, 31))
        claims = call.claim_ids.move_line_id | self.second._get_collection_claims()
        call._add_claims(claims - call.claim_ids.move_line_id)
        wizard._reload()
        self.assertIn(f"is left out: {plan.name} pays it already", wizard.plan_note)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(call.plan_ids.claim_ids.move_id, self.invoice)
        self.assertEqual(call.plan_ids.amount_total, 1000)

    def test_all_is_in_another_plan(self):
        wizard, call = self._solve(payment_date=date(2026, 3, 31))
        plan = self._plan(self.invoice | self.second)
        wizard._reload()
        self.assertIn(f"is paid by {plan.name} already", wizard.plan_error)
        with self._refused(ValidationError, plan.name):
            wizard.action_done()
        self.assertFalse(call.plan_ids)

    # ---------------------------------------------------------------- once it is done

    def test_closing_the_call_makes_the_plan_run(self):
        wizard, call = self._solve(
            payment_date=date(2026, 3, 31), plan_installment_count=6
        )
        wizard.action_next()
        self.assertEqual(call.next_call_date, date(2026, 3, 30), "the day before")
        self.assertIn("You pay $&nbsp;1,500.00 in 6 installments", wizard.recap)
        self.assertIn("by Tuesday, March 31, 2026", wizard.recap)
        self.assertIn("by Monday, August 31, 2026", wizard.recap)
        self.assertIn("One installment is due every month.", wizard.recap)
        self.assertIn("whole rest", wizard.recap, "what happens if they don't")
        wizard.action_done()
        plan = call.plan_ids
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.installment_ids.mapped("amount"), [250] * 6)
        self.assertEqual(plan.claim_ids.move_id, self.invoice | self.second)
        self.assertEqual(plan.contact_id, self.contact)
        self.assertEqual(plan.user_id, self.collector)
        self.assertEqual(plan.event_ids.reason, f"Agreed in {call.name}.")
        self.assertTrue(self.invoice.no_followup)
        self.assertEqual(self._get_next_call(call.case_id), date(2026, 3, 30))
        self.assertFalse(call.plan_installment_count, "the plan alone knows")
        self.assertFalse(call.plan_rule_id)
        self.assertFalse(call.promise_ids)
        self.assertIn(plan.name, self._open().dossier)

    def test_down_payment(self):
        wizard, call = self._solve(
            payment_date=date(2026, 3, 31),
            plan_down_payment=500,
            plan_frequency="weekly",
        )
        wizard.action_next()
        self.assertIn("by Tuesday, March 10, 2026 as a down payment", wizard.recap)
        self.assertIn("You pay the rest", wizard.recap)
        self.assertEqual(call.next_call_date, date(2026, 3, 30))
        wizard.action_done()
        self.assertEqual(
            call.plan_ids.installment_ids.mapped("amount"),
            [500, 333.33, 333.33, 333.34],
        )

    def test_one_email_with_the_whole_schedule(self):
        self.contact.lang = "en_US"
        call = self._agree()
        self.assertFalse(call.plan_ids.letter_ids, "the call confirms it")
        message = call.sudo().confirmation_message_id
        body = message.body.replace("&nbsp;", " ")
        for text in (
            "Tuesday, March 31, 2026",
            "Thursday, April 30, 2026",
            "Sunday, May 31, 2026",
            "$ 500.00",
            "whole rest",
            call.plan_ids.name,
        ):
            self.assertIn(text, body)
        mails = self.env["mail.mail"].sudo().search([("res_id", "=", call.id)])
        self.assertEqual(len(mails.filtered(lambda m: m.model == call._name)), 1)
        of_plan = (
            self.env["mail.mail"].sudo().search([("res_id", "=", call.plan_ids.id)])
        )
        self.assertFalse(of_plan.filtered(lambda m: m.model == "collection.plan"))

    def test_written_in_the_language_of_the_debtor(self):
        self.contact.lang = "de_DE"
        call = self._agree()
        self.assertIn("31. März 2026", call.sudo().confirmation_message_id.body)

    def test_no_confirmation_wanted(self):
        call = self._agree(send_confirmation=False)
        self.assertEqual(call.plan_ids.state, "active")
        self.assertFalse(call.confirmation_state)
        self.assertFalse(call.plan_ids.letter_ids)

    def test_logged_with_its_terms(self):
        call = self._log(
            outcome=self.installments,
            verified_by="address",
            contact_id=self.contact.id,
            payment_date=date(2026, 3, 31),
            plan_installment_amount=600,
            claim_ids=self._as_claims(self.invoice),
        )
        call.action_done()
        self.assertEqual(call.plan_ids.installment_ids.mapped("amount"), [600, 400])
        self.assertEqual(call.confirmation_state, "to_send", "outside of the steps too")
        self.assertFalse(call.plan_ids.letter_ids)

    def test_logged_without_terms(self):
        call = self._log(
            outcome=self.installments,
            verified_by="address",
            payment_date=date(2026, 3, 31),
            claim_ids=self._as_claims(self.invoice),
        )
        call.action_done()
        self.assertEqual((call.state, call.plan_ids), ("done", call.plan_ids.browse()))

    def test_another_outcome_plans_nothing(self):
        wizard, call = self._solve(payment_date=date(2026, 3, 31))
        wizard.outcome_id = self.no_commitment
        wizard.action_next()
        self.assertNotIn("installment", wizard.recap)
        wizard.action_done()
        self.assertFalse(call.plan_ids)
        self.assertFalse(call.plan_installment_count)

    def test_letter_asks_for_the_first_installment(self):
        self.debtor.email = self.contact.email = False
        call = self._agree()
        self.assertEqual(call.confirmation_channel, "letter")
        [payment] = call._get_letter_payments()
        self.assertEqual(payment[2:], (call.plan_ids.name, 500))
        report = self.env["ir.actions.report"].sudo()
        letter = report._render_qweb_html(
            "collection_calls.report_call_letter", call.ids
        )[0].decode()
        self.assertIn("Sunday, May 31, 2026", letter)
        self.assertIn(call.plan_ids.name, letter)

    def test_promise_gives_way_and_stands_again(self):
        promise = self._promise(self.invoice)
        call = self._agree()
        self.assertEqual(promise.state, "superseded")
        call.with_user(self.manager).action_cancel("Wrong debtor")
        self.assertEqual(call.plan_ids.state, "cancelled")
        self.assertEqual(call.plan_ids.event_ids[:1].reason, "Wrong debtor")
        self.assertEqual(promise.state, "open")
        self.assertTrue(self.invoice.no_followup, "the promise protects it")
        self.assertFalse(self.second.no_followup)
        self.assertFalse(call.case_id._get_call_activities())

    def test_preparing_takes_no_plan_back(self):
        wizard = self._open()
        self._plan(self.invoice, call_id=wizard.call_id.id)
        with self._refused(UserError, "Something is recorded"):
            wizard.action_discard()
