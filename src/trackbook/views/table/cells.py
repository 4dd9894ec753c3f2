"""The cells of a table of runs, typeset: three significant digits, human durations, differences to a baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.views.literals import cut, full_literal, literal, one_line
from trackbook.views.numbers import change, duration, exact_time, fixed, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from trackbook.store.run_groups import GroupFacts, MetricOfGroup
    from trackbook.store.run_pages import RunFacts
    from trackbook.views.table.columns import Column

_LONGEST_NAME = 80
_LONGEST_TEXT = 120
_LONGEST_ERROR = 200
_SHORT_COMMIT = 7
_PLAIN_FROM, _WHOLE_FROM = 1e-4, 100  # below in scientific form, above without decimals, as `number` does
PLUS_MINUS = "±"
EN_DASH = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, ready to be shown as text."""

    text: str = ""
    hover: str = ""
    """The exact value; empty when the text says it all."""

    tone: str = ""
    """good, bad, warning, quiet, running or base; empty for plain."""

    delta: str = ""
    """Signed difference to the baseline."""

    direction: int = 0
    """1 up, -1 down, of the difference."""

    moment: float | None = None
    """The time it speaks of, in seconds since the epoch: the browser says how long ago."""

    equal: str = ""
    """The run that it cannot be told from by this metric; a browser hears of that apart, for it comes later."""

    def as_json(self) -> dict[str, Any]:
        """Write it short: a page has a thousand of them."""
        found = {
            "t": self.text, "h": self.hover, "c": self.tone, "d": self.delta, "a": self.direction, "m": self.moment,
        }  # fmt: skip
        return {key: value for key, value in found.items() if value or (key == "m" and value is not None)}


_STATUS = {"FAILED": "bad", "KILLED": "warning", "RUNNING": "running", "FINISHED": "quiet"}


def run_cells(
    run: RunFacts, columns: Sequence[Column], baseline: RunFacts | None = None, zone: tzinfo | None = None
) -> list[Cell]:
    """Typeset a run's cells.

    baseline: whom the metrics are compared with. zone: of the clock; None is the local one.
    """
    return [_cell(run, column, baseline, zone) for column in columns]


def _cell(run: RunFacts, column: Column, baseline: RunFacts | None, zone: tzinfo | None) -> Cell:
    key = column.key
    match column.kind:
        case "metric":
            return metric_cell(run, column, baseline)
        case "param":
            return param_cell(run.params, key.removeprefix("params."))
        case "when":
            moment = run.attributes.get(key)
            return Cell() if moment is None else Cell("", exact_time(moment, zone), moment=moment)
        case "took":
            return took_cell(run.attributes.get("duration"))
        case "whole":
            value = run.attributes.get(key)
            return Cell() if not value else Cell(number(value), str(value))
        case "status":
            return _status(run)
        case "name":
            return text_cell(run.attributes["name"] or run.run_id[:8], hover=run.run_id, most=_LONGEST_NAME)
        case "text":
            return _text(run, key)


def _text(run: RunFacts, key: str) -> Cell:
    if key.startswith("tags."):
        return text_cell(run.tags.get(key.removeprefix("tags."), ""))
    value = run.attributes.get(key) or ""
    if key == "git_commit" and value:
        edits = run.attributes.get("git_edits") or 0
        return Cell(value[:_SHORT_COMMIT] + (f"+{edits}" if edits else ""), value)
    return text_cell(str(value), most=_LONGEST_ERROR if key == "error" else _LONGEST_TEXT)


def text_cell(value: str, *, hover: str = "", most: int = _LONGEST_TEXT) -> Cell:
    """Write anything that a user typed on one line."""
    line = one_line(value[: 20 * most])
    shown = cut(line, most)
    return Cell(shown, hover or ("" if shown == value else cut(line, 10 * most)))


def took_cell(seconds: float | None) -> Cell:
    """Say how long; exactly on hover."""
    return Cell() if seconds is None else Cell(duration(seconds), f"{seconds:.3f} s")


