"""A panel in a tab of JupyterLab's main area: what our extension tells the panels' kernel to run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.tracking.start import use_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipywidgets import Widget

_shown: dict[str, Widget] = {}
"""By what was asked: a page that is loaded again asks again, and the panel of before is looked at no more."""


def show_in_tab(asked: str) -> None:
    """Display one panel of one store.

    asked: JSON of `panel` (runs, compare, registry or live), `store` (its path from the kernel's folder, which is
    the Jupyter server's root), `runs` (ids for compare, one for live) and `model` (for registry); empty ones leave
    it to the panel. Raises what the panel raises: StoreHeld, RunNotFound.
    """
    from IPython.display import display  # noqa: PLC0415

    wanted = json.loads(asked)
    close_tab(asked)
    # A panel opened from this one, as a comparison from the table, is of the same store.
    use_store(Path(wanted["store"]))
    panel = _PANELS[wanted["panel"]](wanted["runs"], wanted["model"])
    _shown[asked] = panel
    display(panel)


def close_tab(asked: str) -> None:
    """Let go of what a tab showed."""
    panel = _shown.pop(asked, None)
    if panel is not None:
        panel.close()


def _runs(_runs: Sequence[str], _model: str) -> Any:  # noqa: ANN401 - each panel has a class of its own
    from trackbook.widgets.run_table.panel import run_table  # noqa: PLC0415 - only whoever looks pays for it

    return run_table()


def _compare(runs: Sequence[str], _model: str) -> Any:  # noqa: ANN401
    from trackbook.widgets.comparison import compare  # noqa: PLC0415

    return compare(list(runs) if runs else "")


def _registry(_runs: Sequence[str], model: str) -> Any:  # noqa: ANN401
    from trackbook.widgets.registry.panel import registry  # noqa: PLC0415

    return registry(model or None)


def _live(runs: Sequence[str], _model: str) -> Any:  # noqa: ANN401
    from trackbook.widgets.live.panel import live  # noqa: PLC0415

    return live(runs[0] if runs else None)


_PANELS: dict[str, Callable[[Sequence[str], str], Any]] = {
    "runs": _runs, "compare": _compare, "registry": _registry, "live": _live,
}  # fmt: skip
