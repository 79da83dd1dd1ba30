"""The workbooks that managers get by mail."""

import base64
import io
from datetime import date
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CollectionCallsCaseCommon

MONDAY = date(2026, 3, 9)  # the day before today
NEXT = date(2026, 3, 16)
CRON = "ir_cron_mail_workbooks"
AGREEMENT = "odoo.addons.collection_calls.models.agreement.collection_agreement"


@tagged("post_install", "-at_install")
class TestWeeklyWorkbooks(CollectionCallsCaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Other companies' managers are none of this test's business.
        cls.env["res.company"].search([]).collection_weekly_report = False
        cls.manager.email = "manager@example.com"
        cls.collector.email = "collector@example.com"
        cls.env.cr.flush()

    def _run_on(self, day, hour="09:00"):
        with self._at(day, hour):
            self._run_cron(CRON)
            self.env.invalidate_all()

    def _get_mails(self, company=None):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "res.company"),
                ("res_id", "=", (company or self.company).id),
            ]
        )

    def _switch_on(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        settings.create({"collection_weekly_report": True}).execute()

    def test_off_by_default(self):
        defaults = self.env["res.company"].default_get(["collection_weekly_report"])
        self.assertFalse(defaults.get("collection_weekly_report"))
        self._run_on(NEXT)
        self.assertFalse(self._get_mails())

    def test_once_a_week_from_seven_on_monday(self):
        self._switch_on()
        for day, hour, count in (
            (MONDAY, "05:59", 0),
            (MONDAY, "06:00", 1),
            (MONDAY, "06:00", 1),
            (MONDAY, "15:00", 1),
            (date(2026, 3, 15), "22:00", 1),
            (NEXT, "06:00", 2),
        ):
            self._run_on(day, hour)
            self.assertEqual(len(self._get_mails()), count, (day, hour))

    def test_who_gets_what(self):
        self._switch_on()
        self._run_on(NEXT)
        [mail] = self._get_mails()
        self.assertEqual(mail.recipient_ids, self.manager.partner_id)
        self.assertEqual(mail.state, "outgoing", "Odoo's queue sends it")
        self.assertIn(self.company.name, mail.subject)
        attachments = mail.attachment_ids.sorted("id")
        names = attachments.mapped("name")
        self.assertEqual(
            names,
            [
                f"{self.company.name} - Call List - {NEXT}.xlsx",
                f"{self.company.name} - Collector Performance - {NEXT}.xlsx",
            ],
        )
        [calls, performance] = [
            openpyxl.load_workbook(io.BytesIO(base64.b64decode(attachment.datas)))
            for attachment in attachments
        ]
        self.assertEqual(calls["Call List"]["A6"].value, self.debtor.name)
        self.assertEqual(len(performance.worksheets), 3)
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)])
        self.assertTrue(triggers)

    def test_nothing_stays_when_it_is_sent(self):
        """The workbooks name debtors."""
        self._switch_on()
        self._run_on(NEXT)
        mail = self._get_mails()
        attachments = mail.attachment_ids
        mail.state = "sent"
        mail._postprocess_sent_message(self.manager.partner_id.ids, [])
        self.assertFalse(mail.exists())
        self.assertFalse(attachments.exists())

    def test_other_employees_read_neither_mail_nor_workbooks(self):
        """All of them may read the company that the mail is about.

        Administrators can: a mail that failed is theirs to look after.
        """
        self._switch_on()
        self._run_on(NEXT)
        mail = self._get_mails()
        employee = self._create_user("base.group_user")
        message = mail.mail_message_id.with_user(employee)
        self.assertFalse(message.search([("id", "=", message.id)]))
        for record in message, *mail.attachment_ids.with_user(employee):
            with self.assertRaises(AccessError):
                record.check_access("read")
        self.assertTrue(self.env.user.has_group("base.group_system"))
        self.assertEqual(len(mail.attachment_ids.mapped("raw")), 2)

    def test_nobody_to_write_to(self):
        self.manager.email = False
        self._switch_on()
        self._run_on(NEXT)
        self.assertFalse(self._get_mails())
        self.assertEqual(self.company.collection_weekly_reported_on, NEXT)

    def test_a_failure_is_tried_again_and_stops_nobody(self):
        other = self.setup_other_company()["company"]
        other.partner_id.tz = "Europe/Berlin"
        manager = self._create_user("group_collection_manager", other)
        manager.email = "other@example.com"
        (self.company | other).collection_weekly_report = True
        workbook = self.registry["collection.workbook.call.list"]
        fill = workbook._fill

        def fail(model, book, cases):
            if model.env.company == self.company:
                raise ValueError("Broken")
            return fill(model, book, cases)

        with patch.object(workbook, "_fill", fail), mute_logger(AGREEMENT):
            self._run_on(NEXT)
        self.assertFalse(self._get_mails())
        self.assertFalse(self.company.collection_weekly_reported_on)
        self.assertEqual(self._get_mails(other).recipient_ids, manager.partner_id)
        self._run_on(NEXT)
        self.assertEqual(len(self._get_mails()), 1)
        self.assertEqual(len(self._get_mails(other)), 1)

    def test_other_scheduled_work_is_waited_for(self):
        """It is scheduled work as any other: never two at once, and none is lost."""
        self._switch_on()
        night = self.registry["collection.night"]
        with (
            patch.object(night, "_take_turn", lambda self: False),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            self._run_on(NEXT)
        self.assertFalse(self._get_mails())
        self._run_on(NEXT)
        self.assertEqual(len(self._get_mails()), 1)

    def test_another_server_is_at_it(self):
        self._switch_on()
        companies = self.registry["res.company"]
        nothing = self.env["res.company"]
        with patch.object(
            companies, "try_lock_for_update", lambda records, **_options: nothing
        ):
            self._run_on(NEXT)
        self.assertFalse(self._get_mails())
        self.assertFalse(self.company.collection_weekly_reported_on)
