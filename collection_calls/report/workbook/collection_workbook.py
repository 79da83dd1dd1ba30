import re
from contextlib import contextmanager
from datetime import datetime

import pytz

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import clean_context, format_date, split_every
from odoo.tools.osutil import clean_filename

from .xlsx.cells import (
    CURRENCY,
    DATE,
    DATETIME,
    DECIMAL,
    GREEN,
    INTEGER,
    MONEY,
    NOTE,
    ORANGE,
    RED,
    TEXT,
    Color,
    Column,
    Currency,
)
from .xlsx.sheet import TooManyRowsError
from .xlsx.workbook import A4, LETTER, Workbook

BATCH = 1000
MOST_IN_FILE_NAME = 200  # bytes: file systems take 255, and browsers add “(1)”
MOST_IN_OWNER = 80
KINDS = {
    "date": DATE,
    "datetime": DATETIME,
    "float": DECIMAL,
    "integer": INTEGER,
    "monetary": MONEY,
    "text": NOTE,
}
# Which states of a model's records are in which colour.
STATE_FILLS = {
    "collection.plan": {"notice": ORANGE},
    "collection.plan.installment": {
        **{"paid": GREEN, "due": ORANGE, "partial": ORANGE, "missed": RED},
    },
    "collection.promise": {
        **{"kept": GREEN, "partial": ORANGE, "to_check": ORANGE, "broken": RED},
    },
}
IN_LETTER = ("US", "CA", "MX")
DATE_PARTS = {
    **{"%d": "dd", "%-d": "d", "%m": "mm", "%-m": "m", "%b": "mmm", "%B": "mmmm"},
    **{"%y": "yy", "%Y": "yyyy", "%a": "ddd", "%A": "dddd"},
}


