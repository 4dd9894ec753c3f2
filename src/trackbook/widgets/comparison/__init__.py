"""The comparison panel: one frame, one figure, and a tab for each question about several runs."""

from trackbook.widgets.comparison.panel import Comparison, compare

__all__ = ["Comparison", "compare"]
