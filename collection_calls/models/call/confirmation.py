from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

CONFIRMATION = "collection_calls.mail_template_call_confirmation"


class CollectionCallConfirmation(models.AbstractModel):
    """What was agreed, in writing: one confirmation covers all of a call."""

    _name = "collection.call.confirmation"
    _inherit = "collection.confirmation"
    _description = "Written Confirmation of a Call"

    def action_print_confirmation(self):
        """Print the letters that confirm these calls.

        :raise UserError: if nothing is to be confirmed in one of them
        """
        self.check_access("write")
        for call in self:
            if call.state != "done" or not call.confirmation_state:
                raise UserError(
                    self.env._(
                        "%(call)s has no letter: nothing is to be confirmed in"
                        " writing. Take it out of the selection.",
                        call=call.name,
                    )
                )
        self._note_printed()
        report = self.env.ref("collection_calls.action_report_call_letter")
        return report.report_action(self, config=False)

    def _send_confirmation(self):
        """Confirm what was agreed, if that is wanted and anything was."""
        self.ensure_one()
        wanted = self.right_party_verified and self.send_confirmation
        binding = self.step == "close" or self._has_commitments()
        if wanted and binding:
            self._confirm()

    def _post_confirmation(self, **options):
        return self.message_post_with_source(self.env.ref(CONFIRMATION), **options)

    def _get_case(self):
        return self.case_id

    @api.model
    def _get_confirmable_domain(self):
        return Domain("state", "=", "done")

    def _write_confirmation(self, vals):
        return self._write_closed(vals)

    def _get_letter_name(self):
        return self.name
