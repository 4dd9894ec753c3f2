"""The comparison without a browser: which runs are meant, what is said, and the call that makes it again."""

from __future__ import annotations

import math
import re
import threading
import time

import pytest

import trackbook as tb
from trackbook.errors import BadFilter, BadInput, BadValue, RunNotFound
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.comparison.metric_picker import MetricPicker

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def made():
    """Comparisons of a test, closed at its end so that no thread looks at a store that is gone."""
    panels = []

    def make(*runs, **options):
        panels.append(tb.compare(*runs, **options))
        return panels[-1]

    yield make
    for panel in panels:
        panel.close()


def train(name, *, rate=0.1, points=50, metrics=("loss", "accuracy")):
    with tb.start_run(name, experiment="study") as run:
        run.log_params({"rate": rate})
        for step in range(points):
            for metric in metrics:
                run.log_metric(metric, math.exp(-rate * step), step)
    return run.run_id


@pytest.fixture
def three(home):
    return [train(name, rate=rate) for name, rate in (("one", 0.1), ("two", 0.2), ("three", 0.3))]


def text(panel):
    return re.sub(r"<[^>]+>", "", panel._notice.value)


def drawn(panel):
    return {trace.name for trace in panel.figure.widget.data}


class Selecting:
    def __init__(self, ids):
        self.selected = ids


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda ids: "name IN ('one', 'three')", id="a filter"),
        pytest.param(lambda ids: ["one", "three"], id="names"),
        pytest.param(lambda ids: (ids[0], ids[2][:23]), id="ids and beginnings"),
        pytest.param(lambda ids: [tb.get_run("one"), tb.get_run("three")], id="runs"),
        pytest.param(lambda ids: tb.runs("name <> 'two'"), id="a frame"),
        pytest.param(lambda ids: Selecting([ids[0], ids[2]]), id="a table's selection"),
    ],
)
def test_runs_can_be_given_in_every_way(three, made, given):
    assert set(made(given(three)).run_ids) == {three[0], three[2]}


def test_runs_keep_the_order_in_which_they_were_asked_for(three, made):
    assert made(["two", "one", "three"]).run_ids == (three[1], three[0], three[2])


def test_one_name_or_one_run_is_enough(three, made):
    assert made("two").run_ids == made(tb.get_run("two")).run_ids == (three[1],)


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ("nosuch", RunNotFound, "There is no run 'nosuch'"),
        (["one", "nosuch"], RunNotFound, "There is no run 'nosuch'"),
        ("metrics.loss >", BadFilter, "A value is missing"),
        (7, BadValue, "needs to be a filter, a run, a list of runs"),
        ([7], BadValue, "A run to compare is an int"),
        (Selecting([]), BadInput, "No run of this table is selected"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(three, given, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        tb.compare(given)


def test_a_frame_without_ids_is_refused(three):
    with pytest.raises(BadInput, match="no column run_id"):
        tb.compare(tb.runs()[["name"]])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"view": "curvs"}, "A comparison has no view 'curvs'. Did you mean 'curves'?"),
        ({"smoth": 0.5}, "The view 'curves' has no option 'smoth'. Did you mean smooth?"),
        ({"smooth": 2}, "smooth cannot be 2."),
        ({"x": "epoch"}, "x cannot be 'epoch'. It is one of 'step', 'wall', 'relative'."),
    ],
)
def test_an_option_there_is_not_is_one_sentence(three, options, sentence):
    with pytest.raises(BadInput, match=re.escape(sentence)):
        tb.compare(**options)


def test_the_panels_own_call_makes_it_again(three, made):
    asked = {
        "metrics": ["loss"], "x": "relative", "smooth": 0.6, "log_y": True, "log_x": True, "clip": True,
        "colour": "params.rate", "band": "sd",
    }  # fmt: skip
    panel = made(["one", "two"], **asked)
    assert panel.call.startswith('tb.compare(["one", "two"], view="curves", metrics=["loss"]')
    again = eval(panel.call, {"tb": tb})
    assert again.call == panel.call
    assert again.figure.widget.to_dict().keys() == panel.figure.widget.to_dict().keys()
    assert drawn(again) == drawn(panel)
    again.close()


