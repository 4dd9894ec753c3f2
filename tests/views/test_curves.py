"""Curves as figure, picture, table and sentence, from points alone."""

from __future__ import annotations

import json
import math
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from trackbook.errors import BadInput
from trackbook.store.curves import Curve
from trackbook.views.curves.facts import curve_notice, curves_frame
from trackbook.views.curves.figure import curves_figure
from trackbook.views.curves.look import Group, Look, Plot
from trackbook.views.curves.range import clipped_range
from trackbook.views.curves.smoothing import smooth
from trackbook.views.curves.svg import curves_picture, curves_svg
from trackbook.views.curves.thinning import lines_of, thinned, within
from trackbook.views.curves.zoom import joined, too_coarse
from trackbook.views.palette import COLOURS, REST, run_colours

EVIL = "<img src=x onerror=alert(1)>%{x}$x$"


def curve(run_id, values, x=None, *, whole=True):
    values = np.array(values, dtype=float)
    x = np.arange(len(values), dtype=float) if x is None else np.array(x, dtype=float)
    return Curve(run_id, x, values, x, values, whole)


def plot(*curves, metric="loss", groups=(), best=(), names=None):
    ids = [each.run_id for each in curves]
    return Plot(metric, curves, names or {run_id: run_id for run_id in ids}, run_colours(ids, best), tuple(groups))


def many(count):
    return [curve(f"run-{place}", [1.0, 0.5, place / count]) for place in range(count)]


def test_smoothing_starts_at_the_first_value_and_follows_the_recurrence():
    (evened,) = smooth([np.array([1.0, 2.0, 4.0])], 0.5)
    assert evened == pytest.approx([1.0, (0.5 * 0.5 + 1.0) / 0.75, (0.25 * 0.5 + 0.5 + 2.0) / 0.875])


def test_smoothing_many_curves_is_smoothing_each():
    curves = [np.array([1.0, 5.0, 2.0]), np.array([3.0]), np.array([])]
    together = smooth(curves, 0.8)
    for one, same in zip(curves, together, strict=True):
        assert smooth([one], 0.8)[0].tolist() == same.tolist()


def test_a_gap_stays_a_gap_and_spoils_no_neighbour():
    (evened,) = smooth([np.array([1.0, math.nan, 1.0])], 0.9)
    assert evened[0] == pytest.approx(1)
    assert math.isnan(evened[1])
    assert evened[2] == pytest.approx(1)


def test_long_curves_are_evened_out_as_short_ones_are():
    values = np.random.default_rng(0).normal(size=1_000)
    values[[5, 700, 701]] = math.nan
    (evened,) = smooth([values], 0.97)
    mean, past = 0.0, 1.0
    for value, found in zip(values.tolist(), evened.tolist(), strict=True):
        if math.isnan(value):
            assert math.isnan(found)
            continue
        mean, past = 0.97 * mean + 0.03 * value, past * 0.97
        assert found == pytest.approx(mean / (1 - past))


def test_a_coloured_run_is_drawn_with_few_points_and_said_to_be():
    shown = plot(curve("a", np.random.default_rng(0).normal(size=50_000)))
    (trace,) = curves_figure([shown], Look())["data"]
    assert len(trace["x"]) <= 2_000
    assert max(trace["y"]) == max(shown.curves[0].value)
    assert "zoom in for finer ones" in curve_notice([shown], Look())
    (near,) = curves_figure([shown], Look(window=(10_000, 10_100)))["data"]
    assert [x for x in near["x"] if 10_000 <= x <= 10_100] == list(range(10_000, 10_101))


@pytest.mark.parametrize("weight", [-0.1, 1, 2])
def test_a_weight_that_is_no_share_is_refused(weight):
    with pytest.raises(BadInput, match="from 0 to below 1"):
        smooth([np.array([1.0])], weight)


