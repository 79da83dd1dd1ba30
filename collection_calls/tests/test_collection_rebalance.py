"""Whose the cases become: by strategy when they get on the list, or dealt out anew."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsAccountant, CollectionCallsCaseCommon


@tagged("post_install", "-at_install")
class TestCollectionRebalance(CollectionCallsAccountant, CollectionCallsCaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.cem = (
            cls._create_user("group_collection_user", login=f"{name}_collects")
            for name in ("ann", "bob", "cem")
        )
        cls.team = cls.ann | cls.bob | cls.cem

    def _use_team(self, team=None):
        self.strategy.write(
            {
                "assignment": "round_robin",
                "user_ids": [Command.set((team or self.team).ids)],
            }
        )

    def _owe(self, *amounts):
        """A debtor for each amount, in the order of their cases."""
        debtors = self.env["res.partner"]
        for amount in amounts:
            debtors |= self._create_debtor(f"Owes {amount}")
            self._create_claim(amount, 10, partner=debtors[-1])
        self.env.cr.flush()
        return self._get_cases(debtors)

    def _get_cases(self, debtors):
        self.env.cr.flush()
        self.env.invalidate_all()
        cases = self.env["collection.case"].sudo()
        return cases.search([("partner_id", "in", debtors.ids)], order="id")

    # ------------------------------------------------------------------- strategies

    def test_to_whoever_calls_first(self):
        self.assertFalse(self._owe(100, 200).user_id)

    def test_to_one_collector(self):
        self.strategy.write({"assignment": "collector", "user_id": self.bob.id})
        cases = self._owe(100, 200)
        self.assertEqual(cases.user_id, self.bob)
        self.assertFalse(self.case.user_id, "nothing happened to it so far")
        self.env["collection.case"]._refresh()
        self.assertEqual(self.case.user_id, self.bob)

    def test_in_turn(self):
        """Ann has one already: Bob and Cem come first, then the list."""
        self.case.user_id = self.ann
        self._use_team()
        cases = self._owe(500, 400, 300, 200, 100)
        logins = [case.user_id for case in cases]
        self.assertEqual(logins, [self.bob, self.cem, self.ann, self.bob, self.cem])
        self._assert_settled()

    def test_closed_cases_do_not_count(self):
        self.case.user_id = self.ann
        self._receive(self.invoice, 1000)
        self._use_team()
        self.assertEqual(self._owe(100).user_id, self.ann)

    def test_who_has_left_gets_none(self):
        self._use_team()
        self.ann.active = False
        self.bob.group_ids = self.env.ref("account.group_account_invoice")
        self.assertEqual(self._owe(200, 100).user_id, self.cem)
        self.cem.active = False
        self.assertFalse(self._owe(50).user_id)

    def test_only_who_is_on_the_list(self):
        self._use_team()
        self.strategy.amount_min = 150
        cases = self._owe(200, 100)
        self.assertEqual([bool(case.user_id) for case in cases], [True, False])

    def test_emptied(self):
        self._use_team(self.bob)
        self.case.with_user(self.manager).user_id = False
        self.env.cr.flush()
        self.assertEqual(self.case.user_id, self.bob)

    # ------------------------------------------------------------------------ rights

    def test_collectors_do_not_reassign_in_bulk(self):
        cases = self._owe(300, 200, 100)
        cases[0].user_id = self.ann
        mine = cases.with_user(self.bob)
        with self._refused(AccessError, "ask a manager to rebalance"):
            mine.user_id = self.bob
        mine[1:].user_id = self.bob
        self.assertEqual(cases[1:].user_id, self.bob, "nobody's so far")
        mine[1:].user_id = self.cem
        mine[0].user_id = self.bob
        self.assertEqual(cases[0].user_id, self.bob, "one by one")
        cases.with_user(self.manager).user_id = self.ann

    def test_rebalancing_is_up_to_managers(self):
        cases = self._owe(100)
        with self.assertRaises(AccessError):
            self.env["collection.case.rebalance"].with_user(self.ann).create({})
        with self._refused(AccessError, "up to managers"):
            cases.with_user(self.ann)._rebalance(self.ann)

    # ------------------------------------------------------------------- rebalancing

    def _open(self, cases, **vals):
        wizards = self.env["collection.case.rebalance"].with_user(self.manager)
        return wizards.create({"selected_ids": [Command.set(cases.ids)], **vals})

    def test_rebalance(self):
        cases = self._owe(600, 500, 400, 300, 200, 100)
        cases.user_id = self.ann
        cases[5].user_id = False
        self._use_team()
        wizard = self._open(cases)
        self.assertEqual(wizard.user_ids, self.team)
        self.assertEqual(
            wizard.preview.split("\n"),
            [
                f"{self.ann.name}: 5 before, 2 after",
                f"{self.bob.name}: 0 before, 2 after",
                f"{self.cem.name}: 0 before, 2 after",
                "Nobody: 1 before, 0 after",
                "4 of 6 cases change hands, with their planned calls.",
            ],
        )
        wizard.action_rebalance()
        self.assertEqual(cases[:2].user_id, self.ann, "the most urgent ones stay")
        for user in self.team:
            self.assertEqual(len(cases.filtered(lambda c, u=user: c.user_id == u)), 2)
        self.assertFalse(self.case.user_id, "it wasn't selected")

    def test_all_of_the_company(self):
        closed = self._owe(100)
        self._receive(self.env["account.move"].search([], limit=1), 100)
        cases = self._owe(300, 200) | self.case.sudo()
        wizard = self._open(closed, scope="all", user_ids=[Command.set(self.bob.ids)])
        wizard.action_rebalance()
        self.assertEqual(cases.user_id, self.bob)

    def test_planned_calls_go_along(self):
        cases = self._owe(200, 100)
        cases.user_id = self.ann
        calls = [
            case._schedule_next_call(TODAY, user, "Ask")
            for case, user in zip(cases, (self.ann, self.ann), strict=True)
        ]
        self._open(cases, user_ids=[Command.set((self.ann | self.bob).ids)])
        wizard = self._open(cases, user_ids=[Command.set((self.ann | self.bob).ids)])
        wizard.action_rebalance()
        self.assertEqual(cases.mapped("user_id"), self.ann | self.bob)
        for case, call in zip(cases, calls, strict=True):
            self.assertEqual(call.user_id, case.user_id)

    def test_one_write_for_each_collector(self):
        cases = self._owe(*range(100, 110))
        writes, write = [], type(cases).write

        def note(records, vals):
            if "user_id" in vals:
                writes.append(len(records))
            return write(records, vals)

        self.patch(self.registry["collection.case"], "write", note)
        wizard = self._open(cases, user_ids=[Command.set(self.team.ids)])
        wizard.action_rebalance()
        self.assertEqual(sorted(writes), [3, 3, 4])

    def test_nothing_to_do(self):
        wizard = self._open(self.case.browse(), user_ids=[Command.clear()])
        self.assertIn("Nothing", wizard.preview)
        with self._refused(UserError, "Choose who gets the cases"):
            wizard.action_rebalance()
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(10, 5, company_id=other.id)
        elsewhere = self._get_case(company=other).sudo()
        wizards = self.env["collection.case.rebalance"].with_user(self.manager)
        self.manager.company_ids |= other
        for cases, company in ((elsewhere, other), (self.case, self.company)):
            selected = wizards.with_context(default_selected_ids=cases.ids)
            self.assertEqual(selected.create({}).company_id, company)
        both = self.case.sudo() | elsewhere
        with self._refused(UserError, "cases of one company"):
            both._rebalance(self.ann)
