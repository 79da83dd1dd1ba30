"""Core's own pages of invoices, where something was agreed on them."""

from datetime import timedelta

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException

from .common import TODAY, CollectionCallsPlanCommon


@tagged("post_install", "-at_install")
class TestPortalInvoices(CollectionCallsPlanCommon, HttpCase):
    """Three overdue invoices: one in a plan, one promised, one that stays overdue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "debtor", "base.group_portal")
        # Core looks for what is overdue by the very partner of the login.
        cls.debtor = cls.user.partner_id
        cls.debtor.write({"country_id": cls.germany.id, "is_company": True})

    def setUp(self):
        super().setUp()
        self.planned = self._create_claim(400, days_overdue=60, partner=self.debtor)
        self.promised = self._create_claim(300, days_overdue=50, partner=self.debtor)
        self.overdue = self._create_claim(200, days_overdue=40, partner=self.debtor)
        self.plan = self._agree(self.planned, count=2)
        self.promise_made = self._promise(self.promised, 100)
        self.env.cr.flush()
        self.authenticate("debtor", "debtor")

    def _search_overdue(self, value=True):
        moves = self.env["account.move"].with_user(self.user)
        ours = self.planned + self.promised + self.overdue
        return moves.search(
            [("collection_is_agreed", "=", value), ("id", "in", ours.ids)], order="id"
        )

    def test_what_is_agreed(self):
        self.assertEqual(self._search_overdue(), self.planned + self.promised)
        self.assertEqual(self._search_overdue(False), self.overdue)
        self.assertTrue(self.planned.collection_is_agreed)
        self.assertFalse(self.overdue.collection_is_agreed)
        self.plan.with_user(self.manager).action_cancel("Agreed on something else")
        self._evaluate_on(self.promise_made, TODAY + timedelta(30))
        self.env.cr.flush()
        self.assertFalse(self._search_overdue())

    def test_home_counts_what_is_overdue(self):
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["overdue_invoice_count"]}
        )
        self.assertEqual(counters["overdue_invoice_count"], 1)

    def test_list(self):
        page = self.url_open("/my/invoices").text
        self.assertIn("In installments until 04/20/2026", page)
        self.assertIn("Promised for 03/20/2026", page)
        self.assertEqual(page.count('title="Pay Now"'), 1)
        self.assertEqual(page.count("/my/plans/"), 1)
        only = self.url_open("/my/invoices?filterby=overdue_invoices").text
        self.assertIn(self.overdue.name, only)
        self.assertNotIn(self.planned.name, only)

    def test_pay_overdue_leaves_it_out(self):
        page = self.url_open("/my/invoices/overdue").text
        self.assertIn("200.00", page)
        self.assertNotIn("900.00", page)
        self._agree(self.overdue)
        self.env.cr.flush()
        page = self.url_open("/my/invoices/overdue")
        self.assertTrue(page.url.endswith("/my/invoices"))
        with self.assertRaises(JsonRpcException), self.assertLogs("odoo.http") as log:
            self.make_jsonrpc_request(
                "/invoice/transaction/overdue", {"payment_reference": "x"}
            )
        self.assertIn("None of your invoices is overdue", log.output[0])

    def test_invoice_says_what_was_agreed(self):
        for invoice, note, url in (
            (self.planned, "In installments until 04/20/2026", "/my/plans/"),
            (self.promised, "Promised for 03/20/2026", "/my/promises/"),
        ):
            for page in (
                self.url_open(invoice.get_portal_url()).text,
                self.url_open(f"{invoice.get_portal_url()}&payment=True").text,
            ):
                self.assertIn(note, page)
                self.assertIn(url, page)
                self.assertNotIn("o_portal_sidebar_timeago", page)
                self.assertNotIn("o_payment_form", page)
                self.assertNotIn("Pay Now", page)
        page = self.url_open(self.overdue.get_portal_url()).text
        self.assertIn("o_portal_sidebar_timeago", page)
        self.assertIn("Pay Now", page)
        self.assertNotIn("invoice_agreed", page)

    def test_an_invoice_hands_out_no_key_to_the_agreement(self):
        """Whoever has the link of an invoice was shown that invoice, and no more."""
        self.plan.sudo()._portal_ensure_token()
        url = self.planned.get_portal_url()
        self.env.flush_all()
        key = self.plan.sudo().access_token
        for page in (self.url_open(url).text, self.url_open("/my/invoices").text):
            self.assertIn(f'href="{self.plan.access_url}"', page)
            self.assertNotIn(key, page)
        self.authenticate(None, None)
        page = self.url_open(url).text
        self.assertIn("In installments until", page)
        self.assertIn("open the link of our message", page)
        self.assertNotIn("/my/plans/", page)
        self.assertNotIn(key, page)

    def test_of_payment_terms_nothing_is_called_overdue(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 10)
                ],
            }
        )
        invoice = self._create_claim(
            100,
            days_overdue=60,
            partner=self.debtor,
            invoice_payment_term_id=terms.id,
        )
        self.env.cr.flush()
        before = invoice._get_invoice_portal_extra_values()
        self.assertEqual(before["installment_state"], "overdue")
        self._agree(invoice)
        self.assertFalse(
            invoice._get_invoice_portal_extra_values()["installment_state"]
        )
        self.assertNotIn(">Overdue<", self.url_open(invoice.get_portal_url()).text)

    def test_list_costs_the_same_for_many(self):
        more = self._create_claim(10, days_overdue=9, partner=self.debtor)
        for _number in range(11):
            more |= self._create_claim(10, days_overdue=9, partner=self.debtor)
        self._agree(more)
        counts = []
        for moves in more, more[:3], more:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            moves.with_user(self.user).mapped("collection_is_agreed")
            for move in moves.with_user(self.user):
                move._get_collection_agreement_sudo()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
