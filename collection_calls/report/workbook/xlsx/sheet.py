from math import ceil

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from .cells import (
    CURRENCY,
    DARK,
    DATETIME,
    DAYS,
    GREEN,
    LINE,
    MONEY,
    NOTE,
    NUMBERS,
    ORANGE,
    TEXT,
    Formula,
    clean,
    is_known_day,
)
from .totals import Totals

HEAD = 4  # the row of the labels, counted from 0: owner, title and what it is are above
MOST_ROWS = 1_048_576 - 50  # totals come after them
NARROW, WIDE, NOTES = 8, 30, 70  # widths of columns, in characters
LINE_HEIGHT, MOST_LINES = 15, 27  # in points; a row is not higher than 409
CHART_ROWS = 17
SERIES = ("#5B7DB1", DARK[GREEN], DARK[ORANGE])


class TooManyRowsError(Exception):
    """More rows than a sheet can hold."""


class Sheet:
    """A table below a heading, written from its first row to its last."""

    def __init__(self, book, sheet, heading, columns):
        self.columns = columns
        self._book, self._sheet = book, sheet
        self._row = HEAD
        self._longest = [self._get_least_width(column.label) for column in columns]
        self._totals = Totals(columns)
        self._write_heading(heading)

    # ----------------------------------------------------------------------- rows

    def append(self, values):
        """Write a row; nothing stands in a cell for None and False.

        :raise TooManyRowsError: if the sheet is full
        """
        if self._row >= MOST_ROWS:
            raise TooManyRowsError
        self._totals.add(values)
        self._set_height(values)
        currency = self._totals.get_currency(values)
        for at, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            if column.ratio:
                value = column.divide(values)
            self._write(at, column, value, currency)
        self._row += 1

    def close(self):
        """Write the totals, and what depends on how many rows there are."""
        # Formulas need a row, be it an empty one: a total can't sum up itself.
        self._row = max(self._row, HEAD + 2)
        self._last = self._row - 1
        for total in self._totals.get_rows(self._book.total, self._get_cells):
            self._write_total(total)
        self._color()
        self._sheet.autofilter(HEAD, 0, self._last, len(self.columns) - 1)
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
        chart.set_x_axis({"label_position": "low"})  # below what is below zero, too
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
            self._measure(at, 17 if kind == DATETIME else 11)
        elif kind in NUMBERS:
            sheet.write_number(row, at, value, form)
            self._measure_number(at, kind, value, of)
        else:
            text = clean(value.name if kind == CURRENCY else value)
            sheet.write_string(row, at, text, form)
            self._measure(at, len(text) + 3)

    def _write_total(self, total):
        for at, column in enumerate(self.columns):
            value = total.cells.get(at)
            if not at and value is None:
                column, value = column._replace(kind=TEXT), total.label
            self._write(at, column, value, total.currency, "total")
        self._row += 1

    def _get_cells(self, at, fixed=""):
        """The rows of a column; ``fixed`` is what keeps a formula from moving them."""
        name = f"{fixed}{xl_col_to_name(at)}{fixed}"
        return f"{name}{HEAD + 2}:{name}{self._last + 1}"

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
