from datetime import date

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

from .common import TODAY, CollectionCallsLedger

ONGOING_CALLS = "/odoo/action-collection_calls.collection_call_action_ongoing"


@tagged("post_install", "-at_install")
class TestCollectionTour(CollectionCallsLedger, AccountTestInvoicingHttpCommon):
    """Journeys in a real browser, as a collector.

    The browser has its own clock, so these tests use days that are past or far off; at
    most the server's is set.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_ledger()
        cls._create_user("group_collection_user", login="collector_tour")
        cls.debtor.ref = "C4711"
        cls.contact.email = "weber@mueller.example"
        cls.invoice = cls._create_claim(1234, 10, today=date(2020, 3, 10))

    def _tour(self, name, path="/odoo"):
        self.start_tour(path, f"collection_calls_{name}", login="collector_tour")
        self.env.invalidate_all()
        calls = self.env["collection.call"].sudo()  # the env's user is no collector
        return calls.search([("partner_id", "=", self.debtor.id)])

    def test_log_call(self):
        """From the overdue customer to the call on the invoice and the activity."""
        call = self._tour("log_call")
        self.assertEqual(call.state, "done")
        self.assertEqual(call.outcome_id, self.promise)
        self.assertEqual(call.claim_ids.move_id, self.invoice)
        self.assertEqual(call.promise_ids.amount, 1234)
        self.assertEqual(call.promise_ids.date_promised, date(2099, 1, 15))
        self.assertEqual(
            self._get_next_call(call.case_id), date(2099, 1, 14), "the day before"
        )

    def test_five_steps(self):
        """A whole conversation: verified, paid on Fridays, promises for Saturday."""
        self.debtor.is_company = False  # nobody asks a company on which day it is paid
        call = self._tour("five_steps")
        self.assertEqual(call.state, "done")
        self.assertEqual(call.outcome_id, self.promise)
        self.assertEqual(call.verified_by, "address")
        self.assertEqual(call.statement, "Started a new job")
        self.assertEqual(call.promise_ids.date_promised.weekday(), 5)
        self.assertEqual(call.claim_ids.move_id, self.invoice)
        self.assertEqual(call.answer_ids.mapped("answer_weekday"), [False, "4", False])
        self.assertEqual(call.answer_ids[2].answer_text, "Half of it")
        self.assertTrue(call.contact_confirmed)
        self.assertEqual(self._get_next_call(call.case_id), call.next_call_date)

    def test_from_the_promise_to_the_kept_badge(self):
        """Promised to the collector, paid in the accountant's own dialog."""
        self.debtor.is_company = False  # as above: only people have a payday
        promise = self._tour("five_steps").promise_ids
        self.assertEqual((promise.state, promise.amount), ("open", 1234))
        self._create_user("account.group_account_invoice", login="accountant_tour")
        self.start_tour(
            f"/odoo/customer-invoices/{self.invoice.id}",
            "collection_calls_promise_kept",
            login="accountant_tour",
        )
        self.env.invalidate_all()
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 1234))

    def test_installments_from_the_debtor_to_the_accepted_schedule(self):
        call = self._tour("plan_in_call", f"/odoo/res.partner/{self.debtor.id}")
        plan = call.plan_ids
        self.assertEqual((call.state, plan.state), ("done", "active"))
        self.assertEqual(plan.installment_ids.mapped("amount"), [308.5] * 4)
        first, second = plan.installment_ids[:2].mapped("date_due")
        self.assertEqual((second - first).days, 7)
        self.assertTrue(self.invoice.no_followup)
        self.assertFalse(plan.letter_ids, "the call confirms it")

    def test_from_the_missed_installment_to_the_accelerated_plan(self):
        """What the collector sees before the night, and what the night does."""
        plan = self._import_plan_with_a_missed_installment()
        self._tour("plan_missed", f"/odoo/res.partner/{self.debtor.id}")
        self.assertEqual(plan.state, "active")
        with self.enter_registry_test_mode():
            self.env.ref("collection_calls.ir_cron_run_plans").method_direct_trigger()
        self._tour("plan_accelerated", f"/odoo/collection.plan/{plan.id}")
        self.assertEqual(plan.state, "accelerated")
        kinds = plan.event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["activated", "missed", "accelerated"])
        self.assertEqual(plan.letter_ids.mapped("kind"), ["acceleration"])

    def _import_plan_with_a_missed_installment(self):
        """A plan that began long ago: the first of three installments was paid."""
        days = [date(2020, 4, 1), date(2020, 5, 1), date(2099, 6, 1)]
        plans = self.env["collection.plan"].sudo()  # only imports look back
        plan = plans.create(
            {
                "partner_id": self.debtor.id,
                "contact_id": self.contact.id,
                "claim_ids": [
                    {"move_line_id": claim.id}
                    for claim in self.invoice._get_collection_claims()
                ],
                "installment_ids": [
                    {"date_due": day, "amount": amount}
                    for day, amount in zip(days, [400, 400, 434], strict=True)
                ],
            }
        )
        plan.date_activated = date(2020, 3, 15)
        plan.action_activate()
        self._pay(self.invoice, 400, payment_date=days[0])
        self.env.cr.flush()
        return plan

    def test_three_debtors_in_a_session(self):
        """Voicemail, a promise and a plan: the list shrinks, the next dates appear."""
        calls = self._call_three_debtors()
        first, second, third = calls.sorted("id")
        today = self.company._get_collection_day(first.date_end)
        self.assertEqual(calls.mapped("state"), ["done"] * 3)
        self.assertGreater(first.case_id.next_call_date, today, "tried again")
        promised = second.promise_ids.date_promised
        self.assertEqual(second.case_id.situation, "promised")
        self.assertEqual(
            second.case_id.next_call_date,
            self.company._get_collection_working_day_before(promised),
        )
        self.assertEqual(third.plan_ids.state, "active")
        self.assertEqual(third.case_id.situation, "on_plan")

    def test_start_page(self):
        """Tile, list, back, bar, list, back, all, and off to the calls."""
        manager = self._create_user("group_collection_manager", login="manager_tour")
        for name in "First", "Second":
            debtor = self._create_debtor(f"{name} Ltd", phone="030 23125 042")
            self._create_claim(500, 10, partner=debtor, today=date(2020, 3, 10))
        self.env.cr.flush()
        debtor.sudo().collection_case_id.user_id = manager
        self.env.cr.flush()
        call = self._tour("overview")
        self.assertFalse(call.filtered(lambda call: call.state != "cancelled"))

    def _call_three_debtors(self):
        """:return: the calls that the collector held"""
        self.invoice.line_ids.no_followup = True  # who else owes is left alone
        long_ago = date(2020, 3, 10)
        debtors = self.env["res.partner"]
        for name, amount in ("First", 90000), ("Second", 4000), ("Third", 100):
            debtor = self._create_debtor(f"{name} Ltd", street="Way 1", city="Berlin")
            debtor.phone = "030 23125 042"
            self._create_claim(amount, 10, partner=debtor, today=long_ago)
            debtors |= debtor
        self.env.cr.flush()
        user = self.env["res.users"].search([("login", "=", "collector_tour")])
        debtors.sudo().collection_case_id.user_id = user
        self.env.cr.flush()
        self._tour("session", "/odoo/action-collection_calls.collection_case_action")
        calls = self.env["collection.call"].sudo()
        return calls.search([("partner_id", "in", debtors.ids)])

    def test_policy_of_business_hours(self):
        """The one that is shipped: in the morning, and at night in spite of it."""
        policy = self.env.ref("collection_calls.collection_contact_policy_business")
        policy.sudo().active = True
        self.env.cr.flush()
        call_list = "/odoo/action-collection_calls.collection_case_action"
        with freeze_time(f"{TODAY} 09:00:00", tick=True):  # 10:00 in Berlin
            prepared = self._tour("policy_morning", call_list)
        self.assertEqual(prepared.state, "cancelled", "nobody dialled")
        with freeze_time(f"{TODAY} 20:30:00", tick=True):
            call = self._tour("policy", call_list) - prepared
        self.assertEqual(call.policy_override_reason, "Asked us to call at night")
        self.assertIn("21:30 there (Berlin)", call.policy_breaches)
        self.assertTrue(call.is_against_policy)

    def test_voicemail_in_two_clicks(self):
        call = self._tour("voicemail")
        voicemail = self.env.ref("collection_calls.collection_call_outcome_voicemail")
        self.assertEqual((call.state, call.outcome_id), ("done", voicemail))
        self.assertTrue(self._get_next_call(call.case_id))

    def test_three_wishes_in_two_clicks_each(self):
        call = self._tour(
            "wishes", "/odoo/action-collection_calls.collection_case_action"
        )
        hours, lawyer, number = call.right_ids.sorted("id")
        self.assertEqual(hours.hours_ids.mapped("weekday"), list("01234"))
        self.assertEqual(lawyer.representative_id.name, "Dr. Kern")
        self.assertEqual(lawyer.wording, "Ask Dr. Kern")
        self.assertEqual(number.number_e164, call.phone_e164)

    def test_call_back_in_two_clicks(self):
        call = self._tour("call_back")
        call_back = self.env.ref("collection_calls.collection_call_outcome_call_back")
        self.assertEqual((call.state, call.outcome_id), ("done", call_back))
        tomorrow = self.company._get_collection_working_day(
            self.company._get_collection_day(call.date_end), 1
        )
        self.assertEqual(self._get_next_call(call.case_id), tomorrow)
        self.assertFalse(call.next_call_time)

    def test_call_back_on_another_day(self):
        call = self._tour("call_back_later")
        self.assertEqual(call.state, "done")
        self.assertEqual(self._get_next_call(call.case_id), date(2099, 1, 15))
        self.assertEqual(call.next_call_time, 10.5)

    def test_resume_after_the_browser_was_closed(self):
        call = self._tour("leave_browser")
        self.assertEqual(call.state, "ongoing")
        self.assertEqual(self._tour("resume", ONGOING_CALLS), call)
        self.assertEqual(call.state, "done")
        self.assertEqual(call.statement, "The roof leaks")


@tagged("post_install", "-at_install")
class TestCollectionUnits(HttpCase):
    def test_units_in_the_browser(self):
        """The Hoot tests of our components. As admin, who alone may run them."""
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={self._get_suite_id('@collection_calls')}",
            code="",
            ready="",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    def _get_suite_id(self, suite):
        """How Hoot names a suite: a 32-bit hash of its path."""
        number = 0
        for character in suite:
            number = ((number << 5) - number + ord(character)) & 0xFFFFFFFF
        return f"{number:08x}"
