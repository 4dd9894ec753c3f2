"""Which row stands at which place of a table that can be grouped and folded."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class GroupAt:
    """The head of a group."""

    label: str | None
    count: int
    """Runs in it."""

    opened: bool


@dataclass(frozen=True, slots=True)
class RunAt:
    """A run, by the store's own number."""

    number: int
    level: int
    """1 inside a group, else 0."""


Row: TypeAlias = GroupAt | RunAt


class Places:
    """The rows of a table from top to bottom: runs, or groups with the runs of those that are open between them.

    Groups stand in the order of their first run, so the group with the best run comes first when the
    table is sorted by it.
    """

    def __init__(
        self, numbers: NDArray[np.int64], labels: NDArray[np.object_] | None = None, opened: Iterable[str | None] = ()
    ) -> None:
        """numbers: shape (runs,), in order. labels: shape (runs,), what each is grouped by; None without groups."""
        self.numbers, self._labels = numbers, labels
        self.groups: list[GroupAt] = []
        self._members: list[NDArray[np.int64]] = []
        self._starts: list[int] = []
        self.rows = len(numbers)
        if labels is not None:
            self._group(labels, frozenset(opened))

    def _group(self, labels: NDArray[np.object_], opened: frozenset[str | None]) -> None:
        import numpy as np  # noqa: PLC0415
        import pandas as pd  # noqa: PLC0415

        # -1 of a missing label would sort before all; its own code keeps the order of first runs.
        codes, names = pd.factorize(labels, use_na_sentinel=False)
        order = np.argsort(codes, kind="stable")
        edges = np.searchsorted(codes[order], np.arange(len(names) + 1))
        self.rows = 0
        for at, name in enumerate(names):
            label = name if isinstance(name, str) else None
            members = self.numbers[order[edges[at] : edges[at + 1]]]
            self.groups.append(GroupAt(label, len(members), label in opened))
            self._members.append(members)
            self._starts.append(self.rows)
            self.rows += 1 + (len(members) if label in opened else 0)

    def between(self, first: int, last: int) -> list[Row]:
        """Return the rows of places first, …, last - 1, as far as there are any."""
        first, last = max(0, first), min(last, self.rows)
        if self._labels is None:
            return [RunAt(int(number), 0) for number in self.numbers[first:last]]
        found: list[Row] = []
        while first + len(found) < last:
            place = first + len(found)
            at = bisect_right(self._starts, place) - 1
            inside = place - self._starts[at]
            if inside == 0:
                found.append(self.groups[at])
                inside, place = 1, place + 1
            if self.groups[at].opened:
                found += [RunAt(int(n), 1) for n in self._members[at][inside - 1 : inside - 1 + last - place]]
        return found

    def place_of(self, row: Row) -> int | None:
        """Find a row again, for instance after new runs have come; None when it is not there."""
        if self._labels is None:
            return _index(self.numbers, row.number) if isinstance(row, RunAt) else None
        for at, start in enumerate(self._starts):
            if isinstance(row, GroupAt):
                if self.groups[at].label == row.label:
                    return start
            elif self.groups[at].opened and (inside := _index(self._members[at], row.number)) is not None:
                return start + 1 + inside
        return None

    def members(self, labels: Sequence[str | None]) -> list[int]:
        """Return the runs of groups, in order."""
        wanted = set(labels)
        found = [m for group, m in zip(self.groups, self._members, strict=True) if group.label in wanted]
        return [int(number) for members in found for number in members]


def _index(numbers: NDArray[np.int64], number: int) -> int | None:
    found = (numbers == number).nonzero()[0]
    return int(found[0]) if len(found) else None
