"""Which params the metric depends on, as far as the runs can tell, with the uncertainty of the answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, MissingPackage
from trackbook.tracking.comparison.replicates import is_seed
from trackbook.views.comparison.plot_layout import axis, layout
from trackbook.views.comparison.plot_text import hover_text, plot_text
from trackbook.views.comparison.variables import is_known, numbers_of, param_names, read_variable, varying
from trackbook.views.numbers import count, number
from trackbook.views.palette import COLOURS, REST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.views.comparison.variables import Variable

FEWEST_RUNS = 20
"""Below it a forest learns the runs by heart, and what it says of params is chance."""

_RUNS_A_PARAM = 2
_MOST_RUNS = 2_000
_MOST_PARAMS = 25
_FOLDS, _TREES = 5, 100


@dataclass(frozen=True, slots=True)
class Importance:
    """How much one param matters."""

    param: str
    """With its prefix: params.lr."""

    mean: float
    """By how much R² falls on runs the forest has not seen when this param's values are shuffled among them."""

    std: float
    """Standard deviation over folds and shuffles."""

    trend: float
    """Rank correlation with the metric, -1 … 1; NaN for words."""


@dataclass(frozen=True, slots=True)
class Importances:
    """The answer for one metric."""

    metric: str
    runs: int
    repeats: int
    """Shuffles in each of five folds."""

    r2: float
    """Share of the metric's spread that the forest explains on runs it has not seen; zero or less is nothing."""

    params: tuple[Importance, ...]
    """The most important first."""

    left_out: tuple[str, ...]
    """Params that differ and were not looked at: beyond the first 25."""


def param_importance(frame: pd.DataFrame, metric: str, *, repeats: int = 5, seed: int = 0) -> Importances:
    """Estimate how much each param matters to a metric.

    A random forest (scikit-learn) learns the metric from the params in five folds; in each, the params of the
    runs left out are shuffled one at a time, and the fall of R² is the param's importance. Params that go together
    share theirs. Seeds are not looked at. Raises BadInput for fewer than 20 runs or without differing params,
    MissingPackage.

    Source: Breiman, "Random forests" (2001), section 10, on held-out data as scikit-learn's guide advises.
    """
    measured = numbers_of(frame, metric)
    kept = [place for place, value in enumerate(measured.data) if is_known(value)][:_MOST_RUNS]
    some = frame.iloc[kept]
    differing = [name for name in varying(some, param_names(some)) if not is_seed(name.removeprefix("params."))]
    _check(metric, len(kept), differing, len({measured.data[p] for p in kept}))
    names = differing[:_MOST_PARAMS]
    variables = [read_variable(some, name) for name in names]
    target = _column([measured.data[p] for p in kept])
    table = _table(variables)
    falls, r2 = _falls(table, target, repeats, seed)
    found = [
        Importance(name, float(falls[place].mean()), float(falls[place].std(ddof=1)), _trend(variable, target))
        for place, (name, variable) in enumerate(zip(names, variables, strict=True))
    ]
    ordered = tuple(sorted(found, key=lambda each: -each.mean))
    return Importances(metric, len(kept), repeats, r2, ordered, tuple(differing[_MOST_PARAMS:]))


def _check(metric: str, runs: int, params: Sequence[str], values: int) -> None:
    needed = max(FEWEST_RUNS, _RUNS_A_PARAM * min(len(params), _MOST_PARAMS))
    if not params:
        raise BadInput("These runs differ in no param, so none can matter; compare runs with different params.")
    if runs < needed:
        raise BadInput(
            f"{count(runs, 'run')} with {metric} and {count(len(params), 'differing param')} are too few to tell what "
            f"matters; {needed} are the fewest. Until then Parallel and Scatter show the runs themselves."
        )
    if values < 2:  # noqa: PLR2004 - one value depends on nothing
        raise BadInput(f"{metric} is the same in all of these runs, so nothing matters to it; choose another metric.")


def _table(variables: Sequence[Variable]) -> NDArray[Any]:
    """Numbers as they are with NaN for missing ones, which the forest can part; words numbered in sorted order."""
    import numpy as np  # noqa: PLC0415

    columns = []
    for each in variables:
        if each.kind == "category":
            at = {name: place for place, name in enumerate(each.categories)}
            columns.append([math.nan if value is None else float(at[value]) for value in each.data])
        else:
            columns.append([value if is_known(value) else math.nan for value in each.data])
    # Ranks: a forest cuts in single precision, which close or huge values would not survive.
    ranked = [np.where(np.isnan(column), math.nan, _ranks(column)) for column in map(_column, columns)]
    return np.column_stack(ranked)


