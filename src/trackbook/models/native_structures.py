"""Trees whose indices native code follows without looking: do they stay within themselves?

scikit-learn's compiled predictors index into a tree's arrays unchecked, so a
crafted file could crash the kernel or read beyond them
(scikit-learn#34558). What was loaded without trust is looked through first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.models.errors import BadPackage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def check_structures(folder: Path, file: str, model: object) -> None:
    """Raise BadPackage when a tree anywhere in the model points outside itself, or below its own parent."""
    for part in _parts(model):
        check = _CHECKS.get(type(part).__name__)
        if check is not None and type(part).__module__.startswith("sklearn.") and not _is_sound(check, part):
            raise BadPackage(folder, file, f"has a {type(part).__name__} whose nodes point outside of it")


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
