"""The ranking follows within the transaction, and equals what the night makes of it."""

from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import (
    FEW,
    MANY,
    TODAY,
    CollectionCallsAccountant,
    CollectionCallsCaseCommon,
)

LATER = date(2026, 3, 19)


@tagged("post_install", "-at_install")
class TestCollectionRankEvents(CollectionCallsAccountant, CollectionCallsCaseCommon):
    def _plan_call(self, day=LATER):
        return self.case._schedule_next_call(day, self.collector, "Ask again")

    def test_planned_in_odoos_own_dialog(self):
        self.case.activity_schedule(
            "collection_calls.mail_activity_type_collection_call",
            date_deadline=LATER,
            summary="Ask again",
            user_id=self.collector.id,
        )
        self._assert_next(LATER, "planned")
        self.assertEqual(self.case.next_call_reason, "Ask again")
        self._assert_settled()

    def test_moved(self):
        call = self._plan_call()
        self._assert_next(LATER, "planned")
        call.date_deadline = LATER + timedelta(1)
        self._assert_next(LATER + timedelta(1), "planned")
        self._assert_settled()

    def test_done_and_deleted(self):
        self._plan_call().action_feedback(feedback="Spoke to them in the street")
        self._assert_next(date(2026, 2, 11), "first")
        call = self._plan_call()
        self._assert_next(LATER, "planned")
        call.unlink()
        self._assert_next(date(2026, 2, 11), "first")
        self._assert_settled()

    def test_other_activities_are_no_calls(self):
        to_do = self.case.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=LATER,
            user_id=self.collector.id,
        )
        self._assert_next(date(2026, 2, 11), "first")
        to_do.activity_type_id = self.env.ref(
            "collection_calls.mail_activity_type_collection_call"
        )
        self._assert_next(LATER, "planned")

    def test_first_of_several(self):
        calls = [
            self.case.activity_schedule(
                "collection_calls.mail_activity_type_collection_call",
                date_deadline=LATER + timedelta(days),
                summary=f"In {days}",
                user_id=self.collector.id,
            )
            for days in (3, 1, 2)
        ]
        self._assert_next(LATER + timedelta(1), "planned")
        self.assertEqual(self.case.next_call_reason, "In 1")
        calls[1].unlink()
        self._assert_next(LATER + timedelta(2), "planned")
        self.env.invalidate_all()
        self.assertEqual(self.case.next_call_reason, "In 2")

    def test_deleted_case(self):
        debtor = self._create_debtor("By mistake")
        cases = self.env["collection.case"].with_user(self.collector)
        case = cases.create({"partner_id": debtor.id})
        case._schedule_next_call(LATER, self.collector, "Ask again")
        self._assert_next(LATER, "planned", case)
        case.sudo().unlink()  # as administrator: nobody else may
        self.env.cr.flush()
        self.assertFalse(self._get_case(debtor))

    def test_nobody_types_ranks(self):
        for vals in {"priority": 99}, {"next_call_date": TODAY}, {"strategy_id": 1}:
            with self._refused(UserError, "follow from the strategy"):
                self.case.with_user(self.manager).write(vals)

    def test_invoicing_users_read(self):
        self._plan_call()
        self.env.cr.flush()
        clerk = self._create_user("account.group_account_invoice")
        names = ["priority", "priority_detail", "next_call_date"]
        [row] = self.case.with_user(clerk).read([*names, "strategy_id"])
        self.assertEqual(row["next_call_date"], self.case.next_call_date)

    def test_the_night_puts_everything_right(self):
        self._plan_call()
        self._create_claim(50, 5, partner=self._create_debtor("Other"))
        self.env.cr.flush()
        before = self._read_rows()
        self.env.cr.execute(
            "UPDATE collection_case SET strategy_id = NULL, priority = 7,"
            " priority_points = NULL, next_call_date = NULL, next_call_code = 'retry'"
        )
        for _night in range(2):
            self._run_cron("ir_cron_refresh_cases")
            self.assertEqual(self._read_rows(), before)

    def test_words_for_many_cases(self):
        debtors = self.env["res.partner"]
        for number in range(MANY):
            debtors |= self._create_debtor(f"Debtor {number}")
        cases = self.env["collection.case"].with_user(self.collector)
        cases = cases._get_or_create(debtors, self.company)
        for case in cases:
            self._create_claim(10, 5, partner=case.partner_id)
            case._schedule_next_call(LATER, self.collector, "Ask again")
        self._assert_same_queries(cases, ["priority_detail", "next_call_reason"])

    # -------------------------------------------------------------------- statements

    def test_statements(self):
        """Equally many for FEW and MANY debtors, whatever the strategies ask for."""
        self._use_everything()
        debtors = self.env["res.partner"]
        for number in range(MANY):
            debtors |= self._create_debtor(f"Debtor {number}")
            self._create_claim(10 + number, 5, partner=debtors[number])
        self.env.cr.flush()
        cases, counts = self.env["collection.case"].sudo(), []
        for some in debtors, debtors[:FEW], debtors:
            self.env.cr.execute(
                "UPDATE collection_case SET user_id = NULL, priority = 1"
                " WHERE partner_id = ANY(%s)",
                [debtors.ids],
            )
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            changed = cases._refresh(some)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(changed), len(some))
            self.assertEqual(len(changed.user_id), 2)
        self.assertEqual(counts[1], counts[2])
        cases._refresh()  # the case that was there before
        before = self.cr.sql_log_count
        self.assertFalse(cases._refresh())
        self.assertLessEqual(self.cr.sql_log_count - before, 20)

    def _use_everything(self):
        strategies = self.env["collection.strategy"].with_user(self.manager)
        strategies.create(
            [
                {
                    "name": "Abroad",
                    "sequence": 1,
                    "partner_domain": "[('country_id.code', '=', 'FR')]",
                },
                {
                    "name": "Here",
                    "sequence": 2,
                    "partner_domain": "[('country_id.code', '=', 'DE')]",
                    "assignment": "round_robin",
                    "user_ids": [Command.set((self.collector | self.manager).ids)],
                },
            ]
        )
        self.company.collection_calling_calendar_id = self.env[
            "resource.calendar"
        ].create({"name": "Calling hours", "company_id": self.company.id})
