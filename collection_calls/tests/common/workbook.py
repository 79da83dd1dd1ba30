"""Excel files, read as their readers see them."""

import io
from datetime import datetime

import openpyxl
import pytz
from openpyxl.utils.cell import range_boundaries

from .accountant import CollectionCallsAccountant
from .case import CollectionCallsCaseCommon

HEAD = 5  # the row of the labels


class CollectionCallsWorkbookCommon(
    CollectionCallsAccountant, CollectionCallsCaseCommon
):
    """Workbooks are written by the collector and read with openpyxl."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.dollar = cls.company.currency_id

    def _write(self, kind, user=None, company=None, **asked):
        """The file, as openpyxl reads formulas, and as it reads their values."""
        model = self.env[f"collection.workbook.{kind}"].with_user(
            user or self.collector
        )
        file = io.BytesIO()
        model._write_file(file, company or self.company, **asked)
        return (
            openpyxl.load_workbook(file),
            openpyxl.load_workbook(file, data_only=True),
        )

    def _get_rows(self, sheet):
        """The rows of a sheet as dictionaries by label, totals left out."""
        labels = [cell.value for cell in sheet[HEAD]]
        last = range_boundaries(sheet.auto_filter.ref)[3]
        return [
            dict(zip(labels, row, strict=True))
            for row in sheet.iter_rows(HEAD + 1, last, values_only=True)
            if any(value is not None for value in row)
        ]

    def _get_totals(self, sheet):
        """The rows below: {label: {label of the column: value}}"""
        labels = [cell.value for cell in sheet[HEAD]]
        last = range_boundaries(sheet.auto_filter.ref)[3]
        rows = sheet.iter_rows(last + 1, values_only=True)
        return {row[0]: dict(zip(labels, row, strict=True)) for row in rows if row[0]}

    def _get_cell(self, sheet, label, row=HEAD + 1):
        labels = [cell.value for cell in sheet[HEAD]]
        return sheet.cell(row, labels.index(label) + 1)

    def _assert_says(self, row, record, names):
        """Each cell says what its field does."""
        zone = pytz.timezone("Europe/Berlin")
        for name in names:
            field, value = record._fields[name], record[name]
            label = field._description_string(record.env)
            if field.type == "many2one":
                value = value.name
            elif field.type == "selection":
                value = dict(field._description_selection(record.env)).get(value)
            elif field.type == "datetime" and value:
                value = pytz.utc.localize(value).astimezone(zone).replace(tzinfo=None)
            elif field.type == "date" and value:
                value = datetime.combine(value, datetime.min.time())
            elif field.type == "boolean":
                value = "Yes" if value else None
            elif field.type in ("float", "monetary"):
                self.assertAlmostEqual(row[label], value, 6, name)
                continue
            empty = 0 if field.type == "integer" else None
            self.assertEqual(row[label], value or empty, name)
