from odoo import models


class CollectionAgreement(models.AbstractModel):
    _inherit = "collection.agreement"

    def _note_answered(self, channel):
        """The debtor has written; what that says somebody has to read first.

        What was accepted or objected to stays so.
        """
        fresh = self.filtered(lambda record: record.answer_state in (False, "awaited"))
        if fresh:
            fresh._set_answer("answered", channel)
