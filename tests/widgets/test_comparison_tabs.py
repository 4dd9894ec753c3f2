"""The tabs of a comparison over real stores: what they draw, what they say, and how they are made again."""

from __future__ import annotations

import json
import math

import numpy as np
import plotly.graph_objects as go
import pytest

import trackbook as tb
from trackbook.errors import BadInput, TrackbookError
from trackbook.views.palette import run_colours
from trackbook.widgets.comparison.tab import ChosenRuns, Tab
from trackbook.widgets.comparison.tabs import TABS
from trackbook.widgets.comparison.tabs.bars import BarsTab
from trackbook.widgets.comparison.tabs.confusion import ConfusionTab
from trackbook.widgets.comparison.tabs.diff import DiffTab
from trackbook.widgets.comparison.tabs.histogram import HistogramTab
from trackbook.widgets.comparison.tabs.images import ImagesTab
from trackbook.widgets.comparison.tabs.importance import ImportanceTab
from trackbook.widgets.comparison.tabs.parallel import ParallelTab
from trackbook.widgets.comparison.tabs.rows import RowsTab
from trackbook.widgets.comparison.tabs.scatter import ScatterTab
from trackbook.widgets.comparison.tabs.surface import SurfaceTab

OURS = [
    ParallelTab, ScatterTab, SurfaceTab, BarsTab, HistogramTab, ImportanceTab, DiffTab, RowsTab, ConfusionTab, ImagesTab,
]  # fmt: skip
NASTY = "<img src=x onerror=alert(1)>"


def choose(store, where=""):
    frame = tb.runs(where)
    ids = tuple(frame["run_id"]) if len(frame) else ()
    return ChosenRuns(store, ids, frame, run_colours(ids), {})


def drawn(tab, chosen):
    """Draw as the panel does, and check what every drawing keeps to."""
    tab.adopt(chosen)
    drawing = tab.draw()
    if drawing.figure is not None:
        json.dumps(drawing.figure, allow_nan=False)
        go.Figure(drawing.figure)  # plotly knows every attribute
    assert drawing.figure is not None or drawing.html or drawing.notice
    if drawing.data is not None:
        drawing.data().to_csv()
    return drawing


def made_call(tab, chosen):
    drawn(tab, chosen)
    return tab.call()


def sentence(tab, chosen):
    with pytest.raises(TrackbookError) as caught:
        drawn(tab, chosen)
    said = str(caught.value)
    assert said.endswith((".", "?"))
    return said


@pytest.fixture
def sweep(home):
    """Forty runs: lr over four decades matters to acc, depth to loss, opt to nothing."""
    rng = np.random.default_rng(0)
    for place in range(40):
        with tb.start_run(f"run-{place}"):
            lr, depth = float(10 ** rng.uniform(-5, -1)), int(rng.integers(2, 10))
            tb.log_params({"lr": lr, "depth": depth, "opt": ["adam", "sgd", NASTY][place % 3], "fast": place % 2 == 0})
            tb.log_metric("acc", 0.9 - 0.02 * (math.log10(lr) + 3) ** 2 + 0.003 * rng.normal())
            tb.log_metric("loss", 1 + depth / 10 + rng.normal() / 50)
            tb.log_metric("only_nan", math.nan)
    return choose(home)


@pytest.fixture
def judged(home):
    """Two classifiers over the same rows, the first worse where x > 3, and their data."""
    import pandas as pd

    rng = np.random.default_rng(1)
    rows = 1_200
    x, kind = rng.uniform(0, 4, rows), rng.choice(["red", "blue"], rows)
    labels = np.array(["cat", "dog", NASTY])
    truth = rng.integers(0, 3, rows)
    wrong = {"worse": rng.random(rows) < np.where(x > 3, 0.6, 0.1), "good": rng.random(rows) < 0.1}
    for name in ("good", "worse"):
        with tb.start_run(name):
            guess = np.where(wrong[name], (truth + 1) % 3, truth)
            tb.log_predictions(labels[truth], labels[guess], key=np.arange(rows))
            tb.log_dataset(pd.DataFrame({"key": np.arange(rows), "x": x, "kind": kind}), "test", store=True)
    return choose(home)


@pytest.mark.parametrize("made", TABS, ids=lambda tab: tab.title)
def test_a_tab_fits_what_the_panel_expects_and_refuses_an_option_it_does_not_have(made):
    tab = made()
    tab.on_change(lambda: None)
    assert isinstance(tab.title, str)
    assert all(hasattr(widget, "comm") for widget in tab.controls)
    assert {name for name in vars(Tab) if not name.startswith("_")} <= set(dir(tab))
    with pytest.raises(BadInput, match=r"has no option 'flavour'\. "):
        made(flavour=3)


