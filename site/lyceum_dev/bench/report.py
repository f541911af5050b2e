"""The results as a table and as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from lyceum_dev.bench.targets import Bar

HEAD = f"{'':44} {'1 worker':>9} {'2 workers':>9} {'CPU':>8} {'queries':>8} {'in db':>8} {'p95':>8} {'floor':>7} {'base':>6}"
UNITS = f"{'':44} {'a second':>9} {'a second':>9} {'ms':>8} {'':>8} {'ms':>8} {'ms':>8} {'%':>7} {'times':>6}"


def line(case: Mapping[str, Any], floor: float, baseline: float) -> str:
    single, double = case["runs"][0], case["runs"][1]
    return (
        f"{case['label']:44.44} {single['per_second']:9.0f} {double['per_second']:9.0f} {_figure(single['cpu_ms'], 2):>8}"
        f" {case['queries']:8} {case['database_ms']:8.2f} {_figure(single['p95_ms'], 1):>8}"
        f" {100 * single['per_second'] / floor if floor else 0:7.0f} {single['per_second'] / baseline if baseline else 0:6.1f}"
    )


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def bar_lines(bars: Iterable[Bar], cases: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = []
    for bar in bars:
        verdict = "ok" if bar.holds else f"missed by {100 * bar.missed_by:.0f} %{_where(bar, cases)}"
        lines.append(f"{bar.label:52} {bar.value:9.2f} {bar.unit:9} {verdict}")
    return lines


def _where(bar: Bar, cases: Mapping[str, Mapping[str, Any]]) -> str:
    """Return where the time of a missed case is spent: Python, or the database."""
    case = cases.get(bar.case)
    if case is None or case["runs"][0]["cpu_ms"] is None:
        return ""
    return (
        f": {case['runs'][0]['cpu_ms']:.2f} ms of CPU in the worker and {case['database_ms']:.2f} ms in"
        f" {case['queries']} queries a request"
    )


def as_json(cases: Iterable[Mapping[str, Any]], bars: Iterable[Bar], rest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cases": list(cases),
        "bars": [{**vars(bar), "holds": bar.holds, "missed_by": round(bar.missed_by, 4)} for bar in bars],
        **rest,
    }
