"""Find the estimators and other models that a cell fits, builds or reads, by their names in the namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from trackbook.capture.facts import FITTING, CellFacts, How
from trackbook.capture.models import Marks, is_fitted, is_model, mark_of, models_in, parts_of_model
from trackbook.capture.strangers import MISSING, ask
from trackbook.capture.words import word_set

if TYPE_CHECKING:
    from collections.abc import Mapping

Part = Literal["fits", "builds", "reads"]
Found = tuple[str, object, Part]
_ORDER = {"fits": 0, "builds": 1, "reads": 2}
_LOADING = word_set("load loads load_model read_pickle from_pretrained load_from_checkpoint deepcopy copy")

_TRAINS_COPIES = ("cross_val", "learning_curve", "validation_curve", "permutation_test_score", "clone")


class _Marks(Protocol):
    def of(self, model: object) -> int | None:
        """Return what a model had learnt; None when nobody knows it."""


_NO_MARKS = Marks()


def estimators_read(
    facts: CellFacts, namespace: Mapping[str, object], before: Marks = _NO_MARKS, fitted: _Marks = _NO_MARKS
) -> list[Found]:
    """List the cell's models as (name, object, part): fits before builds before reads, each object once.

    namespace: as it is after the cell. before: what the models that it reads had learnt at its start, so that a
    fit inside a function is seen by its effect. fitted: what those had learnt that earlier cells fitted.
    Models inside small dicts, lists and objects count (`models.rf`, `trainer.model`); one that is a part of
    another listed one does not count twice, unless it was fitted by name itself.
    The references are for immediate use: whoever keeps them keeps the user's memory.
    """
    nothing: list[tuple[str, object]] = []
    trained = {receiver.partition(".")[0].partition("[")[0] for receiver in facts.fits}
    loops = [name for name, bound in facts.bound.items() if bound.how is How.LOOP]
    if not trained.isdisjoint(loops):
        # `for name, model in models.items(): model.fit(X, y)` trains what the container holds.
        trained |= {name for name in (*facts.reads, *facts.bound) if type(namespace.get(name)) in (dict, list)}
    found: list[Found] = []
    for name in [*(name for name in facts.bound if name not in loops), *facts.reads, *loops]:
        if not name.startswith("_"):
            for path, value in ask(models_in, namespace.get(name, MISSING), otherwise=nothing):
                part = _part(name, value, facts, trained, before, fitted)
                found.append((f"{name}{path}", value, part))
    found.sort(key=lambda entry: _ORDER[entry[2]])
    inner = {id(part) for _, value, _ in found for part in _all_parts(value)}
    once: dict[int, Found] = {}
    for entry in found:
        name = entry[0].partition(".")[0]
        if (entry[2] == "fits" and name in trained) or id(entry[1]) not in inner:
            once.setdefault(id(entry[1]), entry)
    return list(once.values())


def _part(name: str, value: object, facts: CellFacts, trained: set[str], before: Marks, fitted: _Marks) -> Part:
    bound = facts.bound.get(name)
    chained, _, function = bound.call.rpartition(".") if bound is not None else ("", "", "")
    if name in trained or (chained and function in FITTING):
        return "fits"
    earlier = before.of(value)
    known = fitted.of(value)
    learnt = ask(mark_of, value, otherwise=0) if is_model(value) else 0
    if earlier is not None or known is not None:
        changed = learnt not in (0, earlier, known)
        return "fits" if changed and not restores_weights(facts) else "reads"
    if bound is None or bound.how not in (How.COMPUTED, How.CONSTANT, How.LOOP):
        return "reads"
    if function in _LOADING:
        return "reads"
    return "fits" if learnt and is_fitted(value) else "builds"


def restores_weights(facts: CellFacts) -> bool:
    """Tell whether a cell puts kept weights back into a module of torch, and trains nothing."""
    called = {*facts.inside, *(call.function for call in facts.calls)}
    return "load_state_dict" in called and "backward" not in called


def trains_copies(facts: CellFacts) -> bool:
    """Tell whether a cell has copies of its models fitted, so that it does not evaluate the fitted ones."""
    called = {*facts.inside, *(call.function for call in facts.calls)}
    return any(function.startswith(_TRAINS_COPIES) for function in called)


def _all_parts(value: object) -> list[object]:
    """List the models inside one, however deep: what it holds, and what its `get_params` tells."""
    nothing: list[object] = []
    held = ask(parts_of_model, value, otherwise=nothing)
    deeper = [inner for part in held for inner in ask(parts_of_model, part, otherwise=nothing)]
    told = ask(lambda: list(value.get_params(deep=True).values()), otherwise=nothing)  # type: ignore[attr-defined]
    return [*held, *deeper, *(part for part in told if is_model(part))]
