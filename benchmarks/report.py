"""Results for people (a table) and for programs (a JSON file)."""

import json
import platform
from datetime import datetime, timezone

from .measure import least, middle
from tool import cache, settings

COLUMNS = (
    ("benchmark", "least s", "median s", "beside s", "median s")
    + ("ratio", "of medians", "bound")
    + ("statements", "beside")
)


def table(comparisons):
    """One line for each comparison, its columns aligned."""
    lines = [COLUMNS, *map(_cells, comparisons)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    pieces = [_piece(each) for each in comparisons if each.pieces]
    grown = [_grown(each) for each in comparisons if each.most_megabytes]
    return "\n".join([*(_line(cells, widths) for cells in lines), *pieces, *grown])


def _piece(comparison):
    """What one piece of the work takes, the rest of it left out."""
    measured, baseline = comparison.measured, comparison.baseline
    seconds = least(measured) - least(baseline)
    statements = _statements(measured) - _statements(baseline)
    return (
        f"{comparison.name}: {seconds / comparison.pieces:.4f} s and"
        f" {statements / comparison.pieces:.1f} statements for each of"
        f" {comparison.pieces}"
    )


def _grown(comparison):
    """How much memory the work takes at most."""
    megabytes, beside = comparison.megabytes
    most = comparison.most_megabytes
    return (
        f"{comparison.name}: {megabytes:.0f} MB more memory at most, beside"
        f" {beside:.0f} MB; bound {most} MB {_verdict(megabytes <= most)}"
    )


def _line(cells, widths):
    first, *others = zip(cells, widths, strict=True)
    numbers = (cell.rjust(width) for cell, width in others)
    return "  ".join([first[0].ljust(first[1]), *numbers])


def _cells(comparison):
    measured, baseline = comparison.measured, comparison.baseline
    seconds = (least(measured), middle(measured), least(baseline), middle(baseline))
    return (
        comparison.name,
        *(f"{value:.3f}" for value in seconds),
        _ratio(comparison.ratio),
        _ratio(comparison.median_ratio),
        _bound(comparison),
        str(_statements(measured)),
        str(_statements(baseline)),
    )


def _ratio(value):
    """Two decimals; more where they would say nothing."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"


def _bound(comparison):
    if comparison.bound is None:
        return "-"
    kept = comparison.ratio <= comparison.bound
    return f"{_ratio(comparison.bound)} {_verdict(kept)}"


def _verdict(kept):
    return "ok" if kept else "OVER"


def _statements(samples):
    """Of the last round: by then every cache is warm."""
    return samples[-1].statements


def save(comparisons):
    """Write the JSON file; its path."""
    path = cache.log_file(f"{settings.CHECKOUT}-bench").with_suffix(".json")
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "time": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "results": [_record(comparison) for comparison in comparisons],
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
    return path


def _record(comparison):
    return {
        "name": comparison.name,
        "ratio": round(comparison.ratio, 4),
        "ratio_of_medians": round(comparison.median_ratio, 4),
        "bound": comparison.bound,
        "within_bound": comparison.within_bound,
        "megabytes": [round(value) for value in comparison.megabytes],
        "most_megabytes": comparison.most_megabytes,
        "pieces": comparison.pieces,
        "measured": [sample._asdict() for sample in comparison.measured],
        "baseline": [sample._asdict() for sample in comparison.baseline],
    }
