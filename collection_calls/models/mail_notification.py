import logging

from odoo import models

_logger = logging.getLogger(__name__)


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        result = super().write(vals)
        if "notification_status" in vals:
            self._wake_collection_calls()
        return result

    def _wake_collection_calls(self):
        """Have the calls learn after the commit what became of their confirmations.

        This runs while Odoo sends: it must neither fail nor write to anything that
        somebody else may be writing to.
        """
        try:
            if "collection.call" in self.sudo().mail_message_id.mapped("model"):
                with self.env.cr.savepoint(flush=False):
                    self.env["collection.call"]._wake(
                        "collection_calls.ir_cron_read_deliveries"
                    )
        except Exception:
            _logger.exception("Collection calls were not told of a delivery")
