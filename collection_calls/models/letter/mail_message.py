from odoo import api, models
from odoo.exceptions import UserError


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_notes_on_closed_calls(self):
        """Notes on a closed call are the only way to annotate evidence: they stay."""
        if self.env.su:
            return
        noted = self.filtered(lambda message: message.model == "collection.call")
        calls = self.env["collection.call"].browse(noted.mapped("res_id"))
        if any(call.state != "ongoing" for call in calls):
            raise UserError(
                self.env._("Notes on a closed call are evidence and can't be deleted.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_notes_on_closed_disputes(self):
        if self.env.su:
            return
        noted = self.filtered(lambda message: message.model == "collection.dispute")
        disputes = self.env["collection.dispute"].browse(noted.mapped("res_id"))
        if any(dispute.state != "open" for dispute in disputes):
            raise UserError(
                self.env._(
                    "Notes on a closed dispute are evidence and can't be deleted."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_notes_on_agreed_plans(self):
        """Letters to the debtor are posted there: they stay once a plan was agreed."""
        if self.env.su:
            return
        noted = self.filtered(lambda message: message.model == "collection.plan")
        plans = self.env["collection.plan"].browse(noted.mapped("res_id"))
        if any(plan._is_evidence() for plan in plans.exists()):
            raise UserError(
                self.env._("Notes on an agreed plan are evidence and can't be deleted.")
            )