@pytest.mark.parametrize("made", OURS, ids=lambda tab: tab.title)
def test_no_runs_one_run_and_runs_without_anything_get_a_sentence_and_break_nothing(home, made):
    sentence(made(), choose(home))
    with tb.start_run("bare"):
        pass
    said = None
    try:
        drawn(made(), choose(home))
    except TrackbookError as error:
        said = str(error)
    assert said is None or said.endswith(".")


@pytest.mark.parametrize("made", [ParallelTab, ScatterTab, SurfaceTab, BarsTab, HistogramTab, ImportanceTab, DiffTab])
def test_the_call_that_a_tab_writes_draws_the_same_again(sweep, made):
    first = made()
    one = drawn(first, sweep)
    again = made(**eval(f"dict({first.call()})"))
    other = drawn(again, sweep)
    assert (one.figure, one.html, one.notice) == (other.figure, other.html, other.notice)
    assert again.call() == first.call()


def test_every_control_changes_the_drawing_and_stands_in_the_call(sweep):
    changed = []
    tab = ScatterTab()
    tab.on_change(lambda: changed.append(1))
    before = drawn(tab, sweep).figure
    assert not changed  # taking the runs is no choice of the user's
    for name, value in {"x": "params.lr", "y": "metrics.loss", "size": "metrics.acc", "colour": "params.opt"}.items():
        tab._named[name].choose(value)
        after = tab.draw().figure
        assert after != before
        assert f'{name}="{value}"' in tab.call()
        before = after
    assert len(changed) == 4
    assert before["layout"]["xaxis"]["type"] == "log"
    tab._x_scale.value = "linear"
    assert tab.draw().figure["layout"]["xaxis"]["type"] == "linear"
    assert 'x_scale="linear"' in tab.call()
    tab._named["colour"].choose("")
    assert not any(trace.get("name") for trace in tab.draw().figure["data"])


def test_what_was_chosen_stays_when_runs_come_and_go_and_what_vanished_is_replaced(sweep):
    tab = ScatterTab()
    drawn(tab, sweep)
    tab._named["x"].choose("params.lr")
    with tb.start_run("newer"):
        tb.log_params({"lr": 0.5, "brand_new": 1})
        tb.log_metric("acc", 0.1)
    drawn(tab, choose(sweep.store))
    assert 'x="params.lr"' in tab.call()
    with tb.start_run("other"):
        tb.log_params({"width": 3})
        tb.log_metric("f1", 0.3)
    drawn(tab, choose(sweep.store, "name = 'other'"))
    assert tab.call() == 'x="params.width", y="metrics.f1"'


def test_a_column_that_no_run_has_is_named_with_what_comes_near(sweep):
    assert "Did you mean params.depth?" in sentence(ScatterTab(x="params.dept"), sweep)
    assert "Did you mean metrics.acc?" in sentence(HistogramTab(x="acc"), sweep)
    assert "params.nix" in sentence(ParallelTab(columns=["params.lr", "params.nix"]), sweep)
    assert "is not among those compared" in sentence(DiffTab(a="nobody"), sweep)


@pytest.mark.parametrize(
    ("made", "options", "said"),
    [
        (SurfaceTab, {"kind": "globe"}, "one of 'heatmap', 'contour'"),
        (HistogramTab, {"bins": 0}, "from 1 to 200"),
        (ConfusionTab, {"share": "much"}, "True or False"),
        (ScatterTab, {"x": 3}, "it is a name, in quotes"),
        (ParallelTab, {"columns": 3}, "a list of names"),
    ],
)
def test_a_value_that_an_option_cannot_have_is_refused_in_a_sentence(made, options, said):
    with pytest.raises(BadInput, match=said):
        made(**options)


def test_a_metric_with_only_nan_is_said_to_be_so(sweep):
    for tab in (BarsTab(metric="metrics.only_nan"), SurfaceTab(metric="metrics.only_nan")):
        assert sentence(tab, sweep) == (
            "metrics.only_nan is missing, NaN or infinite in all of these runs; choose another column."
        )
    assert 'metric="metrics.acc"' in made_call(BarsTab(), sweep)


