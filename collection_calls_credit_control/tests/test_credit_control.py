from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.collection_calls.tests.common import TODAY, CollectionCallsPlanCommon

from ..hooks import post_init_hook

PROTECTED = "promised, or paid by installments. Nobody duns that meanwhile"


@tagged("post_install", "-at_install")
class TestCreditControl(CollectionCallsPlanCommon):
    """A promised invoice, one paid by installments, and one that nobody speaks for.

    The :attr:`clerk` sends reminders and knows nothing of collections, the
    :attr:`collector` the other way round.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "account_credit_control.group_account_credit_control_user"
        cls.clerk = cls._create_user(group)
        cls.clerk.group_ids += cls.env.ref("account.group_account_invoice")
        cls.planned = cls._create_claim(600, days_overdue=30)
        cls.free = cls._create_claim(50, days_overdue=30)
        cls.debtor.email = "office@mueller.example"
        cls.policy = cls.env.ref("account_credit_control.credit_control_3_time").sudo()
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.policy.account_ids = [Command.set(cls.receivable.ids)]
        cls.company.sudo().credit_policy_id = cls.policy
        cls.lines = cls.env["credit.control.line"].with_user(cls.clerk)

    def _protect(self):
        plan = self._agree(self.planned)
        promise = self._promise(self.invoice)
        self.env.cr.flush()
        return promise, plan

    def _run_credit_control(self, day=TODAY):
        """The lines that a run makes, and the run."""
        runs = self.env["credit.control.run"].with_user(self.clerk)
        run = runs.create(
            {
                "date": day,
                "policy_ids": [Command.set(self.policy.ids)],
                "company_id": self.company.id,
            }
        )
        run.generate_credit_lines()
        return run.line_ids, run

    def _open(self, model, records, **vals):
        """A wizard of the clerk's on these records."""
        wizards = self.env[model].with_user(self.clerk)
        context = {"active_model": records._name, "active_ids": records.ids}
        return wizards.with_context(**context).create(vals)

    def test_dunned_are_all_without_agreements(self):
        lines, _run = self._run_credit_control()
        everything = self.invoice | self.planned | self.free
        self.assertEqual(lines.invoice_id, everything)

    def test_run_leaves_out_what_is_protected(self):
        promise, plan = self._protect()
        lines, run = self._run_credit_control()
        self.assertEqual(lines.invoice_id, self.free)
        self.assertFalse(run.manual_ids)
        promise.with_user(self.manager).action_void("Recorded by mistake")
        plan.with_user(self.manager).action_cancel("They want something else")
        self.env.cr.flush()
        lines, _run = self._run_credit_control()
        everything = self.invoice | self.planned | self.free
        self.assertEqual(lines.invoice_id, everything)

    def test_what_is_broken_or_due_at_once_is_dunned(self):
        promise, plan = self._protect()
        day = TODAY + timedelta(days=20)
        self._evaluate_on(promise, day)
        self._run_on(day)
        self.assertEqual((promise.state, plan.state), ("broken", "accelerated"))
        lines, _run = self._run_credit_control(day)
        everything = self.invoice | self.planned | self.free
        self.assertEqual(lines.invoice_id, everything)

    def test_what_is_not_agreed_yet_is_dunned(self):
        """An offer binds nobody, and a plan that is a draft doesn't."""
        offered = self._plan(self.planned)
        offered.action_offer()
        self._plan(self.free)
        self.env.cr.flush()
        lines, _run = self._run_credit_control()
        everything = self.invoice | self.planned | self.free
        self.assertEqual(lines.invoice_id, everything)

    def test_run_leaves_alone_who_must_not_be_pressed(self):
        """The debtor as a whole, until it is over; others are dunned."""
        other = self._create_claim(70, 30, partner=self._create_debtor("Other"))
        rights = self.env["collection.contact.right"].with_user(self.collector)
        case = self.debtor.with_user(self.collector).collection_case_id

        def hold():
            case.action_hold("legal", "Asked by the court")
            return lambda: case.action_release("It was closed")

        def ask(kind):
            right = rights.create(
                {
                    "kind": kind,
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                }
            )
            return lambda: right.with_user(self.manager).action_end("It was closed")

        everything = self.invoice | self.planned | self.free | other
        for kind in "hold", "insolvency", "represented", "no_contact":
            end = hold() if kind == "hold" else ask(kind)
            self.env.cr.flush()
            lines, _run = self._run_credit_control()
            self.assertEqual(lines.invoice_id, other, kind)
            lines.sudo().unlink()
            end()
            self.env.cr.flush()
            lines, _run = self._run_credit_control()
            self.assertEqual(lines.invoice_id, everything, kind)
            lines.sudo().unlink()
        ask("no_calls")
        lines, _run = self._run_credit_control()
        self.assertEqual(lines.invoice_id, everything, "it is about calls")

    def test_run_leaves_alone_claims_that_nobody_follows_up(self):
        """Blocked, left out by a person, disputed in part."""
        self.invoice.action_toggle_block_payment()
        self.planned.no_followup = True
        disputed = self._create_claim(80, 30)
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": disputed.id,
                    "reason_id": self.env.ref(
                        "collection_calls.collection_reason_quality"
                    ).id,
                    "amount": 30,
                }
            )
        )
        self.env.cr.flush()
        lines, _run = self._run_credit_control()
        self.assertEqual(lines.invoice_id, self.free)
        lines.sudo().unlink()
        dispute.action_withdraw()
        self.invoice.action_toggle_block_payment()
        self.planned.no_followup = False
        self.env.cr.flush()
        lines, _run = self._run_credit_control()
        everything = self.invoice | self.planned | self.free | disputed
        self.assertEqual(lines.invoice_id, everything)

    def test_a_part_of_an_invoice(self):
        """Two parts are due, and one of them is promised."""
        parts = self._create_claim(
            300,
            0,
            invoice_payment_term_id=self.env["account.payment.term"]
            .create(
                {
                    "name": "Two parts",
                    "line_ids": [
                        Command.create({"value_amount": 50, "nb_days": days})
                        for days in (-40, -30)
                    ],
                }
            )
            .id,
            invoice_date_due=False,
        )
        first, second = parts._get_collection_claims()
        self.env["collection.promise"].with_user(self.collector).create(
            {
                "partner_id": self.debtor.id,
                "date_promised": TODAY + timedelta(days=5),
                "line_ids": [{"move_line_id": first.id}],
            }
        )
        lines, _run = self._run_credit_control()
        self.assertIn(second, lines.move_line_id)
        self.assertNotIn(first, lines.move_line_id)

    def test_protected_claim_raises_no_level(self):
        """Where a debtor has one level, what is promised doesn't set it."""
        self.policy.apply_max_policy_level = True
        first, second = self.policy.level_ids.sorted("level")[:2]
        second.write({"computation_mode": "net_days", "delay_days": 20})
        lines, _run = self._run_credit_control()
        lines.write({"state": "sent"})
        self._pay(self.free, 50)
        self._protect()
        new = self._create_claim(80, days_overdue=15)
        lines, _run = self._run_credit_control(TODAY + timedelta(days=1))
        self.assertEqual(lines.invoice_id, new)
        self.assertEqual(lines.policy_level_id, first)

    def test_policy_changed_by_hand(self):
        self._protect()
        policy = self.env.ref("account_credit_control.credit_control_2_time").sudo()
        policy.account_ids = [Command.set(self.receivable.ids)]
        moves = self.invoice | self.free
        wizard = self._open(
            "credit.control.policy.changer",
            moves,
            new_policy_id=policy.id,
            new_policy_level_id=policy.level_ids[0].id,
        )
        action = wizard.set_new_policy()
        message = action["params"]["message"]
        self.assertIn(PROTECTED, message)
        self.assertIn(self.invoice.name, message)
        self.assertNotIn(self.free.name, message)
        made = self.lines.search(action["params"]["next"]["domain"])
        self.assertEqual(made.invoice_id, self.free)
        moves = moves.with_user(self.clerk)
        self.assertEqual(moves.credit_policy_id, policy, "for later")

    def test_line_made_by_hand(self):
        self._protect()
        vals = {
            "date": TODAY,
            "date_due": TODAY,
            "channel": "letter",
            "partner_id": self.debtor.id,
            "amount_due": 1000,
            "balance_due": 1000,
            "move_line_id": self.invoice._get_collection_claims().id,
            "policy_level_id": self.policy.level_ids[0].id,
        }
        with self._refused(ValidationError, PROTECTED):
            self.lines.create(vals)
        self.assertTrue(self.lines.create(dict(vals, state="sent")), "as history")
        move_line_id = self.free._get_collection_claims().id
        self.assertTrue(self.lines.create(dict(vals, move_line_id=move_line_id)))

    def test_lines_that_wait_when_a_claim_becomes_protected(self):
        """They are ignored with a note, what was sent stays, and the next run after
        the promise makes new ones."""
        lines, run = self._run_credit_control()
        of_invoice = lines.filtered(lambda line: line.invoice_id == self.invoice)
        of_plan = lines.filtered(lambda line: line.invoice_id == self.planned)
        of_plan.write({"state": "to_be_sent"})
        promise, _plan = self._protect()
        self.assertEqual((of_invoice | of_plan).mapped("state"), ["ignored"] * 2)
        self.assertIn("Ignored: the claim", of_invoice.message_ids[:1].body)
        self.assertEqual((lines - of_invoice - of_plan).state, "draft")
        run.set_to_ready_lines()
        self.assertEqual(of_invoice.state, "ignored")
        promise.with_user(self.manager).action_void("Recorded by mistake")
        self.env.cr.flush()
        again, _run = self._run_credit_control()
        self.assertIn(self.invoice, again.invoice_id)
        again.write({"state": "sent"})
        self._promise(self.invoice)
        self.env.cr.flush()
        self.assertEqual(set(again.mapped("state")), {"sent"})

    def test_nothing_protected_is_sent_or_printed(self):
        """Whatever somebody marks by hand."""
        lines, _run = self._run_credit_control()
        self._protect()
        lines.write({"state": "to_be_sent"})
        communications = self.env["credit.control.communication"].sudo()
        before = communications.search([])
        self._open("credit.control.emailer", lines).email_lines()
        sent = communications.search([]) - before
        self.assertEqual(sent.credit_control_line_ids.invoice_id, self.free)
        protected = lines.filtered(lambda line: line.invoice_id != self.free)
        self.assertEqual(set(protected.mapped("state")), {"to_be_sent"})
        with self._refused(UserError, PROTECTED):
            self._open("credit.control.emailer", protected).email_lines()
        with self._refused(UserError, PROTECTED):
            self._open("credit.control.printer", protected).print_lines()

    def test_installed_when_there_are_lines(self):
        self._protect()
        lines, _run = self._run_credit_control()
        line = lines.sudo().copy({"move_line_id": lines.move_line_id.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE credit_control_line SET move_line_id = %s WHERE id = %s",
            [self.invoice._get_collection_claims().id, line.id],
        )
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertEqual((line.state, lines.state), ("ignored", "draft"))

    def test_as_many_queries_for_many(self):
        self._protect()
        runs = self.env["credit.control.run"].with_user(self.clerk)
        run = runs.create({"date": TODAY, "company_id": self.company.id})
        few = self._count_queries(run)
        for _number in range(5):
            self._create_claim(10, days_overdue=30)
            self._promise(self._create_claim(10, days_overdue=30))
        self.assertEqual(self._count_queries(run), few)

    def _count_queries(self, run):
        for _time in range(2):  # the first fills caches of rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.policy.with_user(self.clerk)._get_move_lines_to_process(run)
        return self.cr.sql_log_count - before
