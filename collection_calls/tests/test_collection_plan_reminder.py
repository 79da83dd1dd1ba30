"""Some days before an installment is due, the debtor gets an e-mail.

The first is due on Friday 20 March; the company reminds three days before, on the 17th.
"""

from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsPlanCommon

DUE = date(2026, 3, 20)
REMIND = date(2026, 3, 17)
OUR_LOG = "odoo.addons.collection_calls.models.agreement.collection_agreement"


@tagged("post_install", "-at_install")
class TestPlanReminder(CollectionCallsPlanCommon):
    def _remind_at(self, day, hour="08:00"):
        self.env.cr.flush()
        with self._at(day, hour):
            self._run_cron("ir_cron_remind_installments")

    def _get_reminders(self, plan):
        return plan.sudo().message_ids.filtered(
            lambda message: "your next installment" in (message.subject or "")
        )

    def test_once_three_days_before(self):
        plan = self._agree()
        self._remind_at(REMIND - timedelta(1))
        self.assertFalse(self._get_reminders(plan))
        for _time in range(3):
            self._remind_at(REMIND)
        self._remind_at(REMIND + timedelta(1))
        [reminder] = self._get_reminders(plan)
        self.assertIn("250.00", reminder.body)
        self.assertIn("March 20, 2026", reminder.body)
        first, *others = plan.installment_ids
        self.assertEqual(first.date_reminded, REMIND)
        self.assertFalse(any(part.date_reminded for part in others))
        [mail] = reminder.mail_ids
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.debtor)
        self.assertFalse(self._get_calls(plan))

    def test_each_installment(self):
        plan = self._agree()
        self._remind_at(REMIND)
        with self._at(DUE):
            self._receive(self.invoice, 250, DUE)
        self._remind_at(date(2026, 4, 17))
        reminders = self._get_reminders(plan).sorted("id")
        self.assertEqual(len(reminders), 2)
        self.assertIn("April 20, 2026", reminders[1].body)

    def test_setting_of_the_company(self):
        self.company.collection_plan_reminder_days = 7
        plan = self._agree()
        self._remind_at(DUE - timedelta(8))
        self.assertFalse(self._get_reminders(plan))
        self._remind_at(DUE - timedelta(7))
        self.assertEqual(len(self._get_reminders(plan)), 1)

    def test_no_reminders(self):
        self.company.collection_plan_reminder_days = 0
        plan = self._agree()
        for days in range(12):
            self._remind_at(TODAY + timedelta(days))
        self.assertFalse(self._get_reminders(plan))
        self.assertFalse(self._get_calls(plan))

    def test_late_but_not_on_the_day(self):
        """The server was down for two days."""
        plan = self._agree()
        self._remind_at(DUE - timedelta(1))
        self.assertEqual(len(self._get_reminders(plan)), 1)
        other = self._agree(self._create_claim(100, 5))
        self._remind_at(DUE)
        self.assertFalse(self._get_reminders(other))

    def test_called_who_has_no_address(self):
        self.debtor.email = False
        plan = self._agree()
        for _time in range(2):
            self._remind_at(REMIND)
        self.assertFalse(self._get_reminders(plan))
        [call] = self._get_calls(plan)
        self.assertEqual((call.user_id, call.date_deadline), (self.collector, REMIND))
        self.assertIn(plan.name, call.summary)

    def test_call_about_the_missed_one_is_not_replaced(self):
        self.debtor.email = False
        plan = self._agree(rule=self.consumer)
        self._run_on(date(2026, 3, 24))
        [call] = self._get_calls(plan)
        self.assertIn("Installment missed", call.summary)
        self._remind_at(date(2026, 4, 17))
        self.assertEqual(plan.installment_ids[1].date_reminded, date(2026, 4, 17))
        self.assertEqual(self._get_calls(plan), call)

    def test_call_planned_for_later_does_not_remind(self):
        self.debtor.email = False
        plan = self._agree()
        case = plan.sudo()._get_case()
        case._schedule_next_call(DUE + timedelta(1), self.collector, "Another matter")
        self._remind_at(REMIND)
        self.assertEqual(len(self._get_calls(plan)), 2)

    def test_called_whose_address_is_wrong(self):
        self.debtor.email = "ask at the gate"
        plan = self._agree()
        self._remind_at(REMIND)
        self.assertFalse(self._get_reminders(plan))
        self.assertEqual(len(self._get_calls(plan)), 1)

    def test_called_where_the_template_is_broken(self):
        template = self.env.ref("collection_calls.mail_template_installment_reminder")
        template.body_html = '<p>Dear <t t-out="object.no_such_method()"/></p>'
        plan = self._agree()
        with mute_logger(OUR_LOG, "odoo.addons.mail.models.mail_render_mixin"):
            self._remind_at(REMIND)
            self._remind_at(REMIND, "10:00")
        self.assertEqual(plan.installment_ids[0].date_reminded, REMIND)
        self.assertEqual(len(self._get_calls(plan)), 1)

    def test_not_of_what_is_paid(self):
        plan = self._agree()
        self._receive(self.invoice, 250)
        self._remind_at(REMIND)
        self.assertFalse(self._get_reminders(plan))

    def test_of_what_is_left_of_it(self):
        plan = self._agree()
        self._receive(self.invoice, 100)
        self._remind_at(REMIND)
        [reminder] = self._get_reminders(plan)
        self.assertIn("150.00", reminder.body)
        self.assertNotIn("250.00", reminder.body)

    def test_not_of_what_is_credited(self):
        plan = self._agree(count=2)
        self._credit(self.invoice, 500)
        self._remind_at(date(2026, 4, 17))
        self.assertFalse(self._get_reminders(plan))

    def test_of_the_next_one_while_another_is_in_arrears(self):
        """Nobody is asked to pay by a day that is past."""
        plan = self._agree(rule=self.consumer)
        self._run_on(date(2026, 4, 1))
        self._assert_plan(plan, "active", arrears=250)
        self._remind_at(date(2026, 4, 17))
        [reminder] = self._get_reminders(plan)
        self.assertIn("April 20, 2026", reminder.body)
        self.assertNotIn("March", reminder.body)

    def test_not_in_notice(self):
        plan = self._agree(rule=self.business)
        self._run_on(date(2026, 3, 26))
        self._assert_plan(plan, "notice")
        self._remind_at(date(2026, 4, 17))
        self.assertFalse(self._get_reminders(plan))

    def test_not_once_it_is_accelerated(self):
        plan = self._agree()
        self._run_on(date(2026, 3, 26))
        self._assert_plan(plan, "accelerated")
        self._remind_at(date(2026, 4, 17))
        self.assertFalse(self._get_reminders(plan))

    def test_not_of_drafts_nor_of_what_is_over(self):
        draft = self._plan(self.invoice)
        cancelled = self._agree(self._create_claim(100, 5))
        cancelled.with_user(self.manager).action_cancel("Wrong")
        self._remind_at(REMIND)
        self.assertFalse(self._get_reminders(draft))
        self.assertFalse(self._get_reminders(cancelled))

    def test_not_the_day_after_it_was_agreed(self):
        """They have the plan in writing since then."""
        plan = self._agree(days=2)
        self._remind_at(TODAY, "10:00")
        self._remind_at(TODAY + timedelta(1))
        self.assertFalse(self._get_reminders(plan))
        self.assertFalse(self._get_calls(plan))

    def test_from_seven_on_the_companys_clock(self):
        plan = self._agree()
        self._remind_at(REMIND, "05:59")
        self.assertFalse(self._get_reminders(plan))
        self._remind_at(REMIND, "06:00")
        self.assertEqual(len(self._get_reminders(plan)), 1)

    def test_morning_far_west(self):
        self.company.partner_id.tz = "Pacific/Honolulu"
        plan = self._agree(date_start=DUE)
        self._remind_at(REMIND, "16:59")
        self.assertFalse(self._get_reminders(plan))
        self._remind_at(REMIND, "17:00")
        self.assertEqual(len(self._get_reminders(plan)), 1)

    def test_language_of_the_debtor(self):
        template = self.env.ref("collection_calls.mail_template_installment_reminder")
        template.with_context(lang="fr_FR").subject = "Votre échéance {{ object.name }}"
        self.debtor.lang = "fr_FR"
        plan = self._agree()
        self._remind_at(REMIND)
        messages = plan.sudo().message_ids
        [reminder] = messages.filtered(lambda m: "échéance" in (m.subject or ""))
        self.assertIn("20 mars 2026", reminder.body)

    def test_the_person_who_agreed(self):
        self.contact.email = "weber@mueller.example"
        plan = self._agree(contact_id=self.contact.id)
        self._remind_at(REMIND)
        [reminder] = self._get_reminders(plan)
        self.assertEqual(reminder.mail_ids.recipient_ids, self.contact)
        self.assertIn("Frau Weber", reminder.body)

    def test_one_failure_does_not_stop_the_others(self):
        one = self._agree()
        other = self._agree(self._create_claim(100, 5))
        plans = self.registry["collection.plan"]
        remind = plans._remind

        def fail_first(self):
            if self == one.sudo():
                raise ValueError("our fault")
            remind(self)

        self.patch(plans, "_remind", fail_first)
        with mute_logger(OUR_LOG):
            self._remind_at(REMIND)
        self.assertFalse(self._get_reminders(one))
        self.assertEqual(len(self._get_reminders(other)), 1)
