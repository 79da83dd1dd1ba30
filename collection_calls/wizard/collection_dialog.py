from odoo import api, models


class CollectionDialog(models.AbstractModel):
    """What every dialog of ours keeps to: it shows nobody more than they may read.

    Core reads related fields, and computes stored ones, as superuser, and lets anybody
    put any id into a dialog of their own. Here both are the user's: what a dialog is
    about has to be theirs to read, and what follows from it is read with their rights.
    That a dialog belongs to whoever opened it says a rule for each model.
    """

    _name = "collection.dialog"
    _inherit = "collection.entry"
    _description = "Dialog about Debtors"

    @api.model
    def _post_model_setup__(self):
        """No field bypasses the user's rights, those of extensions included."""
        result = super()._post_model_setup__()
        for field in self._fields.values():
            field.compute_sudo = False
        return result

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_readable(values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_readable(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_readable(vals)
        return super().write(vals)
