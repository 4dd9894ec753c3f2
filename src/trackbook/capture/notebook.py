"""Find which notebook or script this process belongs to, from what front ends leave behind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAUNCHERS = {"ipykernel_launcher.py", "colab_kernel_launcher.py", "ipython", "ipython3"}


def notebook_name(user_ns: Mapping[str, object], environ: Mapping[str, str]) -> Path | None:
    """Return the notebook's path as a front end told it, absolute or relative to that front end's root.

    Asked in turn: VS Code's `__vsc_ipynb_file__`; and `__session__` and JPY_SESSION_NAME of Jupyter, which are
    the path at the kernel's start, or a mere id for consoles. None under nbval, nbconvert and plain IPython.
    After a rename it is the old one as long as the kernel lives; whoever looks for runs goes by cell ids then.
    """
    candidates = (user_ns.get("__vsc_ipynb_file__"), user_ns.get("__session__"), environ.get("JPY_SESSION_NAME"))
    for candidate in candidates:
        if isinstance(candidate, str) and candidate.lower().endswith(".ipynb"):
            return Path(candidate.removeprefix("RTC:"))  # real-time collaboration puts its drive before the path
    return None


def script_path() -> Path | None:
    """Return the absolute path of the script that Python was started with; None for kernels, -c and prompts."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not isinstance(file, str) or not file or Path(file).name in _LAUNCHERS:
        return None
    return Path(file).absolute()