def _falls(table: NDArray[Any], target: NDArray[Any], repeats: int, seed: int) -> tuple[NDArray[Any], float]:
    """Fall of R² by param, shape (params, folds × repeats), and the mean R² of the folds."""
    import numpy as np  # noqa: PLC0415

    try:
        from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415
        from sklearn.inspection import permutation_importance  # noqa: PLC0415
        from sklearn.model_selection import KFold  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackage("scikit-learn", "Estimating which params matter") from error
    falls, predicted = [], np.empty(len(target))
    for learn, test in KFold(_FOLDS, shuffle=True, random_state=seed).split(table):
        forest = RandomForestRegressor(_TREES, min_samples_leaf=2, random_state=seed, n_jobs=1)
        forest.fit(table[learn], target[learn])
        predicted[test] = forest.predict(table[test])
        # The fall of the squared error, as a share of the metric's spread over all runs: the R² of a fold of
        # four runs would swing with the fold.
        drop = permutation_importance(
            forest, table[test], target[test], scoring="neg_mean_squared_error", n_repeats=repeats, random_state=seed
        )
        falls.append(drop.importances / float(target.var()))
    r2 = 1 - float(((target - predicted) ** 2).mean() / target.var())
    return np.hstack(falls), r2


def _trend(variable: Variable, target: NDArray[Any]) -> float:
    """Spearman's rank correlation."""
    import numpy as np  # noqa: PLC0415

    if variable.kind == "category":
        return math.nan
    known = np.array([is_known(value) for value in variable.data])
    one, other = _ranks(_column(variable.data)[known]), _ranks(target[known])
    if len(one) < 3 or not one.std() or not other.std():  # noqa: PLR2004 - two points always agree
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: NDArray[Any]) -> NDArray[Any]:
    """Places in sorted order; equal values share the mean of theirs."""
    import pandas as pd  # noqa: PLC0415

    return pd.Series(values).rank().to_numpy(dtype=float)


def _column(values: Sequence[float]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    return np.asarray(values, dtype=float)


def importance_figure(found: Importances) -> tuple[dict[str, Any], str]:
    """Draw a bar a param with its standard deviation; returns the figure, and a sentence on what to make of it.

    The sentence is a warning when `found.r2` is zero or less.
    """
    shown = found.params[::-1]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(shown))),
        "x": [each.mean for each in shown],
        "error_x": {"type": "data", "array": [each.std for each in shown], "color": "#8c8c8c", "thickness": 1.5},
        "marker": {"color": [COLOURS[0] if each.mean > each.std else REST for each in shown]},
        "hovertext": [_hover(each) for each in shown],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    ticks = {
        "tickvals": list(range(len(shown))),
        "ticktext": [plot_text(each.param.removeprefix("params."), 30) for each in shown],
    }
    base = layout(
        xaxis=axis("fall of R² when shuffled: mean ± standard deviation"),
        yaxis=axis("") | ticks,
        height=140 + 28 * max(4, len(shown)),
    )
    return {"data": [trace], "layout": base}, _said(found)


def _said(found: Importances) -> str:
    runs = count(found.runs, "run")
    if found.r2 <= 0:
        return (
            f"The params explain nothing of {found.metric} in these {runs} (R² {number(found.r2, 2)} on runs not seen)"
            ": take no bar for more than chance, and compare more runs."
        )
    more = f" {len(found.left_out)} more params differ and were not looked at." if found.left_out else ""
    return (
        f"{runs}, {_FOLDS} folds × {found.repeats} shuffles; the params explain {100 * found.r2:.0f} % of "
        f"{found.metric} in runs not seen. Grey bars cannot be told from none; params that go together share "
        f"theirs.{more}"
    )


def _hover(each: Importance) -> str:
    pairs = [(each.param, ""), ("fall of R²", f"{number(each.mean)} ± {number(each.std, 2)}")]
    if not math.isnan(each.trend):
        pairs.append(("rank correlation", number(each.trend, 2)))
    return hover_text(pairs)


def importance_frame(found: Importances) -> pd.DataFrame:
    """One row a param: param, importance, std, rank_correlation, runs, r2."""
    import pandas as pd  # noqa: PLC0415

    rows = [(each.param, each.mean, each.std, each.trend, found.runs, found.r2) for each in found.params]
    return pd.DataFrame(rows, columns=["param", "importance", "std", "rank_correlation", "runs", "r2"])
