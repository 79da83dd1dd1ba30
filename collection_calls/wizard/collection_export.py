import logging
import shutil
from tempfile import TemporaryFile
from zipfile import ZipFile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

URL = "/collection_calls/workbook/{}"
MOST_STATEMENTS = 100
WORKBOOKS = {
    "call_list": "collection.workbook.call.list",
    "statement": "collection.workbook.statement",
    "plans": "collection.workbook.plans",
    "performance": "collection.workbook.performance",
}

_logger = logging.getLogger(__name__)


class CollectionExport(models.TransientModel):
    """A workbook that somebody asked for, until it is downloaded.

    What was selected stands in here, as a link can't hold it.
    """

    _name = "collection.export"
    _description = "Workbook to Download"
    _inherit = "collection.dialog"

    kind = fields.Selection(
        [
            ("call_list", "Call List"),
            ("statement", "Statement"),
            ("plans", "Installment Plans"),
            ("performance", "Collector Performance"),
        ],
        required=True,
        readonly=True,
        default="performance",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    selected_model = fields.Char(readonly=True)
    selected_ids = fields.Json(readonly=True)
    selected_domain = fields.Json(readonly=True)
    is_whole_search = fields.Boolean(string="All That the Search Finds", readonly=True)
    date_from = fields.Date(
        string="From",
        default=lambda self: self.env.company._get_collection_period()[0],
    )
    date_to = fields.Date(
        string="Until",
        default=lambda self: self.env.company._get_collection_period()[1],
    )

    lang_of = fields.Selection(
        [("reader", "Mine"), ("debtor", "The debtor's")],
        string="Language",
        required=True,
        default="reader",
    )
    with_notes = fields.Boolean(
        string="With Notes of Calls",
        help="Adds a sheet with the calls and what was said in them. Leave it out of"
        " what you send to the debtor.",
    )

    # ------------------------------------------------------------------- selection

    @api.model
    def _offer(self, kind, records):
        """Have the workbook about these records downloaded: what actions return.

        For statements, a dialog asks in which language, and whether with notes.

        :raise UserError: if there are none, if they are of several companies, or too
            many for statements
        """
        if not records:
            raise UserError(self.env._("Select what the workbook is to be about."))
        export = self.create({"kind": kind, **self._prepare_selection(records)})
        export._settle_company()
        export._check_count()
        return export._ask() if kind == "statement" else export.action_download()

    def _ask(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Excel: Statement"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _get_lang(self, debtor):
        """The code of the language in which a debtor's statement is written."""
        is_debtors = self.lang_of == "debtor"
        return (is_debtors and debtor.lang) or self.env.lang

    @api.model
    def _prepare_selection(self, records):
        """What was selected in a list.

        The web client hands over a limited number of records. Where it has cut them
        off, all that the search finds is meant, and it hands over the search as well.
        """
        values = {"selected_model": records._name, "selected_ids": records.ids}
        # sudo: the limit is everybody's, settings are the administrator's.
        settings_sudo = self.env["ir.config_parameter"].sudo()
        limit = int(settings_sudo.get_param("web.active_ids_limit", 20_000))
        domain = self.env.context.get("active_domain")
        if domain is not None and len(records) >= limit:
            values |= {"is_whole_search": True, "selected_domain": domain}
        return values

    def _get_selected(self):
        """The records, as far as the user may read them."""
        records = self.env[self.selected_model]
        if self.is_whole_search:
            return records.search(self.selected_domain or [])
        selected = [("id", "in", self.selected_ids or [])]
        return records.with_context(active_test=False).search(selected)

    def _settle_company(self):
        """A workbook has one company: its name, its currency, its language."""
        records = self._get_selected()
        if "company_id" not in records._fields or self.selected_model == "res.partner":
            return
        of_records = [("id", "in", records.ids)]
        companies = [
            company for [company] in records._read_group(of_records, ["company_id"])
        ]
        if len(companies) != 1:
            raise UserError(self.env._("Select records of one company."))
        self.company_id = companies[0]

    def _get_debtors(self):
        selected = self._get_selected()
        debtors = selected if selected._name == "res.partner" else selected.partner_id
        return debtors.commercial_partner_id

    def _check_count(self):
        """Check that this isn't more than a download can take.

        :raise UserError: if it is
        """
        if self.kind == "statement" and len(self._get_debtors()) > MOST_STATEMENTS:
            raise UserError(
                self.env._(
                    "Each debtor gets a workbook, %(most)s at most at a time. Select"
                    " fewer debtors.",
                    most=MOST_STATEMENTS,
                )
            )

    # -------------------------------------------------------------------- download

    def action_download(self):
        self.ensure_one()
        self._check_asked()
        return {
            "type": "ir.actions.act_url",
            "url": URL.format(self.id),
            "target": "new",
            "close": True,
        }

    def _check_asked(self):
        """Check that the user may have the workbook.

        :raise AccessError: if it is for managers alone
        :raise UserError: if nothing can be in it
        """
        if self.kind != "performance":
            return
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._("What each collector did is for collection managers alone.")
            )
        if not self.date_from or not self.date_to or self.date_from > self.date_to:
            raise UserError(
                self.env._("Enter the first and the last day, in this order.")
            )

    def _write_file(self, file):
        """Write what was asked for.

        :param file: a binary file that is open for writing
        :return: the name for it
        """
        self.ensure_one()
        self._check_asked()
        _logger.info("User %s downloads %s %s", self.env.uid, self._name, self.kind)
        workbook, company = self.env[WORKBOOKS[self.kind]], self.company_id
        if self.kind == "statement":
            return self._write_statements(workbook, file)
        asked = {"date_from": self.date_from, "date_to": self.date_to}
        if self.kind != "performance":
            name = "cases" if self.kind == "call_list" else "plans"
            asked = {name: self._get_selected()}
        workbook._write_file(file, company, **asked)
        return workbook._get_file_name(company)

    def _write_statements(self, workbook, file):
        """One workbook for one debtor; else an archive with one for each of them."""
        debtors, company = self._get_debtors(), self.company_id
        notes = {"with_notes": self.with_notes}
        if len(debtors) == 1:
            lang = self._get_lang(debtors)
            workbook._write_file(file, company, lang, debtor=debtors, **notes)
            return workbook._get_file_name(company, debtors.display_name, lang=lang)
        with ZipFile(file, "w") as archive:
            for debtor in debtors:
                lang = self._get_lang(debtor)
                name = workbook._get_file_name(
                    company, debtor.display_name, mark=f"({debtor.id})", lang=lang
                )
                with TemporaryFile() as one, archive.open(name, "w") as entry:
                    workbook._write_file(one, company, lang, debtor=debtor, **notes)
                    one.seek(0)
                    shutil.copyfileobj(one, entry)
        return workbook._get_file_name(company, ending="zip", lang=self.env.lang)
