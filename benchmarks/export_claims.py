"""The call list with 100,000 claims as a workbook, beside Odoo's own export.

Odoo's export holds all rows, their cells and the file in memory; ours reads debtors in
batches and writes to disk. Ours has the cases and the ages besides; Odoo's columns are
those of our sheet of claims, as far as Odoo knows them.
"""

from tempfile import TemporaryFile
from types import SimpleNamespace
from unittest.mock import patch

from odoo.addons.web.controllers import export as web_export

from . import stage as stages
from .evaluate_promises import ROOT_USER
from .list_cases import as_collector
from .measure import Work, compare
from .refresh_cases import has_cases

FACTOR = 5  # times the usual ledger: 100,000 claims
CLAIMS = 100_000
BOUND = 1.25  # two sheets more than Odoo's
MOST_MEGABYTES = 100
# Odoo reads what each one is from the field that its path ends in.
COLUMNS = {
    "partner_id": "many2one",
    "move_id/name": "char",
    "invoice_date": "date",
    "date_maturity": "date",
    "move_id/collection_days_overdue": "integer",
    "currency_id": "many2one",
    "amount_currency": "monetary",
    "amount_residual_currency": "monetary",
    "amount_residual": "monetary",
    "partner_id/collection_case_id/user_id": "many2one",
}


def run(stage, rounds):
    name = "export_claims"
    if not has_cases(name, stage):
        return None
    database = stages.refreshed(stages.scaled(FACTOR))
    measured = Work("the workbook", database, find_cases, write_workbook, ROOT_USER)
    baseline = Work("Odoo's export", database, find_items, export_items, ROOT_USER)
    # Our process grows first: Odoo's memory is not given back when it is done.
    comparison = compare(name, measured, baseline, rounds, BOUND)
    return comparison._replace(most_megabytes=MOST_MEGABYTES)


def find_cases(env):
    cases = as_collector(env).search([("situation", "!=", "closed")])
    assert sum(cases.mapped("overdue_count")) == CLAIMS
    return cases


def write_workbook(_env, cases):
    workbook = cases.env["collection.workbook.call.list"]
    with TemporaryFile() as file:
        workbook._write_file(file, cases.env.company, cases=cases)
        assert file.tell()


def find_items(env):
    """Odoo's export is for those alone who have the right to it."""
    items = as_collector(env).env["account.move.line"]
    items.env.user.sudo().group_ids += env.ref("base.group_allow_export")
    return items, items._get_collection_overdue_domain(items.env.company)


def export_items(_env, prepared):
    """What the web client's export does with the search of the list."""
    items, domain = prepared
    fields = [{"name": name, "type": kind} for name, kind in COLUMNS.items()]
    rows = items.search(domain).export_data(list(COLUMNS))["datas"]
    assert len(rows) == CLAIMS
    with patch.object(web_export, "request", SimpleNamespace(env=items.env)):
        content = web_export.ExcelExport().from_data(fields, list(COLUMNS), rows)
    assert content
