"""What a strategy may ask about debtors."""

from importlib import util
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CollectionCallsCaseCommon

FIT_LOG = "odoo.addons.collection_calls.models.case.collection_strategy"
FOLDER = Path(__file__).parents[1] / "migrations/19.0.1.2.0"


@tagged("post_install", "-at_install")
class TestStrategyFilter(CollectionCallsCaseCommon):
    def _create(self, domain, **vals):
        strategies = self.env["collection.strategy"].with_user(self.manager)
        vals = {"name": "Special", "sequence": 1, "partner_domain": domain, **vals}
        return strategies.create(vals)

    def test_what_a_contact_is(self):
        for domain in (
            "[('country_id.code', '=', 'DE')]",
            "[('name', 'ilike', 'bau'), ('is_company', '=', True)]",
            "['|', ('category_id.name', '=', 'VIP'), ('category_id', '=', False)]",
            "[('user_id', '=', False)]",
            "[('user_id.name', 'ilike', 'a')]",
            "[('parent_id.country_id.code', '!=', 'DE')]",
            "[('create_date', '<', '-3m')]",
            "[('create_date.month_number', '=', 3)]",
            "[('country_id', 'any', [('code', '=', 'DE')])]",
            "[('property_payment_term_id', '=', False)]",
            "[('invoice_ids.invoice_date_due', '<', 'today')]",
            "[('invoice_ids', 'not any', [('amount_total_signed', '>', 5000)])]",
            "[('credit', '>', 100)]",
        ):
            with self.subTest(domain):
                self.assertTrue(self._create(domain))

    def test_what_a_company_was_told(self):
        """The message names the field."""
        for domain, name in {
            "[('collection_call_ids.statement', 'ilike', 'x')]": (
                "“Collection Calls › What Was Said” (collection_call_ids.statement)"
            ),
            "[('collection_call_ids', '!=', False)]": "“Collection Calls”",
            "[('message_ids.body', 'ilike', 'x')]": "(message_ids.body)",
            "[('activity_summary', 'ilike', 'x')]": "(activity_summary)",
            "[('comment', 'ilike', 'x')]": "(comment)",
            "[('bank_ids.acc_number', 'ilike', 'x')]": "(bank_ids.acc_number)",
            "[('invoice_ids.narration', 'ilike', 'x')]": "(invoice_ids.narration)",
            "[('invoice_ids', 'ilike', 'x')]": "(invoice_ids)",
            "[('commercial_partner_id.invoice_ids.state', '=', 'draft')]": (
                "(commercial_partner_id.invoice_ids.state)"
            ),
            "[('user_id.partner_id.comment', 'ilike', 'x')]": (
                "(user_id.partner_id.comment)"
            ),
            "[('parent_id', 'any', [('message_ids.body', 'ilike', 'x')])]": (
                "(parent_id.message_ids.body)"
            ),
            "['!', ('child_ids', 'any', [('name', '=', 'x')])]": "(child_ids)",
            "[('invoice_ids', 'any', [('message_ids.body', 'ilike', 'x')])]": (
                "(invoice_ids.message_ids.body)"
            ),
        }.items():
            with self.subTest(domain):
                with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
                    self._create(domain)
                self.assertIn(name, str(caught.exception))
                self.assertIn("Choose them by what stands", str(caught.exception))

    def test_invoices_of_other_companies_tell_nothing(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(77777, days_overdue=9, company_id=other.id)
        elsewhere = self._get_case(company=other)
        rich = self._create("[('invoice_ids.amount_total_signed', '>', 50000)]")
        self.env["collection.case"].sudo()._refresh()
        self.assertEqual(self.case.sudo().strategy_id, self.strategy)
        self.assertEqual(elsewhere.sudo().strategy_id, rich)

    def test_archived_ones_may_ask_for_what_they_like(self):
        """They aren't asked; nor do they come back like that."""
        strategy = self._create("[('comment', 'ilike', 'x')]", active=False)
        with self._refused(ValidationError, "(comment)"):
            strategy.active = True
        strategy.write({"partner_domain": "[]", "active": True})

    def _ask_for_more(self):
        """A strategy of an earlier version."""
        strategy = self._create("[]")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_strategy SET partner_domain = %s WHERE id = %s",
            ["[('collection_call_ids.statement', 'ilike', 'x')]", strategy.id],
        )
        self.env.invalidate_all()
        return strategy

    def test_an_older_filter_is_not_evaluated(self):
        self._ask_for_more()
        with mute_logger(FIT_LOG):
            self.env["collection.case"].sudo()._refresh()
        self.assertEqual(self.case.sudo().strategy_id, self.strategy)

    def test_migration_archives_and_says_so(self):
        strategy = self._ask_for_more()
        spec = util.spec_from_file_location("post", FOLDER / "post-strategy-filter.py")
        script = util.module_from_spec(spec)
        spec.loader.exec_module(script)
        with self.assertLogs("post", "WARNING"):
            script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertFalse(strategy.active)
        self.assertTrue(self.strategy.active)
        self.assertIn("statement", strategy.partner_domain)
        to_do = self.env["mail.activity"].sudo()
        to_do = to_do.search(
            [("summary", "ilike", "was archived"), ("user_id", "=", self.manager.id)]
        )
        self.assertIn("What Was Said", to_do.note)
        script.migrate(self.env.cr, "19.0.1.1.0")  # once is enough
        self.assertEqual(to_do.search_count([("summary", "=", to_do.summary)]), 1)
