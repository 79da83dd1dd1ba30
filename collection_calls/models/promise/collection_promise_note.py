from odoo import models
from odoo.tools import format_date

from ...engine import promise as engine


class CollectionPromiseNote(models.AbstractModel):
    """What promises come to, in words for whoever looks at the debtor."""

    _name = "collection.promise.note"
    _description = "Promises in Words"

    def _get_note(self, move=None):
        """What these promises come to, in one line.

        :param move: only what is promised on this invoice
        :return: what stands; else how the last one went; False if there was none
        """
        told = self.filtered(lambda promise: promise._get_told_lines(move))
        told = told._get_standing_or_last_failed()
        return " ".join(promise._describe(move) for promise in told) or False

    def _get_standing_or_last_failed(self):
        """The promises that stand; else the last one that failed and is still owed."""
        standing = self.filtered(lambda promise: promise.state in engine.STANDING)
        if standing:
            return standing.sorted("date_promised")
        failed = self.filtered(
            lambda promise: (
                promise.state in engine.FAILED
                and any(line._get_residual() for line in promise.line_ids)
            )
        )
        return failed.sorted("date_promised")[-1:]

    def _get_told_lines(self, move=None):
        """The lines to tell of; the newer promise tells of claims that it took."""
        return self._get_live_lines().filtered(
            lambda line: move in (None, line.move_id)
        )

    def _describe(self, move=None):
        self.ensure_one()
        lines = self._get_told_lines(move)
        sentences = {
            engine.OPEN: self.env._("%(amount)s promised for %(day)s (%(promise)s)."),
            engine.TO_CHECK: self.env._(
                "%(amount)s promised for %(day)s (%(promise)s): payments to be matched."
            ),
            engine.PARTIAL: self.env._("%(promise)s of %(day)s was kept in part."),
            engine.BROKEN: self.env._("%(promise)s of %(day)s was broken."),
        }
        return sentences[self.state] % {
            "amount": self.currency_id.format(sum(lines.mapped("amount"))),
            "day": format_date(self.env, self.date_promised),
            "promise": self.name,
        }
