from odoo import Command, api, models


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
        self._check_reach(values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_reach(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_reach(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_reach(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_reach(self, values):
        """Check that the user may read all that a dialog is to be about.

        :param dict values: of fields, as for :meth:`write`
        :raise AccessError: if not
        """
        for name, value in values.items():
            field = self._fields.get(name)
            if not (field and field.relational and value):
                continue
            comodel = self.env[field.comodel_name]
            if field.type == "many2one":
                value = [value]
            commands = [item for item in value if isinstance(item, (list, tuple))]
            ids = [item for item in value if isinstance(item, int)]
            for code, number, *rest in commands:
                if code in (Command.UPDATE, Command.LINK):
                    ids.append(number)
                elif code == Command.SET:
                    ids += rest[0]
                if code in (Command.CREATE, Command.UPDATE) and comodel._transient:
                    comodel._check_reach(rest[0])
            comodel.browse(i for i in ids if isinstance(i, int)).check_access("read")
