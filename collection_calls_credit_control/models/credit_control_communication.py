from odoo import api, models
from odoo.exceptions import UserError


class CreditControlCommunication(models.Model):
    _inherit = "credit.control.communication"

    @api.model
    def _generate_comm_from_credit_lines(self, lines):
        """Whatever is sent or printed says nothing of protected claims.

        :raise UserError: if nothing is left to say
        """
        protected = lines.move_line_id._get_collection_protected()
        left = lines.filtered(lambda line: line.move_line_id not in protected)
        if lines and not left:
            raise UserError(protected._explain_collection_protection())
        return super()._generate_comm_from_credit_lines(left)