class CollectionWorkbook(models.AbstractModel):
    """A workbook of one company, in its language and on its calendar.

    What stands in it is read as the user, in batches: neither memory nor the statements
    of a batch depend on how many records there are.
    """

    _name = "collection.workbook"
    _description = "Workbook"

    # ---------------------------------------------------------------------- hooks

    @api.model
    def _get_title(self):
        """What the workbook is called."""
        raise NotImplementedError

    @api.model
    def _fill(self, book, **asked):
        """Write the sheets; :attr:`env.company` hands the workbook out."""
        raise NotImplementedError

    # ---------------------------------------------------------------------- files

    @api.model
    def _write_file(self, file, company, lang=None, **asked):
        """Write the workbook of a company.

        :param file: a binary file that is open for writing
        :param str lang: whose language; by default the company's
        :param asked: what the kind of workbook is about, see its ``_fill``
        :raise UserError: if a sheet can't hold all of it
        """
        self = self._for_company(company, lang)
        try:
            with self._open_book(file) as book:
                self._fill(book, **asked)
        except TooManyRowsError as error:
            raise UserError(
                self.env._(
                    "A sheet of Excel can't hold that many rows. Select fewer records."
                )
            ) from error

    @api.model
    def _get_file_name(self, company, about="", ending="xlsx", mark="", lang=None):
        """A name that says whose the file is, what is in it, and of which day.

        :param str about: cut where file systems would refuse the name
        :param str mark: tells it from others about the same; never cut
        """
        self = self._for_company(company, lang)
        mark = mark and f" {mark}"
        day = f"{mark} - {company._get_collection_today()}.{ending}"
        title = f" - {self._get_title()}"
        owner = _cut(company.name, MOST_IN_OWNER)
        about = about and f" - {about}"
        left = MOST_IN_FILE_NAME - len(f"{owner}{title}{day}".encode())
        name = clean_filename(f"{owner}{title}{_cut(about, left)}", replacement=" ")
        return f"{' '.join(name.split())}{day}"

    def _for_company(self, company, lang=None):
        """The same in the company's language or another one, on its clock, about it
        alone."""
        company_sudo = company.sudo()  # collectors need not see its contact
        return self.with_context(
            clean_context(self.env.context),
            allowed_company_ids=company.ids,
            lang=lang or company_sudo.partner_id.lang or self.env.lang,
            tz=str(company._get_collection_tz()),
        )

    @contextmanager
    def _open_book(self, file):
        company_sudo = self.env.company.sudo()
        paper = LETTER if company_sudo.country_id.code in IN_LETTER else A4
        with Workbook(
            file,
            company_sudo.name,
            self._get_day(),
            total=self.env._("Total"),
            date_format=self._get_date_format(),
            paper=paper,
        ) as book:
            yield book

    @api.model
    def _get_day(self):
        return format_date(self.env, self.env.company._get_collection_today())

    @api.model
    def _get_date_format(self):
        """How Excel shows days as the language does."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang)
        parts = re.split("(%-?[a-zA-Z])", lang.date_format or "%Y-%m-%d")
        known = [
            DATE_PARTS.get(part, "") if part.startswith("%") else re.escape(part)
            for part in parts
        ]
        return "".join(known) if all(known[1::2]) else "yyyy-mm-dd"

    # --------------------------------------------------------------------- sheets

    def _add_sheet(self, book, name, columns, rows, about=""):
        """A sheet with a table, under the heading of the workbook.

        :param rows: the values of each row; they may be read while they are written
        :return: the closed sheet
        """
        as_of = self.env._("As of %(day)s", day=book.day)
        about = " · ".join(filter(None, [as_of, about]))
        title = self._get_title() if name == self._get_title() else None
        title = title or f"{self._get_title()}: {name}"
        sheet = book.add_sheet(name, title, about, columns)
        for row in rows:
            sheet.append(row)
        sheet.close()
        return sheet

    def _add_records(self, book, name, records, names, about="", **options):
        """A sheet with a row for each record and a column for each of its fields.

        :param options: of :meth:`_get_column`
        :return: the closed sheet
        """
        records = records.with_env(self.env)
        columns = [self._get_column(records, name, **options) for name in names]
        rows = self._read_rows(records, names)
        return self._add_sheet(book, name, columns, rows, about)

    def _read_rows(self, records, names):
        readers = [self._get_reader(records, name) for name in names]
        for batch in self._in_batches(records):
            batch.fetch([name for name in names if records._fields[name].store])
            for record in batch:
                yield [read(record) for read in readers]

    def _in_batches(self, records):
        """The records, some at a time; those before are forgotten."""
        for ids in split_every(BATCH, records.ids):
            yield records.browse(ids)
            self.env.invalidate_all()

    def _get_column(self, records, name, currency=None, sums=(), colors=None):
        """A column for a field: labelled, formatted and summed up as the field says.

        :param currency: of the amounts; if None, that of each record
        :param sums: names of numbers to sum up, besides amounts
        :param colors: {name: colours of the cells}; states have their own
        """
        kind = KINDS.get(records._fields[name].type, TEXT)
        if name == "currency_id":
            kind = CURRENCY
        colors = dict(colors or {})
        if name == "state":
            colors[name] = self._color_states(records)
        return Column(
            self._get_label(records, name),
            kind,
            currency=currency,
            is_summed=kind == MONEY or name in sums,
            colors=colors.get(name, ()),
        )

    def _get_reader(self, records, name):
        """A function from a record to the cell of a field."""
        field = records._fields[name]
        if name == "currency_id":
            return lambda record: self._get_currency(record[name])
        if name in getattr(records, "_kept_labels", {}).values():
            return lambda record: record._get_label(name)
        if field.type == "many2one":
            # The number of a plan, without the debtor who has a column already.
            return lambda record: record[name].name or record[name].display_name
        if field.type == "selection":
            labels = self._get_words(records, name)
            return lambda record: labels.get(record[name])
        if field.type == "datetime":
            return lambda record: self._get_moment(record[name])
        if field.type == "boolean":
            yes = self.env._("Yes")
            return lambda record: record[name] and yes
        return lambda record: record[name]

    def _color_states(self, records):
        """Colours of states, by their words in the workbook's language."""
        fills = STATE_FILLS.get(records._name, {})
        words = self._get_words(records, "state") if fills else {}
        return tuple(
            Color(fill, "==", (f'"{words[state]}"',)) for state, fill in fills.items()
        )

    # ---------------------------------------------------------------------- words

    def _get_label(self, records, name):
        """What a field is called in the workbook's language."""
        return records._fields[name]._description_string(self.env)

    def _get_words(self, records, name):
        """What the values of a selection are called: {value: words}"""
        return dict(records._fields[name]._description_selection(self.env))

    # --------------------------------------------------------------------- values

    def _get_currency(self, currency):
        return Currency(
            currency.name,
            currency.symbol or currency.name,
            currency.decimal_places,
            currency.position == "before",
        )

    def _get_own_currency(self):
        return self._get_currency(self.env.company.currency_id)

    def _get_moment(self, moment):
        """A moment on the company's clock; Excel knows no time zones."""
        if not isinstance(moment, datetime):
            return None
        zone = self.env.company._get_collection_tz()
        return pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)


def _cut(text, most):
    """The beginning of a text, ``most`` bytes of UTF-8 at most."""
    return (text or "").encode()[: max(most, 0)].decode(errors="ignore").rstrip()
