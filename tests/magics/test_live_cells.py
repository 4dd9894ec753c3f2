"""`%%track --live`: the panel stands before what the cell shows, and changes nothing of it."""

from __future__ import annotations

import pytest
from kernel import Executed
from notebook import card_of, said

WIDGET = "application/vnd.jupyter.widget-view+json"


def shown(done):
    """What a front end puts below the cell, in order: panel, text or kind; a text may come in pieces."""
    found, before = [], ""
    for kind, content in done.messages:
        if kind == "stream":
            found.append((found.pop() if before == "stream" else "") + content["text"])
        elif kind in {"display_data", "execute_result", "error"}:
            data = content.get("data", {})
            is_ours = WIDGET in data or "data-trackbook-twin" in data.get("text/html", "")
            found.append("panel" if is_ours else "card" if "tb-Card" in data.get("text/html", "") else kind)
        before = kind
    return found


def test_the_panel_comes_first_and_the_card_last(notebook):
    done = notebook.cell("%%track first --live\ntb.log_metric('loss', 0.5)\nprint('mine')\n1 + 1")
    assert done.status == "ok"
    assert shown(done) == ["panel", "panel", "mine\n", "execute_result", "card"]
    assert "loss 0.5" in card_of(done)
    assert notebook.run("first", "metrics")["loss"] == 0.5
    assert notebook.value("_", "") == 2


def test_the_picture_that_stays_shows_the_end_when_the_cell_is_over(notebook):
    done = notebook.cell("%%track ended --live\nfor i in tb.loop(range(3)):\n    tb.log_metric('loss', i)")
    pictures = [content["data"]["text/html"] for kind, content in done.messages if kind == "update_display_data"]
    assert any("finished" in html and "3 of 3" in html and "<svg" in html for html in pictures)


def test_an_error_stays_the_users_own(notebook):
    done = notebook.cell("%%track broken --live\nraise ValueError('no rows')")
    assert done.reply["ename"] == "ValueError"
    assert shown(done) == ["panel", "panel", "error", "card"]
    assert notebook.run("broken", "status") == "FAILED"


def test_the_panel_is_no_output_of_the_run(notebook):
    notebook.cell("%%track outputs --live\nprint('mine')")
    assert [output["text"] for output in notebook.run("outputs", "outputs")] == ["mine\n"]


def test_a_panel_that_cannot_be_made_is_one_line_and_the_cell_runs(notebook):
    notebook.cell("import trackbook.widgets.live.panel as _w\n_kept, _w.show_panel = _w.show_panel, None")
    done = notebook.cell("%%track without --live\nprint('mine')")
    notebook.cell("_w.show_panel = _kept")
    assert done.status == "ok"
    assert "mine" in done.text()
    assert "could not show the live panel" in done.text("stderr")
    assert notebook.run("without", "status") == "FINISHED"


def test_adding_to_another_run_shows_that_run(notebook):
    notebook.cell("%%track base\ntb.log_metric('loss', 2.0)")
    done = notebook.cell("%%track --into base --live\ntb.log_metric('loss', 1.0)")
    assert done.status == "ok"
    assert "panel" in shown(done)


def test_running_a_cell_again_closes_the_panel_that_it_had(notebook):
    for _ in range(3):
        notebook.cell("%%track again --live\n0", cell_id="same")
    count = "sum(isinstance(each, _w.Live) and each.comm is not None for each in _i.Widget._instances.values())"
    setup = "import ipywidgets.widgets.widget as _m, trackbook.widgets.live.panel as _w\nclass _i: Widget = type('W', (), {'_instances': _m._instances})"
    before = notebook.value(count, setup)
    notebook.cell("%%track again --live\n0", cell_id="same")
    assert notebook.value(count, setup) == before


def test_help_names_the_option(notebook):
    assert "--live" in said(notebook.cell("%%track --liv\n0"))


CLEARS = """%%track {name} --live
from IPython.display import clear_output
for step in range(3):
    clear_output(wait={wait})
    print("plot", step)
"""


def on_screen(done):
    """What stands below the cell when everything a front end was told has been done."""
    screen, cleared_next = [], False
    for kind, content in done.messages:
        if kind == "clear_output":
            cleared_next = content["wait"]
            screen = screen if cleared_next else []
        elif kind in {"stream", "display_data", "execute_result", "error"}:
            screen, cleared_next = [] if cleared_next else screen, False
            screen.append((kind, content))
    return screen


@pytest.mark.parametrize("wait", [True, False])
def test_a_panel_outlives_what_the_cell_clears(notebook, wait):
    done = notebook.cell(CLEARS.format(name=f"clears-{wait}", wait=wait))
    assert shown(Executed(on_screen(done), done.reply)) == ["panel", "panel", "plot 2\n", "card"]
    assert [output["text"] for output in notebook.run(f"clears-{wait}", "outputs")] == ["plot 2\n"]
    assert notebook.value("'send' in vars(get_ipython().kernel.session)") is False


BY_HAND = """{track}
from IPython.display import clear_output
display(tb.live())
for step in range(3):
    clear_output(wait={wait})
    print("plot", step)
"""


@pytest.mark.parametrize("track", ["", "%%track by-hand"])
@pytest.mark.parametrize("wait", [True, False])
def test_a_panel_shown_by_hand_outlives_it_too(notebook, track, wait):
    done = notebook.cell(BY_HAND.format(track=track, wait=wait))
    below = shown(Executed(on_screen(done), done.reply))
    assert below == ["panel", "panel", "plot 2\n", *(["card"] if track else [])]
    later = notebook.cell("from IPython.display import clear_output\nclear_output()\nprint('later')")
    assert shown(later) == ["later\n"]
    assert notebook.value("'send' in vars(get_ipython().kernel.session)") is False


def test_what_an_output_widget_clears_leaves_the_panel_where_it_is(notebook):
    code = """%%track caught --live
from IPython.display import clear_output
import ipywidgets
out = ipywidgets.Output()
with out:
    clear_output(wait=True)
    print("caught")
print("mine")
"""
    done = notebook.cell(code)
    assert shown(done).count("panel") == 2


def test_the_picture_that_stays_follows_the_run_while_it_runs(notebook):
    notebook.cell("import trackbook.widgets.live.feed as _f, time\n_f._TWIN_SECONDS = 0.2")
    code = """%%track killed --live
for step in range(50):
    tb.log_metric("loss", step)
    time.sleep(0.05)
"""
    done = notebook.cell(code)
    pictures = [content["data"]["text/html"] for kind, content in done.messages if kind == "update_display_data"]
    assert any("running" in html and "<svg" in html for html in pictures)


def test_a_picture_drawn_while_the_cell_catches_its_own_output_is_not_caught(notebook):
    code = """%%track catching --live
from IPython.utils.capture import capture_output
with capture_output() as caught:
    for step in range(40):
        tb.log_metric("loss", step)
        time.sleep(0.05)
"""
    notebook.cell(code)
    assert notebook.value("len(caught.outputs), caught.stdout") == (0, "")
