"""How a plan is drafted, what it refuses, and what its activation does."""

from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsPlanCommon

FIRST = date(2026, 3, 20)


@tagged("post_install", "-at_install")
class TestPlanSchedule(CollectionCallsPlanCommon):
    def test_contract(self):
        """What server actions and other modules rely on."""
        [claim] = self.invoice._get_collection_claims()
        plan = (
            self.env["collection.plan"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "claim_ids": [{"move_line_id": claim.id}],
                    "rule_id": self.business.id,
                    "date_start": "2026-03-20",
                    "frequency": "monthly",
                    "installment_count": 3,
                }
            )
        )
        expected = [
            (date(2026, 3, 20), 333.33),
            (date(2026, 4, 20), 333.33),
            (date(2026, 5, 20), 333.34),
        ]
        self._assert_schedule(plan, expected)
        self.assertEqual(plan.state, "draft")
        self.assertEqual(plan.amount_total, 1000)
        self.assertEqual(plan.company_id, self.company)
        self.assertEqual(plan.user_id, self.collector)
        self.assertFalse(self.invoice.no_followup, "nothing is agreed yet")
        self.assertTrue(plan.action_schedule())
        self._assert_schedule(plan, expected)

    def test_commands_of_the_web_client(self):
        plan = self._plan(
            self.invoice, claim_ids=self._as_claims(self.invoice), count=2
        )
        self._assert_schedule(plan, [(FIRST, 500), (date(2026, 4, 20), 500)])

    def test_numbers_follow_each_other(self):
        one = self._plan(self.invoice)
        other = self._plan(self.invoice, name="MINE")
        self.assertNotIn("MINE", other.name)
        self.assertNotEqual(one.name, other.name)

    def test_agreed_with_a_contact(self):
        plan = self._plan(self.invoice, partner_id=self.contact.id)
        self.assertEqual(plan.partner_id, self.debtor)
        self.assertEqual(plan.contact_id, self.contact)

    def test_rhythms(self):
        days = {
            "weekly": [date(2026, 3, 20), date(2026, 3, 27), date(2026, 4, 3)],
            "biweekly": [date(2026, 3, 20), date(2026, 4, 3), date(2026, 4, 17)],
            "monthly": [date(2026, 3, 20), date(2026, 4, 20), date(2026, 5, 20)],
            "month_end": [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)],
        }
        for frequency, expected in days.items():
            with self.subTest(frequency):
                plan = self._plan(self.invoice, count=3, frequency=frequency)
                self.assertEqual(plan.installment_ids.mapped("date_due"), expected)
                self.assertEqual(sum(plan.installment_ids.mapped("amount")), 1000)

    def test_the_31st_falls_on_the_last_day(self):
        with self._at(date(2027, 1, 4)):
            plan = self._plan(
                self._create_claim(1000, 5, today=date(2027, 1, 4)),
                date_start=date(2027, 1, 31),
            )
        self.assertEqual(
            plan.installment_ids.mapped("date_due"),
            [
                date(2027, 1, 31),
                date(2027, 2, 28),
                date(2027, 3, 31),
                date(2027, 4, 30),
            ],
        )

    def test_end_of_february_in_a_leap_year(self):
        plan = self._plan(
            self.invoice,
            count=2,
            user=self.manager,
            frequency="month_end",
            date_start=date(2028, 2, 3),
        )
        self.assertEqual(
            plan.installment_ids.mapped("date_due"),
            [date(2028, 2, 29), date(2028, 3, 31)],
        )

    def test_fixed_amount(self):
        plan = self._plan(self.invoice, count=0, installment_amount=300)
        self.assertEqual(plan.schedule_by, "amount")
        self.assertEqual(plan.installment_ids.mapped("amount"), [300, 300, 300, 100])

    def test_down_payment_today(self):
        plan = self._plan(self.invoice, count=3, down_payment=100)
        self._assert_schedule(
            plan,
            [
                (TODAY, 100),
                (FIRST, 300),
                (date(2026, 4, 20), 300),
                (date(2026, 5, 20), 300),
            ],
        )

    def test_down_payment_on_a_day(self):
        day = TODAY + timedelta(3)
        plan = self._plan(
            self.invoice, count=1, down_payment=100, date_down_payment=day
        )
        self._assert_schedule(plan, [(day, 100), (FIRST, 900)])

    def test_working_days(self):
        """The 20th of June is a Saturday, and the 20th of April is made a holiday."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 4, 20, 0),
                "date_to": datetime(2026, 4, 20, 23, 59),
            }
        )
        plan = self._plan(self.invoice, on_working_days=True)
        self.assertEqual(
            plan.installment_ids.mapped("date_due"),
            [FIRST, date(2026, 4, 21), date(2026, 5, 20), date(2026, 6, 22)],
        )

    def test_never_two_on_one_day(self):
        """After a closure of three weeks they follow one by one."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 19, 0),
                "date_to": datetime(2026, 4, 8, 23, 59),
            }
        )
        plan = self._plan(self.invoice, frequency="weekly", on_working_days=True)
        days = plan.installment_ids.mapped("date_due")
        self.assertEqual(len(set(days)), 4)
        self.assertEqual(days[0], date(2026, 4, 9))
        self.assertEqual(days, sorted(days))

    def test_several_claims(self):
        other = self._create_claim(500.05, 5)
        plan = self._plan(self.invoice + other, count=2)
        self.assertEqual(plan.amount_total, 1500.05)
        self.assertEqual(plan.installment_ids.mapped("amount"), [750.02, 750.03])

    def test_what_is_still_open_counts(self):
        self._receive(self.invoice, 400)
        plan = self._plan(self.invoice, count=2)
        self.assertEqual(plan.amount_total, 600)
        self.assertEqual(plan.claim_ids.amount, 600)

    def test_claim_that_is_not_due_yet(self):
        plan = self._plan(self._create_claim(100, -20), count=2)
        self.assertEqual(plan.amount_total, 100)

    def test_decimals_of_currencies(self):
        for code, rounding, total, expected in (
            ("JPY", 1, 1000, [333, 333, 334]),
            ("CHF", 0.01, 1000, [333.33, 333.33, 333.34]),
            ("KWD", 0.001, 100, [33.333, 33.333, 33.334]),
        ):
            with self.subTest(code):
                currency = self.setup_other_currency(code, rounding=rounding)
                claim = self._create_claim(total, 30, currency_id=currency.id)
                plan = self._activate(self._plan(claim, count=3))
                self.assertEqual(plan.currency_id, currency)
                self.assertEqual(plan.installment_ids.mapped("amount"), expected)
                self._assert_plan(plan, "active", paid=0, left=total)
                self._receive(claim, expected[0], currency_id=currency.id)
                self._assert_plan(plan, "active", paid=expected[0])
                self.assertEqual(plan.installment_ids[0].state, "paid")

    def test_tolerance_in_the_plans_currency(self):
        """5 of the company's currency are 10 CHF."""
        chf = self.setup_other_currency("CHF", rates=[("2025-01-01", 2.0)])
        claim = self._create_claim(1000, 30, currency_id=chf.id)
        self.assertEqual(self._plan(claim).tolerance_amount, 10)
        self.assertEqual(self._plan(self.invoice).tolerance_amount, 5)

    def test_rule_of_the_company(self):
        self.company.collection_acceleration_rule_id = self.business
        plan = self._plan(self.invoice, rule_id=False)
        self.assertEqual(plan.rule_id, self.business)
        self.assertEqual((plan.missed_count, plan.notice_days), (1, 10))


