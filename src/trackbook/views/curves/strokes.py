"""The lines of one plot, as both faces draw them: plotly's figure, and the picture in a saved notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.views.curves.groups import mean_and_band
from trackbook.views.curves.smoothing import smooth
from trackbook.views.curves.thinning import lines_of, thinned, with_gaps, within
from trackbook.views.numbers import count as counted
from trackbook.views.palette import COLOURS, REST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store.curves import Curve
    from trackbook.views.curves.look import Look, Plot

    Floats = NDArray[np.float64]

_MARGIN = 0.25
"""Of a window on either side a coloured line is drawn in, for panning."""

_FEWEST = 16
"""Points of a grey run, however many there are."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line in one colour: a run, several with gaps between them, or a group's mean with its band."""

    key: str
    """What hides together in all plots: a run's id or a group's label."""

    name: str
    """Anything a user typed."""

    colour: str
    x: Floats
    """Shape (n,); NaN between runs."""

    y: Floats
    """Shape (n,); NaN is a gap."""

    faint: bool = False
    """What was measured, behind what was evened out."""

    low: Floats | None = None
    """Shape (n,): lower edge of the band; None without one."""

    high: Floats | None = None
    runs: tuple[str, ...] = field(default=())
    """Names of the runs in a line of several."""

    starts: tuple[int, ...] = field(default=())
    """Where each of them begins in x."""


def strokes(plot: Plot, look: Look) -> list[Stroke]:
    """Compute the lines of a plot, those behind first.

    A series is evened out as a whole and cut to the window afterwards, so that zooming changes no line.
    """
    if plot.groups:
        return _of_groups(plot, look)
    own = [curve for curve in plot.curves if plot.colours[curve.run_id] != REST]
    rest = [curve for curve in plot.curves if plot.colours[curve.run_id] == REST]
    found = [_joined(rest, plot, look)] if rest else []
    if look.smooth and len(plot.colours) <= len(COLOURS):
        found += [_of_run(curve, plot, look, (curve.x, curve.value), faint=True) for curve in own]
    evened = smooth([curve.mean for curve in own], look.smooth)
    for curve, values in zip(own, evened, strict=True):
        found.append(_of_run(curve, plot, look, (curve.centre, values) if look.smooth else (curve.x, curve.value)))
    return found


def _of_run(curve: Curve, plot: Plot, look: Look, line: tuple[Floats, Floats], *, faint: bool = False) -> Stroke:
    window, most = look.window, plot.coloured
    if window is not None:
        room = _MARGIN * (window[1] - window[0])
        window, most = (window[0] - room, window[1] + room), round(most * (1 + 2 * _MARGIN))
    seen = thinned(within(lines_of([line[0]], [line[1]]), window), most, window)
    return Stroke(curve.run_id, plot.names[curve.run_id], plot.colours[curve.run_id], seen.x, seen.y, faint=faint)


def _joined(curves: Sequence[Curve], plot: Plot, look: Look) -> Stroke:
    """Draw all runs without a colour of their own as one line with gaps."""
    ys = smooth([curve.mean for curve in curves], look.smooth) if look.smooth else [curve.value for curve in curves]
    lines = lines_of([curve.centre if look.smooth else curve.x for curve in curves], ys)
    most = max(_FEWEST, plot.grey // len(curves))
    x, y, starts = with_gaps(thinned(within(lines, look.window), most, look.window))
    return Stroke(
        key=REST,
        name=counted(len(curves), "other run"),
        colour=REST,
        x=x,
        y=y,
        runs=tuple(plot.names[curve.run_id] for curve in curves),
        starts=tuple(starts.tolist()),
    )


def _of_groups(plot: Plot, look: Look) -> list[Stroke]:
    by_run = {curve.run_id: curve for curve in plot.curves}
    found = []
    for group in reversed(plot.groups):  # the first one ends on top
        members = [by_run[run_id] for run_id in group.run_ids if run_id in by_run]
        evened = smooth([curve.mean for curve in members], look.smooth)
        lines = [(curve.centre, values) for curve, values in zip(members, evened, strict=True)]
        x, mean, low, high = mean_and_band(lines, look.band, log_x=look.log_x, window=look.window)
        if len(x):
            name = f"{group.label} ({counted(len(members), 'run')})"
            found.append(Stroke(group.label, name, group.colour, x, mean, low=low, high=high))
    return found
