from datetime import date

from odoo.tests import tagged

from .common import CollectionCallsAccountant, CollectionCallsCaseCommon

SAID = "The new desk has arrived.\nAll of it is paid on Friday, without fail."


@tagged("post_install", "-at_install")
class TestCollectionPurpose(CollectionCallsAccountant, CollectionCallsCaseCommon):
    """Why this call: told in each step, from what is true now."""

    def _tell(self, record=None):
        """{label: line} of the bar."""
        self.env.cr.flush()
        self.env.invalidate_all()
        record = record or self._get_case()
        return {line.label: line for line in record._get_purpose()}

    def _open(self):
        action = self._get_case().action_start_call()
        wizard = self.env[action["res_model"]].with_user(self.collector)
        return wizard.browse(action["res_id"])

    def test_first_call(self):
        told = self._tell()
        self.assertEqual(told["Why"].text, "First call")
        self.assertEqual(set(told), {"Why"})

    def test_all_that_there_is_to_do(self):
        case = self._get_case()
        for summary in ("Ask for the slip", "DISP/1 was rejected: tell the debtor"):
            case._schedule_call(date(2026, 3, 10), self.collector, summary)
        line = self._tell()["Why"]
        told = {line.text, *line.more}
        self.assertIn("Ask for the slip", told)
        self.assertIn("DISP/1 was rejected: tell the debtor", told)

    def test_who_calls_us_says_why(self):
        action = self.debtor.with_user(self.collector).action_take_collection_call()
        wizard = self.env["collection.call.wizard"].browse(action["res_id"])
        line = self._tell(wizard.sudo().call_id.with_user(self.collector))["Why"]
        self.assertEqual(line.text, "They call us.")
        self.assertEqual(line.more, ("First call",))

    def test_promise_and_its_fate(self):
        promise = self._promise(self.invoice, 450, days=2)
        self.assertEqual(
            self._tell()["Promised"].text,
            "$\N{NO-BREAK SPACE}450.00 for 03/12/2026 · Open",
        )
        self._receive(self.invoice, 200, day=date(2026, 3, 11))
        self._evaluate_on(promise, date(2026, 3, 20))
        line = self._tell()["Promised"]
        self.assertEqual(
            line.text,
            "$\N{NO-BREAK SPACE}450.00 for 03/12/2026 · Partly Kept,"
            " $\N{NO-BREAK SPACE}200.00 came",
        )
        self.assertEqual(line.tone, "danger")

    def test_dispute_and_rejection(self):
        dispute = self._dispute(300)
        dispute.statement = "It arrived broken"
        line = self._tell()["Dispute"]
        self.assertIn("$\N{NO-BREAK SPACE}300.00 of", line.text)
        self.assertEqual(line.more, ("It arrived broken",))
        dispute.action_reject("It was tested")
        told = self._tell()
        self.assertIn("Rejected on 03/10/2026: It was tested", told["Dispute"].text)
        self.assertIn("was rejected: tell the debtor", told["Why"].text)
        self._receive(self.invoice)
        self.assertNotIn("Dispute", self._tell())

    def test_contact_rights(self):
        self.env["collection.contact.right"].with_user(self.collector).create(
            {"kind": "in_writing", "partner_id": self.debtor.id, "wording": "Write!"}
        )
        self.assertIn("“Write!”", self._tell()["Rights"].text)

    def test_last_conversation_in_full_with_what_came_of_it(self):
        with self._at(date(2026, 3, 2)):
            call = self._log(
                outcome=self.promise,
                contact_id=self.contact.id,
                verified_by="address",
                statement=SAID,
                next_call_date=date(2026, 3, 6),
            )
            call.claim_ids = self._as_claims(self.invoice)
            call.claim_ids.write(
                {"promised_amount": 1000, "promised_date": date(2026, 3, 6)}
            )
            call.action_done()
        self._call_on(date(2026, 3, 9), statement=False)  # nobody answered
        line = self._tell()["Last"]
        self.assertIn("Frau Weber · Promises to pay · “The new desk", line.text)
        self.assertIn("without fail", line.text)
        self.assertIn("$\N{NO-BREAK SPACE}1,000.00 for 03/06/2026 · Open", line.more)
        self.assertIn(self.collector.name, line.more[-1])
        dossier = self._open().dossier
        self.assertEqual(dossier.count("without fail"), 2, "cut, and whole on a click")
        self.assertIn("$\N{NO-BREAK SPACE}1,000.00 for 03/06/2026 · Open", dossier)

    def test_each_step_and_the_case_tell_it(self):
        wizard = self._open()
        self.assertIn("First call", wizard.purpose)
        self.assertIn("First call", self._get_case().purpose)
        wizard.action_next()
        self.assertIn("First call", wizard.purpose)
        self._promise(self.invoice, 450, days=2)
        wizard.verified_by = "position"
        wizard.action_next()
        self.assertIn("450.00", wizard.purpose)

    def test_home_of_the_collector(self):
        self._promise(self.invoice, 450, days=2)
        self._speak_on(date(2026, 3, 9))
        case = self._get_case()
        self.assertIn(self.invoice.name, case.dossier)
        counts = ("call", "claim", "promise", "plan", "dispute")
        self.assertEqual([case[f"{name}_count"] for name in counts], [1, 1, 1, 0, 0])
        items = case.action_view_claims()
        self.assertEqual(
            self.env[items["res_model"]].search(items["domain"]).move_id, self.invoice
        )
