"""Excel workbooks, written row by row: memory doesn't depend on how long they are.

Knows nothing of Odoo. A cell is written by the kind of its column and nothing is guessed
from what it says: text that looks like a formula or a link stays text.
"""

from collections import defaultdict
from math import ceil

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from .cells import (
    CURRENCY,
    DARK,
    DAYS,
    GREEN,
    LINE,
    MONEY,
    NOTE,
    NUMBERS,
    ORANGE,
    STYLES,
    TEXT,
    Formula,
    clean,
    clean_name,
    get_properties,
    is_known_day,
)

A4, LETTER = 9, 1
LINE_HEIGHT, MOST_LINES = 15, 27  # in points; a row is not higher than 409
HEAD = 4  # the row of the labels, counted from 0: owner, title and what it is are above
MOST_ROWS = 1_048_576 - 50  # totals come after them
CHART_ROWS = 17
SERIES = ("#5B7DB1", DARK[GREEN], DARK[ORANGE])
NARROW, WIDE, NOTES = 8, 30, 70  # widths of columns, in characters


class TooManyRowsError(Exception):
    """More rows than a sheet can hold."""


class Workbook:
    """A context manager: the file is complete when it is left.

    :param file: where to write it: a binary file open for writing, or a path
    :param str owner: who hands it out, on top of each sheet
    :param str day: the day that it tells about, in words
    :param str total: what the row with the totals is called
    :param str date_format: Excel's format of a date
    """

    def __init__(
        self, file, owner, day, total="Total", date_format="yyyy-mm-dd", paper=A4
    ):
        self.owner, self.day, self.total, self.paper = owner, day, total, paper
        self._date_format = date_format
        self._file = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._file.set_properties({"author": clean(owner)})
        self._formats = {}
        self._names = set()

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        if kind is None:
            self._file.close()
            return
        for sheet in self._file.worksheets():  # else their temporary files would stay
            sheet._opt_close()

    def add_sheet(self, name, title, about, columns):
        """A sheet with a table: append its rows, then close it.

        :param str about: what is in it, below the title
        :rtype: Sheet
        """
        name = clean_name(name, self._names)
        self._names.add(name.lower())
        sheet = self._file.add_worksheet(name)
        return Sheet(self, sheet, (self.owner, title, about), columns)

    def add_chart(self, kind):
        return self._file.add_chart({"type": kind})

    def get_format(self, kind, currency=None, style=""):
        """The format of cells of a kind; ``style`` is one of ``STYLES``."""
        key = kind, currency, style
        if key not in self._formats:
            properties = get_properties(kind, currency, self._date_format)
            self._formats[key] = self._file.add_format(properties | STYLES[style])
        return self._formats[key]


