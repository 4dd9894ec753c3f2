"""Trees whose indices native code follows without looking: do they stay within themselves, and within the data?

scikit-learn's compiled predictors index into a tree's arrays, and into the rows
they are given, unchecked, so a crafted file could crash the kernel or read
beyond them (scikit-learn#34558). What was loaded without trust is looked
through first: each tree by itself, then each estimator with the trees it holds.
That is what skops warns of; other compiled code of scikit-learn was never
hardened against crafted numbers either, and nobody looks there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.models.errors import BadPackage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def check_structures(folder: Path, file: str, model: object) -> None:
    """Raise BadPackage when a tree anywhere in the model points outside itself, above itself, or outside its data."""
    for part in _parts(model):
        if not type(part).__module__.startswith("sklearn."):
            continue
        check = _CHECKS.get(type(part).__name__)
        if check is not None and not _is_sound(check, part):
            raise BadPackage(folder, file, f"has a {type(part).__name__} whose nodes point outside of it")
        if not _is_sound(_owner, part):
            raise BadPackage(folder, file, f"has a {type(part).__name__} whose trees ask for features it does not take")


def _is_sound(check: Callable[[Any], bool], part: object) -> bool:
    try:
        return check(part)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return False


def _tree(tree: Any) -> bool:  # noqa: ANN401 - sklearn.tree._tree.Tree
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    inner = left != -1
    return (
        bool(len(left))
        and len(left) == len(right) == len(feature) == len(tree.value)
        and bool((right[~inner] == -1).all())
        and _goes_down(left[inner], right[inner], np.flatnonzero(inner), len(left))
        and bool(((feature[inner] >= 0) & (feature[inner] < tree.n_features)).all())
    )


def _predictor(predictor: Any) -> bool:  # noqa: ANN401 - sklearn's TreePredictor
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    split = nodes[inner]
    categories = split["bitset_idx"][split["is_categorical"] != 0]
    bitsets = min(len(predictor.raw_left_cat_bitsets), len(predictor.binned_left_cat_bitsets))
    return (
        nodes.ndim == 1
        and bool(len(nodes))
        and _goes_down(split["left"], split["right"], np.flatnonzero(inner), len(nodes))
        and bool((split["feature_idx"] >= 0).all())
        and bool((categories < bitsets).all())
    )


def _goes_down(left: Any, right: Any, parents: Any, count: int) -> bool:  # noqa: ANN401 - integer arrays
    """Children come after their parents in both libraries' layouts, which also rules out circles."""
    both = [side.astype(np.int64) for side in (left, right)]
    return all(bool(((side > parents) & (side < count)).all()) for side in both)


def _space_tree(tree: Any) -> bool:  # noqa: ANN401 - KDTree or BallTree
    data, order, nodes, bounds = (np.asarray(part) for part in tree.get_arrays())
    starts, ends = nodes["idx_start"], nodes["idx_end"]
    leaf = nodes["is_leaf"] != 0
    inner = np.flatnonzero(~leaf)
    return (
        len(order) == len(data)
        and bool(((order >= 0) & (order < len(data))).all())
        and bool(((starts >= 0) & (starts <= ends) & (ends <= len(data))).all())
        and bool((2 * inner + 2 < len(nodes)).all())
        and bounds.shape[1] == len(nodes)
        and bounds.shape[2] == data.shape[1]
    )


def _owner(estimator: Any) -> bool:  # noqa: ANN401 - any part of scikit-learn's
    """Whether the trees that an estimator holds ask for no more features than the estimator lets through."""
    held = vars(estimator) if hasattr(estimator, "__dict__") else {}
    if type(held.get("tree_")).__name__ == "Tree":
        return bool(held["tree_"].n_features == held["n_features_in_"])
    if "_predictors" in held:
        predictors = [one for stage in held["_predictors"] for one in stage]
        return len(held["_bin_mapper"].is_categorical_) == held["n_features_in_"] and all(
            bool((one.nodes["feature_idx"] < held["n_features_in_"]).all()) for one in predictors
        )
    if "estimators_" in held and type(estimator).__module__.startswith("sklearn.ensemble."):
        return _ensemble(held)
    return True


def _ensemble(held: dict[str, Any]) -> bool:
    """Forests and boosting hand their rows to the trees without another look; bagging hands over chosen columns."""
    trees = [
        (place, one.tree_)
        for place, one in enumerate(np.asarray(held["estimators_"], dtype=object).ravel())
        if type(getattr(one, "tree_", None)).__name__ == "Tree"
    ]
    chosen = held.get("estimators_features_")
    stages = held.get("n_trees_per_iteration_")
    return all(
        tree.n_features == (held["n_features_in_"] if chosen is None else len(chosen[place])) for place, tree in trees
    ) and (stages is None or held["estimators_"].shape[1] == stages)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "Tree": _tree,
    "TreePredictor": _predictor,
    **dict.fromkeys(["KDTree", "KDTree64", "KDTree32", "BallTree", "BallTree64", "BallTree32"], _space_tree),
}


def _parts(model: object) -> Iterator[object]:
    """Yield everything that a loaded model is made of, each once."""
    seen: set[int] = set()
    waiting: list[object] = [model]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, (str, bytes, int, float, type, type(None))):
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, (list, tuple, set, frozenset)) or (isinstance(part, np.ndarray) and part.dtype == object):
            waiting.extend(part.ravel().tolist() if isinstance(part, np.ndarray) else part)
        else:
            waiting.extend(getattr(part, "__dict__", {}).values())
