from odoo import models


class CollectionCallWizard(models.TransientModel):
    _inherit = "collection.call.wizard"

    def action_send_link_by_sms(self):
        """Send the debtor a link to what was agreed, as a text message."""
        action = self.call_id.action_send_link_by_sms()
        self._reload()
        return action