def test_each_metric_has_a_plot_of_its_own_and_all_share_x():
    figure = curves_figure([plot(curve("a", [1, 2])), plot(curve("a", [3, 4]), metric="acc")], Look())
    assert [trace["yaxis"] for trace in figure["data"]] == ["y", "y2"]
    assert figure["layout"]["xaxis2"]["matches"] == "x"
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["<b>loss</b>", "<b>acc</b>"]


def test_a_run_is_named_once_in_the_legend_and_hides_in_all_plots():
    figure = curves_figure([plot(curve("a", [1, 2])), plot(curve("a", [3, 4]), metric="acc")], Look(smooth=0.5))
    assert sum(trace["showlegend"] for trace in figure["data"]) == 1
    assert {trace["legendgroup"] for trace in figure["data"]} == {"a"}


def test_what_was_measured_stands_faint_behind_what_was_evened_out():
    raw, evened = curves_figure([plot(curve("a", [1, 3, 1, 3]))], Look(smooth=0.9))["data"]
    assert raw["y"].tolist() == [1, 3, 1, 3]
    assert raw["line"]["color"].startswith("rgba")
    assert max(evened["y"]) < 3


def test_a_thousand_runs_are_twelve_lines_and_no_run_is_lost():
    runs = many(1000)
    shown = plot(*runs, best=["run-7"])
    figure = curves_figure([shown], Look(smooth=0.5))
    assert len(figure["data"]) == len(COLOURS)
    rest = figure["data"][0]
    assert rest["name"] == "989 other runs"
    assert np.isnan(rest["y"]).sum() == 989
    assert len(rest["meta"]["runs"]) == 989
    assert rest["meta"]["starts"][1] == 4
    assert "run-7" in {trace["name"] for trace in figure["data"]}
    assert "The best 11 of 1000 runs have a colour" in curve_notice([shown], Look())


def test_a_group_is_its_mean_with_the_lowest_and_highest_run():
    curves = [curve("a", [1, 2, 3]), curve("b", [3, 4, 5]), curve("c", [9])]
    groups = [Group("0.1", "#111111", ("a", "b")), Group("0.2", "#222222", ("c",))]
    band, mean = curves_figure([plot(*curves, groups=groups)], Look())["data"][2:]
    assert mean["y"].tolist() == [2, 3, 4]
    assert band["y"].tolist() == [3, 4, 5, 3, 2, 1]
    assert mean["name"] == "0.1 (2 runs)"


def test_a_band_can_be_one_standard_deviation():
    curves = [curve("a", [1, 2]), curve("b", [3, 4])]
    band, _ = curves_figure([plot(*curves, groups=[Group("x", "#111111", ("a", "b"))])], Look(band="sd"))["data"]
    assert band["y"][:2] == pytest.approx([2 + math.sqrt(2), 3 + math.sqrt(2)])


def test_outliers_are_left_out_of_the_range_only():
    values = [*([1.0] * 500), *([2.0] * 500), 1e9]
    low, high = clipped_range([np.array(values)])
    assert low < 1
    assert 2 < high < 3
    figure = curves_figure([plot(curve("a", values))], Look(clip=True))
    assert figure["layout"]["yaxis"]["range"] == [low, high]
    assert figure["data"][0]["y"].max() == 1e9


def test_log_axes_say_what_they_cannot_show():
    shown = [plot(curve("a", [0.0, 1.0, -1.0]))]
    assert curves_figure(shown, Look(log_x=True, log_y=True))["layout"]["yaxis"]["type"] == "log"
    said = curve_notice(shown, Look(log_x=True, log_y=True))
    assert "2 points at or below zero cannot stand on a log axis; untick log y." in said
    assert "1 point at or below zero cannot stand on a log axis; untick log x." in said


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        pytest.param([math.nan, math.nan], "loss is NaN or infinite at every point", id="only NaN"),
        pytest.param([], "loss has no points in these runs", id="no run has it"),
        pytest.param([1.0], "", id="one point"),
    ],
)
def test_what_cannot_be_drawn_is_said(values, sentence):
    shown = [plot(*([curve("a", values)] if values else []))]
    assert curve_notice(shown, Look()).startswith(sentence)
    assert json.loads(json.dumps(curves_figure(shown, Look())["layout"]))
    ET.fromstring(curves_svg(shown, Look()))


