from odoo import api, models
from odoo.exceptions import UserError


class CollectionCallEvidence(models.AbstractModel):
    """Parts of a call that are fixed once it is closed. They have a ``call_id``."""

    _name = "collection.call.evidence"
    _description = "Evidence of a Call"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_call_is_open()
        return records

    def write(self, vals):
        self._check_call_is_open()
        result = super().write(vals)
        self._check_call_is_open()  # it may be another call now
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed_call(self):
        self._check_call_is_open()

    def _check_call_is_open(self):
        for call in self.call_id:
            if call.state != "ongoing":
                raise UserError(
                    self.env._(
                        "%(call)s is closed: what it says can't be changed any more."
                        " Add a note below the call instead.",
                        call=call.name,
                    )
                )
