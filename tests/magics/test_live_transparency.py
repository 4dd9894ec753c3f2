"""A cell with a live panel is the bare cell too: whatever a front end receives is the same, panel and card aside."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import test_transparency as plain  # a module of its own here, whose first line may be another
from corpus import CELLS
from kernel import Executed, Kernel, alike

FIRST_LINE = "%%track corpus --live --tag kind=transparent"
plain._FIRST_LINES = re.compile(plain._FIRST_LINES.pattern.replace(plain.FIRST_LINE, FIRST_LINE))
plain.FIRST_LINE = FIRST_LINE
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def notebooks(python, tmp_path_factory):
    """The corpus, bare and with a panel, in two kernels side by side."""
    folder = tmp_path_factory.mktemp("corpus")

    def play(tracked: bool):
        kernel = Kernel(python, folder / ("live" if tracked else "bare"))
        try:
            if tracked:
                assert kernel.run(plain.SETUP, store_history=False).status == "ok"
            return [plain._play(kernel, cell, tracked) for cell in CELLS]
        finally:
            kernel.close()

    with ThreadPoolExecutor(2) as pool:
        bare, tracked = pool.map(play, [False, True])
    return {cell.name: pair for cell, *pair in zip(CELLS, bare, tracked, strict=True)}


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_cell_with_a_panel_is_the_bare_cell(notebooks, cell):
    (bare, bare_state), (tracked, tracked_state) = notebooks[cell.name]
    ours = comms_of_a_panel(tracked.messages)
    panels = [message for message in tracked.messages if is_of_a_panel(*message, ours)]
    assert any(WIDGET in content.get("data", ()) for _, content in panels)
    rest = Executed([message for message in tracked.messages if message not in panels], tracked.reply)
    assert plain._received(rest) == plain._received(bare)
    assert plain._reply(tracked) == plain._reply(bare)
    assert alike(tracked_state) == alike(bare_state)


def comms_of_a_panel(messages):
    """Ids of the panel's own comm and of its layout's, and of no widget of the user's."""
    found = set()
    for kind, content in messages:
        state = content.get("data", {}).get("state", {}) if kind == "comm_open" else {}
        if state.get("_anywidget_id") == "trackbook.widgets.live.panel.Live":
            found |= {content["comm_id"], state["layout"].removeprefix("IPY_MODEL_")}
    return found


def is_of_a_panel(kind, content, comms):
    data = content.get("data", {})
    if kind.startswith("comm_"):
        return content["comm_id"] in comms
    view = data.get(WIDGET, {}).get("model_id")
    return view in comms or "data-trackbook-twin" in data.get("text/html", "")
