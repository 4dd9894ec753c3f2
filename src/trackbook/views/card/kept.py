"""What the card says is kept: models, files, figures, data and the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import THIN, TIMES, byte_size, count, number
from trackbook.views.pieces import Item, Line, Piece, Tone, and_more, item

if TYPE_CHECKING:
    from trackbook.records import DatasetFacts, GitState
    from trackbook.views.card.facts import CardFacts

_MOST_FILES = 3
_MOST_DATASETS = 3
_SHORT_DIGEST = 4
_SHORT_COMMIT = 6


def kept_line(facts: CardFacts) -> Line | None:
    """List what was kept with the run on one line; None when nothing was."""
    items = [
        *and_more(
            [_file(f"model {name}" if name != "model" else name, size) for name, size in facts.models], _MOST_FILES
        ),
        *([item(Piece(f"registered as {cut(one_line(facts.version))}"))] if facts.version else []),
        *and_more([_file(path, size) for path, size in facts.artifacts], _MOST_FILES),
        *_shown(facts.outputs, facts.figures),
        *and_more([_dataset(data) for data in facts.datasets], _MOST_DATASETS),
        *([_git(facts.git)] if facts.git else []),
    ]
    return Line("kept", tuple(items), "kept") if items else None


def _model(name: str, size: int) -> Item:
    return _file(name if name == "model" else f"model {name}", size)


def _file(path: str, size: int | None) -> Item:
    known = size is not None
    return item(
        Piece(cut(one_line(path)), hover=one_line(path)),
        Piece(f"({byte_size(size or 0)})" if known else "", Tone.QUIET, f"{size} bytes"),
    )


def _shown(outputs: int, figures: int) -> list[Item]:
    others = max(0, outputs - figures)
    found = [item(Piece(count(figures, "figure")))] if figures else []
    noun = "other output" if figures else "output"
    return [*found, item(Piece(count(others, noun)))] if others else found


def _dataset(data: DatasetFacts) -> Item:
    shape = ""
    if data.rows is not None:
        shape = (
            number(data.rows)
            if data.columns is None
            else f"{number(data.rows)}{THIN}{TIMES}{THIN}{number(data.columns)}"
        )
    elif data.size is not None:
        shape = byte_size(data.size)
    hover = f"{one_line(data.kind)}, SHA-256 {one_line(data.digest)}" + (" of a sample" if data.sampled else "")
    return item(
        Piece(cut(one_line(data.name)), hover=one_line(data.path or data.name)),
        Piece(shape, Tone.QUIET, "rows and columns" if data.columns is not None else ""),
        Piece(f"#{one_line(data.digest)[:_SHORT_DIGEST]}…" if data.digest else "", Tone.QUIET, hover),
        Piece(
            "sampled" if data.sampled else "", Tone.QUIET, "Too large to read whole in time: only a sample is hashed."
        ),
    )


def _git(git: GitState) -> Item:
    where = " ".join(one_line(part) for part in (git.commit, git.branch, git.remote) if part)
    commit = one_line(git.commit)[:_SHORT_COMMIT] or "no commit yet"
    edits = f"+{count(git.edits, 'edit')}" if git.edits else ""
    cut_short = "; the patch was too long and only its beginning is kept" if git.patch_cut else ""
    return item(
        Piece("git", Tone.QUIET),
        Piece(commit, hover=where),
        Piece(
            edits, Tone.WARNING if git.patch_cut else Tone.PLAIN, f"differs from the commit{cut_short}" if edits else ""
        ),
    )
