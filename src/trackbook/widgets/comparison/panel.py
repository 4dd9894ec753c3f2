"""`tb.compare()` and `%compare`: several runs in one panel, a tab for each question about them."""

from __future__ import annotations

import logging
import threading
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from trackbook.errors import BadInput, TrackbookError
from trackbook.tracking.start import current_store
from trackbook.views.comparison.html import heading_html, notice_html, twin_html, twin_text
from trackbook.views.literals import one_line
from trackbook.views.table.terms import joined
from trackbook.widgets.comparison.choosing import choose, read_runs
from trackbook.widgets.comparison.figure import Figure
from trackbook.widgets.comparison.following import Following
from trackbook.widgets.comparison.foot import Foot, put
from trackbook.widgets.comparison.saving import data_of, save_data, save_html
from trackbook.widgets.comparison.tab import Brushing, Drawing, Pictured, Zooming
from trackbook.widgets.comparison.tabs import TABS
from trackbook.widgets.panel import Anchor, new_twin, script, show_panel, style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from trackbook.store import Store
    from trackbook.views.comparison.brush import Spans
    from trackbook.widgets.comparison.choosing import Choice
    from trackbook.widgets.comparison.tab import ChosenRuns, Tab

_log = logging.getLogger(__name__)
_TITLES: dict[str, Callable[..., Tab]] = {tab.title: tab for tab in TABS}  # type: ignore[attr-defined]  # of the class


class _Frame(Anchor):
    """Hides the panel's twin, keeps the figure as wide as the panel, and brings the panel's colours."""

    _esm = script("compare")
    _css = style("compare")