def _status(run: RunFacts) -> Cell:
    status, ended_by = run.attributes["status"] or "", run.attributes["ended_by"] or ""
    by = f"ended by {ended_by}" if ended_by else ""
    error = one_line(run.attributes["error"] or "")
    return Cell(
        "" if status == "FINISHED" else status,
        cut(" · ".join(filter(None, [by, error])), _LONGEST_ERROR),
        _STATUS.get(status, ""),
    )


def param_cell(params: Mapping[str, object], name: str) -> Cell:
    """Write a param as its user would."""
    if name not in params:
        return Cell()
    text, whole = literal(params[name]), full_literal(params[name])
    return Cell(text, "" if whole == text else whole)


def metric_cell(run: RunFacts, column: Column, baseline: RunFacts | None) -> Cell:
    """Set a metric's last value, and its difference to the baseline's: good where up is good and it went up."""
    name = column.key.removeprefix("metrics.")
    if name not in run.metrics:
        return Cell()
    value = run.metrics[name]
    if baseline is None or name not in baseline.metrics:
        return Cell(aligned(value), repr(value), "warning" if math.isnan(value) else "")
    if baseline.run_id == run.run_id:
        return Cell(aligned(value), repr(value), "base")
    against = change(value, baseline.metrics[name])
    tone = ""
    if against.direction and column.better:
        tone = "good" if (against.direction > 0) == (column.better == "higher") else "bad"
    text = max(against.value, aligned(value), key=len)
    return Cell(text, repr(value), tone, against.delta or "=", against.direction)


def aligned(value: float) -> str:
    """Set a number with three significant digits and its last zeros, so that a column of them lines up."""
    size = abs(value)
    if not math.isfinite(value) or not _PLAIN_FROM <= size < _WHOLE_FROM or value == int(value):
        return number(value)
    return fixed(value, max(0, 2 - math.floor(math.log10(size))))


def group_cells(
    group: GroupFacts, title: str, count: int, columns: Sequence[Column], zone: tzinfo | None = None
) -> list[Cell]:
    """Sum up a group: its title and count, mean ± standard deviation of metrics, ranges of params."""
    return [_group_cell(group, title, count, column, zone) for column in columns]


def _group_cell(group: GroupFacts, title: str, count: int, column: Column, zone: tzinfo | None) -> Cell:
    match column.kind:
        case "name":
            return Cell(f"{title} ({number(count)} run{'' if count == 1 else 's'})", title)
        case "metric":
            return group_metric(group.metrics.get(column.key.removeprefix("metrics.")), column.better)
        case "param" if column.key in group.numbers:
            low, high = group.numbers[column.key]
            return Cell(literal(low) if low == high else f"{_short(low)}{EN_DASH}{_short(high)}", f"{low} to {high}")
        case "param" | "text" if column.key in group.texts:
            texts = group.texts[column.key]
            return text_cell(texts[0]) if len(texts) == 1 else Cell("…", "several values", "quiet")
        case "when" if column.key == "started_at" and group.newest is not None:
            return Cell("", f"newest {exact_time(group.newest, zone)}", moment=group.newest)
        case "took":
            cell = took_cell(group.duration)
            return Cell(cell.text, f"together {cell.hover}" if cell.hover else "")
        case _:
            return Cell()


def _short(value: float) -> str:
    return number(value, 2)


def group_metric(metric: MetricOfGroup | None, better: str) -> Cell:
    """Set mean ± standard deviation and, where it is known which way is up, the best."""
    if metric is None:
        return Cell()
    best = {"higher": metric.high, "lower": metric.low}.get(better)
    spread = "" if metric.deviation is None else f" {PLUS_MINUS} {number(metric.deviation, 2)}"
    mean = change(metric.mean, metric.mean + metric.deviation).value if metric.deviation else number(metric.mean)
    hover = f"{metric.count} runs: mean {metric.mean!r}"
    if metric.deviation is not None:
        hover += f", standard deviation {metric.deviation!r}"
    hover += f", lowest {metric.low!r}, highest {metric.high!r}"
    return Cell(mean + spread, hover, "", f"best {number(best)}" if best is not None else "")
