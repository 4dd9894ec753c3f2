"""Differences of several runs as HTML: a summary, where one is, a line for each, and the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.tracking.diff import text_diff
from trackbook.tracking.difference_html import folded_code
from trackbook.views.numbers import count
from trackbook.views.pieces import Tone
from trackbook.views.plain_table import Cell, Row, boxed, sentence_html, table_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.views.comparison.differences import Differences, Differing

_MOST_DEFAULTS = 12
"""Defaults and packages with a line of their own; the rest is counted, and stands in the saved data."""

_MOST_CODES = 4
_TONES = {"better": Tone.GOOD, "worse": Tone.BAD, "": Tone.PLAIN}


def summary_line(found: Differences) -> str:
    """Say how much differs of what: `params 2 differ of 17 │ code same │ …`."""
    said = []
    for what in ("params", "metrics", "data", "code", "git", "environment", "packages"):
        looked_at, items = found.looked_at.get(what, 0), found.only(what)
        if not looked_at and what != "code":
            continue
        if not items:
            said.append(f"{what} same")
        elif what in {"environment", "git"} or len(items) == looked_at == 1:
            said.append(f"{what} differs" if what == "code" else items[0].sentence)
        else:
            said.append(f"{what} {len(items)} differ of {looked_at}")
    return " │ ".join(said)


def difference_items(found: Differences, what: str = "") -> tuple[Differing, ...]:
    """Return the differences that have a line, in the order in which they stand; what: only of this kind."""
    shown: list[Differing] = []
    for item in found.items:
        alike = sum(other.what == item.what for other in shown)
        if (not what or item.what == what) and (item.what not in {"defaults", "packages"} or alike < _MOST_DEFAULTS):
            shown.append(item)
    return tuple(shown)


def differences_html(found: Differences, at: int, what: str = "", verdict: tuple[str, str] = ("", "")) -> str:
    """Draw the differences; everything users typed is escaped.

    at: place among `difference_items` of the one to mark, from 0. verdict: the word (better, worse, within
    noise) and the sentence on two runs' predictions, if there is one.
    """
    items = difference_items(found, what)
    parts = [sentence_html(summary_line(found), Tone.QUIET)]
    if verdict[1]:
        parts.append(sentence_html(verdict[1], _TONES.get(verdict[0], Tone.PLAIN)))
    if not items:
        subject = what or "params, metrics, data, code and environment"
        parts.append(sentence_html(f"Nothing differs in {subject}."))
        return boxed(*parts)
    here = items[min(max(at, 0), len(items) - 1)]
    parts.append(sentence_html(f"{items.index(here) + 1} of {len(items)} · {here.what} · {here.sentence}", Tone.STRONG))
    head = [Cell(""), Cell(""), *(Cell(name, align="right") for name in found.names)]
    parts.append(table_html(head, [_row(items, place, here) for place in range(len(items))]))
    parts += _left(found, items, what)
    if not what or what in {"code", "git"}:
        parts += _codes(found, what)
    return boxed(*parts)


def _row(items: Sequence[Differing], place: int, here: Differing) -> Row:
    item = items[place]
    is_first = place == 0 or items[place - 1].what != item.what
    cells = [Cell(item.what if is_first else "", Tone.QUIET), Cell(item.name)]
    first = item.shown[0]
    for run, (text, hover, verdict) in enumerate(zip(item.shown, item.hovers, item.verdicts, strict=True)):
        # What is as in the first run steps back, so that the others show.
        tone = _TONES[verdict] if verdict else Tone.QUIET if run and text == first else Tone.PLAIN
        cells.append(Cell(text, tone, "right", hover))
    return Row(tuple(cells), marked=item is here)


def _left(found: Differences, items: Sequence[Differing], what: str) -> list[str]:
    said = []
    for kind in ("defaults", "packages"):
        more = len(found.only(kind)) - sum(item.what == kind for item in items)
        if more and what in {"", kind}:
            noun = "default" if kind == "defaults" else "package"
            said.append(sentence_html(f"{count(more, f'more {noun}')} differ; save the data to see all.", Tone.QUIET))
    return said


def _codes(found: Differences, what: str) -> list[str]:
    """Fold the code of the first run against each other look of it, and the uncommitted changes likewise."""
    parts = []
    for title, texts, kind in (("code", found.codes, "code"), ("uncommitted changes", found.patches, "git")):
        if what not in {"", kind}:
            continue
        different = [place for place, text in enumerate(texts) if text not in texts[:place]][1:]
        for place in different[:_MOST_CODES]:
            a, b = found.names[0], found.names[place]
            parts.append(folded_code(f"{title}: {a} → {b}", text_diff(texts[0], texts[place], a, b)))
        if len(different) > _MOST_CODES:
            parts.append(sentence_html(f"{len(different) - _MOST_CODES} more looks of the {title} are not shown."))
    return parts
