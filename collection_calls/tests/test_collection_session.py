"""Working through the call list, one debtor after the other."""

from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged

from .common import TODAY, CollectionCallsWizardCommon


@tagged("post_install", "-at_install")
class TestCollectionSession(CollectionCallsWizardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls._create_debtor("Small", phone="030 23125 050")
        cls.large = cls._create_debtor("Large", phone="030 23125 060")
        cls._create_claim(100, 40, partner=cls.small)
        cls._create_claim(90000, 40, partner=cls.large)
        cls.env.cr.flush()
        cls.cases = cls.env["collection.case"].with_user(cls.collector)
        found = cls.cases.search([("company_id", "=", cls.company.id)])
        found.sudo().user_id = cls.collector
        cls.env.cr.flush()

    def _open_from(self, action):
        self.assertEqual(action["res_model"], "collection.call.wizard")
        return (
            self.env[action["res_model"]]
            .with_user(self.collector)
            .browse(action["res_id"])
        )

    def _start(self, user=None):
        cases = self.cases.with_user(user or self.collector)
        return self._open_from(cases.action_start_calling()).with_user(
            user or self.collector
        )

    def _end(self, wizard, outcome=None):
        action = wizard.action_end_with((outcome or self.no_answer).id)
        self.env.cr.flush()
        return action["params"]["next"]

    def _go_on(self, client_action):
        self.assertEqual(client_action["tag"], "collection_calls.next")
        return self.cases.action_call_next(client_action["params"]["skipped_ids"])

    def _search_by_default(self, action):
        """What a list shows before anybody filters."""
        view = self.env.ref("collection_calls.collection_call_view_search")
        arch = etree.fromstring(view.arch)
        domains = [
            literal_eval(arch.find(f".//filter[@name='{name[15:]}']").get("domain"))
            for name in literal_eval(action["context"])
        ]
        return self.env[action["res_model"]].search(Domain.AND(domains))

    def _progress(self):
        self.env.cr.flush()
        return self.cases.get_calling_progress()

    def test_from_the_first_to_the_last(self):
        self.assertEqual(self._progress(), {"done": 0, "left": 3})
        called = []
        wizard = self._start()
        for left in (2, 1, 0):
            called.append(wizard.partner_id)
            action = self._go_on(self._end(wizard))
            self.assertEqual(self._progress(), {"done": 3 - left, "left": left})
            if left:
                wizard = self._open_from(action)
        self.assertEqual(called, [self.large, self.debtor, self.small])
        self.assertIn("Nobody is left", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["tag"], "collection_calls.leave")

    def test_the_counter_is_in_the_call(self):
        wizard = self._start()
        self.assertEqual(wizard.progress, "Done today: 0 · Left: 3")
        self.assertFalse(self._open().progress, "no session, no counter")

    def test_the_counter_is_asked_once_a_call(self):
        cases = self.registry["collection.case"]
        counter = cases.get_calling_progress
        with patch.object(cases, "get_calling_progress", autospec=True) as asked:
            asked.side_effect = counter
            wizard = self._start()
            for statement in ("The roof", "leaks"):
                wizard.web_save({"statement": statement}, {"progress": {}})
            wizard.action_next()
            wizard.web_read({"progress": {}})
        self.assertEqual(asked.call_count, 1)

    def test_outside_a_session_nothing_follows(self):
        wizard = self._open(self.large)
        self.assertEqual(self._end(wizard)["tag"], "collection_calls.leave")

    def test_left_and_resumed(self):
        wizard = self._start()
        call = wizard.call_id
        wizard.action_next()
        wizard.action_pause()
        self.assertEqual(call.state, "ongoing")
        self.assertEqual(self._start().call_id, call)

    def test_left_before_dialling(self):
        wizard = self._start()
        wizard.action_pause()
        call = wizard.call_id
        self.assertEqual(call.state, "cancelled", "nobody was called")
        xmlid = "collection_calls.collection_call_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        self.assertNotIn(call, self._search_by_default(action))
        self.assertEqual(self._progress(), {"done": 0, "left": 3})
        self.assertEqual(self._start().partner_id, self.large)

    def test_skipped_debtors_come_again_in_the_next_session(self):
        wizard = self._start()
        wizard = self._open_from(self._go_on(wizard.action_skip()))
        self.assertEqual(wizard.partner_id, self.debtor)
        wizard = self._open_from(self._go_on(wizard.action_skip()))
        self.assertEqual(wizard.partner_id, self.small)
        action = self._go_on(self._end(wizard))
        self.assertIn("Skipped: 2", action["params"]["message"])
        self.assertEqual(self._start().partner_id, self.large)

    def _start_and_go_back(self, **vals):
        wizard = self._start()
        wizard.action_next()
        wizard.write(vals)
        wizard.action_back()
        return wizard

    def test_left_after_dialling(self):
        wizard = self._start_and_go_back()
        wizard.action_pause()
        self.assertEqual(wizard.state, "ongoing", "it was dialled")
        wizard.verified_by = "address"
        wizard.action_pause()
        self.assertEqual(wizard.state, "ongoing", "somebody was spoken to")
        self.assertEqual(self._start().call_id, wizard.call_id)

    def test_left_while_a_colleague_holds_the_call(self):
        wizard = self._start()
        wizard.call_id.with_user(self.manager).user_id = self.manager
        wizard.action_pause()
        self.assertEqual(wizard.state, "ongoing")

    def test_skipped_after_dialling(self):
        wizard = self._start_and_go_back(verified_by="address")
        other = self._open_from(self._go_on(wizard.action_skip()))
        self.assertEqual(other.partner_id, self.debtor)
        self.assertEqual(wizard.state, "ongoing", "it waits to be ended")
        other = self._open_from(self._go_on(other.action_skip()))
        self.assertEqual(other.partner_id, self.small)

    def test_cases_of_others(self):
        other = self._create_user("group_collection_user", login="other_collector")
        large = self.cases.search([("partner_id", "=", self.large.id)])
        large.sudo().user_id = other
        self.env.cr.flush()
        self.assertEqual(self._start().partner_id, self.debtor)
        self.assertEqual(self._start(other).partner_id, self.large)

    def test_two_collectors_and_a_case_of_nobody(self):
        other = self._create_user("group_collection_user", login="other_collector")
        self.cases.search([]).sudo().user_id = False
        self.env.cr.flush()
        first, second = self._start(), self._start(other)
        self.assertEqual(first.partner_id, self.large)
        self.assertEqual(second.partner_id, self.debtor)
        self._end(first)
        second.action_end_with(self.no_answer.id)
        self.assertEqual(first.call_id.case_id.user_id, self.collector)
        self.assertEqual(second.call_id.case_id.user_id, other)

    def test_a_call_back_later_today_waits_for_its_hour(self):
        wizard = self._start()
        wizard.write({"call_back_date": TODAY, "next_call_time": 15.0})
        self._end(wizard, self.call_back)
        for _debtor in range(2):
            self._end(self._start())
        action = self.cases.action_start_calling()
        self.assertIn("Now is not the time", action["params"]["message"])
        with freeze_time(f"{TODAY} 14:01:00"):  # 15:01 in Berlin
            self.assertEqual(self._start().partner_id, self.large)

    def test_nobody_is_handed_a_debtor_at_the_wrong_time(self):
        policy = self.env.ref("collection_calls.collection_contact_policy_business")
        policy.sudo().active = True
        self.large.write(  # it is 5:00 there
            {"phone": "+1 212-555-0130", "country_id": self.env.ref("base.us").id}
        )
        self.assertEqual(self._start().partner_id, self.debtor)
        self.assertEqual(self._progress()["left"], 3, "it waits for its hours")

    def test_debtors_on_hold_are_left_out(self):
        large = self.cases.search([("partner_id", "=", self.large.id)])
        large.action_hold("hardship", "The owner is in hospital")
        self.env.cr.flush()
        self.assertEqual(self._start().partner_id, self.debtor)

    def test_debtors_without_a_number_are_left_out(self):
        self.large.phone = False
        self.assertEqual(self._start().partner_id, self.debtor)
        self.assertEqual(self._progress()["left"], 2)

    def test_skipped_cases_of_nobody_stay_nobodys(self):
        self.cases.search([]).sudo().user_id = False
        self.env.cr.flush()
        wizard = self._start()
        case = wizard.call_id.case_id
        wizard = self._open_from(self._go_on(wizard.action_skip()))
        self.assertFalse(case.user_id)
        self._end(wizard)
        self.assertEqual(wizard.call_id.case_id.user_id, self.collector)

    def test_nobody_is_called_twice_in_a_row(self):
        """Whatever the next call is, if none was agreed for today."""
        strategy = self.env.ref("collection_calls.collection_strategy_all").sudo()
        strategy.write({"first_call_days": 0})
        wrong = self.env.ref("collection_calls.collection_call_outcome_wrong_number")
        self.debtor.phone = False  # whoever has another number is called there
        called = []
        for _call in range(3):
            wizard = self._start()
            called.append(wizard.partner_id)
            self._end(wizard, wrong)
        self.assertEqual(set(called), {self.large, self.debtor, self.small})
        self.assertEqual(self._progress(), {"done": 3, "left": 0})
        self.assertIn("params", self.cases.action_start_calling())

    def test_a_call_back_today_without_an_hour_waits_a_while(self):
        wizard = self._start()
        wizard.call_back_date = TODAY
        action = self._go_on(self._end(wizard, self.call_back))
        wizard = self._open_from(action)
        self.assertEqual(wizard.partner_id, self.debtor)
        self._end(wizard)
        self._end(self._start())
        self.assertIn("params", self.cases.action_start_calling())
        with freeze_time(f"{TODAY} 10:01:00"):
            self.assertEqual(self._start().partner_id, self.large)

    def test_a_busy_line_is_tried_again_later_that_day(self):
        """It never rang: no attempt, and an hour later the debtor comes again."""
        wizard = self._start()
        self.assertEqual(wizard.partner_id, self.large)
        busy = self.env.ref("collection_calls.collection_call_outcome_busy")
        client = self._end(wizard, busy)
        case = self.large.with_user(self.collector).collection_case_id
        self.assertEqual((case.next_call_date, case.attempt_count), (TODAY, 0))
        self.assertEqual(self._progress(), {"done": 1, "left": 3})
        self.assertEqual(self._open_from(self._go_on(client)).partner_id, self.debtor)
        with freeze_time(f"{TODAY} 10:30:00"):
            self.assertIn(case, self.cases._get_todo(())._filter_callable())

    def test_who_has_paid_is_not_called(self):
        """Though a call is planned."""
        large = self.cases.search([("partner_id", "=", self.large.id)])
        large._schedule_next_call(TODAY, self.collector, "Call back")
        claim = self.env["account.move"].search([("partner_id", "=", self.large.id)])
        self._pay(claim, 0)
        self.env.cr.flush()
        self.assertEqual(large.situation, "closed")
        self.assertEqual(self._progress()["left"], 2)
        self.assertEqual(self._start().partner_id, self.debtor)

    def test_two_companies(self):
        """The counter and the session are about those that are switched on."""
        other = self.setup_other_company()["company"]
        self.collector.company_ids |= other
        cases = self.cases.with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertEqual(cases.get_calling_progress(), {"done": 0, "left": 3})
        action = cases.action_start_calling()
        self.assertEqual(self._open_from(action).partner_id, self.large)

    def test_one_company_after_the_other(self):
        """However urgent the cases of the other one are."""
        other = self.setup_other_company()["company"]
        self.collector.company_ids |= other
        huge = self._create_debtor("Huge", phone="030 23125 070")
        self._create_claim(900000, 200, partner=huge, company_id=other.id)
        self.cases = self.cases.with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self._open(self.small).action_end_with(self.no_answer.id)
        called = []
        for _debtor in range(3):
            wizard = self._start()
            called.append(wizard.partner_id)
            self._end(wizard)
        self.assertEqual(called, [self.large, self.debtor, huge])

    def test_debtors_with_a_wrong_number_are_left_out(self):
        wizard = self._start()
        self.assertEqual(wizard.partner_id, self.large)
        wrong = "collection_calls.collection_call_outcome_wrong_number"
        self._end(wizard, self.env.ref(wrong))
        self.assertEqual(self._progress()["left"], 2)
        case = self.cases.search([("partner_id", "=", self.large.id)])
        self.assertEqual(case.phone_problem, "wrong")
        self.large.phone = "030 23125 061"
        self.assertEqual(self._progress()["left"], 3)

    def test_another_company(self):
        other = self.setup_other_company()["company"]
        self.collector.company_ids |= other
        cases = self.cases.with_company(other)
        self.assertEqual(cases.get_calling_progress(), {"done": 0, "left": 0})
        self.assertIn("params", cases.action_start_calling())

    def test_statements_do_not_grow_with_the_list(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertTrue(self.cases._take_next())
            return self.cr.sql_log_count - before

        count()
        few = count()
        for number in range(30):
            debtor = self._create_debtor(f"Debtor {number}", phone="030 23125 070")
            self._create_claim(50, 40, partner=debtor)
        self.env.cr.flush()
        self.cases.search([]).sudo().user_id = self.collector
        self.assertLessEqual(count(), few)

    def test_a_colleague_called_with_one_click(self):
        """The session passes over the case; another click is told who has it."""
        other = self._create_user("group_collection_user", login="other_collector")
        self._open(self.large, user=other)
        self.assertEqual(self._start().partner_id, self.debtor)
        wizard = self._open(self.large)
        self.assertEqual(wizard.colleagues, other.name)

    def test_a_call_goes_on_after_midnight(self):
        """It is held until half a day has passed, on the calendar of any company."""
        other = self._create_user("group_collection_user", login="other_collector")
        with freeze_time(f"{TODAY} 22:55:00"):  # 23:55 in Berlin
            self._open(self.large, user=other).action_next()
        with freeze_time(f"{TODAY} 23:05:00"):
            wizard = self._start()
            self.assertEqual(wizard.partner_id, self.debtor)
            wizard.action_pause()
        with freeze_time(f"{TODAY + timedelta(1)} 11:00:00"):
            self.assertEqual(self._start().partner_id, self.large, "it was left")
