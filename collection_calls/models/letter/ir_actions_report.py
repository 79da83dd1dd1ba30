from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.ir_actions_report import _wkhtml

LETTER_PAPER = "collection_calls.paperformat_letter"
LETTERHEAD_FROM_TOP = 10  # mm: the letterhead itself is in the text


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    is_collection_document = fields.Boolean(
        string="Document about a Debtor",
        help="Only the groups of the report may print it, and each record is laid out"
        " by itself.",
    )

    @api.model
    def _prints_headers(self):
        """Whether the program that makes PDFs prints headers and footers."""
        return _wkhtml().is_patched_qt

    def _get_rendering_context(self, report, docids, data):
        if report.is_collection_document and not self.env.su:
            report._check_collection_reader()
            self.env[report.model].browse(docids).check_access("read")
        values = super()._get_rendering_context(report, docids, data)
        if report.paperformat_id == self._get_letter_paper():
            if not self._prints_headers():
                values["data_report_margin_top"] = LETTERHEAD_FROM_TOP
        return values

    @api.model
    def _get_letter_paper(self):
        """The paper of letters to debtors; empty if an administrator deleted it."""
        paper = self.env.ref(LETTER_PAPER, raise_if_not_found=False)
        return paper or self.env["report.paperformat"].new()

    def _check_collection_reader(self):
        """Odoo hides a report from other groups; who knows its address can open it.

        :raise AccessError: if the user is in none of its groups
        """
        self.ensure_one()
        if not set(self.env.user._get_group_ids()).intersection(self.group_ids.ids):
            raise AccessError(
                self.env._(
                    "“%(report)s” is for %(groups)s. Ask one of them to print it.",
                    report=self.name,
                    groups=", ".join(self.group_ids.mapped("full_name")),
                )
            )

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Lay out documents about debtors one by one, in the order of ``res_ids``.

        Builds of wkhtmltopdf without a patched Qt, as distributions have them, refuse
        several at once; others don't begin each one with page 1. Odoo merges them.
        """
        render = super()._render_qweb_pdf_prepare_streams
        if not res_ids or not self._get_report(report_ref).is_collection_document:
            return render(report_ref, data, res_ids=res_ids)
        streams = {}
        for res_id in dict.fromkeys(res_ids):
            streams.update(render(report_ref, data, res_ids=[res_id]))
        return streams
