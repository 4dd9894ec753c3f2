"""What most tabs are: controls whose values are the keyword arguments that draw the same again."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from trackbook.errors import BadInput
from trackbook.widgets.comparison.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ipywidgets import Widget

    from trackbook.widgets.comparison.tab import ChosenRuns

_STYLE = {"description_width": "initial"}


class ControlledTab:
    """A tab whose options are its controls. Raises BadInput for an option, or a value of one, that does not exist."""

    title: ClassVar[str] = ""

    def __init__(self, controls: Mapping[str, Choice | Widget], options: Mapping[str, Any]) -> None:
        self._named = dict(controls)
        self._redraw: Callable[[], None] | None = None
        self._chosen: ChosenRuns | None = None
        self._adopting = False
        self._defaults = {
            name: control.value for name, control in self._named.items() if not isinstance(control, Choice)
        }
        for name, value in options.items():
            self._set(name, value)
        for control in self._named.values():
            if isinstance(control, Choice):
                control.observe(self._changed)
            else:
                control.observe(lambda _change: self._changed(), "value")

    @property
    def controls(self) -> Sequence[Widget]:
        """The widgets, in the order of the options."""
        return [control.widget if isinstance(control, Choice) else control for control in self._named.values()]

    @property
    def chosen(self) -> ChosenRuns:
        """The runs that were adopted."""
        assert self._chosen is not None, "adopt comes before draw"
        return self._chosen

    def adopt(self, chosen: ChosenRuns) -> None:
        """Take the runs, and let the tab offer what they have."""
        self._chosen = chosen
        self._adopting = True
        try:
            self.offer(chosen)
        finally:
            self._adopting = False

    def offer(self, chosen: ChosenRuns) -> None:
        """Fill the choices for these runs."""

    def call(self) -> str:
        """Write what is chosen as keyword arguments; what would be so anyway is left out."""
        written = []
        for name, control in self._named.items():
            if isinstance(control, Choice):
                value = control.missing or control.value
                is_default = not value and not control.preferred
            else:
                value = control.value
                is_default = value == self._defaults[name]
            if not is_default:
                written.append(f"{name}={_literal(value)}")
        return ", ".join(written)

    def on_change(self, redraw: Callable[[], None]) -> None:
        """Have `redraw` called whenever a control changes the drawing."""
        self._redraw = redraw

    def _changed(self) -> None:
        if self._redraw is not None and not self._adopting:
            self._redraw()

    def _set(self, name: str, value: Any) -> None:  # noqa: ANN401 - whatever a user typed
        control = self._named.get(name)
        if control is None:
            near = get_close_matches(name, self._named, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It has: {', '.join(self._named) or 'none'}."
            raise BadInput(f"The view {self.title.lower()!r} has no option {name!r}. {hint}")
        if isinstance(control, Choice):
            if not isinstance(value, str):
                raise BadInput(f"{name} is {value!r}, and it is a name, in quotes.")
            control.ask(value)
            return
        try:
            control.value = value
            if control.value != value and list(control.value) != list(value):
                raise ValueError(value)  # brought back within the limits in silence
        except Exception as error:
            known = [option[1] if isinstance(option, tuple) else option for option in getattr(control, "options", ())]
            hint = f"It is one of {', '.join(map(repr, known))}." if known else _limits(control)
            raise BadInput(f"{name} cannot be {value!r}. {hint}") from error


def _limits(control: Widget) -> str:
    if hasattr(control, "min"):
        kind = "whole number" if isinstance(control.min, int) else "number"
        return f"It is a {kind} from {control.min:g} to {control.max:g}."
    return "It is True or False." if isinstance(control.value, bool) else "It is a list of names."


def menu(label: str, options: Sequence[str]) -> Widget:
    """A menu of a few fixed words, the first of them the default."""
    return ipywidgets.Dropdown(
        description=label, options=list(options), value=options[0], style=_STYLE, layout={"width": "auto"}
    )


def tick(label: str, *, on: bool = False) -> Widget:
    """A box to tick."""
    return ipywidgets.Checkbox(description=label, value=on, indent=False, layout={"width": "auto"})


def whole(label: str, value: int, low: int, high: int) -> Widget:
    """A whole number with its limits."""
    return ipywidgets.BoundedIntText(
        description=label, value=value, min=low, max=high, style=_STYLE, layout={"width": "130px"}
    )


def _literal(value: object) -> str:
    """Write a value as Python reads it; text in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_literal(each) for each in value)}]"
    return repr(value)
