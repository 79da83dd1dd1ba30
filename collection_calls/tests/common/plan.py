"""Installment plans: agreed, run through the nights, and checked against the ledger."""

from datetime import timedelta

from .accountant import CollectionCallsAccountant
from .ledger import TODAY
from .promise import CollectionCallsPromiseCommon


class CollectionCallsPlanCommon(
    CollectionCallsAccountant, CollectionCallsPromiseCommon
):
    """Plans on an invoice over 1,000: four times 250 on the 20th, from 20 March on.

    The :attr:`collector` makes the plans, the :attr:`accountant` keeps the ledger.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Many days of the tests are weekends: bank days have tests of their own.
        cls.company.collection_bank_days = False
        cls.debtor.email = "office@mueller.example"
        rule = "collection_calls.collection_acceleration_rule"
        cls.any_incident = cls.env.ref(f"{rule}_any_incident")
        cls.business = cls.env.ref(f"{rule}_business")
        cls.consumer = cls.env.ref(f"{rule}_consumer")

    @classmethod
    def _create_rule_for_everybody(cls, **vals):
        """Any incident, after a notice: private persons are given none without."""
        vals = {"name": "With notice", "notice_days": 10, "for_whom": "both", **vals}
        return cls.any_incident.sudo().copy(vals)

    def _plan(self, moves, count=4, days=10, rule=None, user=None, **vals):
        """A draft over all that is open on these invoices, from in ``days`` on."""
        claims = moves._get_collection_claims()
        company = moves.company_id or self.company
        return (
            self.env["collection.plan"]
            .with_user(user or self.collector)
            .create(
                {
                    "partner_id": (moves.commercial_partner_id or self.debtor).id,
                    "company_id": company.id,
                    "claim_ids": [{"move_line_id": claim.id} for claim in claims],
                    "rule_id": (rule or self.any_incident).id,
                    "date_start": company._get_collection_today() + timedelta(days),
                    "frequency": "monthly",
                    "installment_count": count,
                    **vals,
                }
            )
        )

    def _activate(self, plan):
        plan.action_activate()
        self.env.cr.flush()
        return plan

    def _agree(self, moves=None, **vals):
        """A running plan, made as :meth:`_plan` does."""
        return self._activate(self._plan(moves or self.invoice, **vals))

    def _run_on(self, day, hour="04:15"):
        """The nightly run of a day, over all plans; the hour is UTC."""
        self.env.cr.flush()  # what happened before is judged on its own day
        plans = self.env["collection.plan"].sudo()
        with self._at(day, hour):
            plans.search(plans._get_to_run_domain(), order="id")._run_scheduled()
            self.env.cr.flush()

    def _run_until(self, last, first=TODAY):
        """The nightly runs of all days from ``first`` to ``last``."""
        for number in range((last - first).days + 1):
            self._run_on(first + timedelta(number))

    def _assert_plan(self, plan, state, paid=None, left=None, arrears=None):
        """What stands once the transaction has ended, and what always holds."""
        self.env.cr.flush()
        self.assertEqual(plan.state, state)
        for name, expected in {
            "amount_paid": paid,
            "amount_residual": left,
            "amount_arrears": arrears,
        }.items():
            if expected is not None:
                self.assertEqual(plan[name], expected, name)
        self._assert_consistent(plan)

    def _assert_consistent(self, plan):
        """The installments add up to the plan, and the plan to the ledger."""
        parts = plan.installment_ids
        for record in (plan, *parts):
            self.assertGreaterEqual(record.amount_paid, 0)
            self.assertGreaterEqual(record.amount_residual, 0)
        self.assertGreaterEqual(plan.amount_arrears, 0)
        if plan.state in ("draft", "offered", "cancelled"):
            return
        same = self.assertAlmostEqual
        same(sum(parts.mapped("amount_paid")), plan.amount_paid)
        same(sum(parts.mapped("amount_residual")), plan.amount_residual)
        same(sum(plan.claim_ids.mapped("amount_residual")), plan.amount_residual)
        same(
            plan.amount_paid + plan.amount_credited + plan.amount_residual,
            plan.amount_total,
        )
        protected = plan.claim_ids.move_line_id._get_collection_protected()
        if plan.state in ("active", "notice"):
            self.assertEqual(protected, plan.claim_ids.move_line_id)
        else:
            self.assertFalse(protected & plan.claim_ids.move_line_id)

    def _assert_schedule(self, plan, expected):
        """:param expected: list of tuples: day, amount, and more, as a list has it"""
        names = ["date_due", "amount", "amount_paid", "state"]
        names = names[: len(expected[0])]
        found = [tuple(part[name] for name in names) for part in plan.installment_ids]
        self.assertEqual(found, expected)

    def _get_events(self, plan):
        """Kinds of what happened, oldest first."""
        return plan.event_ids.sorted("id").mapped("kind")

    def _get_last_event(self, plan):
        return plan.event_ids.sorted("id")[-1:]

    def _get_letters(self, plan, kind):
        return plan.letter_ids.filtered(lambda letter: letter.kind == kind)

    def _get_to_dos(self, plan, kind):
        """Open activities on the plan: ``check``, or ``decide``."""
        return plan.sudo().activity_search(
            [f"collection_calls.mail_activity_type_{kind}_plan"]
        )

    def _get_calls(self, plan):
        return plan.sudo()._get_case()._get_call_activities()

    def _count_traces(self, plan):
        """How much there is of all that must not happen twice."""
        plan = plan.sudo().with_context(active_test=False)
        return {
            "events": len(plan.event_ids),
            "letters": len(plan.letter_ids),
            "messages": len(plan.message_ids),
            "mails": len(plan.message_ids.mail_ids),
            "activities": len(plan.activity_ids),
            "calls": len(plan._get_case().activity_ids),
        }

    def _deliver(self, letter):
        """Odoo's queue after a server took the e-mail."""
        mail = letter.sudo().confirmation_message_id.mail_ids
        mail.state = "sent"
        mail._postprocess_sent_message(letter._get_person().ids, [])
        self._run_cron("ir_cron_read_letter_deliveries")

    def _bounce(self, letter):
        """Odoo's mail gateway after the e-mail came back."""
        letter.sudo().confirmation_message_id.notification_ids.write(
            {"notification_status": "bounce", "failure_type": "mail_bounce"}
        )
        self._run_cron("ir_cron_read_letter_deliveries")
