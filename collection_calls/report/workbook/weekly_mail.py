from datetime import timedelta
from tempfile import TemporaryFile

from odoo import api, fields, models
from odoo.fields import Command, Domain

MONTHS = 2  # whole ones before this one, that performance is told of


class ResCompany(models.Model):
    """The workbooks that managers get by mail, once a week."""

    _inherit = "res.company"

    collection_weekly_report = fields.Boolean(
        string="Weekly Workbooks",
        help="The collection managers get the call list and what each collector did as"
        " Excel workbooks: the first ones within the hour, then every Monday morning.",
    )
    collection_weekly_reported_on = fields.Date(
        string="Workbooks Mailed in the Week Of",
        readonly=True,
        copy=False,
        help="The Monday of the week in which the workbooks were mailed last.",
    )

    @api.model
    def _cron_mail_collection_workbooks(self):
        """Mail the workbooks of this week that weren't mailed yet.

        It runs every hour, as companies anywhere have their Monday morning at another
        one, and makes up for a Monday on which the server was down.
        """
        # sudo: all companies, whoever runs the scheduled action.
        companies_sudo = self.env["res.company"].sudo()
        self.env["collection.night"]._work_off(
            companies_sudo,
            "mail workbooks",
            companies_sudo._get_collection_mail_domain,
            lambda due, _pace: due._attempt_collection_mail(),
            1,
        )

    @api.model
    def _get_collection_mail_domain(self):
        """Companies whose Monday morning has come, and whose mail hasn't gone out."""
        wanted = self.search([("collection_weekly_report", "=", True)])
        due = wanted.filtered(lambda company: company._is_collection_mail_due())
        return Domain("id", "in", due.ids)

    def _attempt_collection_mail(self):
        """Mail them; what can't be written holds up no other company."""
        for company in self:
            self.env["collection.agreement"]._attempt(
                company._mail_collection_workbooks,
                f"{company.name}: the weekly workbooks could not be mailed",
            )

    def _is_collection_mail_due(self):
        monday = self._get_collection_monday()
        is_mailed = self.collection_weekly_reported_on == monday
        return not is_mailed and self.env["collection.agreement"]._is_time_to_remind(
            self
        )

    def _get_collection_period(self):
        """First and last day of what performance is told of: months up to today."""
        today = self._get_collection_today()
        return fields.Date.subtract(today.replace(day=1), months=MONTHS), today

    def _get_collection_monday(self):
        today = self._get_collection_today()
        return today - timedelta(days=today.weekday())

    def _mail_collection_workbooks(self):
        """Put a mail to the managers with an address in Odoo's queue, once a week."""
        self.ensure_one()
        self.collection_weekly_reported_on = self._get_collection_monday()
        managers_sudo = self._get_collection_managers().filtered("email")
        template = self.env.ref(
            "collection_calls.mail_template_weekly_workbooks", raise_if_not_found=False
        )
        if not (managers_sudo and template):
            return
        values = {
            "recipient_ids": [Command.set(managers_sudo.partner_id.ids)],
            # Else whoever reads the company, so every employee, would read the mail.
            "message_type": "user_notification",
        }
        mail = (
            self.env["mail.mail"]
            .sudo()  # mails are the administrator's alone
            .browse(template.send_mail(self.id, email_values=values))
        )
        mail.attachment_ids = self._create_collection_attachments()
        self.env["collection.call"]._wake("mail.ir_cron_mail_scheduler_action")

    def _create_collection_attachments(self):
        """The workbooks, for a mail.

        As they are a message's and of no record, administrators alone read them, and
        they go with the message when Odoo has sent it.
        """
        cases = self.env["collection.case"].search(
            [("company_id", "=", self.id), ("situation", "!=", "closed")]
        )
        first, today = self._get_collection_period()
        workbooks = {
            "collection.workbook.call.list": {"cases": cases},
            "collection.workbook.performance": {"date_from": first, "date_to": today},
        }
        return self.env["ir.attachment"].create(
            [
                {
                    "name": self.env[model]._get_file_name(self),
                    "raw": self._read_collection_workbook(model, asked),
                    "res_model": "mail.message",
                    "res_id": 0,
                }
                for model, asked in workbooks.items()
            ]
        )

    def _read_collection_workbook(self, model, asked):
        with TemporaryFile() as file:
            self.env[model]._write_file(file, self, **asked)
            file.seek(0)
            return file.read()
