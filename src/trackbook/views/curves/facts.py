"""What is said beside curves, and their points as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.views.curves.strokes import strokes
from trackbook.views.numbers import count
from trackbook.views.palette import COLOURS, REST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.views.curves.look import Look, Plot


def curve_notice(plots: Sequence[Plot], look: Look) -> str:
    """Say what the picture cannot: what is missing, thinned, or shares a colour; empty when there is nothing to say."""
    said = [*_missing(plots), *_off_the_axis(plots, look)]
    first = plots[0] if plots else None
    if first is not None and not first.groups and len(first.colours) > len(COLOURS):
        own = sum(colour != REST for colour in first.colours.values())
        said.append(f"The best {own} of {count(len(first.colours), 'run')} have a colour; the others share a grey.")
    if any(_is_thinned(plot) for plot in plots):
        said.append("Long curves keep the lowest and highest point of each stretch; zoom in for finer ones.")
    return " ".join(said)


def _is_thinned(plot: Plot) -> bool:
    return any(
        not curve.whole or (len(curve.x) > plot.coloured and plot.colours[curve.run_id] != REST)
        for curve in plot.curves
    )


def _missing(plots: Sequence[Plot]) -> list[str]:
    import numpy as np  # noqa: PLC0415

    said = []
    for plot in plots:
        known = sum(bool(np.isfinite(curve.mean).any()) for curve in plot.curves)
        if not plot.curves:
            said.append(f"{plot.metric} has no points in these runs.")
        elif not known:
            said.append(f"{plot.metric} is NaN or infinite at every point of these runs, so there is nothing to draw.")
        elif known < len(plot.curves):
            said.append(f"{plot.metric} has no finite point in {count(len(plot.curves) - known, 'run')}.")
    return said


def _off_the_axis(plots: Sequence[Plot], look: Look) -> list[str]:
    """Zero and less have no logarithm."""
    said = []
    if look.log_y:
        values = [curve.value for plot in plots for curve in plot.curves]
        said += _not_positive(values, "log y")
    if look.log_x and look.x != "wall":
        said += _not_positive([curve.x for plot in plots for curve in plot.curves], "log x")
    if look.log_x and look.x == "wall":
        said.append("Wall time has no log axis; choose step or relative time for one.")
    return said


def _not_positive(arrays: Sequence[NDArray[np.float64]], box: str) -> list[str]:
    missing = sum(int((array <= 0).sum()) for array in arrays)
    return [f"{count(missing, 'point')} at or below zero cannot stand on a log axis; untick {box}."] if missing else []


def curves_frame(plots: Sequence[Plot], look: Look) -> pd.DataFrame:
    """Return exactly what is drawn: metric, run (or group), x and value; of groups also low and high.

    Points that were evened out have `smoothed` true.
    """
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    parts = []
    for plot in plots:
        for stroke in strokes(plot, look):
            names = np.full(len(stroke.x), stroke.name, dtype=object)
            ends = [*stroke.starts[1:], len(names)]
            for start, end, run in zip(stroke.starts, ends, stroke.runs, strict=bool(stroke.runs)):
                names[start:end] = run
            columns: dict[str, object] = {"metric": plot.metric, "run": names, look.x: stroke.x, "value": stroke.y}
            if stroke.low is not None and stroke.high is not None:
                columns |= {"low": stroke.low, "high": stroke.high}
            columns["smoothed"] = bool(look.smooth) and not stroke.faint
            parts.append(pd.DataFrame(columns))
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["metric", "run", look.x, "value"])
    return frame[frame[look.x].notna()].reset_index(drop=True)
