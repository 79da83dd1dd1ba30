from datetime import date

from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

from .common import CollectionCallsLedger


@tagged("post_install", "-at_install")
class TestCollectionTour(CollectionCallsLedger, AccountTestInvoicingHttpCommon):
    """Journeys in a real browser, as a collector.

    The browser has its own clock, so these tests use days that are past or far off
    instead of freezing today.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_ledger()
        cls.user_collector = cls._create_user(
            "group_collection_user", login="collector_tour"
        )
        cls.invoice = cls._create_claim(1234, 10, today=date(2020, 3, 10))

    def test_log_call(self):
        """From the overdue customer to the call on the invoice and the activity."""
        self.start_tour("/odoo", "collection_calls_log_call", login="collector_tour")
        call = self.env["collection.call"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(call.state, "done")
        self.assertEqual(call.outcome_id, self.promise)
        self.assertEqual(call.claim_ids.move_id, self.invoice)
        self.assertEqual(call.case_id.next_call_date, date(2099, 1, 15))
