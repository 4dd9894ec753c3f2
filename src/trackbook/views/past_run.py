"""All of one run, as `%track show` displays it: the card's head, then everything that was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

from trackbook.records import EndedBy, RunStatus
from trackbook.tracking.difference_text import printable_code
from trackbook.views.card.card import CardFacts, card_lines
from trackbook.views.card.html import framed, line_html
from trackbook.views.card.text import card_text
from trackbook.views.literals import cut, full_literal, literal, one_line
from trackbook.views.numbers import TIMES, byte_size, count, exact_time, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from trackbook.tracking.past import PastRun

_LONGEST_VALUE = 120
_LONGEST_SENTENCE = 500
_LONGEST_EXCERPT = 60
_MOST_ROWS = 200
_OPEN_UP_TO = 40  # lines of code that one looks over at a glance; longer blocks start folded
_LONGEST_BLOCK = 100_000
_QUIET = "color:var(--tb-quiet)"
_TABLE = "border-collapse:collapse;margin:2px 0;font-size:inherit;table-layout:auto"
_ROW = "background:none"  # JupyterLab stripes the rows of tables
_CELL = "text-align:left;vertical-align:baseline;padding:0 1.5em 0 0;border:none;line-height:1.55;white-space:pre-wrap"
_WIDE = "width:100%"
_FOLD = f"cursor:pointer;{_QUIET}"
_CODE = (
    "margin:2px 0 4px;padding:4px 8px;overflow-x:auto;border-left:2px solid var(--tb-edge);background:none;"
    "color:inherit;font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,12px)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One fact about the run."""

    title: str
    """Of its group; shown with the group's first row."""

    name: str
    """Empty for a fact that its title names."""

    value: str
    hover: str = ""


def past_run_bundle(run: PastRun, zone: tzinfo | None = None) -> dict[str, object]:
    """Make what `display(..., raw=True)` takes: plain text and HTML. zone: of the clock; None is the local one."""
    head = card_lines(_facts(run), zone=zone)[:1]
    rows = [*_said(run), *_values(run), *_kept(run), *_about(run, zone)]
    blocks = [(title, text[:_LONGEST_BLOCK]) for title, text in _blocks(run) if text.strip()]
    text = "\n".join([card_text(head), *_text_rows(rows), *(_text_block(*block) for block in blocks)])
    html = "".join(line_html(line) for line in head) + _table(rows) + "".join(_fold(*block) for block in blocks)
    return {"text/plain": text, "text/html": framed(html, head[0].items[0].pieces[0].tone)}


def _facts(run: PastRun) -> CardFacts:
    """Tell the card's head."""
    return CardFacts(
        run_id=run.run_id,
        run_name=run.name,
        experiment=run.experiment,
        status=RunStatus(run.status),
        ended_by=EndedBy(run.ended_by) if run.ended_by else None,
        attempt=run.attempt,
        duration=run.duration if run.duration is not None else float("nan"),
        ended_at=run.ended_at.replace(tzinfo=UTC).timestamp() if run.ended_at else None,
    )


def _said(run: PastRun) -> Iterator[Row]:
    yield from _sentences({"error": run.error, "note": run.note})


def _about(run: PastRun, zone: tzinfo | None) -> Iterator[Row]:
    facts = run.environment
    edits = f", {count(run.git_edits, 'file')} edited" if run.git_edits else ""
    given = {
        "run": run.run_id,
        "started": exact_time(run.started_at.replace(tzinfo=UTC).timestamp(), zone),
        "experiment": run.experiment,
        "notebook": run.notebook,
        "nested in": run.parent_run_id or "",
        "evaluates": run.evaluates_run_id or "",
        "git": f"{run.git_commit[:12]} {run.git_branch}{edits}" if run.git_commit else "",
        "python": f"{facts['python']} on {facts['platform']}, {count(len(facts['packages']), 'package')}"
        if facts
        else "",
        "defaults": ", ".join(f"{name} {literal(value)}" for name, value in run.defaults.items()),
    }
    yield from _sentences(given)


def _sentences(given: dict[str, str]) -> Iterator[Row]:
    for title, value in given.items():
        if line := one_line(value):
            yield Row(title, "", cut(line, _LONGEST_SENTENCE), line if len(line) > _LONGEST_SENTENCE else "")


def _values(run: PastRun) -> Iterator[Row]:
    yield from _group("metrics", run.metrics, lambda value: number(value, 6), repr)
    for title, values in (("params", run.params), ("tags", run.tags)):
        yield from _group(title, values, lambda value: literal(value, _LONGEST_VALUE), full_literal)


