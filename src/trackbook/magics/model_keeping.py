"""Models of tracked cells: kept because the line asks for it, or on their own while they are small.

What nobody asked for must cost the cell next to nothing: the model is pickled in
memory at the cell's end, which is a snapshot that no later cell can change, and
packed from there on a thread. The pickle never leaves this process.
"""

from __future__ import annotations

import logging
import pickle
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.capture.examples import input_example
from trackbook.config import settings
from trackbook.errors import TrackbookError
from trackbook.magics.silence import silent_strangers
from trackbook.versioning.background import pack_in_background
from trackbook.views.numbers import byte_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.capture.track_line import TrackLine
    from trackbook.tracking.run import Run

_log = logging.getLogger(__name__)

_MOST_MODELS = 3
"""Of one cell, kept without being asked."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a cell's models, for its card."""

    models: tuple[tuple[str, int], ...] = ()
    """(name, bytes) of those that were kept."""

    version: str = ""
    """`churn 3` when one was registered."""

    warnings: tuple[str, ...] = ()


class ModelKeeper:
    """Keeps the models that the cells of one notebook fit."""

    def keep(
        self,
        run: Run,
        line: TrackLine,
        fitted: Sequence[tuple[str, object]],
        reads: Sequence[str],
        namespace: Mapping[str, object],
        tell: Callable[[Kept], None],
    ) -> Kept:
        """Keep what the line asks for, and begin to keep what is small; tell: called from a thread when that is done.

        fitted: (name, model) of what the cell fitted, parts of others left out. reads: names whose data the cell used.
        """
        if line.model or line.register:
            return self._as_asked(run, line, fitted, reads, namespace)
        if not settings().keep_models or "models" in line.no_capture:
            return Kept()
        taken = [_take(name, model, input_example(model, reads, namespace)) for name, model in fitted[:_MOST_MODELS]]
        snapshots = [each for each in taken if isinstance(each, _Snapshot)]
        if snapshots:
            pack_in_background(lambda: _pack_all(run, snapshots, tell))
        return Kept(warnings=tuple(each for each in taken if isinstance(each, str)))

    def _as_asked(
        self,
        run: Run,
        line: TrackLine,
        fitted: Sequence[tuple[str, object]],
        reads: Sequence[str],
        namespace: Mapping[str, object],
    ) -> Kept:
        name = line.model or "model"
        chosen = dict(fitted).get(name)
        if chosen is None and len(fitted) == 1:
            chosen = fitted[0][1]
        if chosen is None and callable(getattr(namespace.get(name), "predict", None)):
            chosen = namespace[name]
        if chosen is None:
            found = ", ".join(each for each, _ in fitted)
            which = f"it fitted {found}; --model says which" if fitted else "it fitted none"
            return Kept(warnings=(f"no model of this cell was kept: {which}",))
        try:
            with silent_strangers():
                return self._packed(run, line, name, chosen, input_example(chosen, reads, namespace))
        except (TrackbookError, OSError) as error:
            return Kept(warnings=(f"the model was not kept: {error}",))
        except Exception as error:  # noqa: BLE001 - a stranger's model may raise anything, and the user's cell comes first
            return Kept(warnings=(f"the model was not kept ({type(error).__name__}: {error})",))

    @staticmethod
    def _packed(run: Run, line: TrackLine, name: str, model: object, example: object | None) -> Kept:
        from trackbook.versioning.packing import log_model  # noqa: PLC0415 - only whoever keeps a model pays for it
        from trackbook.versioning.registering import register  # noqa: PLC0415

        facts = log_model(model, name, input_example=example, run=run)
        kept = ((name, facts.size),)
        if not line.register:
            return Kept(kept)
        try:
            version = register(line.register, run, reason=f"by its cell, run {run.name}")
        except (TrackbookError, OSError) as error:
            return Kept(kept, warnings=(f"the model is kept, and not registered: {error}",))
        return Kept(kept, f"{version.model} {version.version}")


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A model as it was at its cell's end."""

    name: str
    content: bytes
    """Our own pickle, made and read in this process only."""

    example: Any