def test_five_thousand_metrics_are_searched_not_listed_in_a_menu(home):
    with tb.start_run("wide"):
        for place in range(5_000):
            tb.log_metric(f"m{place:04d}", place)
    with tb.start_run("wide too"):
        tb.log_metric("m0001", 4)
    tab = HistogramTab()
    drawn(tab, choose(home))
    choice = tab._named["x"]
    assert choice._menu.layout.display == "none"
    assert choice._field.layout.display != "none"
    assert len(choice._menu.options) < 100
    assert len(choice._field.options) > 5_000
    choice._field.value = "metrics.m4321"
    assert tab.call() == 'x="metrics.m4321"'
    tab.draw()
    choice._field.value = "metrics.m432"
    with pytest.raises(BadInput, match="None of these runs has"):
        tab.draw()


def test_names_with_markup_are_text_in_every_tab(home):
    for place in range(24):
        with tb.start_run(NASTY):
            tb.log_params({NASTY: place % 5, f"{NASTY} opt": [NASTY, "b"][place % 2]})
            tb.log_metric(NASTY, place * 1.5)
            tb.log_text("<svg/>", "x.svg")
    chosen = choose(home)
    column, opt, metric = f"params.{NASTY}", f"params.{NASTY} opt", f"metrics.{NASTY}"
    tabs = [
        ParallelTab(colour=opt), ScatterTab(x=column, colour=opt, size=metric), SurfaceTab(x=column, y=opt),
        SurfaceTab(kind="contour", x=column, y="attempt"), BarsTab(by=opt), BarsTab(kind="box", by=opt),
        BarsTab(by="each run"), HistogramTab(x=metric, by=opt), HistogramTab(x=opt), ImportanceTab(), DiffTab(),
        ImagesTab(),
    ]  # fmt: skip
    for tab in tabs:
        drawing = drawn(tab, chosen)
        assert "<img src=x" not in drawing.html
        for text in _texts(drawing.figure):
            assert "<img" not in text, (tab.title, text)


def _texts(figure, inside=""):
    """Every text that plotly takes for HTML: not the ticks of parallel coordinates, nor what only names an axis."""
    if isinstance(figure, dict):
        for name, value in figure.items():
            if not (inside == "dimensions" and name in {"ticktext", "name"}):
                yield from _texts(value, name)
    elif isinstance(figure, (list, tuple)):
        for value in figure:
            yield from _texts(value, inside)
    elif isinstance(figure, str):
        yield figure


def test_seed_replicates_share_a_bar_with_their_mean_and_interval(home):
    for depth in (3, 5):
        for seed in range(5):
            with tb.start_run(f"depth-{depth}"):
                tb.log_params({"depth": depth, "seed": seed})
                tb.log_metric("acc", 0.8 + depth / 100 + seed / 1000)
    tab = BarsTab()
    frame = drawn(tab, choose(home)).data()
    assert tab.call() == 'metric="metrics.acc", by="seed replicates"'
    assert sorted(frame["n"]) == [5, 5]
    best = frame.sort_values("mean").iloc[-1]
    half = 2.7764451 * np.std([0, 1, 2, 3, 4], ddof=1) / 1000 / 5**0.5
    assert best["mean"] == pytest.approx(0.852)
    assert best["high"] - best["mean"] == pytest.approx(half)
    assert tab.draw().figure["data"][0]["y"][0] == pytest.approx(0.852)  # the better one stands first


def test_importance_finds_what_matters_says_how_sure_it_is_and_refuses_a_handful_of_runs(sweep):
    found = drawn(ImportanceTab(metric="metrics.acc"), sweep)
    frame = found.data()
    assert frame["param"][0] == "params.lr"
    assert frame["importance"][0] > 10 * abs(frame["importance"][1:]).max()
    assert (frame["std"] > 0).all()
    assert "40 runs" in found.html
    assert found.notice == ""
    few = choose(sweep.store, "params.depth = 5")
    assert "are too few" in sentence(ImportanceTab(), few)


