from odoo import fields, models


class CollectionCallPerson(models.TransientModel):
    """Who is on the line, if that is nobody whom we know."""

    _name = "collection.call.person"
    _description = "Who Is on the Line"
    _inherit = "collection.dialog"
    _rec_name = "name"

    call_id = fields.Many2one("collection.call", required=True, ondelete="cascade")
    name = fields.Char(required=True)
    role = fields.Char(string="Position", help="What they do there.")
    number = fields.Char(string="Their Number")
    is_in_charge = fields.Boolean(
        string="May Be Called about Invoices",
        default=True,
        help="Otherwise nobody proposes to call them: reception, temporary help.",
    )

    def action_record(self):
        """Put the person on the call, and on file.

        :raise ValidationError: if something is wrong; what was typed stays
        """
        self.ensure_one()
        self.call_id._name_person(self.name, self.role, self.number, self.is_in_charge)
        return {"type": "ir.actions.act_window_close"}
