"""The run table: rows asked for as they come into view, and everything one does to runs."""

from trackbook.widgets.run_table.panel import RunTable, run_table

__all__ = ["RunTable", "run_table"]
