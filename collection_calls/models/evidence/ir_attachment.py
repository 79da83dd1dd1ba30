import base64

from odoo import api, models
from odoo.exceptions import UserError

from .door import changes, is_door_open

# What Odoo adds to a file, and what is made from it.
ANNOTATIONS = {"access_token", "index_content", "thumbnail"}
CONTENT = {"raw", "datas"}


class IrAttachment(models.Model):
    """Files of evidence are neither renamed, replaced, moved nor deleted."""

    _inherit = "ir.attachment"

    def write(self, vals):
        names = self._get_evidence_fields() & vals.keys()
        if names:
            self._check_collection_evidence(vals, names)
        return super().write(vals)

    def unlink(self):
        self._check_collection_evidence()
        return super().unlink()

    @api.model
    def _get_evidence_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.type != "one2many"
        } - ANNOTATIONS | CONTENT

    def _is_rewritten_by(self, vals, names):
        self.ensure_one()
        for name in CONTENT & names:
            content = vals[name] or b""
            if name == "datas":
                content = base64.b64decode(content)
            elif isinstance(content, str):
                content = content.encode()
            if self._compute_checksum(content) != self.checksum:
                return True
        return changes(self, vals, names - CONTENT)

    def _check_collection_evidence(self, vals=None, names=frozenset()):
        """Check that no file of evidence is touched; adding some is always possible.

        :param dict vals: what is written; None if the files are deleted
        :param names: fields among ``vals`` that make up a file
        :raise UserError: if one is touched
        """
        if is_door_open(self.env):
            return
        # sudo: a file is evidence as well for those who don't see the record.
        files_sudo = self.sudo()
        documents = {(file.res_model, file.res_id) for file in files_sudo}
        found = self.env["collection.evidence"]._find_evidence(documents)
        kept_sudo = files_sudo.filtered(
            lambda file: found.get((file.res_model, file.res_id))
        )
        if any(vals is None or f._is_rewritten_by(vals, names) for f in kept_sudo):
            raise UserError(
                self.env._(
                    "Files of calls, agreements, disputes, cases and letters are"
                    " evidence and can't be renamed, replaced, moved or deleted. Add"
                    " another file instead."
                )
            )
