"""One run as text for a person, or as one JSON object."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC
from typing import TYPE_CHECKING, Any

from trackbook.cli.terminal import block, columns_of, padded, strong, widely_spaced
from trackbook.tracking.difference_text import figure, printable, shown
from trackbook.views.numbers import byte_size, duration, exact_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.store.summaries import Summary
    from trackbook.tracking.past import PastRun


def run_facts(run: PastRun, summaries: Sequence[Summary]) -> dict[str, object]:
    """Everything about a run, for JSON: metrics with their summaries."""
    facts: dict[str, Any] = {each.name: getattr(run, each.name) for each in fields(run) if each.name != "store"}
    facts["duration"] = run.duration
    facts["metrics"] = {each.name: asdict(each) for each in summaries}
    return facts


def run_text(run: PastRun, summaries: Sequence[Summary]) -> str:
    """Everything about a run that a person reads, one paragraph a subject."""
    parts = [f"{strong(printable(run.name))}  {run.run_id}", *_pairs(_attributes(run))]
    parts += _titled("params", _pairs([(name, shown(value)) for name, value in run.params.items()]))
    if run.defaults:
        parts.append(f"  (+{len(run.defaults)} left at their defaults; `--format json` has them)")
    parts += _titled("metrics", _metric_lines(summaries))
    parts += _titled("tags", _pairs([(name, shown(value)) for name, value in run.tags.items()]))
    parts += _titled("data", _pairs([_dataset(each) for each in run.datasets]))
    parts += _titled("models", _pairs([_model(each) for each in run.models]))
    parts += _titled("artifacts", _pairs([_artifact(each) for each in run.artifacts]))
    parts += _titled("outputs", [f"  {_output(each)}" for each in run.outputs])
    parts += _titled("code", [block(run.code)] if run.code else [])
    parts += _titled("error", [block(run.traceback or run.error)] if run.error or run.traceback else [])
    return "\n".join(parts)


def _attributes(run: PastRun) -> Iterable[tuple[str, str]]:
    took = "" if run.duration is None else f", took {widely_spaced(duration(run.duration))}"
    ended = f" ({run.ended_by})" if run.ended_by else ""
    yield "status", f"{run.status}{ended}{took}"
    yield "started", exact_time(run.started_at.replace(tzinfo=UTC).timestamp())
    yield "experiment", run.experiment
    yield "notebook", run.notebook
    yield "cell", ", ".join(filter(None, [run.cell_id, f"attempt {run.attempt}" if run.attempt else ""]))
    yield "nested in", run.parent_run_id or ""
    yield "evaluates", run.evaluates_run_id or ""
    edits = f", {run.git_edits} edited" if run.git_edits else ""
    yield "git", f"{run.git_commit[:12]} {run.git_branch}{edits}" if run.git_commit else ""
    if run.environment:
        facts = run.environment
        yield "python", f"{facts['python']} on {facts['platform']}, {len(facts['packages'])} packages"
    yield "note", run.note


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [strong(title), *found] if found else []


def _pairs(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Line up names and values, leaving out the empty ones."""
    given = [(printable(name), printable(text)) for name, text in rows if text]
    width = max((columns_of(name) for name, _ in given), default=0)
    return [f"  {padded(name, width, right=False)}  {text}" for name, text in given]


def _metric_lines(summaries: Sequence[Summary]) -> list[str]:
    if not summaries:
        return []
    rows = [["", "last", "best", "min", "max", "mean", "points"]]
    rows += [
        [printable(each.name), *map(figure, (each.last, each.best, each.min, each.max, each.mean)), str(each.count)]
        for each in summaries
    ]
    widths = [max(map(columns_of, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(padded(text, widths[at], right=at > 0) for at, text in enumerate(row)).rstrip() for row in rows
    ]


def _dataset(each: dict[str, Any]) -> tuple[str, str]:
    rows = "?" if each["row_count"] is None else f"{each['row_count']:,}"
    across = "" if each["column_count"] is None else f" × {each['column_count']:,}"
    sampled = " (sampled)" if each["sampled"] else ""
    return each["role"] or each["name"], f"{each['kind']} {rows}{across} #{each['digest'][:8]}{sampled}"


def _model(each: dict[str, Any]) -> tuple[str, str]:
    became = f"registered as {each['registered']}" if each["registered"] else ""
    return each["name"], " ".join(filter(None, [widely_spaced(byte_size(each["size"])), became]))


def _artifact(each: dict[str, Any]) -> tuple[str, str]:
    return each["path"], " ".join(filter(None, [widely_spaced(byte_size(each["size"] or 0)), each["kind"]]))


def _output(each: dict[str, Any]) -> str:
    return printable(" ".join(filter(None, [str(each["position"]), each["kind"], each["name"], each["mime"]])))
