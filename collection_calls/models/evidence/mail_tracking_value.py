from odoo import models
from odoo.exceptions import UserError

from .door import is_door_open

SAYS = ("old_value", "new_value", "mail_message_id")


class MailTrackingValue(models.Model):
    """What changed from what to what is part of the message that tells it."""

    _inherit = "mail.tracking.value"

    def write(self, vals):
        if any(name.startswith(SAYS) for name in vals):
            self._check_collection_evidence()
        return super().write(vals)

    def unlink(self):
        self._check_collection_evidence()
        return super().unlink()

    def _check_collection_evidence(self):
        if is_door_open(self.env):
            return
        # sudo: only the administrator reads them.
        messages_sudo = self.sudo().mail_message_id
        documents = ((message.model, message.res_id) for message in messages_sudo)
        if self.env["collection.evidence"]._find_evidence(documents):
            raise UserError(
                self.env._("What changed on evidence can't be rewritten or deleted.")
            )
