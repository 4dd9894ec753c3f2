"""What all panels share: where their built files are, and the picture of them that stays in a saved notebook."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    from ipywidgets import Widget

_STATIC = Path(__file__).parent / "static"


def script(name: str) -> Path:
    """Find a built script; js/src/widgets/NAME.ts is its source."""
    return _STATIC / f"{name}.js"


def style(name: str) -> Path:
    """Find a built style sheet; js/style/NAME.css is its source."""
    return _STATIC / f"{name}.css"


class Anchor(anywidget.AnyWidget):
    """Nothing to see: while it is alive in a page it hides the static twin of the panel it belongs to."""

    _esm = script("anchor")
    twin = traitlets.Unicode(help="Names the twin: an element with this in `data-trackbook-twin`.").tag(sync=True)


def new_twin() -> str:
    """Name a twin that no other panel of the page has."""
    return f"tb-{token_hex(8)}"


_NO_GHOST = (
    "<style>.jp-OutputArea-child:has(.{twin}) + .jp-OutputArea-child:has(> .lm-Panel.jp-OutputArea-output)"
    ":not(:has(> .jp-OutputArea-output *)){{display:none}}</style>"
)
"""Hides what JupyterLab writes in a panel's place where no kernel has it: "Loading widget..." for ever, or that its
model was not found. A living panel has elements inside. Untrusted notebooks drop the rule, and the widget too.
"""


def show_panel(panel: Widget, twin: str, html: str, text: str) -> None:
    """Display a panel's static twin and then the panel itself, as two displays.

    JupyterLab shows an error for a dead widget and does not fall back within one
    output, so the twin needs an output of its own; a living panel hides it.
    html: needs no script; what users typed is escaped. text: the same for a terminal.
    """
    from IPython.display import display  # noqa: PLC0415

    display(twin_bundle(twin, html, text), raw=True, display_id=twin)
    data, metadata = view_bundle(panel)
    display(data, metadata=metadata, raw=True)


def view_bundle(panel: Widget) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return data and metadata of a panel's own display."""
    bundle: Any = panel._repr_mimebundle_()  # what ipywidgets itself gives to a display
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {**data, "text/plain": ""}, metadata  # the twin has said it


def redraw_twin(twin: str, html: str, text: str) -> None:
    """Show another picture in the place of a twin that was displayed before."""
    from IPython.display import display  # noqa: PLC0415

    display(twin_bundle(twin, html, text), raw=True, display_id=twin, update=True)


def twin_bundle(twin: str, html: str, text: str) -> dict[str, str]:
    """Return a twin as a display has it: two MIME types."""
    ghost = _NO_GHOST.format(twin=twin)
    framed = f'<div data-trackbook-twin="{twin}" class="{twin}">{ghost}{html}</div>'
    return {"text/html": framed, "text/plain": text}