def test_one_point_is_a_dot():
    assert curves_figure([plot(curve("a", [1.0]))], Look())["data"][0]["mode"] == "lines+markers"
    assert "h0.1" in curves_svg([plot(curve("a", [1.0]))], Look())


def test_names_are_text_to_plotly_and_never_part_of_a_template():
    shown = plot(curve("a", [1, 2]), metric=EVIL, names={"a": EVIL})
    figure = curves_figure([shown], Look())
    (trace,) = figure["data"]
    for text in (trace["name"], figure["layout"]["annotations"][0]["text"].removeprefix("<b>").removesuffix("</b>")):
        assert "<" not in text
        assert "$" not in text
    assert EVIL not in trace["hovertemplate"]
    assert trace["hovertemplate"].count("%{") == 3


def test_names_are_text_in_the_picture():
    svg = curves_svg([plot(curve("a", [1, 2]), metric=EVIL)], Look())
    assert "<img" not in svg
    ET.fromstring(svg)
    assert "<svg" not in curves_picture([plot(curve("a", [1, 2]), metric='"><svg>')], Look())


def test_the_picture_stays_small_however_long_the_curves_are():
    curves = [curve(f"r{place}", np.sin(np.arange(2_000) / 50)) for place in range(12)]
    assert len(curves_picture([plot(*curves)], Look())) < 60_000


def test_closer_points_replace_the_coarse_ones_inside_the_window_only():
    coarse = curve("a", [0, 10, 20, 30], x=[0, 10, 20, 30], whole=False)
    fine = curve("a", [9, 10, 11], x=[9, 10, 11], whole=False)
    (shown,) = joined([coarse], [fine], (8, 12))
    assert shown.x.tolist() == [0, 9, 10, 11, 20, 30]


def test_what_is_far_outside_the_window_is_not_drawn_but_for_both_ends():
    coarse = curve("a", range(0, 1_000, 10), x=range(0, 1_000, 10), whole=False)
    (shown,) = joined([coarse], [curve("a", [500.5], x=[500.5], whole=False)], (480, 520))
    (trace,) = curves_figure([plot(shown)], Look(window=(480, 520)))["data"]
    assert trace["x"].tolist() == [0, 460, 470, 500.5, 530, 540, 990]


def test_a_run_read_whole_keeps_its_points_whatever_else_is_asked():
    whole = curve("a", range(100))
    assert joined([whole], [curve("a", [50], x=[50], whole=False)], (40, 60)) == [whole]


def test_evening_out_does_not_depend_on_where_the_reader_looks():
    rng = np.random.default_rng(0)
    coarse = curve("a", rng.normal(size=200), x=np.arange(0, 2_000, 10), whole=False)
    fine = curve("a", rng.normal(size=100), x=np.arange(1_000, 1_100), whole=False)
    window = (1_000, 1_100)
    (near,) = joined([coarse], [fine], window)
    _, far_line = curves_figure([plot(coarse)], Look(smooth=0.9))["data"]
    raw, near_line = curves_figure([plot(near)], Look(smooth=0.9, window=window))["data"]
    assert sum((raw["x"] >= 1_000) & (raw["x"] < 1_100)) == 100
    by_x = dict(zip(far_line["x"].tolist(), far_line["y"].tolist(), strict=True))
    assert near_line["y"].tolist() == [by_x[x] for x in near_line["x"].tolist()]
    assert 10 < len(near_line["x"]) < 25


