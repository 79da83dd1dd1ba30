from odoo import models

COMMITMENTS_ON_SHEET = 5
LEAST_LINES = 4
MOST_LINES = 27  # on a sheet without a row of text
LINES_PER_ROW = 0.6  # a line to write on is higher than a row of text


class CollectionCaseSheet(models.AbstractModel):
    """The dossier on one sheet of paper, for calls without a screen."""

    _name = "collection.case.sheet"
    _inherit = "collection.dossier"
    _description = "Call Sheet"

    def _render_sheet(self):
        """:return: HTML in the language of the environment"""
        return self.env["ir.qweb"]._render(
            "collection_calls.report_case_sheet_document",
            {"o": self, **self._get_sheet()},
        )

    def _get_sheet(self):
        """What the sheet says, cut to what fits on its page.

        :return: what :meth:`_get_dossier` returns, with ``commitment_count``, ``aging``
            (pairs of a title and an amount) and ``note_lines``: how many lines are left
            for notes
        """
        self.ensure_one()
        sheet = self._get_dossier()
        commitments = sheet["commitments"]
        sheet.update(
            commitments=commitments[:COMMITMENTS_ON_SHEET],
            commitment_count=len(commitments),
            aging=self._get_sheet_aging(),
        )
        return {**sheet, "note_lines": self._count_note_lines(sheet)}

    def _get_sheet_aging(self):
        names = ["bucket_1_30", "bucket_31_60", "bucket_61_90", "bucket_over_90"]
        titles = self.fields_get(names, ["string"])
        return [(titles[name]["string"], self[name]) for name in names]

    def _count_note_lines(self, sheet):
        people = max(2 * len(sheet["contacts"]) + 3, 9)  # the figures stand beside
        agreed = max(2 * len(sheet["commitments"]) + 2, len(sheet["history"]))
        warnings = len((self.policy_note or "").split("\n")) + bool(self.hold)
        rows = people + len(sheet["claims"]) + 2 + agreed + warnings
        return max(int(MOST_LINES - LINES_PER_ROW * rows), LEAST_LINES)
