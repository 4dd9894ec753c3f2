"""One choice among names: a menu for a few, a searchable field for thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from trackbook.views.comparison.variables import unknown_column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.errors import TrackbookError

_FEW = 60
"""Names that a menu holds; of more one types a part and picks from what fits."""

_MOST_OFFERED = 10_000


class Choice:
    """Holds one name. `widget` is what is shown; `value` is what is chosen, empty for nothing."""

    def __init__(
        self,
        label: str,
        *,
        nothing: str = "",
        unknown: Callable[[str, Sequence[str]], TrackbookError] = unknown_column,
    ) -> None:
        """`nothing` names the choice of none, where none is one; `unknown` says that a name is not there."""
        self._unknown = unknown
        self._asked: str | None = None
        self._nothing, self._told = nothing, False
        self._quiet = False
        self._names: tuple[str, ...] = ()
        self._shown: dict[str, str] = {}
        style, layout = {"description_width": "initial"}, {"width": "auto", "max_width": "280px"}
        self._menu = ipywidgets.Dropdown(description=label, options=[], style=style, layout=layout)
        self._field = ipywidgets.Combobox(
            description=label,
            placeholder="type to search",
            continuous_update=False,
            style=style,
            layout={"width": "280px", "display": "none"},
        )
        self.widget = ipywidgets.HBox([self._menu, self._field])
        self.value = self.preferred = ""
        self.missing = ""
        """What was asked for and does not exist; empty when all is well."""
        self._listeners: list[Callable[[], None]] = []
        self._menu.observe(self._picked, "value")
        self._field.observe(self._picked, "value")

    def ask(self, name: str) -> None:
        """Want a name that the runs to come may have."""
        self._asked, self._told = name, False

    def offer(self, names: Sequence[str], preferred: str = "", shown: Mapping[str, str] | None = None) -> None:
        """Set what can be chosen; what was chosen stays where it still exists.

        preferred: what is chosen when nobody has chosen. shown: other words for some names.
        """
        self._names, self._shown = tuple(names), dict(shown or {})
        self.preferred = preferred
        if self._asked is not None and (self._asked in self._names or (self._nothing and not self._asked)):
            self.value, self.missing = self._asked, ""
        else:
            self.missing = "" if self._told else self._asked or ""
            self.value = preferred or ("" if self._nothing or not self._names else self._names[0])
        self._show()

    def choose(self, name: str) -> None:
        """Choose as a click does."""
        self._choose(name)
        self._show()

    def _choose(self, name: str) -> None:
        self._asked, self._told = name, True
        known = not name or name in self._names
        self.value, self.missing = (name, "") if known else ("", name)
        for listener in self._listeners:
            listener()

    def observe(self, listener: Callable[[], None]) -> None:
        """Call the listener after each choice of the user's."""
        self._listeners.append(listener)

    def check(self) -> str:
        """Return what is chosen. Raises a TrackbookError for a name that is not there."""
        if self.missing:
            raise self._unknown(self.missing, self._names)
        return self.value

    def _show(self) -> None:
        few = len(self._names) <= _FEW
        self._menu.layout.display = "" if few else "none"
        self._field.layout.display = "none" if few else ""
        self._quiet = True
        try:
            if few:
                empty = [(self._nothing, "")] if self._nothing or not self._names else []
                self._menu.options = [*empty, *((self._words(name), name) for name in self._names)]
                self._menu.value = self.value if self.value or empty else None
            else:
                self._field.options = tuple(self._words(name) for name in self._names[:_MOST_OFFERED])
                self._field.value = self._words(self.value) if self.value else ""
        finally:
            self._quiet = False

    def _words(self, name: str) -> str:
        return self._shown.get(name, name)

    def _picked(self, change: Mapping[str, object]) -> None:
        new = str(change["new"] or "")
        if change["owner"] is self._field:
            new = next((name for name in self._names if self._words(name) == new), new)
        if not self._quiet and new != (self.missing or self.value):
            self._choose(new)
