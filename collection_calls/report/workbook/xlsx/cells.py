"""What stands in the cells of our Excel workbooks, and how it looks."""

import re
from datetime import date
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

TEXT, NOTE, CURRENCY = "text", "note", "currency"
DATE, MONTH, DATETIME = "date", "month", "datetime"
INTEGER, DECIMAL, PERCENT, MONEY = "integer", "decimal", "percent", "money"
DAYS = (DATE, MONTH, DATETIME)
NUMBERS = (INTEGER, DECIMAL, PERCENT, MONEY)

RED, ORANGE, GREEN, GREY = "red", "orange", "green", "grey"
FILLS = {RED: "#F8CBAD", ORANGE: "#FFE699", GREEN: "#C6E0B4", GREY: "#E7E6E6"}
DARK = {RED: "#C0504D", ORANGE: "#F0A830", GREEN: "#70AD47", GREY: "#7F7F7F"}
HEAD, LINE = "#44546A", "#D9D9D9"
STYLES = {
    "": {"valign": "top", "bottom": 1, "bottom_color": LINE},
    "owner": {"bold": True, "font_size": 14},
    "title": {"bold": True, "font_size": 12, "font_color": HEAD},
    "about": {"font_color": DARK[GREY]},
    "head": {
        "bold": True,
        "font_color": "white",
        "bg_color": HEAD,
        "text_wrap": True,
        "valign": "vcenter",
        "border": 1,
        "border_color": LINE,
    },
    "total": {"bold": True, "valign": "top", "top": 1},
    **{name: {"bg_color": fill} for name, fill in FILLS.items()},
}

MOST_UNITS = 32_767  # of UTF-16 in a cell: Excel calls a file with more broken
FIRST_YEAR = 1900  # Excel knows no day before
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
MOST_IN_NAME = 31


class Currency(NamedTuple):
    """How amounts of a currency are shown."""

    name: str
    symbol: str
    decimals: int
    is_before: bool

    @property
    def number_format(self):
        digits = "#,##0" + ("." + "0" * self.decimals if self.decimals else "")
        symbol = '"{}"'.format(self.symbol.replace('"', ""))
        shown = f"{symbol}\\ {digits}" if self.is_before else f"{digits}\\ {symbol}"
        return f'{shown};-{shown};"–"'  # above zero, below, and zero itself


class Color(NamedTuple):
    """Cells are filled with the colour ``name`` where their value fits.

    ``criteria`` and ``limits``, one or two, are those of xlsxwriter.
    """

    name: str
    criteria: str
    limits: tuple


AGES = (Color(RED, ">", (90,)), Color(ORANGE, "between", (31, 90)))
POSITIVE = (Color(RED, ">", (0,)),)


class Formula(NamedTuple):
    """A formula, and what it comes to for programs that don't calculate.

    ``{row}`` in it stands for the number of the row.
    """

    text: str
    value: float


class Column(NamedTuple):
    """What a column of a sheet holds.

    ``currency`` is that of its amounts; if None, each row has its own, which stands in
    the sheet's column of kind ``CURRENCY``. ``ratio`` are the positions of two columns:
    the cells are formulas then, the first divided by the second.
    """

    label: str
    kind: str = TEXT
    currency: Currency | None = None
    is_summed: bool = False
    ratio: tuple = ()
    colors: tuple = ()

    def divide(self, values):
        """The formula of a ratio; empty where there is nothing to divide by.

        :param values: the row, or sums by position
        """
        first, second = (values[at] or 0 for at in self.ratio)
        over, under = (f"{xl_col_to_name(at)}{{row}}" for at in self.ratio)
        text = f'=IF({under}=0,"",{over}/{under})'
        return Formula(text, first / second if second else "")


def get_properties(kind, currency, date_format):
    """What a format of xlsxwriter needs to know to show values of a kind.

    Of no kind are headings and colours.
    """
    formats = {
        DATE: date_format,
        MONTH: "mmm yyyy",
        DATETIME: f"{date_format} hh:mm",
        INTEGER: "#,##0",
        DECIMAL: "#,##0.0",
        PERCENT: "0.0%",
        MONEY: currency.number_format if currency else "#,##0.00",
    }
    if kind is None:
        return {}
    if kind not in formats:
        return {"text_wrap": True, "align": "left", "indent": 1}
    align = "center" if kind in DAYS else "right"
    return {"num_format": formats[kind], "align": align}


def clean(text):
    """Text as a cell can hold it: nothing unprintable, cut where Excel's cells end."""
    text = str(text).replace("\r\n", "\n").replace("\r", "\n")
    text = UNPRINTABLE.sub("", text)
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # else xlsxwriter would take it for markup of its own
    if 2 * len(text) <= MOST_UNITS:  # no character takes more than two units
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_UNITS:
        return text
    return units[: 2 * (MOST_UNITS - 1)].decode("utf-16-le", "ignore") + "…"


def clean_name(name, taken):
    """A name for a sheet as Excel wants it: short, plain, not among those taken.

    :param taken: names in lower case
    """
    plain = NOT_IN_NAMES.sub(" ", clean(name)).strip(" '")
    free, number = _cut_name(plain, MOST_IN_NAME) or "Sheet", 1
    while free.lower() in taken:
        number += 1
        free = f"{_cut_name(plain, MOST_IN_NAME - len(str(number)) - 1)} {number}"
    return free


def _cut_name(plain, most):
    """The beginning of a name: Excel refuses an apostrophe at the end, too, and counts
    units of UTF-16."""
    units = plain.encode("utf-16-le")[: 2 * most]
    return units.decode("utf-16-le", "ignore").rstrip(" '")


def is_known_day(value):
    return isinstance(value, date) and value.year >= FIRST_YEAR
