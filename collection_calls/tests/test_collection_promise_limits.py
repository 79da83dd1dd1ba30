"""Limits of the company, protection, and what is refused with which words."""

from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.collection_calls.hooks import _follow_up_again

from .common import TODAY, CollectionCallsAccountant, CollectionCallsPromiseCommon

AFTER = date(2026, 3, 24)
CONFIRM = "collection_calls.mail_activity_type_confirm_promise"


@tagged("post_install", "-at_install")
class TestPromiseLimits(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "collection_promise_horizon_days": 30,
                "collection_promise_min_share": 20,
                "collection_promise_max_in_row": 2,
                "collection_confirmer_id": cls.manager.id,
            }
        )

    def _get_requests(self, promise):
        return promise.sudo().activity_search([CONFIRM])

    def _assert_accepted(self, promise):
        self.assertFalse(promise.needs_confirmation)
        self.assertFalse(promise.limit_note)
        self.assertFalse(self._get_requests(promise))

    def _assert_refused(self, promise, note):
        self.assertTrue(promise.needs_confirmation)
        self.assertIn(note, promise.limit_note)

    def test_horizon(self):
        self._assert_accepted(self._promise(self.invoice, days=30))
        promise = self._promise(self.invoice, days=31)
        self._assert_refused(promise, "31 days ahead")

    def test_horizon_counts_a_longer_tolerance(self):
        promise = self._promise(self.invoice, days=30, tolerance_days=12)
        self._assert_refused(promise, "40 days ahead")

    def test_share(self):
        self._assert_accepted(self._promise(self.invoice, amount=200))
        self._assert_refused(self._promise(self.invoice, amount=199), "least")

    def test_share_of_what_is_open(self):
        self._receive(self.invoice, 500)
        self._assert_accepted(self._promise(self.invoice, amount=100))

    def test_in_a_row(self):
        self._assert_accepted(self._promise(self.invoice))
        self._assert_accepted(self._promise(self.invoice))
        self._assert_refused(self._promise(self.invoice), "promise number 3")

    def test_kept_ends_the_row(self):
        self._promise(self.invoice, amount=500)
        kept = self._promise(self.invoice, amount=500)
        self._receive(self.invoice, 500)
        self._assert_verdict(kept, "kept")
        self._assert_accepted(self._promise(self.invoice))

    def test_promise_about_to_be_superseded_counts(self):
        """The preview in the call says what will be noted when it ends."""
        claims = self.invoice._get_collection_claims()
        for number in range(3):
            self.assertEqual(claims._count_promises_in_a_row(superseding=True), number)
            self._promise(self.invoice)
        self.assertEqual(claims._count_promises_in_a_row(), 2)

    def test_preview_counts_the_standing_promise(self):
        self._promise(self.invoice)
        self._promise(self.invoice)
        call = self._log(
            outcome=self.promise,
            right_party_verified=True,
            verified_by="address",
            claim_ids=self._as_claims(self.invoice),
        )
        call.claim_ids.write({"promised_amount": 1000, "promised_date": TODAY})
        self.assertIn("promise number 3", call.promise_limit_note)

    def test_first_manager_is_asked_if_none_was_chosen(self):
        admins = self.env.ref("collection_calls.group_collection_manager").all_user_ids
        (admins - self.manager).company_ids -= self.company
        self._create_user("group_collection_manager", login="later")
        gone = self._create_user("group_collection_manager", login="gone")
        gone.active = False
        for chosen in (self.env["res.users"], gone, self.collector):
            self.company.collection_confirmer_id = chosen
            request = self._get_requests(self._promise(self.invoice, days=60))
            self.assertEqual(request.user_id, self.manager)

    def test_no_limits(self):
        self.company.write(
            {
                "collection_promise_horizon_days": 0,
                "collection_promise_min_share": 0,
                "collection_promise_max_in_row": 0,
            }
        )
        for _time in range(4):
            self._assert_accepted(self._promise(self.invoice, amount=1, days=500))

    def test_confirmed_by_a_manager(self):
        promise = self._promise(self.invoice, days=60)
        self.assertFalse(self.invoice.no_followup)
        request = self._get_requests(promise)
        self.assertEqual(len(request), 1)
        self.assertEqual(request.user_id, self.manager)
        promise.with_user(self.manager).action_confirm()
        self.assertFalse(promise.needs_confirmation)
        self.assertEqual(promise.confirmed_by_id, self.manager)
        self.assertTrue(self.invoice.no_followup)
        self.assertFalse(self._get_requests(promise))

    def test_promised_to_a_manager(self):
        promise = self._promise(self.invoice, days=60, user=self.manager)
        self.assertFalse(promise.needs_confirmation)
        self.assertTrue(promise.limit_note)
        self.assertEqual(promise.confirmed_by_id, self.manager)
        self.assertTrue(self.invoice.no_followup)
        self.assertFalse(self._get_requests(promise))

    def test_request_ends_with_the_promise(self):
        promise = self._promise(self.invoice, days=60)
        self._receive(self.invoice, 1000)
        self._assert_verdict(promise, "kept")
        self.assertFalse(self._get_requests(promise))

    def test_requests_and_checks_are_two_things(self):
        promise = self._promise(self.invoice, days=60)
        self._receive_on_account(1000)
        self._evaluate_on(promise, TODAY + timedelta(63))
        self._assert_verdict(promise, "to_check")
        promise.with_user(self.manager).action_confirm()
        left = promise.sudo().activity_ids
        check = "collection_calls.mail_activity_type_check_promise"
        self.assertEqual(left.activity_type_id, self.env.ref(check))


