"""The views of the comparison, one file each, in the order in which their tabs stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.widgets.comparison.tabs.bars import BarsTab
from trackbook.widgets.comparison.tabs.confusion import ConfusionTab
from trackbook.widgets.comparison.tabs.curves import CurvesTab
from trackbook.widgets.comparison.tabs.diff import DiffTab
from trackbook.widgets.comparison.tabs.histogram import HistogramTab
from trackbook.widgets.comparison.tabs.images import ImagesTab
from trackbook.widgets.comparison.tabs.importance import ImportanceTab
from trackbook.widgets.comparison.tabs.parallel import ParallelTab
from trackbook.widgets.comparison.tabs.rows import RowsTab
from trackbook.widgets.comparison.tabs.scatter import ScatterTab
from trackbook.widgets.comparison.tabs.surface import SurfaceTab

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.widgets.comparison.tab import Tab

TABS: tuple[Callable[..., Tab], ...] = (
    CurvesTab, ParallelTab, ScatterTab, SurfaceTab, BarsTab, HistogramTab, ImportanceTab, DiffTab, RowsTab,
    ConfusionTab, ImagesTab,
)  # fmt: skip
"""Curves comes first; a new view is a new file and a line here."""
