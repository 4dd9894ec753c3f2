"""Ask the git program questions about a repository that is not to be trusted.

A repository's own configuration can name programs that git runs when it merely looks: a file
system monitor, external diffs, text converters, content filters, remotes to fetch missing objects
from. All of these are off here; nothing is written, nobody is asked for a password.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ANSWER_LIMIT = 32_000_000
_SAFE = (
    *("--no-pager", "--no-optional-locks"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.untrackedCache=false"),
    *("-c", "protocol.allow=never", "-c", "safe.bareRepository=explicit", "-c", "submodule.recurse=false"),
    *("-c", "core.quotePath=false", "-c", "core.bigFileThreshold=4m", "-c", "core.safecrlf=false"),
)
# Everything else that begins with GIT_ may be left over from a hook that started the notebook server.
_KEPT = {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH"}
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "LC_ALL": "C",
}
_FILTER = re.compile(r"filter\.(?P<name>.*)\.(?:clean|smudge|process|required)", re.DOTALL | re.IGNORECASE)


class GitFailedError(Exception):
    """git is not there, does not answer in time, or cannot be made safe; caught within capture."""


class GitProgram:
    """git in one folder, with one deadline for all questions together."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self.folder = folder
        self.deadline = time.monotonic() + timeout
        self._environ = {name: text for name, text in os.environ.items() if name[:4] != "GIT_" or name in _KEPT}
        self._environ |= _QUIET

    def settings(self) -> dict[str, str]:
        """Return the configuration in force, lower-case sections and keys as git prints them.

        Raises GitFailedError when it cannot be read whole, for what is not read cannot be switched off.
        """
        answer = self.ask("config", "--list", "-z")
        if answer is None or len(answer) > ANSWER_LIMIT:
            raise GitFailedError
        entries = answer.decode("utf-8", "surrogateescape").split("\0")
        return {key: value for key, _, value in (entry.partition("\n") for entry in entries) if key}

    def disarm(self) -> dict[str, str]:
        """Switch off the content filters that the configuration names, and return that configuration.

        A filter's name may hold an equals sign, which -c cannot carry, so this goes by the environment.
        Raises GitFailedError when a git too old for that (before 2.31) would still run one.
        """
        settings = self.settings()
        filters = {found["name"] for key in settings if (found := _FILTER.fullmatch(key))}
        if filters:
            pairs = [(f"filter.{name}.{what}", "") for name in filters for what in ("clean", "smudge", "process")]
            pairs += [(f"filter.{name}.required", "false") for name in filters]
            self._environ["GIT_CONFIG_COUNT"] = str(len(pairs))
            for position, (key, value) in enumerate(pairs):
                self._environ[f"GIT_CONFIG_KEY_{position}"] = key
                self._environ[f"GIT_CONFIG_VALUE_{position}"] = value
            settings = self.settings()
            if any(_FILTER.fullmatch(key) and settings[key] not in {"", "false"} for key in settings):
                raise GitFailedError
        return settings

    def ask(self, *args: str, limit: int = ANSWER_LIMIT) -> bytes | None:
        """Return what git prints, at most `limit` + 1 bytes of it; None when it answers no or finds an error.

        Raises GitFailedError when it cannot be started or the deadline passes.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise GitFailedError
        try:
            process = subprocess.Popen(  # noqa: S603 - a fixed program; arguments are ours or file names after --
                ["git", *_SAFE, *args],  # noqa: S607 - the user's own git
                cwd=self.folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # the stop button interrupts the kernel's whole process group
            )
        except (OSError, ValueError) as error:
            raise GitFailedError from error
        return _answer_of(process, left, limit)


def _answer_of(process: subprocess.Popen[bytes], seconds: float, limit: int) -> bytes | None:
    too_late = threading.Event()

    def give_up() -> None:
        too_late.set()
        process.kill()

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    with process:
        timer.start()
        try:
            assert process.stdout is not None
            answer = process.stdout.read(limit + 1)
            cut = len(answer) > limit
            if cut:
                process.kill()
            process.wait()
        finally:
            timer.cancel()
            process.kill()
    if too_late.is_set():
        raise GitFailedError
    return answer if cut or process.returncode == 0 else None
