from datetime import date
from unittest.mock import patch

import psycopg2

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsCommon


@tagged("post_install", "-at_install")
class TestCollectionCase(CollectionCallsCommon):
    def _get_or_create(self, partners):
        cases = self.env["collection.case"].with_user(self.collector)
        return cases._get_or_create(partners, self.company)

    def test_one_case_per_debtor_and_company(self):
        case = self._get_or_create(self.debtor)
        self.assertEqual(self._get_or_create(self.contact), case)
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", other)
        cases = self.env["collection.case"].with_user(stranger)
        elsewhere = cases._get_or_create(self.debtor, other)
        self.assertEqual(elsewhere.company_id, other)
        self.assertNotEqual(elsewhere, case)

    def test_many_cases_at_once(self):
        debtors = self.debtor
        self._get_or_create(debtors)
        for number in range(5):
            debtors |= self._create_debtor(f"Debtor {number}")
        cases = self._get_or_create(debtors)
        self.assertEqual(len(cases), 6)
        self.assertEqual(cases.partner_id, debtors)

    def test_database_refuses_a_second_case(self):
        self._get_or_create(self.debtor)
        vals = {"partner_id": self.debtor.id, "company_id": self.company.id}
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            self.env["collection.case"].with_user(self.collector).create(vals)

    def test_case_made_meanwhile_makes_odoo_try_again(self):
        """What a transaction sees that began before another one made the case."""
        self._get_or_create(self.debtor)
        cases = self.env["collection.case"]
        nothing = patch.object(type(cases), "search", lambda self, *args: self.browse())
        with mute_logger("odoo.sql_db"), nothing, self.assertRaises(ConcurrencyError):
            self._get_or_create(self.debtor)

    def test_caller_where_people_have_left(self):
        case = self._get_or_create(self.debtor)
        other = self._create_user("group_collection_user", login="another_collector")
        case.sudo().user_id = self.collector
        self.assertEqual(case._get_caller(other), self.collector)
        self.collector.active = False
        case = case.with_user(other)
        self.assertEqual(case._get_caller(other), other)
        other.active = False
        confirmer = self._create_user("group_collection_manager", login="confirmer")
        self.company.collection_confirmer_id = confirmer
        self.assertEqual(case.sudo()._get_caller(other), confirmer)
        confirmer.active = False
        caller = case.sudo()._get_caller(other)
        self.assertTrue(caller.active)
        self.assertIn(self.company, caller.company_ids)
        self.assertTrue(caller.has_group("collection_calls.group_collection_manager"))

    def test_next_call_date_and_search(self):
        call = self._log(next_call_date=date(2026, 3, 12))
        self.assertFalse(self._get_next_call(call.case_id))
        call.action_done()
        case = call.case_id
        self.assertEqual(self._get_next_call(case), date(2026, 3, 12))
        cases = self.env["collection.case"].with_user(self.collector)
        self.assertIn(case, cases.search([("next_call_date", "<=", "2026-03-12")]))
        self.assertNotIn(case, cases.search([("next_call_date", "<", "2026-03-12")]))
        self.assertNotIn(case, cases.search([("next_call_date", "=", False)]))
        self.assertIn(case, cases.search([("next_call_date", "!=", False)]))
        debtors = self.env["res.partner"].with_user(self.collector)
        due = [("collection_next_call_date", "<=", "2026-03-12")]
        self.assertIn(self.debtor, debtors.search(due))
        self.assertIn(self.contact, debtors.search(due))
        unplanned = debtors.search([("collection_next_call_date", "=", False)])
        self.assertNotIn(self.debtor, unplanned)
        self.assertIn(self.company.partner_id, unplanned)

    def test_search_for_other_days_than_the_next_call(self):
        self._log(next_call_date=date(2026, 3, 12)).action_done()
        self.env.cr.flush()
        stranger = self._create_debtor("Without a case")
        debtors = self.env["res.partner"].with_user(self.collector)
        both = self.debtor | stranger
        for operator, value, expected in (
            ("=", "2026-03-12", self.debtor),
            ("!=", "2026-03-12", stranger),
            ("not in", ["2026-03-12", "2026-03-13"], stranger),
            ("!=", "2026-03-13", both),
            ("=", False, stranger),
            ("!=", False, self.debtor),
            ("in", [False, "2026-03-12"], both),
            ("in", [False, "2026-03-13"], stranger),
            ("not in", [False, "2026-03-12"], debtors),
            ("not in", [False, "2026-03-13"], self.debtor),
            ("<", "2026-03-13", self.debtor),
            (">=", "2026-03-13", debtors),
        ):
            found = debtors.search(
                [("collection_next_call_date", operator, value), ("id", "in", both.ids)]
            )
            self.assertEqual(found, expected, (operator, value))

    def test_search_for_the_next_call_takes_one_query(self):
        self._log(next_call_date=date(2026, 3, 12)).action_done()
        debtors = self.env["res.partner"].with_user(self.collector)
        asked = [("collection_next_call_date", "<=", "2026-03-12")]
        debtors.search(asked)  # fills caches of rights
        self.env.cr.flush()
        with self.assertQueryCount(1):
            self.assertIn(self.debtor, debtors.search(asked))

    def test_rescheduled_in_the_calendar(self):
        """The activity is the truth: people move it in Odoo's own dialogs."""
        call = self._log()
        call.action_done()
        call.next_activity_id.date_deadline = date(2026, 4, 1)
        self.assertEqual(self._get_next_call(call.case_id), date(2026, 4, 1))
        self.assertEqual(self.debtor.collection_next_call_date, date(2026, 4, 1))

    def test_merged_debtors_keep_their_calls(self):
        duplicate = self._create_debtor("Mueller Bau")
        call = self._log(partner=duplicate, next_call_date=TODAY)
        call.action_done()
        activity = call.next_activity_id
        kept = self._log()
        letter = (
            self.env["ir.attachment"]
            .with_user(self.collector)
            .create(
                {
                    "name": "letter.pdf",
                    "res_model": "collection.case",
                    "res_id": call.case_id.id,
                }
            )
        )
        # As administrator: merging contacts is theirs.
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((self.debtor | duplicate).ids, self.debtor, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(call.partner_id, self.debtor)
        self.assertEqual(call.case_id, kept.case_id)
        self.assertEqual(kept.case_id.activity_ids, activity)
        self.assertEqual(self.debtor.collection_call_count, 2)
        self.assertEqual(letter.res_id, kept.case_id.id)
