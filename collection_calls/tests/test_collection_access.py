from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CollectionCallsCommon


@tagged("post_install", "-at_install")
class TestCollectionAccess(CollectionCallsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoicing = cls._create_user("account.group_account_invoice")
        cls.employee = cls._create_user("base.group_user")
        cls.portal = new_test_user(cls.env, "test_portal", groups="base.group_portal")
        cls.other_company = cls.setup_other_company()["company"]
        cls.stranger = cls._create_user("group_collection_user", cls.other_company)
        cls.invoice = cls._create_claim(1000, days_overdue=30)

    def setUp(self):
        super().setUp()
        item = self.invoice.line_ids.filtered("date_maturity")
        self.call = self._log(
            outcome=self.dispute,
            right_party_verified=True,
            verified_by="address",
            statement="The roof leaks",
            claim_ids=[Command.create({"move_line_id": item.id})],
        )

    def _as(self, user):
        self.env.invalidate_all()
        return self.call.with_user(user)

    def test_collector_logs_and_reads(self):
        call = self._as(self.collector)
        self.assertEqual(call.statement, "The roof leaks")
        call.statement = "The roof leaks since May"
        call.action_done()
        self.assertTrue(call.case_id.activity_ids)

    def test_collector_reads_the_ledger_and_changes_nothing(self):
        invoice = self.invoice.with_user(self.collector)
        self.assertEqual(invoice.amount_residual, 1000)
        for change in (
            lambda: invoice.write({"ref": "changed"}),
            lambda: self.debtor.with_user(self.collector).write({"name": "changed"}),
            lambda: self.no_answer.with_user(self.collector).write({"name": "changed"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_manager_configures_outcomes(self):
        self.no_answer.with_user(self.manager).name = "Nobody picked up"
        self.assertEqual(self.no_answer.name, "Nobody picked up")

    def test_invoicing_user_reads_all_but_what_was_said(self):
        call = self._as(self.invoicing)
        self.assertEqual(call.outcome_id, self.dispute)
        self.assertEqual(call.claim_ids.move_id, self.invoice)
        self.assertEqual(self.debtor.with_user(self.invoicing).collection_call_count, 1)
        with self.assertRaises(AccessError):
            call.read(["statement"])
        with self.assertRaises(AccessError):
            call.contact_confirmed = True
        with self.assertRaises(AccessError):
            self._log(user=self.invoicing)
        with self.assertRaises(AccessError):
            call.action_done()
        self.assertEqual(call.state, "ongoing")

    def test_employee_and_portal_see_nothing(self):
        for user in self.employee, self.portal:
            for record in self._as(user), self.call.case_id, self.call.claim_ids:
                with self.assertRaises(AccessError, msg=f"{user.login} {record}"):
                    record.with_user(user).check_access("read")
            with self.assertRaises(AccessError):
                self.debtor.with_user(user).read(["collection_overdue_amount"])

    def test_collector_of_another_company_sees_nothing(self):
        calls = self.env["collection.call"].with_user(self.stranger)
        self.assertFalse(calls.search([("id", "=", self.call.id)]))
        cases = self.env["collection.case"].with_user(self.stranger)
        self.assertFalse(cases.search([("id", "=", self.call.case_id.id)]))
        claims = self.env["collection.call.claim"].with_user(self.stranger)
        self.assertFalse(claims.search([("id", "in", self.call.claim_ids.ids)]))
        with self.assertRaises(AccessError):
            self._as(self.stranger).read(["name"])
        with self.assertRaises(AccessError):
            self._log(user=self.stranger)
        debtor = self.debtor.with_user(self.stranger)
        self.assertFalse(debtor.collection_call_count)
        self.assertFalse(debtor.collection_overdue_amount)
