from odoo import api, models
from odoo.fields import Domain


class IrAttachment(models.Model):
    """Files in a confidential chatter are read by whoever reads its notes.

    Core lets everybody have them who may read the record below which they stand.
    """

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        if operation != "read":
            yield from super()._inaccessible_comodel_records(model_and_ids, operation)
            return
        confidential = self.env.registry["collection.confidential"]
        told = {
            name: ids
            for name, ids in model_and_ids.items()
            if issubclass(self.env.registry.get(name or "", object), confidential)
        }
        others = {
            name: model_and_ids[name] for name in model_and_ids if name not in told
        }
        yield from super()._inaccessible_comodel_records(others, operation)
        yield from super()._inaccessible_comodel_records(told, "write")

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        hidden = [] if self.env.su or bypass_access else self._get_hidden_models()
        if hidden:
            open_to_all = Domain("public", "=", True)
            domain = Domain(domain) & (
                open_to_all | Domain("res_model", "not in", hidden)
            )
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _get_hidden_models(self):
        """Names of the models whose chatter the user doesn't read.

        On ours, whoever may write on some records may on all that they see.
        """
        confidential = self.env["collection.confidential"]
        return [
            name
            for name in sorted(confidential._inherit_children)
            if not self.env[name]._abstract and not self.env[name].has_access("write")
        ]
