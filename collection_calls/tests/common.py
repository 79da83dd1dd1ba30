from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..models.case.figures import FIGURES
from ..models.case.ranking import RANKS

TODAY = date(2026, 3, 10)  # a Tuesday
STEPS = ["prepare", "call", "understand", "solve", "close"]


class CollectionCallsLedger:
    """A small ledger and the people who work with it.

    Mix it into a class that has ``company_data``, see below. Nothing in it depends on
    demo data, nor on the hour: no contact policy is active. :attr:`debtor` is a German
    company with a contact, :attr:`collector` has no rights but the collector's.
    """

    @classmethod
    def _set_up_ledger(cls):
        cls.company = cls.company_data["company"]
        cls.env["collection.contact.policy"].sudo().search([]).active = False
        cls.company.partner_id.tz = "Europe/Berlin"
        cls.germany = cls.env.ref("base.de")
        cls.debtor = cls._create_debtor("Müller Bau GmbH", phone="030 23125 042")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Frau Weber", "parent_id": cls.debtor.id, "phone": "030 23125043"}
        )
        cls.collector = cls._create_user("group_collection_user")
        cls.manager = cls._create_user("group_collection_manager")
        cls.no_answer = cls.env.ref(
            "collection_calls.collection_call_outcome_no_answer"
        )
        cls.promise = cls.env.ref("collection_calls.collection_call_outcome_promise")
        cls.dispute = cls.env.ref("collection_calls.collection_call_outcome_dispute")

    @classmethod
    def _create_user(cls, group, company=None, login=None):
        company = company or cls.company
        if "." not in group:
            group = f"collection_calls.{group}"
        return new_test_user(
            cls.env,
            login or f"test_{group}_{company.id}",
            groups=group,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="Europe/Berlin",
        )

    @classmethod
    def _create_debtor(cls, name, **vals):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "country_id": cls.germany.id, **vals}
        )

    @classmethod
    def _create_claim(cls, amount, days_overdue, partner=None, today=TODAY, **vals):
        """A posted invoice over ``amount`` that fell due ``days_overdue`` days ago."""
        due = today - timedelta(days=days_overdue)
        line = {"name": "Work", "price_unit": amount, "tax_ids": [Command.clear()]}
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.debtor).id,
                "invoice_date": due - timedelta(days=14),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
                **vals,
            }
        )
        move.action_post()
        return move

    @classmethod
    def _pay(cls, moves, amount, **vals):
        """Register a payment in Odoo's own dialog; over what it proposes for 0."""
        dialog = moves.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        amount = {"amount": amount} if amount else {}
        return dialog.create({**amount, **vals})._create_payments()

    @contextmanager
    def _refused(self, error, message):
        """Expect an error that says ``message``, and take back what came before it."""
        with self.assertRaisesRegex(error, message), self.cr.savepoint():
            yield

    def _get_next_call(self, case):
        """The day of a case's next call, once the transaction has ended."""
        self.env.cr.flush()
        return case.next_call_date

    @classmethod
    def _as_claims(cls, moves):
        """Commands that put what is open on these invoices on a call."""
        return [
            Command.create({"move_line_id": claim.id})
            for claim in moves._get_collection_claims()
        ]

    def _log(self, user=None, outcome=None, partner=None, **vals):
        """An ongoing call, logged by the collector unless told otherwise."""
        return (
            self.env["collection.call"]
            .with_user(user or self.collector)
            .create(
                {
                    "partner_id": (partner or self.debtor).id,
                    "company_id": self.company.id,
                    "outcome_id": (outcome or self.no_answer).id,
                    **vals,
                }
            )
        )


class CollectionCallsCommon(CollectionCallsLedger, AccountTestInvoicingCommon):
    """The ledger on the frozen 10 March 2026, 9:00 UTC (10:00 in Berlin)."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(f"{TODAY} 09:00:00"))
        super().setUpClass()
        cls._set_up_ledger()

    def _run_cron(self, name):
        """Run a scheduled action as the server does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"collection_calls.{name}").method_direct_trigger()

    def _assert_same_queries(self, records, fnames):
        """Reading 8 records takes as many queries as reading 80."""
        # As the web client does: ids, and nothing in the cache.
        records = records.with_user(self.collector).browse(records.ids)
        counts = []
        for some in records, records[:8], records:  # the first fills caches of rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.read(fnames)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(len(records), 80)
        self.assertEqual(counts[1], counts[2], f"{records._name}: {fnames}")


