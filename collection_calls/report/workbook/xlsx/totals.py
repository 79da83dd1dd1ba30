from collections import defaultdict
from typing import NamedTuple

from .cells import CURRENCY, MONEY, Formula


class Total(NamedTuple):
    """A row of totals: formulas by their column's position, for cells in a currency.

    ``label`` goes before them; it says which currency the row is about, if not all.
    """

    label: str
    currency: object
    cells: dict


class Totals:
    """What the columns of a table come to.

    Amounts of different currencies are never summed up: each has a row of its own.
    """

    def __init__(self, columns):
        self._columns = columns
        kinds = [column.kind for column in columns]
        self._currency_at = kinds.index(CURRENCY) if CURRENCY in kinds else None
        self._sums = defaultdict(lambda: defaultdict(float))

    def get_currency(self, values):
        """The currency of a row."""
        return None if self._currency_at is None else values[self._currency_at]

    def add(self, values):
        """Take a row into account."""
        sums = self._sums[self.get_currency(values)]
        for at, (column, value) in enumerate(zip(self._columns, values, strict=True)):
            if column.is_summed and value:
                sums[at] += value.value if isinstance(value, Formula) else value

    def get_rows(self, label, get_cells):
        """The rows below the table, if anything is summed up.

        The first one sums up what a filter shows. Where amounts are of several
        currencies, it leaves them to those that follow, one for each currency.

        :param label: of the first row
        :param get_cells: a function from the position of a column to its cells
        :rtype: list[Total]
        """
        if not any(column.is_summed for column in self._columns):
            return []
        currencies = sorted(filter(None, self._sums))
        whole = defaultdict(float)
        for sums in self._sums.values():
            for at, amount in sums.items():
                whole[at] += amount

        def show_all(at):
            return f"=SUBTOTAL(109,{get_cells(at)})"

        owned = [at for at in range(len(self._columns)) if self._is_of_rows(at)]
        if len(currencies) < 2 or not owned:
            currency = next(iter(currencies), None)
            return [Total(label, currency, self._sum_up(whole, show_all))]
        rows = [Total(label, None, self._sum_up(whole, show_all, owned))]
        for currency in currencies:

            def show_one(at, name=currency.name):
                return (
                    f'=SUMIF({get_cells(self._currency_at)},"{name}",{get_cells(at)})'
                )

            cells = self._sum_up(self._sums[currency], show_one)
            rows.append(Total(f"{label} {currency.name}", currency, cells))
        return rows

    def _is_of_rows(self, at):
        """Whether the amounts of a column, or what is divided there, are in the
        currency of each row."""
        involved = [self._columns[one] for one in (at, *self._columns[at].ratio)]
        return any(one.kind == MONEY and not one.currency for one in involved)

    def _sum_up(self, sums, show, left_out=()):
        cells = {}
        for at, column in enumerate(self._columns):
            if column.ratio and at not in left_out:
                cells[at] = column.divide(sums)
            elif column.is_summed and at not in left_out:
                cells[at] = Formula(show(at), round(sums[at], 6))
        return cells
