"""Which curves a live panel draws, in which charts and colours: the same in the browser and in the static twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.views.live.groups import chart_of
from trackbook.views.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_IN_A_CHART = 6


@dataclass(frozen=True, slots=True)
class LiveSeries:
    """One metric and its place."""

    name: str
    chart: str
    """Names the chart; metrics that share it share the axes."""

    colour: str
    """#rrggbb, not twice in a chart."""

    better: str
    """lower, higher, or empty where nobody knows."""


class LiveCharts:
    """Gives every new metric its place, and never moves one that has it."""

    def __init__(self) -> None:
        self.series: dict[str, LiveSeries] = {}
        self._in_chart: dict[str, int] = {}

    def place(self, name: str, better: Mapping[str, str]) -> LiveSeries:
        """Return the place of a metric; a full chart is followed by another of the same measure."""
        found = self.series.get(name)
        if found is None:
            measure = chart = chart_of(name)
            number = 1
            while self._in_chart.get(chart, 0) >= _MOST_IN_A_CHART:
                number += 1
                chart = f"{measure} ({number})"
            position = self._in_chart.get(chart, 0)
            self._in_chart[chart] = position + 1
            found = LiveSeries(name, chart, COLOURS[position], better.get(name, ""))
            self.series[name] = found
        return found

    def charts(self) -> dict[str, list[LiveSeries]]:
        """Return the series of each chart, both in the order in which they came."""
        found: dict[str, list[LiveSeries]] = {}
        for series in self.series.values():
            found.setdefault(series.chart, []).append(series)
        return found
