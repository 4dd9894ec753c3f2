"""What a tab of the comparison is: its own controls, and a drawing of the chosen runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd
    from ipywidgets import Widget

    from trackbook.store import Store
    from trackbook.views.comparison.brush import Brush, Spans


@dataclass(frozen=True, slots=True)
class ChosenRuns:
    """The runs that a comparison is about."""

    store: Store
    run_ids: tuple[str, ...]
    """In the order asked for."""

    frame: pd.DataFrame
    """One row a run, in that order, as `tb.runs()` gives it: attributes, params.*, metrics.*, tags.*."""

    colours: dict[str, str]
    """A colour a run id, the same in every tab: `#rrggbb`."""

    better: dict[str, str]
    """Metric to lower or higher, where it is known."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a tab shows; a figure, a table, or a sentence that says why there is neither."""

    figure: dict[str, Any] | None = None
    """Plotly's JSON: {"data": [...], "layout": {...}}; made by a pure function of `views`."""

    html: str = ""
    """Everything users typed is escaped; no script, no style sheet."""

    notice: str = ""
    """One sentence with a way out."""

    data: Callable[[], pd.DataFrame] | None = None
    """What `save CSV` writes; None when there is nothing."""


class Tab(Protocol):
    """One view of the comparison. Made once a panel, at first use; told when the runs change.

    The keywords of the Python call are its constructor's: `Scatter(x="params.lr")`. Raises BadInput,
    with the keywords there are, for one that it does not know.
    """

    title: ClassVar[str]
    """On the tab: Curves, Scatter, …; lower-case it is the `view=` of the Python call."""

    @property
    def controls(self) -> Sequence[Widget]:
        """Its own ipywidgets, shown above the drawing; may be empty."""

    def adopt(self, chosen: ChosenRuns) -> None:
        """Take the runs: fill the controls' choices, keep what was chosen where it still exists."""

    def draw(self) -> Drawing:
        """Draw the runs with the controls as they are now. Raises TrackbookError for a sentence in place."""

    def call(self) -> str:
        """Write the keyword arguments that draw this again, such as `x="params.lr", y="metrics.acc"`; may be empty."""

    def on_change(self, redraw: Callable[[], None]) -> None:
        """Have `redraw` called whenever a control changes the drawing."""


@runtime_checkable
class Zooming(Protocol):
    """A tab that looks closer when the reader zooms in."""

    def zoom(self, window: tuple[float, float] | None) -> Iterator[Drawing]:
        """Draw again with finer points inside a window of x, in the axis's own numbers; None is all of it.

        Each drawing is finer than the one before, and shown while the next one is made.
        """


@runtime_checkable
class Brushing(Protocol):
    """A tab on whose axes runs can be brushed."""

    def brush(self, spans: Spans | None, order: Sequence[str] = ()) -> Brush:
        """Take what is brushed on each axis, and say which runs that are; None: what was brushed before.

        order: the axes as somebody dragged them; empty when nobody did.
        """


@runtime_checkable
class Pictured(Protocol):
    """A tab whose drawing has a static picture for the saved notebook; of the others the runs are listed."""

    def picture(self) -> str:
        """Draw once more as HTML or SVG that needs no script; everything users typed is escaped."""