def test_the_call_names_every_run_however_many_there_are(home, made):
    runs = [train(f"run {number}", points=1) for number in range(40)]
    panel = made(runs)
    again = eval(panel.call, {"tb": tb})
    assert again.run_ids == tuple(runs)
    again.close()


def test_no_runs_at_all_and_none_that_fit_say_what_to_do(home, made):
    assert text(made()).startswith("There are no runs yet: put %%track on a cell")
    train("one")
    assert text(made("name = 'other'")).startswith("No run fits this filter")


def test_runs_deleted_meanwhile_leave_a_sentence_and_come_back(three, made):
    from trackbook.store import delete_run, restore_run

    panel = made(["one", "two"])
    delete_run(panel._choice.store, "one", actor="me", place="")
    panel.refresh()
    assert text(panel).startswith("1 run left out: deleted")
    assert drawn(panel) == {"two"}
    restore_run(panel._choice.store, three[0], actor="me", place="")
    panel.refresh()
    assert drawn(panel) == {"one", "two"}


def test_a_metric_without_a_finite_value_is_a_sentence(home, made):
    with tb.start_run("odd") as run:
        for _ in range(3):
            run.log_metric("loss", math.nan)
    assert "NaN or infinite at every point" in text(made())
    with tb.start_run("bare"):
        pass
    assert text(made("bare")).startswith("These runs have no metric yet")


def test_a_metric_with_values_is_drawn_before_one_that_is_only_nan(home, made):
    with tb.start_run("odd") as run:
        run.log_metric("loss", math.nan)
        run.log_metric("wobble", 1.0)
    assert 'metrics=["wobble"]' in made().call


def test_a_metric_that_no_run_has_is_named_and_another_one_offered(three, made):
    assert "None of these runs has the metric 'los'. Did you mean loss?" in text(made(metrics=["los"])).replace(
        "&#x27;", "'"
    )


def test_five_thousand_metrics_can_be_searched_and_two_are_drawn(home, made):
    with tb.start_run("wide") as run:
        for place in range(5_000):
            run.log_metric(f"layer-{place}", place)
            run.log_metric(f"layer-{place}", place + 1)
    panel = made()
    assert len(panel.figure.widget.data) == 2
    picker = next(control for control in panel._controls.children if isinstance(control, MetricPicker))
    assert len(picker._field.options) == 5_000
    picker._field.value = "layer-4321"
    assert "layer-4321" in picker.value
    assert len(panel.figure.widget.data) == 3


def test_a_fifth_metric_takes_the_place_of_the_first(home, made):
    train("one", metrics=tuple("abcde"))
    panel = made(metrics=["a", "b", "c", "d"])
    panel._tabs["Curves"]._metrics._field.value = "e"
    assert panel._tabs["Curves"]._metrics.value == ["b", "c", "d", "e"]
    assert '"e"' in panel.call


def test_names_with_markup_are_text_wherever_they_stand(home, made):
    with tb.start_run(EVIL, experiment=EVIL) as run:
        run.log_params({EVIL: EVIL})
        run.log_metric(EVIL, 1.0)
        run.log_metric(EVIL, 2.0)
    panel = made()
    everything = [panel._title.value, panel._notice.value, panel._foot._call.value, *(drawn(panel))]
    everything += [note.text for note in panel.figure.widget.layout.annotations]
    assert not [each for each in everything if "<img" in each]
    assert eval(panel.call, {"tb": tb}).call == panel.call


