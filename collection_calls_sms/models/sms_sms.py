from odoo import models

FAILED = ("error", "canceled")


class SmsSms(models.Model):
    """Text messages with a link: whether they left, and that nobody reads them."""

    _inherit = "sms.sms"

    def _handle_call_result_hook(self, results):
        result = super()._handle_call_result_hook(results)
        links = self.env["collection.link"].sudo().search([("sms_id", "in", self.ids)])
        links.filtered(lambda link: link.sms_id.state in FAILED)._note_failure()
        links.sms_id._forget_text()
        return result

    def _get_failure(self):
        """Why it didn't leave, in the environment's language."""
        reasons = dict(self._fields["failure_type"]._description_selection(self.env))
        return reasons.get(self.failure_type) or reasons["unknown"]

    def _forget_text(self):
        """Whoever has the link could go on with it: it isn't kept.

        Nor can it be sent once more: another link can.
        """
        self.write({"body": False, "to_delete": True})