class Sheet:
    """A table with a heading, written from its first row to its last.

    Amounts of different currencies are never summed up: each currency has its totals.
    """

    def __init__(self, book, sheet, heading, columns):
        self.columns = columns
        self._book, self._sheet = book, sheet
        self._row = HEAD
        self._longest = [self._get_least_width(column.label) for column in columns]
        self._sums = defaultdict(lambda: defaultdict(float))
        kinds = [column.kind for column in columns]
        self._currency_at = kinds.index(CURRENCY) if CURRENCY in kinds else None
        self._write_heading(heading)

    # ----------------------------------------------------------------------- rows

    def append(self, values):
        """Write a row; nothing stands in a cell for None and False.

        :raise TooManyRowsError: if the sheet is full
        """
        if self._row >= MOST_ROWS:
            raise TooManyRowsError
        currency = None if self._currency_at is None else values[self._currency_at]
        sums = self._sums[currency]
        self._set_height(values)
        for at, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            if column.is_summed and value:
                sums[at] += value.value if isinstance(value, Formula) else value
            if column.ratio:
                value = self._divide(column.ratio, dict(enumerate(values)))
            self._write(at, column, value, currency)
        self._row += 1

    def close(self):
        """Write the totals, and what depends on how many rows there are."""
        self._last = self._row - 1
        if any(column.is_summed for column in self.columns):
            self._write_totals()
        self._color()
        self._sheet.autofilter(HEAD, 0, max(self._last, HEAD), len(self.columns) - 1)
        for at, column in enumerate(self.columns):
            most = NOTES if column.kind == NOTE else WIDE
            self._sheet.set_column(at, at, min(max(self._longest[at], NARROW), most))

    def get_range(self, at):
        """The cells of a column of the closed sheet, for formulas of other sheets."""
        return f"{quote_sheetname(self._sheet.name)}!{self._get_cells(at, '$')}"

    def add_chart(self, title, labels_at, values_at, fills=()):
        """A chart with columns below the table, or below the chart before.

        :param int labels_at: position of the column with the labels
        :param values_at: positions of those with the values
        :param fills: the colours of the points of a single column
        """
        chart = self._book.add_chart("column")
        for at, color in zip(values_at, SERIES, strict=False):
            chart.add_series(
                {
                    "name": self.columns[at].label,
                    "categories": f"={self.get_range(labels_at)}",
                    "values": f"={self.get_range(at)}",
                    "gap": 60,
                    "fill": {"color": color},
                    "points": [{"fill": {"color": fill}} for fill in fills] or None,
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend(
            {"none": True} if len(values_at) < 2 else {"position": "bottom"}
        )
        lines = {"visible": True, "line": {"color": LINE, "width": 0.5}}
        chart.set_y_axis({"major_gridlines": lines, "num_format": "#,##0"})
        chart.set_size({"width": 720, "height": 300})
        self._sheet.insert_chart(self._row + 1, 0, chart)
        self._row += CHART_ROWS
        self._sheet.set_portrait()  # one page: none cuts a chart in two
        self._sheet.fit_to_pages(1, 1)

    # ---------------------------------------------------------------------- sizes

    @staticmethod
    def _get_least_width(label):
        """So wide that a label fits in two lines, beside the arrow of the filter."""
        return max(len(max(label.split(), key=len)), len(label) // 2 + 2) + 3

    def _set_height(self, values):
        """Rows with long texts are higher. Programs don't measure what they open."""
        lines = max(map(self._count_lines, self.columns, values))
        if lines > 1:
            height = LINE_HEIGHT * min(lines, MOST_LINES)
            self._sheet.set_row(self._row, height)

    @staticmethod
    def _count_lines(column, value):
        width = NOTES if column.kind == NOTE else WIDE
        if not isinstance(value, str) or len(value) <= width and "\n" not in value:
            return 1
        return sum(max(ceil(len(line) / width), 1) for line in value.split("\n"))

    def _measure(self, at, length):
        if length > self._longest[at]:
            self._longest[at] = length

    def _measure_number(self, at, kind, value, currency):
        if kind == MONEY:
            symbol = currency.symbol if currency else ""
            self._measure(at, len(f"{value:,.2f} {symbol}") + 1)

    # ---------------------------------------------------------------------- cells

    def _write(self, at, column, value, currency=None, style=""):
        """Write one cell of the current row."""
        kind, row, sheet = column.kind, self._row, self._sheet
        of = (column.currency or currency) if kind == MONEY else None
        form = self._book.get_format(kind, of, style)
        if value is None or value is False or value == "":
            sheet.write_blank(row, at, None, form)
        elif isinstance(value, Formula):
            formula = value.text.format(row=row + 1)
            sheet.write_formula(row, at, formula, form, value.value)
            self._measure_number(at, kind, value.value, of)
        elif kind in DAYS and is_known_day(value):
            sheet.write_datetime(row, at, value, form)
            self._measure(at, 17 if kind == "datetime" else 11)
        elif kind in NUMBERS:
            sheet.write_number(row, at, value, form)
            self._measure_number(at, kind, value, of)
        else:
            text = clean(value.name if kind == CURRENCY else value)
            sheet.write_string(row, at, text, form)
            self._measure(at, len(text) + 3)

    def _divide(self, ratio, values):
        """A formula that divides one column by another, where that can be done."""
        first, second = (values.get(at) or 0 for at in ratio)
        over, under = (f"{xl_col_to_name(at)}{{row}}" for at in ratio)
        text = f'=IF({under}=0,"",{over}/{under})'
        return Formula(text, first / second if second else "")

    def _get_cells(self, at, fixed=""):
        name = f"{fixed}{xl_col_to_name(at)}{fixed}"
        return f"{name}{HEAD + 2}:{name}{max(self._last, HEAD + 1) + 1}"

    # --------------------------------------------------------------------- totals

    def _write_totals(self):
        """A row that sums up what the filter shows, and one for each currency.

        Where all amounts are of one currency, they stand in the first row too.
        """
        currencies = [each for each in self._sums if each]
        whole = defaultdict(float)
        for sums in self._sums.values():
            for at, amount in sums.items():
                whole[at] += amount
        of_rows = self._has_amounts_of_rows()
        if not of_rows or len(currencies) < 2:
            self._write_total(self._book.total, whole, (currencies or [None])[0])
            return
        self._write_total(self._book.total, whole, None, skip_rows_own=True)
        for currency in sorted(currencies):
            label = f"{self._book.total} {currency.name}"
            self._write_total(
                label, self._sums[currency], currency, is_one_of_many=True
            )

    def _has_amounts_of_rows(self):
        return any(c.is_summed and self._is_rows_own(c) for c in self.columns)

    def _is_rows_own(self, column):
        return column.kind == MONEY and not column.currency

    def _is_mixed(self, at):
        """Whether what is in the column, or divided there, is in each row's currency."""
        involved = [self.columns[one] for one in (at, *self.columns[at].ratio)]
        return any(map(self._is_rows_own, involved))

    def _write_total(
        self, label, sums, currency, skip_rows_own=False, is_one_of_many=False
    ):
        for at, column in enumerate(self.columns):
            value = None
            mixed = skip_rows_own and self._is_mixed(at)
            if column.ratio and not mixed:
                value = self._divide(column.ratio, sums)
            elif column.is_summed and not mixed:
                text = self._sum_up(at, currency if is_one_of_many else None)
                value = Formula(text, round(sums[at], 6))
            elif at == 0:
                column, value = column._replace(kind=TEXT), label
            self._write(at, column, value, currency, "total")
        self._row += 1

    def _sum_up(self, at, currency):
        if not currency:
            return f"=SUBTOTAL(109,{self._get_cells(at)})"
        of = self._get_cells(self._currency_at, "$")
        return f'=SUMIF({of},"{currency.name}",{self._get_cells(at)})'

    # --------------------------------------------------------------------- layout

    def _write_heading(self, heading):
        sheet, book = self._sheet, self._book
        for row, style in enumerate(("owner", "title", "about")):
            form = book.get_format(None, None, style)
            sheet.write_string(row, 0, clean(heading[row]), form)
        sheet.set_row(HEAD, 32)
        for at, column in enumerate(self.columns):
            form = book.get_format(column.kind, None, "head")
            sheet.write_string(HEAD, at, clean(column.label), form)
        self._row = HEAD + 1
        sheet.freeze_panes(HEAD + 1, 1)
        self._set_up_page()

    def _set_up_page(self):
        sheet, book = self._sheet, self._book
        sheet.set_landscape()
        sheet.set_paper(book.paper)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD)
        owner, day = (clean(text).replace("&", "&&") for text in (book.owner, book.day))
        sheet.set_footer(f"&L&8{owner[:100]}&C&8&A · {day}&R&8&P / &N")

    def _color(self):
        for at, column in enumerate(self.columns):
            for color in column.colors:
                limits = dict(zip(("minimum", "maximum"), color.limits, strict=False))
                if len(color.limits) == 1:
                    limits = {"value": color.limits[0]}
                self._sheet.conditional_format(
                    self._get_cells(at),
                    {
                        "type": "cell",
                        "criteria": color.criteria,
                        "format": self._book.get_format(None, None, color.name),
                        **limits,
                    },
                )
