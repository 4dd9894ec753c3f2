"""A real kernel, and the time it takes for a cell."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Self

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

if TYPE_CHECKING:
    from types import TracebackType

_DEADLINE = 60.0


class Kernel:
    """Runs cells as a front end does; use it in a `with` block."""

    def __init__(self) -> None:
        self._manager = KernelManager()
        self._manager._kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], language="python"
        )

    def __enter__(self) -> Self:
        profile = Path("profile").absolute()
        profile.mkdir(exist_ok=True)
        # As after pip install: modules are compiled once, by the first kernel, wherever the checkout may write.
        environment = os.environ | {"IPYTHONDIR": str(profile), "PYTHONPYCACHEPREFIX": str(profile / "compiled")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._manager.start_kernel(env=environment, stdout=DEVNULL, stderr=DEVNULL)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=_DEADLINE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, code: str, *, shows: str = "") -> float:
        """Seconds from sending a cell until the kernel is idle again. shows: MIME type that must be displayed."""
        began = time.perf_counter()
        asked = self._client.execute(code)
        seen: set[str] = set()
        while True:
            message = self._client.get_iopub_msg(timeout=_DEADLINE)
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            seen |= set(content.get("data", ()))
            if content.get("execution_state") == "idle":
                break
        took = time.perf_counter() - began
        if shows and shows not in seen:
            raise RuntimeError(f"The cell {code!r} displayed {sorted(seen) or 'nothing'} instead of {shows}.")
        return took