def _group(
    title: str, values: Mapping[str, Any], write: Callable[[Any], str], whole: Callable[[Any], str]
) -> Iterator[Row]:
    """List what is shown of a group; thousands are for `tb.get_run`."""
    for name, value in islice(values.items(), _MOST_ROWS):
        yield Row(title, name, write(value), whole(value))
    if len(values) > _MOST_ROWS:
        yield Row(title, "…", f"and {len(values) - _MOST_ROWS} more")


def _kept(run: PastRun) -> Iterator[Row]:
    for data in run.datasets[:_MOST_ROWS]:
        yield Row("data", data["role"] or data["name"], _dataset(data), f"SHA-256 {data['digest']}")
    for model in run.models[:_MOST_ROWS]:
        became = f"registered as {model['registered']}" if model["registered"] else ""
        yield Row("models", model["name"], " ".join(filter(None, [byte_size(model["size"]), became])))
    for artifact in run.artifacts[:_MOST_ROWS]:
        size = byte_size(artifact["size"]) if artifact["size"] is not None else ""
        yield Row("artifacts", artifact["path"], " ".join(filter(None, [size, artifact["kind"]])))
    by_position: dict[int, list[dict[str, Any]]] = {}
    for output in (each for each in run.outputs if each["kind"] != "error"):  # the traceback has a block of its own
        by_position.setdefault(output["position"], []).append(output)
    for position, bundle in [*by_position.items()][:_MOST_ROWS]:
        yield Row("outputs", str(position), _output(bundle), cut(one_line(bundle[-1]["text"] or ""), _LONGEST_SENTENCE))


def _dataset(data: dict[str, Any]) -> str:
    shape = "" if data["row_count"] is None else number(data["row_count"])
    if shape and data["column_count"] is not None:
        shape += f" {TIMES} {number(data['column_count'])}"
    size = byte_size(data["size"]) if data["kind"] == "file" and data["size"] is not None else ""
    sampled = "sampled" if data["sampled"] else ""
    return " ".join(filter(None, [data["kind"], shape, size, f"#{data['digest'][:8]}…", sampled]))


def _output(bundle: list[dict[str, Any]]) -> str:
    first = bundle[0]
    kinds = ", ".join(part["mime"] for part in bundle)
    left_out = f", {byte_size(first['cut'])} left out" if first["cut"] else ""
    text = next((part["text"] for part in bundle if part["mime"] == "text/plain"), None)
    return f"{first['name'] or kinds}  {cut(one_line(text or ''), _LONGEST_EXCERPT)}{left_out}".rstrip()


def _blocks(run: PastRun) -> Iterator[tuple[str, str]]:
    yield "traceback", run.traceback
    yield "code", run.code.strip("\n")
    yield "uncommitted changes", run.git_patch or ""


def _text_rows(rows: Sequence[Row]) -> Iterator[str]:
    titles = max((len(row.title) for row in rows), default=0)
    names: dict[str, int] = {}
    for row in rows:
        names[row.title] = max(names.get(row.title, 0), len(one_line(row.name)))
    for row, title in zip(rows, _titles(rows), strict=True):
        name = f"{one_line(row.name):<{names[row.title]}}  " if row.name else ""
        yield f"  {title:<{titles}}  {name}{one_line(row.value)}".rstrip()


def _titles(rows: Sequence[Row]) -> list[str]:
    """Name each group once, with its first row."""
    before = ["", *(row.title for row in rows)]
    return ["" if row.title == earlier else row.title for row, earlier in zip(rows, before, strict=False)]


def _text_block(title: str, text: str) -> str:
    return f"  {title}\n" + "\n".join(f"    {line}".rstrip() for line in map(printable_code, text.split("\n")))


def _table(rows: Sequence[Row]) -> str:
    body = "".join(_row(row, title) for row, title in zip(rows, _titles(rows), strict=True))
    return f'<table style="{_TABLE}"><tbody>{body}</tbody></table>'


def _row(row: Row, title: str) -> str:
    hover = f' title="{escape(row.hover)}"' if row.hover and row.hover != row.value else ""
    value = f"<span{hover}>{escape(one_line(row.value))}</span>"
    label = f'<td style="{_CELL};{_QUIET}">{escape(title)}</td>'
    if not row.name:
        return f'<tr style="{_ROW}">{label}<td colspan="2" style="{_CELL}">{value}</td></tr>'
    name = f'<td style="{_CELL};{_QUIET}">{escape(one_line(row.name))}</td>'
    return f'<tr style="{_ROW}">{label}{name}<td style="{_CELL};{_WIDE}">{value}</td></tr>'


def _fold(title: str, text: str) -> str:
    opened = " open" if text.count("\n") < _OPEN_UP_TO else ""
    safe = "\n".join(escape(printable_code(line)) for line in text.split("\n"))
    return f'<details{opened}><summary style="{_FOLD}">{title}</summary><pre style="{_CODE}">{safe}</pre></details>'
