"""A real kernel, and everything that a front end receives from it."""

from __future__ import annotations

import os
import queue
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

# Makes a kernel track with the recorder of these tests.
TINY_RECORDER = (
    f"exec(compile(open({str(Path(__file__).parent / 'tiny_recorder.py')!r}).read(), 'tiny_recorder', 'exec'), {{}})"
)
DEADLINE = 60  # seconds for one cell, imports of plotly on a busy machine included
STATE = {
    "_": "type(_).__name__",  # its own display would come after the card
    "Out": "sorted(Out)",
    "In": "len(In)",
    "names": "sorted(name for name in globals() if not name.startswith('_'))",
}


@dataclass
class Executed:
    """One cell: all iopub messages that have it as their parent, in order, and the reply."""

    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return self.reply["status"]

    def shown(self, kind: str) -> list[dict[str, Any]]:
        return [content for message, content in self.messages if message == kind]

    def text(self, name: str = "stdout") -> str:
        return "".join(content["text"] for content in self.shown("stream") if content["name"] == name)


class Kernel:
    """Starts `python -m ipykernel_launcher` and talks to it as JupyterLab does."""

    def __init__(self, python: str, folder: Path) -> None:
        self.manager = KernelManager()
        self.manager._kernel_spec = KernelSpec(
            argv=[python, "-m", "ipykernel_launcher", "-f", "{connection_file}"], language="python"
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "profile").mkdir(exist_ok=True)
        environment = {**os.environ, "IPYTHONDIR": str(folder / "profile"), "COLUMNS": "80"}
        for name in ("PYTEST_CURRENT_TEST", "MPLBACKEND"):
            environment.pop(name, None)
        self.manager.start_kernel(cwd=str(folder), env=environment)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=DEADLINE)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code: str, **request: Any) -> Executed:
        """Execute a cell and collect until the kernel is idle again, late output of C-level writes included."""
        done = self.finish(self.ask(code, **request), interrupt_at=request.get("interrupt_at", ""))
        fence = self.ask("", silent=True)
        done.messages += self.finish(fence, also=done_id(done)).messages
        return done

    def ask(
        self,
        code: str,
        *,
        silent: bool = False,
        store_history: bool = True,
        metadata: dict[str, Any] | None = None,
        expressions: dict[str, str] | None = None,
        interrupt_at: str = "",
    ) -> str:
        """Send an execute_request; return its id. `interrupt_at` is for `run`."""
        content = {
            "code": code,
            "silent": silent,
            "store_history": store_history and not silent,
            "user_expressions": expressions or {},
            "allow_stdin": False,
            "stop_on_error": not silent,
        }
        message = self.client.session.msg("execute_request", content, metadata=metadata or {})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def finish(self, msg_id: str, *, interrupt_at: str = "", also: str = "") -> Executed:
        """Collect what belongs to a request, or to an earlier one named by `also`, until the request is done."""
        done = Executed()
        deadline = time.monotonic() + DEADLINE
        idle = False
        while not idle:
            message = self._next(self.client.get_iopub_msg, deadline)
            if message["parent_header"].get("msg_id") not in {msg_id, also}:
                continue
            content = message["content"]
            if message["msg_type"] == "status":
                idle = content["execution_state"] == "idle" and message["parent_header"]["msg_id"] == msg_id
                continue
            if not also or message["parent_header"]["msg_id"] == also:
                done.messages.append((message["msg_type"], content))
            if interrupt_at and message["msg_type"] == "stream" and interrupt_at in content["text"]:
                self.manager.interrupt_kernel()
        while True:
            reply = self._next(self.client.get_shell_msg, deadline)
            if reply["parent_header"].get("msg_id") == msg_id:
                done.reply = reply["content"]
                done.reply["parent"] = msg_id
                return done

    def state(self) -> dict[str, Any]:
        """What `_`, Out, In and the names of the namespace are now; asked without leaving a trace."""
        return self.finish(self.ask("", silent=True, expressions=STATE | {"value": "_"})).reply["user_expressions"]

    @staticmethod
    def _next(get: Any, deadline: float) -> dict[str, Any]:
        try:
            return get(timeout=max(0.1, deadline - time.monotonic()))
        except queue.Empty:
            raise TimeoutError("the kernel has sent nothing more") from None


def done_id(done: Executed) -> str:
    return done.reply["parent"]


# What differs between two runs of one and the same bare cell.
_VARIES = [
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"), "ID"),
    (re.compile(r"\b0x[0-9a-fA-F]{6,16}\b"), "ADDRESS"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{24}_\d+_\d+\b"), "MESSAGE"),
    (re.compile(r"object at [0-9a-f]{8,}"), "object at ADDRESS"),
    (re.compile(r"\b\d+\.py\b"), "CELL.py"),  # named after a hash of the cell's text
    (re.compile(r"ipykernel_\d+"), "ipykernel_PID"),
    (re.compile(r"\b\d+:\d\d\b"), "CLOCK"),
    (re.compile(r"[ \u2007]*(?:[\d.]+|\?) ?it/s\] *"), "RATE]"),  # tqdm pads what became shorter
    (re.compile(r"\b\d+(?:\.\d+)?(?:e[+-]\d+)? ?(?:ns|[µμu]s|ms|s|min)\b"), "TIME"),
]


def alike(value: Any) -> Any:
    """Take out ids, dates, memory addresses and timings."""
    if isinstance(value, str):
        for pattern, word in _VARIES:
            value = pattern.sub(word, value)
        return value
    if isinstance(value, dict):
        return {alike(key): alike(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [alike(item) for item in value]
    return value