class Comparison(ipywidgets.VBox):
    """Several runs side by side; follows them while they run. Make it with `tb.compare`.

    `selected` and `selected_filter` are what is brushed on parallel coordinates; `tb.compare(panel)` compares it.
    """

    selected = traitlets.List(traitlets.Unicode(), help="Ids of the runs that are brushed.")
    selected_filter = traitlets.Unicode(help="Which runs these are, in the filter language.")
    _following: Following | None = None

    def __init__(self, choice: Choice, view: str = "curves", **options: Any) -> None:  # noqa: ANN401
        """Ask the store for the runs and draw the first view. Raises BadInput for a view or option there is not."""
        self.lock = threading.RLock()
        self._choice, self._view = choice, _title(view)
        self._tabs: dict[str, Tab] = {self._view: self._made(self._view, options)}
        self._adopted: dict[str, ChosenRuns] = {}
        self._leading = next(iter(options.get("metrics") or ()), None)
        self._left_out = ""
        self._chosen: ChosenRuns | None = None
        self._drawing = Drawing()
        self._seen = False
        self._make_widgets()
        self.figure = Figure(self._zoomed, self._foot.show_hovered, self._brushed)
        super().__init__(
            children=(self._anchor, self._head, self._controls, self._notice, self._area, self._foot.widget)
        )
        self.add_class("tb-Compare")
        self._view_count = 0  # asks the front end to count, so that a panel nobody sees rests
        with self.lock:
            self._read()
            self.redraw()
        self._following = Following(self, choice.store)
        self._following.beat()

    def _make_widgets(self) -> None:
        self._anchor = _Frame(twin=new_twin())
        self._title = ipywidgets.HTML()
        self._switch = ipywidgets.ToggleButtons(options=list(_TITLES), value=self._view)
        self._switch.add_class("tb-Tabs")
        self._switch.observe(self._switched, "value")
        self._head = ipywidgets.HBox([self._title, self._switch]).add_class("tb-Head")
        self._controls = ipywidgets.HBox().add_class("tb-Controls")
        self._notice, self._text = ipywidgets.HTML(), ipywidgets.HTML()
        self._area = ipywidgets.VBox().add_class("tb-Area")
        self._plot = ipywidgets.VBox()
        self._foot = Foot(self._save)

    @property
    def call(self) -> str:
        """The Python call that makes this panel again."""
        words = [self._choice.written, f'view="{self._view.lower()}"', self._tabs[self._view].call()]
        return f"tb.compare({', '.join(word for word in words if word)})"

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The runs that are compared."""
        return self._chosen.run_ids if self._chosen is not None else ()

    def to_frame(self) -> pd.DataFrame:
        """Return exactly what is drawn. Raises BadInput when nothing is."""
        with self.lock:
            return data_of(self._drawing)

    def is_running(self) -> bool:
        """Tell whether any of the runs may still log."""
        chosen = self._chosen
        return chosen is not None and bool((chosen.frame["status"] == "RUNNING").any())

    def refresh(self) -> None:
        """Read the runs again and draw what is new. Safe from any thread."""
        self._seen = self._seen or bool(self._view_count)
        if self._seen and not self._view_count:
            return
        with self.lock:
            self._read()
            self.redraw()

    def redraw(self) -> None:
        """Draw the view with its controls as they are."""
        with self.lock:
            self._draw(lambda tab: [tab.draw()])
            if self._drawing.figure is not None:
                self._brushed(None)

    def close(self) -> None:
        """Take the panel away and let go of the store."""
        if self._following is not None:
            self._following.end()
        super().close()

    def _read(self) -> None:
        try:
            self._chosen, self._left_out = read_runs(self._choice, self._leading, self._chosen)
        except TrackbookError as error:
            self._left_out = str(error)
        if self._chosen is not None:
            put(self._title, heading_html(self._chosen.frame))

    def _draw(self, work: Callable[[Any], Iterable[Drawing]]) -> None:
        """Have the view draw, and show each drawing as it comes; what goes wrong is a sentence in its place."""
        try:
            for drawing in self._drawn_by(work):
                self._show(drawing)
        except TrackbookError as error:
            self._show(Drawing(notice=str(error)))
        except Exception as error:  # noqa: BLE001 - a fault of ours or a stranger's value: the notebook goes on
            _log.debug("a view of the comparison failed", exc_info=True)
            words = one_line(str(error))[:200]
            said = f"This view could not be drawn ({type(error).__name__}: {words}); try another one."
            self._show(Drawing(notice=said))

    def _drawn_by(self, work: Callable[[Any], Iterable[Drawing]]) -> Iterable[Drawing]:
        chosen = self._chosen
        if chosen is None or not chosen.run_ids:
            return [Drawing(notice="" if self._left_out else _nothing(self._choice))]
        tab = self._tabs[self._view]
        if self._adopted.get(self._view) is not chosen:
            tab.adopt(chosen)
            self._adopted[self._view] = chosen
            tab.on_change(self.redraw)
        return work(tab)

    def _show(self, drawing: Drawing) -> None:
        self._drawing = drawing
        tab = self._tabs[self._view]
        # Hidden, never taken away: of a figure that was, plotly's old view answers messages, and fails.
        self._plot.layout.display = "none" if drawing.figure is None else None
        if drawing.figure is not None:
            self.figure.show(drawing.figure)
            if not self._plot.children:
                self._plot.children = [self.figure.widget]
        parts: list[Any] = [self._plot]
        put(self._text, drawing.html)
        if drawing.html:
            parts.append(self._text)
        if list(self._area.children) != parts:
            self._area.children = parts
        controls = list(tab.controls) if self.run_ids else []
        if list(self._controls.children) != controls:
            self._controls.children = controls
        put(self._notice, notice_html(" ".join(filter(None, [self._left_out, drawing.notice]))))
        self._foot.show_call(self.call)

    def _switched(self, change: dict[str, Any]) -> None:
        with self.lock:
            self._view = change["new"]
            if self._view not in self._tabs:
                self._tabs[self._view] = self._made(self._view, {})
            self._foot.forget_saved()
            self.redraw()

    def _made(self, title: str, options: dict[str, Any]) -> Tab:
        return _TITLES[title](**options)

    def _zoomed(self, window: tuple[float, float] | None) -> None:
        with self.lock:
            if isinstance(self._tabs[self._view], Zooming):
                self._draw(lambda tab: tab.zoom(window))

    def _brushed(self, spans: Spans | None, order: Sequence[str] = ()) -> None:
        with self.lock:
            tab = self._tabs[self._view]
            if isinstance(tab, Brushing):
                found = tab.brush(spans, order)
                self.selected = list(found.run_ids)
                self.selected_filter = joined(self._choice.filter, {"brush": found.filter}) if found.filter else ""
                self._foot.show_call(self.call)
                self._foot.show_brushed(len(found.run_ids), len(self.run_ids), self.selected_filter)

    def _save(self, kind: str) -> str:
        with self.lock:
            view = self._view.lower()
            if kind != "HTML":
                return save_data(view, self._drawing, kind)
            heading = f"<p>{heading_html(self._chosen.frame)}</p>" if self._chosen is not None else ""
            return save_html(view, self._drawing, heading)

    def _ipython_display_(self) -> None:
        with self.lock:
            tab, chosen = self._tabs[self._view], self._chosen
            picture = tab.picture() if isinstance(tab, Pictured) and self._drawing.figure else self._drawing.html
            notice = " ".join(filter(None, [self._left_out, self._drawing.notice]))
            if chosen is None:
                html, text = notice_html(notice), notice
            else:
                html = twin_html(chosen.frame, chosen.colours, picture, self.call, notice)
                text = twin_text(chosen.frame, self.call)
        show_panel(self, self._anchor.twin, html, text)


def _title(view: str) -> str:
    """Find a view by its name."""
    known = {title.lower(): title for title in _TITLES}
    if not isinstance(view, str) or view.lower() not in known:
        near = get_close_matches(str(view).lower(), known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There is: {', '.join(known)}."
        raise BadInput(f"A comparison has no view {view!r}. {hint}")
    return known[view.lower()]


def _nothing(choice: Choice) -> str:
    if choice.filter:
        return "No run fits this filter; tb.runs() shows all there are."
    return "There are no runs yet: put %%track on a cell that fits or scores, and run it."


def compare(runs: object = "", *, view: str = "curves", store: Store | None = None, **options: Any) -> Comparison:  # noqa: ANN401
    """Compare runs in a panel: curves, parallel coordinates, scatter, differences and more.

    runs: a filter as for `tb.runs`; or runs by name, id or object, one or several; a frame of runs; a table of
    runs or another comparison, of which the selected or brushed ones are meant. Left out: all, the newest first.
    view: which tab is open. options: what that tab draws, as the panel itself writes them:
    `tb.compare(view="curves", metrics=["loss"], x="step", smooth=0.6, colour="params.lr")`.
    Raises BadFilter, RunNotFound, BadInput, StoreHeld.
    """
    return Comparison(choose(runs, current_store() if store is None else store), view, **options)
