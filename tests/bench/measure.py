"""Ratios against a reference in the same run: medians of five, printed and kept in ``var/bench.json``."""

import json
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path

REPORT = Path(__file__).parents[2] / "var" / "bench.json"
ROUNDS = 5

Side = Callable[[], Awaitable[float]]


async def compare(
    name: str, ours: Side, reference: Side, *, floor: float, aim: float, unit: str, at_most: bool = False
) -> None:
    """Measure both sides in turn, five times each, and record the ratio of their medians.

    ``floor`` is what we promise and ``aim`` what we want: lower bounds, or upper ones with ``at_most``.
    """
    measured: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for side, values in ((reference, measured[1]), (ours, measured[0])):
            values.append(await side())
    our_median, reference_median = (statistics.median(values) for values in measured)
    record(name, our_median, reference_median, floor=floor, aim=aim, unit=unit, at_most=at_most)


def record(
    name: str, ours: float, reference: float, *, floor: float, aim: float, unit: str, at_most: bool = False
) -> None:
    """Print one line and put it into the report, in place of the same bench's former one."""
    ratio = ours / reference
    good = (ratio <= floor) if at_most else (ratio >= floor)
    sign = "≤" if at_most else "≥"
    print(
        f"{name:<58} {ours:>10,.1f} {unit:<5} / {reference:>10,.1f} {unit:<5} = {ratio:5.2f}"
        f"  ({sign} {floor}, aim {aim}) {'ok' if good else 'BELOW'}",
        flush=True,
    )
    rows = json.loads(REPORT.read_text()) if REPORT.exists() else []
    rows = [row for row in rows if row["name"] != name]
    rows.append(
        {
            "name": name,
            "ours": round(ours, 3),
            "reference": round(reference, 3),
            "ratio": round(ratio, 3),
            "floor": floor,
            "aim": aim,
        }
    )
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(rows, indent=2) + "\n")
