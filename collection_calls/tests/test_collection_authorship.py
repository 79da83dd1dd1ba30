"""Nobody records in another's name, nor long after the event."""

from datetime import date, datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import TODAY, CollectionCallsPlanCommon

DAY = timedelta(1)
NINE = datetime(2026, 3, 10, 8)


@tagged("post_install", "-at_install")
class TestCollectionAuthorship(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._create_user("group_collection_user", login="colleague")
        cls.other = cls.setup_other_company()["company"]
        cls.stranger = cls._create_user("group_collection_user", cls.other)
        cls.portal = new_test_user(
            cls.env,
            "test_portal",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _record_all(self, user, **vals):
        """What there is to record about the debtor, as functions of a user."""
        return {
            "call": lambda: self._log(user, **vals),
            "promise": lambda: self._promise(self.invoice, user=user, **vals),
            "plan": lambda: self._plan(self.invoice, user=user, **vals),
        }

    # ------------------------------------------------------------------------- name

    def test_collectors_record_for_themselves(self):
        named = self._record_all(self.collector, user_id=self.colleague.id)
        for kind, record in named.items():
            with self.subTest(kind), self._refused(ValidationError, "heard yourself"):
                record()
        for record in self._record_all(self.collector).values():
            self.assertEqual(record().user_id, self.collector)

    def test_managers_record_for_colleagues(self):
        named = self._record_all(self.manager, user_id=self.colleague.id)
        for record in named.values():
            made = record()
            self.assertEqual(made.user_id, self.colleague)
            self.assertEqual(made.create_uid, self.manager)
            self.assertIn(f"By {self.manager.name} on", made.recorded_note)

    def test_nobody_takes_a_name_later(self):
        call = self._log()
        plan = self._plan(self.invoice)
        for record in call, plan:
            with self._refused(ValidationError, "heard yourself"):
                record.user_id = self.colleague

    def test_running_plans_are_handed_over(self):
        plan = self._agree()
        plan.user_id = self.colleague
        self.assertEqual(plan.create_uid, self.collector)
        self.assertIn(f"By {self.collector.name} on", plan.recorded_note)

    def test_who_is_named_works_for_the_company(self):
        """Even where a manager or an import names them."""
        for user in self.portal, self.stranger:
            named = self._record_all(self.manager, user_id=user.id)
            for kind, record in named.items():
                with self.subTest(kind):
                    with self._refused(ValidationError, "has no access to"):
                        record()

    def test_who_has_left_is_still_named(self):
        self.colleague.sudo().active = False
        call = self._log(self.manager, user_id=self.colleague.id)
        self.assertEqual(call.user_id, self.colleague)

    # -------------------------------------------------------------------------- day

    def test_how_long_ago(self):
        old = NINE - 4 * DAY
        with self._refused(ValidationError, "is too long ago.*on 03/07/2026 or later"):
            self._log(date_start=old)
        with self._refused(ValidationError, "is too long ago"):
            self._promise(self.invoice, date_made=TODAY - 4 * DAY)
        call = self._log(date_start=NINE - 3 * DAY)
        with self._refused(ValidationError, "is too long ago"):
            call.date_start = old
        self.assertTrue(self._promise(self.invoice, date_made=TODAY - 3 * DAY))
        self.assertTrue(self._log(self.manager, date_start=old))

    def test_the_company_says_how_long(self):
        self.company.collection_backdating_days = 0
        self._log(date_start=NINE - timedelta(hours=8))
        with self._refused(ValidationError, "is too long ago"):
            self._log(date_start=NINE - timedelta(hours=12))
        self.company.collection_backdating_days = 30
        self._log(date_start=NINE - 30 * DAY)

    def test_days_are_the_companys(self):
        """Half past eleven in the evening in Berlin is another day in UTC."""
        self.company.collection_backdating_days = 1
        self._log(date_start=datetime(2026, 3, 8, 23, 30))  # 9 March, 0:30
        with self._refused(ValidationError, "is too long ago"):
            self._log(date_start=datetime(2026, 3, 8, 22, 30))  # 8 March, 23:30

    def test_a_call_that_was_left_open_is_closed(self):
        call = self._log()
        self.clock.move_to("2026-03-31 09:00:00")
        call.action_done()
        self.assertEqual(call.state, "done")

    def test_what_was_promised_in_a_call_that_was_left_open(self):
        """It has the day of the call, and is made when that is closed."""
        outcome = self.env.ref("collection_calls.collection_call_outcome_promise")
        call = self._log(
            outcome=outcome,
            verified_by="address",
            payment_date=date(2026, 4, 2),
            claim_ids=self._as_claims(self.invoice),
        )
        self.clock.move_to("2026-03-31 09:00:00")
        call.action_done()
        self.assertEqual(call.promise_ids.date_made, TODAY)

    # ----------------------------------------------------------------------- claims

    def test_nobody_spoke_about_what_was_not_there(self):
        young = self._create_claim(100, days_overdue=-20)  # of 16 March
        self.clock.move_to("2026-03-17 09:00:00")
        claims = self._as_claims(young)
        with self._refused(ValidationError, "nobody could speak about it"):
            self._log(date_start=datetime(2026, 3, 15, 9), claim_ids=claims)
        call = self._log(date_start=datetime(2026, 3, 16, 9), claim_ids=claims)
        with self._refused(ValidationError, "nobody could speak about it"):
            call.date_start = datetime(2026, 3, 15, 9)
        with self._refused(ValidationError, "nobody could speak about it"):
            self._promise(young, date_made=date(2026, 3, 15))
        self._promise(young, date_made=date(2026, 3, 16))

    def test_what_is_there_today_can_be_spoken_about(self):
        """An invoice that is dated ahead has been sent, perhaps."""
        ahead = self._create_claim(100, days_overdue=-30)  # of 26 March
        self.assertTrue(self._log(claim_ids=self._as_claims(ahead)))
        self.assertTrue(self._promise(ahead, days=30))

    # ---------------------------------------------------------------------- promises

    def test_a_promise_is_not_broken_at_once(self):
        with self._refused(ValidationError, "is over: the promise would be broken"):
            self._promise(self.invoice, days=-1, date_made=TODAY - 3 * DAY)
        promise = self._promise(self.invoice, days=0, date_made=TODAY - 3 * DAY)
        self._evaluate_on(promise, TODAY + DAY)
        self._assert_verdict(promise, "open")

    def test_managers_record_what_is_over(self):
        promise = self._promise(
            self.invoice, days=-10, user=self.manager, date_made=TODAY - 20 * DAY
        )
        self.assertEqual(promise.state, "open")

    # ------------------------------------------------------------------ who and when

    def _record_on(self, record, moment):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = %s",
            [moment, record.id],
        )
        self.env.invalidate_all()

    def test_true_author_and_moment_show(self):
        call = self._log(date_start=NINE - 2 * DAY)
        self._record_on(call, NINE)
        note = call.recorded_note
        self.assertIn(f"By {self.collector.name} on 3/10/26", note)
        self.assertIn("9:00", note)  # on the user's clock
        self._record_on(call, NINE - 2 * DAY)
        self.assertFalse(call.recorded_note)
        promise = self._promise(self.invoice)
        self._record_on(promise, NINE)
        self.assertFalse(promise.recorded_note)
        self._record_on(promise, NINE + DAY)
        self.assertIn("3/11/26", promise.recorded_note)

    def test_owner_of_a_dispute_did_not_hear_it(self):
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": self.invoice.id,
                    "reason_id": self.env.ref(
                        "collection_calls.collection_reason_quality"
                    ).id,
                    "user_id": self.manager.id,
                }
            )
        )
        self.assertIn(f"By {self.collector.name} on", dispute.recorded_note)

    def test_forms_show_it(self):
        for model in "call", "promise", "plan", "dispute":
            view = self.env[f"collection.{model}"].get_view(view_type="form")
            self.assertIn('name="recorded_note"', view["arch"], model)
