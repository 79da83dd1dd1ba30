from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionCallPromise(CollectionCallsWizardCommon):
    """From what is said on the telephone to promises in the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_claim(500, days_overdue=5)

    def _solve(self):
        wizard = self._go_to("solve")
        wizard.outcome_id = self.promise
        return wizard, wizard.call_id

    def test_whole_residual_is_proposed(self):
        wizard, call = self._solve()
        wizard.write({"payment_date": date(2026, 3, 13), "payment_method": "card"})
        self.assertEqual(call.claim_ids.mapped("promised_amount"), [1000, 500])
        self.assertEqual(
            call.claim_ids.mapped("promised_date"), [date(2026, 3, 13)] * 2
        )
        wizard.action_next()
        self.assertIn("You pay $&nbsp;1,500.00 by Friday, March 13, 2026", wizard.recap)
        wizard.action_done()
        promise = call.promise_ids
        self.assertEqual(promise.amount, 1500)
        self.assertEqual(promise.date_promised, date(2026, 3, 13))
        self.assertEqual(promise.contact_id, self.contact)
        self.assertEqual(promise.payment_method, "card")
        self.assertEqual(promise.line_ids.move_id, self.invoice | self.second)
        self.assertEqual(promise.user_id, self.collector)
        self.assertEqual(promise.state, "open")
        self.assertFalse(any(call.claim_ids.mapped("promised_amount")), "noted once")
        self.assertTrue(self.invoice.no_followup)
        self.assertEqual(self._get_next_call(call.case_id), date(2026, 3, 12))

    def test_nobody_is_reminded_of_what_is_paid(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        call.claim_ids[1].promised_date = date(2026, 3, 20)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(self._get_next_call(call.case_id), date(2026, 3, 12))
        self._pay(self.invoice, 1000)
        self.env.cr.flush()
        self.assertTrue(self._get_next_call(call.case_id), "the other promise stands")
        self._pay(self.second, 500)
        self.env.cr.flush()
        self.assertFalse(self._get_next_call(call.case_id))
        done = call.with_context(active_test=False).next_activity_id
        self.assertFalse(done.active)

    def test_several_promises_at_once(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        first, second = call.claim_ids
        first.promised_amount = 400
        second.promised_date = date(2026, 3, 20)
        wizard.action_next()
        wizard.action_done()
        promises = call.promise_ids.sorted("date_promised")
        self.assertEqual(promises.mapped("amount"), [400, 500])
        self.assertEqual(
            promises.mapped("date_promised"), [date(2026, 3, 13), date(2026, 3, 20)]
        )

    def test_no_day_no_promise(self):
        wizard, call = self._solve()
        for go_on in (wizard.action_next, wizard.action_done):
            with self._refused(ValidationError, "needs a day"):
                go_on()
        self.assertEqual(call.state, "ongoing")
        self.assertFalse(call.promise_ids)

    def test_no_amount_no_promise(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        call.claim_ids.promised_amount = 0
        with self._refused(ValidationError, "needs an amount"):
            call._check_promises()

    def test_more_than_open(self):
        _wizard, call = self._solve()
        with self._refused(ValidationError, "is open. Enter how much of it"):
            call.claim_ids[0].promised_amount = 1000.01

    def test_another_outcome_promises_nothing(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        wizard.outcome_id = self.no_commitment
        wizard.action_next()
        wizard.action_done()
        self.assertFalse(call.promise_ids)
        self.assertFalse(any(call.claim_ids.mapped("promised_amount")))

    def test_typed_amount_survives_a_change_of_mind(self):
        wizard, call = self._solve()
        call.claim_ids[0].promised_amount = 300
        wizard.outcome_id = self.dispute
        wizard.outcome_id = self.promise
        self.assertEqual(call.claim_ids[0].promised_amount, 300)

    def test_typed_day_survives_another_day(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        call.claim_ids[0].promised_date = date(2026, 3, 20)
        wizard.payment_date = date(2026, 3, 16)
        self.assertEqual(
            call.claim_ids.mapped("promised_date"),
            [date(2026, 3, 20), date(2026, 3, 16)],
        )

    def test_what_was_paid_meanwhile_is_no_promise(self):
        wizard, call = self._solve()
        self._pay(self.second, 500)
        call.claim_ids[1].unlink()
        call._add_claims(self.second.line_ids.filtered("date_maturity"))
        wizard.payment_date = date(2026, 3, 13)
        with self._refused(ValidationError, "0.00 is open"):
            call.claim_ids[1].promised_amount = 5
        self.assertFalse(call.promise_limit_note)

    def test_logged_promise_is_confirmed_in_writing(self):
        call = self._log(
            outcome=self.promise,
            verified_by="address",
            contact_id=self.contact.id,
            payment_date=date(2026, 3, 13),
            claim_ids=self._as_claims(self.invoice),
        )
        call.action_done()
        self.assertEqual(call.promise_ids.amount, 1000)
        self.assertEqual(call.confirmation_state, "to_send")

    def test_what_was_said_is_not_for_everybody(self):
        wizard, call = self._solve()
        wizard.write({"payment_date": date(2026, 3, 13), "debt_acknowledged": "partly"})
        wizard.action_next()
        wizard.action_done()
        message = call.sudo().confirmation_message_id
        self.assertIn("a part of the claim", message.body)
        clerk = self._create_user("account.group_account_invoice")
        self.assertTrue(call.with_user(clerk).name)
        with self.assertRaises(AccessError):
            message.with_user(clerk).read(["body"])
        self.assertTrue(message.with_user(self.collector).read(["body"]))

    def test_cancelled_call_takes_everything_back(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        wizard.action_next()
        wizard.action_done()
        self.assertTrue(self.invoice.no_followup)
        call.with_user(self.manager).action_cancel("Wrong debtor")
        self.assertEqual(call.promise_ids.state, "void")
        self.assertFalse(self.invoice.no_followup)
        self.assertFalse(call.case_id._get_call_activities())
        notification = call.sudo().confirmation_message_id.notification_ids
        self.assertEqual(notification.notification_status, "canceled")
        self.assertEqual(notification.mail_mail_id.state, "cancel")

    def test_limits_are_told_while_talking(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        self.assertFalse(call.promise_limit_note)
        wizard.payment_date = date(2026, 5, 20)
        self.assertIn("71 days ahead", call.promise_limit_note)
        wizard.action_next()
        self.assertIn("before it is binding", wizard.recap)
        wizard.action_done()
        self.assertTrue(call.promise_ids.needs_confirmation)

    def test_open_promise_is_in_the_dossier(self):
        wizard, call = self._solve()
        wizard.payment_date = date(2026, 3, 13)
        wizard.action_next()
        wizard.action_done()
        self.assertIn(call.promise_ids.name, self._open().dossier)
        self.assertIn(call.promise_ids.name, self.debtor.collection_promise_note)
        self.assertIn(call.promise_ids.name, self.invoice.collection_promise_note)


@tagged("post_install", "-at_install")
class TestCollectionCallDispute(CollectionCallsWizardCommon):
    """From an objection on the telephone to a dispute with an owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")

    def _object(self):
        wizard = self._go_to("solve")
        wizard.write({"outcome_id": self.dispute.id, "statement": "The doors jam."})
        return wizard, wizard.call_id

    def test_part_of_an_invoice(self):
        wizard, call = self._object()
        self.assertEqual(
            call.claim_ids.disputed_amount, 1000, "the only one: all of it"
        )
        call.claim_ids.disputed_amount = 400
        with self._refused(ValidationError, "needs a reason"):
            wizard.action_next()
        wizard.reason_id = self.quality
        wizard.action_next()
        self.assertIn("$&nbsp;400.00 of INV/2026/00001 is in dispute.", wizard.recap)
        wizard.action_done()
        dispute = call.dispute_ids
        self.assertEqual(dispute.amount, 400)
        self.assertEqual(dispute.reason_id, self.quality)
        self.assertEqual(dispute.statement, "The doors jam.")
        self.assertEqual(dispute.state, "open")
        self.assertFalse(call.claim_ids.disputed_amount, "noted once")
        self.assertIn(dispute.name, self._open().dossier)

    def test_which_invoice(self):
        self._create_claim(500, days_overdue=5)
        wizard, call = self._object()
        wizard.reason_id = self.quality
        with self._refused(ValidationError, "of which invoice"):
            wizard.action_next()
        call.claim_ids[1].disputed_amount = 500
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(call.dispute_ids.move_id, call.claim_ids[1].move_id)

    def test_the_rest_is_promised(self):
        wizard, call = self._object()
        call.claim_ids.write(
            {
                "disputed_amount": 400,
                "promised_amount": 600,
                "promised_date": date(2026, 3, 13),
            }
        )
        wizard.reason_id = self.quality
        wizard.action_next()
        self.assertEqual(call.next_call_date, date(2026, 3, 12), "the day before")
        wizard.action_done()
        self.assertEqual(call.dispute_ids.amount, 400)
        self.assertEqual(call.promise_ids.amount, 600)
        call.with_user(self.manager).action_cancel("Logged twice")
        self.assertEqual(call.dispute_ids.state, "withdrawn")
        self.assertEqual(call.promise_ids.state, "void")

    def test_logged_objection_needs_its_reason(self):
        claims = self._as_claims(self.invoice)
        claims[0][2]["disputed_amount"] = 400
        call = self._log(outcome=self.dispute, verified_by="address", claim_ids=claims)
        with self._refused(ValidationError, "needs a reason"):
            call.action_done()
        call.reason_id = self.quality
        call.action_done()
        self.assertEqual(call.dispute_ids.amount, 400)

    def test_not_more_than_open(self):
        _wizard, call = self._object()
        with self._refused(ValidationError, "is open. Enter how much of it"):
            call.claim_ids.disputed_amount = 1000.01