@tagged("post_install", "-at_install")
class TestPromiseProtection(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def test_set_at_once(self):
        """Not only because something else in the transaction asked for it."""
        self.env.cr.precommit.clear()
        self._promise(self.invoice)
        self.assertTrue(self.invoice.no_followup)
        self.assertTrue(self.invoice.collection_no_followup)

    def test_put_back(self):
        promise = self._promise(self.invoice)
        self._evaluate_on(promise, AFTER)
        self.assertFalse(self.invoice.no_followup)
        self.assertFalse(self.invoice.collection_no_followup)

    def test_mark_of_a_person_stays(self):
        self.invoice.no_followup = True
        lines = self._get_line_commands(self._get_receivables(self.invoice))
        promise = self._promise(self.invoice, line_ids=lines)
        self.assertFalse(self.invoice.collection_no_followup)
        self._evaluate_on(promise, AFTER)
        # Nobody asks for what a person left out, so nobody broke their word.
        self._assert_verdict(promise, "open")
        self.assertEqual(promise.held_code, "left_out")
        self.assertTrue(self.invoice.no_followup)

    def _decide(self, record, excluded):
        """What a person does on the screen."""
        record.with_user(self.accountant).no_followup = excluded
        self.env.cr.flush()

    def test_put_back_by_a_person(self):
        """Neither the next event nor the end of the promise knows better."""
        promise = self._promise(self.invoice)
        self._decide(self.invoice, False)
        self._receive(self.invoice, 100)
        self._assert_verdict(promise, "open", paid=100)
        self.assertFalse(self.invoice.no_followup)
        self._evaluate_on(promise, AFTER)
        self.assertFalse(self.invoice.no_followup)
        self.assertFalse(self.invoice.collection_followup_by_person)
        with self._at(AFTER):
            self._promise(self.invoice)
        self.assertTrue(self.invoice.no_followup, "a new promise, a new start")

    def test_excluded_by_a_person_while_promised(self):
        promise = self._promise(self.invoice)
        for excluded in (False, True):
            self._decide(self._get_receivables(self.invoice), excluded)
        self.assertFalse(self.invoice.collection_no_followup)
        _follow_up_again(self.env)  # what uninstalling does to invoices
        self.assertTrue(self.invoice.no_followup)
        self._evaluate_on(promise, AFTER)
        self.assertTrue(self.invoice.no_followup)

    def test_uninstalled_while_promised(self):
        self._promise(self.invoice)
        _follow_up_again(self.env)  # what uninstalling does to invoices
        self.assertFalse(self.invoice.no_followup)

    def test_figures_count_what_is_promised(self):
        self.assertEqual(self.debtor.collection_overdue_amount, 1000)
        self._promise(self.invoice)
        self.debtor.invalidate_recordset()
        self.assertTrue(self.invoice.no_followup)
        self.assertEqual(self.debtor.collection_overdue_amount, 1000)
        self.assertEqual(self.debtor.collection_overdue_count, 1)
        self.assertTrue(self.invoice.collection_is_overdue)
        overdue = self.env["account.move"].search([("collection_is_overdue", "=", 1)])
        self.assertIn(self.invoice, overdue)


@tagged("post_install", "-at_install")
class TestPromiseRefused(CollectionCallsAccountant, CollectionCallsPromiseCommon):
    def _refuse(self, message, moves=None, error=ValidationError, **vals):
        with self._refused(error, message):
            self._promise(moves or self.invoice, **vals)

    def test_no_claim(self):
        self._refuse("at least one invoice", line_ids=[])

    def test_no_amount(self):
        claim = self.invoice._get_collection_claims()
        for amount in (0, -5):
            line = {"move_line_id": claim.id, "amount": amount}
            self._refuse("above zero", line_ids=[Command.create(line)])

    def test_more_than_is_open(self):
        self._refuse("of which only", amount=1000.01)
        self._receive(self.invoice, 400)
        self._refuse("of which only", amount=601)

    def test_past_day(self):
        self._refuse("is past", days=-1)

    def test_made_in_the_future(self):
        """It would seem to be fewer days ahead."""
        tomorrow = TODAY + timedelta(1)
        self._refuse("Nobody has promised", days=40, date_made=tomorrow)
        yesterday = self._promise(self.invoice, date_made=TODAY - timedelta(1))
        self.assertEqual(yesterday.date_made, TODAY - timedelta(1))

    def test_no_day(self):
        self._refuse("Ask for the day", error=UserError, date_promised=False)

    def test_no_debtor(self):
        self._refuse("Choose the debtor", error=UserError, partner_id=False)

    def test_claim_of_another_debtor(self):
        other = self._create_claim(10, 5, partner=self._create_debtor("Other"))
        self._refuse("is no open claim on Müller", other, partner_id=self.debtor.id)

    def test_claim_that_is_no_claim(self):
        income = self.invoice.line_ids.filtered("credit")
        self._refuse("is no open claim", line_ids=self._get_line_commands(income))

    def test_paid_claim(self):
        lines = self._get_line_commands(self.invoice._get_collection_claims())
        self._receive(self.invoice, 1000)
        self._refuse("above zero", line_ids=lines)

    def test_two_currencies(self):
        chf = self.setup_other_currency("CHF")
        other = self._create_claim(10, 5, currency_id=chf.id)
        self._refuse("one currency", self.invoice + other)

    def test_contact_of_another_debtor(self):
        stranger = self.env["res.partner"].create({"name": "Herr Fremd"})
        self._refuse("doesn't belong to", contact_id=stranger.id)

    def test_negative_tolerance(self):
        self._refuse("can't be negative", tolerance_days=-1)

    def test_contact_stands_for_the_debtor(self):
        promise = self._promise(self.invoice, partner_id=self.contact.id)
        self.assertEqual(promise.partner_id, self.debtor)
        self.assertEqual(promise.contact_id, self.contact)
