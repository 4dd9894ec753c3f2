"""What the callbacks share: the run of a training, and nothing of ours that could break it.

A framework's file has its hooks in a class of their own, without the framework;
`build` puts them on the framework's base class when a user asks for a callback.
Each has one hook where a step has ended: what may end a training early belongs there.
"""

from __future__ import annotations

import contextlib
import types
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from trackbook.capture.secrets import MASK, mask_secrets
from trackbook.errors import MissingPackage, NoActiveRun, TrackbookWarning, warn
from trackbook.meaning import default_better
from trackbook.tracking.active import find_active_run
from trackbook.tracking.control import asked_to_stop, page_of
from trackbook.tracking.fluent import define_metric
from trackbook.tracking.run import flatten
from trackbook.values import as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from trackbook.meaning import Better
    from trackbook.tracking.run import Run

_LONGEST_REASON = 300

_ends: WeakKeyDictionary[Run, dict[str, int]] = WeakKeyDictionary()
"""Per run and clock the last step that a callback logged, so that a second training goes on behind the first."""

_classes: dict[tuple[type, type], type] = {}


def quietly(hook: Callable[..., None]) -> Callable[..., None]:
    """Turn what goes wrong inside a hook into one warning a training."""

    @wraps(hook)
    def guarded(self: Hooks, *args: object, **kwargs: object) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the training is the user's, the trouble ours
            reason = (str(error).strip().splitlines() or [""])[0][:_LONGEST_REASON]
            self._say(
                f"trackbook.callbacks.{self.framework}() could not log everything ({type(error).__name__}: {reason}); "
                "the training goes on."
            )

    return guarded


class Hooks:
    """What every callback of ours can do: log to the run that was active when its training began."""

    framework: ClassVar[str]
    counts_from: ClassVar[int] = 0
    """The framework's number of a training's first step."""

    always: ClassVar[frozenset[str]] = frozenset()
    """Params that are shown with the chosen ones even when left at their default."""

    def __init__(self, prefix: str = "", *options: object) -> None:
        super().__init__()
        self._made_with = (prefix, *options)
        self._prefix = prefix
        self._warned = False
        self._forget()

    def __reduce__(self) -> tuple[object, ...]:
        """Copy as a callback just made: models are pickled with their callbacks, and a run cannot be."""
        return build, (type(self).__mro__[1], *self._made_with)

    @classmethod
    def base(cls) -> type:
        """Import the framework and return the class that its callbacks inherit from. Raises MissingPackage."""
        raise NotImplementedError

    def _forget(self) -> None:
        self._run: Run | None = None
        self._can_stop = False
        self._shifts: dict[str, int] = {}

    def _begin(self, *, can_stop: bool = True) -> None:
        """Take the active run for the training that begins; without one, say so once and log nothing.

        can_stop: it will ask after each step whether to go on, and whoever wants it stopped may know.
        """
        self._forget()
        self._warned = False
        self._find()
        self._can_stop = can_stop
        if can_stop and self._run is not None:
            page_of(self._run)

    def _find(self) -> None:
        """Take the active run for what is not a training of its own, such as an evaluation after one."""
        run = find_active_run()
        if run is not self._run:
            self._forget()
            self._run = run
        if run is None:
            self._say(str(NoActiveRun(f"trackbook.callbacks.{self.framework}()")))

    def _should_stop(self) -> bool:
        """Tell whether somebody asked for the end of the training; a memory read, never raises."""
        return self._run is not None and self._can_stop and asked_to_stop(self._run)

    @quietly
    def _log_metrics(self, metrics: Mapping[str, Any], step: int, clock: str = "") -> None:
        """Log at the framework's own step; clock: tells apart what counts differently, such as batches and epochs."""
        if self._run is not None and metrics:
            place = self._place(self._run, int(step), clock)
            self._run.log_metrics({self._prefix + name: value for name, value in metrics.items()}, place)

    def _place(self, run: Run, step: int, clock: str) -> int:
        ends = _ends.setdefault(run, {})
        key = f"{self.framework}\n{self._prefix}\n{clock}"
        last = ends.get(key)
        if key not in self._shifts:
            # A resumed training counts on by itself; one that counts afresh is put behind the one before.
            self._shifts[key] = 0 if last is None or step > last else last + 1 - self.counts_from
        place = step + self._shifts[key]
        ends[key] = place if last is None else max(last, place)
        return place

    @quietly
    def _log_results(self, results: Mapping[str, Any]) -> None:
        """Log numbers known at the end of a training only, such as its best iteration; None is left out."""
        if self._run is not None:
            self._run.log_metrics({self._prefix + name: value for name, value in results.items() if value is not None})

    @quietly
    def _log_params(self, params: Mapping[str, object], defaults: Mapping[str, object] | None = None) -> None:
        """Log what a training was set to, without secrets; defaults: the values that nobody had to choose."""
        if self._run is None:
            return
        flat = {name: _readable(value) for name, value in flatten(params).items() if not _is_secret(name, value)}
        known = {name: value for name, value in (defaults or {}).items() if name not in self.always}
        usual = {name for name, value in flat.items() if name in known and known[name] == value}
        for default in (False, True):
            some = {self._prefix + name: value for name, value in flat.items() if (name in usual) is default}
            self._run.log_params(some, source=self.framework, default=default)

    @quietly
    def _define(self, metric: str, better: Better) -> None:
        """Keep which way is up where the framework says it and the name alone does not."""
        name = self._prefix + metric
        if self._run is not None and default_better(name) != better:
            define_metric(name, better=better)

    def _say(self, sentence: str) -> None:
        # Where warnings are errors, ours must not become one inside the user's training.
        if not self._warned:
            self._warned = True
            with contextlib.suppress(TrackbookWarning):
                warn(sentence)


def build(hooks: type[Hooks], *options: object) -> Any:  # noqa: ANN401 - is a callback of the framework
    """Make a callback of hooks: the framework is imported now. Raises MissingPackage without it."""
    return _class_of(hooks, hooks.base())(*options)


def _class_of(hooks: type[Hooks], base: type) -> type:
    """Put hooks on a framework's base; one class for all, since frameworks look for doubles by class."""
    made = _classes.get((hooks, base))
    if made is None:
        name = f"Trackbook{hooks.__name__.lstrip('_')}"
        made = types.new_class(name, (hooks, base), exec_body=lambda body: body.update(__module__=hooks.__module__))
        _classes[hooks, base] = made
    return made


def import_framework(package: str, callback: str) -> ModuleType:
    """Import a framework for the callback of this name. Raises MissingPackage; its own import errors pass through."""
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise MissingPackage(package, f"trackbook.callbacks.{callback}()") from error


def _is_secret(name: str, value: object) -> bool:
    return isinstance(value, str) and MASK in mask_secrets(f"{name}={value!r}") and MASK not in value


def _readable(value: object) -> object:
    """Name an array instead of writing it out: hyper-parameters may hold a whole data set."""
    if hasattr(value, "shape") and as_number(value) is None:
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    return value
