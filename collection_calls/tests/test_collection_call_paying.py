"""Paying online, what is paid already, and the questions that fit."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CollectionCallsProvider, CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionCallPaying(CollectionCallsProvider, CollectionCallsWizardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_user("account.group_account_user")
        cls.paid = cls.env.ref("collection_calls.collection_call_outcome_paid")
        cls.says_paid = cls.env.ref("collection_calls.collection_reason_paid")

    def _pay_now(self):
        wizard = self._go_to("solve")
        wizard.outcome_id = self.paid
        return wizard

    # ---------------------------------------------------------------------- online

    def test_nothing_is_offered_that_nobody_takes(self):
        wizard = self._pay_now()
        self.assertNotIn("online right now", wizard.prompts)
        self.assertIn("can't be paid online", wizard.online_note)
        for act in wizard.action_open_payment_link, wizard.action_mail_payment_links:
            with self._refused(UserError, "can't be paid online"):
                act()
        self.assertFalse(
            self.env["mail.mail"].search([("model", "=", "collection.call")])
        )

    def test_offered_where_a_provider_takes_it(self):
        self._take_online()
        wizard = self._pay_now()
        self.assertFalse(wizard.online_note)
        self.assertIn("online right now", wizard.prompts)

    def test_only_what_the_provider_takes(self):
        euro = self.env.ref("base.EUR")
        refusing = (
            {"state": "disabled"},
            {"is_published": False},
            {"maximum_amount": 999},
            {"available_currency_ids": [(6, 0, euro.ids)]},
            {"available_country_ids": [(6, 0, self.env.ref("base.fr").ids)]},
        )
        for number, vals in enumerate(refusing):
            with self.subTest(vals=vals):
                self.debtor.country_id = self.env.ref("base.de")
                provider = self._take_online(name=f"Demo {number}", **vals)
                self.assertTrue(self._pay_now().online_note)
                provider.state = "disabled"

    def test_several_invoices_are_one_link(self):
        self._take_online()
        second = self._create_claim(500, 5)
        wizard = self._pay_now()
        action = wizard.action_open_payment_link()
        [promise] = wizard.call_id.promise_ids
        self.assertEqual(promise.amount, 1500)
        self.assertEqual(promise.date_promised, date(2026, 3, 10), "today")
        self.assertEqual(promise.line_ids.move_id, self.invoice | second)
        self.assertIn(promise.access_url, action["url"])
        wizard.action_mail_payment_links()
        self.assertEqual(wizard.call_id.promise_ids, promise, "once")
        [link] = wizard.call_id._get_payment_links()
        self.assertEqual(link["amount"], 1500)

    # ----------------------------------------------------------------- paid already

    def _get_to_do(self):
        return self.invoice.sudo().activity_ids

    def test_what_is_paid_already_is_the_accountants(self):
        wizard = self._go_to("understand")
        wizard.reason_id = self.says_paid
        self.assertTrue(wizard.is_said_paid)
        wizard.write(
            {
                "paid_date": date(2026, 3, 4),
                "paid_amount": 990,
                "paid_reference": "4711-X",
            }
        )
        self._go_to("close", wizard)
        wizard.action_done()
        to_do = self._get_to_do()
        self.assertTrue(to_do.user_id.has_group("account.group_account_user"))
        self.assertIn(self.company, to_do.user_id.company_ids)
        for part in ("990.00", "03/04/2026", "4711-X", self.debtor.name):
            self.assertIn(part, to_do.summary)

    def test_nothing_to_match_where_nothing_is_told(self):
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        self.assertFalse(wizard.is_said_paid)
        self._go_to("close", wizard)
        wizard.action_done()
        self.assertFalse(self._get_to_do())

    # -------------------------------------------------------------------- questions

    def test_companies_are_not_asked_about_their_payday(self):
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        asked = wizard.answer_ids.mapped("question")
        self.assertNotIn("Which day are you paid?", asked)
        self.assertIn("On which day do you expect money?", asked)
        self.debtor.is_company = False
        other = self.env.ref("collection_calls.collection_reason_forgotten")
        wizard.reason_id = other
        wizard.reason_id = self.no_money
        asked = wizard.answer_ids.mapped("question")
        self.assertIn("Which day are you paid?", asked)
        self.assertNotIn("On which day do you expect money?", asked)

    def test_what_is_said_often_comes_first(self):
        reasons = self.env["collection.reason"].with_user(self.collector)
        rare = self.env.ref("collection_calls.collection_reason_insolvent")
        self.assertNotEqual(reasons.name_search()[0][0], rare.id)
        for _call in range(2):
            self._log(
                outcome=self.no_commitment, verified_by="address", reason_id=rare.id
            ).action_done()
        self.assertEqual(reasons.name_search()[0][0], rare.id)
        self.assertEqual(len(reasons.name_search(limit=3)), 3)
        self.assertEqual(reasons.name_search("Forgot")[0][1], "Forgotten")

    # ------------------------------------------------------------ in the reader's words

    def test_why_next_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        wizard = self._open()
        wizard.action_end_with(self.voicemail.id)
        case = wizard.call_id.case_id
        self.env.cr.flush()
        self.assertEqual(case.next_call_reason, "Voicemail")
        german = case.with_context(lang="de_DE")
        self.assertEqual(
            german.next_call_reason, self.voicemail.with_context(lang="de_DE").name
        )
        self.assertNotEqual(german.next_call_reason, "Voicemail")

    def test_what_people_plan_is_what_they_typed(self):
        case = self._open().call_id.case_id
        case._schedule_call(date(2026, 3, 10), self.collector, "Ask for Amal")
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(
            case.with_context(lang="de_DE").next_call_reason, "Ask for Amal"
        )

    # -------------------------------------------------------------------- currencies

    def test_the_debtors_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        debtor = self._create_debtor("Isar GmbH", phone="030 23125 070")
        for amount in (300, 200):
            self._create_claim(amount, 10, debtor, currency_id=euro.id)
        self.env.cr.flush()
        case = debtor.with_user(self.collector).collection_case_id
        self.assertEqual(case.overdue_amount, 250, "in dollars, for sums")
        self.assertEqual(case.overdue_told, euro.format(500))
        wizard = self._open(debtor)
        self.assertEqual(wizard.overdue_told, euro.format(500))
        self.assertIn("500.00", wizard.prompts)
        self.assertNotIn("250.00", f"{wizard.prompts}{wizard.dossier}")
        self._create_claim(40, 3, debtor)
        case.invalidate_recordset()
        own = self.company.currency_id
        self.assertEqual(case.overdue_told, f"{own.format(40)} + {euro.format(500)}")
