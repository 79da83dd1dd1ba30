"""Workbooks offered in the action menus, and downloaded by whoever may."""

import io
from datetime import timedelta
from zipfile import ZipFile

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

from ..wizard import collection_export
from .common import TODAY, CollectionCallsCaseCommon, CollectionCallsLedger

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tagged("post_install", "-at_install")
class TestExport(CollectionCallsCaseCommon):
    def _run(self, xmlid, records, user=None, **context):
        """Choose an action in the menu of a list."""
        action = self.env.ref(f"collection_calls.{xmlid}").with_user(
            user or self.collector
        )
        return action.with_context(
            active_model=records._name, active_ids=records.ids, **context
        ).run()

    def _get_export(self, action, user=None):
        """What the link of an action downloads."""
        exports = self.env["collection.export"].with_user(user or self.collector)
        if action["type"] == "ir.actions.act_window":  # a dialog asks first
            action = exports.browse(action["res_id"]).action_download()
        self.assertEqual(action["type"], "ir.actions.act_url")
        return exports.browse(int(action["url"].rsplit("/", 1)[1]))

    def _open(self, export):
        file = io.BytesIO()
        name = export._write_file(file)
        return name, openpyxl.load_workbook(file)

    def test_call_list_of_what_was_selected(self):
        self._create_claim(50, 10, self._create_debtor("Not selected"))
        self.env.cr.flush()
        action = self._run("collection_case_action_excel", self.case)
        name, book = self._open(self._get_export(action))
        self.assertEqual(name, f"{self.company.name} - Call List - {TODAY}.xlsx")
        debtors = [cell.value for cell in book["Call List"]["A"]][5:-1]
        self.assertEqual(debtors, [self.debtor.name])

    def test_everything_beyond_the_limit_of_the_web_client(self):
        """It hands over so many ids, and the search that found them all."""
        for number in range(3):
            self._create_claim(50, 10, self._create_debtor(f"D {number}"))
        self.env.cr.flush()
        self.env["ir.config_parameter"].sudo().set_param("web.active_ids_limit", 2)
        domain = [("company_id", "=", self.company.id), ("situation", "=", "to_call")]
        everybody = self.env["collection.case"].search(domain)
        self.assertEqual(len(everybody), 4)
        for selected, found in (everybody[:2], everybody), (self.case, self.case):
            action = self._run(
                "collection_case_action_excel", selected, active_domain=domain
            )
            export = self._get_export(action)
            self.assertEqual(export._get_selected(), found)

    def test_statement_from_the_case_the_customer_and_a_contact(self):
        for xmlid, records in (
            ("collection_case_action_excel_statement", self.case),
            ("res_partner_action_excel_statement", self.debtor),
            ("res_partner_action_excel_statement", self.contact),
        ):
            action = self._run(xmlid, records)
            name, book = self._open(self._get_export(action))
            self.assertIn(self.debtor.name, name)
            self.assertIn(self.invoice.name, [c.value for c in book["Claims"]["A"]])

    def test_statement_in_the_language_that_was_chosen(self):
        """And what was said stays here, unless it is wanted."""
        self.debtor.lang = "de_DE"
        exports = self.env["collection.export"].with_user(self.collector)
        action = exports._offer("statement", self.debtor.with_user(self.collector))
        export = exports.browse(action["res_id"])
        _name, book = self._open(export)
        self.assertIn("Claims", book.sheetnames)
        self.assertNotIn("Calls", book.sheetnames)
        export.write({"lang_of": "debtor", "with_notes": True})
        name, book = self._open(export)
        self.assertIn("Forderungen", book.sheetnames)
        self.assertEqual(len(book.sheetnames), 4)
        self.assertNotIn("Statement", name)

    def test_names_of_files_that_file_systems_take(self):
        self.debtor.name = "Verein der Freunde & Förderer " * 9
        export = self._get_export(
            self._run("res_partner_action_excel_statement", self.debtor)
        )
        name, _book = self._open(export)
        self.assertLessEqual(len(name.encode()), 210)
        self.assertTrue(name.endswith(f" - {TODAY}.xlsx"), name)

    def test_one_statement_for_each_debtor(self):
        other = self._create_debtor("Dupont & Fils")
        self._create_claim(50, 10, other)
        debtors = self.debtor | other
        action = self._run("res_partner_action_excel_statement", debtors)
        file = io.BytesIO()
        name = self._get_export(action)._write_file(file)
        self.assertTrue(name.endswith(f"Statement - {TODAY}.zip"), name)
        with ZipFile(file) as archive:
            names = archive.namelist()
            books = [openpyxl.load_workbook(archive.open(name)) for name in names]
        self.assertEqual(len(names), 2)
        told = "".join(book["Claims"]["A3"].value for book in books)
        for debtor in debtors:
            self.assertIn(f"({debtor.id})", "".join(names))
            self.assertIn(debtor.name, told)

    def test_too_many_statements(self):
        self.patch(collection_export, "MOST_STATEMENTS", 1)
        debtors = self.debtor | self._create_debtor("Dupont & Fils")
        with self._refused(UserError, "1 at most at a time"):
            self._run("res_partner_action_excel_statement", debtors)

    def test_nothing_selected(self):
        """That is not everything."""
        nothing = self.case.browse()
        with self._refused(UserError, "Select what the workbook"):
            self.env["collection.export"].with_user(self.collector)._offer(
                "call_list", nothing
            )
        with self._refused(UserError, "Select what the workbook"):
            self._run("collection_case_action_excel", nothing)

    def test_plans(self):
        plan = self._plan(self.invoice)
        action = self._run("collection_plan_action_excel", plan)
        name, book = self._open(self._get_export(action))
        self.assertIn("Installment Plans", name)
        self.assertEqual(book["Installment Plans"]["A6"].value, plan.name)

    def test_one_company_at_a_time(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(77, 30, company_id=other.id)
        elsewhere = self._get_case(company=other).sudo()
        self.manager.company_ids |= other
        both = self.case.sudo() | elsewhere
        with self._refused(UserError, "records of one company"):
            self._run("collection_case_action_excel", both, self.manager)
        # What collectors may not see is left out, as if it weren't there.
        exports = self.env["collection.export"].with_user(self.collector)
        action = exports._offer("call_list", both.with_user(self.collector))
        self.assertEqual(self._get_export(action)._get_selected(), self.case)
        action = self._run("collection_case_action_excel", elsewhere, self.manager)
        name, book = self._open(self._get_export(action, self.manager))
        self.assertTrue(name.startswith(other.name))
        self.assertEqual(book.worksheets[0]["A1"].value, other.name)

    def test_performance_is_for_managers(self):
        values = {"kind": "performance"}
        exports = self.env["collection.export"]
        mine = exports.with_user(self.collector).create(values)
        with self._refused(AccessError, "managers alone"):
            mine.action_download()
        with self._refused(AccessError, "managers alone"):
            mine._write_file(io.BytesIO())
        theirs = exports.with_user(self.manager).create(values)
        self.assertEqual(theirs.date_to, TODAY)
        self.assertEqual(str(theirs.date_from), "2026-01-01")
        name, book = self._open(theirs)
        self.assertIn("Collector Performance", name)
        self.assertEqual(len(book.worksheets), 3)
        theirs.date_from = TODAY + timedelta(days=1)
        with self._refused(UserError, "first and the last day"):
            theirs.action_download()

    def test_offered_to_collectors_and_managers_only(self):
        actions = self.env["ir.actions.actions"]
        invoicing = self._create_user("account.group_account_invoice")
        offers = {
            "collection.case": {"Excel: Call List", "Excel: Statement"},
            "collection.plan": {"Excel: Installment Plans"},
            "res.partner": {"Excel: Collection Statement"},
            "collection.call": {"Excel: Collector Performance"},
        }
        for model, names in offers.items():
            for user in invoicing, self.collector, self.manager:
                found = actions.with_user(user).get_bindings(model).get("action", [])
                excel = {a["name"] for a in found if a["name"].startswith("Excel:")}
                is_theirs = user != invoicing and (
                    model != "collection.call" or user == self.manager
                )
                self.assertEqual(excel, names if is_theirs else set(), (model, user))
        with self._refused(AccessError, ""):
            self._run("res_partner_action_excel_statement", self.debtor, invoicing)

    def test_other_users_downloads_are_theirs(self):
        export = self._get_export(self._run("collection_case_action_excel", self.case))
        self.assertEqual(export.kind, "call_list")
        with self._refused(AccessError, ""):
            export.with_user(self.manager).read(["selected_ids"])


@tagged("post_install", "-at_install")
class TestExportHttp(CollectionCallsLedger, AccountTestInvoicingHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_ledger()
        cls._create_user("group_collection_user", login="collector_http")
        cls._create_user("group_collection_manager", login="manager_http")
        cls.portal = new_test_user(
            cls.env,
            "portal_http",
            groups="base.group_portal",
            company_id=cls.company.id,
        )
        cls.company.name = "Müller & Söhne"
        cls.invoice = cls._create_claim(1234, 30, today=cls._get_today())
        cls.env.cr.flush()
        cls.case = cls.env["collection.case"].search(
            [("partner_id", "=", cls.debtor.id)]
        )
        collector = cls.env["res.users"].search([("login", "=", "collector_http")])
        action = (
            cls.env["collection.export"]
            .with_user(collector)
            ._offer("call_list", cls.case.with_user(collector))
        )
        cls.url = action["url"]

    @classmethod
    def _get_today(cls):
        return cls.company._get_collection_today()

    def test_streamed_to_who_asked(self):
        self.authenticate("collector_http", "collector_http")
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], KIND)
        disposition = response.headers["Content-Disposition"]
        self.assertIn("attachment", disposition)
        self.assertIn("M%C3%BCller%20S%C3%B6hne%20-%20Call%20List", disposition)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        self.assertEqual(book.worksheets[0]["A1"].value, "Müller & Söhne")
        self.assertEqual(book.worksheets[1]["B6"].value, self.invoice.name)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_nobody_else_gets_it(self):
        for login in "manager_http", "portal_http":
            self.authenticate(login, login)
            response = self.url_open(self.url, allow_redirects=False)
            self.assertEqual(response.status_code, 403, login)
            self.assertNotIn(b"PK\x03\x04", response.content)
        self.authenticate(None, None)
        response = self.url_open(self.url, allow_redirects=False)
        self.assertEqual(response.status_code, 303, "log in first")

    def test_gone(self):
        self.authenticate("collector_http", "collector_http")
        url = self.url.rsplit("/", 1)[0]
        self.assertEqual(self.url_open(f"{url}/999999999").status_code, 404)

    @mute_logger("odoo.http")
    def test_refused_with_a_message(self):
        """What became impossible since is said in words."""
        exports_sudo = self.env["collection.export"].sudo()
        exports_sudo.browse(int(self.url.rsplit("/", 1)[1])).write(
            {"kind": "plans", "selected_model": "collection.plan", "selected_ids": [0]}
        )
        self.authenticate("collector_http", "collector_http")
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 422)
        self.assertIn("None of these plans is running", response.text)