class _TooLargeError(Exception):
    """The pickle is longer than what is kept without being asked."""


class _TooSlowError(Exception):
    """Packing took longer than what is spent without being asked."""


class _Limited:
    """A file in memory that ends at the limit."""

    def __init__(self, limit: int) -> None:
        self.parts: list[bytes] = []
        self._left = limit

    def write(self, part: bytes | pickle.PickleBuffer) -> int:
        raw = pickle.PickleBuffer(part).raw()  # an array comes as it lies in memory
        self._left -= raw.nbytes
        if self._left < 0:
            raise _TooLargeError
        self.parts.append(bytes(raw))
        return raw.nbytes


def _take(name: str, model: object, example: object | None) -> _Snapshot | str | None:
    """Take a snapshot, or say why there is none; None for what no flavor packs."""
    from trackbook.models import flavor_of  # noqa: PLC0415 - only whoever fits a model pays for it

    limited = _Limited(settings().model_limit)
    try:
        if flavor_of(model) is None:
            return None
        with silent_strangers():
            pickle.Pickler(limited, protocol=5).dump(model)
    except _TooLargeError:
        return _not_kept(name, f"is over {byte_size(settings().model_limit)}")
    except Exception as error:  # noqa: BLE001 - a stranger's model may raise anything
        _log.debug("no snapshot of %s", name, exc_info=True)
        return _not_kept(name, f"cannot be copied ({type(error).__name__})")
    return _Snapshot(name, b"".join(limited.parts), example)


def _not_kept(name: str, reason: str) -> str:
    return f"{name} {reason} and was not kept; %%track --model {name} keeps it"


def _pack_all(run: Run, snapshots: Sequence[_Snapshot], tell: Callable[[Kept], None]) -> None:
    kept: list[tuple[str, int]] = []
    said: list[str] = []
    for snapshot in snapshots:
        try:
            with silent_strangers():
                kept.append((snapshot.name, _pack(run, snapshot)))
        except _TooSlowError:
            said.append(_not_kept(snapshot.name, f"takes over {settings().model_seconds:g} s to pack"))
        except _TooLargeError:
            said.append(_not_kept(snapshot.name, f"is over {byte_size(settings().model_limit)}"))
        except Exception as error:  # noqa: BLE001 - a stranger's model may raise anything
            _log.debug("%s was not kept", snapshot.name, exc_info=True)
            said.append(_not_kept(snapshot.name, f"cannot be packed ({type(error).__name__})"))
    with suppress(Exception):  # the front end may be gone
        tell(Kept(tuple(kept), warnings=tuple(said)))


_packed_before: set[str] = set()
"""Flavors that packed in this process: the first time is mostly imports, and they are not the model's cost."""


def _pack(run: Run, snapshot: _Snapshot) -> int:
    """Keep a snapshot as a package; returns its bytes. Raises _TooSlowError, _TooLargeError."""
    from trackbook.models.package import write_package  # noqa: PLC0415
    from trackbook.versioning.packing import keep_package, sealed, steps_of  # noqa: PLC0415

    model = pickle.loads(snapshot.content)  # noqa: S301 - made a moment ago by this process
    with tempfile.TemporaryDirectory(prefix="trackbook-model-") as private:
        folder = Path(private) / "model"
        began = time.thread_time()
        facts = write_package(folder, model, input_example=snapshot.example, run_id=run.run_id)
        took = time.thread_time() - began
        if facts.size > settings().model_limit:
            raise _TooLargeError
        if took > settings().model_seconds and facts.flavors[0] in _packed_before:
            raise _TooSlowError
        _packed_before.add(facts.flavors[0])
        keep_package(run, snapshot.name, folder, facts, signer=sealed(folder), steps=steps_of(model), asked=False)
    return facts.size
