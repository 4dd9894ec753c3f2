"""The lines of one plot, as both faces draw them: plotly's figure, and the picture in a saved notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.views.curves.groups import mean_and_band
from trackbook.views.curves.smoothing import smooth
from trackbook.views.numbers import count as counted
from trackbook.views.palette import COLOURS, REST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store.curves import Curve
    from trackbook.views.curves.look import Look, Plot


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line in one colour: a run, several with gaps between them, or a group's mean with its band."""

    key: str
    """What hides together in all plots: a run's id or a group's label."""

    name: str
    """Anything a user typed."""

    colour: str
    x: NDArray[np.float64]
    """Shape (n,); NaN between runs."""

    y: NDArray[np.float64]
    """Shape (n,); NaN is a gap."""

    faint: bool = False
    """What was measured, behind what was evened out."""

    low: NDArray[np.float64] | None = None
    """Shape (n,): lower edge of the band; None without one."""

    high: NDArray[np.float64] | None = None
    runs: tuple[str, ...] = field(default=())
    """Names of the runs in a line of several."""

    starts: tuple[int, ...] = field(default=())
    """Where each of them begins in x."""


def strokes(plot: Plot, look: Look) -> list[Stroke]:
    """Compute the lines of a plot, those behind first."""
    if plot.groups:
        return _of_groups(plot, look)
    own = [curve for curve in plot.curves if plot.colours[curve.run_id] != REST]
    rest = [curve for curve in plot.curves if plot.colours[curve.run_id] == REST]
    found = [_joined(rest, plot, look)] if rest else []
    if look.smooth and len(plot.colours) <= len(COLOURS):
        found += [_of_run(curve, plot, curve.x, curve.value, faint=True) for curve in own]
    evened = smooth([curve.mean for curve in own], look.smooth)
    for curve, values in zip(own, evened, strict=True):
        x, y = (curve.centre, values) if look.smooth else (curve.x, curve.value)
        found.append(_of_run(curve, plot, x, y))
    return found


def _of_run(curve: Curve, plot: Plot, x: NDArray[np.float64], y: NDArray[np.float64], *, faint: bool = False) -> Stroke:
    return Stroke(curve.run_id, plot.names[curve.run_id], plot.colours[curve.run_id], x, y, faint=faint)


def _joined(curves: Sequence[Curve], plot: Plot, look: Look) -> Stroke:
    """Draw all runs without a colour of their own as one line with gaps."""
    import numpy as np  # noqa: PLC0415

    evened = smooth([curve.mean for curve in curves], look.smooth) if look.smooth else [c.value for c in curves]
    gap = np.array([np.nan])
    xs = [part for curve in curves for part in (curve.centre if look.smooth else curve.x, gap)]
    ys = [part for values in evened for part in (values, gap)]
    starts = np.cumsum([0, *(len(values) + 1 for values in evened)])[:-1]
    return Stroke(
        key=REST,
        name=counted(len(curves), "other run"),
        colour=REST,
        x=np.concatenate(xs),
        y=np.concatenate(ys),
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
        x, mean, low, high = mean_and_band(lines, look.band, log_x=look.log_x)
        if len(x):
            name = f"{group.label} ({counted(len(members), 'run')})"
            found.append(Stroke(group.label, name, group.colour, x, mean, low=low, high=high))
    return found
