"""Two runs row by row as HTML: the verdict, how many rows flipped and which, and the worst segments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.tracking.difference_text import shown
from trackbook.views.numbers import number
from trackbook.views.pieces import Tone
from trackbook.views.plain_table import Cell, Row, boxed, sentence_html, table_html

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.tracking.comparison.verdict import Verdict

_MOST_ROWS = 20
_MOST_SEGMENTS = 8
_TONES = {"better": Tone.GOOD, "worse": Tone.BAD, "within noise": Tone.PLAIN}
_SIGNED = {"difference", "low", "high"}
_FLIPS = ("only a right", "only b right", "a closer", "b closer")


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What there is to say about two runs' rows."""

    names: tuple[str, str]
    verdict: Verdict
    rows: pd.DataFrame
    """From `paired_rows`, what tells the runs apart most first; perhaps with columns of features behind."""

    segments: pd.DataFrame | None
    """From `worst_segments`; None where no columns of the rows are known, or they part nothing."""

    why_no_segments: str = ""
    """One sentence, with a way to get them."""


def rows_html(facts: RowFacts, change: str = "") -> str:
    """Draw it; everything users typed is escaped. change: show only rows of this kind, such as `only a right`."""
    a, b = facts.names
    verdict = facts.verdict
    parts = [
        sentence_html(verdict.sentence, _TONES[verdict.verdict]),
        _values(facts),
        _changes(facts),
        sentence_html(f"a is {a}, b is {b}.", Tone.QUIET),
    ]
    if facts.segments is not None:
        parts.append(_segments(facts.segments, a))
    if facts.why_no_segments:
        parts.append(sentence_html(facts.why_no_segments, Tone.QUIET))
    parts.append(_rows(facts.rows, change))
    return boxed(*parts)


def change_words(rows: pd.DataFrame) -> list[str]:
    """Kinds of change that occur, those that flipped first."""
    found = [str(each) for each in rows["change"].unique()]
    return sorted(found, key=lambda each: (each not in _FLIPS, each))


def _values(facts: RowFacts) -> str:
    verdict = facts.verdict
    head = [Cell(each, align="right") for each in ("", *facts.names, "difference", "interval", "rows")]
    interval = f"[{_signed(verdict.low)}, {_signed(verdict.high)}]"
    cells = (
        Cell(f"{verdict.metric} ({verdict.better} is better)"),
        Cell(number(verdict.value_a, 5), align="right"),
        Cell(number(verdict.value_b, 5), align="right"),
        Cell(_signed(verdict.difference), _TONES[verdict.verdict], "right"),
        Cell(f"{100 * verdict.confidence:g} %: {interval}", align="right", hover=verdict.method),
        Cell(f"{verdict.rows:,}", align="right"),
    )
    return table_html(head, [Row(cells)])


def _changes(facts: RowFacts) -> str:
    counts = facts.rows["change"].value_counts()
    said = [f"{each} {int(counts[each]):,}" for each in change_words(facts.rows)]
    return sentence_html("Rows: " + " │ ".join(said))


def _rows(rows: pd.DataFrame, change: str) -> str:
    chosen = rows[rows["change"] == change] if change else rows[rows["difference"] != 0]
    shown_rows = chosen.head(_MOST_ROWS)
    if not len(shown_rows):
        return sentence_html("No row tells the two runs apart." if not change else f"No row is {change}.")
    columns = [str(name) for name in rows.columns][:20]
    numeric = {name for name in columns if rows[name].dtype.kind in "iuf"}
    head = [Cell(name, align="right" if name in numeric else "left") for name in columns]
    kind = f"that are {change}" if change else "that differ"
    caption = f"The first {len(shown_rows)} of {len(chosen):,} rows {kind}, the largest difference first"
    lines = [
        Row(tuple(_cell(name, value) for name, value in zip(columns, line, strict=False)))
        for line in shown_rows[columns].itertuples(index=False, name=None)
    ]
    return table_html(head, lines, caption)


def _cell(name: str, value: Any) -> Cell:  # noqa: ANN401 - any value of a table
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float):
        return Cell(_signed(plain) if name in _SIGNED else number(plain, 4), align="right")
    if isinstance(plain, bool) or not isinstance(plain, int):
        return Cell("–" if plain is None else shown(plain))
    return Cell(str(plain), align="right")


def _segments(segments: pd.DataFrame, a: str) -> str:
    head = [Cell(name, align="left" if name == "segment" else "right") for name in map(str, segments.columns)]
    lines = []
    for line in segments.head(_MOST_SEGMENTS).itertuples(index=False, name=None):
        cells = [_cell(str(name), value) for name, value in zip(segments.columns, line, strict=True)]
        low, high = float(line[5]), float(line[6])
        tone = Tone.BAD if low > 0 else Tone.GOOD if high < 0 else Tone.QUIET
        cells[4] = Cell(cells[4].text, tone, "right")
        lines.append(Row(tuple(cells)))
    caption = (
        f"Where {a} is worst: found on one half of the rows, low and high (95 %) from the other; "
        "believe a segment whose interval leaves zero out"
    )
    return table_html(head, lines, caption)


def _signed(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{'+' if value > 0 else ''}{number(value, 3)}"
