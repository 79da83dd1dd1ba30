"""Who may do what with plans."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .common import TODAY, CollectionCallsPlanCommon

PARTS = (
    "collection.plan",
    "collection.plan.claim",
    "collection.plan.installment",
    "collection.plan.event",
    "collection.plan.letter",
)


@tagged("post_install", "-at_install")
class TestPlanRights(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_user("account.group_account_invoice")

    def _as(self, user, plan):
        self.env.flush_all()
        self.env.invalidate_all()
        return plan.with_user(user)

    def _get_records(self, plan):
        plan = plan.sudo()
        return (
            plan,
            plan.claim_ids,
            plan.installment_ids,
            plan.event_ids,
            plan.letter_ids,
        )

    def test_nothing_stored_is_written_while_it_runs(self):
        """All is evidence, but for who looks after it, chatter and activities."""
        plan = self._agree()
        for user in self.collector, self.manager:
            for records in self._get_records(plan):
                self._assert_fixed(records[:1].with_user(user))

    def _assert_fixed(self, record):
        free = {
            "activity_ids",
            "message_follower_ids",
            "message_main_attachment_id",
            "user_id",
            "contact_id",
        }
        if record._name != "collection.plan":
            free = set()
        stored = {name for name, field in record._fields.items() if field.store}
        for name in stored - free - set(MAGIC_COLUMNS):
            value = record._fields[name].convert_to_write(record.sudo()[name], record)
            with self.subTest(f"{record}.{name}"), self._refused(UserError, "."):
                record.write({name: value})

    def test_collector_does_not_judge(self):
        plan = self._plan(self.invoice)
        with self._refused(UserError, "changes its status with its buttons"):
            plan.state = "active"
        for name, value in {
            "amount_paid": 5,
            "amount_residual": 5,
            "amount_arrears": 5,
            "amount_total": 5,
            "date_cure": TODAY,
            "date_activated": TODAY,
            "reinstatement_count": -5,
            "grace_days": 365,
            "max_reinstatements": 99,
            "mode": "propose",
            "is_stale": True,
            "name": "X",
        }.items():
            with self.subTest(name), self._refused(UserError, "ledger and the rule"):
                plan.write({name: value})
        with self._refused(UserError, "ledger alone says what was paid"):
            plan.installment_ids[0].amount_paid = 250
        with self._refused(UserError, "the ledger's to tell"):
            plan.claim_ids.amount = 1
        with self._refused(UserError, "the ledger's to tell"):
            plan.claim_ids = [
                Command.update(plan.claim_ids.id, {"is_accelerated": True})
            ]

    def test_verdict_is_not_typed_when_created(self):
        claim = self.invoice._get_collection_claims()
        plan = self._plan(
            self.invoice,
            state="active",
            amount_paid=1000,
            date_activated=TODAY,
            grace_days=365,
            claim_ids=[
                {"move_line_id": claim.id, "amount": 1, "is_running": True},
            ],
            event_ids=[Command.create({"kind": "completed", "date": TODAY})],
            letter_ids=[Command.create({"kind": "notice"})],
        )
        self.assertEqual((plan.state, plan.amount_paid), ("draft", 0))
        self.assertEqual((plan.grace_days, plan.date_activated), (3, False))
        self.assertEqual((plan.claim_ids.amount, plan.amount_total), (1000, 1000))
        self.assertFalse(plan.claim_ids.is_running)
        self.assertFalse(plan.event_ids)
        self.assertFalse(plan.letter_ids)
        self.assertFalse(self.invoice.no_followup)

    def test_nothing_is_guessed_from_the_context(self):
        proposed = {
            "state": "active",
            "amount_paid": 1000,
            "date_activated": TODAY,
            "is_running": True,
            "is_stale": True,
            "reinstatement_count": 5,
            "hold_code": "dispute",
            "name": "X",
            "kind": "completed",
        }
        context = {f"default_{name}": value for name, value in proposed.items()}
        [claim] = self.invoice._get_collection_claims()
        plans = self.env["collection.plan"].with_user(self.collector)
        plan = plans.with_context(**context).create(
            {
                "partner_id": self.debtor.id,
                "claim_ids": [{"move_line_id": claim.id}],
                "date_start": "2026-03-20",
            }
        )
        self.assertEqual((plan.state, plan.amount_paid), ("draft", 0))
        self.assertFalse(plan.claim_ids.is_running)
        self.assertFalse(plan.is_stale or plan.hold_note or plan.date_activated)
        self.assertEqual(plan.reinstatement_count, 0)
        self.assertNotEqual(plan.name, "X")
        self.assertEqual(set(plan.installment_ids.mapped("state")), {"upcoming"})

    def test_nothing_is_slipped_into_a_running_plan(self):
        plan = self._agree()
        claim = self._create_claim(100, 5)._get_collection_claims()
        as_collector = self.env(user=self.collector)
        for model, vals in (
            ("collection.plan.claim", {"move_line_id": claim.id}),
            ("collection.plan.installment", {"date_due": TODAY, "amount": 1}),
        ):
            with self._refused(UserError, "can't be changed"):
                as_collector[model].create({"plan_id": plan.id, **vals})
            with self._refused(UserError, "can't be changed"):
                as_collector[model].with_context(default_plan_id=plan.id).create(vals)

    def test_events_are_append_only(self):
        plan = self._agree()
        for user in self.collector, self.manager, self.clerk:
            events = self._as(user, plan).event_ids
            with self.assertRaises(UserError), self.cr.savepoint():
                events.write({"reason": "Nothing happened"})
            with self.assertRaises(UserError), self.cr.savepoint():
                events.unlink()
            with self._refused(AccessError, "."):
                events.create({"plan_id": plan.id, "kind": "completed", "date": TODAY})
        with self._refused(UserError, "is evidence"):
            plan.sudo().event_ids.reason = "Not even so"
        with self._refused(UserError, "is evidence"):
            plan.sudo().event_ids.unlink()

    def test_letters_are_evidence(self):
        plan = self._agree()
        letter = plan.letter_ids
        for user in self.collector, self.manager:
            letter = letter.with_user(user)
            for vals in (
                {"body": "Never mind"},
                {"confirmation_state": "sent", "confirmation_date": TODAY},
                {"kind": "notice"},
            ):
                with self._refused(UserError, "it can't be changed"):
                    letter.write(vals)
            with self._refused(AccessError, "."):
                letter.unlink()
            with self._refused(AccessError, "."):
                letter.create({"plan_id": plan.id, "kind": "notice"})

    def test_letter_is_posted_by_the_collector(self):
        self.debtor.email = False
        letter = self._agree().letter_ids.with_user(self.collector)
        letter.action_mark_posted()
        self.assertEqual(letter.confirmation_state, "posted")
        with self._refused(UserError, "waits for no letter"):
            letter.action_mark_posted()

    def test_what_was_written_in_the_chatter_stays(self):
        """A note on a draft may go; once it is agreed, nothing does."""
        plan = self._plan(self.invoice)
        note = plan.message_post(body="Ask for more")
        note.unlink()
        note = plan.message_post(body="They have a new car")
        self._activate(plan)
        messages = plan.message_ids
        self.assertIn(plan.letter_ids.confirmation_message_id, messages)
        for user in self.collector, self.manager:
            for message in messages.with_user(user):
                with self.assertRaises(UserError), self.cr.savepoint():
                    message.unlink()
        with self._refused(UserError, "agreed plan are evidence"):
            note.unlink()

    def test_invoicing_user_reads_only(self):
        plan = self._as(self.clerk, self._agree())
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.installment_ids[0].amount, 250)
        self.assertEqual(plan.claim_ids.amount, 1000)
        self.assertEqual(plan.event_ids.kind, "activated")
        self.assertTrue(plan.letter_ids.body)
        self.assertTrue(plan.tonight)
        self.assertTrue(plan.rule_sentence)
        for act in (
            lambda: plan.write({"user_id": self.clerk.id}),
            plan.unlink,
            plan.action_activate,
            plan.action_offer,
            plan.action_schedule,
            plan.action_send_notice,
            lambda: plan.action_accelerate("Why not"),
            lambda: plan.action_reinstate("Why not"),
            lambda: plan.action_cancel("Why not"),
            lambda: plan.letter_ids.action_mark_posted(),
            lambda: plan.letter_ids.action_resend_confirmation(),
            lambda: self._plan(self._create_claim(10, 5), user=self.clerk),
        ):
            with self._refused(AccessError, "."):
                act()

    def test_invoicing_user_takes_the_money(self):
        plan = self._agree()
        self._pay(self.invoice.with_user(self.clerk), 250)
        self._assert_plan(plan, "active", paid=250)
        self.assertTrue(self._as(self.clerk, plan).action_register_payment())

    def test_manager_does_all(self):
        plan = self._activate(self._plan(self.invoice, user=self.manager))
        plan.action_cancel("Just to try")
        self.assertEqual(plan.state, "cancelled")

    def test_colleague_takes_over(self):
        """Plans belong to the company, not to who made them."""
        plan = self._plan(self.invoice)
        colleague = self._create_user("group_collection_user", login="colleague")
        self._activate(self._as(colleague, plan))
        self.assertEqual(plan.event_ids.user_id, colleague)
        self.assertEqual(plan.user_id, self.collector)

    def _assert_sees_nothing(self, user, plan):
        records = self._get_records(plan)
        self.env.flush_all()
        self.env.invalidate_all()
        for record in records:
            name = record._name
            mine = record.with_user(user)
            with self._refused(AccessError, "."):
                mine.read([])
            try:
                found = mine.search([("id", "in", record.ids)])
            except AccessError:
                found = mine.browse()
            self.assertFalse(found, name)
            with self._refused(UserError, "."):
                mine.write({"create_uid": user.id})
            with self._refused(AccessError, "."):
                mine.unlink()
        plan = plan.with_user(user)
        for act in (
            plan.action_activate,
            plan.action_schedule,
            plan.action_offer,
            plan.action_send_notice,
            plan.action_register_payment,
            lambda: plan.action_accelerate("Why not"),
            lambda: plan.action_reinstate("Why not"),
            lambda: plan.action_cancel("Why not"),
        ):
            self.env.invalidate_all()  # a request begins with nothing in the cache
            with self._refused(AccessError, "."):
                act()

    def test_other_company_sees_nothing(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        stranger = self._create_user("group_collection_manager", company=other)
        plan = self._agree()
        self._assert_sees_nothing(stranger, plan)
        with self._refused(AccessError, "."):
            plan.with_user(stranger).message_post(body="Hello")

    def test_portal_user_sees_nothing(self):
        portal = new_test_user(
            self.env,
            "test_portal",
            groups="base.group_portal",
            partner_id=self.debtor.id,
        )
        self._assert_sees_nothing(portal, self._agree())

    def test_employee_without_a_group_sees_nothing(self):
        employee = new_test_user(self.env, "test_employee", groups="base.group_user")
        self._assert_sees_nothing(employee, self._agree())

    def test_what_can_be_called_from_outside(self):
        """The steps themselves can't: they check no rights."""
        for name in PARTS:
            model = self.env[name]
            for step in (
                "_run",
                "_cron_run",
                "_cron_remind",
                "_evaluate",
                "_take_step",
                "_activate",
                "_accelerate",
                "_reinstate",
                "_cancel",
                "_void",
                "_start",
                "_log",
                "_refresh",
                "_write_letter",
                "_write_confirmation",
                "_apply",
            ):
                if hasattr(model, step):
                    with self.subTest(name, step=step), self.assertRaises(AccessError):
                        get_public_method(model, step)
        public = {
            name
            for model in PARTS
            for parent in type(self.env[model]).mro()
            if parent.__module__.startswith("odoo.addons.collection_calls")
            for name in vars(parent)
            if callable(getattr(parent, name)) and not name.startswith("_")
        }
        # Odoo's own, which check rights.
        allowed = {"create", "write", "unlink"}
        allowed |= {"default_get", "onchange", "web_read"}
        allowed |= {"formatted_read_group", "formatted_read_grouping_sets"}
        self.assertFalse(
            {name for name in public if not name.startswith("action_")} - allowed
        )
