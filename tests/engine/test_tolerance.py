"""A round amount stays round in another currency."""

from decimal import Decimal

import pytest

from collection_calls.engine.tolerance import round_amount


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        (0, 0),
        (4.61, 5),
        (5.43, 5),
        (10, 10),
        (690, 500),
        (790.5, 1000),
        (1.2, 1),
        (0.0046, Decimal("0.005")),
        (9.9, 10),
        (43_000, 50_000),
        (-3, 0),
    ],
)
def test_round(amount, rounded):
    assert round_amount(amount) == rounded
