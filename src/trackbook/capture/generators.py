"""Tell whether a cell drew random numbers that nobody had seeded, by the global generators of numpy and torch.

Both know whether they were ever seeded, wherever that happened: numpy's keeps the entropy that it began with
until `np.random.seed`, and torch's own choice of a seed has more digits than anybody types. Python's `random`
keeps no trace of a seed, so nothing is said of it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from trackbook.capture.models import attributes, parts_of_model
from trackbook.capture.strangers import MISSING, ask, is_a, loaded_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.capture.facts import CellFacts

_MT19937_WORDS = 624
_MT19937_BYTES = 4 * _MT19937_WORDS + 4
_LONGEST_TYPED = 2**32  # torch chooses one of 53 bits itself
_DEEPEST = 3
_DRAW_IN_VAIN = ("SVC", "NuSVC")
"""They draw a seed at each `fit` and use it for probabilities only."""


def unseeded_generators() -> dict[str, int]:
    """Take a fingerprint of each library's generator that is loaded and was never seeded; microseconds."""
    marks = {"numpy": ask(_mark_of_numpy, otherwise=None), "torch": ask(_mark_of_torch, otherwise=None)}
    return {library: mark for library, mark in marks.items() if mark is not None}


def drawn_unseeded(before: Mapping[str, int], facts: CellFacts, fitted: Sequence[object]) -> dict[str, str]:
    """List the libraries whose random numbers a cell used, unseeded, each with what would have taken a seed.

    before: `unseeded_generators` at its start. fitted: the models that it fitted. Of numpy the class of the first one
    whose `random_state` was left out, or "" when there is none.
    """
    after = unseeded_generators()
    if "numpy" in after and "numpy" not in before:  # the cell imported it
        before = {**before, "numpy": ask(_fresh_mark_of_numpy, otherwise=after["numpy"])}
    moved = [library for library, mark in after.items() if before.get(library, mark) != mark]
    # Each pass over a DataLoader draws a number for its workers, also that of an evaluation.
    of_torch = {"torch": ""} if "torch" in moved and (facts.trains or fitted) else {}
    if "numpy" not in moved:
        return of_torch
    kinds = [kind for model in fitted for kind in _kinds_without_seed(model)]
    mentioned = {*kinds, *facts.inside, *facts.reads, *(call.function for call in facts.calls)}
    kinds = [kind for kind in kinds if kind not in _DRAW_IN_VAIN]
    in_vain = not kinds and not mentioned.isdisjoint(_DRAW_IN_VAIN)
    return of_torch if in_vain else {"numpy": kinds[0] if kinds else ""} | of_torch


def _kinds_without_seed(model: object, depth: int = 0) -> list[str]:
    """Name the classes of a model, or of its parts, whose `random_state` was left out; with one it seeds its parts."""
    held = attributes(model).get("random_state", MISSING)
    if held is not MISSING:
        return [type(model).__name__] if held is None else []
    nothing: list[object] = []
    parts = ask(parts_of_model, model, otherwise=nothing) if depth < _DEEPEST else nothing
    return [kind for part in parts for kind in _kinds_without_seed(part, depth + 1)]


def _mark_of_numpy() -> int | None:
    # Its `state` is made of 624 Python numbers, which takes thirty times longer than to look at its memory.
    generator = _numpy_generator()
    if generator is None:
        return None
    import ctypes  # noqa: PLC0415 - numpy has loaded it by now

    return hash(ctypes.string_at(generator.ctypes.state_address, _MT19937_BYTES))


def _fresh_mark_of_numpy() -> int:
    """Reckon what the fingerprint was when numpy was imported."""
    key = _numpy_generator().seed_seq.generate_state(_MT19937_WORDS)
    key[0] = 0x80000000
    return hash(key.tobytes() + (_MT19937_WORDS - 1).to_bytes(4, sys.byteorder))


def _numpy_generator() -> Any:  # noqa: ANN401 - numpy may not be there
    """Return the generator behind `np.random.rand`, unless somebody seeded it or put in another."""
    if loaded_class("numpy.random", "MT19937") is None:
        return None
    generator = sys.modules["numpy.random"].get_bit_generator()
    return generator if is_a(generator, "numpy.random", "MT19937") and generator.seed_seq is not None else None


def _mark_of_torch() -> int | None:
    torch = sys.modules.get("torch")
    if torch is None or torch.initial_seed() < _LONGEST_TYPED:
        return None
    return hash(torch.default_generator.get_state().numpy().tobytes())
