from odoo import models


class CreditControlPolicyChanger(models.TransientModel):
    _inherit = "credit.control.policy.changer"

    def set_new_policy(self):
        """Say on which claims the policy is set without a line being made."""
        action = super().set_new_policy()
        protected = self.move_line_ids._get_collection_protected()
        if not protected:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("The policy is set for later"),
                "message": protected._explain_collection_protection(),
                "next": action,
            },
        }
