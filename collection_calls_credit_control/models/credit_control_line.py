from odoo import api, models
from odoo.exceptions import ValidationError

WAITING = ("draft", "to_be_sent")


class CreditControlLine(models.Model):
    _inherit = "credit.control.line"

    @api.model
    def create_or_update_from_mv_lines(self, lines, *args, **kwargs):
        """Whoever asks for it, runs and people: none for protected claims."""
        unprotected = lines - lines._get_collection_protected()
        return super().create_or_update_from_mv_lines(unprotected, *args, **kwargs)

    @api.constrains("move_line_id")
    def _check_protected(self):
        """Check that nobody makes a line that is to be sent on a protected claim.

        What was sent once may be imported.

        :raise ValidationError: if somebody does; the message names the invoices
        """
        waiting = self.filtered(lambda line: line.state in WAITING)
        protected = waiting.move_line_id._get_collection_protected()
        if protected:
            raise ValidationError(protected._explain_collection_protection())

    def _ignore_protected(self):
        """Leave those of these lines that wait to be sent, but whose claim is protected
        by now, to whoever took the promise; a note says so.

        :return: the lines that are ignored now
        """
        waiting = self.filtered(lambda line: line.state in WAITING)
        protected = waiting.move_line_id._get_collection_protected()
        ignored = waiting.filtered(lambda line: line.move_line_id in protected)
        if ignored:
            ignored.write({"state": "ignored"})
            note = self.env._(
                "Ignored: the claim was promised, or is paid by installments. When that"
                " is over, the next run looks at it again."
            )
            ignored._message_log_batch(bodies=dict.fromkeys(ignored.ids, note))
        return ignored