@tagged("post_install", "-at_install")
class TestPlanRefusals(CollectionCallsPlanCommon):
    def _refuse(self, message, moves=None, **vals):
        with self._refused((UserError, ValidationError), message):
            self._plan(moves or self.invoice, **vals)

    def test_no_debtor(self):
        self._refuse("Choose the debtor", partner_id=False)

    def test_no_claim(self):
        self._refuse("Choose what is paid by installments", claim_ids=[])

    def test_no_open_claim(self):
        paid = self._create_claim(100, 5)
        [claim] = paid._get_collection_claims()
        self._receive(paid, 100)
        self._refuse("is no open claim", claim_ids=[{"move_line_id": claim.id}])
        income = paid.line_ids - claim
        self._refuse("is no open claim", claim_ids=[{"move_line_id": income[:1].id}])

    def test_draft_invoice(self):
        [claim] = self.invoice._get_collection_claims()
        self.invoice.button_draft()
        self._refuse("is no open claim", claim_ids=[{"move_line_id": claim.id}])

    def test_claim_on_another_debtor(self):
        other = self._create_claim(100, 5, partner=self._create_debtor("Other"))
        claims = self._as_claims(self.invoice + other)
        self._refuse("is no open claim on Müller", claim_ids=claims)

    def test_claim_twice(self):
        [claim] = self.invoice._get_collection_claims()
        twice = [{"move_line_id": claim.id}] * 2
        with (
            mute_logger("odoo.sql_db"),
            self._refused(IntegrityError, "plan_claim_uniq"),
        ):
            self._plan(self.invoice, claim_ids=twice)

    def test_two_currencies(self):
        chf = self.setup_other_currency("CHF")
        other = self._create_claim(100, 5, currency_id=chf.id)
        self._refuse("A plan has one currency.*CHF", self.invoice + other)

    def test_contact_of_somebody_else(self):
        other = self._create_debtor("Other")
        self._refuse("Other doesn't belong to Müller", contact_id=other.id)

    def test_call_with_somebody_else(self):
        call = self._log(partner=self._create_debtor("Other"))
        self._refuse("was held with Other", call_id=call.id)

    def test_claim_of_another_company(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        self.collector.company_ids += other
        self._refuse("", company_id=other.id)

    def test_schedules_that_there_are_not(self):
        for message, vals in (
            ("On which day is the first", {"date_start": False}),
            ("is past. Nobody can pay", {"days": -1}),
            ("How many installments", {"count": 0}),
            ("How many installments", {"count": -3}),
            ("How much is an installment", {"schedule_by": "amount"}),
            (
                "How much is an installment",
                {"schedule_by": "amount", "installment_amount": -1},
            ),
            ("less than the whole, .*1,000.00", {"down_payment": 1000}),
            ("less than the whole", {"down_payment": -1}),
            (
                "The down payment comes before",
                {"down_payment": 100, "date_down_payment": FIRST},
            ),
            (
                "is past",
                {"down_payment": 100, "date_down_payment": TODAY - timedelta(1)},
            ),
            ("too many installments", {"count": 100001}),
            (
                "too many installments",
                {"schedule_by": "amount", "installment_amount": 0.01},
            ),
        ):
            with self.subTest(message, **vals):
                self._refuse(message, **vals)

    def test_limits_of_the_company(self):
        """They bind collectors; managers may go beyond."""
        self.company.collection_plan_max_days = 90
        self._refuse("due in 102 days; up to 90 are allowed")
        self.assertTrue(self._plan(self.invoice, user=self.manager))
        self.assertTrue(self._plan(self.invoice, count=3))
        self.company.collection_plan_min_amount = 1001
        self._refuse("Plans begin at .*1,001.00", count=3)
        self.assertTrue(self._plan(self.invoice, count=3, user=self.manager))
        self.company.collection_plan_min_amount = 1000
        self.assertTrue(self._plan(self.invoice, count=3))

    def test_limits_of_the_company_in_other_currencies(self):
        self.company.collection_plan_min_amount = 501
        chf = self.setup_other_currency("CHF", rates=[("2025-01-01", 2.0)])
        self._refuse("Plans begin", self._create_claim(1000, 5, currency_id=chf.id))

    def test_limits_bind_installments_entered_by_hand(self):
        self.company.collection_plan_max_days = 90
        plan = self._plan(self.invoice, count=3)
        plan.installment_ids[2].date_due = TODAY + timedelta(91)
        with self._refused(ValidationError, "due in 91 days"):
            plan.action_activate()
        self._activate(plan.with_user(self.manager))
        self.assertEqual(plan.state, "active")

    def test_installment_without_an_amount(self):
        plan = self._plan(self.invoice)
        with self._refused(ValidationError, "needs an amount above zero"):
            plan.installment_ids[0].amount = 0

    def test_two_installments_on_a_day(self):
        plan = self._plan(self.invoice)
        with (
            mute_logger("odoo.sql_db"),
            self._refused(IntegrityError, "plan_day_uniq"),
        ):
            plan.installment_ids[1].date_due = FIRST
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestPlanDraft(CollectionCallsPlanCommon):
    def test_terms_changed(self):
        plan = self._plan(self.invoice)
        plan.write({"installment_count": 2, "date_start": date(2026, 4, 1)})
        self._assert_schedule(plan, [(date(2026, 4, 1), 500), (date(2026, 5, 1), 500)])

    def test_claim_added_and_removed(self):
        other = self._create_claim(500, 5)
        plan = self._plan(self.invoice, count=2)
        plan.claim_ids = self._as_claims(other)
        self.assertEqual(plan.installment_ids.mapped("amount"), [750, 750])
        plan.claim_ids = [Command.delete(plan.claim_ids[0].id)]
        self.assertEqual(plan.installment_ids.mapped("amount"), [250, 250])
        with self._refused(ValidationError, "Choose what is paid"):
            plan.claim_ids = [Command.clear()]

    def test_claim_exchanged(self):
        other = self._create_claim(500, 5)
        plan = self._plan(self.invoice)
        with self._refused(UserError, "Remove the invoice from the plan"):
            plan.claim_ids.move_line_id = other._get_collection_claims()

    def test_installments_by_hand(self):
        plan = self._plan(self.invoice, count=2)
        plan.installment_ids[0].amount = 600
        with self._refused(ValidationError, r"sum up to .*1,100.00, but .*1,000.00"):
            plan.action_activate()
        plan.write(
            {
                "installment_ids": [
                    Command.update(plan.installment_ids[1].id, {"amount": 400})
                ]
            }
        )
        self._activate(plan)
        self._assert_schedule(
            plan, [(FIRST, 600, 0, "upcoming"), (date(2026, 4, 20), 400, 0, "upcoming")]
        )
        self._assert_plan(plan, "active", paid=0, left=1000, arrears=0)

    def test_installments_given_from_the_start(self):
        plan = self._plan(
            self.invoice,
            installment_ids=[
                {"date_due": "2026-03-12", "amount": 900},
                {"date_due": "2026-06-01", "amount": 100, "amount_paid": 100},
            ],
        )
        self._assert_schedule(
            plan,
            [
                (date(2026, 3, 12), 900, 0, "upcoming"),
                (date(2026, 6, 1), 100, 0, "upcoming"),
            ],
        )

    def test_paid_since_it_was_drafted(self):
        plan = self._plan(self.invoice, count=2)
        self._receive(self.invoice, 200)
        with self._refused(ValidationError, "but .*800.00 is open"):
            plan.action_activate()
        plan.action_schedule()
        self._activate(plan)
        self.assertEqual(plan.installment_ids.mapped("amount"), [400, 400])
        self._assert_plan(plan, "active", paid=0, left=800)

    def test_paid_off_since_it_was_drafted(self):
        plan = self._plan(self.invoice)
        self._receive(self.invoice, 1000)
        with self._refused(ValidationError, "is no open claim"):
            plan.action_activate()

    def test_drafted_long_ago(self):
        plan = self._plan(self.invoice)
        with self._at(FIRST + timedelta(1)):
            with self._refused(ValidationError, "The first installment.*is past"):
                plan.action_activate()
            with self._refused(ValidationError, "is past. Nobody can pay"):
                plan.action_schedule()
            plan.date_start = date(2026, 4, 1)
            self._activate(plan)
        self._assert_plan(plan, "active", left=1000)

    def test_offered(self):
        """It binds us: the terms stay, and the debtor has them in writing."""
        plan = self._plan(self.invoice)
        plan.action_offer()
        self.assertEqual(plan.state, "offered")
        [letter] = plan.letter_ids
        self.assertEqual(letter.kind, "offer")
        self.assertIn("250.00", letter.body)
        self.assertFalse(self.invoice.no_followup)
        for act in (
            plan.action_offer,
            plan.action_schedule,
            plan.unlink,
            plan.installment_ids.unlink,
            lambda: plan.write({"installment_count": 2}),
            lambda: plan.installment_ids[0].write({"amount": 1}),
            lambda: plan.claim_ids.unlink(),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
        self._activate(plan)
        self._assert_plan(plan, "active", left=1000)

    def test_offer_taken_back(self):
        """It can be changed then, but the debtor has the letter: it stays."""
        plan = self._plan(self.invoice)
        plan.action_offer()
        plan.action_draft()
        plan.installment_count = 2
        self.assertEqual(plan.installment_ids.mapped("amount"), [500, 500])
        with self._refused(UserError, "is evidence and can't be deleted"):
            plan.unlink()
        with self._refused(UserError, "are evidence and can't be deleted"):
            plan.letter_ids.confirmation_message_id.unlink()
        plan.action_cancel("They want something else")
        self._assert_plan(plan, "cancelled")

    def test_offered_long_ago(self):
        plan = self._plan(self.invoice)
        plan.action_offer()
        with self._at(FIRST + timedelta(1)):
            with self._refused(ValidationError, "Click “Change the Offer”"):
                plan.action_activate()
            plan.action_draft()
            plan.date_start = FIRST + timedelta(10)
            self._activate(plan)
        self.assertEqual(plan.state, "active")

    def test_no_rule_is_left(self):
        self.env["collection.acceleration.rule"].sudo().search([]).active = False
        [claim] = self.invoice._get_collection_claims()
        with self._refused(UserError, "Choose the rule that says when"):
            self.env["collection.plan"].with_user(self.collector).create(
                {
                    "partner_id": self.debtor.id,
                    "claim_ids": [{"move_line_id": claim.id}],
                    "date_start": FIRST,
                    "installment_count": 3,
                }
            )

    def test_offer_taken_back_is_not_posted(self):
        self.debtor.email = False
        plan = self._plan(self.invoice)
        plan.action_offer()
        offer = plan.letter_ids
        to_do = offer.sudo().confirmation_activity_id
        self.assertTrue(to_do)
        plan.action_draft()
        self.assertTrue(offer.is_obsolete)
        self.assertFalse(to_do.exists())
        plan.action_offer()
        [again] = plan.letter_ids - offer
        self.assertTrue(again._is_letter_waiting())
        self._activate(plan)
        self.assertFalse(again._is_letter_waiting(), "they agreed without it")
        self.assertTrue(self._get_letters(plan, "agreement")._is_letter_waiting())

    def test_running_plan_is_not_edited(self):
        plan = self._agree()
        other = self._create_claim(100, 5)
        for act in (
            lambda: plan.write({"date_start": "2026-05-01"}),
            lambda: plan.write({"rule_id": self.consumer.id}),
            lambda: plan.write({"claim_ids": self._as_claims(other)}),
            lambda: plan.write({"installment_ids": [Command.clear()]}),
            lambda: plan.write({"partner_id": self._create_debtor("Other").id}),
            plan.installment_ids.unlink,
            plan.claim_ids.unlink,
            plan.unlink,
        ):
            with self._refused(UserError, "can't be (changed|deleted)"):
                act()
        with self._refused(UserError, "was agreed: its schedule"):
            plan.action_schedule()
        events = plan.event_ids
        self.assertTrue(plan.action_activate(), "a second click")
        self.assertEqual(plan.event_ids, events, "does nothing more")
        colleague = self._create_user("group_collection_user", login="colleague")
        plan.write({"user_id": colleague.id, "contact_id": self.contact.id})
        self.assertEqual(plan.contact_id, self.contact)

    def test_only_drafts_are_deleted(self):
        plan = self._plan(self.invoice)
        plan.unlink()
        self.assertFalse(plan.exists())
        cancelled = self._plan(self.invoice)
        cancelled.action_cancel("Changed their mind")
        with self._refused(UserError, "is evidence and can't be deleted"):
            cancelled.unlink()

    def test_copy_is_a_draft_of_its_own(self):
        """Nothing that happened is copied, and no claim is planned twice."""
        plan = self._agree()
        with self._refused(ValidationError, "Choose what is paid"):
            plan.copy()
        other = self._create_claim(100, 5)
        copied = plan.copy({"claim_ids": self._as_claims(other)})
        self.assertEqual(copied.state, "draft")
        self.assertFalse(copied.event_ids)
        self.assertFalse(copied.date_activated)
        self.assertEqual(sum(copied.installment_ids.mapped("amount")), 100)


@tagged("post_install", "-at_install")
class TestPlanActivation(CollectionCallsPlanCommon):
    def test_activated(self):
        plan = self._agree()
        self._assert_plan(plan, "active", paid=0, left=1000, arrears=0)
        self.assertEqual(plan.date_activated, TODAY)
        self.assertEqual(plan.date_next, FIRST)
        self.assertEqual(self._get_events(plan), ["activated"])
        event = plan.event_ids
        self.assertEqual((event.amount, event.date), (1000, TODAY))
        self.assertEqual(event.user_id, self.collector)
        [letter] = plan.letter_ids
        self.assertEqual(letter.kind, "agreement")
        self.assertIn("250.00", letter.body)
        self.assertIn("the whole rest falls due at once", letter.body)
        self.assertTrue(self.invoice.no_followup)
        self.assertTrue(self.invoice.collection_no_followup)

    def test_mark_of_a_person_stays(self):
        plan = self._plan(self.invoice)
        self.invoice.no_followup = True
        self._activate(plan)
        self.assertFalse(self.invoice.collection_no_followup)
        plan.with_user(self.manager).action_cancel("Mistake")
        self.assertTrue(self.invoice.no_followup)

    def test_protection_ends_with_the_plan(self):
        plan = self._agree()
        self.assertTrue(self.invoice.no_followup)
        plan.with_user(self.manager).action_cancel("They won't pay")
        self.assertFalse(self.invoice.no_followup)
        self._assert_plan(plan, "cancelled")

    def test_promise_is_superseded(self):
        promise = self._promise(self.invoice)
        plan = self._agree()
        self._assert_verdict(promise, "superseded")
        self.assertEqual(promise.line_ids.superseded_by_plan_id, plan)
        self.assertTrue(self.invoice.no_followup)
        with self._refused(ValidationError, "is paid by installments"):
            self._promise(self.invoice)

    def test_promise_on_another_claim_stands(self):
        other = self._create_claim(500, 5)
        promise = self._promise(self.invoice + other)
        self._agree()
        self._assert_verdict(promise, "open")
        states = {line.move_id: line.state for line in promise.line_ids}
        self.assertEqual(states, {self.invoice: "superseded", other: "open"})

    def test_one_running_plan_on_a_claim(self):
        other = self._plan(self.invoice)
        plan = self._agree()
        message = f"is paid by {plan.name} already"
        with self._refused(ValidationError, message):
            self._plan(self.invoice)
        with self._refused(ValidationError, message):
            other.action_activate()
        plan.with_user(self.manager).action_cancel("Something better")
        self._activate(other)
        self._assert_plan(other, "active", left=1000)

    def test_the_database_knows_one_running_plan(self):
        """Whatever two servers see of each other."""
        other = self._plan(self.invoice)
        self._agree()
        with (
            mute_logger("odoo.sql_db"),
            self._refused(IntegrityError, "running_claim_uniq"),
        ):
            other.sudo().claim_ids.is_running = True
            self.env.flush_all()

    def test_rule_changes_later(self):
        plan = self._agree(rule=self.business)
        sentence = plan.rule_sentence
        self.business.with_user(self.manager).write(
            {"grace_days": 99, "mode": "propose", "notice_days": 0}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((plan.grace_days, plan.notice_days), (5, 10))
        self.assertEqual((plan.mode, plan.rule_sentence), ("automatic", sentence))

    def test_rule_changes_while_it_is_drafted(self):
        plan = self._plan(self.invoice, rule=self.business)
        self.business.with_user(self.manager).grace_days = 7
        self.assertEqual(plan.grace_days, 7)
        plan.rule_id = self.consumer
        self.assertEqual(plan.missed_count, 2)

    def test_what_was_matched_before_is_not_money_for_the_plan(self):
        self._receive(self.invoice, 400)
        plan = self._agree(count=2)
        self._assert_plan(plan, "active", paid=0, left=600)
        self._receive(self.invoice, 300)
        self._assert_plan(plan, "active", paid=300, left=300)
        self.assertEqual(plan.installment_ids.mapped("state"), ["paid", "upcoming"])

    def test_older_match_is_undone(self):
        """More is open than was planned: the last installment takes it."""
        payment = self._receive(self.invoice, 400)
        plan = self._agree(count=2)
        self._unmatch(payment.move_id)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertEqual(plan.installment_ids.mapped("amount_residual"), [300, 700])
        self._match(self.invoice, payment.move_id)
        self._assert_plan(plan, "active", paid=0, left=600)

    def test_older_promise_does_not_stand_up_against_the_plan(self):
        """The money that had kept it is taken back while the plan runs."""
        promise = self._promise(self.invoice, amount=400)
        payment = self._receive(self.invoice, 400)
        self._assert_verdict(promise, "kept")
        plan = self._agree(count=2)
        self._unmatch(payment.move_id)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self._assert_verdict(promise, "superseded")
        self.assertEqual(promise.line_ids.superseded_by_plan_id, plan)

    def test_agreed_in_a_call(self):
        call = self._log(
            outcome=self.promise, right_party_verified=True, verified_by="address"
        )
        plan = self._agree(call_id=call.id)
        self.assertIn(call.name, plan.event_ids.reason)

    def test_first_installment_today(self):
        plan = self._agree(days=0, count=1)
        self._assert_plan(plan, "active", arrears=0)
        self.assertEqual(plan.installment_ids.state, "due")

    def test_overdue_amount_is_protected_not_gone(self):
        before = self.debtor.collection_overdue_amount
        self._agree()
        self.debtor.invalidate_recordset()
        self.assertEqual(self.debtor.collection_overdue_amount, before)

    def test_two_companies(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        other.collection_bank_days = False
        other.partner_id.tz = "Pacific/Honolulu"
        claim = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor.id,
                    "invoice_date": TODAY - timedelta(30),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Work",
                                "price_unit": 90,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        claim.action_post()
        user = self._create_user("group_collection_user", other)
        mine = self._agree()
        theirs = self._activate(self._plan(claim, user=user, count=3))
        self.assertEqual(theirs.company_id, other)
        # At nine in Berlin it is still yesterday evening in Honolulu.
        self.assertEqual(theirs.date_activated, TODAY - timedelta(1))
        self.assertEqual(theirs.installment_ids[0].date_due, TODAY + timedelta(9))
        self._run_on(FIRST + timedelta(4))
        self._assert_plan(mine, "accelerated", left=1000)
        self._assert_plan(theirs, "accelerated", left=90)
