"""A cell with a live panel is the bare cell too: whatever a front end receives is the same, panel and card aside."""

from __future__ import annotations

import re

import pytest
import test_transparency as plain  # a module of its own here, whose first line may be another
from corpus import CELLS
from kernel import Executed

FIRST_LINE = "%%track corpus --live --tag kind=transparent"
plain._FIRST_LINES = re.compile(plain._FIRST_LINES.pattern.replace(plain.FIRST_LINE, FIRST_LINE))
plain.FIRST_LINE = FIRST_LINE
WIDGET = "application/vnd.jupyter.widget-view+json"


playing = plain.playing


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_cell_with_a_panel_is_the_bare_cell(playing, cell):
    bare, tracked = _seen(*playing(0)[cell.name])
    if tracked != bare:  # on a busy machine a kernel may send a stream late; what is our doing shows every time
        bare, tracked = _seen(*playing(1)[cell.name])
    assert tracked == bare


def _seen(bare, tracked):
    """What a front end saw of both, the panel aside, which must be there."""
    done, state = tracked
    ours = comms_of_a_panel(done.messages)
    panels = [message for message in done.messages if is_of_a_panel(*message, ours)]
    assert any(WIDGET in content.get("data", ()) for _, content in panels)
    rest = Executed([message for message in done.messages if message not in panels], done.reply)
    return plain._seen(bare), plain._seen((rest, state))


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
