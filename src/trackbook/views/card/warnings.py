"""What a run's reader has to beware of, in the same words on the card, in the side bar and on a cell's badge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.views.numbers import byte_size, count

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_LINES = 5
_SEEDS = {"numpy": "np.random.seed(0)", "torch": "torch.manual_seed(0)"}


def uncommitted(edits: int, *, patch_cut: bool) -> str:
    """Say that code was not committed. edits: files changed."""
    kept = "the beginning of the patch is" if patch_cut else "the patch is"
    return f"uncommitted code: {count(edits, 'file')} changed; {kept} kept with the run"


def left_out(size: int) -> str:
    """Say that some output was not kept. size: in bytes."""
    return f"{byte_size(size)} of output were left out; %config Trackbook.output_limit raises the limit"


def went_on(error: str) -> str:
    """Say that a cell finished although something in it failed."""
    return f"the cell went on after an error ({error})"


def unseeded(library: str, kind: str) -> str:
    """Say that a result may not come again.

    library: numpy or torch. kind: class of the model whose random_state was left out; empty when there is none.
    """
    if kind:
        return f"unseeded: {kind} has no random_state, so the next run may give another result"
    return f"unseeded: the cell drew random numbers of {library}; {_SEEDS[library]} before makes the result come again"


def secrets_in(lines: Sequence[int]) -> str:
    """Say that the code seems to hold a secret. lines: 1-based, at least one."""
    shown = [str(line) for line in lines[:_MOST_LINES]]
    where = f"line {shown[0]}" if len(shown) == 1 else f"lines {', '.join(shown)}"
    return f"the code seems to hold a secret ({where}) and is kept as it is; read secrets from os.environ or a file"
