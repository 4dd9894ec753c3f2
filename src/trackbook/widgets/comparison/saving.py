"""Files that a panel writes beside the notebook."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.capture.notebook import notebook_name
from trackbook.errors import BadInput
from trackbook.store import frame_to_parquet
from trackbook.views.numbers import byte_size
from trackbook.widgets.comparison.figure import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from trackbook.widgets.comparison.tab import Drawing


def save_html(view: str, drawing: Drawing, heading: str) -> str:
    """Write a page that needs nothing else, plotly included; returns a sentence that says where.

    heading: HTML with everything users typed escaped.
    """
    if drawing.figure is None:
        body = drawing.html
    else:
        import plotly.io  # noqa: PLC0415

        figure = {"data": drawing.figure["data"], "layout": {"template": "none", **drawing.figure["layout"]}}
        figure["layout"] |= {"paper_bgcolor": "#fff", "plot_bgcolor": "#fff"}
        body = plotly.io.to_html(figure, config=CONFIG, include_plotlyjs=True, full_html=False) + drawing.html
    if not body:
        raise BadInput("There is nothing to save yet; choose what to draw first.")
    page = (
        '<!doctype html><meta charset="utf-8"><title>trackbook</title>'
        f'<body style="font-family:system-ui,sans-serif;margin:24px">{heading}{body}</body>'
    )
    path = _write(view, "html", page.encode("utf-8", errors="replace"))
    return f"Saved {path.name} beside the notebook ({byte_size(path.stat().st_size)}, opens without a network): {path}"


def data_of(drawing: Drawing) -> pd.DataFrame:
    """Return exactly what is drawn. Raises BadInput when nothing is."""
    if drawing.data is None:
        raise BadInput("This view has no data to save; choose what to draw first.")
    return drawing.data()


def save_data(view: str, drawing: Drawing, kind: str) -> str:
    """Write exactly what is drawn in one of FORMATS; returns a sentence that says where."""
    frame = data_of(drawing)
    path = _write(view, kind.lower(), FORMATS[kind](frame))
    return f"Saved {path.name} beside the notebook ({len(frame):,} rows, {byte_size(path.stat().st_size)}): {path}"


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode("utf-8", errors="replace")


FORMATS: dict[str, Callable[[pd.DataFrame], bytes]] = {"CSV": _csv, "Parquet": frame_to_parquet}
"""Tables as bytes, by the name on the button."""


def _write(view: str, ending: str, content: bytes) -> Path:
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    try:
        first = _folder() / f"compare-{view}-{stamp}.{ending}"
        path, number = first, 1
        while path.exists():
            number += 1
            path = first.with_stem(f"{first.stem}-{number}")
        path.write_bytes(content)
    except OSError as error:
        raise BadInput(
            f"Nothing was saved ({error.strerror}); os.chdir to a folder that can be written first."
        ) from error
    return path


def _folder() -> Path:
    """Where the notebook lies, else the working directory."""
    notebook: Any = notebook_name(vars(sys.modules["__main__"]), os.environ)
    if notebook is not None and notebook.is_absolute() and notebook.parent.is_dir():
        return Path(notebook.parent)
    return Path.cwd()
