"""Names of sheets as Excel and xlsxwriter take them."""

import importlib.util
import io
from pathlib import Path

import pytest
import xlsxwriter

PATH = Path(__file__).parents[2] / "collection_calls/report/workbook/xlsx/cells.py"


def _load():
    spec = importlib.util.spec_from_file_location("cells", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NAMES = (
    *("Promises", "a" * 40, "a" * 30 + "'s debts", "'quoted'", "''''", "[]:*?/\\", ""),
    *("a" * 28 + "' 'b", "😀" * 20, "Sheet", "x" * 29 + "' y"),
)


@pytest.mark.parametrize("name", NAMES)
def test_xlsxwriter_takes_it(name):
    cells = _load()
    book, taken = xlsxwriter.Workbook(io.BytesIO()), set()
    for _time in range(3):
        given = cells.clean_name(name, taken)
        taken.add(given.lower())
        book.add_worksheet(given)
        assert len(given.encode("utf-16-le")) <= 62
    assert len(taken) == 3