def test_zooming_asks_for_finer_points_and_going_back_shows_all(home, made):
    train("long", points=6_000, metrics=("loss",), rate=0.0001)
    panel = made()
    (trace,) = panel.figure.widget.data
    coarse = len(trace.x)
    assert coarse <= 2_000
    panel.figure.widget.plotly_relayout({"xaxis.range[0]": 1_000, "xaxis.range[1]": 1_100})
    inside = [x for x in panel.figure.widget.data[0].x if 1_000 <= x <= 1_100]
    assert inside == list(range(1_000, 1_101))
    panel.figure.widget.plotly_relayout({"xaxis.autorange": True})
    assert len(panel.figure.widget.data[0].x) == coarse


def test_zooming_far_in_brings_the_points_of_grey_runs_too_after_those_of_the_coloured(home, made, monkeypatch):
    monkeypatch.setattr("trackbook.widgets.comparison.tabs.curves._READ_COLOURED", 5_000)
    monkeypatch.setattr("trackbook.widgets.comparison.tabs.curves._READ_GREY", 1_000)
    for place in range(14):
        train(f"run-{place}", points=3_000, metrics=("loss",), rate=0.0001 * (place + 1))
    panel = made()
    assert panel.figure.widget.data[0].name == "3 other runs"
    seen = []

    def show(figure):
        seen.append([[x for x in trace["x"] if 500 <= x <= 540] for trace in figure["data"][:2]])

    monkeypatch.setattr(panel.figure, "show", show)
    panel.figure.widget.plotly_relayout({"xaxis.range[0]": 500, "xaxis.range[1]": 540})
    every = list(range(500, 541))
    (early, coloured), (grey, still) = seen
    assert coloured == still == every
    assert len(early) < len(every)
    assert grey == every * 3


def test_the_pointer_over_the_grey_names_the_run_beneath(home, made):
    from plotly.callbacks import Points

    for place in range(15):
        train(f"run-{place}", rate=0.01 * (place + 1), points=3, metrics=("loss",))
    panel = made()
    grey = panel.figure.widget.data[0]
    assert grey.name == "4 other runs"
    runs = list(grey.meta["runs"])
    for trace in panel.figure.widget.data:
        indices = [5] if trace is grey else []
        trace._dispatch_on_hover(Points(point_inds=indices, xs=[], ys=[], trace_name="", trace_index=0), None)
    assert f"under the pointer: {runs[1]}" in panel._foot._hover.value


def brush(panel, **axes):
    """Brush axes as the browser reports it: by their titles, in what is drawn."""
    (trace,) = panel.figure.widget.data
    places = {dimension.label.partition(" ")[0]: place for place, dimension in enumerate(trace.dimensions)}
    restyle = {f"dimensions[{places[name]}].constraintrange": [stretch] for name, stretch in axes.items()}
    panel.figure.widget.plotly_restyle(restyle, [0])


