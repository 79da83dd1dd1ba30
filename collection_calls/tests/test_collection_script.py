from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..engine import prompt
from .common import CollectionCallsCommon

LANGUAGES = ("en_US", "de_DE", "fr_FR")


@tagged("post_install", "-at_install")
class TestCollectionScript(CollectionCallsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voicemail = cls.env.ref("collection_calls.collection_script_voicemail")
        cls.scripts = cls.env["collection.script"].with_user(cls.manager)

    def test_shipped_prompts_before_verification_say_nothing_about_the_debt(self):
        """Every prompt, every shipped language, rendered for a real debtor."""
        self._create_claim(1234, days_overdue=30)
        call = self._log(partner=self.contact)
        public = self.scripts.search([]).filtered("is_public")
        self.assertIn(self.voicemail, public)
        for language in LANGUAGES:
            for script in public.with_context(lang=language):
                (text,) = script._render(call.with_context(lang=language))
                self.assertFalse(prompt.revealing(script.body), f"{language}: {text}")
                self.assertNotIn("1,234", text)
                self.assertNotIn("{", text)

    def test_shipped_prompts_are_translated(self):
        for script in self.scripts.search([]):
            bodies = {script.with_context(lang=code).body for code in LANGUAGES}
            self.assertEqual(len(bodies), 3, script.name)

    def test_prompt_is_spoken_in_the_debtors_language(self):
        self.debtor.lang = self.contact.lang = "de_DE"
        action = self.contact.with_user(self.collector).action_start_collection_call()
        wizard = self.env[action["res_model"]].with_user(self.collector)
        wizard = wizard.browse(action["res_id"])
        wizard.action_next()
        self.assertIn("Guten Tag", wizard.prompts)

    def test_voicemail_refuses_debt_data(self):
        voicemail = self.voicemail.with_user(self.manager)
        for body in (
            "You owe us {amount}",
            "About {invoices}",
            "It is about your overdue invoice",
            "Es geht um Ihre offene Rechnung",
            "C'est au sujet de votre facture",
        ):
            with self._refused(ValidationError, "can't contain debt data"):
                voicemail.body = body
        with self._refused(ValidationError, "zahl"):  # it answers in German
            voicemail.with_context(lang="de_DE").body = "Bitte zahlen Sie"

    def test_unknown_and_broken_placeholders(self):
        for body in "Hello {nobody}", "Hello {debtor", "Hello {}", "Hello {0.real}":
            with self.assertRaises(ValidationError):
                self.scripts.create({"name": "New", "step": "solve", "body": body})

    def test_collectors_read_prompts_and_managers_write_them(self):
        with self.assertRaises(AccessError):
            self.voicemail.with_user(self.collector).body = "Hello"
        with self.assertRaises(AccessError):
            self.env["collection.reason"].with_user(self.collector).create(
                {"name": "x"}
            )
        reason = self.env["collection.reason"].with_user(self.manager)
        self.assertTrue(reason.create({"name": "The bank failed"}))

    def test_outcome_that_becomes_public_checks_its_prompts(self):
        promise = self.promise.with_user(self.manager)
        self.scripts.create(
            {
                "name": "Frank",
                "step": "solve",
                "outcome_id": promise.id,
                "body": "You pay {amount}",
            }
        )
        with self._refused(ValidationError, "can't contain debt data"):
            promise.reached = "nobody"
