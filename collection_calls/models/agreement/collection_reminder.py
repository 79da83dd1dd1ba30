import pytz

from odoo import api, fields, models

BATCH = 100
EARLIEST_HOUR = 7  # on the company's clock


class CollectionReminder(models.AbstractModel):
    """What reminders of promises and of installments share."""

    _name = "collection.reminder"
    _description = "Reminder of a Payment"
    _inherit = "collection.agreement"

    @api.model
    def _cron_remind(self):
        """Remind of the payments that fall due soon.

        Of each once, however often and on however many servers this runs. It runs every
        hour, as companies anywhere have their morning at another one.
        """
        self.sudo()._work_off(
            self._get_to_remind_domain,
            "remind",
            BATCH,
            lambda todo: todo._remind_each(),
        )

    def _remind_each(self):
        for record in self:
            failure = f"{record.name}: no reminder could be sent"
            record._attempt(record._remind, failure)

    @api.model
    def _is_time_to_remind(self, company):
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(company._get_collection_tz()).hour >= EARLIEST_HOUR

    def _mail_reminder(self):
        """Post the e-mail in the chatter; Odoo's mail queue sends it."""
        # The context wins over what callers such as server actions ask for.
        self.with_context(mail_notify_force_send=False).message_post_with_source(
            self.env.ref(self._get_reminder_template()),
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            force_send=False,
            notify_skip_followers=True,
        )
        self.env["collection.call"]._wake("mail.ir_cron_mail_scheduler_action")

    # --------------------------------------------------------------------- hooks

    @api.model
    def _get_to_remind_domain(self):
        """Whom to remind now."""
        raise NotImplementedError

    def _remind(self):
        """Remind of one payment."""
        raise NotImplementedError

    @api.model
    def _get_reminder_template(self):
        """:return: external id of the e-mail template"""
        raise NotImplementedError