@pytest.fixture
def twelve(home):
    for place in range(12):
        with tb.start_run(f"run-{place}") as run:
            run.log_params({"lr": 10.0 ** -(place % 4), "depth": place // 4, "opt": ["adam", "it's", "a<b"][place % 3]})
            run.log_params({"odd name": place, "fast": place % 2 == 0, "mixed": [1, "auto", None][place % 3]})
            run.log_metric("acc", place / 7)


@pytest.mark.parametrize(
    ("axes", "written", "places"),
    [
        pytest.param({"depth": [0.9, 2.1]}, "params.depth BETWEEN 1 AND 2", range(4, 12), id="a stretch of numbers"),
        pytest.param({"lr": [-2.2, -0.9]}, "params.lr BETWEEN 0.01 AND 0.1", (1, 2, 5, 6, 9, 10), id="logarithms"),
        pytest.param({"opt": [1.5, 2.5]}, "params.opt = 'it''s'", (1, 4, 7, 10), id="a word"),
        pytest.param({"fast": [0.5, 1.5]}, "params.fast = true", range(0, 12, 2), id="true"),
        pytest.param({"odd": [2.9, 3.1]}, "params.`odd name` = 3", (3,), id="a name that needs quotes"),
        pytest.param({"mixed": [-1, 1.5]}, "(params.mixed = 1 OR params.mixed IS NULL)", (0, 2, 3, 5, 6, 8, 9, 11),
                     id="missing ones"),
        pytest.param({"acc": [0.1, 0.2]}, f"metrics.acc = {1 / 7!r}", (1,), id="a metric, to its last digit"),
        pytest.param({"depth": [[0, 0], [2, 2]]}, "(params.depth = 0 OR params.depth = 2)", (0, 1, 2, 3, 8, 9, 10, 11),
                     id="two stretches"),
        pytest.param({"depth": [0, 0], "fast": [1, 1]}, "params.depth = 0 AND params.fast = true", (0, 2), id="two axes"),
        pytest.param({"depth": [0.4, 0.6]}, "run_id IS NULL", (), id="between the runs"),
    ],
)  # fmt: skip
def test_what_is_brushed_is_a_selection_and_a_filter_that_finds_it_again(twelve, made, axes, written, places):
    columns = [*(f"params.{name}" for name in ("lr", "depth", "opt", "odd name", "fast", "mixed")), "metrics.acc"]
    panel = made(view="parallel", columns=columns)
    brush(panel, **axes)
    names = {tb.get_run(run_id).name for run_id in panel.selected}
    assert names == {f"run-{place}" for place in places}
    assert panel.selected_filter == written
    assert set(tb.runs(panel.selected_filter)["run_id"]) == set(panel.selected)
    assert f"{len(names)} of 12 runs brushed" in panel._foot._brush.value


def test_what_is_brushed_can_be_compared_and_outlives_another_axis_and_another_view(twelve, made):
    panel = made("params.depth > 0", view="parallel", columns=["params.depth", "metrics.acc"])
    brush(panel, depth=[2, 2])
    assert panel.selected_filter == "params.depth > 0 AND params.depth = 2"
    assert made(panel).run_ids == tuple(panel.selected)
    tab = panel._tabs["Parallel"]
    tab._axes.value = ["metrics.acc", "params.depth"]
    assert len(panel.selected) == 4
    assert panel.figure.widget.data[0].dimensions[1].constraintrange == ((2, 2),)
    panel._switch.value = "Scatter"
    assert len(panel.selected) == 4
    panel._switch.value = "Parallel"
    brush(panel, depth=None)
    assert panel.selected == []
    assert panel.selected_filter == ""
    assert panel._foot._brush.value == ""


def test_a_deleted_run_leaves_the_selection(twelve, made):
    from trackbook.store import delete_run

    panel = made(view="parallel", columns=["params.depth", "metrics.acc"])
    brush(panel, depth=[2, 2])
    delete_run(panel._choice.store, "run-11", actor="me", place="")
    panel.refresh()
    assert len(panel.selected) == 3


def test_new_points_of_a_running_run_show(home, made):
    run = tb.start_run("alive")
    run.log_metric("loss", 1.0)
    panel = made()
    run.log_metric("loss", 0.5)
    deadline = time.monotonic() + 30
    while len(panel.figure.widget.data[0].x) < 2 and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert list(panel.figure.widget.data[0].y) == [1.0, 0.5]
    assert "1 running" in panel._title.value
    run.end()


def test_a_view_that_fails_is_a_sentence_and_the_others_still_work(three, made, monkeypatch):
    panel = made()
    monkeypatch.setattr(type(panel._tabs["Curves"]), "draw", lambda _self: 1 / 0)
    panel.redraw()
    assert text(panel).startswith("This view could not be drawn (ZeroDivisionError: division by zero)")
    panel._switch.value = "Scatter"
    assert "could not" not in text(panel)


def test_every_view_opens_over_the_same_runs_and_one_figure(three, made):
    panel = made()
    figure = panel.figure.widget
    for title in panel._switch.options:
        panel._switch.value = title
        assert "could not be drawn" not in text(panel), title
        assert f'view="{title.lower()}"' in panel.call
    panel._switch.value = "Curves"
    assert panel.figure.widget is figure
    assert drawn(panel) == {"one", "two", "three"}


def save(panel, kind):
    """Press the button; returns what the panel says."""
    buttons = {button.description: button for button in panel._foot.widget.children[2].children[1].children}
    buttons[f"save {kind}"].click()
    return panel._foot._saved.value


def test_what_is_drawn_is_saved_beside_the_notebook(three, made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    panel = made(metrics=["loss"])
    said = save(panel, "CSV")
    (table,) = tmp_path.glob("compare-curves-*.csv")
    assert len(table.read_text().splitlines()) == 151
    assert table.name in said
    assert "MB, opens without a network" in save(panel, "HTML").replace("\u202f", " ")
    (page,) = tmp_path.glob("compare-curves-*.html")
    html = page.read_text()
    assert "Plotly.newPlot" in html
    assert 'src="http' not in html


@pytest.mark.parametrize("view", ["curves", "parallel", "scatter", "bars", "histogram", "diff"])
def test_what_is_drawn_can_be_had_as_parquet_and_as_a_frame(three, made, tmp_path, monkeypatch, view):
    import duckdb

    monkeypatch.chdir(tmp_path)
    panel = made(view=view)
    assert f"compare-{view}-" in save(panel, "Parquet")
    (table,) = tmp_path.glob("*.parquet")
    kept = duckdb.sql(f"SELECT * FROM '{table}'").df()
    frame = panel.to_frame()
    assert list(kept.columns) == list(frame.columns)
    assert len(kept) == len(frame) > 0


def test_a_frame_of_nothing_is_a_sentence(home, made):
    with pytest.raises(BadInput, match="choose what to draw first"):
        made().to_frame()


def test_a_saved_page_holds_names_as_text(home, made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with tb.start_run("</script><script>alert(1)</script>") as run:
        run.log_metric("loss", 1.0)
    save(made(), "HTML")
    (page,) = tmp_path.glob("*.html")
    assert "<script>alert(1)" not in page.read_text()


def test_a_folder_that_cannot_be_written_is_a_sentence(three, made, tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert "Nothing was saved (No such file or directory)" in save(made(), "CSV")


def test_a_closed_panel_looks_no_more(three):
    panel = tb.compare()
    assert isinstance(panel, Comparison)
    panel.close()
    panel._following._watch._thread.join(30)
    assert not panel._following._watch._thread.is_alive()


def test_axes_that_are_dragged_keep_their_brush_and_stand_so_in_the_call(twelve, made):
    panel = made(view="parallel", columns=["params.depth", "params.lr", "metrics.acc"])
    brush(panel, depth=[2, 2])
    moved = [panel.figure.widget.data[0].dimensions[place].to_plotly_json() for place in (1, 0, 2)]
    panel.figure.widget.plotly_restyle({"dimensions": [moved]}, [0])  # as the browser reports it
    assert panel.selected_filter == "params.depth = 2"
    assert 'columns=["params.lr", "params.depth", "metrics.acc"]' in panel.call
    assert panel.call.replace('"', "&quot;") in panel._foot._call.value
    panel.redraw()
    assert [axis.name for axis in panel.figure.widget.data[0].dimensions] == [
        "params.lr",
        "params.depth",
        "metrics.acc",
    ]
    assert panel.figure.widget.data[0].dimensions[1].constraintrange == ((2, 2),)


def test_an_axis_of_a_few_whole_numbers_is_marked_at_them(twelve, made):
    panel = made(view="parallel", columns=["params.depth", "metrics.acc"])
    depth, acc = panel.figure.widget.data[0].dimensions
    assert list(depth.ticktext) == ["0", "1", "2"]
    assert acc.ticktext is None
