import logging

from odoo import models

# By the model in whose chatter the e-mail is posted: which model it confirms, and the
# scheduled action that reads back what became of it.
READERS = {
    "collection.call": ("collection.call", "collection_calls.ir_cron_read_deliveries"),
    "collection.plan": (
        "collection.plan.letter",
        "collection_calls.ir_cron_read_letter_deliveries",
    ),
}

_logger = logging.getLogger(__name__)


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        result = super().write(vals)
        if "notification_status" in vals:
            self._wake_collection_readers()
        return result

    def _wake_collection_readers(self):
        """Have it read after the commit what became of confirmations.

        This runs while Odoo sends: it must neither fail nor write to anything that
        somebody else may be writing to.
        """
        try:
            # sudo: whoever sends may not read the message.
            for thread in set(self.sudo().mail_message_id.mapped("model")):
                if thread in READERS:
                    model, cron = READERS[thread]
                    with self.env.cr.savepoint(flush=False):
                        self.env[model]._wake(cron)
        except Exception:
            _logger.exception("Nobody was told what became of a confirmation")
