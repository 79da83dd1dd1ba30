from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import FEW, MANY, TODAY, CollectionCallsCommon

DIALOG = "collection.plan.decision.wizard"


class CollectionPlanViewsCommon(CollectionCallsCommon):
    """Plans over 1,000 in four weeks from the frozen Tuesday on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_claim(1000, days_overdue=30)
        cls.invoicing = cls._create_user("account.group_account_invoice")
        rule = "collection_calls.collection_acceleration_rule_%s"
        cls.any_incident = cls.env.ref(rule % "any_incident")
        cls.business = cls.env.ref(rule % "business")
        cls.consumer = cls.env.ref(rule % "consumer")
        cls._plan_run(TODAY)

    def _draft(self, move=None, **vals):
        """A draft of the collector's."""
        move = move or self.invoice
        return (
            self.env["collection.plan"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": move.commercial_partner_id.id,
                    "date_start": TODAY,
                    "frequency": "weekly",
                    "installment_count": 4,
                    "rule_id": self.any_incident.id,
                    "claim_ids": [
                        Command.create({"move_line_id": claim.id})
                        for claim in move._get_collection_claims()
                    ],
                    **vals,
                }
            )
        )

    def _activate(self, *args, **vals):
        plan = self._draft(*args, **vals)
        plan.action_activate()
        return plan

    def _later(self, days):
        """Let days go by without the nightly run, but for what the ledger says."""
        day = TODAY + timedelta(days=days)
        self.env.cr.flush()
        self.startPatcher(freeze_time(f"{day} 09:00:00"))
        self._plan_run(day)
        self.env["collection.plan"].sudo().search([])._evaluate()

    @classmethod
    def _plan_run(cls, day):
        """The next nightly run is the one after this day."""
        cron = cls.env.ref("collection_calls.ir_cron_run_plans")
        cron.nextcall = f"{day + timedelta(days=1)} 02:15:00"

    def _dialog(self, plan, kind, user=None):
        """The dialog, opened with a button of the plan's form."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"collection_calls.collection_plan_action_{kind}"
        )
        dialogs = self.env[DIALOG].with_user(user or self.manager)
        return Form(
            dialogs.with_context(default_plan_id=plan.id, default_kind=kind),
            view=action["view_id"] and action["view_id"][0],
        )

    def _get_options(self, plan, user):
        self.env.invalidate_all()
        plan = plan.with_user(user)
        names = ("notice", "accelerate", "reinstate", "cancel")
        return {name for name in names if plan[f"can_{name}"]}


@tagged("post_install", "-at_install")
class TestCollectionPlanForm(CollectionPlanViewsCommon):
    def test_collector_drafts_and_changes_terms(self):
        with Form(self.env["collection.plan"].with_user(self.collector)) as form:
            form.partner_id = self.debtor
            form.date_start = TODAY + timedelta(days=7)
            self.assertEqual(form.rule_id, self.any_incident)
            with form.claim_ids.new() as line:
                line.move_line_id = self.invoice._get_collection_claims()
        plan = form.record
        self.assertEqual(len(plan.installment_ids), 3)
        with Form(plan) as form:
            form.schedule_by = "amount"
            form.installment_amount = 250
        self.assertEqual(plan.installment_ids.mapped("amount"), [250] * 4)
        with Form(plan) as form:
            with form.installment_ids.edit(0) as line:
                line.amount = 300
            with form.installment_ids.edit(3) as line:
                line.amount = 200
        self.assertEqual(plan.installment_ids.mapped("amount"), [300, 250, 250, 200])
        plan.action_activate()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.amount_next, 300)
        with self._refused(AssertionError, "readonly"), Form(plan) as form:
            form.date_start = TODAY

    def test_new_plan_of_debtor_knows_what_is_overdue(self):
        action = self.debtor.with_user(self.collector).action_view_collection_plans()
        plans = self.env["collection.plan"].with_user(self.collector)
        with Form(plans.with_context(**action["context"])) as form:
            self.assertEqual(form.partner_id, self.debtor)
            form.date_start = TODAY
        claims = form.record.claim_ids
        self.assertEqual(claims.move_id, self.invoice)
        form.record.action_activate()
        action = self.debtor.with_user(self.collector).action_view_collection_plans()
        self.assertFalse(action["context"]["default_claim_ids"])
        self.assertEqual(plans.search(action["domain"]), form.record)

    def test_rule_in_plain_words_before_saving(self):
        form = Form(self.env["collection.plan"].with_user(self.collector))
        self.assertIn("One missed installment", form.rule_sentence)
        form.rule_id = self.env["collection.acceleration.rule"]
        self.assertFalse(form.rule_sentence)
        form.rule_id = self.consumer
        self.assertIn("14 days", form.rule_sentence)

    def test_columns_follow_the_course_of_plans(self):
        plans = self.env["collection.plan"].with_user(self.collector)
        self.assertEqual(
            plans._sort_states(["accelerated", "notice", "draft"], []),
            ["draft", "notice", "accelerated"],
        )


@tagged("post_install", "-at_install")
class TestCollectionPlanDialog(CollectionPlanViewsCommon):
    """What is offered to whom, and what the dialogs say and do."""

    def test_options_of_draft(self):
        plan = self._draft()
        self.assertEqual(self._get_options(plan, self.collector), {"cancel"})
        self.assertEqual(self._get_options(plan, self.invoicing), set())
        dialog = self._dialog(plan, "cancel", self.collector)
        self.assertIn("Nobody is written to", dialog.consequences)
        with self.assertRaises(AssertionError):
            dialog.save()  # without a reason
        dialog.reason = "Pays at once"
        dialog.save().action_confirm()
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(plan.event_ids.reason, "Pays at once")
        self.assertEqual(self._get_options(plan, self.manager), set())

    def test_options_of_plan_on_track(self):
        plan = self._activate()
        self.assertEqual(self._get_options(plan, self.collector), set())
        self.assertEqual(self._get_options(plan, self.manager), {"cancel"})
        dialog = self._dialog(plan, "cancel")
        self.assertIn("due as the invoices say", dialog.consequences)
        self.assertIn("1,000.00", dialog.consequences)

    def test_collector_waits_for_the_rule(self):
        plan = self._activate()
        self._later(2)
        self.assertEqual(self._get_options(plan, self.collector), set())
        self.assertEqual(
            self._get_options(plan, self.manager), {"accelerate", "cancel"}
        )
        dialog = self._dialog(plan, "accelerate", self.collector)
        dialog.reason = "I say so"
        with self._refused(AccessError, "doesn't ask for it yet"):
            dialog.save().action_confirm()
        self._later(4)
        self.assertEqual(self._get_options(plan, self.collector), {"accelerate"})
        dialog = self._dialog(plan, "accelerate", self.collector)
        dialog.reason = "The rule says so"
        dialog.save().action_confirm()
        self.assertEqual(plan.state, "accelerated")

    def test_accelerate_and_reinstate(self):
        plan = self._activate()
        self._later(4)
        dialog = self._dialog(plan, "accelerate")
        self.assertIn("1,000.00 falls due today", dialog.consequences)
        self.assertIn("no e-mail address: print the letter", dialog.consequences)
        self.assertIn("can let the plan run again", dialog.consequences)
        dialog.reason = "The debtor has vanished"
        dialog.save().action_confirm()
        self.assertIn("The debtor has vanished So", plan.incident_note)
        self.assertIn("a manager can reinstate", plan.incident_note)
        self.assertEqual(self._get_options(plan, self.collector), set())
        self.assertEqual(self._get_options(plan, self.manager), {"reinstate", "cancel"})
        dialog = self._dialog(plan, "reinstate")
        self.assertEqual(dialog.date_respite, TODAY + timedelta(days=11))
        self.assertIn("250.00 is in arrears by today", dialog.consequences)
        self.assertIn("03/21/2026", dialog.consequences)
        self.assertIn("250.00 on 03/17/2026", dialog.consequences)
        dialog.date_respite = TODAY + timedelta(days=20)
        self.assertIn("03/30/2026", dialog.consequences)
        dialog.reason = "Found again"
        dialog.save().action_confirm()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.date_respite, TODAY + timedelta(days=20))
        self.assertEqual(plan.event_ids[0].reason, "Found again")

    def test_last_reinstatement_is_told(self):
        plan = self._activate()
        plan.sudo().max_reinstatements = 0
        self._later(4)
        dialog = self._dialog(plan, "accelerate")
        self.assertIn("doesn't let the plan run again", dialog.consequences)
        plan.with_user(self.manager).action_accelerate("Gone")
        self.assertIn("only a new plan", plan.incident_note)
        self.assertEqual(self._get_options(plan, self.manager), {"cancel"})

    def test_notice(self):
        self.debtor.email = "office@mueller.example"
        plan = self._activate(rule_id=self.business.id)
        self._later(7)  # five days of grace end on a Sunday
        self.assertEqual(self._get_options(plan, self.collector), {"notice"})
        dialog = self._dialog(plan, "notice", self.collector)
        self.assertIn("250.00 has to be paid within 10 days", dialog.consequences)
        self.assertIn("an e-mail at office@mueller.example", dialog.consequences)
        dialog.save().action_confirm()
        self.assertEqual(plan.state, "notice")
        self.assertEqual(self._get_options(plan, self.manager), {"cancel"})

    def test_collector_may_not_reinstate_or_cancel(self):
        plan = self._activate()
        for kind, refusal in (
            ("reinstate", "Only a collection manager may reinstate"),
            ("cancel", "Only a collection manager may cancel"),
        ):
            dialog = self._dialog(plan, kind, self.collector)
            dialog.reason = "I say so"
            with self._refused(AccessError, refusal):
                dialog.save().action_confirm()
        with self.assertRaises(AccessError):
            self._dialog(plan, "cancel", self.invoicing)

    def test_call_about_the_plan(self):
        plan = self._activate()
        action = plan.action_call()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.call_id.claim_ids.move_id, self.invoice)

    def test_plans_on_the_call(self):
        call = self._log(
            outcome=self.promise, right_party_verified=True, verified_by="address"
        )
        plan = self._draft(call_id=call.id)
        self.assertEqual(call.plan_ids, plan)


@tagged("post_install", "-at_install")
class TestCollectionPlanNotes(CollectionPlanViewsCommon):
    """What partner and invoice tell of plans."""

    def test_notes_and_counts(self):
        for records in self.debtor, self.contact, self.invoice:
            record = records.with_user(self.collector)
            self.assertEqual(record.collection_plan_count, 0)
            self.assertFalse(record.collection_plan_note)
        plan = self._activate()
        self.env.invalidate_all()
        for user in self.collector, self.invoicing:
            for records in self.debtor, self.contact, self.invoice:
                record = records.with_user(user)
                self.assertEqual(record.collection_plan_count, 1)
                self.assertIn(
                    f"On installment plan {plan.name}: next",
                    record.collection_plan_note,
                )
        action = self.invoice.with_user(self.collector).action_view_collection_plans()
        plans = self.env["collection.plan"].with_user(self.collector)
        self.assertEqual(plans.search(action["domain"]), plan)

    def test_note_ends_with_the_plan(self):
        plan = self._activate()
        plan.with_user(self.manager).action_cancel("Wrong")
        for record in self.debtor, self.invoice:
            self.assertEqual(record.collection_plan_count, 1)
            self.assertFalse(record.collection_plan_note)

    def test_paid_invoice_has_no_note(self):
        other = self._create_claim(500, days_overdue=5)
        claims = (self.invoice | other)._get_collection_claims()
        self._activate(
            claim_ids=[Command.create({"move_line_id": claim.id}) for claim in claims]
        )
        self._pay(self.invoice, 1000)
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertFalse(self.invoice.collection_plan_note)
        self.assertTrue(other.collection_plan_note)
        self.assertTrue(self.debtor.collection_plan_note)

    def test_number_of_queries(self):
        moves = self.env["account.move"]
        for number in range(MANY):
            debtor = self._create_debtor(f"Debtor {number}")
            moves |= self._create_claim(100, days_overdue=5, partner=debtor)
        plans = self.env["collection.plan"].union(*map(self._activate, moves))
        shown = ["collection_plan_count", "collection_plan_note"]
        self._assert_same_queries(moves.partner_id, shown)
        self._assert_same_queries(moves, shown)
        self._assert_same_queries(
            plans,
            [
                "name",
                "partner_id",
                "amount_total",
                "amount_residual",
                "amount_arrears",
                "progress",
                "date_next",
                "activity_ids",
                "state",
            ],
        )
        self._assert_same_queries(
            plans.installment_ids[:MANY], ["display_name", "color", "user_id", "state"]
        )

    def test_others_see_nothing(self):
        plan = self._activate()
        other = self.setup_other_company(name="Elsewhere")["company"]
        stranger = self._create_user("group_collection_manager", company=other)
        portal = new_test_user(
            self.env,
            "test_portal",
            groups="base.group_portal",
            partner_id=self.debtor.id,
        )
        self.env.invalidate_all()
        debtor = self.debtor.with_user(stranger)
        self.assertEqual(debtor.collection_plan_count, 0)
        self.assertFalse(debtor.collection_plan_note)
        models = ("", ".claim", ".installment", ".event", ".letter")
        for name in models:
            records = self.env[f"collection.plan{name}"].with_user(stranger)
            self.assertFalse(records.search([]))
            with self.assertRaises(AccessError):
                records.with_user(portal).search([])
        for user in stranger, portal:
            with self.assertRaises(AccessError):
                self._dialog(plan, "cancel", user)
        with self.assertRaises(AccessError):
            debtor.with_user(portal).read(["collection_plan_note"])


@tagged("post_install", "-at_install")
class TestCollectionPlanSimulation(CollectionPlanViewsCommon):
    def _simulate(self, user=None):
        simulations = self.env["collection.plan.simulation"]
        action = simulations.with_user(user or self.manager).action_simulate()
        lines = self.env[action["res_model"]].with_user(user or self.manager)
        return lines.search(action["domain"])

    def test_nothing_to_do(self):
        self._activate()
        self.assertFalse(self._simulate())

    def test_lines_tell_and_nothing_is_done(self):
        plan = self._activate()
        self._later(5)
        letters = plan.letter_ids
        line = self._simulate()
        self.assertEqual(line.plan_id, plan)
        self.assertEqual(line.step, "accelerate")
        self.assertEqual(line.amount_arrears, 250)
        self.assertTrue(line.reason)
        self.assertEqual(line.action_open_plan()["res_id"], plan.id)
        self.env.invalidate_all()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.event_ids.mapped("kind"), ["activated"])
        self.assertEqual(plan.letter_ids, letters)
        self.assertFalse(plan.date_proposed)
        self.assertFalse(plan.hold_code)

    def test_collector_may_not(self):
        for user in self.collector, self.invoicing:
            with self.assertRaises(AccessError):
                self._simulate(user)

    def test_number_of_queries(self):
        for number in range(FEW):
            debtor = self._create_debtor(f"Debtor {number}")
            self._activate(self._create_claim(100, days_overdue=5, partner=debtor))
        self._later(5)
        self.assertEqual(len(self._simulate()), FEW)  # fills caches
        few = self._count_queries()
        for number in range(MANY - FEW):
            debtor = self._create_debtor(f"Another {number}")
            move = self._create_claim(100, days_overdue=5, partner=debtor)
            self._activate(move, date_start=TODAY + timedelta(days=5))
        self._later(10)
        self.assertEqual(len(self._simulate()), MANY)
        self.assertEqual(self._count_queries(), few)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._simulate()
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestCollectionPlanLetters(CollectionPlanViewsCommon):
    def test_collector_posts_the_letters(self):
        plan = self._activate()
        letter = plan.letter_ids
        self.assertEqual(letter.confirmation_channel, "letter")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_calls.collection_plan_letter_action"
        )
        self.assertEqual(action["res_model"], letter._name)
        with self._refused(UserError, "no valid e-mail address"):
            letter.action_resend_confirmation()
        self.assertEqual(letter.action_print()["type"], "ir.actions.report")
        letter.action_mark_posted()
        self.assertEqual(letter.confirmation_state, "posted")
        self.assertEqual(letter.action_open_plan()["res_id"], plan.id)

    def test_kanban_sums_what_is_still_to_pay(self):
        """Offers count with all that they are about, what is over with nothing."""
        plan = self._draft()
        self.assertEqual(plan.amount_open, 1000)
        plan.action_offer()
        self.assertEqual(plan.amount_open, 1000)
        [[amount]] = self.env["collection.plan"]._read_group(
            [("id", "=", plan.id), ("state", "=", "offered")], [], ["amount_open:sum"]
        )
        self.assertEqual(amount, 1000)
        plan.action_activate()
        self._pay(self.invoice, 250)
        self.env.cr.flush()
        self.assertEqual(plan.amount_open, 750)
        self._pay(self.invoice, 750)
        self.env.cr.flush()
        self.assertEqual((plan.state, plan.amount_open), ("completed", 0))
