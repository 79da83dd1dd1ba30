from odoo import models


class CreditControlPolicy(models.Model):
    _inherit = "credit.control.policy"

    def _get_move_lines_to_process(self, credit_control_run):
        """Protected claims are left out from the start, and those for which nobody is
        pressed.

        So they give no other claim of their debtor a higher level either.
        """
        lines = super()._get_move_lines_to_process(credit_control_run)
        lines -= lines._get_collection_protected()
        return lines - lines._get_collection_left_alone()
