"""What a live panel says of a run: its state, how far it is, what it takes, what is wrong, what can be done."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.views.literals import literal, one_line
from trackbook.views.numbers import byte_size, duration, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.views.live.curve import LiveCurve

EMPTY = "No run yet. Put %%track --live on the first line of a cell and run it; this panel follows it then."

_ENDINGS = {"cell": "finished", "stop": "stopped as asked", "interrupt": "interrupted", "error": "failed",
            "lost": "its process died"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LiveKnob:
    """A value that may be changed while the run goes on."""

    name: str
    value: bool | float | str
    default: bool | float | str
    kind: str
    """bool, int, float or str."""


@dataclass(frozen=True, slots=True)
class LiveStop:
    """What can be done about a run's loop."""

    asks: bool = False
    """The loop has asked whether to stop, so it will hear."""

    asked: bool = False
    """Somebody has asked it to."""

    stopped: bool = False
    """It has left its loop, and the rest of the cell runs."""

    own: bool = False
    """The run is of this process, so it can be interrupted from here."""

    interrupt: str = ""
    """How a run of another process is interrupted, in a sentence."""


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """A run as the panel's head and foot show it. Texts may hold anything a user typed."""

    run_id: str = ""
    """Empty before there is any run."""

    name: str = ""
    experiment: str = ""
    status: str = ""
    ended_by: str = ""
    error: str = ""
    """The last line, of a run that failed."""

    started_at: float = 0.0
    ended_at: float | None = None
    """Seconds since the epoch; None while it runs."""

    now: float = 0.0
    """The kernel's clock, by which a browser tells the time that has passed."""

    done: int = 0
    total: int | None = None
    label: str = ""
    """What the loop calls itself."""

    unit: str = "step"
    left: float | None = None
    """Seconds; None when unknown."""

    cpu: float | None = None
    """Percent of one core."""

    memory: int | None = None
    """Bytes."""

    gpus: tuple[tuple[float, int, int], ...] = ()
    """Percent, bytes in use, bytes in all."""

    host: str = ""
    """Where it runs, when that is another machine."""

    warnings: tuple[str, ...] = ()
    knobs: tuple[LiveKnob, ...] = ()
    stop: LiveStop = field(default_factory=LiveStop)
    notice: str = ""
    """Why something cannot be shown, in a sentence."""

    @property
    def runs(self) -> bool:
        """Tell whether it is running."""
        return self.status == "RUNNING"


def facts_json(facts: LiveFacts) -> dict[str, Any]:
    """Turn facts into what the browser reads, the words beside the numbers; it has no NaN and no infinity."""
    return {
        **asdict(facts),
        "state": state_words(facts),
        "machine": machine_words(facts),
        "knobs": [asdict(knob) | {"value": _plain(knob.value), "text": literal(knob.value)} for knob in facts.knobs],
        "call": call_of(facts),
        "command": f"trackbook stop {facts.run_id[:13]}",
        "empty": "" if facts.run_id else EMPTY,
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def call_of(facts: LiveFacts) -> str:
    """Write the call that shows this panel again."""
    return f'tb.live("{facts.run_id[:13]}")' if facts.run_id else "tb.live()"


def state_words(facts: LiveFacts) -> str:
    """Say in a word or two what the run is doing."""
    if not facts.run_id:
        return ""
    if not facts.runs:
        return _ENDINGS.get(facts.ended_by, facts.status.lower())
    if facts.stop.stopped:
        return "stopped its loop, the rest is running"
    return "stops after this step" if facts.stop.asked else "running"


def progress_words(facts: LiveFacts) -> str:
    """Say how far it is: `epoch 13 of 50 · 26 % · about 6 min left`; empty when nothing tells."""
    if not facts.total and not facts.done:
        return ""
    what = one_line(facts.label) or facts.unit
    if not facts.total:
        return f"{what} {number(facts.done)}"
    share = min(1.0, facts.done / facts.total)
    words = [f"{what} {number(facts.done)} of {number(facts.total)}", f"{math.floor(100 * share)}\u202f%"]
    if facts.runs and facts.left is not None and facts.done < facts.total:
        words.append(f"about {duration(facts.left)} left")
    return " · ".join(words)


def machine_words(facts: LiveFacts) -> str:
    """Say what the run takes: `CPU 180 %   memory 2.1 GB   GPU –`; empty when nobody can see it."""
    if facts.host:
        return f"on {facts.host}"
    if facts.cpu is None or facts.memory is None:
        return ""
    words = [f"CPU {facts.cpu:.0f}\u202f%", f"memory {byte_size(facts.memory)}"]
    words += [f"GPU {busy:.0f}\u202f% {byte_size(used)} of {byte_size(total)}" for busy, used, total in facts.gpus]
    return "   ".join(words if facts.gpus else [*words, "GPU –"])


def head_words(facts: LiveFacts) -> str:
    """Say the panel's first line as text."""
    if not facts.run_id:
        return EMPTY
    took = duration((facts.ended_at or facts.now) - facts.started_at)
    return " · ".join(word for word in (one_line(facts.name), state_words(facts), took, progress_words(facts)) if word)


def live_text(facts: LiveFacts, curves: Mapping[str, LiveCurve]) -> str:
    """Write the panel for a terminal: head, newest values, warnings."""
    lines = [head_words(facts)]
    if curves:
        some = list(curves.items())[:_MOST_VALUES]
        values = "   ".join(f"{one_line(name)} {number(curve.last)}" for name, curve in some)
        more = f"   +{len(curves) - len(some)} more" if len(curves) > len(some) else ""
        lines.append(f"  {values}{more}")
    lines += [f"  ⚠ {warning}" for warning in facts.warnings]
    if facts.error:
        lines.append(f"  {one_line(facts.error)}")
    return "\n".join(lines)


_MOST_VALUES = 8
