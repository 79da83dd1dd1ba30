from odoo import api, models
from odoo.exceptions import UserError

from ..evidence.door import is_door_open


class CollectionGuard(models.AbstractModel):
    """Fields that only the ledger or a manager fills, whatever a client sends."""

    _name = "collection.guard"
    _description = "Guarded Fields"
    _inherit = "collection.entry"

    @api.model
    def _get_fact_fields(self):
        """Fields in which users record what was said."""
        return set()

    @api.model
    def _get_guarded_fields(self):
        """Fields that users never write: all but the facts, chatter and activities."""
        annotations = self.env["collection.call"]._get_annotation_fields()
        annotations -= {"website_message_ids"}  # what was noted isn't taken away either
        return set(self._fields) - self._get_fact_fields() - annotations

    @api.model
    def default_get(self, fields):
        """Neither the context nor a user's own defaults fill guarded fields."""
        guarded = self._get_guarded_fields().intersection(fields)
        values = super().default_get([name for name in fields if name not in guarded])
        for name in guarded:
            field = self._fields[name]
            if field.default:
                values[name] = field.convert_to_write(field.default(self), self)
        return values

    @api.model
    def _drop_guarded(self, vals):
        guarded = self._get_guarded_fields()
        return {name: value for name, value in vals.items() if name not in guarded}

    def _check_writable(self, vals):
        """Check that users write nothing but facts.

        :raise UserError: if they write something else
        """
        guarded = self._get_guarded_fields().intersection(vals)
        if guarded and not self.env.su:
            raise UserError(self._get_refusal(guarded))

    def _update_field_translations(self, field_name, *args, **kwargs):
        """Clients translate a value past :meth:`write`, in any language at once.

        :raise UserError: if they never write the field
        """
        if field_name in self._get_guarded_fields() and not is_door_open(self.env):
            raise UserError(self._get_refusal({field_name}))
        return super()._update_field_translations(field_name, *args, **kwargs)

    @api.model
    def _get_refusal(self, names):
        """Why these fields can't be written, in words."""
        raise NotImplementedError
