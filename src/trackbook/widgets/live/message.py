"""What a live panel sends to the browser: a little JSON, and all numbers as rows of bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.views.live.band import Band
    from trackbook.views.live.charts import LiveSeries
    from trackbook.views.live.curve import LiveCurve
    from trackbook.widgets.live.state import Stretch

MOST_POINTS = 400
"""Of one metric in one message; of more, the lowest and the highest of equal stretches."""

_FEW_POINTS = 256
"""So few go out one by one, as they came: sorting them costs the cell more than sending their heads."""

Points = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"]
"""(number of the series, how many points) one behind another; steps; values: these points. A series may come again."""


@dataclass(slots=True)
class News:
    """One message on its way: filled in, then sent."""

    reset: bool = False
    """The browser forgets all curves and bands that it has."""

    series: list[LiveSeries] = field(default_factory=list)
    """New ones; the browser counts them from 0 in the order in which they come."""

    facts: dict[str, Any] | None = None
    points: Points | None = None
    bands: list[tuple[int, Band]] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there is anything to send."""
        return bool(self.reset or self.series or self.facts or self.points or self.bands)

    def packed(self) -> tuple[dict[str, Any], list[bytes]]:
        """Return content and buffers, all float64, in the order of `Points`; then the bands as it is with points.

        What there is none of is left out: ten messages a second should say no more than they have to.
        """
        content: dict[str, Any] = {"kind": "news"}
        if self.reset:
            content["reset"] = True
        if self.series:
            content["series"] = [[each.name, each.chart, each.colour, each.better] for each in self.series]
        if self.facts is not None:
            content["facts"] = self.facts
        buffers = [column.tobytes() for column in self.points] if self.points else []
        if self.bands:
            buffers = (buffers or [b"", b"", b""]) + _columns(self.bands)
        return content, buffers


def _columns(bands: Sequence[tuple[int, Band]]) -> list[bytes]:
    import numpy as np  # noqa: PLC0415

    heads = np.array([[number, len(band[0])] for number, band in bands], dtype=np.float64)
    return [heads.tobytes(), *(np.concatenate([band[at] for _, band in bands]).tobytes() for at in range(3))]


def everything(numbers: Mapping[str, int], curves: Mapping[str, LiveCurve]) -> Points | None:
    """Return the points of all curves as they are kept."""
    import numpy as np  # noqa: PLC0415

    if not curves:
        return None
    lines = [(numbers[name], *curve.points()) for name, curve in curves.items()]
    heads = np.array([[number, len(steps)] for number, steps, _ in lines], dtype=np.float64).ravel()
    return heads, np.concatenate([steps for _, steps, _ in lines]), np.concatenate([values for *_, values in lines])


def fresh_points(fresh: Stretch) -> Points:
    """Say which series each point is of; many are sorted, and thinned where nobody could see them all."""
    import numpy as np  # noqa: PLC0415

    numbers, steps, values = fresh
    if len(numbers) <= _FEW_POINTS:
        heads = np.ones((len(numbers), 2))
        heads[:, 0] = numbers
        return heads.ravel(), steps, values
    order = np.argsort(numbers, kind="stable")
    numbers, steps, values = numbers[order], steps[order], values[order]
    starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
    counts = np.diff(np.r_[starts, len(numbers)])
    if counts.max() > MOST_POINTS:
        places = np.concatenate([
            start + _worth_seeing(values[start : start + count])
            for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
        ])  # fmt: skip
        numbers, steps, values = numbers[places], steps[places], values[places]
        starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
        counts = np.diff(np.r_[starts, len(numbers)])
    heads = np.column_stack([numbers[starts], counts]).astype(np.float64)
    return heads.ravel(), steps, values


def _worth_seeing(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the places of the lowest and the highest of equal stretches, and of the newest, shown as a number."""
    import numpy as np  # noqa: PLC0415

    if len(values) <= MOST_POINTS:
        return np.arange(len(values))
    length = -(-len(values) // (MOST_POINTS // 2))
    whole = len(values) // length * length
    grouped = values[:whole].reshape(-1, length)
    starts = np.arange(0, whole, length)
    low = starts + np.where(np.isnan(grouped), np.inf, grouped).argmin(axis=1)
    high = starts + np.where(np.isnan(grouped), -np.inf, grouped).argmax(axis=1)
    return np.unique(np.r_[low, high, len(values) - 1])
