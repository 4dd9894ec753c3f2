"""The figures of the comparison as pure data: what stands where, what is left out, and what it says."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.errors import BadInput
from trackbook.views.comparison.bars import RUNS, Group, bars_figure, groups_of
from trackbook.views.comparison.histogram import bin_edges, histogram_figure
from trackbook.views.comparison.importance import param_importance
from trackbook.views.comparison.parallel import MOST_AXES, default_axes, parallel_figure
from trackbook.views.comparison.pictures import Shot, pictures_html
from trackbook.views.comparison.plot_text import plot_text
from trackbook.views.comparison.scatter import scatter_figure
from trackbook.views.comparison.surface import surface_figure
from trackbook.views.comparison.variables import read_variable, variable_names
from trackbook.views.plain_table import Cell, Row, boxed, table_html


def frame(**columns):
    count = len(next(iter(columns.values())))
    base = {"run_id": [f"id-{at}" for at in range(count)], "name": [f"run-{at}" for at in range(count)]}
    base |= {"experiment": ["e"] * count, "status": ["FINISHED"] * count}
    renamed = {name.replace("__", "."): values for name, values in columns.items()}
    return pd.DataFrame(base | renamed)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        pytest.param([1, 2, 3], "number", id="integers"),
        pytest.param([0.1, math.nan, math.inf], "number", id="floats with gaps"),
        pytest.param([1, None, 2.5], "number", id="numbers of which one is missing"),
        pytest.param([True, False, None], "category", id="booleans are words"),
        pytest.param([2**60, 1, None], "number", id="huge integers"),
        pytest.param(["a", 1, None], "category", id="mixed"),
        pytest.param([[1, 2], {"a": 1}, None], "category", id="lists and dicts"),
        pytest.param(pd.to_datetime(["2026-01-01", None, "2026-01-02"]), "time", id="times"),
    ],
)
def test_a_column_is_numbers_words_or_times(values, kind):
    found = read_variable(frame(params__x=values), "params.x")
    assert found.kind == kind
    assert len(found.data) == 3


def test_words_that_are_numbers_are_sorted_as_people_count():
    assert read_variable(frame(params__x=["10", "9", "b", "a"]), "params.x").categories == ["9", "10", "a", "b"]


def test_columns_come_metrics_first_and_empty_ones_not_at_all():
    table = frame(params__p=[1, 2], params__none=[None, None], metrics__nan=[math.nan] * 2, metrics__m=[1.0, 2.0])
    names = variable_names(table)
    assert names[:3] == ["metrics.m", "metrics.nan", "params.p"]
    assert "params.none" not in names


@given(st.text())
def test_plotly_gets_no_markup_no_tex_and_no_line_break(text):
    written = plot_text(text)
    assert not set(written) & set("<>$\n\r")
    assert "&" not in written.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "").replace("&#36;", "")


def test_parallel_axes_are_logarithmic_categorical_or_plain_by_what_they_hold():
    table = frame(
        params__lr=[1e-5, 1e-3, 0.1], params__opt=["b", None, "a"], params__depth=[3, 4, 5], metrics__acc=[0.1, 0.2, 0.3]
    )  # fmt: skip
    columns = default_axes(table)
    assert set(columns) == {"params.lr", "params.opt", "params.depth", "metrics.acc"}
    figure, said = parallel_figure(table, columns, "metrics.acc", {})
    axes = dict(zip(columns, figure["data"][0]["dimensions"], strict=True))
    assert axes["params.lr"]["values"] == pytest.approx([-5, -3, -1])
    assert axes["params.lr"]["ticktext"] == ["1e-5", "0.001", "0.1"]
    assert axes["params.opt"]["ticktext"] == ["–", "a", "b"]
    assert axes["params.opt"]["values"] == [2.0, 0.0, 1.0]
    assert axes["params.depth"]["ticktext"] == ["3", "4", "5"]
    assert "tickvals" not in axes["metrics.acc"]
    assert said == ""


def test_parallel_axes_are_few_and_never_empty_the_figure():
    many = {f"params__p{at:02d}": [at, at + 1.0, 3] for at in range(30)}
    assert len(default_axes(frame(**many, metrics__m=[1.0, 2, 3]))) == MOST_AXES
    # Each run has a param that no other has: no axis may leave out more than half of the runs.
    sparse = frame(params__a=[1, math.nan, 2], params__only=[math.nan, 5.0, math.nan], metrics__m=[1.0, 2, 3])
    assert default_axes(sparse) == ["params.a", "metrics.m"]
    _, said = parallel_figure(sparse, default_axes(sparse), "", {})
    assert said == "1 run of 3 left out: without a number on one of these axes."


def test_two_categories_that_are_cut_to_the_same_words_keep_axes_of_their_own():
    long = "x" * 40
    figure, _ = parallel_figure(frame(params__p=[f"{long}1", f"{long}2"]), ["params.p"], "", {})
    assert len(set(figure["data"][0]["dimensions"][0]["ticktext"])) == 2


def test_scatter_leaves_out_runs_without_a_place_and_says_how_many():
    table = frame(params__lr=[0.001, 1.0, -1.0, math.nan], metrics__m=[1.0, math.inf, 2.0, 3.0])
    figure, said = scatter_figure(table, "params.lr", "metrics.m", {}, log_x=True)
    assert figure["data"][0]["x"] == [0.001]
    assert said.startswith("3 runs of 4")
    with pytest.raises(BadInput, match="No run has both"):
        scatter_figure(frame(params__a=[1.0, math.nan], metrics__m=[math.nan, 1.0]), "params.a", "metrics.m", {})


def test_bubbles_grow_by_area():
    table = frame(params__p=[1, 2, 3], metrics__m=[1.0, 2.0, 3.0], metrics__s=[0.0, 0.5, 1.0])
    figure, _ = scatter_figure(table, "params.p", "metrics.m", {}, size="metrics.s")
    small, middle, large = figure["data"][0]["marker"]["size"]
    assert middle**2 == pytest.approx((small**2 + large**2) / 2)


def test_the_heat_map_averages_runs_and_leaves_the_unknown_empty():
    table = frame(params__x=[1, 1, 2], params__y=["a", "a", "b"], metrics__m=[1.0, 3.0, 5.0])
    figure, _ = surface_figure(table, "params.x", "params.y", "metrics.m", contour=False, better="higher")
    assert figure["data"][0]["z"] == [[2.0, None], [None, 5.0]]
    assert "3 runs" in figure["layout"]["title"]["text"]
    assert "nothing is known in 2 of 4 cells" in figure["layout"]["title"]["text"]
    best = figure["data"][-1]
    assert best["visible"]
    assert (best["x"], best["y"]) == ([1.0], [1.0])


def test_contours_are_blank_far_from_every_run_and_lie_between_the_values():
    corner = [(x / 10, y / 10) for x in range(3) for y in range(3)] + [(1.0, 1.0)]
    table = frame(
        params__x=[x for x, _ in corner], params__y=[y for _, y in corner], metrics__m=[x + y for x, y in corner]
    )
    figure, _ = surface_figure(table, "params.x", "params.y", "metrics.m", contour=True)
    heights = [value for line in figure["data"][0]["z"] for value in line]
    known = [value for value in heights if value is not None]
    assert None in heights
    assert min(known) >= 0
    assert max(known) <= 2
    with pytest.raises(BadInput, match="too few for contours"):
        surface_figure(table.head(4), "params.x", "params.y", "metrics.m", contour=True)


def test_a_group_of_one_has_a_mean_and_no_interval():
    one, two = Group("a", ("1",), (3.0,)), Group("b", ("2", "3"), (1.0, 2.0))
    figure, said = bars_figure([one, two], "metrics.m", "params.p", "bar", {})
    assert figure["data"][0]["error_y"]["array"][0] is None
    assert figure["data"][0]["error_y"]["array"][1] == pytest.approx(12.7062 * 0.70711 / 2**0.5, rel=1e-4)
    assert said == ""


def test_more_groups_than_one_can_read_are_counted():
    table = frame(metrics__m=[float(at) for at in range(60)])
    figure, said = bars_figure(groups_of(table, "metrics.m", RUNS), "metrics.m", RUNS, "bar", {}, "higher")
    assert figure["data"][0]["y"][:2] == [59.0, 58.0]
    assert said.startswith("40 of 60 groups are shown")


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=30), st.integers(1, 50))
def test_every_run_falls_into_a_bin(values, bins):
    edges = bin_edges(values, bins)
    assert edges[0] <= min(values)
    assert edges[-1] >= max(values)
    figure, said = histogram_figure(frame(metrics__m=values), "metrics.m", bins, log=False)
    assert sum(figure["data"][0]["y"]) == len(values)
    assert said == ""


def test_a_histogram_over_decades_has_bins_of_equal_ratio():
    figure, _ = histogram_figure(frame(params__lr=[1e-4, 1e-3, 1e-2, 1e-1]), "params.lr", 3)
    assert figure["data"][0]["y"] == [1, 1, 2]
    assert figure["layout"]["xaxis"]["ticktext"][0] == "0.0001"


def test_importance_of_noise_says_that_nothing_is_explained():
    from trackbook.views.comparison.importance import importance_figure

    rng = pd.Series(range(40)).sample(frac=1, random_state=1)
    table = frame(
        params__a=list(range(40)), params__b=[at % 3 for at in range(40)], metrics__m=rng.astype(float).tolist()
    )
    found = param_importance(table, "metrics.m")
    assert found.r2 < 0.2
    if found.r2 <= 0:
        assert "explain nothing" in importance_figure(found)[1]


def test_tables_and_pictures_escape_everything():
    nasty = "<img src=x onerror=alert(1)>\"'"
    table = boxed(table_html([Cell(nasty)], [Row((Cell(nasty, hover=nasty),))], nasty))
    grid = pictures_html([("1", nasty, "#000000")], [nasty], {("1", nasty): Shot("image/png", b"x", 1)}, 100)
    broken = pictures_html([("1", nasty, "#000000")], [nasty], {("1", nasty): Shot("text/html", b"<b>", 1)}, 100)
    for html in (table, grid, broken):
        assert "<img src=x" not in html
        assert html.count("<img") == (1 if html is grid else 0)