class CollectionCallsDisputeCommon(CollectionCallsCommon):
    """An overdue invoice over 1,000 and somebody who may make credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_claim(1000, days_overdue=30, invoice_user_id=False)
        cls.invoicing = cls._create_user("account.group_account_invoice")
        cls.other = cls.setup_other_company()["company"]
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")

    def _dispute(self, move=None, creator=None, **vals):
        """A dispute, opened by the collector unless told otherwise."""
        return (
            self.env["collection.dispute"]
            .with_user(creator or self.collector)
            .create(
                {
                    "move_id": (move or self.invoice).id,
                    "reason_id": self.quality.id,
                    **vals,
                }
            )
        )


class CollectionCallsWizardCommon(CollectionCallsCommon):
    """Calls in five steps, held by the collector unless told otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"ref": "C4711", "email": "office@mueller.example"})
        cls.contact.write({"email": "weber@mueller.example", "street": "Weg 1"})
        cls.invoice = cls._create_claim(1000, days_overdue=30)
        cls.voicemail = cls.env.ref(
            "collection_calls.collection_call_outcome_voicemail"
        )
        cls.call_back = cls.env.ref(
            "collection_calls.collection_call_outcome_call_back"
        )
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )
        cls.no_money = cls.env.ref("collection_calls.collection_reason_no_money")

    def _open(self, record=None, user=None):
        record = (record or self.contact).with_user(user or self.collector)
        action = record.action_start_collection_call()
        wizard = self.env[action["res_model"]].with_user(user or self.collector)
        return wizard.browse(action["res_id"])

    def _go_to(self, step, wizard=None):
        wizard = wizard or self._open()
        wizard.verified_by = "customer_number"
        for _step in range(STEPS.index(wizard.step), STEPS.index(step)):
            if wizard.step == "solve" and not wizard.outcome_id:
                wizard.outcome_id = self.no_commitment
            wizard.action_next()
        return wizard


class CollectionCallsPromiseCommon(CollectionCallsCommon):
    """Promises on an invoice over 1,000 that is overdue for 30 days.

    The :attr:`collector` takes the promises, the :attr:`accountant` keeps the ledger.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user("account.group_account_user")
        cls.invoice = cls._create_claim(1000, days_overdue=30)
        cls.env.cr.flush()

    def _promise(self, moves, amount=None, days=10, user=None, **vals):
        """A promise to pay these invoices, or ``amount`` of each, in ``days``."""
        claims = moves._get_collection_claims()
        today = moves.company_id._get_collection_today()
        return (
            self.env["collection.promise"]
            .with_user(user or self.collector)
            .create(
                {
                    "partner_id": moves.commercial_partner_id.id,
                    "company_id": moves.company_id.id,
                    "date_promised": today + timedelta(days=days),
                    "line_ids": self._get_line_commands(claims, amount),
                    **vals,
                }
            )
        )

    def _get_line_commands(self, claims, amount=None):
        """Commands that promise all of these journal items, or ``amount`` of each."""
        amount = {"amount": amount} if amount else {}
        return [Command.create({"move_line_id": c.id, **amount}) for c in claims]

    def _at(self, day, hour="09:00"):
        """Do something on another day; the hour is UTC."""
        return freeze_time(f"{day} {hour}:00")

    def _evaluate_on(self, promises, day):
        """The nightly evaluation of a day, at two o'clock."""
        self.env.cr.flush()  # what happened before is judged on its own day
        with self._at(day, "02:00"):
            promises._evaluate(scheduled=True)

    def _assert_verdict(self, promise, state, paid=None, due=None):
        """What stands once the transaction has ended."""
        self.env.cr.flush()
        self.assertEqual(promise.state, state)
        if paid is not None:
            self.assertEqual(promise.amount_paid, paid)
        if due is not None:
            self.assertEqual(promise.amount_due, due)

    def _run_cron(self, name):
        """Run a scheduled action as the server does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"collection_calls.{name}").method_direct_trigger()


class CollectionCallsCaseCommon(CollectionCallsPromiseCommon):
    """The case of the debtor with the invoice over 1,000, and what may happen to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref(
            "collection_calls.collection_acceleration_rule_any_incident"
        )
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.strategy = cls.env.ref("collection_calls.collection_strategy_all")
        cls.strategy = cls.strategy.with_user(cls.manager)
        cls.case = cls._get_case()

    @classmethod
    def _get_case(cls, debtor=None, company=None):
        """The case as the collector sees it, and as the database has it."""
        cls.env.cr.flush()
        cls.env.invalidate_all()
        found = cls.env["collection.case"].search(
            [
                ("partner_id", "=", (debtor or cls.debtor).id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )
        return found.with_user(cls.collector)

    def _assert_figures(self, case=None, **figures):
        """Check figures of the case once the transaction has ended."""
        case = case or self._get_case()
        self.env.cr.flush()
        self.assertEqual({name: case[name] for name in figures}, figures)

    def _assert_settled(self):
        """A full refresh right after events finds nothing to change."""
        self.env.cr.flush()
        cases = self.env["collection.case"].sudo()
        before = self._read_rows()
        changed = cases._refresh()
        self.assertFalse(changed, f"{before} became {self._read_rows()}")

    def _read_rows(self):
        self.env.invalidate_all()
        return (
            self.env["collection.case"]
            .sudo()
            .search([], order="id")
            .read([*FIGURES, *RANKS, "user_id"])
        )

    def _call_on(self, day, outcome=None, **vals):
        """A call that was closed at nine o'clock of a day, without planning another."""
        moment = datetime.combine(day, time(8))
        with self._at(day):
            call = self._log(
                date_start=moment,
                date_end=moment,
                outcome=outcome,
                **{"next_call_date": False, **vals},
            )
            call.action_done()
            self.env.cr.flush()
        return call

    def _speak_on(self, day, **vals):
        """A conversation without any agreement."""
        return self._call_on(
            day,
            self.env.ref("collection_calls.collection_call_outcome_no_commitment"),
            verified_by="address",
            **vals,
        )

    def _assert_next(self, day, code=False, case=None):
        """Check day and kind of the next call once the transaction has ended."""
        self._assert_figures(case, next_call_date=day, next_call_code=code)

    def _dispute(self, amount, move=None):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": (move or self.invoice).id,
                    "reason_id": self.quality.id,
                    "amount": amount,
                }
            )
        )

    def _plan(self, moves, installments=2, start=10, activate=True, **vals):
        """A plan over what is open on these invoices that begins in ``start`` days."""
        today = moves.company_id._get_collection_today()
        plan = (
            self.env["collection.plan"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": moves.commercial_partner_id.id,
                    "claim_ids": [
                        {"move_line_id": claim.id}
                        for claim in moves._get_collection_claims()
                    ],
                    "rule_id": self.rule.id,
                    "date_start": today + timedelta(days=start),
                    "frequency": "monthly",
                    "installment_count": installments,
                    **vals,
                }
            )
        )
        if activate:
            plan.action_activate()
        return plan


