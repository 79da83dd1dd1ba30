from odoo import models

COMMITMENTS_ON_SHEET = 5
NOTE_LINES = (4, 15)  # least and most
ROWS = 26  # of contacts, invoices, history and agreements beside the fewest lines


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
        beside = max(len(sheet["history"]), 2 * len(sheet["commitments"]))
        rows = len(sheet["contacts"]) + len(sheet["claims"]) + beside
        least, most = NOTE_LINES
        return min(max(least, least + ROWS - rows), most)