def test_the_mean_of_a_group_has_more_places_where_the_reader_looks_closer():
    curves = [curve(run_id, np.sin(np.arange(5_000) / 40), whole=False) for run_id in "ab"]
    shown = plot(*curves, groups=[Group("g", "#111111", ("a", "b"))])
    window = (1_000, 1_200)
    _, mean = curves_figure([shown], Look(window=window))["data"]
    inside = mean["x"][(mean["x"] >= 1_000) & (mean["x"] <= 1_200)]
    assert inside.tolist() == list(range(1_000, 1_201))
    assert mean["x"][0] == 0
    assert mean["x"][-1] == 4_999


def grey(count, points, *, window=None, most=20_000):
    """The line of the runs that share the grey, of which each stands out once."""
    runs = []
    for place in range(count):
        values = np.zeros(points)
        values[points // 2 + place % 5] = 1 + place
        runs.append(curve(f"run-{place}", values, whole=False))
    shown = Plot("loss", tuple(runs), {each.run_id: each.run_id for each in runs}, dict.fromkeys(
        (each.run_id for each in runs), REST), grey=most)  # fmt: skip
    return curves_figure([shown], Look(window=window))["data"][0]


def test_grey_runs_are_thinned_and_each_keeps_its_peak():
    line = grey(100, 1_000)
    assert len(line["x"]) < 21_000
    ends = [*line["meta"]["starts"][1:], len(line["x"])]
    for place, (start, end) in enumerate(zip(line["meta"]["starts"], ends, strict=True)):
        assert np.nanmax(line["y"][start:end]) == 1 + place
        assert np.isnan(line["y"][end - 1])


def test_grey_runs_show_more_of_a_window_and_only_their_ends_beside_it():
    line = grey(100, 1_000, window=(480, 530), most=2_000)
    own = line["x"][: line["meta"]["starts"][1] - 1]
    assert own[0] == 0
    assert own[-1] == 999
    assert all(479 <= x <= 531 for x in own[1:-1])
    assert 5 < len(own) < 30


def test_thinning_keeps_gaps_and_runs_that_are_short_enough():
    lines = lines_of([np.arange(3.0), np.arange(100.0)], [np.array([1.0, np.nan, 2.0]), np.full(100, np.nan)])
    kept = thinned(lines, 10)
    assert kept.x[kept.run == 0].tolist() == [0, 1, 2]
    assert len(kept.x[kept.run == 1]) in (5, 6)
    assert np.isnan(kept.y[kept.run == 1]).all()


def test_a_window_without_a_point_still_has_the_line_that_crosses_it():
    lines = lines_of([np.array([0.0, 10, 20, 30, 40])], [np.zeros(5)])
    assert within(lines, (22, 28)).x.tolist() == [0, 20, 30, 40]
    assert within(lines, None) is lines


@pytest.mark.parametrize(
    ("span", "coarse"), [pytest.param(1_000, False, id="a tenth"), pytest.param(100, True, id="a hundredth")]
)
def test_the_store_is_asked_again_only_where_it_has_more_to_show(span, coarse):
    read = [curve("a", np.zeros(150), x=np.arange(0, 10_000, 10_000 / 150), whole=False)]
    assert too_coarse(read, (4_000, 4_000 + span), 30) is coarse
    assert not too_coarse([curve("b", range(10))], (4_000, 4_001), 30)


def test_the_table_is_exactly_what_is_drawn():
    frame = curves_frame([plot(*many(15))], Look())
    assert len(frame) == 45
    assert set(frame["run"]) == {f"run-{place}" for place in range(15)}
    assert list(frame.columns) == ["metric", "run", "step", "value", "smoothed"]


def test_up_to_twelve_runs_have_colours_of_their_own_and_of_more_the_best():
    ids = [f"r{place}" for place in range(12)]
    assert len(set(run_colours(ids).values())) == 12
    colours = run_colours([*ids, "r12", "r13"], ["r13"])
    assert colours["r13"] == COLOURS[0]
    assert sum(colour == REST for colour in colours.values()) == 3