class CollectionCallsAccountant:
    """What an accountant does every day, done as the accountant."""

    def _receive(self, moves, amount=0, day=TODAY, **vals):
        """Register a payment for these invoices that is dated ``day``."""
        moves = moves.with_user(self.accountant)
        return self._pay(moves, amount, payment_date=day, **vals)

    def _receive_on_account(self, amount, day=TODAY, **vals):
        """A posted payment of the debtor that isn't matched with anything."""
        payment = (
            self.env["account.payment"]
            .with_user(self.accountant)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.debtor.id,
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "amount": amount,
                    "date": day,
                    **vals,
                }
            )
        )
        payment.action_post()
        return payment

    def _get_receivables(self, moves):
        return moves.with_user(self.accountant).line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )

    def _match(self, *moves):
        """Reconcile the open receivable items of these entries."""
        items = self._get_receivables(self.env["account.move"].union(*moves))
        items.filtered(lambda item: not item.reconciled).reconcile()

    def _unmatch(self, move):
        self._get_receivables(move).remove_move_reconcile()

    def _credit(self, move, amount, day=TODAY, match=True):
        """Credit ``amount`` of an invoice with a credit note dated ``day``.

        Odoo matches the two, unless the note is told not to know the invoice.
        """
        dialog = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"date": day, "journal_id": move.journal_id.id})
        )
        note = self.env["account.move"].browse(dialog.refund_moves()["res_id"])
        note = note.with_user(self.accountant)
        note.invoice_line_ids.price_unit = amount
        note.invoice_date = day
        if not match:
            note.reversed_entry_id = False
        note.action_post()
        return note

    def _import_statement_line(self, amount, day=TODAY, **vals):
        """A line of the bank statement that waits to be reconciled."""
        return (
            self.env["account.bank.statement.line"]
            .with_user(self.accountant)
            .create(
                {
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "date": day,
                    "payment_ref": "Transfer",
                    "partner_id": self.debtor.id,
                    "amount": amount,
                    **vals,
                }
            )
        )

    def _match_statement_line(self, line, move):
        """Reconcile a statement line with an invoice, as far as it goes."""
        claims = self._get_receivables(move)
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = claims.account_id
        (suspense + claims).reconcile()


class CollectionCallsPlanCommon(
    CollectionCallsAccountant, CollectionCallsPromiseCommon
):
    """Plans on an invoice over 1,000: four times 250 on the 20th, from 20 March on.

    The :attr:`collector` makes the plans, the :attr:`accountant` keeps the ledger.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = "office@mueller.example"
        rule = "collection_calls.collection_acceleration_rule"
        cls.any_incident = cls.env.ref(f"{rule}_any_incident")
        cls.business = cls.env.ref(f"{rule}_business")
        cls.consumer = cls.env.ref(f"{rule}_consumer")

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
