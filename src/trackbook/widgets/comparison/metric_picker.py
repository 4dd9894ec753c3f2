"""A few metrics, or other names, out of thousands: type to search, pick, and take away again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from trackbook.views.literals import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 28
_FEW = 9


class MetricPicker(ipywidgets.HBox):
    """A searchable field, and a button for each chosen name that takes it away."""

    value = traitlets.List(traitlets.Unicode(), help="What is chosen, in the order in which it is drawn.")

    def __init__(self, most: int, noun: str = "a metric", plural: str = "metrics") -> None:
        self._most, self._noun, self._plural = most, noun, plural
        self._field = ipywidgets.Combobox(
            placeholder=f"add {noun}", ensure_option=False, continuous_update=False, layout={"width": "170px"}
        )
        self._field.observe(self._picked, "value")
        super().__init__(layout={"flex_flow": "row wrap", "align_items": "center"})
        self._show()

    def offer(self, names: Sequence[str]) -> None:
        """Set what can be chosen."""
        self._field.options = tuple(names)
        self._field.placeholder = f"search {len(names)} {self._plural}" if len(names) > _FEW else f"add {self._noun}"

    @traitlets.observe("value")
    def _changed(self, _change: Any) -> None:  # noqa: ANN401 - traitlets' own
        self._show()

    def _show(self) -> None:
        chips = [self._chip(name) for name in self.value]
        self.children = (*chips, self._field)

    def _chip(self, name: str) -> ipywidgets.Button:
        chip = ipywidgets.Button(
            description=f"{cut(one_line(name), _LONGEST)} ×",
            tooltip=f"Take {one_line(name)} away",
            layout={"width": "auto"},
        )
        chip.add_class("tb-Chip")
        chip.on_click(lambda _button: self._take_away(name))
        return chip

    def _take_away(self, name: str) -> None:
        self.value = [each for each in self.value if each != name]

    def _picked(self, change: dict[str, Any]) -> None:
        name = change["new"]
        if name and name in self._field.options:
            if name not in self.value:
                self.value = [*self.value, name][-self._most :]
            self._field.value = ""
