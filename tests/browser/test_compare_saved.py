"""Views of the comparison in a real JupyterLab: saved as picture, page and data, and made again by their calls."""

from __future__ import annotations

import os
import re
from functools import partial
from types import SimpleNamespace

import pytest
from compare_page import show_comparison
from compare_study import sweep

import trackbook

VIEWS = {
    "Parallel": "parcoords", "Bars": "bar", "Scatter": "scatter", "Histogram": "bar", "Surface": "heatmap",
    "Importance": "bar", "Confusion": "heatmap", "Rows": "",
}  # fmt: skip
"""What plotly draws in each, no two neighbours alike; nothing for a table. The others are saved in other tests."""

OPENED = {"Confusion", "Rows"}
"""Whose pages are opened, one with plotly and one without: it takes a browser seconds."""

ESTIMATED = {"Importance"}
"""What takes seconds to be made again, and is so in tests/widgets."""


@pytest.fixture
def store(place):
    return sweep(place)


def test_views_are_saved_as_picture_page_and_data_and_their_calls_make_them_again(open_next, place, store):
    panel = show_comparison(open_next, place / "saved.ipynb", "tb.compare(view='parallel')")
    panel.wait_drawn()
    opened = panel.page.context.new_page()
    for view, kind in VIEWS.items():
        panel.open(view)
        panel.draws(kind) if kind else panel.node.locator(".tb-Area table").first.wait_for()
        picture = panel.saved_picture()
        if folder := os.environ.get("TRACKBOOK_LOOKS"):
            picture.save(f"{folder}/saved-{view.lower()}.png")
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 20, f"{view}: a picture of nothing"

        page = place / _saved(panel, view, "HTML")
        if view in OPENED:
            opened.goto(page.as_uri())
            opened.locator(".main-svg:visible, table:visible").first.wait_for()
            assert opened.evaluate("() => window.hacked ?? null") is None

        csv = (place / _saved(panel, view, "CSV")).read_text()
        if view in ESTIMATED:
            continue
        again = eval(panel.call(), {"tb": SimpleNamespace(compare=partial(trackbook.compare, store=store))})
        assert again.call == panel.call()
        assert again.to_frame().to_csv(index=False) == csv, view
        again.close()


def _saved(panel, view, kind):
    """Press a button that saves, and return the name of the file that the panel names."""
    panel.button(f"save {kind}").click()
    named = re.compile(rf"Saved (compare-{view.lower()}-[-0-9]+\.{kind.lower()}) beside the notebook")
    panel.until(lambda: named.search(panel.text()), f"the {kind} of {view}")
    return named.search(panel.text())[1]
