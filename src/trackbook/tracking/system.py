"""What a run takes of its machine: processor, memory, and the GPU where there is one."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Gpu:
    """One graphics card, all of its programs together."""

    percent: float
    memory: int
    """Bytes in use."""

    total: int
    """Bytes in all."""


@dataclass(frozen=True, slots=True)
class SystemUse:
    """What one process takes at this moment."""

    cpu: float
    """Percent of one core since the look before; 180 is nearly two cores."""

    memory: int
    """Bytes resident."""

    gpus: tuple[Gpu, ...] = ()
    """Empty where there is none, or pynvml is not installed."""


class SystemWatch:
    """Looks at one process of this machine."""

    def __init__(self, pid: int | None = None) -> None:
        """pid: None is this process."""
        self._pid = os.getpid() if pid is None else pid
        self._process: Any = None

    def look(self) -> SystemUse | None:
        """Return what it takes now; None when it is gone or not ours to look at. Costs 0.1 ms without a GPU."""
        import psutil  # noqa: PLC0415 - only a panel needs it

        try:
            if self._process is None:
                self._process = psutil.Process(self._pid)
                self._process.cpu_percent()  # the first answer is 0: there is no look before
            with self._process.oneshot():
                return SystemUse(self._process.cpu_percent(), self._process.memory_info().rss, tuple(_gpus()))
        except psutil.Error:
            return None


def _gpus() -> list[Gpu]:
    found: list[Gpu] = []
    nvml, handles = _cards()
    for handle in handles:
        with contextlib.suppress(Exception):  # a card may be asleep, or its driver be replaced under us
            memory = nvml.nvmlDeviceGetMemoryInfo(handle)
            busy = nvml.nvmlDeviceGetUtilizationRates(handle).gpu
            found.append(Gpu(float(busy), int(memory.used), int(memory.total)))
    return found


@cache
def _cards() -> tuple[Any, tuple[Any, ...]]:
    """Open the driver once, where there is one."""
    try:
        import pynvml  # noqa: PLC0415 - not required; it comes with many installations that have a card

        pynvml.nvmlInit()
        return pynvml, tuple(pynvml.nvmlDeviceGetHandleByIndex(at) for at in range(pynvml.nvmlDeviceGetCount()))
    except Exception:  # noqa: BLE001 - no package, no driver, no card: all of these mean no GPU
        return None, ()
