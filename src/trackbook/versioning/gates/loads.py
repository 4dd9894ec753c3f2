"""A gate that tries the package where nothing of this process is: a fresh one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from trackbook.errors import TrackbookError
from trackbook.versioning.gates.asked import asked_number
from trackbook.versioning.materialising import materialised

if TYPE_CHECKING:
    from trackbook.versioning.gates.facts import GateFacts

_SECONDS = 120
_LONGEST = 300


def loads(facts: GateFacts, asked: Any) -> str | None:  # noqa: ANN401
    """`loads = true`: the package loads in a fresh process and predicts on its input example.

    The process begins in an empty folder: what lies beside the notebook and not in the package is not found.
    A number: seconds at most. What takes trust to load passes only when its signer is trusted.
    """
    seconds = asked_number("loads", asked, if_true=_SECONDS)
    try:
        with materialised(facts.store, facts.version.package) as folder, tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(  # noqa: S603 - our own module, and no shell
                [sys.executable, "-P", "-m", "trackbook.versioning.gates.trial", str(folder)],
                capture_output=True, text=True, timeout=seconds, check=False, cwd=empty,
            )  # fmt: skip
    except TrackbookError as error:
        return f"Its package cannot be read: {error}"
    except subprocess.TimeoutExpired:
        return f"Its package did not load and predict within {seconds:g} s in a fresh process."
    if done.returncode == 0:
        return None
    said = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1][:_LONGEST]
    return f"It does not load and predict in a fresh process: {said}"
