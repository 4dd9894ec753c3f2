"""Confusion matrices as heat maps: of one run, of two, and their difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.views.comparison.plot_layout import DIVERGING, INK, SEQUENTIAL, axis, layout, note
from trackbook.views.comparison.plot_text import hover_text, plot_text
from trackbook.views.numbers import MINUS, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.confusion import Confusion

_GAP = 0.08
_WRITTEN_UP_TO = 12
"""Classes up to which each cell has its number written in it."""


def confusion_figure(found: Confusion, names: Sequence[str], *, share: bool) -> dict[str, Any]:
    """Draw one matrix a run and, of two runs, how the second differs from the first.

    names: of the runs. share: of each true class, in percent, instead of rows.
    """
    matrices = [_as_shown(each, share=share) for each in (found.a, found.b) if each is not None]
    titles = [plot_text(name, 30) for name in names[: len(matrices)]]
    if len(matrices) == 2:  # noqa: PLR2004 - a pair
        matrices.append(matrices[1] - matrices[0])
        titles.append(f"{titles[1]} {MINUS} {titles[0]}")
    top = max((float(each.max()) for each in matrices[:2]), default=1.0) or 1.0
    data, axes, notes = [], {}, []
    width = (1 - _GAP * (len(matrices) - 1)) / len(matrices)
    for place, matrix in enumerate(matrices):
        is_difference = place == 2  # noqa: PLR2004 - the third
        start = place * (width + _GAP)
        suffix = "" if place == 0 else str(place + 1)
        data.append(_heat(matrix, found.classes, suffix, top, difference=is_difference, share=share))
        axes[f"xaxis{suffix}"] = _side("predicted", found.classes) | {
            "domain": [start, start + width], "anchor": f"y{suffix}"
        }  # fmt: skip
        side = _side("true" if place == 0 else "", found.classes) | {"anchor": f"x{suffix}", "autorange": "reversed"}
        axes[f"yaxis{suffix}"] = side | ({"showticklabels": False} if place else {})
        notes.append(note(f"<b>{titles[place]}</b>") | {"x": start + width / 2, "xanchor": "center"})
    size = 300 + 14 * len(found.classes)
    return {"data": data, "layout": layout(annotations=notes, height=size, **axes)}


def confusion_frame(found: Confusion) -> pd.DataFrame:
    """One row a cell: true, predicted, a and, of two runs, b."""
    import pandas as pd  # noqa: PLC0415

    cells = [(row, column) for row in range(len(found.classes)) for column in range(len(found.classes))]
    frame = pd.DataFrame(
        [(found.classes[row], found.classes[column], int(found.a[row, column])) for row, column in cells],
        columns=["true", "predicted", "a"],
    )
    return frame if found.b is None else frame.assign(b=[int(found.b[at]) for at in cells])


def _as_shown(counts: NDArray[Any], *, share: bool) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    if not share:
        return counts.astype(float)
    return np.asarray(100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def _heat(
    matrix: NDArray[Any], classes: Sequence[str], suffix: str, top: float, *, difference: bool, share: bool
) -> dict[str, Any]:
    unit = " %" if share else ""
    words = "percent of the true class" if share else "rows"
    hovers = [
        [hover_text([("true", true), ("predicted", said), (words, _signed(value, difference))])
         for said, value in zip(classes, line, strict=True)]
        for true, line in zip(classes, matrix.tolist(), strict=True)
    ]  # fmt: skip
    limit = float(abs(matrix).max()) or 1.0
    scale = {"colorscale": DIVERGING, "zmin": -limit, "zmax": limit} if difference else {
        "colorscale": SEQUENTIAL, "zmin": 0.0, "zmax": top
    }  # fmt: skip
    found = {
        "type": "heatmap", "z": matrix.tolist(), "x": list(range(len(classes))), "y": list(range(len(classes))),
        "xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "hovertext": hovers, "showscale": False, "xgap": 1, "ygap": 1,
        "hovertemplate": "%{hovertext}<extra></extra>", **scale,
    }  # fmt: skip
    if len(classes) <= _WRITTEN_UP_TO:
        found["text"] = [[_signed(value, difference) + unit for value in line] for line in matrix.tolist()]
        found["texttemplate"] = "%{text}"
    return found


def _signed(value: float, difference: bool) -> str:  # noqa: FBT001 - beside its value
    return ("+" if difference and value > 0 else "") + number(value, 3)


def _side(title: str, classes: Sequence[str]) -> dict[str, Any]:
    return axis(title) | {
        "tickvals": list(range(len(classes))), "ticktext": [plot_text(each, 16) for each in classes],
        "showgrid": False, "zeroline": False, "tickfont": {"color": INK},
    }  # fmt: skip
