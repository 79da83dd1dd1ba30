"""Who owes, and to whom: people change companies, and companies have branches."""

from datetime import date

from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .ledger_world import IN_TIME, NIGHT, CollectionCallsLedgerWorld


@tagged("post_install", "-at_install")
class TestDebtorMoves(CollectionCallsLedgerWorld):
    """A person with debts becomes part of a company: agreements follow, at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_debtor("Erika Muster", is_company=False)
        cls.debt = cls._create_claim(1000, 30, partner=cls.person)
        cls.employer = cls._create_debtor("Muster & Co. KG")

    def _join(self, person=None, company=None):
        (person or self.person).parent_id = company or self.employer
        self.env.cr.flush()
        self.env.invalidate_all()

    def _as_seen(self, partner):
        """The partner as the collector sees it."""
        return partner.with_user(self.collector).with_company(self.company)

    def test_promise_waits_for_the_companys_money(self):
        promise = self._word(self.debt)
        self._join()
        self._receive_on_account(1000, IN_TIME, partner_id=self.employer.id)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_plan_waits_for_the_companys_money(self):
        plan = self._agree(self.debt, rule=self._create_rule_for_everybody())
        self._join()
        self._receive_on_account(1000, IN_TIME, partner_id=self.employer.id)
        self._judge_on(NIGHT)
        self._assert_waits(plan)

    def test_promise_is_the_companys(self):
        promise = self._word(self.debt)
        self._join()
        self.assertEqual(promise.partner_id, self.employer)
        employer = self._as_seen(self.employer)
        self.assertEqual(employer.collection_promise_count, 1)
        self.assertIn(promise.name, employer.collection_promise_note or "")

    def test_plan_is_the_companys(self):
        plan = self._agree(self.debt, rule=self._create_rule_for_everybody())
        self._join()
        self.assertEqual(plan.partner_id, self.employer)
        employer = self._as_seen(self.employer)
        self.assertEqual(employer.collection_plan_count, 1)
        self.assertIn(plan.name, employer.collection_plan_note or "")

    def test_dossier_of_a_call(self):
        promise = self._word(self.debt)
        self._join()
        call = self._log(partner=self.employer)
        self.assertIn(promise.name, " ".join(call._get_dossier()["commitments"]))

    def test_case_moves_along(self):
        self._word(self.debt)
        before = self._get_case_of(self.person)
        self.assertEqual(before.overdue_amount, 1000)
        self._join()
        case = self._get_case_of(self.employer)
        self.assertEqual((case.overdue_amount, case.protected_amount), (1000, 1000))
        self.assertEqual(case.situation, "promised")
        before = self._get_case_of(self.person)
        self.assertFalse(before.overdue_amount)
        self.assertIn(before.situation, (False, "closed"))

    def test_broken_promises_count_where_the_debt_is(self):
        self._word(self.debt)
        self._judge_on(NIGHT)
        self.assertEqual(self._get_case_of(self.person).broken_promise_count, 1)
        with self._at(date(2026, 3, 25)):
            self._join()
            self.assertEqual(self._get_case_of(self.employer).broken_promise_count, 1)
            self.assertFalse(self._get_case_of(self.person).broken_promise_count)

    def test_calls_are_seen_there(self):
        call = self._log(partner=self.person)
        call.action_done()
        self._join()
        employer = self._as_seen(self.employer)
        self.assertEqual(employer.collection_call_count, 1)
        self.assertEqual(self._get_case_of(self.employer).last_call_id.id, call.id)

    def test_planned_call_goes_with_the_debt(self):
        self._word(self.debt)
        self._judge_on(NIGHT)
        with self._at(date(2026, 3, 25)):
            self._join()
            self.assertTrue(self._as_seen(self.employer).collection_activity_ids)
            self.assertFalse(self._get_case_of(self.person).activity_ids)

    def test_shop_is_no_company_of_its_own_any_more(self):
        group = self._create_debtor("Shops Inc.")
        shop = self._create_debtor("Shop 7", parent_id=group.id)
        promise = self._word(self._create_claim(1000, 30, partner=shop))
        plan = self._agree(self._create_claim(1000, 30, partner=shop))
        shop.is_company = False
        self.env.cr.flush()
        self.assertEqual((promise.partner_id, plan.partner_id), (group, group))
        self._receive_on_account(2000, IN_TIME, partner_id=group.id)
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        self._assert_waits(plan)

    def test_shop_becomes_a_company_again(self):
        group = self._create_debtor("Shops Inc.")
        shop = self._create_debtor("Shop 7", parent_id=group.id)
        promise = self._word(self._create_claim(1000, 30, partner=shop))
        plan = self._agree(self._create_claim(500, 30, partner=shop))
        for is_company in (False, True):
            shop.is_company = is_company
            self.env.cr.flush()
            self.env.invalidate_all()
        self.assertEqual((promise.partner_id, plan.partner_id), (shop, shop))
        self.assertEqual(self._get_case_of(shop).overdue_amount, 1500)
        self.assertFalse(self._get_case_of(group).overdue_amount)

    def test_who_leaves_again_leaves_the_debts(self):
        """Core moves the items to the company once, and never back."""
        promise = self._word(self.debt)
        plan = self._agree(
            self._create_claim(500, 5, partner=self.person),
            rule=self._create_rule_for_everybody(),
        )
        self._join()
        self.person.parent_id = False
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(self._get_receivables(self.debt).partner_id, self.employer)
        self.assertEqual(promise.partner_id, self.employer)
        self.assertEqual(plan.partner_id, self.employer)
        self.assertEqual(self._get_case_of(self.employer).overdue_amount, 1500)
        self.assertFalse(self._get_case_of(self.person).overdue_amount)

    def test_only_money_of_who_owes_now_is_waited_for(self):
        """After another change of job, the first company still owes."""
        promise = self._word(self.debt)
        self._join()
        self._join(company=self.other)
        self.assertEqual(self._get_receivables(self.debt).partner_id, self.employer)
        payment = self._receive_on_account(1000, IN_TIME, partner_id=self.other.id)
        self._judge_on(NIGHT)
        self._assert_failed(promise)
        with self._at(NIGHT):
            payment.action_draft()
            payment.partner_id = self.employer
            payment.action_post()
            promise.with_user(self.collector).action_evaluate()
            self._assert_waits(promise)

    def test_contact_that_leaves_takes_no_debts_along(self):
        """The company owes, whoever of its people the invoice was sent to."""
        invoice = self._create_claim(700, 20, partner=self.contact)
        promise = self._word(invoice)
        self.assertEqual(promise.partner_id, self.debtor)
        self._join(self.contact, self.employer)
        self.assertEqual(promise.partner_id, self.debtor)
        self.assertEqual(self._get_case_of(self.debtor).overdue_amount, 1700)


@tagged("post_install", "-at_install")
class TestBranches(CollectionCallsLedgerWorld):
    """The branch sells, the bank is the parent's: Odoo matches the two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch, cls.sibling = cls.env["res.company"].create(
            [
                {"name": name, "parent_id": cls.company.id}
                for name in ("North Branch", "South Branch")
            ]
        )
        cls.env.cr.precommit.run()  # the chart of accounts
        together = cls.company | cls.branch | cls.sibling
        cls.env.user.company_ids |= together
        for branch in cls.branch, cls.sibling:
            branch.partner_id.tz = "Europe/Berlin"
            cls._configure(branch, collection_fresh_books=False)
        cls.collector = cls._create_user("group_collection_user", cls.branch)
        cls.accountant.company_ids = [Command.set(together.ids)]
        cls.invoice.button_draft()
        cls.invoice.button_cancel()
        cls.invoice = cls._create_claim(
            1000, 30, company_id=cls.branch.id, journal_id=cls._get_sales().id
        )

    @classmethod
    def _get_sales(cls):
        return cls.company_data["default_journal_sale"]

    def _match_together(self, *moves):
        allowed = (self.company | self.branch).ids
        self._match(*(m.with_context(allowed_company_ids=allowed) for m in moves))

    def test_invoice_is_the_branchs(self):
        payment = self._receive_on_account(1000, IN_TIME)
        self.assertEqual(self.invoice.company_id, self.branch)
        self.assertEqual(payment.company_id, self.company)

    def test_promise_waits_for_money_in_the_parent(self):
        promise = self._word()
        self.assertEqual(promise.company_id, self.branch)
        payment = self._receive_on_account(1000, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        with self._at(NIGHT):
            self._match_together(self.invoice, payment.move_id)
            self._assert_verdict(promise, "kept", paid=1000)

    def test_plan_waits_for_money_in_the_parent(self):
        plan = self._agree()
        payment = self._receive_on_account(250, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_waits(plan)
        with self._at(NIGHT):
            self._match_together(self.invoice, payment.move_id)
            self._assert_first_paid(plan)

    def test_statement_line_of_the_parent(self):
        promise = self._word()
        plan = self._agree(
            self._create_claim(
                1000, 30, company_id=self.branch.id, journal_id=self._get_sales().id
            )
        )
        self._import_statement_line(2000, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_waits(promise)
        self._assert_waits(plan)

    def test_nameless_line_of_the_parent(self):
        promise = self._word()
        self._import_nameless(payment_ref=self.invoice.name)
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_case_counts_money_in_the_parent(self):
        case = self._get_case_of(company=self.branch)
        self.assertEqual(case.collectible_amount, 1000)
        self._receive_on_account(1000, IN_TIME)
        case = self._get_case_of(company=self.branch)
        self.assertFalse(case.collectible_amount)
        self.assertEqual(case.situation, "closed")

    def test_case_shows_what_waits_in_the_parent(self):
        self._import_statement_line(1000, IN_TIME)
        case = self._get_case_of(company=self.branch)
        self.assertEqual(case.pending_amount, 1000)

    def test_one_sum_is_not_deducted_twice(self):
        """What the parent's own invoices take is no credit of the branch."""
        self._create_claim(600, 30)
        self._receive_on_account(1000, IN_TIME)
        cases = self._get_case_of(company=self.branch) + self._get_case_of()
        self.assertEqual(sum(cases.mapped("overdue_amount")), 600)

    def test_money_in_another_branch(self):
        promise = self._word()
        self._book(
            (self.bank.default_account_id, 1000),
            (self.receivable, -1000, self.debtor),
            day=IN_TIME,
            journal=self.bank,
        ).company_id = self.sibling
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_parents_invoice_is_paid_in_the_branch(self):
        invoice = self._create_claim(400, 30)
        collector = self._create_user("group_collection_user", login="parents")
        promise = self._promise(invoice, days=8, user=collector)
        entry = self._book(
            (self.bank.default_account_id, 400),
            (self.receivable, -400, self.debtor),
            day=IN_TIME,
            journal=self.bank,
            post=False,
        )
        entry.company_id = self.branch
        entry.action_post()
        self._judge_on(NIGHT)
        self._assert_waits(promise)

    def test_money_in_a_stranger(self):
        """Of another company without anything in common."""
        other = self.setup_other_company(name="Stranger")
        self.env["account.payment"].with_company(other["company"]).create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor.id,
                "journal_id": other["default_journal_bank"].id,
                "amount": 1000,
                "date": IN_TIME,
            }
        ).action_post()
        promise = self._word()
        self._judge_on(NIGHT)
        self._assert_failed(promise)

    def test_too_little_money_in_the_parent(self):
        plan = self._agree()
        self._receive_on_account(200, IN_TIME)
        self._judge_on(NIGHT)
        self._assert_failed(plan)


@tagged("post_install", "-at_install")
class TestDisputesBySuperuser(CollectionCallsLedgerWorld):
    """Scheduled and server actions open disputes, too: OdooBot can't look after them"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.root = cls.env.ref("base.user_root")
        cls.invoice.invoice_user_id = cls.root
        cases_sudo = cls.env["collection.case"].sudo()
        cls.case = cases_sudo._get_or_create(cls.debtor, cls.company)

    def _dispute(self, user=SUPERUSER_ID, move=None, **vals):
        return (
            self.env["collection.dispute"]
            .with_user(user)
            .create(
                {
                    "move_id": (move or self.invoice).id,
                    "amount": 300,
                    "reason_id": self.quality.id,
                    **vals,
                }
            )
        )

    def test_owner_is_the_cases_collector(self):
        self.case.user_id = self.collector
        dispute = self._dispute()
        self.assertEqual(dispute.user_id, self.collector)
        self.assertEqual(dispute.activity_ids.user_id, self.collector)

    def test_server_action(self):
        self.case.user_id = self.collector
        action = self.env["ir.actions.server"].create(
            {
                "name": "Dispute",
                "model_id": self.env.ref("account.model_account_move").id,
                "state": "code",
                "code": "env['collection.dispute'].create({'move_id': record.id,"
                f" 'amount': 300, 'reason_id': {self.quality.id}}})",
            }
        )
        action.with_user(SUPERUSER_ID).with_context(
            active_model="account.move", active_id=self.invoice.id
        ).run()
        dispute = self.invoice.collection_dispute_ids
        self.assertEqual(dispute.user_id, self.collector)

    def test_nobody_has_the_case(self):
        """Then it is a manager's, who may give it to somebody."""
        self.case.user_id = False
        self.assertEqual(self._dispute().user_id, self.manager)

    def test_there_is_no_case(self):
        invoice = self._create_claim(
            500, -30, partner=self.other, invoice_user_id=self.root.id
        )
        self.assertEqual(self._dispute(move=invoice).user_id, self.manager)

    def test_collector_has_left(self):
        former = self._create_user("group_collection_user", login="former")
        self.case.user_id = former
        former.active = False
        self.assertEqual(self._dispute().user_id, self.manager)

    def test_salesperson_comes_first(self):
        self.case.user_id = self.collector
        seller = self._create_user("account.group_account_invoice", login="seller")
        self.invoice.invoice_user_id = seller
        self.assertEqual(self._dispute().user_id, seller)

    def test_owner_that_was_named(self):
        self.case.user_id = self.collector
        self.assertEqual(self._dispute(user_id=self.manager.id).user_id, self.manager)

    def test_user_without_rights_of_their_own(self):
        """An employee's server action that runs as superuser."""
        self.case.user_id = self.collector
        employee = new_test_user(self.env, "test_employee", company_id=self.company.id)
        disputes = self.env["collection.dispute"].with_user(employee).sudo()
        dispute = disputes.create(
            {
                "move_id": self.invoice.id,
                "amount": 300,
                "reason_id": self.quality.id,
            }
        )
        self.assertEqual(dispute.user_id, self.collector)
