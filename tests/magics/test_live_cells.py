"""`%%track --live`: the panel stands before what the cell shows, and changes nothing of it."""

from __future__ import annotations

from notebook import card_of, said

WIDGET = "application/vnd.jupyter.widget-view+json"


def shown(done):
    """What a front end puts below the cell, in order: panel, text or kind."""
    found = []
    for kind, content in done.messages:
        if kind == "stream":
            found.append(content["text"])
        elif kind in {"display_data", "execute_result", "error"}:
            data = content.get("data", {})
            is_ours = WIDGET in data or "data-trackbook-twin" in data.get("text/html", "")
            found.append("panel" if is_ours else "card" if "tb-Card" in data.get("text/html", "") else kind)
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
