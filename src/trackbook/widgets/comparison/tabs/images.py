"""Images: what the runs displayed or kept as pictures, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, NotThere
from trackbook.store.pictures import Picture, find_pictures, read_pictures
from trackbook.views.comparison.pictures import Shot, pictures_html
from trackbook.views.numbers import count
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, whole
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from trackbook.widgets.comparison.tab import ChosenRuns

_MOST_RUNS = 12
_MOST_NAMES = 20
_LARGEST = 3_000_000
"""Bytes of one picture; a larger one is named, not sent."""

_ALL_TOGETHER = 24_000_000
"""Bytes of all pictures sent at a time."""


class ImagesTab(ControlledTab):
    """Options: image (a file's path or `output 0`; empty for all) and width (80 to 1200 pixels)."""

    title = "Images"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._pictures: list[Picture] = []
        self._image = Choice("image", nothing="all", unknown=_no_picture)
        self._width = whole("width", 280, 80, 1200)
        super().__init__({"image": self._image, "width": self._width}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Look up which pictures there are."""
        with chosen.store.asking() as db:
            self._pictures = find_pictures(db, chosen.run_ids)
        self._image.offer(_by_frequency(self._pictures))

    def draw(self) -> Drawing:
        """Show the pictures, one line each, one column a run."""
        chosen, wanted = self.chosen, self._image.check()
        if not self._pictures:
            raise BadInput(
                "None of these runs has a picture. Figures that a tracked cell shows are kept; "
                'tb.log_figure(fig, "roc.png") keeps one from anywhere.'
            )
        names = [wanted] if wanted else _by_frequency(self._pictures)[:_MOST_NAMES]
        have = {each.run_id for each in self._pictures if each.name in set(names)}
        ids = [run_id for run_id in chosen.run_ids if run_id in have]
        shown = [each for each in self._pictures if each.run_id in set(ids[:_MOST_RUNS]) and each.name in set(names)]
        shots = _shots(chosen, shown)
        called = dict(zip(chosen.frame["run_id"].astype(str), chosen.frame["name"].astype(str), strict=True))
        runs = [(run_id, called.get(run_id, run_id), chosen.colours.get(run_id, "#8c8c8c")) for run_id in ids]
        html = pictures_html(runs[:_MOST_RUNS], names, shots, self._width.value)
        return Drawing(html=html, notice=self._left_out(ids, names), data=lambda: _frame(self._pictures))

    def _left_out(self, ids: Sequence[str], names: Sequence[str]) -> str:
        said = []
        without = len(self.chosen.run_ids) - len(ids)
        if without:
            said.append(f"{count(without, 'run')} of {len(self.chosen.run_ids)} without any of these pictures")
        if len(ids) > _MOST_RUNS:
            said.append(f"the first {_MOST_RUNS} of {len(ids)} runs are shown; compare fewer to see the others")
        if len({each.name for each in self._pictures}) > len(names) == _MOST_NAMES:
            said.append(f"the {_MOST_NAMES} pictures that most runs have are shown; choose another above")
        text = "; ".join(said)
        return f"{text[:1].upper()}{text[1:]}." if text else ""


def _shots(chosen: ChosenRuns, pictures: Sequence[Picture]) -> dict[tuple[str, str], Shot]:
    contents = read_pictures(chosen.store, pictures, _LARGEST)
    found: dict[tuple[str, str], Shot] = {}
    sent = 0
    for each in pictures:
        content = contents[each]
        sent += len(content or b"")
        fits = content if sent <= _ALL_TOGETHER else None
        if (each.run_id, each.name) not in found or fits is not None:  # one output may be kept as PNG and as SVG
            found[(each.run_id, each.name)] = Shot(each.mime, fits, each.size)
    return found


def _by_frequency(pictures: Sequence[Picture]) -> list[str]:
    """Names of pictures, those of most runs first."""
    owners: dict[str, set[str]] = {}
    for each in pictures:
        owners.setdefault(each.name, set()).add(each.run_id)
    return sorted(owners, key=lambda name: (-len(owners[name]), name))


def _no_picture(name: str, known: Sequence[str]) -> NotThere:
    return NotThere(f"None of these runs has a picture {name!r}. There is: {', '.join(known[:8]) or 'none'}.")


def _frame(pictures: Sequence[Picture]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    rows = [(each.run_id, each.name, each.mime, each.size) for each in pictures]
    return pd.DataFrame(rows, columns=["run_id", "picture", "mime", "bytes"])
