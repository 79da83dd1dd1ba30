"""Excel files, written row by row, without Odoo.

The file and its formats: ``workbook``. A table below a heading, its widths, charts and
colours: ``sheet``. Totals by currency: ``totals``. Kinds of columns, how numbers and
days look, and which text a cell can hold: ``cells``.
"""
