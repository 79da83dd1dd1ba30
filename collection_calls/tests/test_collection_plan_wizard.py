from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionPlanWizard(CollectionCallsWizardCommon):
    """From claims to a plan, without a call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_claim(500, days_overdue=5)
        cls.later = cls._create_claim(200, days_overdue=-10)

    def _start(self, records=None, user=None):
        """The dialog, as the button opens it."""
        records = (records or self.debtor).with_user(user or self.collector)
        action = records.action_plan_collection_installments()
        return Form(
            self.env[action["res_model"]]
            .with_user(user or self.collector)
            .with_context(**action["context"])
        )

    def test_what_is_overdue_is_proposed(self):
        form = self._start()
        self.assertEqual(form.partner_id, self.debtor)
        self.assertEqual(form.claim_ids[:].move_id, self.invoice | self.second)
        form = self._start(self.invoice | self.later)
        self.assertEqual(form.claim_ids[:].move_id, self.invoice | self.later)

    def test_contact_stands_for_the_debtor(self):
        form = self._start(self.contact)
        self.assertEqual(form.partner_id, self.debtor)
        self.assertEqual(form.contact_id, self.contact)

    def test_the_debtor_agreed(self):
        form = self._start()
        self.assertIn("On which day", form.error)
        form.date_start = date(2026, 3, 31)
        self.assertFalse(form.error)
        self.assertIn("Sunday, May 31, 2026", form.preview)
        form.installment_count = 2
        self.assertIn("750.00", form.preview)
        form.claim_ids.remove(id=self.second._get_collection_claims().id)
        self.assertNotIn("750.00", form.preview)
        form.down_payment = 100
        self.assertIn("450.00", form.preview)
        action = form.save().action_agree()
        plan = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.user_id, self.collector)
        self.assertEqual(plan.installment_ids.mapped("amount"), [100, 450, 450])
        self.assertEqual(plan.letter_ids.kind, "agreement")
        self.assertTrue(self.invoice.no_followup)
        self.assertFalse(self.second.no_followup)
        self.assertEqual(
            self._start().claim_ids[:].move_id, self.second, "the other has a plan"
        )

    def test_offer_and_draft(self):
        for button, state, letters in (
            ("action_offer", "offered", 1),
            ("action_save", "draft", 0),
        ):
            form = self._start()
            form.date_start = date(2026, 3, 31)
            action = getattr(form.save(), button)()
            plan = self.env["collection.plan"].browse(action["res_id"])
            self.assertEqual((plan.state, len(plan.letter_ids)), (state, letters))
            self.assertFalse(self.invoice.no_followup)

    def test_working_days(self):
        form = self._start()
        form.date_start = date(2026, 5, 31)  # a Sunday
        form.on_working_days = True
        self.assertFalse(form.error)
        wizard = form.save()
        action = wizard.action_save()
        plan = self.env["collection.plan"].browse(action["res_id"])
        self.assertEqual(plan.installment_ids[0].date_due, date(2026, 6, 1))

    def test_what_is_impossible_says_why(self):
        self.company.sudo().write(
            {"collection_plan_max_days": 365, "collection_plan_min_amount": 100}
        )
        refused = [
            ({"date_start": date(2026, 3, 9)}, "is past"),
            ({"date_start": False}, "On which day"),
            ({"installment_count": 0}, "How many installments"),
            ({"installment_count": 60}, "up to 365 are allowed"),
            ({"installment_count": 5000}, "too many installments"),
            ({"schedule_by": "amount"}, "How much is an installment"),
            ({"down_payment": 1500}, "less than the whole"),
            (
                {"down_payment": 100, "date_down_payment": date(2026, 4, 1)},
                "comes before the first installment",
            ),
            (
                {"down_payment": 100, "date_down_payment": date(2026, 3, 1)},
                "is past",
            ),
        ]
        for terms, why in refused:
            with self.subTest(terms=terms):
                form = self._start()
                form.date_start = date(2026, 3, 31)
                for name, value in terms.items():
                    form[name] = value
                self.assertIn(why, form.error)
                self.assertFalse(form.preview)
                wizard = form.save()
                for button in "action_agree", "action_offer", "action_save":
                    with self._refused(ValidationError, why):
                        getattr(wizard, button)()
                for name, value in terms.items():
                    self.assertEqual(wizard[name], value, "typed, and still there")
        self.assertFalse(
            self.env["collection.plan"].search([("partner_id", "=", self.debtor.id)])
        )

    def test_too_little_for_a_plan(self):
        self.company.sudo().collection_plan_min_amount = 2000
        form = self._start()
        form.date_start = date(2026, 3, 31)
        self.assertIn("Plans begin at", form.error)
        form = self._start(user=self.manager)
        form.date_start = date(2026, 3, 31)
        self.assertFalse(form.error)

    def test_nothing_chosen(self):
        form = self._start(self.invoice)
        form.date_start = date(2026, 3, 31)
        form.claim_ids.remove(id=self.invoice._get_collection_claims().id)
        self.assertIn("an unpaid invoice", form.error)

    def test_several_currencies(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        foreign = self._create_claim(700, days_overdue=5, currency_id=euro.id)
        form = self._start(self.invoice | foreign)
        form.date_start = date(2026, 3, 31)
        self.assertIn("A plan has one currency", form.error)

    def test_several_debtors(self):
        other = self._create_claim(700, 5, partner=self._create_debtor("Other"))
        with self._refused(UserError, "one customer at a time"):
            self._start(self.invoice | other)

    def test_claim_of_another_plan(self):
        form = self._start(self.invoice)
        form.date_start = date(2026, 3, 31)
        action = form.save().action_agree()
        plan = self.env["collection.plan"].browse(action["res_id"])
        form = self._start(self.invoice | self.second)
        form.date_start = date(2026, 3, 31)
        self.assertIn(f"is paid by {plan.name} already", form.error)

    def test_paid_while_the_dialog_was_open(self):
        form = self._start(self.invoice)
        form.date_start = date(2026, 3, 31)
        wizard = form.save()
        self._pay(self.invoice, 1000)
        wizard.invalidate_recordset()
        with self._refused(ValidationError, "is no open claim"):
            wizard.action_agree()

    def test_collectors_alone(self):
        clerk = self._create_user("account.group_account_invoice")
        with self.assertRaises(AccessError):
            self._start(user=clerk).save()
