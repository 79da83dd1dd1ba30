"""Excel workbooks, written row by row: memory doesn't depend on how long they are.

Knows nothing of Odoo. A cell is written by the kind of its column, and nothing is
guessed from what it says: text that looks like a formula or a link stays text.
"""

from tempfile import TemporaryDirectory

import xlsxwriter

from .cells import STYLES, clean, clean_name, get_properties
from .sheet import Sheet

A4, LETTER = 9, 1


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
        self._folder = TemporaryDirectory(prefix="collection_calls_")
        options = {"constant_memory": True, "tmpdir": self._folder.name}
        self._file = xlsxwriter.Workbook(file, options)
        self._file.set_properties({"author": clean(owner)})
        self._formats = {}
        self._names = set()

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        try:
            if kind is None:
                self._file.close()
        finally:
            # After an error xlsxwriter neither closes nor deletes what it has written
            # by then, and that names debtors.
            for sheet in self._file.worksheets():
                sheet._opt_close()
            self._folder.cleanup()

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