def test_importance_without_scikit_learn_is_a_sentence(sweep, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    assert sentence(ImportanceTab(), sweep) == (
        "Estimating which params matter needs scikit-learn: pip install scikit-learn."
    )


def test_the_diff_walks_through_what_differs_and_leaves_out_what_agrees(home):
    for name, lr in (("one", 0.1), ("two", 0.2)):
        with tb.start_run(name):
            tb.log_params({"lr": lr, "same": 7, "note": name})
            tb.log_metric("acc", lr)
    tab = DiffTab()
    html = drawn(tab, choose(home)).html
    assert "params 2 differ of 3" in html
    assert ">same<" not in html
    assert "1 of 3 · params · lr: 0.2 → 0.1" in html
    drawings = []
    tab.on_change(lambda: drawings.append(tab.draw().html))
    tab._next.click()
    assert "2 of 3 · params · note: two → one" in drawings[-1]
    assert drawings[-1].count('aria-current="true"') == 1
    tab._back.click()
    tab._back.click()
    assert "3 of 3 · metrics · acc" in drawings[-1]
    tab._place.value = 1  # as the arrow keys on the slider do
    assert "1 of 3" in drawings[-1]


def test_the_diff_of_many_runs_has_a_column_each_and_saves_them(sweep):
    drawing = drawn(DiffTab(), sweep)
    assert "first 20 of 40 runs" in drawing.notice
    frame = drawing.data()
    assert frame.shape[1] == 22
    assert set(frame["what"]) >= {"params", "metrics"}


def test_two_runs_are_judged_row_by_row_with_flips_and_the_worst_segment(judged):
    ids = {name: run_id for run_id, name in zip(judged.frame["run_id"], judged.frame["name"], strict=True)}
    tab = RowsTab(a=ids["worse"], b=ids["good"])
    drawing = drawn(tab, judged)
    verdict = tb.is_better("worse", "good")
    assert verdict.verdict == "worse"
    assert verdict.sentence in drawing.html
    assert "only b right" in drawing.html
    assert "x &gt; 3" in drawing.html or "x &gt; 2.9" in drawing.html
    assert len(drawing.data()) == 1_200
    tab._named["change"].choose("only a right")
    assert "rows that are only a right" in tab.draw().html
    tab._named["metric"].choose("f1")
    assert "f1_macro" in tab.draw().html
    assert f'a="{ids["worse"]}"' in tab.call()


def test_without_columns_of_the_rows_the_segments_say_how_to_get_them(home):
    truth = np.arange(40) % 2
    for name in ("one", "two"):
        with tb.start_run(name):
            tb.log_predictions(truth, truth)
    html = drawn(RowsTab(), choose(home)).html
    assert "within noise" in html
    assert "tb.log_dataset(X_test" in html
    assert "No row tells the two runs apart." in html


def test_confusion_of_two_runs_and_their_difference(judged):
    tab = ConfusionTab()
    drawing = drawn(tab, judged)
    one, other, difference = (np.array(trace["z"]) for trace in drawing.figure["data"])
    assert one.sum() == other.sum() == 1_200
    assert (difference == other - one).all()
    assert drawing.data()["a"].sum() == 1_200
    tab._share.value = True
    assert np.array(tab.draw().figure["data"][0]["z"]).sum(axis=1) == pytest.approx([100] * 3)
    tab._named["b"].choose("")
    assert len(tab.draw().figure["data"]) == 1
    assert 'b=""' in tab.call()
    assert "&lt;img" in tab.draw().figure["layout"]["yaxis"]["ticktext"][0]


def test_numbers_have_no_confusion_matrix_and_few_rows_none_either(home):
    with tb.start_run("numbers"):
        tb.log_predictions(np.linspace(0, 1, 50), np.linspace(0, 2, 50))
    assert "needs labels or probabilities" in sentence(ConfusionTab(), choose(home))
    with tb.start_run("few"):
        tb.log_predictions([0, 1], [0, 1])
    assert "20 are the fewest" in sentence(ConfusionTab(), choose(home, "name = 'few'"))


def test_pictures_stand_side_by_side_and_a_large_one_is_only_named(home, monkeypatch):
    from PIL import Image

    from trackbook.widgets.comparison.tabs import images

    for name in ("one", "two"):
        with tb.start_run(name):
            tb.log_figure(Image.new("RGB", (8, 8), "red"), "plots/red.png")
            tb.log_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "evil.svg")
    with tb.start_run("none"):
        pass
    tab = ImagesTab()
    drawing = drawn(tab, choose(home))
    assert drawing.html.count('<img src="data:image/png;base64,') == 2
    assert drawing.html.count('<img src="data:image/svg+xml;base64,') == 2
    assert "<script" not in drawing.html
    assert "1 run of 3 without any of these pictures" in drawing.notice
    tab._named["image"].choose("plots/red.png")
    assert "svg+xml" not in tab.draw().html
    assert tab.call() == 'image="plots/red.png"'
    monkeypatch.setattr(images, "_LARGEST", 10)
    html = tab.draw().html
    assert "<img" not in html
    assert "not shown here" in html


def test_a_run_whose_picture_was_lost_shows_a_word_in_its_place(home):
    from PIL import Image

    from trackbook.config import settings

    with tb.start_run("one") as run:
        tb.log_figure(Image.effect_noise((900, 900), 90), "noise.png")
    chosen = choose(home)
    assert run.artifacts[0][1] > settings().artifact_inline_limit
    for path in home.location.blobs.rglob("*"):
        if path.is_file():
            path.unlink()
    assert "not shown here" in drawn(ImagesTab(), chosen).html
