"""What a benchmark says: one line with our cost, the other's, and the bound between them."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEADER = ("what", "ours", "peer or plain", "ratio", "bound", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    ours: str
    """With its unit."""

    other: str
    """The peer's or the plain operation's figure with its unit; empty without one."""

    ratio: str
    bound: str
    """As the issue says it; empty for what is only shown."""

    ok: bool | None
    """None for what is only shown."""

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {True: "ok", False: "MISSED", None: ""}[self.ok]
        return (self.name, self.ours, self.other, self.ratio, self.bound, verdict)


def at_most(name: str, ours: float, most: float, other: tuple[str, float] | None = None) -> Row:
    """Bound seconds by seconds; other: (who, seconds), only shown."""
    shown = f"{other[0]} {seconds(other[1])}" if other else ""
    ratio = f"{other[1] / ours:,.1f} x" if other else ""
    return Row(name, seconds(ours), shown, ratio, f"<= {seconds(most)}", ours <= most)


def costs_at_most(name: str, ours: float, plain: float, ratio: float, most: float) -> Row:
    """Bound how many times the plain operation we cost. ratio: measured in pairs, so that load cancels out."""
    return Row(name, seconds(ours), f"plain {seconds(plain)}", f"{ratio:.2f} x", f"<= {most:g} x plain", ratio <= most)


def cheaper(name: str, ours: float, theirs: float, who: str, least: float | None = None) -> Row:
    """Bound how many times a peer costs what we cost, in seconds both."""
    ratio = theirs / ours
    bound = f">= {least:,g} x cheaper" if least else ""
    ok = ratio >= least if least else None
    return Row(name, seconds(ours), f"{who} {seconds(theirs)}", f"{ratio:,.1f} x", bound, ok)


def shown(name: str, ours: str, other: str = "") -> Row:
    """Show a figure that nothing bounds."""
    return Row(name, ours, other, "", "", None)


def seconds(value: float) -> str:
    """Write a time with a unit that keeps it readable."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(value) >= size:
            return f"{value / size:,.3g} {unit}"
    return f"{value * 1e9:,.0f} ns"


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median_of(count: int, work: Callable[[], object]) -> float:
    """Median seconds of several calls, after one that nobody counts."""
    work()
    return statistics.median(timed(work) for _ in range(count))


def medians_in_turn(
    count: int, ours: Callable[[], object], theirs: Callable[[], object] | None
) -> tuple[float, float | None]:
    """Median seconds of both, taking turns so that both see the same load, after one call that nobody counts."""
    if theirs is None:
        return median_of(count, ours), None
    ours()
    theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(count)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def as_text(rows: Sequence[Row]) -> str:
    """Align the rows for a terminal."""
    lines = [HEADER, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    aligned = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    ]
    aligned.insert(1, "-" * max(map(len, aligned)))
    return "\n".join(aligned)


def as_markdown(rows: Sequence[Row]) -> str:
    """Write the rows as a table for a document."""
    lines = [HEADER, ("---",) * len(HEADER), *(row.cells for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
